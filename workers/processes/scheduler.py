"""The clock: opens the slots that are due and hands out every open task whose time has come.

Each step may be repeated and several tickers may run: the ledger makes every step happen once.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from redis import Redis
from redis.exceptions import RedisError

from workers.channels import announcements
from workers.channels.schedule import CATCH_UP, slots
from workers.channels.targets import Target, targets
from workers.operations.alerts import STILL_S, Alerts
from workers.queueing.dispatcher import Dispatcher
from workers.settings import Settings
from workers.store.channels import Channels
from workers.store.embedded import ensure
from workers.store.heartbeats import EVERY_S, Heartbeats
from workers.store.memory import Memory
from workers.store.redis import connect

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 5.0
"""Seconds between two looks at the schedule when nothing happens; a digest starts at most this late."""

SCHEDULE_S = 1.0
"""Seconds between two looks at the schedule when much happens: it costs a round trip a channel, and a busy delivery
wakes the clock many times a second."""

AWAY_WAIT_S = 2.0
"""Seconds to wait when Redis is away."""


@dataclass
class Scheduler:
    """One clock. `clock` gives seconds since 1970."""

    redis: "Redis"
    settings: Settings
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(self.redis, self.clock)
        self.memory, self.channels = Memory(self.redis), Channels(self.redis)
        self.operator = Alerts(self.redis, self.settings, self.clock)
        self._read = ""
        self.beats, self._beaten = Heartbeats(self.redis), float("-inf")

    def tick(self) -> int:
        """Open what is due and hand out what is open; returns how many tasks were handed out."""
        for target in targets(self.settings, self.channels):
            self._schedule(target)
        self._announcements()
        return self.look()

    def look(self) -> int:
        """Hand out what is open, and tell the operator of trouble; returns how many tasks were handed out."""
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
        """Tick until `stopping` is set. `schedule=False`: only hand out what others opened."""
        last, looked = self.clock(), float("-inf")
        while not stopping.is_set():
            try:
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

    def _beat(self) -> None:
        """A sign of life every few seconds, for `/healthz`."""
        if time.monotonic() - self._beaten >= EVERY_S:
            self.beats.beat("clock")
            self._beaten = time.monotonic()

    def _announcements(self) -> None:
        """Open the daily read of arXiv's announcements, once a day, where a channel's profile reads any."""
        due = announcements.slot(self.clock())
        if due and due[0] != self._read:
            self._read = due[0]
            if announcements.categories(self.settings, self.channels):
                self.dispatcher.open(due[0], announcements.KIND, {}, due=due[1])

    def _schedule(self, target: Target) -> None:
        now = self.clock()
        cursor = self.memory.cursor(target.channel)
        if cursor is None:  # a new channel starts with its next slot
            self.memory.move_cursor(target.channel, now)
            return
        after, upto = datetime.fromtimestamp(cursor, UTC), datetime.fromtimestamp(now, UTC)
        missed = list(slots(after, upto, target.at, target.zone, target.weekdays))
        for i, (day, due) in enumerate(missed):
            key = target.slot(day)
            if i < len(missed) - 1 or upto - due > CATCH_UP:
                if self.dispatcher.ledger.skip(key, "digest", due.timestamp(), now):
                    self.memory.note_skipped(target.channel, 1)
                    log.warning("slot_skipped", extra={"slot": key})
            elif self.dispatcher.open(key, "digest", target.order(day), due=due.timestamp()):
                log.info("slot_opened", extra={"slot": key})
        self.memory.move_cursor(target.channel, now)


def serve(settings: Settings) -> None:
    """Run the clock in this process until SIGINT or SIGTERM."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    Scheduler(connect(ensure(settings)), settings).run(stopping)
