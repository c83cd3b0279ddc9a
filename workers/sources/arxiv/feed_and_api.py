"""arXiv's announcement feed, and its query API for known ids."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from workers.errors import SourceFailed
from workers.models import Paper
from workers.paper_ids import arxiv_id
from workers.paper_ids.arxiv_id import ArxivId
from workers.settings import Settings
from workers.sources.feed_parser import NotAFeed, parse_feed
from workers.sources.http.client import TOTAL_S, HttpClient, Reply
from workers.sources.listing.list_days import ARXIV_ZONE
from workers.sources.listing.paper_list import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE, Listing, doi_in, moment, tidy
from workers.store.sources.fetch_state import Cached, Fetches

NAME = "arXiv"

FEED_MAX_BYTES = 8 * 2**20
"""Decompressed bytes of a feed or API page: the feed ends at 2,000 items of about 2.1 kB each."""

TAKEN = ("new", "cross")
"""Announcement types that are news; the others are new versions of old papers."""

BATCH = 100
"""Ids per query: the address stays below 2,000 characters, and one page of the API carries up to 2,000 entries."""

TITLE_HITS = 5
"""Papers asked for by title: exact ones come first."""

KNOWN_S = 6 * 3600.0
"""Seconds that a paper's metadata serve without asking again; a newer version is noticed that much later."""

ZONE = ARXIV_ZONE
"""The feed is rebuilt at midnight there (04:00 or 05:00 UTC)."""

UNSURE_S = 900.0
"""Seconds a feed serves that does not bear today's date in New York: it may be rebuilt any minute."""

_LEAD = re.compile(r"arXiv:(?P<ref>\S+)\s+Announce Type:\s*(?P<kind>[\w-]+)\s*(?:Abstract:)?\s*", re.I)
_COMMA = re.compile(r",\s*(?![^()]*\))")


def fetch_announcement(
    http: HttpClient,
    fetches: Fetches,
    settings: Settings,
    categories: Sequence[str],
    *,
    scope: str = "",
    refresh: bool = False,
    now: datetime | None = None,
) -> Listing:
    """New and cross-listed papers of `categories` in the latest announcement.

    One request for all of them, once per `scope` (the day) until the next midnight in New York after `now`, then
    by conditional GET; `refresh` asks at once. Weekend and holiday feeds are empty. SourceFailed as HttpClient.get, and
    kind garbage where it is not a whole feed.
    """
    wanted = "+".join(categories)

    def read(kept: Cached | None) -> Cached:
        headers = {}
        if kept and kept.etag:
            headers["If-None-Match"] = kept.etag
        if kept and kept.modified:
            headers["If-Modified-Since"] = kept.modified
        url = f"{settings.arxiv_feed_url}/{wanted}"
        ok = (200, 304, 400) if headers else (200, 400)
        reply = http.get(url, name=NAME, headers=headers, max_bytes=FEED_MAX_BYTES, ok=ok)
        if reply.status == 304 and kept:
            return Cached(
                kept.value, scope, _fresh_until(Listing.load(kept.value).label, now), kept.etag, kept.modified
            )
        feed = _parsed(reply)
        if reply.status == 400 or str(feed.feed.get("title", "")).startswith("Feed error"):
            raise _failed("status", f"does not know one of the categories {wanted}", 400)
        listing = _announced(feed)
        validators = reply.headers.get("etag", ""), reply.headers.get("last-modified", "")
        return Cached(listing.dump(), scope, _fresh_until(listing.label, now), *validators)

    return Listing.load(fetches.once(_kept_as(settings, categories), scope, read, refresh))


def doubt(fetches: Fetches, settings: Settings, categories: Sequence[str], now: float) -> None:
    """Ask for the feed of `categories` again UNSURE_S after `now`.

    It is not what it says.
    """
    name = _kept_as(settings, categories)
    if kept := fetches.get(name):
        fetches.put(name, replace(kept, fresh_until=min(kept.fresh_until, now + UNSURE_S)))


def _kept_as(settings: Settings, categories: Sequence[str]) -> str:
    where = f"{settings.arxiv_feed_url} {'+'.join(categories)}"
    return f"arxiv:{hashlib.sha256(where.encode()).hexdigest()[:12]}"


def papers_by_id(
    http: HttpClient, fetches: Fetches, settings: Settings, ids: Sequence[ArxivId], *, total_s: float = TOTAL_S
) -> tuple[dict[str, Paper], list[str]]:
    """(base id -> paper, base ids that arXiv does not have) for `ids`.

    Asked in batches of BATCH, known for KNOWN_S. An id with a version gives that version, else the latest. `total_s`
    and SourceFailed as HttpClient.get; kind garbage where arXiv counts papers but, asked twice, sends none of them.
    """
    where = hashlib.sha256(settings.arxiv_api_url.encode()).hexdigest()[:8]
    unique = {ref.base: ref for ref in reversed(ids)}
    kept = {base: fetches.get(f"meta:{where}:{ref}") for base, ref in unique.items()}
    papers = {base: Paper.model_validate(known.value) for base, known in kept.items() if known}
    asked = [unique[ref.base] for ref in dict.fromkeys(ids) if ref == unique[ref.base] and ref.base not in papers]
    for start in range(0, len(asked), BATCH):
        batch = asked[start : start + BATCH]
        wanted = {ref.base for ref in batch}
        for attempt in (1, 2):
            found, total = _query(http, settings, batch, total_s)
            papers |= {base: paper for base, paper in found.items() if base in wanted}
            if len(found) >= min(total, len(batch)):
                break
            if attempt == 2 and not found:
                raise _failed("garbage", f"says that it has {total} of the papers but sends none")
    for ref in asked:
        if ref.base in papers:
            fetches.put(f"meta:{where}:{ref}", Cached(papers[ref.base].model_dump(mode="json")), KNOWN_S)
    return papers, [ref.base for ref in asked if ref.base not in papers]


def papers_by_title(http: HttpClient, settings: Settings, title: str, *, total_s: float = TOTAL_S) -> list[Paper]:
    """The papers whose title has the words of `title` in their order.

    SourceFailed as HttpClient.get.
    """
    words = " ".join(re.findall(r"\w+", title))
    query = urlencode({"search_query": f'ti:"{words}"', "max_results": TITLE_HITS})
    return list(_answer(http, settings, query, total_s)[0].values())


def _query(
    http: HttpClient, settings: Settings, batch: Sequence[ArxivId], total_s: float
) -> tuple[dict[str, Paper], int]:
    query = urlencode({"id_list": ",".join(ref.canonical for ref in batch), "max_results": len(batch)}, safe=",/")
    return _answer(http, settings, query, total_s)


def _answer(http: HttpClient, settings: Settings, query: str, total_s: float) -> tuple[dict[str, Paper], int]:
    """(papers of a query, how many the API says there are)."""
    url = f"{settings.arxiv_api_url}?{query}"
    reply = http.get(url, name=NAME, max_bytes=FEED_MAX_BYTES, ok=(200, 400), total_s=total_s)
    feed = _parsed(reply)
    if reply.status == 400 or any("/api/errors" in str(e.get("id", "")) for e in feed.entries):
        raise _failed("status", "refused the query", 400)
    papers = (_result(entry) for entry in feed.entries)
    total = str(feed.feed.get("opensearch_totalresults", ""))
    found = {paper.id: paper for paper in papers if paper}
    return found, int(total) if total.isascii() and total.isdecimal() else len(found)


def _parsed(reply: Reply) -> Any:
    try:
        return parse_feed(reply.body)
    except NotAFeed as error:
        if reply.status != 200:
            raise _failed("status", f"answered with HTTP {reply.status}", reply.status) from None
        raise _failed("garbage", f"sent {error}") from None


def _announced(feed: Any) -> Listing:
    label = _day(feed.feed.get("published") or feed.feed.get("updated"))
    papers: dict[str, Paper] = {}
    skipped = old = 0
    for entry in feed.entries:
        text = str(entry.get("summary", ""))
        lead = _LEAD.match(text.lstrip())
        kind = str(entry.get("arxiv_announce_type") or (lead["kind"] if lead else "new"))
        if kind not in TAKEN:
            old += 1
            continue
        ref = arxiv_id.exact(str(entry.get("id", "")).rpartition(":")[2], date.max)
        ref = ref or arxiv_id.exact(lead["ref"] if lead else "", date.max)
        paper = _paper(entry, ref, text.lstrip()[lead.end() if lead else 0 :])
        if paper is None:
            skipped += 1
        else:
            listed = _day(entry.get("published")) or label
            papers.setdefault(paper.id, paper.model_copy(update={"listed": listed}))
    if skipped and not papers and not old:
        raise _failed("garbage", "sent a feed without a single usable paper")
    return Listing(tuple(papers.values()), len(papers) + skipped, skipped, label)


def _result(entry: Any) -> Paper | None:
    """A paper of the query API."""
    ref = arxiv_id.exact(str(entry.get("id", "")).rpartition("/abs/")[2], date.max)
    paper = _paper(entry, ref, entry.get("summary"))
    if paper is None:
        return None
    primary = tidy((entry.get("arxiv_primary_category") or {}).get("term"), MAX_TITLE)
    categories = dict.fromkeys(([primary] if primary else []) + list(paper.categories))
    comment = tidy(entry.get("arxiv_comment"), MAX_ABSTRACT) or None
    published = moment(entry.get("published"))
    more = {"comment": comment, "journal_ref": tidy(entry.get("arxiv_journal_ref"), MAX_ABSTRACT) or None}
    more |= {"doi": doi_in(entry.get("arxiv_doi"))}
    return paper.model_copy(update={"categories": tuple(categories), "published": published, **more})


def _paper(entry: Any, ref: ArxivId | None, abstract: object) -> Paper | None:
    title = tidy(entry.get("title"), MAX_TITLE)
    if ref is None or not title:
        return None
    names = [n for a in entry.get("authors", []) for n in _COMMA.split(tidy(a.get("name"), MAX_ABSTRACT * 5))]
    return Paper(
        id=ref.base,
        version=ref.version,
        title=title,
        abstract=tidy(abstract, MAX_ABSTRACT),
        authors=tuple(n.strip() for n in names if any(c.isalpha() for c in n))[:MAX_AUTHORS],
        categories=tuple(dict.fromkeys(t for tag in entry.get("tags", []) if (t := tidy(tag.get("term"), 50)))),
        license=tidy(entry.get("rights"), MAX_TITLE) or None,
        journal_ref=tidy(entry.get("arxiv_journal_reference"), MAX_ABSTRACT) or None,
        doi=doi_in(entry.get("arxiv_doi")),
    )


def _day(text: object) -> date | None:
    """The date that a feed's RFC 822 or ISO time shows, in its own zone."""
    try:
        return datetime.fromisoformat(str(text)).date()
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(str(text)).date()
    except (ValueError, TypeError, IndexError):
        return None


def _fresh_until(label: date | None, now: datetime | None = None) -> float:
    """Until when a feed is fresh, in seconds since 1970.

    The next midnight in New York for a feed of today there, else UNSURE_S from now.
    """
    here = (now or datetime.now(UTC)).astimezone(ZONE)
    if label != here.date():
        return here.timestamp() + UNSURE_S
    return datetime.combine(here.date() + timedelta(days=1), datetime.min.time(), ZONE).timestamp()


def _failed(kind: str, what: str, status: int | None = None) -> SourceFailed:
    return SourceFailed(f"{NAME} {what}.", source="arxiv", kind=kind, status=status)
