"""Finds a paper by its title: arXiv's search, else Crossref's.

What is not sure is a choice for the person who asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workers.errors import SourceFailed
from workers.models import Paper
from workers.paper_ids.paper_key import kind_of, letters
from workers.settings import Settings
from workers.sources.arxiv.feed_and_api import papers_by_title
from workers.sources.http.client import HttpClient
from workers.sources.one_paper import crossref, datacite

WAY_S = 8.0
"""Seconds for each search: slower than a look-up by id, and a person waits."""

MOST = 3
"""Papers that a person is asked to choose from."""

LIKE = 0.6
"""Least share of words that a title has in common with what was asked (of both together) to be offered."""


@dataclass(frozen=True)
class TitleMatch:
    """What a title may mean."""

    papers: tuple[Paper, ...] = ()
    """At most MOST, best first."""
    sure: bool = False
    """True where the first of them has exactly this title and no other does."""


def find_title(http: HttpClient, settings: Settings, title: str) -> TitleMatch:
    """The paper with this title, or those that are near.

    SourceFailed, of the first way, where nobody who may know it answers.
    """
    ways: Sequence[Callable[[], list[Paper]]] = (
        lambda: papers_by_title(http, settings, title, total_s=WAY_S),
        lambda: crossref.by_title(http, settings, title, total_s=WAY_S),
        lambda: datacite.by_title(http, settings, title, total_s=WAY_S),
    )
    found, failures = list[Paper](), list[SourceFailed]()
    for number, ask in enumerate(ways):
        if number == 2 and not failures:
            break  # DataCite stands in for arXiv's search, and knows what Crossref does not
        try:
            found += ask()
        except SourceFailed as error:
            failures.append(error)
            continue
        if exact := _once([p for p in found if letters(p.title) == letters(title)]):
            return TitleMatch(tuple(exact[:MOST]), sure=len(exact) == 1)
    if not found and len(failures) > 1:
        raise failures[0]
    near = sorted(_once(found), key=lambda paper: -_alike(paper.title, title))
    return TitleMatch(tuple(paper for paper in near if _alike(paper.title, title) >= LIKE)[:MOST])


def _once(papers: Sequence[Paper]) -> list[Paper]:
    """Each paper once, of its names the one that is open for sure.

    One of arXiv's goes before its journal version.
    """
    kept: list[Paper] = []
    for paper in sorted(papers, key=lambda paper: kind_of(paper.id) != "arxiv"):
        names = {*paper.keys, *filter(None, [paper.title_mark])}
        twins = (one for one in kept if names & {*one.keys, *filter(None, [one.title_mark])})
        if not any(kind_of(one.id) != "arxiv" or kind_of(paper.id) != "arxiv" or one.id == paper.id for one in twins):
            kept.append(paper)
    return [paper for paper in papers if paper in kept]


def _alike(one: str, two: str) -> float:
    """Words in common over all words of both."""
    mine, theirs = ({letters(word) for word in text.split()} - {""} for text in (one, two))
    return len(mine & theirs) / (len(mine | theirs) or 1)
