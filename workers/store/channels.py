"""What each channel has chosen for itself: its subscription and the settings that override the profile.

A hash `pb:channel:<channel>` in the set `pb:channels`. A channel named in the settings (`SLACK_CHANNELS`) is subscribed
unless it said otherwise. An address that moved is kept as an alias, so that the old one is never used again.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from redis import Redis

from workers.store.redis import key as k
from workers.store.redis import text

ALL = k("channels")

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


class Channels:
    """Reads and writes channels' choices."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def get(self, channel: str) -> ChannelSettings:
        """The channel's choices (empty for an unknown one)."""
        raw = {text(n): text(v) for n, v in self.redis.hgetall(k("channel", channel)).items()}
        subscribed = {"1": True, "0": False}.get(raw.get("subscribed", ""))
        return ChannelSettings(
            subscribed,
            raw.get("profile") or None,
            json.loads(raw.get("changes", "{}")),
            raw.get("paused", ""),
            int(raw.get("strikes", 0)),
        )

    def subscribe(self, channel: str, profile: str | None = None) -> None:
        """Send the daily digest there; lifts a pause."""
        self.redis.hset(k("channel", channel), mapping={"subscribed": "1", "paused": "", "strikes": 0})
        if profile:
            self.redis.hset(k("channel", channel), "profile", profile)
        self.redis.sadd(ALL, channel)

    def choose(self, channel: str, profile: str) -> None:
        """Another profile for the channel; nothing: the default one."""
        self.redis.hset(k("channel", channel), "profile", profile)
        self.redis.sadd(ALL, channel)

    def unsubscribe(self, channel: str) -> None:
        """Send it no more."""
        self.redis.hset(k("channel", channel), "subscribed", "0")
        self.redis.sadd(ALL, channel)

    def change(self, channel: str, changes: dict[str, Any]) -> None:
        """Set some of the channel's own settings; a value of None returns to the default."""
        mine = self.get(channel).changes | changes
        kept = {name: value for name, value in mine.items() if value is not None}
        self.redis.hset(k("channel", channel), "changes", json.dumps(kept, ensure_ascii=False))
        self.redis.sadd(ALL, channel)

    def pause(self, channel: str, why: str) -> None:
        """Send nothing there until somebody subscribes again; `why`: class of the reason."""
        self.redis.hset(k("channel", channel), "paused", why)
        self.redis.sadd(ALL, channel)

    def resume(self, channel: str) -> None:
        """It takes messages again."""
        self.redis.hset(k("channel", channel), mapping={"paused": "", "strikes": 0})

    def strike(self, channel: str, why: str) -> None:
        """It refused a whole delivery for a reason that may be ours: after `STRIKES` in a row it is paused."""
        if int(self.redis.hincrby(k("channel", channel), "strikes", 1)) >= STRIKES:
            self.pause(channel, why)

    def move(self, old: str, new: str) -> None:
        """A chat has a new address: its choices go there and the old one is an alias from now on."""
        with self.redis.pipeline() as pipe:
            if self.redis.exists(k("channel", old)):
                pipe.rename(k("channel", old), k("channel", new))
            pipe.srem(ALL, old)
            pipe.sadd(ALL, new)
            pipe.hset(k("moved"), old, new)
            pipe.execute()

    def address(self, channel: str) -> str:
        """Where a channel is now."""
        moved = self.redis.hget(k("moved"), channel)
        return text(moved) if moved else channel

    def known(self) -> list[str]:
        """Channels that have chosen anything."""
        return sorted(text(m) for m in self.redis.smembers(ALL))
