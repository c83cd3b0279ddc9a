"""The clock: opens due slots and hands out tasks whose time has come.

Each step may be repeated and several tickers may run: the ledger makes every step happen once. Of those that open
slots, on one machine or many, one acts at a time (`Lease`); the others wait to take its place.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from redis import Redis
from redis.exceptions import RedisError

from workers.channels import daily_reads, roundups
from workers.channels.recipients import Target
from workers.channels.schedule import CATCH_UP, next_slot, slots
from workers.channels.subscriptions import Subscriptions
from workers.models.tasks import DigestData
from workers.operations.alerts import STILL_S, Alerts
from workers.operations.upgrade import upgrade
from workers.processes.clock_trust import ClockTrust
from workers.queueing.dispatcher import Dispatcher
from workers.settings import Settings
from workers.store.channels.memory import Memory
from workers.store.channels.settings import Channels
from workers.store.library.index import Library
from workers.store.operations.heartbeats import EVERY_S, Heartbeats
from workers.store.server.connection import connect
from workers.store.server.embedded import ensure
from workers.store.tasks.lease import LOOK_S as STAND_BY_S
from workers.store.tasks.lease import RENEW_S, Lease

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 5.0
"""Seconds between two looks at the schedule when nothing happens; a digest starts at most this late."""

SCHEDULE_S = 1.0
"""Seconds between two looks at the schedule when much happens: it costs a round trip a channel, and a busy delivery
wakes the clock many times a second."""

AWAY_WAIT_S = 2.0
"""Seconds to wait when Redis is away."""


AHEAD_S = 3 * 3600.0
"""Seconds that a channel's cursor may be ahead of the clock: clocks are set, and differ between machines."""

HEAL_S = 300.0
"""Seconds for which it must be further ahead to be put back: a clock that is wrong the other way is so for moments."""

LOOK_S = 3600.0
"""Seconds between two looks at a place that refused us and for which nothing waits; an event comes sooner."""


@dataclass(frozen=True)
class Planned:
    """When a channel's next slot is due."""

    target: Target
    due: float
    seen: float
    """When that was found out."""


@dataclass
class Scheduler:
    """One clock. `clock` gives seconds since 1970."""

    redis: "Redis"
    settings: Settings
    clock: Callable[[], float] = time.time
    trust: ClockTrust | None = None
    """Tells whether the clock is to be believed; None: it is."""

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(self.redis, self.clock)
        self.memory, self.channels = Memory(self.redis), Channels(self.redis)
        self.subscriptions = Subscriptions(self.redis, self.settings)
        self.operator = Alerts(self.redis, self.settings, self.clock)
        self._read, self._remembering = "", False
        self._planned: dict[str, Planned] = {}
        self._ahead: dict[str, float] = {}
        self._looked: dict[str, float] = {}
        self.beats, self._beaten = Heartbeats(self.redis), float("-inf")
        self.lease, self._held = Lease(self.redis, "clock"), float("-inf")

    def tick(self) -> int:
        """Open what is due and hand out what is open.

        Returns how many tasks were handed out.
        """
        if self.trust and not self.trust.believed():
            return 0
        now = self.clock()
        self._announcements()
        self._memory()
        self.dispatcher.ledger.heal(now)
        for target, chosen in self.subscriptions.all(now):
            if self._held != float("-inf"):
                self._hold()
            if chosen.paused:
                self._look_at(target, now)
            else:
                self._schedule(target, now, str(chosen.changes.get("roundup", "")))
        return self.look()

    def _memory(self) -> None:
        """Open the task that makes what the team's memory lacks, once at the start.

        It lacks what an older version or a backup brought.
        """
        if not self._remembering:
            self._remembering = True
            if Library(self.redis).unmade():
                self.dispatcher.open("remember", "remember", {}, again=True)

    def look(self) -> int:
        """Hand out what is open, and tell the operator of trouble.

        Returns how many tasks were handed out.
        """
        handed = self.hand_out()
        try:
            if self.operator.look():
                handed += self.hand_out()
        except RedisError:
            raise
        except Exception:  # whatever is wrong with telling of trouble, the digests go on
            log.exception("operator_failed")
        return handed

    def hand_out(self) -> int:
        """Hand out every open task that is due."""
        return sum(self.dispatcher.hand_out(key) for key in self.dispatcher.ledger.due(self.clock()))

    def run(self, stopping: threading.Event, *, schedule: bool = True) -> None:
        """Tick until `stopping` is set, where no other clock does.

        `schedule=False`: only hand out what is open.
        """
        last, looked = self.clock(), float("-inf")
        while not stopping.is_set():
            try:
                if schedule and not self._hold():
                    last = self.clock()
                    stopping.wait(STAND_BY_S)
                    continue
                if schedule:
                    self._beat()
                if schedule and time.monotonic() - looked >= SCHEDULE_S:
                    looked = time.monotonic()
                    self.tick()
                else:
                    self.look() if schedule else self.hand_out()
                now = self.clock()
                if schedule and now - last > STILL_S:
                    self.operator.away(last, now)
                last = now
                due = self.dispatcher.ledger.next_due()
                most = LONGEST_WAIT_S - (time.monotonic() - looked if schedule else 0.0)
                wait = most if due is None else min(most, due - self.clock())
                if wait > 0:
                    self.dispatcher.ledger.wait(wait)
            except RedisError:
                log.warning("redis_away")
                stopping.wait(AWAY_WAIT_S)
        with suppress(RedisError):
            self.lease.release()

    def _hold(self) -> bool:
        """True while this clock is the one that acts."""
        now = time.monotonic()
        if now - self._held >= RENEW_S:
            if not self.lease.hold():
                self._held = float("-inf")
                return False
            if self._held == float("-inf"):
                log.info("clock_acts")
            self._held = now
        return True

    def _beat(self) -> None:
        """A sign of life every few seconds, for `/healthz`."""
        if time.monotonic() - self._beaten >= EVERY_S:
            self.beats.beat("clock")
            self._beaten = time.monotonic()

    def _announcements(self) -> None:
        """Open the daily read of arXiv's announcements, once a day.

        Only where a channel's profile reads any.
        """
        due = daily_reads.slot(self.clock())
        if due and due[0] != self._read:
            self._read = due[0]
            if daily_reads.categories(self.settings, self.channels):
                self.dispatcher.open(due[0], daily_reads.KIND, {}, due=due[1])

    def _schedule(self, target: Target, now: float, roundup: str) -> None:
        """Open the latest slot that has come due, and the round-ups beside it.

        Nothing is read or written before.
        """
        planned = self._planned.get(target.channel)
        if planned and planned.target == target and planned.seen <= now < planned.due:
            return
        cursor = self._cursor(target.channel, now)
        if planned and planned.target != target and planned.seen <= now < planned.due:  # its hour was changed just now
            cursor = now
            self.memory.move_cursor(target.channel, now)
        after, upto = datetime.fromtimestamp(cursor, UTC), datetime.fromtimestamp(now, UTC)
        missed = list(slots(after, upto, target.at, target.zone, target.weekdays))
        for i, (day, due) in enumerate(missed):
            key = target.slot(day)
            if i < len(missed) - 1 or upto - due > CATCH_UP:
                if self.dispatcher.ledger.skip(key, "digest", due.timestamp(), now):
                    self.memory.note_skipped(target.channel, 1)
                    log.warning("slot_skipped", extra={"slot": key})
            elif self._open(key, target.order(day), due.timestamp(), now):
                log.info("slot_opened", extra={"slot": key})
                for name, data in roundups.due(target, roundup, day):
                    self.dispatcher.open(name, "roundup", data, due=due.timestamp())
        if missed:
            self.memory.move_cursor(target.channel, now, back=cursor <= now)
            self._ahead.pop(target.channel, None)
        _, due = next_slot(upto, target.at, target.zone, target.weekdays)
        waits = target.channel in self._ahead
        self._planned[target.channel] = Planned(target, now if waits else due.timestamp(), now)

    def _cursor(self, channel: str, now: float) -> float:
        """Return up to when the channel's slots were looked at.

        One that stays in the future is a wrong clock's.
        """
        cursor = self.memory.cursor(channel)
        if cursor is None:  # a new channel starts with its next slot
            self.memory.move_cursor(channel, now)
            return now
        if cursor <= now + AHEAD_S:
            self._ahead.pop(channel, None)
            return cursor
        first = self._ahead.setdefault(channel, now)
        if now < first:
            self._ahead[channel] = first = now
        return now - CATCH_UP.total_seconds() if now - first >= HEAL_S else now

    def _open(self, key: str, order: DigestData, due: float, now: float) -> bool:
        """Open a slot; also one that was skipped under a clock which was ahead."""
        if self.dispatcher.open(key, "digest", order, due=due):
            return True
        task = self.dispatcher.ledger.get(key)
        wrongly = task and task.state == "skipped" and task.ended and task.ended > now + AHEAD_S
        return bool(wrongly) and self.dispatcher.open(key, "digest", order, due=due, again=True)

    def _look_at(self, target: Target, now: float) -> None:
        """Have a place that refused us looked at, now and then."""
        if not 0 <= now - self._looked.get(target.channel, float("-inf")) < LOOK_S:
            if target.channel in self._looked:
                self.dispatcher.open(f"look|{target.channel}", "look", {"channel": target.channel}, again=True)
            self._looked[target.channel] = now


def serve(settings: Settings) -> None:
    """Run the clock in this process until SIGINT or SIGTERM."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    redis = connect(ensure(settings))
    upgrade(settings, redis)
    Scheduler(redis, settings, trust=ClockTrust(redis)).run(stopping)
