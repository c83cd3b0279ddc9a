"""Holds stored messages as trees before they are shown.

What nothing here knows is shown as `[unknown: …]`, so that a fault in a renderer is seen and not hidden.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

Message = dict[str, Any]

BOT_NAME = "Paperboy"
SAFE_SCHEMES = ("https://", "http://", "mailto:", "tg://")
"""Links of any other scheme are shown as text with a mark."""


class Run(NamedTuple):
    """A stretch of text with one look."""

    text: str
    styles: tuple[str, ...] = ()
    """Outermost first: bold, italic, underline, strike, code, spoiler, mention, ping, unknown."""
    href: str | None = None


class Item(NamedTuple):
    """One list item; `start` is its number where it begins an ordered list."""

    indent: int
    ordered: bool
    runs: list[Run]
    start: int | None = None


class Node(NamedTuple):
    """One block of a message.

    `kind`: heading, para, small, divider, buttons, list, quote, fold, pre, table, media or unknown.
    """

    kind: str
    runs: Sequence[Run] = ()
    children: Sequence["Node"] = ()
    items: Sequence[Item] = ()
    rows: Sequence[Sequence[Sequence[Run]]] = ()
    aligns: Sequence[str] = ()
    name: str = ""
    """Language of a pre, or what is unknown."""


def unknown(name: object) -> Run:
    """The visible mark of something this page cannot show."""
    return Run(f"[unknown: {name}]", ("unknown",))


def reply_target(message: Message) -> int | None:
    """Id of the message this one answers."""
    target = message.get("reply_to") or message.get("reply_to_message")
    return target.get("message_id") if isinstance(target, dict) else target


def clock(message: Message, zone: tzinfo = UTC) -> str:
    """Time of day of a stored message, or an empty string where it carries none."""
    stamp = message.get("ts") or message.get("date")
    if stamp is None:
        return ""
    return datetime.fromtimestamp(float(stamp), zone).strftime("%H:%M")


def author(message: Message) -> str:
    """Who wrote it: the bot, or a person by the name or id that the service holds."""
    if message.get("by_bot"):
        return BOT_NAME
    sender = message.get("from") or {}
    sender = sender if isinstance(sender, dict) else {"id": sender}
    if message.get("username"):
        return str(message["username"])
    if sender and not sender.get("is_bot"):
        return str(sender.get("first_name") or sender.get("username") or sender.get("id"))
    return str(message["user"]) if message.get("user") and not message.get("bot_id") else BOT_NAME


def plain(nodes: Iterable[Node]) -> str:
    """Text of the first block that has any, for reply previews."""
    return next((text for node in nodes if (text := "".join(run.text for run in node.runs).strip())), "")


def by_topic(messages: Sequence[Message]) -> list[Message]:
    """Messages of one chat, topic after topic, each in the order of sending."""
    return sorted(messages, key=lambda m: (m.get("message_thread_id") or 0, m["message_id"]))


def by_channel(messages: Sequence[Message], key: str, default: str) -> dict[str, list[Message]]:
    """Messages grouped by the name (or id) of their channel, in order of appearance."""
    groups: dict[str, list[Message]] = {}
    for m in messages:
        value = m.get(key)
        if isinstance(value, dict):
            value = value.get("title") or value.get("username") or value.get("id")
        groups.setdefault(str(value) if value not in (None, "") else default, []).append(m)
    return groups
