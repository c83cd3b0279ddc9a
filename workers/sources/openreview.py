"""OpenReview: papers of a venue, by API version 2 with an account."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from workers.errors import SourceFailed
from workers.models import Paper
from workers.paper_ids.paper_key import PaperRef, made, name_of
from workers.settings import Settings
from workers.sources.http.client import TOTAL_S, HttpClient
from workers.sources.listing.fetch_result import Fetched, GatherRun
from workers.sources.listing.paper_list import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE, Listing, tidy
from workers.sources.listing.undated_sources import fetch_sliding, look_at
from workers.sources.spec import SourceSpec

NAME = "OpenReview"

EVERY_S = 6 * 3600.0
"""Seconds between two looks at a venue: its list changes on a few days of a year, then by thousands."""

PAGE = 500
"""Notes of one reply (1,000 at most): about 4 kB each."""

MOST = 2_000
"""Notes read of a venue, the newest; the largest have accepted about 5,000, and a digest chooses from fewer."""

PAGE_BYTES = 16 * 2**20
"""Most bytes of a page."""

WITHOUT = "wants an account: set OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD"


def fetch(spec: SourceSpec, run: GatherRun) -> Fetched:
    """What is new on the list of the venue."""
    return fetch_sliding(spec, run, lambda: read(spec, run), _name(spec, run), every_s=EVERY_S)


def look(spec: SourceSpec, run: GatherRun) -> None:
    """Note what is new on the list, for later digests."""
    look_at(run, lambda: read(spec, run), _name(spec, run), EVERY_S)


def check(spec: SourceSpec, run: GatherRun) -> str:
    """How many papers the venue has, for `doctor`."""
    token = _token(run.http, run.settings, TOTAL_S)
    found = _notes(run.http, run.settings, token, {"content.venueid": spec.what, "limit": 1}, TOTAL_S)
    return "answers; the venue has papers" if found else f"answers, but has no papers of {spec.what} (yet)"


def read(spec: SourceSpec, run: GatherRun) -> Listing:
    """The newest papers of the venue.

    SourceFailed as HttpClient.get; auth without an account; garbage for no list.
    """
    papers: dict[str, Paper] = {}
    listed = 0
    token = _token(run.http, run.settings, TOTAL_S)
    query: dict[str, object] = {"content.venueid": spec.what, "sort": "tcdate:desc", "limit": PAGE}
    for offset in range(0, MOST, PAGE):
        notes = _notes(run.http, run.settings, token, query | {"offset": offset}, TOTAL_S)
        fresh = [paper for paper in map(_paper, notes) if paper and paper.id not in papers]
        papers |= {paper.id: paper for paper in fresh}
        listed += len(notes)
        if len(notes) < PAGE or not fresh:
            break
    if listed and not papers:
        raise _failed("sent a list without a single usable paper")
    return Listing(tuple(papers.values()), listed, max(0, listed - len(papers)))


def record(http: HttpClient, settings: Settings, ref: PaperRef, *, total_s: float) -> Paper | None:
    """The record of `ref`, a forum; None where OpenReview has none.

    SourceFailed as `read`.
    """
    token = _token(http, settings, total_s)
    found = map(_paper, _notes(http, settings, token, {"id": name_of(ref.base)}, total_s))
    return next((paper for paper in found if paper and paper.id == ref.base), None)


def has_account(settings: Settings) -> bool:
    """True where the settings name an account."""
    return bool(settings.openreview_username and settings.openreview_password.get_secret_value())


def _notes(
    http: HttpClient, settings: Settings, token: str, query: dict[str, object], total_s: float
) -> Sequence[object]:
    url = f"{settings.openreview_api_url}/notes?{urlencode(query, safe='/:')}"
    headers = {"Authorization": f"Bearer {token}"}
    reply = http.get(url, name=NAME, headers=headers, max_bytes=PAGE_BYTES, total_s=total_s, ok=(200, 401, 403, 404))
    if reply.status == 404:
        return ()
    if reply.status != 200:
        raise _failed("does not let the account that is set read this", "auth")
    found = _record(reply.body).get("notes")
    if not isinstance(found, list):
        raise _failed("sent something that is not a list of papers")
    return found


def _token(http: HttpClient, settings: Settings, total_s: float) -> str:
    """A new token of the account, asked for with each list or record.

    Nobody keeps it.
    """
    if not has_account(settings):
        raise _failed(WITHOUT, "auth")
    given = {"id": settings.openreview_username, "password": settings.openreview_password.get_secret_value()}
    url = f"{settings.openreview_api_url}/login"
    reply = http.post(url, given, name=NAME, total_s=total_s, ok=(200, 400, 401, 403))
    if reply.status != 200:
        raise _failed("does not take the name or password that is set", "auth")
    token = _record(reply.body).get("token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise _failed("sent no token")
    return token


def _paper(note: object) -> Paper | None:
    said = note.get("content") if isinstance(note, dict) else None
    if not isinstance(note, dict) or not isinstance(said, dict):
        return None
    id, title = (
        made("openreview", str(note.get("forum") or note.get("id") or "")),
        tidy(_value(said, "title"), MAX_TITLE),
    )
    if id is None or not title:
        return None
    authors = _value(said, "authors")
    names = [
        tidy(one.get("fullname") if isinstance(one, dict) else one, MAX_TITLE)
        for one in (authors if isinstance(authors, list) else [])
    ]
    return Paper(
        id=id,
        title=title,
        abstract=tidy(_value(said, "abstract"), MAX_ABSTRACT),
        authors=tuple(filter(None, names))[:MAX_AUTHORS],
        published=_moment(note.get("pdate") or note.get("cdate") or note.get("tcdate")),
        venue=tidy(_value(said, "venue"), MAX_TITLE) or NAME,
        license=_LICENSES.get(str(note.get("license"))),
    )


_LICENSES = {"CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
             "CC BY-SA 4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
             "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/"}  # fmt: skip
"""Licences by which figures may be shown, as OpenReview names them."""


def _value(said: dict[str, Any], name: str) -> object:
    """A field of a note: since version 2 its value stands one level deeper."""
    found = said.get(name)
    return found.get("value") if isinstance(found, dict) else None


def _moment(given: object) -> datetime | None:
    """The time in milliseconds since 1970."""
    try:
        return datetime.fromtimestamp(given / 1_000, UTC) if isinstance(given, (int, float)) else None
    except (ValueError, OverflowError, OSError):
        return None


def _name(spec: SourceSpec, run: GatherRun) -> str:
    mark = hashlib.sha256(f"{run.settings.openreview_api_url} {spec.text}".encode()).hexdigest()[:16]
    return f"openreview:{mark}"


def _record(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise _failed("sent something that is not JSON") from None
    if not isinstance(found, dict):
        raise _failed("sent something that is not a record")
    return found


def _failed(what: str, kind: str = "garbage") -> SourceFailed:
    return SourceFailed(f"{NAME} {what}.", source="openreview", kind=kind)
