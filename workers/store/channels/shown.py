"""Which papers a channel was shown, under any name."""

from collections.abc import Iterable

from redis import Redis

from workers.store.channels.memory import Memory
from workers.store.server.connection import key as k


def posted(redis: "Redis", channel: str, ids: Iterable[str]) -> set[str]:
    """Those of `ids` that the channel was sent."""
    twins = Memory(redis).twins
    twins.build()
    named = twins.of_ids(ids)
    every = sorted({name for names in named.values() for name in names})
    sent = redis.smismember(k("posted", channel), every) if every else []
    had = {name for name, there in zip(every, sent, strict=True) if there}
    return {id for id, names in named.items() if names & had}
