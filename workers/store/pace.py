"""How fast we may speak, counted in Redis so that all workers together keep to it.

A rule allows `limit` requests in any `window` seconds for one name. A request asks for all its rules at once and gets
either a place under each (0) or the seconds to wait for the tightest one (then nothing is counted). Once it has its
answer, its place counts from then (`done`): however long it took to get there, the next one comes no sooner than the
rule says. A 429 of the service closes a name until the time it gave.
"""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from redis import Redis

from workers.store.redis import key as k


@dataclass(frozen=True)
class Rule:
    """At most `limit` requests in any `window` seconds for `name`."""

    name: str
    limit: int
    window: float


_TAKE = """
local now, wait = tonumber(ARGV[1]), 0
for i, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[i * 2 + 1]), tonumber(ARGV[i * 2 + 2])
  local closed = tonumber(redis.call('GET', key .. ':closed') or 0)
  if closed - now > wait then wait = closed - now end
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  if redis.call('ZCARD', key) >= limit then
    local first = tonumber(redis.call('ZRANGE', key, -limit, -limit, 'WITHSCORES')[2])
    if first + window - now > wait then wait = first + window - now end
  end
end
if wait > 0 then return tostring(wait) end
for i, key in ipairs(KEYS) do
  redis.call('ZADD', key, now, ARGV[2])
  redis.call('PEXPIRE', key, math.ceil(tonumber(ARGV[i * 2 + 2]) * 1000) + 1000)
end
return '0'
"""


class Pace:
    """Counts requests per rule. `now` is seconds since 1970."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis
        self._take = redis.register_script(_TAKE)
        self._token = ""

    def take(self, rules: list[Rule], now: float) -> float:
        """0 when the request may go now (and is counted), else seconds to wait."""
        token = uuid4().hex
        args: list[Any] = [now, token]
        for rule in rules:
            args += [rule.limit, rule.window]
        wait = float(self._take(keys=[k("pace", rule.name) for rule in rules], args=args))
        if wait <= 0:
            self._token = token
        return wait

    def done(self, rules: list[Rule], now: float) -> None:
        """The request that had its place last has its answer: the place counts from now."""
        with self.redis.pipeline(transaction=False) as pipe:
            for rule in rules:
                pipe.zadd(k("pace", rule.name), {self._token: now}, xx=True, gt=True)
            pipe.execute()

    def close(self, name: str, until: float, now: float) -> None:
        """The service said "not before `until`" for this name."""
        if until > now:
            self.redis.set(k("pace", name) + ":closed", until, px=int((until - now) * 1000) + 1000)
