"""What the operator was told, whose turn it is, and what fails lately."""

import json
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import WatchError

from workers.models import Part
from workers.store.delivery.outbox import Outbox
from workers.store.server.connection import key as k
from workers.store.server.connection import text

KEEP_S = 90 * 86_400
"""Seconds that is kept: as long as deliveries are."""

FAILING_S = 14 * 86_400
"""Seconds a failure that nothing followed is remembered."""

STATE, TURN, FAILING = k("operator", "state"), k("operator", "turn"), k("operator", "failing")

_TURN = """
local last = tonumber(redis.call('GET', KEYS[1]) or '')
local now, every = tonumber(ARGV[1]), tonumber(ARGV[2])
if last and last <= now and now - last < every then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', 86400)
return 1
"""

_FAILED = """
local last = tonumber(redis.call('HGET', KEYS[1], 'last') or '')
if last and tonumber(ARGV[1]) - last < tonumber(ARGV[3]) then return 0 end
redis.call('HSETNX', KEYS[1], 'since', ARGV[1])
redis.call('HSET', KEYS[1], 'last', ARGV[1], 'error', ARGV[2], 'said', ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('SADD', KEYS[2], ARGV[5])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return redis.call('HINCRBY', KEYS[1], 'count', 1)
"""


@dataclass(frozen=True)
class Failing:
    """Something that failed `count` times in a row."""

    what: str
    """`source <spec>` or `model`."""
    count: int
    error: str
    """Class of the last failure."""
    since: float
    last: float = 0.0
    """Time of the last failure."""
    said: str = ""
    """The service's own words, masked and cut, where it had any."""


class Incidents:
    """Reads and writes them. Times are seconds since 1970 and always arguments."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis
        self._turn, self._failed = redis.register_script(_TURN), redis.register_script(_FAILED)

    # -- what fails ------------------------------------------------------------------------------------------------

    def failed(self, what: str, error: str, now: float, gap: float = 0.0, said: str = "") -> None:
        """Count one more failure in a row.

        Within `gap` seconds of the last one it is the same one.
        """
        self._failed(keys=[k("operator", "failing", what), FAILING], args=[now, error, gap, FAILING_S, what, said])

    def worked(self, what: str) -> None:
        """It works again."""
        if self.redis.srem(FAILING, what):
            self.redis.delete(k("operator", "failing", what))

    def failing(self) -> list[Failing]:
        """Everything that failed last time it was tried."""
        found = []
        for what in sorted(text(m) for m in self.redis.smembers(FAILING)):
            raw = {text(n): text(v) for n, v in self.redis.hgetall(k("operator", "failing", what)).items()}
            if raw:
                since, last = float(raw["since"]), float(raw["last"])
                found.append(Failing(what, int(raw["count"]), raw["error"], since, last, raw.get("said", "")))
        return found

    # -- what was told ---------------------------------------------------------------------------------------------

    def my_turn(self, now: float, every: float) -> bool:
        """True for one caller in `every` seconds, however many clocks there are."""
        return bool(self._turn(keys=[TURN], args=[now, every]))

    def soon(self) -> None:
        """Something happened: whoever asks next has its turn."""
        self.redis.delete(TURN)

    def state(self) -> dict[str, Any]:
        """What was told; empty at first."""
        raw = self.redis.get(STATE)
        return json.loads(raw) if raw else {}

    def tell(self, before: dict[str, Any], after: dict[str, Any], channel: str, posts: dict[str, list[Part]]) -> bool:
        """Store a new state and enter its messages, in one step.

        False if somebody else was faster. `posts`: delivery -> all its parts; a delivery that exists is fitted to them
        afterwards (`Outbox.revise`).
        """
        outbox, now = Outbox(self.redis), float(after.get("at", 0))
        with self.redis.pipeline() as pipe:
            try:
                pipe.watch(STATE)  # type: ignore[no-untyped-call]
                if self.state() != before:
                    return False
                known = {name for name in posts if outbox.channel(name)}
                pipe.multi()
                pipe.set(STATE, json.dumps(after), ex=KEEP_S)
                for name, parts in posts.items():
                    if name not in known:
                        outbox.put(pipe, name, channel, parts, now)
                pipe.execute()
                return True
            except WatchError:
                return False
