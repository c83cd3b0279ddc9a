"""How a Redis server is: what it says of itself, and whether a write is taken. For `doctor`."""

import time
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from workers.store.redis import Demoted, key, text

PROBE_S = 60
"""Seconds until the record that `doctor` writes to see whether it can is gone by itself."""


@dataclass(frozen=True)
class Vitals:
    """What matters of a server; None: it does not tell (a hosted server may hide it)."""

    version: str
    server: str
    """`redis` or `valkey`."""
    role: str
    """`master`, or `slave` for a replica, which takes no writes."""
    cluster: bool
    writable: bool
    answer_ms: float
    aof: bool | None
    fsync: str | None
    """always, everysec or no."""
    rdb: bool | None
    """True where snapshots are configured."""
    failing: tuple[str, ...]
    """Kinds of persistence whose last write failed."""
    policy: str | None
    used_bytes: int
    most_bytes: int
    """0: no limit."""


def look(client: "Redis") -> Vitals:
    """Ask the server. RedisError where it does not answer; a write that is refused is in the answer."""
    info: dict[str, Any] = {}
    for section in ("server", "replication", "cluster", "persistence", "memory"):
        info |= client.info(section)
    at = time.perf_counter()
    client.ping()
    answer_ms = (time.perf_counter() - at) * 1000
    fsync, save = _config(client, "appendfsync"), _config(client, "save")
    aof = info.get("aof_enabled")
    failing = [
        name
        for name, field in (("append-only file", "aof_last_write_status"), ("snapshot", "rdb_last_bgsave_status"))
        if info.get(field, "ok") != "ok"
    ]
    return Vitals(
        version=str(info.get("valkey_version") or info.get("redis_version", "unknown")),
        server="valkey" if "valkey_version" in info else "redis",
        role=str(info.get("role", "master")),
        cluster=bool(info.get("cluster_enabled")),
        writable=_writable(client),
        answer_ms=answer_ms,
        aof=None if aof is None else bool(aof),
        fsync=fsync,
        rdb=None if save is None else bool(save.strip()),
        failing=tuple(failing),
        policy=info.get("maxmemory_policy") or _config(client, "maxmemory-policy"),
        used_bytes=int(info.get("used_memory", 0)),
        most_bytes=int(info.get("maxmemory", 0)),
    )


def _config(client: "Redis", name: str) -> str | None:
    try:
        found = {text(n): text(v) for n, v in client.config_get(name).items()}
    except ResponseError:
        return None
    return found.get(name)


def _writable(client: "Redis") -> bool:
    try:
        return bool(client.set(key("doctor"), "1", ex=PROBE_S))
    except (ResponseError, Demoted):
        return False
