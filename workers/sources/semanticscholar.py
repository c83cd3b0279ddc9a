"""Semantic Scholar: recommendations from liked papers, and citing papers.

One request a second over all its endpoints; a paper is in it some days after it came out. Anything may be null.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from workers.errors import SourceFailed
from workers.models import ListNote, Paper
from workers.paper_ids.paper_key import Kind, kind_of, made, name_of
from workers.settings import Settings
from workers.sources.http.client import TOTAL_S, HttpClient
from workers.sources.listing.fetch_result import Fetched, GatherRun, Likes, signed
from workers.sources.listing.html_text import text_of
from workers.sources.listing.names_of_papers import identity
from workers.sources.listing.paper_list import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE, Listing, tidy
from workers.sources.spec import SourceSpec
from workers.store.sources.fetch_state import Cached

NAME = "Semantic Scholar"

MOST_LIKED = 50
"""Latest papers of either kind that recommendations are made from: a year's taste, and one small request."""

PAGE = 100
"""Papers of one list; recommendations end at 500, citations at 1,000."""

WINDOW_DAYS = 60
"""Days since a paper came out in which it is news: recommendations are drawn from about as many."""

KEPT_S = 20 * 3600.0
"""Seconds a list serves a digest day."""

KNOWN_PAPER = "arXiv:1706.03762"
"""A paper that it surely has."""

FIELDS = "externalIds,title,abstract,authors,publicationDate,venue,url"

_CALLED: dict[Kind, str] = {"arxiv": "ARXIV", "doi": "DOI", "acl": "ACL", "pmid": "PMID"}
"""Kind of an id -> what it is called here."""


def fetch(spec: SourceSpec, run: GatherRun) -> Fetched:
    """The papers near or citing those of `spec` that the channel has not seen.

    Of a day gone by: nothing.
    """
    if run.upto is not None and run.upto < run.today:
        return Fetched(spec.text, asked=False)
    likes = Likes(spec.categories) if spec.categories else run.likes()
    if not likes.liked:
        return Fetched(spec.text, asked=False, lists=(ListNote(kind="unliked"),))
    liked, disliked = likes.liked[:MOST_LIKED], likes.disliked[:MOST_LIKED]
    mark = hashlib.sha256(repr((run.settings.semanticscholar_api_url, spec.what, liked, disliked)).encode())

    def read(_: Cached | None) -> Cached:
        if spec.what == "cites":
            listing = _listing(item for id in liked for item in _citing(run, id))
        else:
            listing = _listing(_recommended(run, liked, disliked))
        return Cached(listing.dump(), run.scope, run.fetches.clock() + KEPT_S)

    listing = Listing.load(run.fetches.once(f"s2:{mark.hexdigest()[:16]}", run.scope, read))
    oldest = datetime.combine(run.today - timedelta(days=WINDOW_DAYS), time(0), UTC)
    recent = [paper for paper in listing.papers if paper.published is None or paper.published >= oldest]
    seen = run.known([paper.id for paper in recent]) | {*liked, *disliked}
    papers = tuple(paper for paper in recent if paper.id not in seen)
    return Fetched(spec.text, signed(papers, spec), listing.listed, (run.today,))


def check(spec: SourceSpec, run: GatherRun) -> str:
    """Whether it answers, for `doctor`: the record of one paper."""
    paper = by_name(run.http, run.settings, KNOWN_PAPER, total_s=TOTAL_S)
    key = "with the key" if run.settings.semanticscholar_api_key.get_secret_value() else "without a key: often refused"
    return f"answers ({key})" if paper else f"answers ({key}), but does not know {KNOWN_PAPER}"


def by_name(http: HttpClient, settings: Settings, name: str, *, total_s: float) -> Paper | None:
    """The paper that Semantic Scholar calls `name`; None where it knows none.

    `name`: its hash, `CorpusId:123`, `arXiv:…`. SourceFailed as HttpClient.get; garbage where the answer is no record.
    """
    url = f"{settings.semanticscholar_api_url}/graph/v1/paper/{quote(name, safe=':')}?{urlencode({'fields': FIELDS})}"
    reply = http.get(url, name=NAME, headers=_key(settings), total_s=total_s, ok=(200, 404))
    return None if reply.status == 404 else _paper(_record(reply.body))


def _recommended(run: GatherRun, liked: Sequence[str], disliked: Sequence[str]) -> Sequence[object]:
    """What it recommends; nothing where it knows none of the liked papers."""
    known = _known(run, [*liked, *disliked])
    yes, no = ([known[id] for id in ids if id in known] for ids in (liked, disliked))
    if not yes:
        return ()
    url = f"{_root(run)}/recommendations/v1/papers/?{urlencode({'fields': FIELDS, 'limit': PAGE})}"
    given: dict[str, object] = {"positivePaperIds": yes, "negativePaperIds": no}
    found = _record(run.http.post(url, given, name=NAME, headers=_key(run.settings)).body).get("recommendedPapers")
    return _list(found)


def _known(run: GatherRun, ids: Sequence[str]) -> dict[str, str]:
    """Our id -> its own, of the papers that it knows.

    One that it does not know would spoil the whole request.
    """
    called = {id: f"{_CALLED[kind_of(id)]}:{name_of(id)}" for id in ids if kind_of(id) in _CALLED}
    if not called:
        return {}
    url = f"{_root(run)}/graph/v1/paper/batch?{urlencode({'fields': 'paperId'})}"
    body = run.http.post(url, {"ids": list(called.values())}, name=NAME, headers=_key(run.settings)).body
    found = _list(_json(body))
    if len(found) != len(called):
        raise _garbage("sent fewer records than it was asked for")
    own = {id: one.get("paperId") for id, one in zip(called, found, strict=True) if isinstance(one, dict)}
    return {id: name for id, name in own.items() if isinstance(name, str)}


def _citing(run: GatherRun, id: str) -> Iterator[object]:
    """The papers that cite `id`, the latest ones first as far as it goes by that."""
    if kind_of(id) not in _CALLED:
        return
    name = quote(f"{_CALLED[kind_of(id)]}:{name_of(id)}", safe=":/")
    url = f"{_root(run)}/graph/v1/paper/{name}/citations?{urlencode({'fields': FIELDS, 'limit': PAGE})}"
    reply = run.http.get(url, name=NAME, headers=_key(run.settings), ok=(200, 404))
    for one in _list(_record(reply.body).get("data")) if reply.status == 200 else ():
        yield one.get("citingPaper") if isinstance(one, dict) else None


def _listing(items: Iterator[object] | Sequence[object]) -> Listing:
    """A listing of records, those without a title or a name that others know left out."""
    found = [_paper(item) for item in items]
    papers = {paper.id: paper for paper in found if paper}
    if found and not papers:
        raise _garbage("sent a list without a single usable paper")
    return Listing(tuple(papers.values()), len(found), sum(paper is None for paper in found))


def _paper(said: object) -> Paper | None:
    if not isinstance(said, dict):
        return None
    ids, title = said.get("externalIds"), tidy(text_of(said.get("title")), MAX_TITLE)
    ids = ids if isinstance(ids, dict) else {}
    names = [made(kind, str(ids[called])) for kind, called in _EXTERNAL.items() if ids.get(called)]
    own = [name for name in names if name]
    if not title or not own:
        return None
    return Paper(
        **identity(own=own[0], also=tuple(own[1:])),
        title=title,
        abstract=tidy(text_of(said.get("abstract")), MAX_ABSTRACT),
        authors=tuple(_authors(said))[:MAX_AUTHORS],
        published=_day(said.get("publicationDate")),
        venue=tidy(said.get("venue"), MAX_TITLE) or None,
    )


_EXTERNAL: dict[Kind, str] = {"arxiv": "ArXiv", "doi": "DOI", "acl": "ACL", "pmid": "PubMed"}
"""Kind of an id -> its field in a record."""


def _authors(said: dict[str, Any]) -> Iterator[str]:
    given = said.get("authors")
    for one in given if isinstance(given, list) else ():
        if isinstance(one, dict) and (name := tidy(one.get("name"), MAX_TITLE)):
            yield name


def _day(text: object) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(str(text)), time(0), UTC)
    except ValueError:
        return None


def _root(run: GatherRun) -> str:
    return run.settings.semanticscholar_api_url


def _key(settings: Settings) -> dict[str, str]:
    key = settings.semanticscholar_api_key.get_secret_value()
    return {"x-api-key": key} if key else {}


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise _garbage("sent something that is not JSON") from None


def _record(body: bytes) -> dict[str, Any]:
    found = _json(body)
    if not isinstance(found, dict):
        raise _garbage("sent something that is not a record")
    return found


def _list(found: object) -> list[Any]:
    if not isinstance(found, list):
        raise _garbage("sent something that is not a list of papers")
    return found


def _garbage(what: str) -> SourceFailed:
    return SourceFailed(f"{NAME} {what}.", source="semanticscholar", kind="garbage")
