"""Cost of the model each day, of all workers, and of calls under way.

A call first holds the most it may cost; holds and spend together are compared with the cap in one step on the server.
So concurrent workers overrun the cap by at most the one call that crossed it. What is kept for the digest and not yet
used by it is closed to all other calls: questions of the morning never leave the evening without its digest. What
strangers' calls have used is counted apart, against a share of their own.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from redis import Redis

from workers.store.server.connection import key, text

KEEP_S = 40 * 86_400
"""Seconds a day's totals are kept: this month and the last."""

NANO = 1_000_000_000
"""Money is kept as whole billionths of a dollar: a cheap call costs 0.00002, and sums of floats drift."""

HOLD_S = 300
"""Seconds until the hold of a call that never came back (its worker was killed) is given up; above any call's time."""

DIGEST = "digest"
"""Mark of a hold for a digest's call, and field of a day's totals for what digests have cost."""

STRANGER = "stranger"
"""The same for calls for people whom no setting names."""

_HOLD = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local sum = tonumber(redis.call('HGET', KEYS[1], 'nano') or '0')
local digests = tonumber(redis.call('HGET', KEYS[1], ARGV[6]) or '0')
local strangers = tonumber(redis.call('HGET', KEYS[1], ARGV[7]) or '0')
for _, member in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  local nano = tonumber(string.match(member, ':(%d+)$'))
  sum = sum + nano
  if string.find(member, ':' .. ARGV[6] .. ':', 1, true) then digests = digests + nano end
  if string.find(member, ':' .. ARGV[7] .. ':', 1, true) then strangers = strangers + nano end
end
if ARGV[8] ~= '' and strangers >= tonumber(ARGV[8]) then return 0 end
local kept = math.max(0, tonumber(ARGV[5]) - digests)
if sum + kept >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[3]), ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return 1
"""


class TokenCounts(Protocol):
    """Token counts of one call."""

    @property
    def tokens_in(self) -> int:
        """Input tokens outside the cache."""

    @property
    def tokens_out(self) -> int:
        """Output tokens."""

    @property
    def cache_read(self) -> int:
        """Input tokens read from the cache."""

    @property
    def cache_write(self) -> int:
        """Input tokens written to the cache."""


@dataclass(frozen=True)
class Totals:
    """One day's calls, tokens and US dollars (estimated)."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cache_read: int = 0
    cache_write: int = 0
    usd: float = 0.0


class Spend:
    """The ledger of what the model costs.

    Days are UTC dates by `clock` (seconds since 1970) unless the caller names one.
    """

    def __init__(self, redis: "Redis", clock: Callable[[], float] = time.time) -> None:
        self.redis, self.clock = redis, clock

    def day(self) -> date:
        """The running UTC day."""
        return datetime.fromtimestamp(self.clock(), UTC).date()

    def add(self, day: date, model: str, usage: TokenCounts, usd: float) -> None:
        """Book one call of `model`: all counts or none."""
        self._book(day, model, usage, usd, hold=None)

    def today(self, day: date | None = None) -> Totals:
        """Totals of `day`, by default the running one."""
        raw: Any = self.redis.hgetall(key("spend", day or self.day()))
        counts = {text(name): int(value) for name, value in raw.items()}
        names = ("calls", "tokens_in", "tokens_out", "cache_read", "cache_write")
        return Totals(**{n: counts.get(n, 0) for n in names}, usd=counts.get("nano", 0) / NANO)

    def hold(
        self,
        day: date,
        usd: float,
        cap_usd: float,
        kept_usd: float = 0.0,
        *,
        digest: bool = False,
        strangers_usd: float | None = None,
    ) -> str | None:
        """Reserve `usd` for a call about to be made: a token, None at the cap.

        `settle` takes the token. `digest`: the call is for one. Any other is not granted what of `kept_usd` digests
        have not yet used. `strangers_usd`: the call is for a stranger, and all of them together may use so much.
        """
        whose = [*([DIGEST] if digest else []), *([] if strangers_usd is None else [STRANGER])]
        token = ":".join([uuid.uuid4().hex, *whose, str(_nano(usd))])
        keys, kept = (key("spend", day), key("spend", day, "held")), 0 if digest else _nano(kept_usd)
        most = "" if strangers_usd is None else _nano(strangers_usd)
        granted = self.redis.eval(_HOLD, 2, *keys, _nano(cap_usd), token, HOLD_S, KEEP_S, kept, DIGEST, STRANGER, most)
        return token if granted else None

    def settle(self, day: date, token: str, model: str, usage: TokenCounts | None, usd: float) -> None:
        """Give up the hold of a call that came back, and book what it used.

        `usage` None: it cost nothing.
        """
        if usage is None:
            self.redis.zrem(key("spend", day, "held"), token)
        else:
            self._book(day, model, usage, usd, hold=token)

    def _book(self, day: date, model: str, usage: TokenCounts, usd: float, hold: str | None) -> None:
        counts = {
            "calls": 1,
            "tokens_in": usage.tokens_in,
            "tokens_out": usage.tokens_out,
            "cache_read": usage.cache_read,
            "cache_write": usage.cache_write,
            "nano": _nano(usd),
            f"calls:{model}": 1,
            f"nano:{model}": _nano(usd),
        }
        for whose in (DIGEST, STRANGER):
            if hold and f":{whose}:" in hold:
                counts[whose] = _nano(usd)
        pipe: Any = self.redis.pipeline(transaction=True)
        for name, amount in counts.items():
            pipe.hincrby(key("spend", day), name, amount)
        pipe.expire(key("spend", day), KEEP_S)
        if hold:
            pipe.zrem(key("spend", day, "held"), hold)
        pipe.execute()


def _nano(usd: float) -> int:
    return round(usd * NANO)
