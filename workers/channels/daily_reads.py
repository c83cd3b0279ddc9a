"""Reads daily what is soon forgotten: arXiv's announcements, journals' feeds.

arXiv's feed keeps one day and no more, a journal's its latest papers.
"""

import contextlib
import time
from datetime import UTC, date, datetime
from datetime import time as dt_time

from redis import Redis

from workers.channels.recipients import profile_of, targets
from workers.errors import BadInput, PaperboyError
from workers.settings import Settings
from workers.sources.listing.list_days import ARXIV_ZONE, arxiv_day
from workers.sources.spec import parse_spec
from workers.store.channels.settings import Channels
from workers.store.sources.fetch_state import Fetches
from workers.store.tasks.ledger import Kind

KIND: Kind = "announcements"
"""Kind of the task; its key is `announcements|<day in New York>`."""

AT = dt_time(0, 45)
"""Time in New York of the daily read: the feed is built at midnight there."""

TIRED = dt_time(19, 0)
"""Time in New York after which a list that could not be read is left to the next day, which reads it, too."""

AGAIN_S = 1800.0
"""Seconds between two tries of a list that could not be read."""

MOST_S = 600.0
"""Seconds for one read: 40 dated pages at the pace that arXiv's robots.txt asks for."""


def slot(now: float) -> tuple[str, float] | None:
    """(task's key, due time) of the latest daily read that is due at `now`.

    None before a day's hour. Weekends have theirs, too, for what could not be read on Friday.
    """
    here = datetime.fromtimestamp(now, UTC).astimezone(ARXIV_ZONE)
    due = datetime.combine(here.date(), AT, ARXIV_ZONE)
    return (f"{KIND}|{here.date().isoformat()}", due.timestamp()) if here >= due else None


def specs(settings: Settings, channels: Channels) -> list[str]:
    """The sources that any channel's profile reads, in order."""
    found: dict[str, None] = {}
    for target in targets(settings, channels):
        try:
            sources = profile_of(target.profile, channels.get(target.channel)).sources
        except PaperboyError:
            continue  # its digest says so
        for text in sources:
            with contextlib.suppress(BadInput):
                found[parse_spec(text).text] = None
    return list(found)


def categories(settings: Settings, channels: Channels) -> list[str]:
    """arXiv's categories among them, in order."""
    mine = [spec for spec in map(parse_spec, specs(settings, channels)) if spec.kind == "arxiv"]
    return list(dict.fromkeys(category for spec in mine for category in spec.categories))


def read(redis: "Redis", settings: Settings, now: float) -> float | None:
    """Read what is new; when to try again, in seconds since 1970.

    None: all is there, or it is too late.
    """
    from workers.sources.arxiv.announcements import Announced
    from workers.sources.gather import look_between
    from workers.sources.http.client import HttpClient
    from workers.sources.listing.fetch_result import GatherRun

    fetches, until = Fetches(redis), time.monotonic() + MOST_S
    http = HttpClient(settings, fetches)
    run = GatherRun.apart(http, fetches, settings, datetime.fromtimestamp(now, UTC), until)
    missing = bool(look_between(specs(settings, Channels(redis)), run))
    if wanted := categories(settings, Channels(redis)):
        brought = Announced(http, fetches, settings, lambda: now, until).fill(wanted)
        missing |= any(note.kind == "missing" for notes in brought.notes.values() for note in notes)
        missing |= bool(brought.failures)
    again = now + AGAIN_S
    return again if missing and again < _tired(now) else None


def _tired(now: float) -> float:
    day: date = arxiv_day(datetime.fromtimestamp(now, UTC))
    return datetime.combine(day, TIRED, ARXIV_ZONE).timestamp()
