"""What a Redis server says of itself, and if it takes writes. For `doctor`."""

import time
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from workers.store.server.connection import Demoted, key, text
from workers.store.server.faults import CLUSTER, REPLICA, SENTINEL, Fault, fault

PROBE_S = 60
"""Seconds until the record that `doctor` writes to see whether it can is gone by itself."""


@dataclass(frozen=True)
class Kind:
    """What a server calls itself."""

    version: str
    mode: str
    """standalone, cluster or sentinel."""
    role: str

    def fault(self) -> Fault | None:
        """Why we cannot work with a server of this kind, if we cannot."""
        if self.mode in ("cluster", "sentinel"):
            return CLUSTER if self.mode == "cluster" else SENTINEL
        return REPLICA if self.role == "slave" else None

    def too_old(self, oldest: tuple[int, int]) -> bool:
        """True for one that lacks commands that we need."""
        return not self.version[0].isdigit() or tuple(int(x) for x in self.version.split(".")[:2]) < oldest


@dataclass(frozen=True)
class ServerInfo:
    """What matters of a server; None: it does not tell (a hosted server may hide it)."""

    version: str
    server: str
    """`redis` or `valkey`."""
    kind: Kind
    refused: Fault | None
    """Why a write is refused."""
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


def kind(client: "Redis") -> Kind:
    """Which server it is. RedisError where it does not answer."""
    try:
        info = {**client.info("server"), **client.info("replication")}
    except ResponseError as error:
        words = str(error).lower()
        if "unknown command" not in words or "sentinel" in words:
            raise
        return Kind("older than 6", "standalone", "master")  # HELLO came with 6.0
    mode = str(info.get("redis_mode") or info.get("server_mode"))  # Redis's name and Valkey's
    return Kind(str(info["redis_version"]), mode, str(info.get("role", "master")))


def try_out(client: "Redis") -> None:
    """Run each kind of command that we need, once.

    RedisError says what is refused: a right, a write.
    """
    with client.pipeline(transaction=True) as pipe:
        pipe.set(key("doctor"), "1", ex=PROBE_S)
        pipe.eval("return redis.call('GET', KEYS[1])", 1, key("doctor"))
        pipe.set("rq:paperboy", "1", ex=PROBE_S)
        pipe.publish("rq:pubsub:paperboy", "")
        pipe.execute()


def look(client: "Redis") -> ServerInfo:
    """Ask the server for its vitals; RedisError where it does not answer.

    A write that is refused is in the answer.
    """
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
    return ServerInfo(
        version=str(info.get("valkey_version") or info.get("redis_version", "unknown")),
        server="valkey" if "valkey_version" in info else "redis",
        kind=kind(client),
        refused=_refused(client),
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


def _refused(client: "Redis") -> Fault | None:
    try:
        try_out(client)
    except (ResponseError, Demoted) as error:
        return fault(error)
    return None
