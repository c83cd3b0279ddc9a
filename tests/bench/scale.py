"""What a channel costs as there are more of them.

The clock, a digest, `status`, `/metrics`, memory in Redis. One process plays all machines: what counts here is work and
not waiting. Each size has an embedded server of its own. The model and the papers' full texts are left out: they are
bought and read once for all channels of a profile.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from redis import Redis

from prompts import profile as prompts_profile
from tests.bench.figures import Figure, Report
from tests.bench.house import settled
from workers.channels.recipients import target
from workers.digest.make import DigestMaker, DigestParameters
from workers.digest.messages import parts_of
from workers.models import Digest
from workers.operations import status
from workers.operations.health import metrics
from workers.processes.scheduler import Scheduler
from workers.settings import Settings
from workers.store.channels.latest_digests import put_latest
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import Outbox
from workers.store.server.connection import key
from workers.store.session import store
from workers.store.tasks.ledger import Ledger

SMALL, CHANNELS, PROFILES = 20, 500, 50
"""Channels of the size that others are compared with, of the largest (an option), and profiles among them."""

LIMIT = 1.2
"""Most that a channel may cost among many, over what it costs among `SMALL`."""

MADE = 10
"""Digests that are made at each size, whose mean counts: the first of the due ones."""

ASKED = 10
"""Times that `status` and `/metrics` are asked; the slowest counts."""

DAYS = 365
PAPERS = 15
"""Papers that a channel is shown in a day's digest as candidates, in the sample day."""

LEASE_S = 600.0

CHANNEL = "slack:C{:07}"


def measure(_runs: int, channels: int = CHANNELS) -> Report:
    """One run of each size."""
    sizes = sorted({SMALL, max(SMALL, channels // 10), channels})
    report = Report(
        "scale",
        f"{', '.join(f'{n:,}' for n in sizes)} channels with {PROFILES} profiles, all due at one minute",
        f"python -m tests.bench scale --channels {channels}",
        f"the same for a channel among {SMALL}",
    )
    found = {n: one_size(n) for n in sizes}
    for name, unit in (("clock", "ms"), ("digest", "ms"), ("cost", "ms"), ("memory", "MB")):
        for n in sizes:
            limit = LIMIT if name == "cost" and n > SMALL else None
            floor = found[SMALL][name] if n > SMALL else None
            report.figures.append(Figure(f"{TITLES[name]}, of {n:,}", found[n][name], unit, floor, limit=limit))
    for name in ("status", "/metrics"):
        for n in sizes:
            report.figures.append(Figure(f"{name}, slowest of {ASKED}, with {n:,}", found[n][name], "ms"))
    report.notes.append(
        f"clock and digest: milliseconds of this process's processor, the mean of {MADE} digests; load average "
        f"{os.getloadavg()[0]:.1f}"
    )
    return report


TITLES = {
    "clock": "opening and handing out, a channel",
    "digest": "making and committing, a channel",
    "cost": "both, a channel",
    "memory": "Redis, a channel and year",
}


def one_size(channels: int) -> dict[str, float]:
    """Every figure of one number of channels."""
    with house(channels) as (redis, settings, names):
        due = datetime.now(UTC)
        scheduler = Scheduler(redis, settings, clock=lambda: due.timestamp())
        scheduler.tick()
        due = (due + timedelta(days=1)).replace(hour=8, minute=0, second=30)
        clock = _cpu(scheduler.tick) / channels
        maker = DigestMaker(redis, settings)
        slots = [target(settings, name, Channels(redis).get(name)) for name in names]
        orders = [(g.slot(due.date()), DigestParameters(g.channel, g.profile, due.date(), sample=True)) for g in slots]
        make = [_cpu(partial(_make, redis, maker, slot, order)) for slot, order in orders[:MADE]]
        made = maker.memory.digest(orders[0][0])
        assert made
        before = _memory(redis)
        _fill(redis, settings, orders[MADE:], made)
        grown = (_memory(redis) - before) / max(1, channels - MADE)
        digest = sum(make[1:]) / (len(make) - 1)
        return {
            "clock": clock * 1e3,
            "digest": digest * 1e3,
            "cost": (clock + digest) * 1e3,
            "memory": grown * DAYS / 2**20 if channels > MADE else 0.0,
            "status": _slowest(lambda: status.collect(settings)),
            "/metrics": _slowest(lambda: metrics.exposition(redis, settings)),
        }


@contextmanager
def house(channels: int) -> Iterator[tuple["Redis", Settings, list[str]]]:
    """A server, settings, and `channels` subscribed channels.

    They share `PROFILES` profiles.
    """
    nowhere = dict.fromkeys(("HF_ENDPOINT", "ARXIV_API_URL", "ARXIV_FEED_URL", "ARXIV_URL"), "http://127.0.0.1:9")
    ours = {"SLACK_BOT_TOKEN": "xoxb-1", "DIGEST_TIMEZONE": "UTC", "DIGEST_PROFILE": "cv-daily-en"}
    with settled(nowhere | ours) as settings:
        folder = Path("profiles")
        folder.mkdir()
        shipped = (prompts_profile.SHIPPED / "cv-daily-en.toml").read_text(encoding="utf-8")
        for n in range(PROFILES):
            (folder / f"team-{n}.toml").write_text(shipped, encoding="utf-8")
        prompts_profile.use(folder)
        with store(settings) as redis:
            names = [CHANNEL.format(n) for n in range(channels)]
            for n, name in enumerate(names):
                Channels(redis).subscribe(name, f"team-{n % PROFILES}")
            yield redis, settings, names


def _make(redis: "Redis", maker: DigestMaker, slot: str, order: DigestParameters) -> None:
    """Make one digest as its job does, but for the messages' way out."""
    ledger, now = Ledger(redis), time.time()
    attempt = ledger.take(slot, now + DAYS * 86400.0, LEASE_S)
    assert attempt and ledger.start(slot, attempt, now + DAYS * 86400.0), f"{slot} is not due"
    assert maker.make(slot, attempt, order), f"{slot} was taken over"
    ledger.end(slot, attempt, now)


def _fill(redis: "Redis", settings: Settings, orders: list[tuple[str, DigestParameters]], made: Digest) -> None:
    """Store the same digest for each of `orders` and put its messages in the outbox.

    The papers that these channels have seen have names of their own.
    """
    outbox = Outbox(redis)
    for slot, order in orders:
        digest = made.model_copy(update={"channel": order.channel, "profile": order.profile})
        with redis.pipeline() as pipe:
            pipe.set(key("digest", slot), digest.model_dump_json())
            put_latest(pipe, slot, digest)
            pipe.set(key("last", order.channel), slot)
            pipe.sadd(key("had"), order.channel)
            pipe.zadd(key("seen", order.channel), {f"2601.{n:05}": n for n in range(PAPERS)})
            outbox.put(pipe, slot, order.channel, parts_of(digest, settings, slot), time.time())
            pipe.execute()


def _slowest(ask: Callable[[], object]) -> float:
    took = []
    for _ in range(ASKED):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1e3)
    return max(took)


def _cpu(work: Callable[[], object]) -> float:
    """Seconds of this process's processor."""
    began = time.process_time()
    work()
    return time.process_time() - began


def _memory(redis: "Redis") -> int:
    return int(redis.info("memory")["used_memory"])
