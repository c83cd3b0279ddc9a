"""What each digest chose from (`pb:day:<slot>`), kept two weeks."""

import zlib

from pydantic import ValidationError
from redis import Redis

from workers.models import Day
from workers.store.server.connection import key as k

DAY_S = 14 * 86_400
"""Seconds it is kept: as long as the ledger remembers the digest. A day of 400 papers takes about 250 kB."""

MOST_BYTES = 16 * 2**20
"""Bytes of one day when unpacked."""


class DayCandidates:
    """Reads and writes them. One that can no longer be read counts as absent."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def put(self, slot: str, day: Day) -> None:
        """Keep what the digest of a slot chose from."""
        self.redis.set(k("day", slot), zlib.compress(day.model_dump_json().encode()), ex=DAY_S)

    def get(self, slot: str) -> Day | None:
        """What it chose from, or None."""
        raw: bytes | None = self.redis.get(k("day", slot))  # type: ignore[assignment]
        try:
            return Day.model_validate_json(zlib.decompressobj().decompress(raw, MOST_BYTES)) if raw else None
        except (zlib.error, ValidationError):
            return None
