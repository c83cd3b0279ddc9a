"""What the Slack double remembers.

Channels, messages, pace, and how a refusal looks.
"""

import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

TS_STEP = 100
"""Microseconds between two message timestamps at least; Slack's own ts values end in 00 most of the time."""

BOT_USER = "U0PAPERBOT"
BOT_ID = "B0PAPERBOT"
TEAM = "T0TEST"
APP = "A0TEST"


class Refusal(Exception):
    """A call that Slack answers with `ok: false`; `extra` is merged into the reply."""

    def __init__(self, code: str, problems: list[str] | None = None, status: int = 200, **extra: Any) -> None:
        super().__init__(code)
        self.code, self.status = code, status
        self.extra = dict(extra)
        if problems:
            self.extra["errors"] = problems
            self.extra["response_metadata"] = {"messages": [f"[ERROR] {p}" for p in problems]}


@dataclass
class Bucket:
    """A token bucket: `capacity` at once, then `rate` per second."""

    capacity: float
    rate: float
    clock: Callable[[], float]
    level: float = field(init=False)
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.level, self.at = self.capacity, self.clock()

    def wait(self) -> float:
        """Seconds until one token is there; 0 when it is there now. Takes nothing."""
        now = self.clock()
        self.level = min(self.capacity, self.level + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.level >= 1 else (1 - self.level) / self.rate

    def take(self) -> None:
        """Spend one token."""
        self.level -= 1


@dataclass
class Channel:
    """A conversation; tests may flip the switches at any time."""

    id: str
    name: str
    is_im: bool = False
    user: str = ""
    """The other side of a direct message."""
    is_private: bool = False
    is_archived: bool = False
    is_member: bool = True
    """Whether the bot is in it."""
    people: set[str] | None = None
    """Who is in it; None: everybody."""
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """`channel_type` of events."""
        return "im" if self.is_im else "group" if self.is_private else "channel"

    def described(self) -> dict[str, Any]:
        """The object of conversations.info."""
        about: dict[str, Any] = {
            "id": self.id,
            "is_archived": self.is_archived,
            "is_im": self.is_im,
            "is_private": self.is_private,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "created": 1700000000,
        }
        return about | ({"user": self.user} if self.is_im else {"name": self.name, "is_member": self.is_member})


class Stamps:
    """Message timestamps: real time in microseconds, never twice, always growing."""

    def __init__(self) -> None:
        self.last = 0

    def next(self) -> str:
        """A new ts such as `1700000000.000100`."""
        now = int(time.time() * 1_000_000) // TS_STEP * TS_STEP
        self.last = max(now, self.last + TS_STEP)
        return f"{self.last // 1_000_000}.{self.last % 1_000_000:06d}"


def as_reply(message: dict[str, Any], with_metadata: bool = True) -> dict[str, Any]:
    """A stored message as the Web API shows it."""
    inner = ("deleted", "streaming", "started", "edited", "chunks")
    shown = {k: deepcopy(v) for k, v in message.items() if k not in inner}
    if message.get("edited"):
        shown["edited"] = {"user": message.get("user", BOT_USER), "ts": message["edited_ts"]}
    shown.pop("edited_ts", None)
    if not with_metadata:
        shown.pop("metadata", None)
    return {k: v for k, v in shown.items() if v is not None}


def as_flag(value: Any) -> bool:
    """A boolean argument, from JSON or from a form."""
    return value is True or str(value).lower() in ("true", "1")
