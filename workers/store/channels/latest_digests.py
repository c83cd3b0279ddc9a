"""Keeps a short record of each digest, and reads those of many channels' latest.

`pb:latest:<slot>` is written with every digest. Where it is missing (an older version made the digest, or a backup
brought it), it is made from the digest once.
"""

from collections.abc import Sequence
from typing import Any

from redis import Redis

from workers.models import Digest
from workers.models.latest import Latest, latest_of
from workers.store.server.connection import key as k
from workers.store.server.connection import pages, text

KEEP_S = 40 * 86_400
"""Seconds that a record is kept: longer than a month, after which most channels have had another digest."""

WHOLE_AT_ONCE = 20
"""Whole digests read in one round trip where the short records are missing: about 1 MB."""


def put_latest(pipe: Any, slot: str, digest: Digest) -> None:
    """Write the short record of a digest, in the transaction that writes it."""
    pipe.set(k("latest", slot), latest_of(slot, digest).model_dump_json(exclude_defaults=True), ex=KEEP_S)


def latest(redis: "Redis", channels: Sequence[str]) -> dict[str, Latest]:
    """Channel -> its latest digest, of those that have had one.

    Two round trips for each page of channels.
    """
    found: dict[str, Latest] = {}
    for some in pages(channels):
        slots = redis.mget([k("last", channel) for channel in some])
        known = {channel: text(slot) for channel, slot in zip(some, slots, strict=True) if slot}
        kept = redis.mget([k("latest", slot) for slot in known.values()]) if known else []
        short = {slot: raw for slot, raw in zip(known.values(), kept, strict=True) if raw}
        made = _make(redis, [slot for slot in known.values() if slot not in short])
        for channel, slot in known.items():
            if slot in short:
                found[channel] = Latest.model_validate_json(short[slot])
            elif slot in made:
                found[channel] = made[slot]
    return found


def _make(redis: "Redis", slots: Sequence[str]) -> dict[str, Latest]:
    """Make the missing records from the whole digests, and keep them."""
    found: dict[str, Latest] = {}
    for some in pages(slots, WHOLE_AT_ONCE):
        whole = redis.mget([k("digest", slot) for slot in some])
        with redis.pipeline(transaction=False) as pipe:
            for slot, raw in zip(some, whole, strict=True):
                if raw:
                    digest = Digest.model_validate_json(raw)
                    found[slot] = latest_of(slot, digest)
                    put_latest(pipe, slot, digest)
            pipe.execute()
    return found
