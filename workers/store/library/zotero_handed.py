"""Papers handed to Zotero, and until when Zotero wants a pause."""

from collections.abc import Iterable
from typing import Any

from redis import Redis

from workers.store.server.connection import key as k
from workers.store.server.connection import text

KEEP_S = 1100 * 86_400
"""Seconds that is remembered: as long as a paper's names (`store.twins`)."""


class ZoteroHanded:
    """Reads and writes what was handed to Zotero.

    `library`: as the setting names it, `users/123` or `groups/456`. Times are arguments.
    """

    def __init__(self, redis: "Redis", library: str) -> None:
        self.redis, self.library = redis, library

    def get(self, papers: Iterable[str]) -> dict[str, str]:
        """What was made of the first of these papers that is there; else empty.

        `papers`: ids, names of one paper. `item` and `note` hold keys of Zotero's, `note` is `-` where there is nothing
        to note.
        """
        for paper in papers:
            found = self.redis.hgetall(self._key(paper))
            if found:
                return {text(name): text(value) for name, value in found.items()}
        return {}

    def put(self, paper: str, **made: str) -> None:
        """Note what was made of a paper."""
        fields: dict[Any, Any] = {**made}
        with self.redis.pipeline() as pipe:
            pipe.hset(self._key(paper), mapping=fields)
            pipe.expire(self._key(paper), KEEP_S)
            pipe.execute()

    def rest(self, wait: float, now: float) -> None:
        """Ask nothing for `wait` seconds; a longer rest that was asked for before stays."""
        until = now + wait
        if until > self.resting():
            self.redis.set(k("zotero-rest", self.library), until, px=max(1, round(wait * 1000)))

    def resting(self) -> float:
        """Until when nothing is asked, in seconds since 1970; 0: now it may be."""
        return float(self.redis.get(k("zotero-rest", self.library)) or 0)

    def _key(self, paper: str) -> str:
        return k("zotero", self.library, paper)
