"""Prices and tokens of the models."""

from datetime import UTC, datetime, timedelta

import pytest

from workers.analysis import prices
from workers.analysis.budget import Meter, Usage
from workers.analysis.prices import AS_OF, booked, count, estimate, known_price, price_of
from workers.analysis.retirements import ENDS, ends
from workers.operations.doctor.model import ModelFacts, _named
from workers.settings import Settings

HAIKU = "claude-haiku-5-5"


@pytest.mark.parametrize(
    ("model", "usage", "usd"),
    [
        (HAIKU, Usage(tokens_in=1_000_000 - 900_000, tokens_out=1_000), 0.0105),
        (HAIKU, Usage(tokens_in=100_001, tokens_out=1_000), 0.0525005),
        (HAIKU, Usage(tokens_in=1, cache_read=60_000, cache_write=40_000), 0.0000005 + 0.003 + 0.025),
        ("claude-sonnet-5-5", Usage(1000, 500, 2000, 3000), 0.002 + 0.005 + 0.0002 + 0.0075),
        ("claude-haiku-4-5-20251001", Usage(1_000_000, 0), 1.0),
        ("claude-opus-5-5", Usage(1_000_000, 1_000_000), 24.0),
        ("qwen3:8b", Usage(1_000_000, 1_000_000), 0.0),
    ],
)
def test_prices(model, usage, usd):
    assert estimate(model, usage) == pytest.approx(usd)


def test_the_table_is_dated_and_unknown_models_are_flagged():
    assert AS_OF.year >= 2026 and price_of("qwen3:8b") is None
    meter = Meter()
    with meter.call("qwen3:8b", Usage()) as bill:
        bill.usage = Usage(10, 5)
    assert not meter.total.priced and meter.total.tokens_in == 10


def test_tokens_are_estimated_for_latin_and_chinese():
    assert count("x" * 350) == 100 and count("图像修复") == 4


@pytest.fixture
def told():
    yield prices.use
    prices.use("")


def test_the_operators_prices_count_and_what_has_none_is_the_dearest(told):
    million = Usage(1_000_000, 1_000_000)
    assert booked("qwen3:8b", million) > 1, "so that the budget binds"
    told("qwen3:8b=0/0,mine=0.5/2")
    assert (booked("qwen3:8b", million), booked("mine", million)) == (0.0, 2.5)
    assert known_price("other") is None and booked("other", million) > 1
    told("*=0/0")
    assert booked("other", million) == 0.0


@pytest.mark.parametrize(("days", "state"), [(-1, "fail"), (1, "warn"), (59, "warn"), (61, "ok")])
def test_a_model_that_ends_within_sixty_days_is_told(days, state):
    record = ModelFacts(retires=datetime.now(UTC) + timedelta(days=days))
    assert _named(Settings(_env_file=None), HAIKU, "MODEL_SCORE", record, first=True).state == state


def test_ends_are_known_by_family():
    model, day = next(iter(ENDS.items()))
    assert ends(model) == day and ends("unheard-of") is None
