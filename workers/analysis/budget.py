"""Counts what model calls used, and asks the day's budget before each."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from workers.analysis.prices import booked, estimate, known_price
from workers.errors import OverBudget
from workers.platforms import stranger
from workers.settings import Settings
from workers.store.operations.spend import Spend


@dataclass(frozen=True)
class Usage:
    """Tokens of one or more calls and their cost in US dollars (see `prices`)."""

    tokens_in: int = 0
    """Input outside the cache."""
    tokens_out: int = 0
    """Output, thinking included."""
    cache_read: int = 0
    cache_write: int = 0
    cost_usd: float = 0.0
    priced: bool = True
    """False where a model without a known price was used: `cost_usd` then has it at the dearest price known, or leaves
    it out where no budget is kept."""
    estimated: bool = False
    """True where a service did not say what it used: tokens are then counted here."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
            self.cost_usd + other.cost_usd,
            self.priced and other.priced,
            self.estimated or other.estimated,
        )


NOTHING = Usage()
"""No call at all."""


@dataclass
class Bill:
    """Filled in by the one who makes a call; None: the call cost nothing."""

    usage: Usage | None = None


@dataclass
class Meter:
    """Counts the calls of one run: asks the day's budget before, books after.

    Safe between threads.
    """

    spend: Spend | None = None
    """None: only counts."""
    budget_usd: float = 0.0
    kept_usd: float = 0.0
    """What of the budget is kept for digests; see `Spend.hold`."""
    digest: bool = False
    """True for a digest's calls: they may use all of the budget."""
    strangers_usd: float | None = None
    """What all strangers together may use of the budget; None: the calls are for nobody of them."""
    total: Usage = field(default_factory=Usage)
    whole: "Meter | None" = None
    """The run's meter, where this one counts a part of it."""
    refusals: dict[str, str] = field(default_factory=dict)
    """Class of a refusal -> the service's own words, masked and cut, for the operator alone."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def part(self) -> "Meter":
        """A meter for some of the run's calls, which count here as well."""
        about = self.spend, self.budget_usd, self.kept_usd, self.digest, self.strangers_usd
        return Meter(*about, whole=self, refusals=self.refusals)

    @contextmanager
    def call(self, model: str, most: Usage) -> Iterator[Bill]:
        """Hold the price of one call that uses at most `most`; book it afterwards.

        Raises OverBudget before the call where the day's budget is used up.
        """
        day = self.spend.day() if self.spend else None
        token = None
        if self.spend and day:
            usd = booked(model, most)
            caps = self.budget_usd, self.kept_usd
            token = self.spend.hold(day, usd, *caps, digest=self.digest, strangers_usd=self.strangers_usd)
            if token is None:
                raise OverBudget("The day's model budget is used up.")
        bill = Bill()
        try:
            yield bill
        finally:
            price = booked if self.spend else estimate
            cost = price(model, bill.usage) if bill.usage else 0.0
            if self.spend and day and token:
                self.spend.settle(day, token, model, bill.usage, cost)
            if bill.usage:
                u = bill.usage
                priced = known_price(model) is not None
                self._count(Usage(u.tokens_in, u.tokens_out, u.cache_read, u.cache_write, cost, priced, u.estimated))

    def _count(self, usage: Usage) -> None:
        with self._lock:
            self.total += usage
        if self.whole:
            self.whole._count(usage)


def meter_for(settings: Settings, spend: Spend, channel: str, *, digest: bool = False) -> Meter:
    """The meter for a channel's calls.

    Calls other than a digest's may not use what is kept for digests; strangers may use only their share.
    """
    usd, unknown = settings.model_daily_budget_usd, stranger(channel, settings)
    if digest and not unknown:
        return Meter(spend, usd, digest=True)
    share = usd * settings.model_strangers_share if unknown else None
    return Meter(spend, usd, usd * settings.model_digest_share, strangers_usd=share)
