"""Merges one paper listed under several names, by id or title and author.

A preprint and its journal version name each other by DOI at best; feeds often have neither DOI nor authors. Pure.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from workers.models import Paper
from workers.paper_ids.paper_key import kind_of
from workers.sources.listing.fetch_result import Fetched

LEAST_WORDS = 4
"""Words of a title that tells a paper from others together with its first author ("Introduction" does not)."""

LONE_WORDS = 7
"""Words of a title that does so alone, where one of two records names no author."""

_RANK = ("arxiv", "doi", "openreview", "acl", "pmlr", "cvf", "neurips", "pmid", "url")
"""Whose id a merged paper bears: the kind that can be read in full goes first, an address last."""


FILLED = (
    "authors", "categories", "published", "license", "upvotes", "comment", "journal_ref", "doi", "url", "venue", "code",
    "project",
)  # fmt: skip
"""What a record that lacks it takes from another of the same paper."""


def unified(found: Sequence[Fetched]) -> list[Fetched]:
    """`found`, with one record in place of all that are of the same paper.

    Each source keeps its own `sources`.
    """
    papers = [paper for one in found for paper in one.papers]
    merged = {id(paper): whole for group in _groups(papers) for whole in (_merged(group),) for paper in group}
    result = []
    for one in found:
        mine = {merged[id(p)].id: _as_listed(merged[id(p)], p) for p in reversed(one.papers)}
        order = dict.fromkeys(merged[id(p)].id for p in one.papers)
        result.append(replace(one, papers=tuple(mine[name] for name in order)))
    return result


def _groups(papers: Sequence[Paper]) -> Iterable[list[Paper]]:
    """The papers, those that are the same together, in order of first appearance."""
    parent = list(range(len(papers)))
    given = [{_registrar(paper.id): paper.id} for paper in papers]

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def join(i: int, j: int) -> None:
        low, high = sorted((root(i), root(j)))
        if low != high:
            parent[high] = low
            given[low] |= given[high]

    def two(i: int, j: int) -> bool:
        """One registrar has given them two ids: then they are two papers."""
        mine, theirs = given[root(i)], given[root(j)]
        return any(theirs.get(who, id) != id for who, id in mine.items())

    by_name: dict[str, int] = {}
    by_title: dict[str, list[int]] = {}
    for i, paper in enumerate(papers):
        for name in _names(paper):
            join(i, by_name.setdefault(name, i))
    for i, paper in enumerate(papers):
        if title := _title(paper):
            for j in by_title.setdefault(title, []):
                if not two(i, j) and _same_author(paper, papers[j], len(title.split())):
                    join(i, j)
            by_title[title].append(i)
    groups: dict[int, list[Paper]] = {}
    for i, paper in enumerate(papers):
        groups.setdefault(root(i), []).append(paper)
    return groups.values()


def _registrar(id: str) -> str:
    """Who gives ids such as this: arXiv, PubMed, the owner of a DOI's prefix, a host."""
    kind = kind_of(id)
    return f"{kind}:{id.partition(':')[2].partition('/')[0]}" if kind in ("doi", "url") else kind


def _names(paper: Paper) -> set[str]:
    return {paper.key, *paper.aliases} | ({f"doi:{paper.doi}"} if paper.doi else set())


def _title(paper: Paper) -> str:
    """The title's words, without case, accents, markup and signs.

    "" where it tells too little.
    """
    plain = unicodedata.normalize("NFKD", paper.title).casefold()
    words = re.findall(r"\w+", re.sub(r"[\u0300-\u036f]", "", plain))
    return " ".join(words) if len(words) >= LEAST_WORDS else ""


def _same_author(one: Paper, other: Paper, words: int) -> bool:
    if not one.authors or not other.authors:
        return words >= LONE_WORDS
    return bool(_family(one.authors[0]) & _family(other.authors[0]))


def _family(name: str) -> set[str]:
    plain = re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFKD", name).casefold())
    return {word for word in re.findall(r"\w+", plain) if len(word) > 1}


def _merged(group: Sequence[Paper]) -> Paper:
    """The record of a group of records of one paper, joined.

    The id of the best kind, what it lacks from the others, all names of all.
    """
    if len(group) == 1:
        return group[0]
    best = min(group, key=lambda p: _RANK.index(kind_of(p.id)))
    others = [p for p in group if p is not best]
    fill = {
        name: next((getattr(p, name) for p in others if getattr(p, name)), getattr(best, name))
        for name in FILLED
        if not getattr(best, name)
    }
    names = dict.fromkeys(name for p in group for name in (p.key, *p.aliases, *([f"doi:{p.doi}"] if p.doi else [])))
    names.pop(best.key, None)
    abstract = best.abstract or max((p.abstract for p in others), key=len)
    return best.model_copy(update={**fill, "aliases": tuple(names), "abstract": abstract})


def _as_listed(whole: Paper, mine: Paper) -> Paper:
    return whole.model_copy(update={"sources": mine.sources, "listed": mine.listed})
