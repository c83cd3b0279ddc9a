"""Deliveries that wait for a channel or the operator; nothing is given up.

`pb:held` is a sorted set of them by the time since when; what each waits for stands in its own hash.
"""

from redis import Redis

from workers.store.delivery.outbox_rows import HEAD, Head, head_of
from workers.store.server.connection import key as k
from workers.store.server.connection import text

HELD = k("held")

FIELDS = ("held", "why", "since", "looks")


class HeldDeliveries:
    """Reads and writes who waits. Times are seconds since 1970 and always arguments."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def hold(self, delivery: str, what: str, why: str, now: float) -> int:
        """Let a delivery wait; how often it was tried since it waits.

        `what` it waits for (`place`, `operator`), and `why` it was refused.
        """
        name = k("delivery", delivery)
        with self.redis.pipeline() as pipe:
            pipe.hset(name, mapping={"held": what, "why": why})
            pipe.hsetnx(name, "since", now)
            pipe.hincrby(name, "looks", 1)
            pipe.zadd(HELD, {delivery: now}, nx=True)
            return int(pipe.execute()[2])

    def release(self, delivery: str) -> bool:
        """It goes on, or has ended; False if it did not wait."""
        if not self.redis.zrem(HELD, delivery):
            return False
        self.redis.hdel(k("delivery", delivery), *FIELDS)
        return True

    def all(self) -> dict[str, Head]:
        """Every delivery that waits, the longest first."""
        names = [text(member) for member in self.redis.zrange(HELD, 0, -1)]
        with self.redis.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hmget(k("delivery", name), *HEAD)
            raw = pipe.execute()
        return {name: head for name, fields in zip(names, raw, strict=True) if (head := head_of(fields))}

    def at(self, channel: str) -> dict[str, Head]:
        """Those that wait for this channel; for a chat without topic, for any of its."""
        return {
            name: head
            for name, head in self.all().items()
            if head.channel == channel or head.channel.startswith(f"{channel}/")
        }
