"""When digests are due: every zone, every clock change, once."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from workers.channels.schedule import due_at, next_slot, slots

ALL = frozenset(range(7))
CHANGES = [  # zone, wall time, local date, UTC instant
    ("Europe/Berlin", "02:30", "2027-03-28", "2027-03-28T01:30"),  # gap 02:00-03:00: 03:30 summer time
    ("Europe/Berlin", "02:30", "2027-10-31", "2027-10-31T00:30"),  # repeated hour: the first
    ("America/New_York", "02:30", "2027-03-14", "2027-03-14T07:30"),
    ("America/New_York", "01:30", "2027-11-07", "2027-11-07T05:30"),
    ("Australia/Lord_Howe", "01:45", "2027-04-04", "2027-04-03T14:45"),  # half an hour back: the first
    ("Australia/Lord_Howe", "02:15", "2027-10-03", "2027-10-02T15:45"),  # gap of half an hour
    ("Asia/Shanghai", "08:00", "2027-03-28", "2027-03-28T00:00"),
    ("Pacific/Apia", "08:00", "2027-06-01", "2027-05-31T19:00"),
]


@pytest.mark.parametrize(("zone", "wall", "day", "utc"), CHANGES)
def test_clock_changes(zone, wall, day, utc):
    at = time.fromisoformat(wall)
    assert due_at(date.fromisoformat(day), at, ZoneInfo(zone)) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "wall", "day", "utc"), CHANGES)
def test_one_slot_a_local_day_around_a_change(zone, wall, day, utc):
    at, z = time.fromisoformat(wall), ZoneInfo(zone)
    middle = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    found = list(slots(middle - timedelta(hours=60), middle + timedelta(hours=60), at, z, ALL))
    assert [d for d, _ in found] == sorted({d for d, _ in found})
    assert len(found) == 5


def test_minutely_ticks_never_repeat_or_miss_a_slot():
    zone, at = ZoneInfo("Europe/Berlin"), time(2, 30)
    start = datetime(2027, 10, 29, tzinfo=UTC)
    seen = []
    for minute in range(4 * 24 * 60):
        before = start + timedelta(minutes=minute)
        seen += [d for d, _ in slots(before, before + timedelta(minutes=1), at, zone, ALL)]
    assert seen == [date(2027, 10, 29), date(2027, 10, 30), date(2027, 10, 31), date(2027, 11, 1)]


def test_weekdays():
    monday_to_friday = frozenset(range(5))
    day, due = next_slot(datetime(2026, 11, 20, 12, tzinfo=UTC), time(9), ZoneInfo("UTC"), monday_to_friday)
    assert (day, due) == (date(2026, 11, 23), datetime(2026, 11, 23, 9, tzinfo=UTC))


def test_next_slot_is_strictly_later():
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert next_slot(at, time(9), ZoneInfo("UTC"), ALL)[0] == date(2026, 11, 21)
