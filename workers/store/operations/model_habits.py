"""Which model servers put reasoning into answers, learned from answers.

Key `model:habits:<hash of address and model>`: `clean`, answers in a row without thoughts; `thinks`, 1 after one with.
"""

import hashlib

from redis import Redis

from workers.store.server.connection import key, text

KEEP_S = 30 * 86_400
"""Seconds since the last answer that a habit is believed: servers are updated, and models exchanged under a name."""

CLEAN_MIN = 3
"""Answers without a thought after which a server is believed to send none."""


class ModelHabits:
    """Reads and writes them (see `thoughts.Habits`)."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def showable(self, url: str, model: str) -> bool:
        """True where the text may be shown while it grows."""
        clean, thinks = self.redis.hmget(_name(url, model), ["clean", "thinks"])
        return not thinks and int(text(clean) if clean else 0) >= CLEAN_MIN

    def saw(self, url: str, model: str, *, thoughts: bool) -> None:
        """One whole answer more."""
        name = _name(url, model)
        with self.redis.pipeline() as pipe:
            if thoughts:
                pipe.hset(name, mapping={"clean": 0, "thinks": 1})
            else:
                pipe.hincrby(name, "clean", 1)
            pipe.expire(name, KEEP_S)
            pipe.execute()


def _name(url: str, model: str) -> str:
    return key("model", "habits", hashlib.sha256(f"{url} {model}".encode()).hexdigest()[:16])
