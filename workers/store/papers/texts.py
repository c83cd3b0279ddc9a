"""Texts of papers, compressed, so that each is fetched and parsed once."""

import zlib
from typing import cast

from redis import Redis

from workers.store.server.connection import key

TEXT_TTL_S = 90 * 86_400
"""Seconds the text of a version is kept: questions come within days, a quarter of a year is plenty."""

NEWEST_TTL_S = 86_400
"""Seconds for which the version read last counts as the newest one: arXiv announces replacements once a day."""

STAND_IN_TTL_S = 6 * 3600
"""Seconds a text made from the abstract alone is kept: HTML of a new paper may come within the day."""

MAX_JSON_BYTES = 16 * 2**20
"""Decompressed bytes of a text; the reader's own limits stay below."""


class Texts:
    """Keeps and gives JSON; what no longer decompresses counts as absent."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def put(self, ref: str, text: str, ttl_s: int = TEXT_TTL_S) -> None:
        """Keep `text` (JSON) under `ref`, an id with version, for `ttl_s` seconds."""
        self.redis.set(key("text", ref), zlib.compress(text.encode()), ex=ttl_s)

    def get(self, ref: str) -> str | None:
        """The JSON kept under `ref`, or None."""
        raw = cast("bytes | None", self.redis.get(key("text", ref)))
        if not raw:
            return None
        try:
            unpack = zlib.decompressobj()
            data = unpack.decompress(raw, MAX_JSON_BYTES)
            return data.decode() if unpack.eof else None
        except (zlib.error, UnicodeDecodeError):
            return None

    def put_newest(self, base: str, ref: str, ttl_s: int = NEWEST_TTL_S) -> None:
        """Remember that paper `base`, asked for without version, was `ref`."""
        self.redis.set(key("text-newest", base), ref, ex=ttl_s)

    def newest(self, base: str) -> str | None:
        """Under which `ref` paper `base` was kept in the last NEWEST_TTL_S, or None."""
        raw = cast("bytes | None", self.redis.get(key("text-newest", base)))
        return raw.decode() if raw else None
