"""Digests of all channels and days, and deep dives under way."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from redis import Redis

from prompts import profiles
from workers.models import Digest
from workers.store.channels.memory import DIGEST_S, SETTLED_S, Memory
from workers.store.server.connection import key as k
from workers.store.server.connection import pages, text

NAMES_AT_ONCE = 2000
"""Names of digests that are looked up in one step: half a year of a channel; the server needs a millisecond."""

_THERE = """
local found = {}
for n, name in ipairs(KEYS) do
  if redis.call('EXISTS', name) == 1 then found[#found + 1] = ARGV[n] end
end
return found
"""
"""Those of ARGV whose keys are there."""


class Digests:
    """Looks through the digests that are stored."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis
        self._there = redis.register_script(_THERE)

    def digest(self, slot: str) -> Digest | None:
        """The digest of a slot, or None."""
        return Memory(self.redis).digest(slot)

    def slots(self) -> list[str]:
        """Slots of all digests that are stored."""
        prefix = k("digest", "")
        return sorted(text(found).removeprefix(prefix) for found in self.redis.scan_iter(f"{prefix}*", count=1000))

    def slots_of(self, channels: Sequence[str], first: date, last: date) -> list[str]:
        """Slots of the digests of some channels and local dates, `DIGEST_S` back at most.

        They are asked for by name, which takes as long in a large store as in a small one.
        """
        first = max(first, last - timedelta(seconds=DIGEST_S))
        days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
        variants = ("", "|sample", *(f"|{name}" for name in profiles()))
        names = [f"digest|{one}|{day}{variant}" for one in channels for day in days for variant in variants]
        keys = ([k("digest", name) for name in some] for some in pages(names, NAMES_AT_ONCE))
        there = (self._there(keys, some) for keys, some in zip(keys, pages(names, NAMES_AT_ONCE), strict=True))
        return sorted(text(name) for found in there for name in found)

    def channels(self) -> list[str]:
        """Channels that ever had a digest, each topic by itself."""
        return sorted({name.partition("#")[0] for name in Memory(self.redis).had()})

    def shown(self, digest: Digest) -> Digest:
        """The digest with those picks that its channel was shown."""
        memory = f"{digest.channel}#sample" if digest.sample else digest.channel
        ids = [pick.paper.id for pick in digest.picks]
        there = self.redis.smismember(k("posted", memory), ids) if ids else []
        return digest.model_copy(update={"picks": tuple(p for p, yes in zip(digest.picks, there, strict=True) if yes)})

    def telling_of(self, paper: str, channel: str, day: date) -> Digest | None:
        """A channel's digest of that day, cut down to one paper; None if not found.

        A deep dive of the paper that went there counts, too, after that day's digests.
        """
        for digest in self._told(channel, day):
            if digest and digest.channel.partition("/")[0] == channel.partition("/")[0]:
                picks = tuple(pick for pick in digest.picks if pick.paper.id == paper)
                if picks:
                    return digest.model_copy(update={"picks": picks})
        return None

    def _told(self, channel: str, day: date) -> Iterator[Digest | None]:
        yield from map(self.digest, self.slots_of([channel], day, day))
        for raw in self.redis.scan_iter(k("dived", "*"), count=1000):
            yield self.dived(text(raw).removeprefix(k("dived", "")))

    def keep_dived(self, delivery: str, digest: Digest) -> None:
        """Keep what a deep dive's posts are made of until they are sent.

        They may have to wait for their place.
        """
        self.redis.set(k("dived", delivery), digest.model_dump_json(), ex=SETTLED_S)

    def dived(self, delivery: str) -> Digest | None:
        """What a deep dive is made of, or None."""
        raw = self.redis.get(k("dived", delivery))
        return Digest.model_validate_json(raw) if raw else None
