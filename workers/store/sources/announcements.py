"""arXiv's announcements as read: papers of each category and day.

Kept for LIST_S; their titles longer.

`pb:fetch:announced:<category>:<day>` is one day's list with its papers, `pb:fetch:titles:<category>:<day>` id -> title,
`pb:fetch:gap:<category>:<day>` the class of the failure of a list that could not be read, for GAP_S: others do not try
at once what has just failed. All of them expire, and nothing is lost by it: arXiv keeps its dated pages for 90 days.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from redis import Redis

from workers.models import Paper
from workers.store.server.connection import key

LIST_S = 7 * 86_400
"""Seconds a day's list is kept with its papers."""

TITLES_S = 30 * 86_400
"""Seconds its ids and titles are kept: by them a list that comes again is known."""

GAP_S = 900
"""Seconds in which a list that could not be read is not tried again."""

Way = Literal["feed", "listing", "oai"]
"""From where a list was read: the feed, arXiv's dated pages, OAI-PMH."""


@dataclass(frozen=True)
class DayList:
    """What arXiv announced in one category on one day; it may be nothing."""

    day: date
    papers: tuple[Paper, ...]
    listed: int
    """Papers on the list, those without a usable id or title included."""
    way: Way
    again: date | None = None
    """The day whose list the feed had instead of this one."""
    failed: str | None = None
    """Class of the feed's failure instead of this list."""


class Announcements:
    """The ledger of announcement days."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def put(self, category: str, found: DayList) -> None:
        """Keep a day's list."""
        papers = [p.model_dump(mode="json", exclude_defaults=True) for p in found.papers]
        whole: dict[str, Any] = {"papers": papers, "listed": found.listed, "way": found.way, "failed": found.failed}
        whole["again"] = found.again.isoformat() if found.again else None
        with self.redis.pipeline(transaction=False) as pipe:
            pipe.set(_name("announced", category, found.day), json.dumps(whole), ex=LIST_S)
            titles = {p.id: p.title for p in found.papers}
            pipe.set(_name("titles", category, found.day), json.dumps(titles), ex=TITLES_S)
            pipe.delete(_name("gap", category, found.day))
            pipe.execute()

    def get(self, category: str, day: date) -> DayList | None:
        """The list of that day, or None where it was not read in the last LIST_S seconds."""
        raw = self._json("announced", category, [day])[0]
        try:
            papers = tuple(Paper.model_validate(p) for p in raw["papers"])
            again = date.fromisoformat(raw["again"]) if raw["again"] else None
            return DayList(day, papers, int(raw["listed"]), raw["way"], again, raw["failed"])
        except (ValueError, KeyError, TypeError):
            return None

    def titles(self, category: str, days: Iterable[date]) -> dict[date, dict[str, str]]:
        """Titles of lists read in the last TITLES_S seconds: day -> (id -> title).

        Days without such a list are left out.
        """
        days = list(days)
        found = zip(days, self._json("titles", category, days), strict=True)
        return {day: titles for day, titles in found if isinstance(titles, dict)}

    def note_gap(self, category: str, day: date, kind: str) -> None:
        """That day's list could not be read just now. `kind`: class of the failure."""
        self.redis.set(_name("gap", category, day), kind, ex=GAP_S)

    def gap(self, category: str, day: date) -> str | None:
        """Why that day's list could not be read just now, or None."""
        raw: Any = self.redis.get(_name("gap", category, day))
        return raw.decode() if isinstance(raw, bytes) else raw

    def _json(self, kind: str, category: str, days: list[date]) -> list[Any]:
        raw: Any = self.redis.mget([_name(kind, category, day) for day in days]) if days else []
        return [_loaded(one) for one in raw]


def _name(kind: str, category: str, day: date) -> str:
    return key("fetch", kind, category, day.isoformat())


def _loaded(raw: bytes | None) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return None
