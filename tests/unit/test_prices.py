"""Prices and tokens of the models."""

import pytest

from workers.analysis.meter import Meter, Usage
from workers.analysis.prices import AS_OF, count, estimate, price_of

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
