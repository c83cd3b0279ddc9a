"""When a channel's round-ups of weeks and months are due.

They come with the first digests after it is over.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from workers.channels.recipients import Target
from workers.models.tasks import RoundupData

ROUNDUP = ("off", "weekly", "monthly", "both")
"""Which round-ups a channel gets."""

LATEST = 7
"""Days of a new month on which the last one's may still be posted: the ledger remembers longer that it was."""


def due(goal: Target, chosen: str, day: date) -> Iterator[tuple[str, RoundupData]]:
    """(task's key, data) of the round-ups that belong with the digest of `day`.

    They are the same for all days of a period.
    """
    monday, month = day - timedelta(days=day.weekday()), day.replace(day=1)
    if chosen in ("weekly", "both"):
        yield _of(goal, monday - timedelta(days=7), monday)
    if chosen in ("monthly", "both") and day.day <= LATEST:
        yield _of(goal, (month - timedelta(days=1)).replace(day=1), month)


def _of(goal: Target, first: date, end: date) -> tuple[str, RoundupData]:
    last = end - timedelta(days=1)
    data = RoundupData(channel=goal.channel, profile=goal.profile, first=first.isoformat(), last=last.isoformat())
    return f"roundup|{goal.channel}|{data['first']}|{data['last']}", data
