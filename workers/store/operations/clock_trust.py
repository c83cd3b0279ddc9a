"""What the clock's doubts are kept in, and the time of Redis itself."""

import json

from redis import Redis

from workers.store.server.connection import key as k

DOUBT = k("clock", "doubt")

KEEP_S = 300
"""Seconds by the server's clock that a doubt holds which nobody repeats."""


class ClockDoubts:
    """Reads and writes them."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def server(self) -> float:
        """Redis's own time, in seconds since 1970."""
        seconds, micros = self.redis.time()
        return float(seconds) + micros / 1_000_000

    def note(self, ours: float, theirs: float) -> None:
        """A clock says `ours` and is not believed."""
        self.redis.set(DOUBT, json.dumps([ours, theirs]), ex=KEEP_S)

    def over(self) -> None:
        """It is right again."""
        self.redis.delete(DOUBT)

    def get(self) -> tuple[float, float] | None:
        """(what the clock says, what Redis says), or None where nobody doubts."""
        raw = self.redis.get(DOUBT)
        ours, theirs = json.loads(raw) if raw else (0.0, 0.0)
        return (float(ours), float(theirs)) if raw else None
