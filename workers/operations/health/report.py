"""`/healthz`: what runs, what waits, and whether needed parts are well."""

import time
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job

from workers import VERSION
from workers.queueing.dispatcher import living
from workers.queueing.kinds import QUEUES
from workers.settings import Settings
from workers.store.delivery.outbox import Outbox
from workers.store.operations.heartbeats import Heartbeats
from workers.store.server.connection import key as k
from workers.store.tasks.ledger import Ledger

PARTS = ("clock", *QUEUES, "slack", "telegram")
"""What somebody may rely on: the clock, a worker for each queue, the listeners. Redis always."""

PROBE_S = 60
"""Seconds until the record is gone with which we see whether the server takes writes."""

QUOTED = 120
"""Characters of the server's own words that are shown."""

STUCK_S = 3600.0
"""Seconds after which a job that waits means that nobody takes it: twice the longest time a job may run."""


def configured(settings: Settings) -> frozenset[str]:
    """The parts that `up` runs with these settings."""
    named = {
        "slack": bool(settings.slack_bot_token.get_secret_value()),
        "telegram": bool(settings.telegram_bot_token.get_secret_value()),
    }
    return frozenset(part for part in PARTS if named.get(part, True))


def collect(redis: "Redis", settings: Settings, parts: frozenset[str]) -> dict[str, Any]:
    """Return the health report, JSON-able. RedisError if Redis is away.

    `ok` is false, and `reasons` say why, where one of `parts` is not well.
    """
    started = time.perf_counter()
    redis.ping()
    answer_ms = (time.perf_counter() - started) * 1000
    refusal = unwritable(redis)
    beats = {name: Heartbeats(redis).get(name) for name in ("clock", "slack", "telegram")}
    queues = {name: queue(redis, name) for name in QUEUES}
    reasons = [f"Redis takes no writes: {refusal}"] if refusal else []
    reasons += [f"no sign of life of {part}" for part in PARTS if part in parts and part in beats and not beats[part]]
    reasons += [f"{b.name} is not connected" for b in beats.values() if b and not b.well and b.name in parts]
    reasons += [f"no worker for {name}" for name, found in queues.items() if name in parts and not found["workers"]]
    waits = max((found["oldest_s"] for found in queues.values()), default=0.0)
    if waits > STUCK_S and parts & set(QUEUES):
        reasons.append(f"a job has waited for {waits:.0f} s")
    wanted = configured(settings)
    listeners = {
        name: {"ok": bool(beat and beat.well), "how": beat.how if beat else None, "age_s": _age(beat)}
        for name, beat in beats.items()
        if name != "clock" and name in wanted
    }
    return {
        "ok": not reasons,
        "reasons": reasons,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": version(),
        "redis": {"ok": not refusal, "ms": round(answer_ms, 2)},
        "clock": {"ok": beats["clock"] is not None, "age_s": _age(beats["clock"])},
        "listeners": listeners,
        "workers": {name: found["workers"] for name, found in queues.items()},
        "queues": {name: found["waiting"] for name, found in queues.items()},
        "oldest_job_s": waits,
        "trouble": trouble(redis),
    }


def unwritable(redis: "Redis") -> str:
    """Return what the server says to a write of ours, or "" where it takes it.

    A full one still answers to PING.
    """
    try:
        redis.set(k("healthz"), "1", ex=PROBE_S)
    except ResponseError as error:
        return str(error)[:QUOTED]
    return ""


def away(reason: str) -> dict[str, Any]:
    """The report where the store cannot be asked."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return {"ok": False, "reasons": [reason], "at": at, "version": version(), "redis": {"ok": False}}


def queue(redis: "Redis", name: str) -> dict[str, Any]:
    """Count a queue's jobs that wait and failed, and its living workers.

    Also how long the first job has waited, in seconds.
    """
    one = Queue(name, connection=redis, serializer="json")
    return {
        "waiting": one.count,
        "failed": one.failed_job_registry.count,
        "workers": living(redis, name),
        "oldest_s": round(_waited(one), 1),
    }


def trouble(redis: "Redis") -> dict[str, int]:
    """Messages that are uncertain or dead, and tasks that were parked."""
    states = [row.state for row in Outbox(redis).trouble()]
    counts = {state: states.count(state) for state in ("uncertain", "dead")}
    return {**counts, "parked": len(Ledger(redis).dead())}


def version() -> str:
    """The version that runs."""
    return VERSION


def _waited(one: Queue) -> float:
    first = one.get_job_ids(0, 1)
    try:
        since = Job.fetch(first[0], connection=one.connection, serializer="json").enqueued_at if first else None
    except NoSuchJobError:
        return 0.0
    if since is None:
        return 0.0
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    return max(0.0, (datetime.now(UTC) - since).total_seconds())


def _age(beat: Any) -> float | None:
    return round(beat.age_s, 1) if beat else None
