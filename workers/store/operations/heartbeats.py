"""Heartbeats: each long-running process says that it runs.

A key `pb:beat:<name>` that expires by the server's clock, so the machines' own do not matter.
"""

import json
from dataclasses import dataclass

from redis import Redis

from workers.store.server.connection import key, text

EVERY_S = 10.0
"""Seconds between two signs of life of a process."""

SILENT_S = 60
"""Seconds without one after which a process counts as gone: a busy machine may miss a few."""


@dataclass(frozen=True)
class Heartbeat:
    """The latest sign of life."""

    name: str
    """`clock`, `slack` or `telegram`."""
    well: bool
    """False where the process is there, but not connected to what it listens to."""
    how: str
    """Socket Mode, HTTP, polling, webhook."""
    age_s: float
    """Seconds since."""


class Heartbeats:
    """Gives and reads signs of life."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def beat(self, name: str, *, well: bool = True, how: str = "") -> None:
        """Say that `name` is there."""
        self.redis.set(key("beat", name), json.dumps({"well": well, "how": how}), ex=SILENT_S)

    def stop(self, name: str) -> None:
        """Say that it ends, so that nobody waits for the silence."""
        self.redis.delete(key("beat", name))

    def get(self, name: str) -> Heartbeat | None:
        """The latest one, or None after SILENT_S without."""
        with self.redis.pipeline(transaction=False) as pipe:
            pipe.get(key("beat", name))
            pipe.pttl(key("beat", name))
            raw, left = pipe.execute()
        if not raw:
            return None
        said = json.loads(text(raw))
        return Heartbeat(name, bool(said.get("well")), str(said.get("how", "")), max(0.0, SILENT_S - left / 1000))
