"""Sends one delivery: its parts in order, each claimed first.

What its place refuses waits for the place, what only the operator can mend waits for them, and an outage of a service
is waited out; all as long as the message is of use (`useful_until`). Nothing is given up by a count.

Never sleeps: where the pace or a 429 says "not yet", the time to go on is returned and the ledger calls again.
"""

import logging
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from redis import Redis

from workers.delivery import outcome
from workers.delivery.outcome import Outcome, backoff, look
from workers.delivery.posted_papers import PostedPapers
from workers.delivery.poster import Poster
from workers.delivery.refused_digests import RefusedDigests
from workers.delivery.send_part import DeliveryRun, Parts, TakenByAnother
from workers.delivery.tell_requester import RequesterMessages
from workers.delivery.uncertain import way
from workers.errors import (
    BadSetting,
    ChatGone,
    ChatMoved,
    NeedsOperator,
    PaceExceeded,
    Permanent,
    Rejected,
    Retryable,
    Uncertain,
)
from workers.settings import Settings
from workers.store.channels.settings import Channels
from workers.store.delivery.breaker import Breaker
from workers.store.delivery.held_deliveries import HeldDeliveries
from workers.store.delivery.outbox import OPEN_STATES, USEFUL_S, Head, Outbox, Row
from workers.store.delivery.pace import Pace, Rule
from workers.store.people.threads import Threads
from workers.store.tasks.ledger import Ledger

log = logging.getLogger(__name__)

DAY_S = 16 * 3600.0
"""Seconds that a digest of an older version, which names no end, is of use: from eight in the morning to midnight."""

SPREAD_S = 5.0
"""Seconds over which those who wait for a service that is away come back, so that not all come at once."""

PLATFORMS = ("slack", "telegram")
"""Those that a token is set for: one that is missing is the operator's to set."""

OF_OURS = ("operator|", "told|")
"""What the keys of lines about trouble begin with."""

REPEATABLE = ("edit", "delete")
"""Work that may be done twice without harm; so may sending a placeholder."""

SILENT_S = 10.0
"""Seconds without an answer after which a whole platform is taken to hang; a healthy one answers within one."""

LEAVE_ALONE_S = 30.0
"""Seconds that a platform which hangs is left alone: twice a request's timeout, so that the other platform has most of
the workers' time however few they are."""


class Deliverer:
    """Works on one delivery under one fence. `clock` gives seconds since 1970."""

    def __init__(
        self, redis: "Redis", settings: Settings, clock: Callable[[], float], poster: Callable[[str, Settings], Poster]
    ) -> None:
        self.outbox, self.pace, self.channels = Outbox(redis), Pace(redis), Channels(redis)
        self.settings, self.clock, self.poster = settings, clock, poster
        self.breaker, self.held, self.ledger = Breaker(redis), HeldDeliveries(redis), Ledger(redis)
        self.slots, self.told = RefusedDigests(redis), RequesterMessages(redis, settings, clock)
        self.remembered = PostedPapers(redis)
        self.parts = Parts(self.outbox, self.channels, Threads(redis), settings, clock)

    @property
    def troubled(self) -> bool:
        """True once a part was uncertain or dead, or was posted again.

        The operator should look then.
        """
        return self.parts.troubled

    def run(self, delivery: str, fence: int, fails: int, still_ours: Callable[[], bool]) -> Outcome:
        """Send what can be sent now.

        `fails`: failures so far. `still_ours`: asked before each request.
        """
        try:
            return self._run(delivery, fence, fails, still_ours)
        finally:
            self.pace.flush()

    def _run(self, delivery: str, fence: int, fails: int, still_ours: Callable[[], bool]) -> Outcome:
        head, rows = self.outbox.whole(delivery)
        if head is None:
            return Outcome(True)
        if self.clock() >= useful_until(delivery, head):
            return self._too_late(head, delivery, fence, rows)
        try:
            run, refused = self._begin(head, fence), ""
        except BadSetting as error:
            if head.channel.partition(":")[0] not in PLATFORMS:
                raise
            return self._hold(delivery, head, fence, NeedsOperator(str(error), kind="no_token"))
        run.ids.update({row.key: row.msg for row in rows if row.msg})
        rules = [*run.poster.rules(run.address), Rule(run.platform)]
        todo = deque(row for row in rows if row.state in OPEN_STATES)
        while todo:
            row = todo.popleft()
            if (wait := self.breaker.take(run.platform, self.clock())) > 0:
                return Outcome(False, self.clock() + wait + random.uniform(0, SPREAD_S), held=True)
            wait = self.pace.take(rules, self.clock(), lined=bool(head.placeholder))
            if wait > 0:
                return Outcome(False, self.clock() + wait, platform=run.platform, full=self.pace.full)
            if not still_ours():
                return Outcome(False, self.clock())
            try:
                rest = self._part(run, row)
                if rest:
                    todo.appendleft(rest)
                if head.held:  # its place takes messages again, and what follows waits for the pace alone
                    self.held.release(delivery)
                    head = replace(head, held="")
            except TakenByAnother:
                return Outcome(False, self.clock())
            except PaceExceeded as error:
                until = self.clock() + error.retry_after
                self.pace.close(rules[0].name, until, self.clock())
                self.parts.give_back(row, fence)
                return Outcome(False, until)
            except ChatMoved as error:
                self._move(run, delivery, error.new_address)
                self.parts.give_back(row, fence)
                return Outcome(False, self.clock())
            except Retryable as error:
                self.parts.give_back(row, fence)
                return self._failed(run, error, fails)
            except Uncertain as error:
                if run.way in ("look", "repeat") or row.state in REPEATABLE:
                    return self._failed(run, error, fails)
                if error.kind.startswith("http_"):  # its own word; a lost answer is one message's
                    self.breaker.failed(run.platform, self.clock(), error.kind)
                self.parts.settle(row, fence, "uncertain", error)
            except (ChatGone, NeedsOperator) as error:
                self.parts.give_back(row, fence)
                return self._hold(delivery, head, fence, error)
            except Permanent as error:
                refused = error.kind if isinstance(error, Rejected) else refused
                self.parts.refused(run, row, error)
            finally:
                self.pace.done(rules, self.clock())
        self._judge(run, delivery, head, refused)
        return Outcome(True)

    def _part(self, run: DeliveryRun, row: Row) -> Row | None:
        """Make one request for a part.

        A platform that does not answer at all is then left alone for a while.
        """
        began = time.monotonic()
        try:
            rest = self.parts.part(run, row)
        except (Retryable, Uncertain) as error:
            if isinstance(error, PaceExceeded):
                self.breaker.worked(run.platform)
            elif time.monotonic() - began >= SILENT_S:
                self.pace.close(run.platform, self.clock() + LEAVE_ALONE_S, self.clock())
            raise
        except Permanent:
            self.breaker.worked(run.platform)
            raise
        self.breaker.worked(run.platform)
        return rest

    def _failed(self, run: DeliveryRun, error: Retryable | Uncertain, fails: int) -> Outcome:
        """Put the delivery off, as its service failed.

        It is tried more seldom where the service fails for everybody.
        """
        away = self.breaker.failed(run.platform, self.clock(), error.kind)
        wait = outcome.away() if away else backoff(fails)
        return Outcome(False, self.clock() + wait, error.kind, held=away)

    def _hold(self, delivery: str, head: Head, fence: int, error: ChatGone | NeedsOperator) -> Outcome:
        """Let a delivery wait whose place refuses us, or which only the operator can help.

        It waits whole and in order.
        """
        now, what = self.clock(), "place" if isinstance(error, ChatGone) else "operator"
        why = error.kind if isinstance(error, ChatGone) or error.kind == "auth" else error.code or error.kind
        if isinstance(error, ChatGone) and delivery.startswith(OF_OURS):
            return self._bury(delivery, head, fence, error)
        first = head.held != what or head.why != why
        looks = self.held.hold(delivery, what, why, now)
        if isinstance(error, ChatGone):
            self.channels.pause(head.channel, error.kind) if not self.channels.get(head.channel).paused else None
            self.slots.undelivered(delivery)
        if first:
            log.warning("delivery_held", extra={"delivery": delivery, "waits_for": what, "error": why})
            self.parts.troubled = True
            self.told.cannot_post(delivery, replace(head, held=what, why=why), now)
        return Outcome(False, min(now + look(looks), useful_until(delivery, head)), held=True)

    def _bury(self, delivery: str, head: Head, fence: int, error: ChatGone) -> Outcome:
        """End a line of ours about trouble, which does not wait.

        The operator's channel is tried again by itself.
        """
        for row in self.outbox.rows(delivery):
            if row.state in OPEN_STATES:
                self.parts.settle(row, fence, "dead", error)
        self.channels.pause(head.channel, error.kind)
        return Outcome(True, error=error.kind)

    def _too_late(self, head: Head, delivery: str, fence: int, rows: list[Row]) -> Outcome:
        """End a delivery that is of no more use.

        What is known of each open part is noted, and its papers may be shown another day.
        """
        kind = head.why or "too_late"
        for row in rows:
            if row.state in OPEN_STATES:
                maybe = row.state == "sending" and row.how != "placeholder"
                self.parts.settle(row, fence, "uncertain" if maybe else "dead", Retryable("Too late.", kind=kind))
        if any(row.state in OPEN_STATES for row in rows):
            self.slots.undelivered(delivery)
            self.told.gave_up(delivery, head, self.clock())
        self.held.release(delivery)
        return Outcome(True, error=kind)

    def _judge(self, run: DeliveryRun, delivery: str, head: Head, refused: str) -> None:
        """Note what became of a delivery that has ended.

        `refused`: class of the last refusal of a message in this run.
        """
        states = {row.state for row in self.outbox.rows(delivery)}
        if head.held:
            self.held.release(delivery)
        if states == {"dead"} and refused:
            self.channels.strike(run.channel, refused)
            self.slots.undelivered(delivery)
        elif "sent" in states:
            self.slots.delivered(delivery, self.clock())
            self.remembered.delivered(delivery, run.channel)
            known = self.channels.get(run.channel)
            if known.paused or known.strikes:
                self.channels.resume(run.channel)
                self.release(run.channel)

    def release(self, channel: str) -> None:
        """A place takes messages (again): what waits for it may go."""
        for name in self.held.at(channel):
            self.ledger.hasten(f"delivery|{name}", self.clock())

    def _begin(self, head: Head, fence: int) -> DeliveryRun:
        self.parts.troubled |= head.watched
        platform, _, address = head.channel.partition(":")
        how = way(platform, self.settings, head.placeholder)
        poster = self.poster(platform, self.settings)
        return DeliveryRun(poster, head.channel, platform, address, fence, how, head.placeholder)

    def _move(self, run: DeliveryRun, delivery: str, new: str) -> None:
        """The chat has a new address; its topics stay."""
        topic = run.address.partition("/")[2]
        moved = f"{run.platform}:{new}" + (f"/{topic}" if topic else "")
        self.outbox.move(delivery, moved)
        self.channels.move(run.channel, moved)


def useful_until(delivery: str, head: Head) -> float:
    """When a delivery is of no more use, in seconds since 1970."""
    return head.until or head.made + (DAY_S if delivery.startswith("digest|") else USEFUL_S)
