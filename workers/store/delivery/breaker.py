"""A breaker for each messaging service: while away, one try a minute.

A hash `pb:breaker:<service>`: `fails` in a row over all workers, `probe` until when nobody asks, `since` when it began.
An answer of any kind, a refusal too, ends it: the service is there.
"""

from dataclasses import dataclass

from redis import Redis

from workers.store.server.connection import key as k
from workers.store.server.connection import text

TRIPS = 3
"""Failures in a row, of whatever messages, after which the service is taken to be away."""

PROBE_S = 60.0
"""Seconds between two requests to a service that is away."""

KEEP_S = 86_400
"""Seconds that failures are remembered which no further request followed."""

_TAKE = """
local s = redis.call('HMGET', KEYS[1], 'fails', 'probe')
local fails, probe, now = tonumber(s[1] or 0), tonumber(s[2] or 0), tonumber(ARGV[1])
local every = tonumber(ARGV[2])
if fails < tonumber(ARGV[3]) then return {'0', fails} end
if probe > now and probe - now <= every then return {tostring(probe - now), fails} end
redis.call('HSET', KEYS[1], 'probe', now + every)
return {'0', fails}
"""

_FAILED = """
local fails = redis.call('HINCRBY', KEYS[1], 'fails', 1)
redis.call('HSETNX', KEYS[1], 'since', ARGV[1])
redis.call('HSET', KEYS[1], 'probe', tonumber(ARGV[1]) + tonumber(ARGV[2]), 'error', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return fails
"""


@dataclass(frozen=True)
class ServiceAway:
    """A service that is away."""

    service: str
    since: float
    error: str
    """Class of the last failure."""


class Breaker:
    """Counts failures of a service. `now` is seconds since 1970."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis
        self._take, self._failed = redis.register_script(_TAKE), redis.register_script(_FAILED)
        self._known: dict[str, int] = {}

    def take(self, service: str, now: float) -> float:
        """0 where a request may go now, else the seconds until the next one may ask."""
        wait, fails = self._take(keys=[k("breaker", service)], args=[now, PROBE_S, TRIPS])
        self._known[service] = int(fails)
        return float(wait)

    def failed(self, service: str, now: float, error: str) -> bool:
        """It did not answer, or failed; True where it is taken to be away now."""
        args: list[str | float] = [now, PROBE_S, TRIPS, error, KEEP_S]
        self._known[service] = int(self._failed(keys=[k("breaker", service)], args=args))
        return self._known[service] >= TRIPS

    def worked(self, service: str) -> None:
        """It answered. Written only where failures were counted before."""
        if self._known.get(service):
            self.redis.delete(k("breaker", service))
            self._known[service] = 0

    def away(self, service: str) -> ServiceAway | None:
        """Whether it is away, and since when."""
        fails, since, error = self.redis.hmget(k("breaker", service), "fails", "since", "error")
        if int(fails or 0) < TRIPS:
            return None
        return ServiceAway(service, float(since or 0), text(error or b""))
