"""OpenAlex: new works of followed authors and institutions, once a day.

Single records are free, so names are resolved once; a list costs one credit of the day's (1,000 without a key).
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from workers.errors import SourceFailed
from workers.models import Paper
from workers.sources.listing.fetch_result import Fetched, GatherRun
from workers.sources.listing.html_text import text_of
from workers.sources.listing.names_of_papers import doi_of, identity
from workers.sources.listing.paper_list import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE, Listing, tidy
from workers.sources.listing.undated_sources import fetch_sliding, look_at
from workers.sources.spec import SourceSpec

NAME = "OpenAlex"

EVERY_S = 20 * 3600.0
"""Seconds between two looks: each costs a credit, and works enter OpenAlex days after they came out."""

WINDOW_DAYS = 45
"""Days back by publication date that are asked for; what enters later than that is not seen."""

PAGE = 100
"""Works of one reply, the newest; more of the people followed would be a flood."""

MAX_WORDS = 3_000
"""Positions of an inverted abstract that are put together."""

NO_WORKS = ("erratum", "retraction", "paratext", "peer-review")
"""Types of records that are no papers."""

FIELDS = "id,doi,title,display_name,publication_date,authorships,abstract_inverted_index,primary_location,type,ids"


def fetch(spec: SourceSpec, run: GatherRun) -> Fetched:
    """What is new of those that `spec` follows."""
    return fetch_sliding(spec, run, lambda: read(spec, run), _name(spec, run), every_s=EVERY_S)


def look(spec: SourceSpec, run: GatherRun) -> None:
    """Note what is new, for later digests."""
    look_at(run, lambda: read(spec, run), _name(spec, run), EVERY_S)


def check(spec: SourceSpec, run: GatherRun) -> str:
    """Whom the ids name, for `doctor`: single records, which are free."""
    names = [tidy(_get(run, _record_of(id), {}).get("display_name"), 100) or id for id in spec.categories]
    return f"answers; followed: {', '.join(names)}"


def read(spec: SourceSpec, run: GatherRun) -> Listing:
    """The newest works of those followed.

    SourceFailed as HttpClient.get; garbage where it is no list of works.
    """
    since = (run.now - timedelta(days=WINDOW_DAYS)).date()
    papers: dict[str, Paper] = {}
    listed = 0
    for start, field in (("A", "authorships.author.id"), ("I", "authorships.institutions.lineage")):
        ids = [id for id in spec.categories if id.startswith(start)]
        if not ids:
            continue
        wanted = f"{field}:{'|'.join(ids)},from_publication_date:{since},to_publication_date:{run.now.date()}"
        query = {"filter": wanted, "sort": "publication_date:desc", "per-page": PAGE, "select": FIELDS}
        found = _get(run, "works", query)
        results = found.get("results")
        if not isinstance(results, list):
            raise _garbage("sent something that is not a list of works")
        listed += len(results)
        works = [one for one in results if not (isinstance(one, dict) and one.get("type") in NO_WORKS)]
        found_here = [paper for paper in map(_paper, works) if paper]
        if works and not found_here:
            raise _garbage("sent a list without a single usable work")
        for paper in found_here:
            papers.setdefault(paper.id, paper)
    return Listing(tuple(papers.values()), listed, listed - len(papers))


def _get(run: GatherRun, path: str, query: dict[str, object]) -> dict[str, Any]:
    key = run.settings.openalex_api_key.get_secret_value()
    asked = {
        **query,
        **({"api_key": key} if key else {}),
        **({"mailto": run.settings.contact} if run.settings.contact else {}),
    }
    url = f"{run.settings.openalex_api_url}/{path}?{urlencode(asked, safe=':,|')}".rstrip("?")
    try:
        found = json.loads(run.http.get(url, name=NAME).body)
    except (ValueError, RecursionError):
        raise _garbage("sent something that is not JSON") from None
    if not isinstance(found, dict):
        raise _garbage("sent something that is not a record")
    return found


def _record_of(id: str) -> str:
    return f"{'authors' if id.startswith('A') else 'institutions'}/{id}"


def _paper(work: object) -> Paper | None:
    if not isinstance(work, dict):
        return None
    title = tidy(text_of(work.get("title") or work.get("display_name")), MAX_TITLE)
    place = _dict(work.get("primary_location"))
    source = _dict(place.get("source"))
    url = place.get("landing_page_url") if isinstance(place.get("landing_page_url"), str) else ""
    try:
        named = identity(doi=doi_of(work.get("doi")), url=url or "")
    except ValueError:
        return None
    if not title:
        return None
    return Paper(
        **named,
        title=title,
        abstract=tidy(abstract_of(work.get("abstract_inverted_index")), MAX_ABSTRACT),
        authors=tuple(_authors(work))[:MAX_AUTHORS],
        published=_day(work.get("publication_date")),
        venue=tidy(source.get("display_name"), MAX_TITLE) or None,
    )


def abstract_of(inverted: object) -> str:
    """The abstract whose words are given with their positions; "" for none."""
    if not isinstance(inverted, dict):
        return ""
    words: dict[int, str] = {}
    for word, places in inverted.items():
        for place in places if isinstance(places, list) else ():
            if isinstance(place, int) and 0 <= place < MAX_WORDS:
                words[place] = str(word)
    return text_of(" ".join(words[place] for place in sorted(words)))


def _authors(work: dict[str, Any]) -> Iterator[str]:
    given = work.get("authorships")
    for one in given if isinstance(given, list) else ():
        who = one.get("author") if isinstance(one, dict) else None
        if isinstance(who, dict) and (name := tidy(who.get("display_name"), 200)):
            yield name


def _dict(value: object) -> dict[str, Any]:
    """A part of a record, which may be null."""
    return value if isinstance(value, dict) else {}


def _day(text: object) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(str(text)), time(0), UTC)
    except ValueError:
        return None


def _name(spec: SourceSpec, run: GatherRun) -> str:
    mark = hashlib.sha256(f"{run.settings.openalex_api_url} {spec.text}".encode()).hexdigest()[:16]
    return f"openalex:{mark}"


def _garbage(what: str) -> SourceFailed:
    return SourceFailed(f"{NAME} {what}.", source="openalex", kind="garbage")
