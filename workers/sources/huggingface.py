"""Hugging Face Daily Papers: the list of one day, most upvoted first."""

import hashlib
import json
import re
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from workers.errors import SourceFailed
from workers.models import Paper
from workers.paper_ids import arxiv_id
from workers.settings import Settings
from workers.sources.http.client import HttpClient
from workers.sources.listing.paper_list import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE, Listing, moment, tidy
from workers.store.sources.fetch_state import Cached, Fetches

NAME = "Hugging Face"

PAGE = 100
"""Papers asked for at once; the default of 50 cuts busy days off, more than 100 is said to be refused."""

MAX_PAGES = 10
"""Pages read of one day: twenty times the busiest day seen would fit."""

MOST_VOTES = 1_000_000
"""Upvotes that are believed; the most seen are about a thousand."""

LOOK_BACK = 7
"""Days back that a list is compared with: over a weekend, and some more."""

STABLE_S, MOVING_S = 86_400.0, 900.0
"""Seconds a list serves the same digest day: one that is complete, and one still growing (or suspiciously empty)."""


_MARKDOWN = (
    re.compile(r"(?<![\w^{*\\])\*\*(?=[^\s*])([^*\n]{1,300}?)(?<=[^\s*])\*\*(?![*}])"),
    re.compile(r"(?<![`\\])`([^`\n$]{1,100})`(?!`)"),
)
"""Bold words and words as code."""

_CODE = re.compile(r"https://github\.com/[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}/?")
_PAGE = re.compile(r"https://(?=[^/]{4,100}(?:/|$))[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[A-Za-z0-9._~/-]{0,120})?", re.I)


def fetch_day(
    http: HttpClient,
    fetches: Fetches,
    settings: Settings,
    day: date,
    top: int | None = None,
    *,
    scope: str = "",
    today: date | None = None,
) -> Listing:
    """The papers listed on `day` (a UTC date), the `top` most upvoted or all.

    An empty list is an answer. Read once per `scope` (the digest day) for all who ask. `today`: UTC date, default now.
    SourceFailed as HttpClient.get, and with kind garbage where the answer is not a list of papers.
    """

    def read(_: Cached | None) -> Cached:
        items = pages(http, settings, {"date": day.isoformat()})
        listing = from_items(items, day)
        if again := _again(fetches, settings, items, listing, day):
            return Cached(Listing(label=day, again=again).dump(), scope, time.time() + MOVING_S)
        stable = (today or datetime.now(UTC).date()) > day and (bool(listing.listed) or day.weekday() >= 5)
        return Cached(listing.dump(), scope, time.time() + (STABLE_S if stable else MOVING_S))

    listing = Listing.load(fetches.once(_kept_as(settings, day), scope, read))
    return Listing(listing.papers[:top], listing.listed, listing.skipped, day, listing.again)


def _kept_as(settings: Settings, day: date) -> str:
    return f"hf:{hashlib.sha256(settings.hf_endpoint.encode()).hexdigest()[:8]}:{day}"


def _again(fetches: Fetches, settings: Settings, items: list[object], listing: Listing, day: date) -> date | None:
    """The earlier day whose list was sent for `day`, or None.

    All its papers are known from there, and none says it is of `day`. The papers' own date is that of the list (7,077
    of 7,077); older ones have none.
    """
    inner = [item["paper"] for item in items if isinstance(item, dict) and isinstance(item.get("paper"), dict)]
    if not listing.papers or any(str(one.get("submittedOnDailyAt", ""))[:10] == day.isoformat() for one in inner):
        return None
    mine = {paper.id for paper in listing.papers}
    for earlier in (day - timedelta(days=i) for i in range(1, LOOK_BACK + 1)):
        kept = fetches.get(_kept_as(settings, earlier))
        if kept and mine <= {paper.id for paper in Listing.load(kept.value).papers}:
            return earlier
    return None


def from_items(items: Iterable[object], day: date | None, fictional: bool = False) -> Listing:
    """The listing that the items of a day's JSON make.

    Both generations of its schema are read; broken items are skipped. SourceFailed of kind garbage where all are
    broken.
    """
    papers: dict[str, Paper] = {}
    skipped = 0
    for item in items:
        paper = _paper(item, day, fictional)
        if paper is None:
            skipped += 1
        else:
            papers.setdefault(paper.id, paper)
    if skipped and not papers:
        raise _garbage("sent a list without a single usable paper")
    ranked = sorted(papers.values(), key=lambda p: (-(p.upvotes or 0), p.id))
    return Listing(tuple(ranked), len(ranked) + skipped, skipped, day)


def pages(http: HttpClient, settings: Settings, wanted: Mapping[str, str]) -> list[object]:
    """All items of a `date` or `week`.

    A page may be shorter than asked for: only one without news ends the list.
    """
    items: list[object] = []
    seen: set[str] = set()
    for page in range(MAX_PAGES):
        query = {**wanted, "limit": PAGE} | ({"p": page} if page else {})
        try:
            reply = http.get(f"{settings.hf_endpoint}/api/daily_papers?{urlencode(query)}", name=NAME)
        except SourceFailed as error:
            if page and error.fields.get("status") in (400, 404, 416, 422):
                break  # a server that knows no such page: the list is over
            raise
        fresh = {mark: item for item in _array(reply.body) if (mark := _mark(item)) not in seen}
        if not fresh:
            break
        items += fresh.values()
        seen |= fresh.keys()
    return items


def _array(body: bytes) -> list[object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise _garbage("sent something that is not JSON") from None
    if not isinstance(found, list):
        raise _garbage("sent JSON that is not a list of papers")
    return found


def _mark(item: object) -> str:
    """What tells an item from others: its id, or all of it where it has none."""
    paper = item.get("paper") if isinstance(item, dict) else None
    ref = paper.get("id") if isinstance(paper, dict) else None
    return ref if isinstance(ref, str) else json.dumps(item)


def _paper(item: object, day: date | None, fictional: bool) -> Paper | None:
    """The paper of one item, from its inner level first.

    The outer `publishedAt` is New York time labelled as UTC: not used.
    """
    inner = item.get("paper") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(inner, dict):
        return None
    ref = arxiv_id.exact(str(inner.get("id", "")), date.max)
    title = tidy(inner.get("title"), MAX_TITLE) or tidy(item.get("title"), MAX_TITLE)
    if ref is None or not title:
        return None
    votes, authors = inner.get("upvotes"), inner.get("authors")
    names = [
        tidy(a.get("name"), MAX_TITLE)
        for a in (authors[:MAX_AUTHORS] if isinstance(authors, list) else [])
        if isinstance(a, dict) and a.get("hidden") is not True
    ]
    return Paper(
        id=ref.base,
        version=ref.version,
        title=title,
        abstract=unmarked(tidy(inner.get("summary"), MAX_ABSTRACT) or tidy(item.get("summary"), MAX_ABSTRACT)),
        authors=tuple(name for name in names if name),
        published=moment(inner.get("publishedAt")),
        code=_address(inner.get("githubRepo"), _CODE),
        project=_address(inner.get("projectPage"), _PAGE),
        upvotes=votes if isinstance(votes, int) and not isinstance(votes, bool) and 0 <= votes <= MOST_VOTES else None,
        listed=day,
        fictional=fictional,
    )


def _address(given: object, shape: re.Pattern[str]) -> str | None:
    """An address that people may be led to, or None.

    Nothing hides in it, and it is not longer than one line.
    """
    text = given.strip() if isinstance(given, str) else ""
    return text.rstrip("/") if shape.fullmatch(text) else None


def unmarked(text: str) -> str:
    """`text` without the Markdown that Hugging Face puts into some abstracts.

    Formulas and programs stay as they are.
    """
    for mark in _MARKDOWN:
        text = mark.sub(r"\1", text)
    return text


def _garbage(what: str) -> SourceFailed:
    return SourceFailed(f"{NAME} {what}.", source="huggingface", kind="garbage")
