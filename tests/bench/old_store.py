"""What people and Prometheus wait for, in a store of two years.

The server itself writes the keys, in the shapes that the store gives them: 1,000 channels, 200,000 papers, and 1.5
million rows of the outbox (which keeps 90 days); beside it a store with a tenth of the papers and rows. Only the latest
digest of a channel is whole: older ones are there by name alone, which makes no difference to time.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from redis import Redis

from tests.bench.figures import Figure, Report
from tests.bench.scale import ASKED, house
from tests.rendering import digest, pick
from workers.console.mcp_tools import MemoryTools
from workers.intake import Intake
from workers.models.library import LibraryEntry
from workers.operations import status
from workers.operations.health import metrics
from workers.processes.scheduler import Scheduler
from workers.store.channels.memory import DIGEST_S, Memory
from workers.store.delivery.outbox import KEEP_S
from workers.store.library.index import Library
from workers.store.server.connection import key

CHANNELS, PAPERS, ROWS, DIGESTS = 1_000, 200_000, 1_500_000, 400_000
TENTH = 0.1

LIMIT = 1.2
"""Most that anything may take in the whole store, over what it takes in a tenth of it."""

ENTRIES = 200
"""Papers in the memory of the channel that is looked through."""

MESSAGE, RECORD, DIVE = "m" * 300, "r" * 1_200, "A sentence of a deep dive. " * 1_500
"""Texts of a message and of a paper's record (real messages have up to 3,000 characters), and of a digest: 40 kB."""

AT_ONCE = 5_000
"""Keys that one script writes."""

WRITES = {
    "paper": "redis.call('SET', KEYS[1] .. ':26' .. n, ARGV[3])",
    "digest": f"redis.call('SET', KEYS[1] .. ':digest|slack:C' .. n % 1000 .. '|day ' .. n, '{{}}', 'EX', {DIGEST_S})",
    "part": (
        "local name = KEYS[1] .. ':digest|slack:C' .. n % 1000 .. '|day ' .. n .. ':pick:1' "
        "redis.call('HSET', name, 'parent', 'quick', 'payload', ARGV[3], 'about', 'null', 'state', 'sent', 'fence', 1, "
        f"'msg', '1700000000.000100', 'rev', 1, 'at', 1700000000) redis.call('EXPIRE', name, {KEEP_S})"
    ),
}
"""Family of keys -> what writes the `n`th of it."""


def measure(_runs: int) -> Report:
    """Ask the same of a tenth of the store and of all of it."""
    report = Report(
        "old-store",
        f"a store of two years: {CHANNELS:,} channels, {PAPERS:,} papers, {ROWS:,} rows of the outbox",
        "python -m tests.bench old-store",
        f"the same with {TENTH:.0%} of the papers, digests and rows",
    )
    small, large = one(TENTH), one(1.0)
    for name, value in large.items():
        limit = None if name == "Redis" else LIMIT
        report.figures.append(Figure(name, value, "MB" if name == "Redis" else "ms", small[name], limit=limit))
    report.notes.append(f"milliseconds of the processor, of the asking process and the server, the least of {ASKED}")
    return report


def one(share: float) -> dict[str, float]:
    """Each figure of one size of the store.

    Milliseconds of the processor, the least of `ASKED`; megabytes of Redis.
    """
    with house(CHANNELS) as (redis, settings, names):
        redis.config_set("appendonly", "no")  # what is measured is reading
        _fill(redis, share)
        _latest(redis, names)
        scheduler, intake = Scheduler(redis, settings), Intake(redis, settings, time.time)
        scheduler.tick()
        w, agent = intake.words(names[0]), MemoryTools(settings, (names[0],))
        return {
            "status": _cost(redis, lambda: status.collect(settings)),
            "/metrics": _cost(redis, lambda: metrics.exposition(redis, settings)),
            "/digest status": _cost(redis, lambda: intake.status(channel=names[0])),
            "find in a channel": _cost(redis, lambda: intake.finding.command("mirror", names[0], w)),
            "the latest digest, for an agent": _cost(redis, lambda: agent.digest("", "")),
            "a tick of the clock": _cost(redis, scheduler.tick),
            "Redis": int(redis.info("memory")["used_memory"]) / 2**20,
        }


def _fill(redis: "Redis", share: float) -> None:
    """Papers, digests and rows of the outbox that nobody asks for any more."""
    many = {"paper": (PAPERS, RECORD), "digest": (DIGESTS, ""), "part": (ROWS, MESSAGE)}
    for family, write in WRITES.items():
        script = redis.register_script(f"for n = ARGV[1], ARGV[2] do {write} end")
        count, text = many[family]
        for first in range(0, int(count * share), AT_ONCE):
            script(keys=[key(family)], args=[first, first + AT_ONCE - 1, text])


def _latest(redis: "Redis", names: list[str]) -> None:
    """Give each channel a digest of yesterday, and one of them a memory."""
    day = datetime.now(UTC).date() - timedelta(days=1)
    memory, library = Memory(redis), Library(redis)
    for name in names:
        slot = f"digest|{name}|{day.isoformat()}"
        memory.replace(slot, digest(pick(DIVE), language="en", channel=name, date=day, made=datetime.now(UTC)))
        redis.set(key("last", name), slot)
        redis.sadd(key("had"), name)
    for n in range(ENTRIES):
        entry = LibraryEntry(
            kind="paper", paper=f"2601.{n:05}", title=f"Mirror optics, part {n}", date=date(2026, 1, 24)
        )
        library.add(names[0], entry)


def _cost(redis: "Redis", ask: Callable[[], object]) -> float:
    took = []
    for _ in range(ASKED):
        before = _processor(redis)
        ask()
        took.append((_processor(redis) - before) * 1e3)
    return min(took)


def _processor(redis: "Redis") -> float:
    """Seconds of the processor that this process and the server have had."""
    server = redis.info("cpu")
    return time.process_time() + server["used_cpu_user"] + server["used_cpu_sys"]
