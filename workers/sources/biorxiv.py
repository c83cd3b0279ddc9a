"""bioRxiv and medRxiv: preprints posted on a day, from their API."""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from workers.errors import SourceFailed
from workers.models import Paper
from workers.paper_ids.paper_key import PaperRef, name_of
from workers.settings import Settings
from workers.sources.http.client import HttpClient
from workers.sources.listing.dated_sources import fetch_dated
from workers.sources.listing.fetch_result import Fetched, GatherRun
from workers.sources.listing.names_of_papers import doi_of, identity
from workers.sources.listing.paper_list import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE, Listing, tidy
from workers.sources.spec import SourceSpec

NAMES = {"biorxiv": "bioRxiv", "medrxiv": "medRxiv"}

MAX_PAGES = 60
"""Pages read of one day: 60 of 30 preprints are five times the busiest day (about 350, all categories)."""

PAGE_BYTES = 5 * 2**20
"""Most bytes of a page: 100 records of about 5 kB, funding included."""

LICENSES = {
    "cc_by": "https://creativecommons.org/licenses/by/4.0/",
    "cc_by_nc": "https://creativecommons.org/licenses/by-nc/4.0/",
    "cc_by_nd": "https://creativecommons.org/licenses/by-nd/4.0/",
    "cc_by_nc_nd": "https://creativecommons.org/licenses/by-nc-nd/4.0/",
    "cc0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "cc0_ng": "https://creativecommons.org/publicdomain/zero/1.0/",
}
"""The API's names of licences; `cc_no` (all rights reserved) has no address."""

MEDICAL = re.compile(r"\.[0-9]{8}$")
"""How a DOI of medRxiv ends; bioRxiv's end in six digits."""

WITHDRAWN = "This preprint has been withdrawn."


def fetch(spec: SourceSpec, run: GatherRun) -> Fetched:
    """The new preprints of `spec` on the days that the channel has not had."""
    where = hashlib.sha256(run.settings.biorxiv_api_url.encode()).hexdigest()[:8]
    return fetch_dated(spec, run, lambda day: read_day(spec, run, day), f"{spec.text}:{where}")


def read_day(spec: SourceSpec, run: GatherRun, day: date) -> Listing:
    """The preprints of `spec` whose first version was posted on `day`.

    A later version is no news. SourceFailed as HttpClient.get; kind garbage where the answer is no list of preprints.
    """
    records = [r for category in spec.categories or ("",) for r in _records(spec.kind, run, day, category)]
    first: dict[str, list[dict[str, Any]]] = {}
    skipped = 0
    for record in records:
        doi = doi_of(record.get("doi"))
        if not doi or not tidy(record.get("title"), MAX_TITLE):
            skipped += 1
        elif not spec.categories or _category(record) in spec.categories:
            first.setdefault(doi, []).append(record)
    new = {doi: versions for doi, versions in first.items() if min(map(_version, versions)) == 1}
    papers = tuple(_paper(spec.kind, doi, max(versions, key=_version), day) for doi, versions in new.items())
    if skipped and not first:
        raise _garbage(spec.kind, "sent a list without a single usable preprint")
    return Listing(papers, len(first) + skipped, skipped, day)


def record(http: HttpClient, settings: Settings, ref: PaperRef, *, total_s: float) -> Paper | None:
    """The record of a preprint; None where neither server has it.

    It is of the version asked for, else of the newest.
    """
    doi = name_of(ref.base)
    servers = sorted(NAMES, reverse=bool(MEDICAL.search(doi)))
    for server in servers:
        url = f"{settings.biorxiv_api_url}/details/{server}/{doi}/na/json"
        _, records = _parts(server, http.get(url, name=NAMES[server], max_bytes=PAGE_BYTES, total_s=total_s).body)
        mine = [r for r in records if doi_of(r.get("doi")) == doi and ref.version in (None, _version(r))]
        if mine:
            newest = max(mine, key=_version)
            return _paper(server, doi, newest, _day(newest.get("date")) or date.min)
    return None


def check(spec: SourceSpec, run: GatherRun) -> str:
    """What the API says of yesterday, for `doctor`: one page."""
    day, category = run.today - timedelta(days=1), spec.categories[0] if spec.categories else ""
    found = next(_records(spec.kind, run, day, category), None)
    return "answers with preprints of yesterday" if found else "answers; yesterday had none of them"


def _records(server: str, run: GatherRun, day: date, category: str) -> Iterator[dict[str, Any]]:
    """All records of a day.

    How many a page holds differs (30, 100): each reply's own count leads to the next.
    """
    cursor, seen = 0, set[str]()
    for _ in range(MAX_PAGES):
        query = f"?{urlencode({'category': category})}" if category else ""
        url = f"{run.settings.biorxiv_api_url}/details/{server}/{day}/{day}/{cursor}/json{query}"
        reply = run.http.get(url, name=NAMES[server], max_bytes=PAGE_BYTES)
        message, collection = _parts(server, reply.body)
        fresh = {json.dumps(one, sort_keys=True): one for one in collection}
        if not fresh.keys() - seen:  # over, or a page that it sends again and again
            return
        yield from (one for mark, one in fresh.items() if mark not in seen)
        seen |= fresh.keys()
        count, total = _whole(message.get("count")), _whole(message.get("total"))
        cursor += count or len(collection)
        if total is not None and cursor >= total:
            return
    raise _garbage(server, f"has more than {MAX_PAGES} pages of one day")


def _parts(server: str, body: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """(the message about the page, its records)."""
    try:
        found = json.loads(body)
        messages, collection = found.get("messages") or [], found.get("collection") or []
        message = messages[0] if messages else {}
        status = str(message.get("status", "")).lower()
    except (ValueError, AttributeError, LookupError, TypeError, RecursionError):
        raise _garbage(server, "sent something that is not a list of preprints") from None
    if not isinstance(collection, list) or (not collection and not ("no posts" in status or status == "ok")):
        raise _garbage(server, "sent a list that it does not vouch for")
    return message, [one for one in collection if isinstance(one, dict)]


def _paper(server: str, doi: str, record: dict[str, Any], day: date) -> Paper:
    published = doi_of(record.get("published"))
    names = [_name(author) for author in tidy(record.get("authors"), 60 * MAX_AUTHORS).split(";")]
    version, gone = _version(record), "withdraw" in str(record.get("type", "")).lower()
    return Paper(
        **identity(
            doi=doi,
            url=f"https://www.{server}.org/content/{doi}v{version}",
            also=(f"doi:{published}",) if published and published != doi else (),
        ),
        version=version,
        title=tidy(record.get("title"), MAX_TITLE),
        abstract=tidy(record.get("abstract"), MAX_ABSTRACT),
        authors=tuple(name for name in names if any(c.isalpha() for c in name))[:MAX_AUTHORS],
        categories=(category.replace("_", " "),) if (category := _category(record)) else (),
        published=datetime.combine(_day(record.get("date")) or day, time(0), UTC),
        license=LICENSES.get(str(record.get("license", "")).strip().lower()),
        comment=WITHDRAWN if gone else None,
        venue=NAMES[server],
        listed=day,
    )


def _name(text: str) -> str:
    """`Turing, A. M.` as A. M. Turing."""
    family, comma, given = text.strip().partition(",")
    return f"{given.strip()} {family.strip()}".strip() if comma else family.strip()


def _category(record: dict[str, Any]) -> str:
    return re.sub(r"[\s_/-]+", "_", tidy(record.get("category"), 100).lower())


def _version(record: dict[str, Any]) -> int:
    return _whole(record.get("version")) or 1


def _whole(value: object) -> int | None:
    """A count, which comes as a number or as text."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _garbage(server: str, what: str) -> SourceFailed:
    return SourceFailed(f"{NAMES[server]} {what}.", source=server, kind="garbage")
