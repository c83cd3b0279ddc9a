"""The clock: one slot per channel and local day.

With any clocks and number of tickers.
"""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from workers.processes.scheduler import Scheduler
from workers.store.channels.memory import Memory
from workers.store.channels.settings import Channels
from workers.store.server.connection import connect


@pytest.fixture
def at(env, redis):
    settings = env(
        SLACK_BOT_TOKEN="xoxb-x", SLACK_CHANNELS="C01,C02", DIGEST_TIME="08:00", DIGEST_TIMEZONE="Asia/Shanghai"
    )
    now = [datetime(2026, 11, 20, 12, 0, tzinfo=UTC).timestamp()]
    return now, Scheduler(redis, settings, clock=lambda: now[0])


def slots(redis):
    return sorted(k.decode().removeprefix("pb:task:") for k in redis.keys("pb:task:digest|*"))


def move(now, **by):
    now[0] += timedelta(**by).total_seconds()


def test_a_new_channel_starts_with_its_next_slot(at, redis):
    now, ticker = at
    ticker.tick()
    assert slots(redis) == []
    move(now, hours=12)  # 2026-11-21 00:00 UTC = 08:00 in Shanghai
    ticker.tick()
    assert slots(redis) == ["digest|slack:C01|2026-11-21", "digest|slack:C02|2026-11-21"]


def test_fifty_ticks_and_jumping_clocks_open_one_slot_a_day(at, redis, env):
    now, ticker = at
    other = Scheduler(redis, ticker.settings, clock=lambda: now[0])
    ticker.tick()
    move(now, hours=12)
    for i in range(50):
        (ticker if i % 2 else other).tick()
        move(now, hours=2 if i % 3 == 0 else -1, seconds=7)
    days = {slot.split("|")[2] for slot in slots(redis)}
    assert len(slots(redis)) == 2 * len(days)


def test_after_a_long_silence_only_the_latest_slot_is_run_and_the_rest_is_told(at, redis):
    now, ticker = at
    ticker.tick()
    move(now, days=3, hours=14)  # 11-24 02:00 UTC: slots of 21, 22, 23 and 24 were missed
    ticker.tick()
    states = {slot: ticker.dispatcher.ledger.get(slot).state for slot in slots(redis) if "C01" in slot}
    assert states == {
        "digest|slack:C01|2026-11-21": "skipped",
        "digest|slack:C01|2026-11-22": "skipped",
        "digest|slack:C01|2026-11-23": "skipped",
        "digest|slack:C01|2026-11-24": "open",
    }
    assert Memory(redis).skipped("slack:C01") == 3


def test_a_slot_missed_by_more_than_half_a_day_is_skipped(at, redis):
    now, ticker = at
    ticker.tick()
    move(now, hours=25)  # 13 hours after the slot
    ticker.tick()
    assert ticker.dispatcher.ledger.get("digest|slack:C01|2026-11-21").state == "skipped"


def test_a_slot_made_by_hand_is_not_made_again(at, redis):
    now, ticker = at
    ticker.tick()
    key = "digest|slack:C01|2026-11-21"
    ticker.dispatcher.open(key, "digest", {})
    ticker.dispatcher.ledger.end(key, 1, now[0])
    move(now, hours=12)
    ticker.tick()
    assert ticker.dispatcher.ledger.get(key).state == "done"


def test_being_woken_again_and_again_it_does_not_read_the_schedule_each_time(env, redis, redis_url):
    stopping, looks = threading.Event(), []

    class Woken(Scheduler):
        def tick(self):
            looks.append("schedule")
            return super().tick()

        def look(self):
            looks.append("look")
            if looks.count("look") >= 60:
                stopping.set()
            self.dispatcher.ledger.wake()
            return super().look()

    Woken(connect(redis_url), env(SLACK_BOT_TOKEN="xoxb-x", SLACK_CHANNELS="C01")).run(stopping)
    assert looks[0] == "schedule"
    assert 1 <= looks.count("schedule") <= 30


def test_a_tick_that_finds_nothing_due_costs_the_same_for_any_number_of_channels(env, redis):
    settings = env(SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1")
    now, asked = [1_772_434_800.0], []
    for size in (5, 500):
        for i in range(size):
            Channels(redis).subscribe(f"slack:C{i:04d}", "cv-daily-en")
        clock = Scheduler(redis, settings, lambda: now[0])
        clock.tick()
        now[0] += 1
        redis.config_resetstat()
        clock.tick()
        stats = {name: one["calls"] for name, one in redis.info("commandstats").items() if "config" not in name}
        asked.append(stats)
        assert not {"cmdstat_set", "cmdstat_hset", "cmdstat_zadd", "cmdstat_del"} & set(stats), (
            "no write without a change"
        )
    assert asked[0] == asked[1]
    assert sum(asked[1].values()) < 10
