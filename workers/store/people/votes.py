"""Votes and rates of single people, under keyed hashes, never names."""

import hmac
import secrets
import time
from collections.abc import Callable
from hashlib import sha256

from redis import Redis

from workers.models.taste import Kind, Sign
from workers.store.channels.tastes import LIFE_S, Tastes, field_of
from workers.store.server.connection import key as k
from workers.store.server.connection import text

HOUR_S = 3600.0
"""Window of the limits per person."""

EVENTS_S = 14 * 86_400
"""Seconds an event that brought a vote is remembered: as long as the ledger remembers."""

SALT = k("salt")

ALLOW = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', tonumber(ARGV[1]) - tonumber(ARGV[2]))
local new = {}
for i = 4, #ARGV do
  if not redis.call('ZSCORE', KEYS[1], ARGV[i]) then new[#new + 1] = ARGV[i] end
end
if #new == 0 then return 1 end
if redis.call('ZCARD', KEYS[1]) + #new > tonumber(ARGV[3]) then return 0 end
for _, event in ipairs(new) do redis.call('ZADD', KEYS[1], ARGV[1], event) end
redis.call('EXPIRE', KEYS[1], ARGV[2] + 60)
return 1
"""
"""Counts the events ARGV[4...] of a person for the window ARGV[2], all or none: 0 beyond the limit ARGV[3].

An event that was counted already counts no more.
"""

_VOTE = """
if ARGV[3] ~= '' then
  if redis.call('SADD', KEYS[2], ARGV[3]) == 0 then return 0 end
  redis.call('EXPIRE', KEYS[2], ARGV[4])
end
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[3], ARGV[5])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('HSET', KEYS[3], ARGV[5], ARGV[6])
  redis.call('EXPIRE', KEYS[3], ARGV[7])
end
return 1
"""
"""Casts, turns or takes back a vote (KEYS[1]), and notes it as a sign of the channel's taste (KEYS[3])."""


class People:
    """Votes and limits. `clock` gives seconds since 1970."""

    def __init__(self, redis: "Redis", clock: Callable[[], float] = time.time) -> None:
        self.redis, self.clock = redis, clock
        self._vote = redis.register_script(_VOTE)
        self._salt = ""

    def hashed(self, person: str) -> str:
        """The person's name in our records, a hash keyed with this store's salt.

        Without the salt it cannot be traced back.
        """
        if not self._salt:
            self.redis.set(SALT, secrets.token_hex(16), nx=True)
            self._salt = text(self.redis.get(SALT))
        return hmac.new(self._salt.encode(), person.encode(), sha256).hexdigest()[:24]

    def vote(self, channel: str, paper: str, person: str, up: bool, event: str = "") -> tuple[int, int]:
        """Count one vote per person; returns (for, against).

        The same vote again takes it back, the other one turns it. `event`: what brought the vote; the same event counts
        once, however often it is delivered.
        """
        keys = [k("votes", channel, paper), k("voted", channel, paper), k("signs", channel)]
        who, kind = self.hashed(person), "up" if up else "down"
        sign: list[str | int] = [field_of(kind, who, paper), f"{kind} {self.clock()}", LIFE_S]
        self._vote(keys=keys, args=[who, "1" if up else "0", event, EVENTS_S, *sign])
        return self.votes(channel, paper)

    def votes(self, channel: str, paper: str) -> tuple[int, int]:
        """(for, against)."""
        cast = [text(v) for v in self.redis.hvals(k("votes", channel, paper))]
        return cast.count("1"), cast.count("0")


def note_sign(redis: "Redis", now: float, channel: str, person: str, paper: str, kind: Kind) -> None:
    """Somebody in a channel wanted to know more of a paper: a weak sign of its taste."""
    if channel and person:
        who = People(redis).hashed(person)
        Tastes(redis).sign(channel.partition("/")[0], Sign(paper=paper, person=who, kind=kind, at=now))
