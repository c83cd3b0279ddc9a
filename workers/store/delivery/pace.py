"""How fast we may speak, counted in Redis so that all workers together keep to it.

A rule allows `limit` requests in any `window` seconds for one name. A request asks for all its rules at once and gets
either a place under each (0) or the seconds to wait for the tightest one (then nothing is counted). Once it has its
answer, its place counts from then (`done`): however long it took to get there, the next one comes no sooner than the
rule says. A 429 of the service closes a name until the time it gave.

Where many wait for a rule that they share, each is promised a time of its own, one after another, so that they do not
all come at once and again and again. A request that is not `lined` goes as soon as there is room.
"""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from redis import Redis

from workers.store.server.connection import key as k


@dataclass(frozen=True)
class Rule:
    """At most `limit` requests in any `window` seconds for `name`.

    `limit` 0: no limit, but the name may be closed. `shared`: requests of many names count under it, and line up for
    it.
    """

    name: str
    limit: int = 0
    window: float = 0.0
    shared: bool = False


EARLY_S = 0.01
"""Seconds before its promised time that a request counts as being there: two processes' clocks and timers differ."""

_TAKE = """
local now, who, lined = tonumber(ARGV[1]), ARGV[3], ARGV[4] == '1'
local before, answered = ARGV[#ARGV - 1], ARGV[#ARGV]
local own, common, line, step = 0, 0, nil, 0
for i, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[i * 3 + 2]), tonumber(ARGV[i * 3 + 3])
  if before ~= '' and limit > 0 then redis.call('ZADD', key, 'XX', 'GT', answered, before) end
  local closed = tonumber(redis.call('GET', key .. ':closed') or 0)
  if closed - now > own then own = closed - now end
  local wait = 0
  if limit > 0 then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
    if redis.call('ZCARD', key) >= limit then
      wait = tonumber(redis.call('ZRANGE', key, -limit, -limit, 'WITHSCORES')[2]) + window - now
    end
  end
  if ARGV[i * 3 + 4] == '1' then
    line, step, common = key .. ':line', window / (limit + 2), wait
  elseif wait > own then own = wait end
end
local wait, full = math.max(own, common), 0
if line and lined then
  local promised = tonumber(redis.call('ZSCORE', line, who) or 0)
  local last = tonumber(redis.call('ZRANGE', line, -1, -1, 'WITHSCORES')[2] or 0)
  if promised > now + EARLY then return {tostring(math.max(promised - now, own)), 0} end
  if promised > 0 and own <= 0 then
    full = common > 0 and 1 or 0
  elseif last > now + own or (common > 0 and own <= 0) then
    local at = math.max(last + step, now + wait)
    redis.call('ZREMRANGEBYSCORE', line, '-inf', now - 60)
    redis.call('ZADD', line, at, who)
    redis.call('PEXPIRE', line, math.ceil((at - now) * 1000) + 60000)
    return {tostring(at - now), 0}
  end
end
if wait > 0 then return {tostring(wait), full} end
if line then redis.call('ZREM', line, who) end
for i, key in ipairs(KEYS) do
  if tonumber(ARGV[i * 3 + 2]) > 0 then
    redis.call('ZADD', key, now, ARGV[2])
    redis.call('PEXPIRE', key, math.ceil(tonumber(ARGV[i * 3 + 3]) * 1000) + 1000)
  end
end
return {'0', 0}
""".replace("EARLY", str(EARLY_S))


class Pace:
    """Counts requests per rule. `now` is seconds since 1970."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis
        self._take = redis.register_script(_TAKE)
        self._token = ""
        self._answered: tuple[list[Rule], str, float] | None = None
        self.full = False
        """True if the last `take` came at its promised time and only the shared rule had no room yet."""

    def take(self, rules: list[Rule], now: float, *, lined: bool = False) -> float:
        """0 when the request may go now (and is counted), else seconds to wait.

        `lined`: wait in line for the shared rule, under the name of the first rule.
        """
        token, before = uuid4().hex, self._answered
        if before and before[0] != rules:
            self.flush()
        args: list[Any] = [now, token, rules[0].name, int(lined)]
        for rule in rules:
            args += [rule.limit, rule.window, int(rule.shared)]
        args += before[1:] if before else ("", 0)
        wait, full = self._take(keys=[k("pace", rule.name) for rule in rules], args=args)
        self.full = bool(full)
        if float(wait) <= 0:
            self._token = token
        self._answered = None
        return float(wait)

    def done(self, rules: list[Rule], now: float) -> None:
        """The request that had its place last has its answer: the place counts from now.

        It is written with the next `take`, which must follow at once, or by `flush`.
        """
        self._answered = rules, self._token, now

    def flush(self) -> None:
        """Write what is to be written."""
        if self._answered is None:
            return
        rules, token, now = self._answered
        with self.redis.pipeline(transaction=False) as pipe:
            for rule in rules:
                if rule.limit:
                    pipe.zadd(k("pace", rule.name), {token: now}, xx=True, gt=True)
            pipe.execute()
        self._answered = None

    def close(self, name: str, until: float, now: float) -> None:
        """Allow no request for this name before `until`.

        The service said so, or it is to be left alone until then.
        """
        if until > now:
            self.redis.set(k("pace", name) + ":closed", until, px=int((until - now) * 1000) + 1000)
