"""Checks Redis: it answers, takes writes, keeps them, evicts nothing."""

from collections.abc import Iterator

from redis import Redis
from redis.exceptions import RedisError

from workers import VERSION
from workers.errors import BadSetting
from workers.operations.doctor.findings import Finding, State
from workers.settings import Settings
from workers.store.schema import SCHEMA, check
from workers.store.server.embedded import OLDEST_SERVER
from workers.store.server.faults import fault
from workers.store.server.info import ServerInfo, look

PART = "Redis"

FULL = 0.9
"""Share of `maxmemory` from which it is nearly full."""

SLOW_MS = 50.0
"""Milliseconds for a PING from which the server is far away: every step of a delivery waits for one answer."""

MB = 2**20


def redis(settings: Settings, client: "Redis") -> Iterator[Finding]:
    """Every finding about the server behind `client`."""
    own = not settings.redis_url.get_secret_value()
    name = "embedded" if own else "REDIS_URL"
    try:
        vitals = look(client)
    except RedisError as error:
        yield refused(error, name)
        return
    yield _server(vitals, name)
    yield _writes(vitals)
    yield _durable(vitals)
    yield _eviction(vitals)
    if not vitals.kind.fault():
        yield _schema(client)


def _schema(client: "Redis") -> Finding:
    try:
        found = check(client)
    except BadSetting as error:
        return Finding(PART, "schema", "fail", str(error).partition(":")[0], str(error).partition(": ")[2])
    except RedisError as error:
        return Finding(PART, "schema", "unknown", f"cannot be read ({type(error).__name__})")
    if found in (None, SCHEMA):
        return Finding(PART, "schema", "ok", f"{found or SCHEMA}, that of Paperboy {VERSION}")
    return Finding(PART, "schema", "ok", f"{found}, of an older Paperboy; `up` backs it up and makes it {SCHEMA}")


def refused(error: Exception, name: str = "REDIS_URL") -> Finding:
    """Why a server cannot be asked."""
    wrong = fault(error)
    return Finding(PART, name, "fail", wrong.said, wrong.todo)


def _server(vitals: ServerInfo, name: str) -> Finding:
    numbers = vitals.version.split(".")[:2]
    said = f"{vitals.server} {vitals.version}, answers in {vitals.answer_ms:.1f} ms"
    if all(n.isdigit() for n in numbers) and tuple(map(int, numbers)) < OLDEST_SERVER:
        return Finding(PART, name, "fail", said, "use 6.2 or newer, or leave REDIS_URL empty.")
    if vitals.answer_ms > SLOW_MS:
        return Finding(PART, name, "warn", said, "use a server on the same machine or network: each step waits for it.")
    return Finding(PART, name, "ok", said)


def _writes(vitals: ServerInfo) -> Finding:
    wrong = vitals.kind.fault() or vitals.refused
    if wrong:
        return Finding(PART, "writes", "fail", wrong.said, wrong.todo)
    used = f"{vitals.used_bytes / MB:.0f} MB used"
    if not vitals.most_bytes:
        return Finding(PART, "writes", "ok", f"takes writes, {used}, no limit")
    said = f"takes writes, {used} of {vitals.most_bytes / MB:.0f} MB"
    if vitals.used_bytes > FULL * vitals.most_bytes:
        return Finding(PART, "writes", "warn", said, "raise maxmemory: a full server refuses every write.")
    return Finding(PART, "writes", "ok", said)


def _durable(vitals: ServerInfo) -> Finding:
    if vitals.failing:
        said = f"the last write of the {' and the '.join(vitals.failing)} failed"
        return Finding(PART, "durability", "fail", said, "see the server's log: its disk may be full.")
    if vitals.aof:
        fsync = f", written to disk {vitals.fsync}" if vitals.fsync else ""
        if vitals.fsync == "no":
            todo = "set appendfsync always (or everysec): a crash of the machine may lose half a minute."
            return Finding(PART, "durability", "warn", "append-only file, written when the system likes", todo)
        return Finding(PART, "durability", "ok", f"append-only file{fsync}")
    if vitals.aof is None:
        return Finding(PART, "durability", "unknown", "the server does not tell whether it keeps an append-only file")
    todo = "set appendonly yes: after a crash the bot may post again what it forgot."
    if vitals.rdb or vitals.rdb is None:
        return Finding(PART, "durability", "warn", "snapshots only: minutes are lost in a crash", todo)
    return Finding(PART, "durability", "warn", "keeps nothing: all is forgotten when the server restarts", todo)


def _eviction(vitals: ServerInfo) -> Finding:
    if vitals.policy is None:
        return Finding(PART, "eviction", "unknown", "the server does not tell its maxmemory-policy")
    if vitals.policy == "noeviction":
        return Finding(PART, "eviction", "ok", "noeviction: nothing is thrown away")
    todo = "set maxmemory-policy noeviction: it would throw away what we must remember."
    state: State = "fail" if vitals.most_bytes else "warn"
    return Finding(PART, "eviction", state, f"maxmemory-policy is {vitals.policy}", todo)
