"""What each channel has chosen: its subscription and its settings.

A hash `pb:channel:<channel>` in the set `pb:channels`. A channel named in the settings (`SLACK_CHANNELS`) is subscribed
unless it said otherwise. An address that moved is kept as an alias, so that the old one is never used again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from redis import Redis

from workers.store.server.connection import key as k
from workers.store.server.connection import text

ALL = k("channels")

VERSION = k("channels-version")
"""Counts changes, so that who has read them all need not read them again."""

STRIKES = 5
"""Deliveries refused whole, one after another, for reasons that name no closed chat, until the channel is paused."""

CHOICES = "return redis.call('HMGET', KEYS[1], 'profile', 'changes')"
"""A channel's profile and changes."""


@dataclass(frozen=True)
class ChannelSettings:
    """A channel's own choices; None or absent: the default holds."""

    subscribed: bool | None = None
    profile: str | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    """Settings that differ: interests, language, min_score, picks, time, timezone, days, answers."""
    paused: str = ""
    """Why nothing is sent there (bot removed, channel archived), or empty."""
    strikes: int = 0
    """Deliveries that it refused whole, in a row."""
    by: str = ""
    """Who subscribed it, where somebody did: they are told of trouble with it."""


class Channels:
    """Reads and writes channels' choices."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def get(self, channel: str) -> ChannelSettings:
        """The channel's choices (empty for an unknown one)."""
        return _chosen(self.redis.hgetall(k("channel", channel)))

    def subscribe(self, channel: str, profile: str | None = None, by: str = "") -> None:
        """Send the daily digest there; lifts a pause. `by`: who asked for it (`slack:U1`)."""
        fields: dict[str, str | int] = {"subscribed": "1", "paused": "", "strikes": 0}
        if by:
            fields["by"] = by
        self.redis.hset(k("channel", channel), mapping=fields)  # type: ignore[arg-type]
        if profile:
            self.redis.hset(k("channel", channel), "profile", profile)
        self.redis.sadd(ALL, channel)
        self._changed()

    def choose(self, channel: str, profile: str) -> None:
        """Another profile for the channel; nothing: the default one."""
        self.redis.hset(k("channel", channel), "profile", profile)
        self.redis.sadd(ALL, channel)
        self._changed()

    def unsubscribe(self, channel: str) -> None:
        """Send it no more."""
        self.redis.hset(k("channel", channel), "subscribed", "0")
        self.redis.sadd(ALL, channel)
        self._changed()

    def change(self, channel: str, changes: dict[str, Any]) -> None:
        """Set some of the channel's own settings; a value of None returns to the default."""
        mine = self.get(channel).changes | changes
        kept = {name: value for name, value in mine.items() if value is not None}
        self.redis.hset(k("channel", channel), "changes", json.dumps(kept, ensure_ascii=False))
        self.redis.sadd(ALL, channel)
        self._changed()

    def pause(self, channel: str, why: str) -> None:
        """Send nothing there until somebody subscribes again; `why`: class of the reason."""
        self.redis.hset(k("channel", channel), "paused", why)
        self.redis.sadd(ALL, channel)
        self._changed()

    def resume(self, channel: str) -> None:
        """It takes messages again."""
        self.redis.hset(k("channel", channel), mapping={"paused": "", "strikes": 0})
        self._changed()

    def strike(self, channel: str, why: str) -> None:
        """Count a refused delivery; after `STRIKES` in a row the channel is paused.

        Only whole deliveries, refused for a reason that may be ours.
        """
        if int(self.redis.hincrby(k("channel", channel), "strikes", 1)) >= STRIKES:
            self.pause(channel, why)

    def move(self, old: str, new: str) -> None:
        """Move a chat's choices to its new address; the old one becomes an alias."""
        with self.redis.pipeline() as pipe:
            if self.redis.exists(k("channel", old)):
                pipe.rename(k("channel", old), k("channel", new))
            pipe.srem(ALL, old)
            pipe.sadd(ALL, new)
            pipe.hset(k("moved"), old, new)
            pipe.execute()
        self._changed()

    def address(self, channel: str) -> str:
        """Where a channel is now."""
        moved = self.redis.hget(k("moved"), channel)
        return text(moved) if moved else channel

    def version(self) -> str:
        """Changes whenever anything that is kept here does."""
        return text(self.redis.get(VERSION) or b"")

    def many(self, names: Sequence[str]) -> list[ChannelSettings]:
        """The choices of many channels in one round trip."""
        with self.redis.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hgetall(k("channel", name))
            return [_chosen(raw) for raw in pipe.execute()]

    def addresses(self, names: Sequence[str]) -> list[str]:
        """Where channels are now."""
        moved = self.redis.hmget(k("moved"), list(names)) if names else []
        return [text(new) if new else old for old, new in zip(names, moved, strict=True)]

    def _changed(self) -> None:
        self.redis.incr(VERSION)

    def known(self) -> list[str]:
        """Channels that have chosen anything."""
        return sorted(text(m) for m in self.redis.smembers(ALL))


def _chosen(hashed: dict[Any, Any]) -> ChannelSettings:
    raw = {text(n): text(v) for n, v in hashed.items()}
    subscribed = {"1": True, "0": False}.get(raw.get("subscribed", ""))
    return ChannelSettings(
        subscribed,
        raw.get("profile") or None,
        json.loads(raw.get("changes", "{}")),
        raw.get("paused", ""),
        int(raw.get("strikes", 0)),
        raw.get("by", ""),
    )
