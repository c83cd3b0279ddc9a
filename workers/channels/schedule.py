"""When a digest is due, in local time, across clock changes. Pure.

A slot is named by its local date, never by UTC, so no clock change or restart can make it fire twice.
In a spring gap the wall time does not exist: the slot moves forward by the gap. In an autumn repeat it is the first
of the two hours (fold=0).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CATCH_UP = timedelta(hours=12)
"""A missed slot younger than this is still run (the latest one only); an older one is marked skipped and told of."""

LOOK_BACK = timedelta(days=14)
"""Slots further back than this are not even counted as skipped: as long as the ledger remembers."""


def due_at(day: date, at: time, zone: ZoneInfo) -> datetime:
    """UTC instant of wall time `at` on local date `day`."""
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


def slots(
    after: datetime, upto: datetime, at: time, zone: ZoneInfo, weekdays: frozenset[int]
) -> Iterator[tuple[date, datetime]]:
    """(local date, UTC instant) of every slot with after < instant <= upto.

    Oldest first, LOOK_BACK before `upto` at most.
    """
    after = max(after, upto - LOOK_BACK)
    day = after.astimezone(zone).date() - timedelta(days=1)
    last = upto.astimezone(zone).date() + timedelta(days=1)
    while day <= last:
        instant = due_at(day, at, zone)
        if day.weekday() in weekdays and after < instant <= upto:
            yield day, instant
        day += timedelta(days=1)


def next_slot(after: datetime, at: time, zone: ZoneInfo, weekdays: frozenset[int]) -> tuple[date, datetime]:
    """The first slot after an instant."""
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        instant = due_at(day, at, zone)
        if day.weekday() in weekdays and instant > after:
            return day, instant
        day += timedelta(days=1)
