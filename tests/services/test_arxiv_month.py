"""Five weeks of arXiv as it is built, for digests on all sorts of days.

Each paper announced is shown, and once.

The feed is built at midnight in New York and holds that day's list; it is empty at weekends and after a holiday, serves
an old list on two days and nothing on one; the query API refuses for a day. Bots are off for 1, 3 and 9 days.
Run this file with `-s` for the table that the documentation has.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from datetime import time as dt_time

import pytest

from tests.doubles.arxiv import Arxiv, make_item
from workers.analysis.score import Scored
from workers.channels.daily_reads import AT
from workers.digest.candidates import fresh_papers, settled_by
from workers.settings import Settings
from workers.sources.arxiv.announcements import Announced
from workers.sources.gather import gather
from workers.sources.http.client import HttpClient
from workers.sources.listing.list_days import ARXIV_ZONE, arxiv_day
from workers.store.channels.memory import Memory
from workers.store.sources.fetch_state import Fetches

FIRST, LAST = date(2026, 10, 26), date(2026, 12, 1)
"""Days of the digests; New York's clocks go back on November 1."""

QUIET = date(2026, 11, 27)
"""The mailing day after Thanksgiving: its list is empty."""

OLD_FILE, NOT_BUILT = date(2026, 11, 11), date(2026, 11, 17)
"""Days on which the feed has the list of the day before: under a new date, and under the old one."""

DEAD, REFUSED = date(2026, 11, 5), date(2026, 11, 9)
"""Days on which the feed answers 500, and on which the query API answers 429."""

EVERY, WORK, THREE = frozenset(range(7)), frozenset(range(5)), frozenset({0, 2, 4})
SPEC = "arxiv:cs.CV+cs.LG"
CHANNEL = "slack:C1"


def lists():
    """Label -> items of its list. Numbers grow through each month, as arXiv's do."""
    found, number = {}, Counter()
    for day in (FIRST - timedelta(days=14) + timedelta(days=i) for i in range(70)):
        if day.weekday() >= 5 or day == QUIET or day > LAST:
            continue
        items = []
        for n, (kind, categories) in enumerate([
            ("new", ("cs.CV",)), ("new", ("cs.CV", "cs.LG")), ("new", ("cs.LG",)), ("cross", ("stat.ML", "cs.CV")),
        ]):  # fmt: skip
            month = f"{day:%y%m}"
            number[month] += 1
            paper = f"{month}.{number[month]:05}"
            when = f"{day - timedelta(days=2)}T09:00:00Z"
            items.append(make_item(paper, f"Paper {n} of {day}", kind=kind, categories=categories, published=when))
        old = items[0].id.replace("26", "25", 1)
        found[day] = [*items, make_item(old, kind="replace", version=2, published="2025-11-01T09:00:00Z")]
    return found


LISTS = lists()


class World:
    """arXiv at a moment, and a bot that has a memory."""

    def __init__(self, redis, double, **settings):
        self.redis, self.double, self.now = redis, double, datetime.combine(FIRST, dt_time(), UTC)
        self.settings = Settings(
            _env_file=None, hf_endpoint="http://127.0.0.1:9", arxiv_api_url=double.api_url,
            arxiv_feed_url=f"{double.url}/atom", arxiv_url=double.url, **settings,
        )  # fmt: skip
        self.fetches = Fetches(redis, gap_s=0, clock=lambda: self.now.timestamp())
        self.http, self.memory = HttpClient(self.settings, self.fetches), Memory(redis)
        self.shown, self.notes, self.begun = Counter(), [], False

    def at(self, now):
        """Let it be `now`: what the feed has, what was announced, who answers."""
        self.now, double = now, self.double
        here = now.astimezone(ARXIV_ZONE)
        label = here.date()
        shown = label - timedelta(days=1) if label in (OLD_FILE, NOT_BUILT) else label
        double.announced = LISTS.get(shown, [])
        double.day = shown if label == NOT_BUILT else label
        double.days = {
            day: items
            for day, items in LISTS.items()
            if datetime.combine(day - timedelta(days=1), dt_time(20), ARXIV_ZONE) <= here
        }
        double.faults.clear()
        if label == DEAD:
            double.fault("/atom/*", status=500, times=10**6)
        if label == REFUSED:
            double.fault("/api/*", status=429, body="Rate exceeded.", times=10**6)
        for name in [*self.redis.keys("pb:fetch:cool:*"), *self.redis.keys("pb:fetch:gap:*")]:
            self.redis.delete(name)  # they expire by the server's clock, which this one runs ahead of

    def fill(self):
        announced = Announced(self.http, self.fetches, self.settings, lambda: self.now.timestamp())
        return announced.fill(["cs.CV", "cs.LG"])

    def digest(self):
        fetched = gather(
            [SPEC], lambda spec: self.memory.covered(CHANNEL, spec), now=self.now, first=not self.begun,
            http=self.http, fetches=self.fetches, settings=self.settings,
        )  # fmt: skip
        papers, counts = fresh_papers(fetched, self.memory, CHANNEL)
        settled = settled_by(fetched, papers, Scored(scores=[]), [], {})
        with self.redis.pipeline() as pipe:
            self.memory._settle(pipe, CHANNEL, settled, self.now.timestamp())
            pipe.execute()
        self.begun = True
        self.shown.update(p.id for p in papers)
        self.notes += [(self.now.date(), note) for note in counts[0].lists]
        return fetched[0]


def simulate(world, weekdays, hour, *, off=(), fill=True):
    """Run the bot from FIRST to LAST; returns (announced, shown, twice).

    `off`: days on which it is not running.
    """
    events = []
    for day in (FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1)):
        if fill:
            events.append((datetime.combine(day, AT, ARXIV_ZONE).astimezone(UTC), world.fill))
        if day.weekday() in weekdays:
            events.append((datetime.combine(day, dt_time(hour), UTC), world.digest))
    start = end = None
    for now, act in sorted(events, key=lambda event: event[0]):
        if now.date() in off:
            continue
        world.at(now)
        if start is None and act == world.digest:
            start = now
        act()
        end = now if act == world.digest else end
    # what the first digest's day has, and all that the feed had until the last one
    newest = max(d for d in LISTS if d <= arxiv_day(start))
    due = [i for d, items in LISTS.items() if newest <= d <= arxiv_day(end) for i in items]
    announced = {i.id for i in due if i.kind in ("new", "cross")}
    return announced, set(world.shown), [p for p, n in world.shown.items() if n > 1]


def days_off(count):
    return {date(2026, 11, 10) + timedelta(days=i) for i in range(count)}


CASES = [
    *((f"{name} at {hour:02} UTC", days, hour, ()) for name, days in
        (("mon-sun", EVERY), ("mon-fri", WORK), ("mon,wed,fri", THREE)) for hour in (0, 7, 16)),
    *((f"mon-sun at 07 UTC, off {n} days", EVERY, 7, days_off(n)) for n in (1, 3, 9)),
    *((f"mon,wed,fri at 00 UTC, off {n} days", THREE, 0, days_off(n)) for n in (1, 3, 9)),
]  # fmt: skip

ALONE = ("mon-fri at 00 UTC", "mon,wed,fri at 07 UTC", "mon,wed,fri at 00 UTC, off 9 days")
"""Cases that are also run without the daily read: for who runs the `digest` command alone."""

ALL = [(*case, True) for case in CASES] + [(*case, False) for case in CASES if case[0] in ALONE]


@pytest.mark.parametrize(("name", "days", "hour", "off", "fill"), ALL, ids=[f"{c[0]}, {c[4]}" for c in ALL])
def test_every_paper_announced_is_shown_once(redis, name, days, hour, off, fill):
    with Arxiv() as double:
        world = World(redis, double)
        announced, shown, twice = simulate(world, days, hour, off=off, fill=fill)
        read = "daily" if fill else "by digests"
        print(f"| {name} | {read} | {len(announced)} | {len(shown & announced)} | {len(twice)} |")
        assert len(announced) > 90
        assert announced - shown == set()
        assert shown - announced == set()
        assert twice == []
