"""What calls to a model used, and the meter they run on: the day's budget is asked before each."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from workers.analysis.prices import estimate, price_of
from workers.errors import OverBudget
from workers.store.spend import Spend


@dataclass(frozen=True)
class Usage:
    """Tokens of one or more calls and what they cost in US dollars (estimate of `prices`)."""

    tokens_in: int = 0
    """Input outside the cache."""
    tokens_out: int = 0
    """Output, thinking included."""
    cache_read: int = 0
    cache_write: int = 0
    cost_usd: float = 0.0
    priced: bool = True
    """False where a model without a known price was used: `cost_usd` then leaves it out."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
            self.cost_usd + other.cost_usd,
            self.priced and other.priced,
        )


NOTHING = Usage()
"""No call at all."""


@dataclass
class Bill:
    """Filled in by the one who makes a call; None: the call cost nothing."""

    usage: Usage | None = None


@dataclass
class Meter:
    """Runs with the calls of one run: asks the day's budget before each, books each after. Safe between threads."""

    spend: Spend | None = None
    """None: only counts."""
    budget_usd: float = 0.0
    total: Usage = field(default_factory=Usage)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @contextmanager
    def call(self, model: str, most: Usage) -> Iterator[Bill]:
        """Around one call that uses at most `most`. Raises OverBudget before it where the day's budget is used up."""
        day = self.spend.day() if self.spend else None
        token = None
        if self.spend and day:
            token = self.spend.hold(day, estimate(model, most), self.budget_usd)
            if token is None:
                raise OverBudget("The day's model budget is used up.")
        bill = Bill()
        try:
            yield bill
        finally:
            cost = estimate(model, bill.usage) if bill.usage else 0.0
            if self.spend and day and token:
                self.spend.settle(day, token, model, bill.usage, cost)
            if bill.usage:
                u = bill.usage
                priced = price_of(model) is not None
                with self._lock:
                    self.total += Usage(u.tokens_in, u.tokens_out, u.cache_read, u.cache_write, cost, priced)
