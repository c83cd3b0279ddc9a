"""The schema number of the store, counted up when keys change."""

from redis import Redis

from workers.errors import BadSetting
from workers.store.server.connection import PREFIX, key, text

SCHEMA = 2
"""What this version reads and writes. 1: everything before 0.2.0, which noted no number."""

FIRST = 1

PROBE = key("doctor")
"""Written to see whether the server takes writes; it says nothing of what is stored."""

_SCAN = 1000
"""Keys looked at in one step; one step is enough to see that a store of ours is not empty."""


def stored(redis: "Redis") -> int | None:
    """The schema that the store has; None where nothing of ours is in it."""
    noted = redis.get(key("schema"))
    if noted is not None:
        return int(noted)
    found = next((name for name in redis.scan_iter(f"{PREFIX}*", count=_SCAN) if text(name) != PROBE), None)
    return None if found is None else FIRST


def check(redis: "Redis") -> int | None:
    """The schema number that the store has, as `stored`.

    BadSetting for a store that a newer version has written, whose keys we would misread.
    """
    found = stored(redis)
    if found is not None and found > SCHEMA:
        raise BadSetting(
            f"the store was written by a newer Paperboy (schema {found}; this one knows {SCHEMA}): install the newer "
            "version again, or name another store in REDIS_URL or DATA_DIR."
        )
    return found


def note(redis: "Redis") -> None:
    """Write down that the store has our schema."""
    redis.set(key("schema"), SCHEMA)
