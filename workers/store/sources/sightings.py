"""New papers of undated sources, by the day they were first seen.

A journal's feed holds its latest papers and drops the older ones; what it had on a day is known only to who looked.
`pb:fetch:sighted:<source>:<day>` has the papers first seen on that day, `pb:fetch:known:<source>` every id with the
time when it was last on the list, `pb:fetch:looked:<source>` the time of the last look. All expire.
"""

import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from pydantic import ValidationError
from redis import Redis

from workers.models import Paper
from workers.store.server.connection import key

SIGHTED_S = 30 * 86_400
"""Seconds a day's new papers are kept: twice as long as a digest looks back."""

KNOWN_S = 200 * 86_400
"""Seconds an id is known after it was last on the list: a paper that comes back to it later is news again."""


class Sightings:
    """Keeps which papers of a list were first seen when.

    `source`: a short name of the list, by its address.
    """

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def looked(self, source: str) -> float:
        """When the list was last read (seconds since 1970); 0: never."""
        raw: Any = self.redis.get(key("fetch", "looked", source))
        return float(raw) if raw else 0.0

    def unknown(self, source: str, ids: Collection[str]) -> set[str]:
        """Those of `ids` that were not on the list before."""
        ids = list(ids)
        scores: Any = self.redis.zmscore(key("fetch", "known", source), ids) if ids else []
        return {id for id, score in zip(ids, scores, strict=True) if score is None}

    def note(self, source: str, day: date, ids: Collection[str], new: Iterable[Paper], now: float) -> None:
        """The list was read at `now` and had `ids`; `new` of it are the news of `day`."""
        place, known = key("fetch", "sighted", source, day.isoformat()), key("fetch", "known", source)
        had = {paper.id: paper for paper in self._day(source, day)}
        papers = had | {p.id: p.model_copy(update={"listed": day}) for p in new}
        with self.redis.pipeline(transaction=True) as pipe:
            if papers:
                whole = [p.model_dump(mode="json", exclude_defaults=True) for p in papers.values()]
                pipe.set(place, json.dumps(whole), ex=SIGHTED_S)
            if ids:
                pipe.zadd(known, dict.fromkeys(ids, now))
                pipe.zremrangebyscore(known, "-inf", now - KNOWN_S)
                pipe.expire(known, KNOWN_S)
            pipe.set(key("fetch", "looked", source), str(now), ex=KNOWN_S)
            pipe.execute()

    def seen_on(self, source: str, days: Iterable[date]) -> list[Paper]:
        """The news of `days`, in their order."""
        return [paper for day in days for paper in self._day(source, day)]

    def _day(self, source: str, day: date) -> list[Paper]:
        raw: Any = self.redis.get(key("fetch", "sighted", source, day.isoformat()))
        try:
            return [Paper.model_validate(p) for p in json.loads(raw)] if raw else []
        except (ValueError, TypeError, ValidationError):
            return []
