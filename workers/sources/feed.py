"""Journals and any other RSS or Atom feed: what is new on it, as papers."""

import calendar
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from workers.errors import SourceFailed
from workers.models import Paper
from workers.models.source_names import feed_name
from workers.paper_ids.in_link import linked
from workers.paper_ids.paper_key import name_of
from workers.sources.feed_parser import NotAFeed, parse_feed
from workers.sources.listing.fetch_result import Fetched, GatherRun
from workers.sources.listing.html_text import text_of
from workers.sources.listing.names_of_papers import doi_of, identity
from workers.sources.listing.paper_list import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE, Listing, tidy
from workers.sources.listing.undated_sources import fetch_sliding, look_at
from workers.sources.one_paper import crossref
from workers.sources.spec import SourceSpec
from workers.store.sources.fetch_state import Cached

FEED_BYTES = 8 * 2**20
"""Most bytes of a feed; one with 500 whole abstracts has 2 MB."""

MOST_LOOKED_UP = 90
"""New papers of one look whose abstracts Crossref is asked for: three requests."""

NO_PAPER = re.compile(
    r"^\W*(?:\[?(?:ad|ads|advert\w*|sponsored|promoted)\]?\s*[:\]|–—-]|(?:author|publisher)?\s*correction(?: to)?\s*:"
    r"|erratum\b|corrigendum\b|retraction note\b|issue information\b|table of contents\b|editorial board\b"
    r"|(?:front|back|inside)?\s*cover (?:image|picture)\b|in this issue\b|graphical abstract\b)",
    re.I,
)
"""Titles of what feeds carry beside papers: advertisements, corrections, furniture of an issue."""

_LEAD = re.compile(
    r"^(?:[^.;]{2,80},\s*)?published online:\s*[^;]{4,40};\s*(?:doi:\s*\S+|https?://doi\.org/\S+)\s*|^doi:\s*10\.\S+\s*"
    r"|^(?:abstract|summary)\s*[:.]?\s+(?=[A-Z0-9])",
    re.I,
)
"""What publishers put before the abstract: "Nature, Published online: 12 January 2026; doi:10.1038/…"."""

_FURNITURE = re.compile(r"publication date:\s*.{2,60}?\s*source:\s*.{2,200}?(?:author\(s\):\s*(?P<authors>.*))?$", re.I)
"""All that ScienceDirect's feeds say of a paper."""

_BETWEEN = re.compile(r"\s*(?:;|,(?!\s*(?:jr|sr|i{2,3}|ph\.?d)\b)|\band\b)\s*", re.I)


def fetch(spec: SourceSpec, run: GatherRun) -> Fetched:
    """What is new on the feed of `spec`."""
    return fetch_sliding(
        spec, run, lambda: read(spec, run), kept_as(spec), complete=lambda new: with_abstracts(new, run)
    )


def look(spec: SourceSpec, run: GatherRun) -> None:
    """Note what is new on the feed, for later digests."""
    look_at(run, lambda: read(spec, run), kept_as(spec), complete=lambda new: with_abstracts(new, run))


def with_abstracts(papers: Sequence[Paper], run: GatherRun) -> Sequence[Paper]:
    """`papers`, with Crossref's abstracts where they had none.

    Only where Crossref has one and answers.
    """
    bare = [paper.doi for paper in papers if paper.doi and not paper.abstract][:MOST_LOOKED_UP]
    try:
        found = crossref.abstracts(run.http, run.settings, bare) if bare else {}
    except SourceFailed:
        return papers
    return [p if p.abstract else p.model_copy(update={"abstract": found.get(p.doi or "", "")}) for p in papers]


def kept_as(spec: SourceSpec) -> str:
    """Under which the looks at a feed are kept."""
    return f"feed:{hashlib.sha256(spec.what.encode()).hexdigest()[:16]}"


def read(spec: SourceSpec, run: GatherRun) -> Listing:
    """The feed as it is now, by conditional GET.

    SourceFailed as HttpClient.get; garbage where it is no whole feed.
    """
    kept = run.fetches.get(kept_as(spec))
    headers = {}
    if kept and kept.etag:
        headers["If-None-Match"] = kept.etag
    if kept and kept.modified:
        headers["If-Modified-Since"] = kept.modified
    ok = (200, 304) if headers else (200,)
    name = feed_name(spec.what)
    reply = run.http.get(spec.what, name=name, headers=headers, max_bytes=FEED_BYTES, ok=ok)
    if reply.status == 304 and kept:
        return Listing.load(kept.value)
    try:
        listing = listed(parse_feed(reply.body, any_kind=True), run.now)
    except NotAFeed as error:
        raise SourceFailed(f"{name} sent {error}.", source="feed", kind="garbage") from None
    if listing.skipped and not listing.papers:
        raise SourceFailed(f"{name} sent a feed without a single paper.", source="feed", kind="garbage")
    validators = reply.headers.get("etag", ""), reply.headers.get("last-modified", "")
    run.fetches.put(kept_as(spec), Cached(listing.dump(), "", 0.0, *validators))
    return listing


def check(spec: SourceSpec, run: GatherRun) -> str:
    """What the feed has, for `doctor`."""
    found = read(spec, run)
    bare = sum(not paper.abstract for paper in found.papers)
    return f"answers with a feed, papers on it: {found.listed}" + (f"; without an abstract: {bare}" if bare else "")


def listed(feed: Any, now: datetime) -> Listing:
    """The papers of a feed, each once.

    What is no paper (advertisements, corrections) is not counted.
    """
    papers: dict[str, Paper] = {}
    skipped = 0
    journal = tidy(text_of(feed.feed.get("title")), MAX_TITLE)
    for entry in feed.entries:
        title = tidy(text_of(entry.get("title")), MAX_TITLE)
        if NO_PAPER.match(title):
            continue
        paper = _paper(entry, title, journal, now)
        if paper is None:
            skipped += 1
        else:
            papers.setdefault(paper.id, paper)
    return Listing(tuple(papers.values()), len(papers) + skipped, skipped)


def _paper(entry: Any, title: str, journal: str, now: datetime) -> Paper | None:
    link = _address(entry.get("prism_url")) or _address(entry.get("link"))
    texts = [entry.get("summary"), *(c.get("value") for c in entry.get("content", []) if isinstance(c, dict))]
    raw = max((text_of(text) for text in texts), key=len, default="")
    if not title:
        return None
    abstract, authors = _abstract(raw)
    try:
        named = identity(doi=_doi(entry, link, raw), url=link)
    except ValueError:
        return None
    given = [a.get("name") for a in entry.get("authors", []) if isinstance(a, dict)] or [entry.get("author")]
    names = [tidy(n, MAX_TITLE) for text in given for n in _BETWEEN.split(tidy(text_of(text), 60 * MAX_AUTHORS))]
    return Paper(
        **named,
        title=title,
        abstract=tidy(abstract, MAX_ABSTRACT),
        authors=tuple(n for n in names or authors if any(c.isalpha() for c in n))[:MAX_AUTHORS] or authors,
        published=_when(entry, now),
        venue=tidy(text_of(entry.get("prism_publicationname")), MAX_TITLE) or journal or None,
    )


def _doi(entry: Any, link: str, text: str) -> str:
    """The DOI of an entry: from a field, else its address, else its text.

    Fields are those where feeds put it; in the text it stands before the abstract.
    """
    for field in ("prism_doi", "dc_identifier", "id", "link"):
        if doi := doi_of(entry.get(field)):
            return re.sub(r"/(?:full|abstract|pdf|meta|epdf)$|[?#].*$", "", doi)
    if (paper := linked(link)) and paper.kind == "doi":
        return name_of(paper.base)
    lead = _LEAD.match(text)
    return doi_of(lead[0]) if lead else ""


def _abstract(text: str) -> tuple[str, tuple[str, ...]]:
    """(the abstract, the authors that stand in its place)."""
    if furniture := _FURNITURE.match(text):
        return "", tuple(n.strip() for n in (furniture["authors"] or "").split(",") if n.strip())
    lead = _LEAD.match(text)
    return text[lead.end() :] if lead else text, ()


def _when(entry: Any, now: datetime) -> datetime | None:
    """When it came out, where the entry says so.

    A day in the future is that of a print issue.
    """
    for field in ("published_parsed", "updated_parsed", "created_parsed"):
        given = entry.get(field)
        try:
            when = datetime.fromtimestamp(calendar.timegm(given), UTC) if given else None
        except (ValueError, OverflowError, TypeError):
            continue
        if when and when <= now:
            return when
    return None


def _address(text: object) -> str:
    """A plain web address, or ""."""
    found = text.strip() if isinstance(text, str) else ""
    return found if re.fullmatch(r"https?://[^\s@<>\"']{4,800}", found) else ""
