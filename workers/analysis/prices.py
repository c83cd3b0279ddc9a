"""What model calls cost: a dated price table and the arithmetic on it. Every sum is an estimate.

Source: platform.claude.com, pages "Pricing" and "Models", rows as read on `AS_OF`. Prices drift (Sonnet 5.5's cache
read was halved ten days after its launch), so the date is shown wherever a sum is.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

AS_OF = date(2026, 11, 22)
"""Day on which the table was last compared with the published one."""

PER = 1_000_000
"""Prices are US dollars per this many tokens."""

CHARS_PER_TOKEN = 3.5
"""Characters per token of English text with the tokenizers of the 5.x models; CJK text is counted one for one."""

CJK_FROM = 0x2E80
"""First code point that is counted as a token of its own."""


@dataclass(frozen=True)
class Price:
    """US dollars per million tokens. `above` tokens of prompt, `then` applies to the whole call."""

    tokens_in: float
    tokens_out: float
    cache_write: float
    """Writing to the five-minute cache."""
    cache_read: float
    above: int | None = None
    then: "Price | None" = None


PRICES = {
    "claude-haiku-5-5": Price(0.10, 0.50, 0.125, 0.01, 100_000, Price(0.50, 2.50, 0.625, 0.05)),
    "claude-sonnet-5-5": Price(2.0, 10.0, 2.50, 0.10),
    "claude-opus-5-5": Price(4.0, 20.0, 5.0, 0.20),
    "claude-fable-5-1": Price(10.0, 50.0, 12.50, 0.25),
    "claude-haiku-4-5": Price(1.0, 5.0, 1.25, 0.10),
}
"""Model id -> price. A dated id (`claude-haiku-4-5-20251001`) has the price of its family."""


class Tokens(Protocol):
    """Token counts of one or more calls."""

    @property
    def tokens_in(self) -> int:
        """Input tokens outside the cache."""

    @property
    def tokens_out(self) -> int:
        """Output tokens, thinking included."""

    @property
    def cache_read(self) -> int:
        """Input tokens read from the cache."""

    @property
    def cache_write(self) -> int:
        """Input tokens written to the cache."""


def price_of(model: str) -> Price | None:
    """The price of a model, or None for one that is not in the table (a local model, say)."""
    head, _, tail = model.rpartition("-")
    return PRICES.get(model) or (PRICES.get(head) if tail.isdigit() and len(tail) == 8 else None)


def estimate(model: str, usage: Tokens) -> float:
    """US dollars for the tokens of one call; 0.0 for a model without a known price."""
    price = price_of(model)
    if price is None:
        return 0.0
    if price.above is not None and price.then and prompt_tokens(usage) > price.above:
        price = price.then
    return (
        usage.tokens_in * price.tokens_in
        + usage.tokens_out * price.tokens_out
        + usage.cache_write * price.cache_write
        + usage.cache_read * price.cache_read
    ) / PER


def prompt_tokens(usage: Tokens) -> int:
    """Size of the prompt in tokens: what was new, written to the cache and read from it."""
    return usage.tokens_in + usage.cache_write + usage.cache_read


def count(text: str) -> int:
    """Tokens of a text, estimated without asking anybody."""
    wide = sum(ord(c) >= CJK_FROM for c in text)
    return wide + round((len(text) - wide) / CHARS_PER_TOKEN)
