"""Digests of all channels and days, and deep dives under way."""

from datetime import date

from redis import Redis

from workers.models import Digest
from workers.store.channels.memory import SETTLED_S, Memory
from workers.store.server.connection import key as k
from workers.store.server.connection import text


class Digests:
    """Looks through the digests that are stored."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def digest(self, slot: str) -> Digest | None:
        """The digest of a slot, or None."""
        return Memory(self.redis).digest(slot)

    def slots(self) -> list[str]:
        """Slots of all digests that are stored."""
        prefix = k("digest", "")
        return sorted(text(found).removeprefix(prefix) for found in self.redis.scan_iter(f"{prefix}*", count=1000))

    def slots_of(self, day: date, channel: str = "") -> list[str]:
        """Slots of the digests of a local date, of all channels or of one."""
        pattern, prefix = k("digest", f"digest|{channel or '*'}|{day.isoformat()}*"), k("digest", "")
        return sorted(text(found).removeprefix(prefix) for found in self.redis.scan_iter(pattern, count=1000))

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
        kept = [self.digest(slot) for slot in self.slots_of(day, channel)]
        kept += [self.dived(text(raw).removeprefix(k("dived", ""))) for raw in self.redis.scan_iter(k("dived", "*"))]
        for digest in kept:
            if digest and digest.channel.partition("/")[0] == channel.partition("/")[0]:
                picks = tuple(pick for pick in digest.picks if pick.paper.id == paper)
                if picks:
                    return digest.model_copy(update={"picks": picks})
        return None

    def keep_dived(self, delivery: str, digest: Digest) -> None:
        """Keep what a deep dive's posts are made of until they are sent.

        They may have to wait for their place.
        """
        self.redis.set(k("dived", delivery), digest.model_dump_json(), ex=SETTLED_S)

    def dived(self, delivery: str) -> Digest | None:
        """What a deep dive is made of, or None."""
        raw = self.redis.get(k("dived", delivery))
        return Digest.model_validate_json(raw) if raw else None
