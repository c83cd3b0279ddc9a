"""`/metrics` for Prometheus. The only names in it are channels' ids."""

import platform
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from redis import Redis

from workers.channels.recipients import targets_with
from workers.channels.schedule import next_slot
from workers.operations.health import report
from workers.queueing.kinds import QUEUES
from workers.settings import Settings
from workers.store.channels.latest_digests import latest
from workers.store.channels.memory import Memory
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import OPEN_STATES, Outbox
from workers.store.operations.heartbeats import Heartbeats
from workers.store.operations.spend import Spend
from workers.store.sources.fetch_state import ARXIV, ARXIV_SERVICES, Fetches
from workers.store.tasks.ledger import Ledger

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

MOST_OPEN = 200
"""Deliveries under way whose messages are counted one by one; a fan-out to more is counted up to here."""

SOURCES = ("huggingface", ARXIV, *ARXIV_SERVICES, "datacite")
"""Services that may ask to be left alone; a pause of arXiv as one holds for each of its own."""


class _Store(Collector):
    """Everything that the store knows, at this moment."""

    def __init__(self, redis: "Redis", settings: Settings) -> None:
        self.redis, self.settings = redis, settings

    def collect(self) -> Iterable[Metric]:
        """All families."""
        yield _up(1)
        yield _build()
        for part in (self._queues, self._parts, self._work, self._channels, self._messages, self._model, self._sources):
            yield from part()

    def _queues(self) -> Iterator[Metric]:
        found = {name: report.queue(self.redis, name) for name in QUEUES}
        told = {
            "queue_jobs": ("Jobs that wait in a queue.", "waiting"),
            "queue_failed_jobs": ("Jobs that failed in the last seven days.", "failed"),
            "queue_oldest_job_seconds": ("How long the first job of a queue has waited.", "oldest_s"),
            "workers": ("Living workers of a queue.", "workers"),
        }
        for name, (text, field) in told.items():
            yield _gauge(name, text, ["queue"], (((queue,), one[field]) for queue, one in found.items()))

    def _parts(self) -> Iterator[Metric]:
        beats = Heartbeats(self.redis)
        wanted = report.configured(self.settings)
        found = {name: beats.get(name) for name in ("clock", "slack", "telegram") if name in wanted}
        text = "1 where a process gives signs of life and is connected."
        yield _gauge("part_up", text, ["part"], (((n,), float(bool(b and b.well))) for n, b in found.items()))

    def _work(self) -> Iterator[Metric]:
        ledger = Ledger(self.redis)
        counts = {"open": ledger.open_count(), "parked": len(ledger.dead())}
        yield _gauge("tasks", "Tasks of the ledger.", ["state"], (((s,), n) for s, n in counts.items()))

    def _channels(self) -> Iterator[Metric]:
        memory, channels, now = Memory(self.redis), Channels(self.redis), datetime.now(UTC)
        found = {g.channel: (g, chosen) for g, chosen in targets_with(self.settings, channels, paused=True)}
        goals = {name: goal for name, (goal, _) in found.items()}
        names = list(dict.fromkeys([*goals, *memory.had()]))
        made = latest(self.redis, names)
        yield _gauge(
            "last_digest_timestamp_seconds", "When the latest digest of a channel was made.", ["channel", "profile"],
            (((name, one.profile), one.made.timestamp()) for name, one in made.items() if one.made),
        )  # fmt: skip
        yield _gauge(
            "last_digest_papers", "Papers picked for the latest digest of a channel.", ["channel", "profile"],
            (((name, one.profile), len(one.picks)) for name, one in made.items()),
        )  # fmt: skip
        due = ((n, next_slot(now, g.at, g.zone, g.weekdays)[1]) for n, g in goals.items())
        text = "When the next digest of a channel is due."
        yield _gauge("next_digest_timestamp_seconds", text, ["channel"], (((n,), d.timestamp()) for n, d in due))
        paused = (((name,), float(bool(chosen.paused))) for name, (_, chosen) in found.items())
        yield _gauge("channel_paused", "1 where a channel refused us.", ["channel"], paused)

    def _messages(self) -> Iterator[Metric]:
        outbox, ledger = Outbox(self.redis), Ledger(self.redis)
        counts = dict.fromkeys((*OPEN_STATES, "uncertain", "dead"), 0)
        keys = [key.partition("|")[2] for key in ledger.open_keys() if key.startswith("delivery|")]
        under_way = outbox.standings(keys[:MOST_OPEN]).values()
        states = [row.state for rows in under_way for row in rows if row.state in OPEN_STATES]
        for one in [*states, *(row.state for row in outbox.trouble())]:
            counts[one] = counts.get(one, 0) + 1
        text = "Messages under way, and those that are uncertain or dead."
        yield _gauge("messages", text, ["state"], (((s,), n) for s, n in counts.items()))
        total = CounterMetricFamily("paperboy_messages_finished", "Messages by how they ended.", labels=["state"])
        for state, count in {**dict.fromkeys(("sent", "uncertain", "dead"), 0), **outbox.tally()}.items():
            total.add_metric([state], count)
        yield total

    def _model(self) -> Iterator[Metric]:
        spent = Spend(self.redis).today()
        yield _gauge("model_spend_usd", "Spent on the model today (UTC), estimated.", [], [((), spent.usd)])
        budget = self.settings.model_daily_budget_usd
        yield _gauge("model_budget_usd", "What may be spent in a day.", [], [((), budget)])
        yield _gauge("model_calls", "Calls of the model today (UTC).", [], [((), spent.calls)])
        tokens = {"in": spent.tokens_in, "out": spent.tokens_out}
        tokens |= {"cache_read": spent.cache_read, "cache_write": spent.cache_write}
        text = "Tokens today (UTC)."
        yield _gauge("model_tokens", text, ["kind"], (((kind,), n) for kind, n in tokens.items()))

    def _sources(self) -> Iterator[Metric]:
        fetches = Fetches(self.redis)
        total = CounterMetricFamily(
            "paperboy_source_failures", "Requests to a source that failed.", labels=["source", "kind"]
        )
        for (source, kind), count in sorted(fetches.failures().items()):
            total.add_metric([source, kind], count)
        yield total
        text = "For how long a source has asked to be left alone."
        yield _gauge("source_cooling_seconds", text, ["source"], (((s,), fetches.cooling(s)) for s in SOURCES))


def exposition(redis: "Redis", settings: Settings) -> bytes:
    """The text format. RedisError where the store is away."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(list(_Store(redis, settings).collect())))
    return generate_latest(registry)


def away() -> bytes:
    """The text format where the store cannot be asked."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected([_up(0), _build()]))
    return generate_latest(registry)


class _Collected(Collector):
    """Families that are collected already: the registry asks twice."""

    def __init__(self, families: list[Metric]) -> None:
        self.families = families

    def collect(self) -> Iterable[Metric]:
        """As they are."""
        return self.families


def _gauge(name: str, text: str, labels: list[str], values: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    family = GaugeMetricFamily(f"paperboy_{name}", text, labels=labels)
    for given, value in values:
        family.add_metric(list(given), float(value))
    return family


def _up(value: float) -> Metric:
    return _gauge("redis_up", "1 where Redis answers.", [], [((), value)])


def _build() -> Metric:
    info = InfoMetricFamily("paperboy_build", "What runs.")
    info.add_metric([], {"version": report.version(), "python": platform.python_version(), "platform": sys.platform})
    return info
