"""Shows an answer while it is written, best effort; the outbox posts it.

    shown = live(...)                    nothing happens yet
    shown.begin()                        "is reading", at once
    shown.push(text_so_far)              as often as one likes: only the newest text is sent, at the platform's pace
    message = shown.end(parts, mark)     the message that has become the first part, or None: post all parts

Slack streams into a message in the thread, and that message becomes the answer; in a private Telegram chat a draft goes
away when the answer is sent; in a Telegram group a message is edited and becomes the answer. All requests are made by a
thread of its own, so a slow chat service never holds up the one who reads the model. Nothing here raises.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from workers.delivery.poster import SEND_TIMEOUT_S
from workers.models import Part

log = logging.getLogger(__name__)

JOIN_S = 2.0 * SEND_TIMEOUT_S + 5.0
"""Seconds that `end` waits for a request in the air (at most connecting, writing and reading): its answer may hold the
id of the message."""

Noted = Callable[[str], None]


@dataclass(frozen=True)
class LiveMessage:
    """The message that people have seen growing."""

    message: str
    """Slack ts or Telegram message id."""
    complete: bool
    """True where it now is the first part, word for word; else it must still be edited (outbox state `edit`)."""


class Live(Protocol):
    """One answer being shown. Called from one thread."""

    def begin(self) -> None:
        """Say that something is going on."""

    def push(self, text: str) -> None:
        """The Markdown so far."""

    def end(self, parts: Sequence[Part] = (), mark: str = "") -> LiveMessage | None:
        """Stop, and make the message the first of `parts`.

        None: there is no message, the outbox posts all parts.
        `mark`: of the outbox row of that part, put into the message where the platform has room for it. Without
        parts: the answer came to nothing, take back what was shown.
        """


class Quiet:
    """Shows nothing."""

    def begin(self) -> None:
        """Nothing."""

    def push(self, text: str) -> None:
        """Nothing."""

    def end(self, parts: Sequence[Part] = (), mark: str = "") -> LiveMessage | None:
        """There is no message."""
        return None


class Background:
    """Holds what all platforms share: the thread, its pace, the end at a refusal.

    Subclasses talk to the platform.
    """

    gap_s = 1.0
    """Seconds between two requests that show text."""
    tick_s = 30.0
    """Seconds of silence after which `tick` is called."""

    def __init__(self, earlier: str, noted: Noted | None, clock: Callable[[], float]) -> None:
        self.message = earlier
        """Id of the message that people see; "" while there is none."""
        self.clock, self._noted = clock, noted
        self._turn = threading.Condition()
        self._newest = self._told = ""
        self._over = False
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)

    # -- for subclasses ------------------------------------------------------------------------------------------

    def started(self) -> None:
        """First of all."""

    def show(self, text: str) -> None:
        """Show the text so far; an error ends the showing."""

    def tick(self) -> None:
        """Nothing new came for a while."""

    def finish(self, part: Part, mark: str) -> None:
        """Turn the message into the part. Sets `message` to "" if it is gone.

        An error: it may not have worked.
        """

    def take_back(self) -> None:
        """Remove the message, if there is one, and whatever else is seen."""

    def note(self, message: str) -> None:
        """Note a message that has appeared ("": it was taken back).

        `noted` is told its id, in case we are killed.
        """
        self.message = message
        if self._noted:
            self._noted(message)

    # -- for the caller ------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """See Live."""
        self._tried("start", self._thread.start)

    def push(self, text: str) -> None:
        """See Live."""
        with self._turn:
            self._newest = text
            self._turn.notify()

    def end(self, parts: Sequence[Part] = (), mark: str = "") -> LiveMessage | None:
        """See Live."""
        with self._turn:
            self._over = True
            self._turn.notify()
        if self._thread.ident:
            self._thread.join(JOIN_S)
        if not parts:
            if self._tried("take_back", self.take_back) and self.message:
                self._tried("note", lambda: self.note(""))
            return None
        complete = bool(self.message) and self._tried("finish", lambda: self.finish(parts[0], mark))
        return LiveMessage(self.message, complete) if self.message else None

    # -- the thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        self._tried("begin", self.started)
        refused = False
        while True:
            with self._turn:
                self._turn.wait_for(lambda: self._over or self._newest != self._told, self.tick_s)
                if self._over:
                    return
                text, new = self._newest, self._newest != self._told
                self._told = text
            if refused:
                continue
            if new:
                refused = not self._tried("show", lambda text=text: self.show(text))  # type: ignore[misc]
                with self._turn:
                    self._turn.wait_for(lambda: self._over, self.gap_s)
            else:
                self._tried("tick", self.tick)

    def _tried(self, what: str, call: Callable[[], None]) -> bool:
        try:
            call()
        except Exception as error:  # noqa: BLE001 - the answer is posted in any case
            kind = getattr(error, "kind", "") or type(error).__name__
            log.info("live_failed", extra={"step": what, "where": type(self).__name__, "error": kind})
            return False
        return True
