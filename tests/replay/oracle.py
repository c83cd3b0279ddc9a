"""What could be had of the lists each day, told without the bot."""

from datetime import date, timedelta
from typing import Any

from tests.replay.lists import Lists
from workers.sources.huggingface import from_items

TOP = 15
"""Papers of a list that the replay's profile asks for."""


class Oracle:
    """Knows, without the bot, which papers could be had each day and clear the bar."""

    def __init__(self, lists: Lists, truth: Any, bar: int) -> None:
        self.lists, self.truth, self.bar = lists, truth, bar
        self.read: set[date] = set()
        self.seen: set[str] = set()
        self.first: date | None = None

    def morning(self, day: date, away: bool) -> tuple[str, ...]:
        """Papers that clear the bar in complete, unread lists of the last seven days."""
        self.first = self.first or day
        if away:
            return ()
        window = [day - timedelta(days=n) for n in range(7, 0, -1)]
        lists = [d for d in window if d not in self.read and d >= self.first - timedelta(days=1)]
        self.read |= set(lists)
        cleared = []
        for each in lists:
            for paper in from_items(self.lists.days.get(each, []), each).papers[:TOP]:
                if paper.id not in self.seen and self.truth(paper) >= self.bar:
                    cleared.append(paper.id)
                self.seen.add(paper.id)
        return tuple(cleared)
