"""One delivery: its parts in order, each claimed before it is sent, until all are out or it must wait.

Never sleeps: where the pace or a 429 says "not yet", the time to go on is returned and the ledger calls again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from redis import Redis

from workers.delivery.poster import Poster
from workers.errors import ChatGone, ChatMoved, PaceExceeded, PaperboyError, Permanent, Rejected, Retryable, Uncertain
from workers.settings import Settings
from workers.store.channels import Channels
from workers.store.outbox import OPEN_STATES, Outbox, PartState, Row
from workers.store.pace import Pace
from workers.store.threads import Place, Threads

log = logging.getLogger(__name__)

BACKOFF_FIRST_S, BACKOFF_MOST_S = 5.0, 900.0
"""Seconds before a failed part is tried again: doubled with each failure, at most a quarter of an hour."""


REPEATABLE = ("edit", "delete")
"""Work that may be done twice without harm."""


@dataclass(frozen=True)
class Outcome:
    """Where a delivery stands after a run."""

    done: bool
    at: float = 0.0
    """When to go on, if not done."""
    error: str = ""
    """Class of the failure, if that is why it is not done."""


class _Lost(Exception):
    """Another run works on this part: going on to the next one would break their order."""


class Deliverer:
    """Works on one delivery under one fence. `clock` gives seconds since 1970."""

    def __init__(
        self, redis: "Redis", settings: Settings, clock: Callable[[], float], poster: Callable[[str, Settings], Poster]
    ) -> None:
        self.outbox, self.pace, self.channels, self.threads = (
            Outbox(redis),
            Pace(redis),
            Channels(redis),
            Threads(redis),
        )
        self.settings, self.clock, self.poster = settings, clock, poster

    def run(self, delivery: str, fence: int, fails: int, still_ours: Callable[[], bool]) -> Outcome:
        """Send what can be sent now. `fails`: failures so far; `still_ours`: asked before each request."""
        channel = self.outbox.channel(delivery)
        if channel is None:
            return Outcome(True)
        platform, _, address = channel.partition(":")
        poster = self.poster(platform, self.settings)
        rows = self.outbox.rows(delivery)
        ids = {row.key: row.msg for row in rows if row.msg}
        for row in rows:
            if row.state not in OPEN_STATES:
                continue
            wait = self.pace.take(poster.rules(address), self.clock())
            if wait > 0:
                return Outcome(False, self.clock() + wait)
            if not still_ours():
                return Outcome(False, self.clock())
            try:
                message = self._part(poster, address, row, fence, ids)
            except _Lost:
                return Outcome(False, self.clock())
            except PaceExceeded as error:
                until = self.clock() + error.retry_after
                self.pace.close(poster.rules(address)[0].name, until, self.clock())
                self._give_back(row, fence)
                return Outcome(False, until)
            except ChatMoved as error:
                topic = address.partition("/")[2]
                moved = f"{platform}:{error.new_address}" + (f"/{topic}" if topic else "")
                self.outbox.move(delivery, moved)
                self.channels.move(channel, moved)
                self._give_back(row, fence)
                return Outcome(False, self.clock())
            except Retryable as error:
                self._give_back(row, fence)
                return Outcome(False, self.clock() + backoff(fails), error.kind)
            except Uncertain as error:
                if platform == "slack" or row.state in REPEATABLE:  # Slack can be asked: look before the next try
                    return Outcome(False, self.clock() + backoff(fails), error.kind)
                self._settle(row, fence, "uncertain", error)
                continue
            except ChatGone as error:
                self._bury(rows, fence, error)
                self.channels.pause(channel, error.kind)
                return Outcome(True, error=error.kind)
            except Permanent as error:
                self._settle(row, fence, "dead", error)
                continue
            if message:
                ids[row.key] = message
                self._remember(channel, row, ids)
        if rows and self.channels.get(channel).paused:
            self.channels.resume(channel)
        return Outcome(True)

    def _remember(self, channel: str, row: Row, ids: dict[str, str]) -> None:
        """Note which paper a message is about, so that a question in its thread finds it."""
        if row.about is None:
            return
        place = Place(**{"root": ids.get(row.parent or row.key, ids[row.key])} | row.about)
        self.threads.put(channel.partition("/")[0], ids[row.key], place)

    def _part(self, poster: Poster, address: str, row: Row, fence: int, ids: dict[str, str]) -> str | None:
        """Do what one part needs; its message id if it has one now."""
        work = self.outbox.claim(row.delivery, row.key, fence, self.clock())
        if work == "lost":
            raise _Lost
        if work == "interrupted":
            found = self._look(poster, address, row, fence, ids)
            if found or not self.outbox.finish(row.delivery, row.key, fence, "sending", self.clock(), take=True):
                return found
            work = "pending"
        if work == "pending":
            return self._send(poster, address, row, fence, ids)
        if work == "edit" and row.msg:
            _marked_up(poster, row, lambda payload: poster.edit(address, str(row.msg), payload))
            self._settle(row, fence, "sent", rev=row.rev)
        elif work == "delete" and row.msg:
            poster.delete(address, row.msg)
            self._settle(row, fence, "deleted")
        return row.msg

    def _send(self, poster: Poster, address: str, row: Row, fence: int, ids: dict[str, str]) -> str | None:
        parent = parent_of(row, ids)
        if row.parent and not parent and address[:1] in "CGD":  # a Slack thread without its head has no place
            self._settle(row, fence, "dead", Rejected("Its head was not sent.", code="no_parent", kind="no_parent"))
            return None
        message = _marked_up(poster, row, lambda payload: poster.send(address, payload, parent, row.mark))
        self.outbox.finish(row.delivery, row.key, fence, "sent", self.clock(), msg=str(message), rev=row.rev)
        log.info("part_sent", extra={"delivery": row.delivery, "part": row.key})
        return str(message)

    def _look(self, poster: Poster, address: str, row: Row, fence: int, ids: dict[str, str]) -> str | None:
        """An earlier try was cut off: is the message there?"""
        try:
            found = poster.find(address, parent_of(row, ids), row.mark, row.first or self.clock())
        except Permanent as error:  # no right to look: we shall never know
            raise Uncertain("It cannot be asked whether the message arrived.", kind=error.kind) from None
        if found:
            self.outbox.finish(row.delivery, row.key, fence, "sent", self.clock(), msg=found, take=True)
            log.info("part_found", extra={"delivery": row.delivery, "part": row.key})
        return found

    def _settle(self, row: Row, fence: int, state: str, error: PaperboyError | None = None, rev: str = "") -> None:
        kind = error.kind if error else ""
        if state == "pending" and row.state in ("edit", "delete"):
            state = row.state
        if error:
            log.warning("part_failed", extra={"delivery": row.delivery, "part": row.key, "state": state, "error": kind})
        done = cast(PartState, state)
        self.outbox.finish(row.delivery, row.key, fence, done, self.clock(), error=kind, take=True, rev=rev)

    def _give_back(self, row: Row, fence: int) -> None:
        """Surely not sent in this run. A part that an earlier run may have sent stays to be looked for."""
        if row.state != "sending":
            self._settle(row, fence, "pending")

    def give_up(self, delivery: str, fence: int) -> None:
        """The ledger parked the delivery after too many failures: say of each open part what is known of it."""
        for row in self.outbox.rows(delivery):
            if row.state in OPEN_STATES:
                self._settle(row, fence, "uncertain" if row.state == "sending" else "dead", Retryable("Gave up."))

    def _bury(self, rows: list[Row], fence: int, error: ChatGone) -> None:
        """The chat is closed: nothing of this delivery can go there any more."""
        for row in rows:
            if row.state in OPEN_STATES:
                self._settle(row, fence, "dead", error)


def parent_of(row: Row, ids: dict[str, str]) -> str | None:
    """Message that the part goes under: another part's, or a given one (`msg:<id>`)."""
    if row.parent and row.parent.startswith("msg:"):
        return row.parent.removeprefix("msg:")
    return ids.get(row.parent) if row.parent else None


def backoff(fails: int) -> float:
    """Seconds to wait after so many failures."""
    return float(min(BACKOFF_FIRST_S * 2**fails, BACKOFF_MOST_S))


def _marked_up(poster: Poster, row: Row, call: Callable[[dict[str, object]], object]) -> object:
    """Try the message as written; if its markup is refused, the same words without."""
    try:
        return call(row.payload)
    except Rejected as error:
        plain = poster.plain(row.payload)
        if plain == row.payload:
            raise
        log.warning("markup_refused", extra={"delivery": row.delivery, "part": row.key, "error": error.kind})
        return call(plain)
