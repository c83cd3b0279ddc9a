"""Sends one part of a delivery, and notes what became of it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from workers.delivery.poster import Poster, marked_up
from workers.delivery.uncertain import Way, holding, repeated, words_for
from workers.errors import MessageGone, PaperboyError, Permanent, Rejected, Retryable, Uncertain
from workers.settings import Settings
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import Outbox, PartState, Row
from workers.store.people.threads import ThreadPlace, Threads
from workers.words import Words

log = logging.getLogger(__name__)


class TakenByAnother(Exception):
    """Another run works on this part.

    Going on to the next one would break their order.
    """


@dataclass(frozen=True)
class DeliveryRun:
    """What the parts of one run share."""

    poster: Poster
    channel: str
    platform: str
    address: str
    """The channel without its platform."""
    fence: int
    way: Way
    placeholder: str
    ids: dict[str, str] = field(default_factory=dict)
    """Part -> message id, of those that are out."""


@dataclass
class Parts:
    """Works on parts under the fence of a run. `clock` gives seconds since 1970."""

    outbox: Outbox
    channels: Channels
    threads: Threads
    settings: Settings
    clock: Callable[[], float]
    troubled: bool = False
    """True once a part was found uncertain or dead, or was posted again: the operator should look."""

    def part(self, run: DeliveryRun, row: Row) -> Row | None:
        """Make one request for one part; the row as it stands if it needs another one."""
        silent = bool(row.payload.get("disable_notification"))
        hold = row.how != "text" and (run.way == "placeholder" or (run.way == "ring" and silent))
        how = "placeholder" if hold else "text" if row.how else ""
        work = self.outbox.claim(row.delivery, row.key, run.fence, self.clock(), how)
        if work == "lost":
            raise TakenByAnother
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
            self.settle(row, run.fence, "deleted")
        return None

    def _hold(self, run: DeliveryRun, row: Row) -> Row:
        """Send the line that stands there until the text is edited in.

        A second one does no harm.
        """
        line = run.placeholder or self._words(run).placeholder
        try:
            message = run.poster.send(run.address, holding(line), parent_of(row, run.ids), row.mark)
        except Uncertain as error:
            raise Retryable("It may stand there twice now.", kind=error.kind) from None
        self._remember(run, row, message)
        if not self.outbox.finish(row.delivery, row.key, run.fence, "edit", self.clock(), msg=message):
            self.take_away(run, replace(row, how="placeholder", msg=message))
            raise TakenByAnother
        return replace(row, state="edit", how="placeholder", msg=message)

    def _send(self, run: DeliveryRun, row: Row, *, again: bool) -> None:
        parent = parent_of(row, run.ids)
        if row.parent and not parent and run.address[:1] in "CGD":  # a Slack thread without its head has no place
            error = Rejected("Its head was not sent.", code="no_parent", kind="no_parent")
            self.settle(row, run.fence, "dead", error)
            return
        mark = self._words(run).possibly_repeated if again and run.way == "repeat" else ""

        def send(payload: dict[str, Any]) -> str:
            return run.poster.send(run.address, repeated(payload, mark) if mark else payload, parent, row.mark)

        message = marked_up(run.poster, row, send)
        self._remember(run, row, message)
        self.outbox.finish(row.delivery, row.key, run.fence, "sent", self.clock(), msg=message, rev=row.rev)
        log.info("part_sent", extra={"delivery": row.delivery, "part": row.key})

    def _edit(self, run: DeliveryRun, row: Row) -> Row | None:
        """Edit a message to its text.

        One that somebody deleted is not posted again, unless it never had its text.
        """
        message = str(row.msg)
        try:
            marked_up(run.poster, row, lambda payload: run.poster.edit(run.address, message, payload))
        except MessageGone as error:
            if row.how != "placeholder":
                self.settle(row, run.fence, "deleted", error)
                return None
            run.ids.pop(row.key, None)
            self.outbox.finish(row.delivery, row.key, run.fence, "pending", self.clock(), how="text")
            return replace(row, state="pending", how="text", msg=None)
        self._remember(run, row, message)
        self.settle(row, run.fence, "sent", rev=row.rev, how="text" if row.how else "")
        if row.how == "placeholder":
            log.info("part_sent", extra={"delivery": row.delivery, "part": row.key})
        return None

    def _look(self, run: DeliveryRun, row: Row) -> bool:
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

    def _remember(self, run: DeliveryRun, row: Row, message: str) -> None:
        """Note the message, and which paper it is about.

        So a question in its thread finds the paper.
        """
        run.ids[row.key] = message
        if row.about is None:
            return
        place = ThreadPlace(**{"root": run.ids.get(row.parent or row.key, message)} | row.about)
        self.threads.put(run.channel.partition("/")[0], message, place)

    def settle(
        self, row: Row, fence: int, state: str, error: PaperboyError | None = None, rev: str = "", how: str = ""
    ) -> None:
        """Note what became of a part."""
        kind = error.kind if error else ""
        state = row.state if state == "pending" and row.state in ("edit", "delete") else state
        if error:
            about = {"delivery": row.delivery, "part": row.key, **({"paper": row.about["paper"]} if row.about else {})}
            log.warning("part_failed", extra={**about, "state": state, "error": kind})
        done = cast(PartState, state)
        self.troubled |= state in ("uncertain", "dead")
        self.outbox.finish(row.delivery, row.key, fence, done, self.clock(), error=kind, take=True, rev=rev, how=how)

    def give_back(self, row: Row, fence: int) -> None:
        """Make a part pending again that was surely not sent in this run.

        A part that an earlier run may have sent stays to be looked for.
        """
        if row.state != "sending":
            self.settle(row, fence, "pending")

    def refused(self, run: DeliveryRun, row: Row, error: Permanent) -> None:
        """It will never be taken: a placeholder does not stay behind."""
        self.take_away(run, row)
        self.settle(row, run.fence, "dead", error)

    def take_away(self, run: DeliveryRun, row: Row) -> None:
        """Delete the placeholder of a part that comes to nothing, if that can be done."""
        if row.how == "placeholder" and row.msg:
            try:
                run.poster.delete(run.address, row.msg)
            except PaperboyError as error:
                log.warning("placeholder_left", extra={"delivery": row.delivery, "part": row.key, "error": error.kind})

    def _words(self, run: DeliveryRun) -> Words:
        return words_for(run.channel, self.settings, self.channels)


def parent_of(row: Row, ids: dict[str, str]) -> str | None:
    """Message that the part goes under: another part's, or a given one (`msg:<id>`)."""
    if row.parent and row.parent.startswith("msg:"):
        return row.parent.removeprefix("msg:")
    return ids.get(row.parent) if row.parent else None
