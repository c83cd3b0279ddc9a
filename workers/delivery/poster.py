"""What a platform must be able to do for us. Two of them exist: Slack and Telegram.

A poster makes one request and maps what happens to our error tree; it never retries, waits or remembers.
"""

import logging
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from workers.errors import MessageGone, Rejected
from workers.store.outbox import Row
from workers.store.pace import Rule

log = logging.getLogger(__name__)
T = TypeVar("T")

SEND_TIMEOUT_S = 15
"""Seconds one request to a chat service may take; a third of the lease of a delivery, so the lease outlives it."""


class Poster(Protocol):
    """One platform. `address` is the channel without the platform: `C123`, `-100123/7`."""

    def rules(self, address: str) -> list[Rule]:
        """The pace limits that one message to this address counts under, the address's own first."""

    def send(self, address: str, payload: dict[str, Any], parent: str | None, mark: str) -> str:
        """Post a message (in the thread of / as a reply to `parent`); returns the service's id for it.

        Raises PaceExceeded, Retryable (surely not sent), Uncertain, ChatGone, ChatMoved, Rejected, Permanent.
        """

    def find(self, address: str, parent: str | None, mark: str, since: float) -> str | None:
        """Id of the message that carries `mark`, posted after `since`; None if it is surely not there.

        Raises Uncertain where the platform cannot be asked.
        """

    def edit(self, address: str, message: str, payload: dict[str, Any]) -> None:
        """Replace the text of a message; an unchanged one is fine. MessageGone where somebody deleted it."""

    def delete(self, address: str, message: str) -> None:
        """Remove a message; one that is gone already is fine."""

    def plain(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The same words without markup: what is sent when the service refuses the markup."""


def marked_up(poster: Poster, row: Row, call: Callable[[dict[str, Any]], T]) -> T:
    """Try the message as written; if its markup is refused, the same words without."""
    try:
        return call(row.payload)
    except Rejected as error:
        plain = poster.plain(row.payload)
        if plain == row.payload or isinstance(error, MessageGone):
            raise
        log.warning("markup_refused", extra={"delivery": row.delivery, "part": row.key, "error": error.kind})
        return call(plain)
