"""What a channel was shown: its digests, and papers under any name."""

from collections.abc import Iterable

from redis import Redis

from workers.models import Digest
from workers.store.channels.memory import Memory
from workers.store.server.connection import key as k
from workers.store.server.connection import text


def digests_of(redis: "Redis", channel: str) -> list[Digest]:
    """Every digest of a channel that is kept."""
    found = redis.scan_iter(k("digest", f"digest|{channel}|*"), count=1000)
    slots = sorted(text(name).removeprefix(k("digest", "")) for name in found)
    return [digest for digest in map(Memory(redis).digest, slots) if digest]


def posted(redis: "Redis", channel: str, ids: Iterable[str]) -> set[str]:
    """Those of `ids` that the channel was sent."""
    twins = Memory(redis).twins
    twins.build()
    named = twins.of_ids(ids)
    every = sorted({name for names in named.values() for name in names})
    sent = redis.smismember(k("posted", channel), every) if every else []
    had = {name for name, there in zip(every, sent, strict=True) if there}
    return {id for id, names in named.items() if names & had}
