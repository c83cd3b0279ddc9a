"""The spend ledger.

Nothing lost between threads, and a day's cap overrun by one call at most.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from workers.analysis.budget import Meter, Usage, meter_for
from workers.errors import OverBudget
from workers.platforms import stranger
from workers.settings import Settings
from workers.store.operations import spend as spend_module
from workers.store.operations.spend import Spend

DAY = date(2026, 11, 22)
HAIKU = "claude-haiku-5-5"


def test_adding_is_atomic_and_expires(redis):
    spend = Spend(redis)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: spend.add(DAY, HAIKU, Usage(10, 5, 3, 2), 0.000_021), range(200)))
    totals = spend.today(DAY)
    assert (totals.calls, totals.tokens_in, totals.tokens_out) == (200, 2000, 1000)
    assert (totals.cache_read, totals.cache_write) == (600, 400)
    assert totals.usd == pytest.approx(0.0042)
    assert spend.today(DAY + timedelta(1)).calls == 0
    assert all(0 < redis.ttl(k) <= spend_module.KEEP_S for k in redis.scan_iter("pb:*"))


@pytest.mark.parametrize("cap", [0.0, 0.05, 0.1])
def test_the_cap_holds_across_workers(redis, cap):
    """Four workers with eight threads each; every call costs 0.01 and holds 0.02."""
    start = threading.Barrier(32)

    def work(_):
        meter, calls = Meter(Spend(redis), cap), 0
        start.wait()
        for _ in range(5):
            try:
                with meter.call("claude-sonnet-5-5", Usage(0, 2000)) as bill:
                    bill.usage = Usage(0, 1000)
                calls += 1
            except OverBudget:
                pass
        return calls

    with ThreadPoolExecutor(32) as pool:
        calls = sum(pool.map(work, range(32)))
    assert calls * 0.01 <= cap + 0.01 + 1e-9
    assert Spend(redis).today().usd == pytest.approx(calls * 0.01)


def test_what_is_kept_for_digests_is_closed_to_others(redis):
    """Half of a dollar is kept: who asks may use the rest, and what a digest leaves."""
    spend, cost = Spend(redis), 0.1

    def calls(meter, most=20):
        for done in range(most):
            try:
                with meter.call("claude-sonnet-5-5", Usage(0, 10_000)) as bill:
                    bill.usage = Usage(0, round(cost * 100_000))
            except OverBudget:
                return done
        return most

    asked, digest = Meter(spend, 1.0, 0.5), Meter(spend, 1.0, digest=True)
    assert calls(asked) == 5, "half"
    assert calls(digest, 2) == 2 and calls(asked) == 0, "three tenths are kept still"
    assert calls(digest, 3) == 3 and calls(digest) == 0, "the whole is used up"
    redis.flushdb()
    assert calls(digest, 6) == 6 and calls(asked) == 4, "a digest that had its half leaves the rest to all"
    redis.flushdb()
    with digest.call("claude-sonnet-5-5", Usage(0, 50_000)):
        assert calls(asked) == 5, "what a digest's call may cost counts as used by it"
    redis.flushdb()
    assert calls(Meter(spend, 1.0, 1.0)) == 0 and calls(Meter(spend, 1.0, 0.0)) == 10


def test_strangers_together_never_have_the_whole(redis):
    settings = Settings(_env_file=None, model_daily_budget_usd=1.0, model_strangers_share=0.2, admins="4242")
    spend = Spend(redis)

    def cost(channel, most=20, digest=False):
        for done in range(most):
            try:
                with (
                    meter_for(settings, spend, channel, digest=digest).part().call("claude-sonnet-5-5", Usage()) as bill
                ):
                    bill.usage = Usage(0, 10_000)
            except OverBudget:
                return done
        return most

    assert cost("telegram:777", 1) + cost("telegram:778") + cost("telegram:779", digest=True) == 2, "a fifth for all"
    assert cost("telegram:4242", 2) == 2 and cost("telegram:-100777", 1) == 1, (
        "an admin's chat and a group are no strangers"
    )
    assert cost("telegram:4242") == 0 and cost("slack:C1", digest=True) == 5, "the digests' half is there"


@pytest.mark.parametrize(
    ("channel", "settings", "expected"),
    [
        ("telegram:777", {}, True), ("telegram:-777", {}, False), ("slack:D777", {}, False), ("", {}, False),
        ("telegram:777", {"allowed": "777"}, False), ("telegram:777", {"telegram_chats": "777"}, False),
        ("telegram:777", {"admins": "U1,777"}, False), ("telegram:777", {"admins": "77"}, True),
        ("telegram:777", {"operator_channel": "telegram:777"}, False), ("telegram:@who", {}, False),
    ],
)  # fmt: skip
def test_who_is_a_stranger(channel, settings, expected):
    assert stranger(channel, Settings(_env_file=None, **settings)) == expected


def test_a_part_of_a_run_is_counted_in_the_run():
    run = Meter()
    for _ in range(2):
        part = run.part()
        with part.call(HAIKU, Usage()) as bill:
            bill.usage = Usage(10, 5)
        assert part.total.tokens_in == 10
    assert run.total.tokens_in == 20 and run.part().total == Usage()


def test_a_call_that_cost_nothing_gives_its_hold_back(redis):
    meter = Meter(Spend(redis), 0.001)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), meter.call("claude-sonnet-5-5", Usage(0, 2000)):
            raise ZeroDivisionError
    assert Spend(redis).today().calls == 0


def test_a_killed_workers_hold_runs_out(redis, monkeypatch):
    monkeypatch.setattr(spend_module, "HOLD_S", 0)
    spend = Spend(redis)
    assert spend.hold(DAY, 1.0, 0.5)
    assert spend.hold(DAY, 1.0, 0.5)
    monkeypatch.setattr(spend_module, "HOLD_S", 60)
    assert spend.hold(DAY, 1.0, 0.5)
    assert spend.hold(DAY, 1.0, 0.5) is None


def test_a_day_is_a_utc_day(redis):
    assert Spend(redis, clock=lambda: 1_795_391_999.0).day() == date(2026, 11, 22)
    assert Spend(redis, clock=lambda: 1_795_392_000.0).day() == date(2026, 11, 23)
