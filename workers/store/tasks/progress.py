"""Tells how far a task is: a message a step, only the latest kept."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from redis import Redis

from workers.store.server.connection import key as k

KEEP_S = 3600
"""Seconds the latest step is kept for a watcher that comes late."""


@dataclass(frozen=True)
class Step:
    """One step of a task: `done` of `total` in `stage`.

    Stages: fetch, score, write, post. `total` 0: it is not known.
    """

    stage: str
    done: int = 0
    total: int = 0


class Progress:
    """Tells and watches steps of one task."""

    def __init__(self, redis: "Redis", task: str) -> None:
        self.redis, self.name = redis, k("progress", task)

    def tell(self, step: Step) -> None:
        """Say where we are."""
        raw = json.dumps(asdict(step))
        self.redis.set(self.name, raw, ex=KEEP_S)
        self.redis.publish(self.name, raw)

    def watch(self, wait: float) -> Iterator[Step | None]:
        """Steps as they come; None whenever `wait` seconds pass without one.

        Ends only with the caller.
        """
        with self.redis.pubsub(ignore_subscribe_messages=True) as pubsub:  # type: ignore[no-untyped-call]
            pubsub.subscribe(self.name)
            last = self.redis.get(self.name)
            if last:
                yield Step(**json.loads(last))
            while True:
                message = pubsub.get_message(timeout=wait)
                yield Step(**json.loads(message["data"])) if message else None
