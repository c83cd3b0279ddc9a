"""What is asked of the server where people or Prometheus wait.

Counted with N channels and with 4 N.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.slack.home import subscriptions
from tests.rendering import digest, pick
from workers.conversations.citing import picked_on
from workers.intake import Intake
from workers.library.site import Site
from workers.models import Part
from workers.operations import status
from workers.operations.health import metrics, report
from workers.store.channels.digests import Digests
from workers.store.channels.latest_digests import latest
from workers.store.channels.memory import Memory
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import Outbox
from workers.store.server.connection import key
from workers.store.tasks.ledger import Ledger
from workers.words import words

N = 5
NOW = datetime.now(UTC).timestamp()
DAY = datetime.now(UTC).date() - timedelta(days=1)
LONG = "A sentence of a deep dive that nobody needs here. " * 400
"""20 kB, as a digest's analyses have."""


@pytest.fixture
def settings(env):
    return env(
        SLACK_BOT_TOKEN="xoxb-x", DIGEST_PROFILE="cv-daily-en", DIGEST_TIMEZONE="UTC", DIGEST_TIME="00:00",
        HTTP_PORT="0",
    )  # fmt: skip


def fill(redis, channels):
    """Channels with a digest of yesterday, one message of which is on its way."""
    memory, ledger, outbox = Memory(redis), Ledger(redis), Outbox(redis)
    for n in range(channels):
        name = f"slack:C{n:03}"
        slot = f"digest|{name}|{DAY.isoformat()}"
        made = digest(pick(LONG, id=f"2601.{n:05}"), language="en", channel=name, date=DAY, made=datetime.now(UTC))
        Channels(redis).subscribe(name, by="slack:UBOB")
        memory.replace(slot, made)
        redis.set(key("last", name), slot)
        redis.sadd(key("had"), name)
        ledger.open(slot, "digest", NOW, {"channel": name})
        ledger.end(slot, ledger.take(slot, NOW, 60.0), NOW)
        ledger.open(f"delivery|{slot}", "delivery", NOW, {"delivery": slot})
        with redis.pipeline() as pipe:
            outbox.put(pipe, slot, name, [Part(key="quick", payload={"text": LONG})], NOW)
            pipe.execute()
        outbox.claim(slot, "quick", 1, NOW)
        if n < 2:
            outbox.finish(slot, "quick", 1, "dead", NOW, error="not_in_channel")


def cost(redis, ask):
    """(commands, kB sent by the server) of what `ask` asks."""
    ask()
    before = redis.info("stats")
    ask()
    after = redis.info("stats")
    commands, size = "total_commands_processed", "total_net_output_bytes"
    return after[commands] - before[commands] - 1, (after[size] - before[size]) / 1024


def asked(redis, settings):
    """Everything that somebody waits for, by name."""
    intake, w = Intake(redis, settings, lambda: NOW), words("en")
    return {
        "status": lambda: status.collect(settings),
        "/metrics": lambda: metrics.exposition(redis, settings),
        "/healthz": lambda: report.collect(redis, settings, frozenset(report.PARTS)),
        "/digest status": lambda: intake.status(channel="slack:C003"),
        "App Home": lambda: subscriptions(intake, "UALICE", {"C000", "C001"}, w),
        "a day's papers": lambda: picked_on(redis, date(2020, 1, 1)),
        "a page of the archive": lambda: Site(redis, settings).page("nowhere/"),
        "a channel's archive": lambda: Site(redis, settings).digests("slack:C000"),
    }


MOST = {
    "status": (3, 2.0), "/metrics": (4, 2.0), "/healthz": (0, 0.1), "/digest status": (0, 0.1), "App Home": (1, 0.2),
    "a day's papers": (20, 0.2), "a page of the archive": (2, 0.2), "a channel's archive": (0, 0.1),
}  # fmt: skip
"""Most commands and kB that one more channel may cost; App Home is that of somebody who is in two of them."""


def test_what_one_more_channel_costs(redis, settings):
    fill(redis, N)
    few = {name: cost(redis, ask) for name, ask in asked(redis, settings).items()}
    fill(redis, 4 * N)
    many = {name: cost(redis, ask) for name, ask in asked(redis, settings).items()}
    for name, most in MOST.items():
        more = tuple((late - early) / (3 * N) for early, late in zip(few[name], many[name], strict=True))
        assert more[0] <= most[0] and more[1] <= most[1], (name, few[name], many[name])


def test_an_older_versions_digest_is_read_whole_once(redis, settings):
    fill(redis, N)
    new = status.collect(settings)
    assert new["channels"][0]["last"]["receipt_lines"]
    redis.delete(*redis.keys(key("latest", "*")))
    first, again = status.collect(settings), cost(redis, lambda: status.collect(settings))
    assert first["channels"] == new["channels"] and first["channels"][0]["last"]["picks"] == ["2601.00000"]
    assert again[1] < N * 6 + 10
    redis.set(key("last", "slack:C000"), "digest|slack:C000|gone")
    assert "slack:C000" not in latest(redis, ["slack:C000", "slack:C001"])


def test_a_better_version_of_a_digest_is_told_at_once(redis, settings):
    fill(redis, 1)
    slot = f"digest|slack:C000|{DAY.isoformat()}"
    Memory(redis).replace(slot, Memory(redis).digest(slot).model_copy(update={"picks": (), "empty": "no_new"}))
    assert latest(redis, ["slack:C000"])["slack:C000"].empty == "no_new"
    assert Digests(redis).slots_of(["slack:C000", "slack:C1"], DAY - timedelta(days=900), DAY) == [slot]
