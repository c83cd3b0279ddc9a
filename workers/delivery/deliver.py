"""One delivery: its parts in order, each claimed before it is sent, until all are out or it must wait.

Never sleeps: where the pace or a 429 says "not yet", the time to go on is returned and the ledger calls again.
"""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from redis import Redis

from workers.delivery.certainty import Way, holding, repeated, way, words_for
from workers.delivery.outcome import Outcome, backoff
from workers.delivery.poster import Poster, marked_up
from workers.errors import (
    ChatGone,
    ChatMoved,
    MessageGone,
    PaceExceeded,
    PaperboyError,
    Permanent,
    Rejected,
    Retryable,
    Uncertain,
)
from workers.settings import Settings
from workers.store.channels import Channels
from workers.store.outbox import OPEN_STATES, Outbox, PartState, Row
from workers.store.pace import Pace
from workers.store.threads import Place, Threads
from workers.words import Words

log = logging.getLogger(__name__)

REPEATABLE = ("edit", "delete")
"""Work that may be done twice without harm; so may sending a placeholder."""


class _Lost(Exception):
    """Another run works on this part: going on to the next one would break their order."""


@dataclass(frozen=True)
class _Run:
    """What the parts of one run share."""

    poster: Poster
    channel: str
    address: str
    """The channel without its platform."""
    fence: int
    way: Way
    placeholder: str
    ids: dict[str, str] = field(default_factory=dict)
    """Part -> message id, of those that are out."""


class Deliverer:
    """Works on one delivery under one fence. `clock` gives seconds since 1970."""

    def __init__(
        self, redis: "Redis", settings: Settings, clock: Callable[[], float], poster: Callable[[str, Settings], Poster]
    ) -> None:
        self.outbox, self.pace = Outbox(redis), Pace(redis)
        self.channels, self.threads = Channels(redis), Threads(redis)
        self.settings, self.clock, self.poster = settings, clock, poster
        self.troubled = False
        """True once a part was found uncertain or dead, or was posted again: the operator should look."""

    def run(self, delivery: str, fence: int, fails: int, still_ours: Callable[[], bool]) -> Outcome:
        """Send what can be sent now. `fails`: failures so far; `still_ours`: asked before each request."""
        run = self._begin(delivery, fence)
        if run is None:
            return Outcome(True)
        rows = self.outbox.rows(delivery)
        run.ids.update({row.key: row.msg for row in rows if row.msg})
        refused = ""
        todo = deque(row for row in rows if row.state in OPEN_STATES)
        while todo:
            row = todo.popleft()
            rules = run.poster.rules(run.address)
            wait = self.pace.take(rules, self.clock())
            if wait > 0:
                return Outcome(False, self.clock() + wait)
            if not still_ours():
                return Outcome(False, self.clock())
            try:
                rest = self._part(run, row)
                if rest:
                    todo.appendleft(rest)
            except _Lost:
                return Outcome(False, self.clock())
            except PaceExceeded as error:
                until = self.clock() + error.retry_after
                self.pace.close(rules[0].name, until, self.clock())
                self._give_back(row, fence)
                return Outcome(False, until)
            except ChatMoved as error:
                self._move(run, delivery, error.new_address)
                self._give_back(row, fence)
                return Outcome(False, self.clock())
            except Retryable as error:
                self._give_back(row, fence)
                return Outcome(False, self.clock() + backoff(fails), error.kind)
            except Uncertain as error:
                if run.way in ("look", "repeat") or row.state in REPEATABLE:
                    return Outcome(False, self.clock() + backoff(fails), error.kind)
                self._settle(row, fence, "uncertain", error)
            except ChatGone as error:
                self._bury(rows, fence, error)
                self.channels.pause(run.channel, error.kind)
                return Outcome(True, error=error.kind)
            except Permanent as error:
                refused = error.kind if isinstance(error, Rejected) else refused
                self._refused(run, row, error)
            finally:
                self.pace.done(rules, self.clock())
        self._judge(run, delivery, refused)
        return Outcome(True)

    def _judge(self, run: _Run, delivery: str, refused: str) -> None:
        """A delivery has ended. `refused`: class of the last refusal of a message in this run."""
        states = {row.state for row in self.outbox.rows(delivery)}
        if states == {"dead"} and refused:
            self.channels.strike(run.channel, refused)
        elif "sent" in states:
            known = self.channels.get(run.channel)
            if known.paused or known.strikes:
                self.channels.resume(run.channel)

    def _begin(self, delivery: str, fence: int) -> _Run | None:
        head = self.outbox.head(delivery)
        if head is None:
            return None
        self.troubled |= head.watched
        platform, _, address = head.channel.partition(":")
        how = way(platform, self.settings, head.placeholder)
        return _Run(self.poster(platform, self.settings), head.channel, address, fence, how, head.placeholder)

    def _part(self, run: _Run, row: Row) -> Row | None:
        """Make one request for one part; the row as it stands if it needs another one."""
        hold = run.way == "placeholder" and row.how != "text"
        how = "placeholder" if hold else "text" if row.how else ""
        work = self.outbox.claim(row.delivery, row.key, run.fence, self.clock(), how)
        if work == "lost":
            raise _Lost
        again = work == "interrupted"
        if again and run.way != "repeat" and self._look(run, row):
            return None
        if again or work == "stray":
            if not self.outbox.finish(row.delivery, row.key, run.fence, "sending", self.clock(), take=True, how=how):
                return None
            work = "pending"
        if work == "pending" and hold:
            return self._hold(run, row)
        if work == "edit" and row.msg:
            return self._edit(run, row)
        if work == "pending":
            self._send(run, row, again=again)
        elif work == "delete" and row.msg:
            run.poster.delete(run.address, row.msg)
            self._settle(row, run.fence, "deleted")
        return None

    def _hold(self, run: _Run, row: Row) -> Row:
        """Send the line that stands there until the text is edited in. A second one does no harm."""
        line = run.placeholder or self._words(run).placeholder
        try:
            message = run.poster.send(run.address, holding(line), parent_of(row, run.ids), row.mark)
        except Uncertain as error:
            raise Retryable("It may stand there twice now.", kind=error.kind) from None
        self._remember(run, row, message)
        if not self.outbox.finish(row.delivery, row.key, run.fence, "edit", self.clock(), msg=message):
            self._take_away(run, replace(row, how="placeholder", msg=message))
            raise _Lost
        return replace(row, state="edit", how="placeholder", msg=message)

    def _send(self, run: _Run, row: Row, *, again: bool) -> None:
        parent = parent_of(row, run.ids)
        if row.parent and not parent and run.address[:1] in "CGD":  # a Slack thread without its head has no place
            error = Rejected("Its head was not sent.", code="no_parent", kind="no_parent")
            self._settle(row, run.fence, "dead", error)
            return
        mark = self._words(run).possibly_repeated if again and run.way == "repeat" else ""

        def send(payload: dict[str, Any]) -> str:
            return run.poster.send(run.address, repeated(payload, mark) if mark else payload, parent, row.mark)

        message = marked_up(run.poster, row, send)
        self._remember(run, row, message)
        self.outbox.finish(row.delivery, row.key, run.fence, "sent", self.clock(), msg=message, rev=row.rev)
        log.info("part_sent", extra={"delivery": row.delivery, "part": row.key})

    def _edit(self, run: _Run, row: Row) -> Row | None:
        """Fit a message to its text. One that somebody deleted is not posted again, unless it never had its text."""
        message = str(row.msg)
        try:
            marked_up(run.poster, row, lambda payload: run.poster.edit(run.address, message, payload))
        except MessageGone as error:
            if row.how != "placeholder":
                self._settle(row, run.fence, "deleted", error)
                return None
            run.ids.pop(row.key, None)
            self.outbox.finish(row.delivery, row.key, run.fence, "pending", self.clock(), how="text")
            return replace(row, state="pending", how="text", msg=None)
        self._remember(run, row, message)
        self._settle(row, run.fence, "sent", rev=row.rev, how="text" if row.how else "")
        if row.how == "placeholder":
            log.info("part_sent", extra={"delivery": row.delivery, "part": row.key})
        return None

    def _look(self, run: _Run, row: Row) -> bool:
        """An earlier try was cut off: is the message there?"""
        try:
            parent = parent_of(row, run.ids)
            found = run.poster.find(run.address, parent, row.mark, row.first or self.clock())
        except Permanent as error:  # no right to look: we shall never know
            raise Uncertain("It cannot be asked whether the message arrived.", kind=error.kind) from None
        if found:
            self._remember(run, row, found)
            self.outbox.finish(row.delivery, row.key, run.fence, "sent", self.clock(), msg=found, take=True)
            log.info("part_found", extra={"delivery": row.delivery, "part": row.key})
        return bool(found)

    def _remember(self, run: _Run, row: Row, message: str) -> None:
        """Note the message, and which paper it is about, so that a question in its thread finds it."""
        run.ids[row.key] = message
        if row.about is None:
            return
        place = Place(**{"root": run.ids.get(row.parent or row.key, message)} | row.about)
        self.threads.put(run.channel.partition("/")[0], message, place)

    def _settle(
        self, row: Row, fence: int, state: str, error: PaperboyError | None = None, rev: str = "", how: str = ""
    ) -> None:
        kind = error.kind if error else ""
        state = row.state if state == "pending" and row.state in ("edit", "delete") else state
        if error:
            about = {"delivery": row.delivery, "part": row.key, **({"paper": row.about["paper"]} if row.about else {})}
            log.warning("part_failed", extra={**about, "state": state, "error": kind})
        done = cast(PartState, state)
        self.troubled |= state in ("uncertain", "dead")
        self.outbox.finish(row.delivery, row.key, fence, done, self.clock(), error=kind, take=True, rev=rev, how=how)

    def _give_back(self, row: Row, fence: int) -> None:
        """Surely not sent in this run. A part that an earlier run may have sent stays to be looked for."""
        if row.state != "sending":
            self._settle(row, fence, "pending")

    def _move(self, run: _Run, delivery: str, new: str) -> None:
        """The chat has a new address; its topics stay."""
        topic = run.address.partition("/")[2]
        moved = f"{run.channel.partition(':')[0]}:{new}" + (f"/{topic}" if topic else "")
        self.outbox.move(delivery, moved)
        self.channels.move(run.channel, moved)

    def _refused(self, run: _Run, row: Row, error: Permanent) -> None:
        """It will never be taken: a placeholder does not stay behind."""
        self._take_away(run, row)
        self._settle(row, run.fence, "dead", error)

    def _take_away(self, run: _Run, row: Row) -> None:
        """Delete the placeholder of a part that comes to nothing, if that can be done."""
        if row.how == "placeholder" and row.msg:
            try:
                run.poster.delete(run.address, row.msg)
            except PaperboyError as error:
                log.warning("placeholder_left", extra={"delivery": row.delivery, "part": row.key, "error": error.kind})

    def give_up(self, delivery: str, fence: int) -> None:
        """The ledger parked the delivery after too many failures: say of each open part what is known of it."""
        run = self._begin(delivery, fence)
        for row in self.outbox.rows(delivery) if run else []:
            if run and row.state in OPEN_STATES:
                maybe = row.state == "sending" and row.how != "placeholder"
                self._take_away(run, row)
                self._settle(row, fence, "uncertain" if maybe else "dead", Retryable("Gave up."))

    def _bury(self, rows: list[Row], fence: int, error: ChatGone) -> None:
        """The chat is closed: nothing of this delivery can go there any more."""
        for row in rows:
            if row.state in OPEN_STATES:
                self._settle(row, fence, "dead", error)

    def _words(self, run: _Run) -> Words:
        return words_for(run.channel, self.settings, self.channels)


def parent_of(row: Row, ids: dict[str, str]) -> str | None:
    """Message that the part goes under: another part's, or a given one (`msg:<id>`)."""
    if row.parent and row.parent.startswith("msg:"):
        return row.parent.removeprefix("msg:")
    return ids.get(row.parent) if row.parent else None
