"""Sends delivery after delivery in one process while there are any.

To start a process for each message would cost more than to send it. So the job of one delivery goes on with those that
RQ's queue holds, and with those it had to lay aside for the pace's sake: they stay with it (`Ledger.rest`) a little
beyond the time at which they may go on, then anybody may have them. Each has its own lease and fence; whatever happens
to one is laid to that one alone.
"""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field, replace

from redis.exceptions import RedisError

from workers.delivery.choose_poster import poster
from workers.delivery.deliver import Deliverer
from workers.delivery.outcome import Outcome
from workers.delivery.poster import Poster
from workers.errors import PaperboyError
from workers.queueing import current_task
from workers.queueing.dispatcher import Dispatcher
from workers.queueing.kinds import DELIVERY, KINDS
from workers.settings import Settings
from workers.store.operations.incidents import Incidents
from workers.store.tasks.ledger import Task

log = logging.getLogger(__name__)

ROUND_S = 45.0
"""Seconds after which a round takes up nothing more; with what it has in hand it ends before RQ's own limit."""

KEEP_S = 2.0
"""Seconds beyond its time that something laid aside stays ours; renewed while we are late and do not hang."""

LONGEST_S = 120.0
"""Seconds that something is laid aside at most; what must wait longer is given back."""

BEHIND_S = 0.5
"""Seconds behind its times at which a round takes nothing new: others may be idle."""

LINGER_S = 1.1
"""A round waits for what comes within so many seconds, a chat's gap: to be handed out again takes a process."""

FEW = 4
"""Tasks that are handed out at the end of one, which they may have waited for."""

FRESH_S = 5.0
"""Seconds after its start or renewal in which a lease need not be renewed: it lasts for twelve times as long."""

LOOK_S = 0.02
"""Seconds between two looks for new work while waiting."""

LEASE_S = KINDS["delivery"].lease


@dataclass(order=True)
class PostponedDelivery:
    """A delivery that was laid aside until `at`."""

    at: float
    number: int
    task: Task = field(compare=False)
    attempt: int = field(compare=False)
    kept: float = field(compare=False)
    """Until when it is ours."""
    platform: str = field(compare=False)


class SendLoop:
    """One round. `clock` gives seconds since 1970."""

    def __init__(self, dispatcher: Dispatcher, settings: Settings, clock: Callable[[], float] | None = None) -> None:
        self.dispatcher, self.ledger, self.settings = dispatcher, dispatcher.ledger, settings
        self.clock = clock or time.time
        self.page = current_task.OURS
        self._aside: list[PostponedDelivery] = []
        self._numbers = itertools.count()
        self._room: dict[str, float] = {}
        self._posters: dict[str, Poster] = {}
        self._open, self._over = ExitStack(), False
        self._in_hand: tuple[str, int] | None = None
        self._renewed = self._kept_at = 0.0
        self._new_last = False

    def run(self, key: str, attempt: int) -> None:
        """Begin with this one, and go on while there is something to send soon.

        Returns else, after `ROUND_S`, or where our code failed.
        """
        finished = threading.Event()
        keeper = threading.Thread(target=self._keep_in_hand, args=(finished,), daemon=True)
        keeper.start()
        until = time.monotonic() + ROUND_S
        try:
            with self._open:
                self._begin(key, attempt)
                while not self._over and not self.page.stopping and time.monotonic() < until and self._step():
                    pass
        finally:
            self._give_back()
            with suppress(RedisError):
                self.dispatcher.catch_up()
            finished.set()
            keeper.join()

    def _step(self) -> bool:
        """Do the next thing; False if there is nothing to wait for."""
        now = self.clock()
        if not 0 <= now - self._kept_at < KEEP_S / 4:
            self._keep_all(now)
        due = self._due(now)
        late = now - due.at if due else 0.0
        self._new_last = due is None or (late <= BEHIND_S and not self._new_last)  # by turns, where there are both
        if self._new_last and (new := self.dispatcher.next_job(DELIVERY)):
            self._begin(*new)
        elif due:
            heapq.heappop(self._aside)
            self._renewed = now
            if self.ledger.resume(due.task.key, due.attempt, now + LEASE_S):
                self._work(due.task, due.attempt)
        else:
            wait = self._aside[0].at - now if self._aside else LONGEST_S
            if wait > LINGER_S:
                return False
            time.sleep(max(0.001, min(wait, LOOK_S)))
        return True

    def _due(self, now: float) -> PostponedDelivery | None:
        """The first whose time has come.

        Those of a platform without room are moved to when it has some.
        """
        while self._aside and self._aside[0].at <= now:
            first = self._aside[0]
            room = self._room.get(first.platform, 0.0)
            if room <= now:
                return first
            heapq.heapreplace(self._aside, replace(first, at=room))
        return None

    def _begin(self, key: str, attempt: int) -> None:
        """Take up a delivery that was handed out."""
        self.page.hold(key, attempt)
        task, self._renewed = self.ledger.get(key), self.clock()
        if task is None or not self.ledger.start(key, attempt, self._renewed + LEASE_S):
            log.info("attempt_outdated", extra={"task": key, "attempt": attempt})
            self.page.put_down()
            return
        self._work(task, attempt)

    def _work(self, task: Task, attempt: int) -> None:
        """Send what can be sent of one delivery now."""
        key, delivery = task.key, task.data["delivery"]
        self.page.hold(key, attempt)
        self._in_hand = key, attempt
        deliverer = Deliverer(self.dispatcher.redis, self.settings, self.clock, self._poster)
        try:
            outcome = deliverer.run(delivery, attempt, task.fails, lambda: self._ours(key, attempt))
            if outcome.error:
                log.warning("delivery_failed", extra={"task": key, "attempt": attempt, "error": outcome.error})
            if outcome.done:
                self.ledger.end(key, attempt, self.clock(), error=outcome.error)
                self.dispatcher.catch_up(FEW)  # what waited for its turn after this one
            elif outcome.error or outcome.held:  # tried for as long as it is of use, whatever the count
                self.ledger.later(key, attempt, outcome.at, outcome.error, most=0)
            else:
                self._lay_aside(task, attempt, outcome)
        except Exception as error:  # noqa: BLE001 - whatever happens, the ledger must learn of it
            self._over = not isinstance(error, PaperboyError)
            self.dispatcher.failed(task, attempt, error)
        finally:
            self._in_hand = None
            self.page.put_down()
        if deliverer.troubled:
            Incidents(self.dispatcher.redis).soon()
            self.ledger.wake()

    def _lay_aside(self, task: Task, attempt: int, outcome: Outcome) -> None:
        """Keep it until its time has come, or give it back where that is far off."""
        at, kept = outcome.at, outcome.at + KEEP_S
        if outcome.full:
            self._room[outcome.platform] = at
        if at - self.clock() > LONGEST_S:
            self.ledger.later(task.key, attempt, at)
        elif self.ledger.rest(task.key, attempt, kept):
            heapq.heappush(
                self._aside, PostponedDelivery(at, next(self._numbers), task, attempt, kept, outcome.platform)
            )

    def _keep_all(self, now: float) -> None:
        """Keep what would soon be anybody's: we are late, or its platform has no room yet."""
        self._kept_at = now
        late = [one for one in self._aside if one.kept < now + KEEP_S * 3 / 4]
        for one in late:
            one.kept = now + KEEP_S
        self.ledger.rest_all([(one.task.key, one.attempt) for one in late], now + KEEP_S)

    def _give_back(self) -> None:
        """Whoever is free may have what we laid aside."""
        try:
            for one in self._aside:
                self.ledger.later(one.task.key, one.attempt, one.at)
        except RedisError:  # then anybody may have it `KEEP_S` later
            log.warning("redis_away")

    def _ours(self, key: str, attempt: int) -> bool:
        """True if the lease is long enough for another request; renewed if need be."""
        now = self.clock()
        if 0 <= now - self._renewed < FRESH_S:
            return True
        self._renewed = now
        return self.ledger.renew(key, attempt, now + LEASE_S)

    def _keep_in_hand(self, finished: threading.Event) -> None:
        """Keep the lease of what is in hand, should one request after another be slow."""
        while not finished.wait(LEASE_S / 3):
            if self._in_hand and not self._ours(*self._in_hand):
                log.warning("lease_lost", extra={"task": self._in_hand[0]})

    def _poster(self, platform: str, settings: Settings) -> Poster:
        """One poster for the whole round, so that connections are kept."""
        if platform not in self._posters:
            made = poster(platform, settings)
            if isinstance(made, AbstractContextManager):
                self._open.enter_context(made)
            self._posters[platform] = made
        return self._posters[platform]
