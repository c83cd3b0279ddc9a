"""Reads what lists of channels tell of each one's latest digest."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from redis import Redis

from workers.store.server.connection import key as k
from workers.store.server.connection import text

AT_ONCE = 50
"""Digests read in one round trip: about 2 MB, so that nobody else waits long for the server."""


@dataclass(frozen=True)
class Latest:
    """The latest digest of a channel, without its texts."""

    channel: str
    profile: str
    made: datetime | None
    picks: int


def latest(redis: "Redis", channels: Sequence[str]) -> Iterator[Latest]:
    """The latest digest of each channel that has had one.

    Two round trips for each `AT_ONCE` channels.
    """
    for start in range(0, len(channels), AT_ONCE):
        some = channels[start : start + AT_ONCE]
        slots = redis.mget([k("last", channel) for channel in some])
        known = [(channel, k("digest", text(slot))) for channel, slot in zip(some, slots, strict=True) if slot]
        digests = redis.mget([key for _, key in known]) if known else []
        for (channel, _), raw in zip(known, digests, strict=True):
            if raw:  # read as JSON only: to check a whole digest takes ten times as long
                about = json.loads(raw)
                made = about.get("made")
                yield Latest(channel, about["profile"], made and datetime.fromisoformat(made), len(about["picks"]))
