"""Saved papers: people's own lists, and channels' reading lists."""

from dataclasses import dataclass
from typing import Any

from redis import Redis

from workers.store.server.connection import key as k
from workers.store.server.connection import text

_TOGGLE = """
if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 then
  redis.call('ZREM', KEYS[2], ARGV[2])
  return 0
end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])
return 1
"""


@dataclass(frozen=True)
class SavedPaper:
    """One paper that somebody saved."""

    paper: str
    home: str
    """Channel where it was saved."""
    at: float
    """Seconds since 1970, of the latest who saved it."""
    by: int = 1
    """How many people saved it there."""


class Saved:
    """Reads and writes the lists. `who`: a person as `People.hashed` names them."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis
        self._toggle = redis.register_script(_TOGGLE)

    def toggle(self, home: str, paper: str, who: str, now: float) -> bool:
        """Save a paper, or take it off the list again; True if it is on it now."""
        keys = [k("saved", who), k("reading", home)]
        return bool(self._toggle(keys=keys, args=[f"{home} {paper}", f"{paper} {who}", now]))

    def of(self, who: str) -> list[SavedPaper]:
        """A person's own list, newest first."""
        found: list[Any] = self.redis.zrange(k("saved", who), 0, -1, desc=True, withscores=True)
        split = [(text(member).partition(" "), float(at)) for member, at in found]
        return [SavedPaper(paper, home, at) for (home, _, paper), at in split]

    def reading(self, home: str) -> list[SavedPaper]:
        """A channel's reading list, newest first, each paper once."""
        found: dict[str, SavedPaper] = {}
        members: list[Any] = self.redis.zrange(k("reading", home), 0, -1, desc=True, withscores=True)
        for member, at in members:
            paper = text(member).rpartition(" ")[0]
            before = found.get(paper)
            found[paper] = SavedPaper(paper, home, before.at if before else float(at), before.by + 1 if before else 1)
        return list(found.values())

    def forget(self, who: str) -> int:
        """Remove a person's list, also from the reading lists; how many papers."""
        mine = self.of(who)
        with self.redis.pipeline() as pipe:
            for one in mine:
                pipe.zrem(k("reading", one.home), f"{one.paper} {who}")
            pipe.delete(k("saved", who))
            pipe.execute()
        return len(mine)
