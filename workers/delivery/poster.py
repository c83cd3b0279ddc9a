"""What a platform must do for delivery. There are Slack and Telegram.

A poster makes one request and maps what happens to our error tree; it never retries, waits or remembers.
"""

import logging
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from workers.errors import MessageGone, Rejected
from workers.store.delivery.outbox import Row
from workers.store.delivery.pace import Rule

log = logging.getLogger(__name__)
T = TypeVar("T")

SEND_TIMEOUT_S = 15
"""Seconds one request to a chat service may take; a third of the lease of a delivery, so the lease outlives it."""


class Poster(Protocol):
    """Posts to one platform.

    `address` is the channel without the platform: `C123`, `-100123/7`.
    """

    def rules(self, address: str) -> list[Rule]:
        """The pace limits that one message to this address counts under.

        The address's own come first.
        """

    def send(self, address: str, payload: dict[str, Any], parent: str | None, mark: str) -> str:
        """Post a message; the service's id for it.

        `parent`: the message whose thread it goes to, or that it replies to.
        Raises PaceExceeded, Retryable (surely not sent), Uncertain, ChatGone, ChatMoved, Rejected, Permanent.
        """

    def find(self, address: str, parent: str | None, mark: str, since: float) -> str | None:
        """Id of the message that carries `mark`, posted after `since`.

        None if it is surely not there. Raises Uncertain where the platform cannot be asked.
        """

    def edit(self, address: str, message: str, payload: dict[str, Any]) -> None:
        """Replace the text of a message; an unchanged one is fine.

        MessageGone where somebody deleted it.
        """

    def delete(self, address: str, message: str) -> None:
        """Remove a message; one that is gone already is fine."""

    def look(self, address: str) -> str:
        """Ask, without posting, whether the place takes messages.

        Returns nothing, or the class of why not.
        Raises as `send` does; what it cannot see (a rule of the workspace) only posting shows.
        """

    def plain(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The same words without markup: what is sent when the service refuses the markup."""

    def short(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The beginning of those words.

        It is sent when even `plain` is too much for the service.
        """


SHORTER = ("plain", "short")
"""Forms of a message that are tried when it is refused as it was written, one after the other."""


def marked_up(poster: Poster, row: Row, call: Callable[[dict[str, Any]], T]) -> T:
    """Try the message as written; if that is refused, plainer and then shorter.

    Rejected if nothing of it is taken.
    """
    tried = row.payload
    try:
        return call(tried)
    except Rejected as error:
        if isinstance(error, MessageGone):
            raise
        last = error
    for form in SHORTER:
        payload = getattr(poster, form)(row.payload)
        if payload == tried:
            continue
        log.warning("markup_refused", extra={"delivery": row.delivery, "part": row.key, "error": last.kind})
        tried = payload
        try:
            return call(payload)
        except Rejected as error:
            if isinstance(error, MessageGone):
                raise
            last = error
    raise last
