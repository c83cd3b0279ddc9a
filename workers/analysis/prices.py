"""Prices model calls by a dated table. Every sum is an estimate.

Source: platform.claude.com, pages "Pricing" and "Models", rows as read on `AS_OF`. Prices drift (Sonnet 5.5's cache
read was halved ten days after its launch), so the date is shown wherever a sum is.
"""

import re
from dataclasses import dataclass
from datetime import date

from workers.store.operations.spend import TokenCounts

AS_OF = date(2026, 11, 22)
"""Day on which the table was last compared with the published one."""

PER = 1_000_000
"""Prices are US dollars per this many tokens."""

CHARS_PER_TOKEN = 3.5
"""Characters per token of English text with the tokenizers of the 5.x models; CJK text is counted one for one."""

CJK_FROM = 0x2E80
"""First code point that is counted as a token of its own."""

_WIDE = re.compile(f"[{chr(CJK_FROM)}-\U0010ffff]+")


@dataclass(frozen=True)
class Price:
    """US dollars per million tokens.

    `above` so many tokens of prompt, `then` applies to the whole call.
    """

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


DEAREST = max(PRICES.values(), key=lambda price: price.tokens_out)
"""What a call is booked at whose model has no known price, so that the day's budget holds for it, too."""

WRITE, READ = 1.25, 0.1
"""Cache write and read as multiples of the input price, where only that was told (the table's usual ratios)."""

_TOLD: dict[str, dict[str, Price]] = {"prices": {}}
"""The operator's prices, exchanged as a whole."""


def use(told: str) -> None:
    """Take the operator's prices, in US dollars per million tokens.

    `name=in/out`, comma separated; `*` for all others. ValueError names the entry that cannot be read.
    """
    _TOLD["prices"] = parse(told)


def parse(told: str) -> dict[str, Price]:
    """Model id -> price, of the operator's setting; see `use`."""
    found = {}
    for entry in filter(None, (part.strip() for part in told.split(","))):
        name, _, prices = entry.rpartition("=")
        if not (m := re.fullmatch(r"([0-9]{1,4}(?:\.[0-9]{1,4})?)/([0-9]{1,4}(?:\.[0-9]{1,4})?)", prices)) or not name:
            raise ValueError(f"must be prices such as my-model=0.5/2 ({entry[:40]!r} is not)")
        found[name.strip()] = Price(float(m[1]), float(m[2]), WRITE * float(m[1]), READ * float(m[1]))
    return found


def price_of(model: str) -> Price | None:
    """The price of a model in the table; None for others (a local model, say)."""
    return PRICES.get(model) or PRICES.get(family(model))


def family(model: str) -> str:
    """A model's id without the date that may be at its end."""
    head, _, tail = model.rpartition("-")
    return head if tail.isdigit() and len(tail) == 8 else model


def known_price(model: str) -> Price | None:
    """The price of a model: the operator's, else the table's.

    Else the operator's for all others (`*`); None where there is none of them.
    """
    told = _TOLD["prices"]
    return told.get(model) or price_of(model) or told.get("*")


def booked(model: str, usage: TokenCounts) -> float:
    """US dollars that one call counts against the budget.

    At the DEAREST price where none is known.
    """
    return _cost(known_price(model) or DEAREST, usage)


def estimate(model: str, usage: TokenCounts) -> float:
    """US dollars for the tokens of one call; 0.0 for a model without a known price."""
    price = known_price(model)
    return _cost(price, usage) if price else 0.0


def _cost(price: Price, usage: TokenCounts) -> float:
    if price.above is not None and price.then and prompt_tokens(usage) > price.above:
        price = price.then
    return (
        usage.tokens_in * price.tokens_in
        + usage.tokens_out * price.tokens_out
        + usage.cache_write * price.cache_write
        + usage.cache_read * price.cache_read
    ) / PER


def prompt_tokens(usage: TokenCounts) -> int:
    """Tokens of the prompt: new, written to the cache and read from it."""
    return usage.tokens_in + usage.cache_write + usage.cache_read


def count(text: str) -> int:
    """Tokens of a text, estimated without asking anybody."""
    wide = 0 if text.isascii() else sum(map(len, _WIDE.findall(text)))
    return wide + round((len(text) - wide) / CHARS_PER_TOKEN)
