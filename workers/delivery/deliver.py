"""One delivery: its parts in order, each claimed before it is sent, until all are out or it must wait.

Never sleeps: where the pace or a 429 says "not yet", the time to go on is returned and the ledger calls again.
"""

import time
from collections import deque
from collections.abc import Callable

from redis import Redis

from workers.delivery.outcome import Outcome, backoff
from workers.delivery.parts import DeliveryRun, Lost, Parts
from workers.delivery.poster import Poster
from workers.delivery.uncertain import way
from workers.errors import ChatGone, ChatMoved, PaceExceeded, Permanent, Rejected, Retryable, Uncertain
from workers.settings import Settings
from workers.store.channels import Channels
from workers.store.outbox import OPEN_STATES, Head, Outbox, Row
from workers.store.pace import Pace, Rule
from workers.store.threads import Threads

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
        self.parts = Parts(self.outbox, self.channels, Threads(redis), settings, clock)

    @property
    def troubled(self) -> bool:
        """True once a part was found uncertain or dead, or was posted again: the operator should look."""
        return self.parts.troubled

    def run(self, delivery: str, fence: int, fails: int, still_ours: Callable[[], bool]) -> Outcome:
        """Send what can be sent now. `fails`: failures so far; `still_ours`: asked before each request."""
        try:
            return self._run(delivery, fence, fails, still_ours)
        finally:
            self.pace.flush()

    def _run(self, delivery: str, fence: int, fails: int, still_ours: Callable[[], bool]) -> Outcome:
        head, rows = self.outbox.whole(delivery)
        if head is None:
            return Outcome(True)
        run, refused = self._begin(head, fence), ""
        run.ids.update({row.key: row.msg for row in rows if row.msg})
        rules = [*run.poster.rules(run.address), Rule(run.platform)]
        todo = deque(row for row in rows if row.state in OPEN_STATES)
        while todo:
            row = todo.popleft()
            wait = self.pace.take(rules, self.clock(), lined=bool(head.placeholder))
            if wait > 0:
                return Outcome(False, self.clock() + wait, platform=run.platform, full=self.pace.full)
            if not still_ours():
                return Outcome(False, self.clock())
            try:
                rest = self._part(run, row)
                if rest:
                    todo.appendleft(rest)
            except Lost:
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
                return Outcome(False, self.clock() + backoff(fails), error.kind)
            except Uncertain as error:
                if run.way in ("look", "repeat") or row.state in REPEATABLE:
                    return Outcome(False, self.clock() + backoff(fails), error.kind)
                self.parts.settle(row, fence, "uncertain", error)
            except ChatGone as error:
                self._bury(rows, fence, error)
                self.channels.pause(run.channel, error.kind)
                return Outcome(True, error=error.kind)
            except Permanent as error:
                refused = error.kind if isinstance(error, Rejected) else refused
                self.parts.refused(run, row, error)
            finally:
                self.pace.done(rules, self.clock())
        self._judge(run, delivery, refused)
        return Outcome(True)

    def _part(self, run: DeliveryRun, row: Row) -> Row | None:
        """Make one request for a part. A platform that does not answer at all is then left alone for a while."""
        began = time.monotonic()
        try:
            return self.parts.part(run, row)
        except (Retryable, Uncertain):
            if time.monotonic() - began >= SILENT_S:
                self.pace.close(run.platform, self.clock() + LEAVE_ALONE_S, self.clock())
            raise

    def _judge(self, run: DeliveryRun, delivery: str, refused: str) -> None:
        """A delivery has ended. `refused`: class of the last refusal of a message in this run."""
        states = {row.state for row in self.outbox.rows(delivery)}
        if states == {"dead"} and refused:
            self.channels.strike(run.channel, refused)
        elif "sent" in states:
            known = self.channels.get(run.channel)
            if known.paused or known.strikes:
                self.channels.resume(run.channel)

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

    def give_up(self, delivery: str, fence: int) -> None:
        """The ledger parked the delivery after too many failures: say of each open part what is known of it."""
        head, rows = self.outbox.whole(delivery)
        if head is None:
            return
        run = self._begin(head, fence)
        for row in rows:
            if row.state in OPEN_STATES:
                maybe = row.state == "sending" and row.how != "placeholder"
                self.parts.take_away(run, row)
                self.parts.settle(row, fence, "uncertain" if maybe else "dead", Retryable("Gave up."))

    def _bury(self, rows: list[Row], fence: int, error: ChatGone) -> None:
        """The chat is closed: nothing of this delivery can go there any more."""
        for row in rows:
            if row.state in OPEN_STATES:
                self.parts.settle(row, fence, "dead", error)
