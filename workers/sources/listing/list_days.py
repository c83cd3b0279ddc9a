"""Which list days of a source a digest covers. Pure: dates in, dates out."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

CATCH_UP_DAYS = 7
"""Calendar days that a digest looks back: a week's holiday of the server is caught up, once, and no more."""

STEP_BACK = 3
"""Weekdays that a channel's first digest steps back over empty lists: the longest run of thin days seen is two."""


ARXIV_LOOK_BACK = 14
"""Calendar days that a digest looks back at arXiv's announcements, whose dated pages reach 90: a week's digest of a bot
that was off for a week."""

POSTING_LOOK_BACK = 14
"""Calendar days that a digest looks back at services that can be asked for any day."""

LATE_DAYS = 2
"""Days before, had already, that are read again: such services enter papers under a date that is gone by."""

ARXIV_ZONE = ZoneInfo("America/New_York")
"""arXiv's clock: a day's list is announced at 20:00 there the evening before, and the feed has it from midnight on."""


def arxiv_day(now: datetime) -> date:
    """The day in New York: the latest day whose list arXiv's feed can have."""
    return now.astimezone(ARXIV_ZONE).date()


def announced_days(now: datetime, covered: set[date], first: bool, upto: date | None = None) -> list[date]:
    """Announcement days to cover, oldest first, the newest included.

    They are weekdays that the channel has not had yet. `first` (it never had a digest), and a source that it never had:
    only the latest weekday. `upto`: see `list_days`.
    """
    end = min(upto, arxiv_day(now)) if upto else arxiv_day(now)
    had = [day for day in covered if day <= end]
    if first or not had:
        return [day for day in weekdays_before(end + timedelta(days=1), 1) if day not in covered]
    window = [end - timedelta(days=i) for i in reversed(range(ARXIV_LOOK_BACK))]
    return [day for day in window if day.weekday() < 5 and day not in covered and day > min(had)]


def posting_days(
    today_utc: date, covered: set[date], first: bool, running: bool = False, upto: date | None = None
) -> list[date]:
    """Calendar days to cover of a service that adds papers on any day, oldest first.

    `first`, and a source that the channel never had: from the latest complete weekday on. The other parameters as in
    `list_days`.
    """
    yesterday = today_utc - timedelta(days=1)
    end = min(upto, yesterday) if upto else yesterday
    had = [day for day in covered if day <= end]
    newest = next(weekdays_before(end + timedelta(days=1), 1))
    start = newest if first or not had else max(min(had), end - timedelta(days=POSTING_LOOK_BACK - 1))
    days = [start + timedelta(days=i) for i in range((end - start).days + 1)]
    days = [day for day in days if day not in covered]
    if running and (upto is None or upto >= today_utc):
        days.append(today_utc)
    return days


def list_days(
    today_utc: date, covered: set[date], first: bool, running: bool = False, upto: date | None = None
) -> list[date]:
    """Days to cover, oldest first: complete weekdays that the channel has not had yet.

    A day is complete when its UTC date is over. `covered`: days the channel has had; only days after the earliest of
    them are caught up, so a channel never gets what was before its time. `first` (it never had a digest): only the
    latest complete weekday. `running`: also today, where it is a weekday, had or not, for it grows. `upto`: the day of
    a digest made for the past; the last day that counts, and there is no running day before today.
    """
    yesterday = today_utc - timedelta(days=1)
    end = min(upto, yesterday) if upto else yesterday
    window = [end - timedelta(days=i) for i in reversed(range(CATCH_UP_DAYS))]
    had = [day for day in covered if day <= end]
    if first:
        days = [day for day in weekdays_before(end + timedelta(days=1), 1) if day not in covered]
    else:
        start = min(had, default=window[0])
        days = [day for day in window if day.weekday() < 5 and day not in covered and day >= start]
    if running and today_utc.weekday() < 5 and (upto is None or upto >= today_utc):
        days.append(today_utc)
    return days


def weekdays_before(day: date, count: int) -> Iterator[date]:
    """The last `count` weekdays before `day`, latest first."""
    while count:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            count -= 1
            yield day
