"""Finds each channel's latest digest that should be out by now, and whether it is."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from redis import Redis

from workers.channels.recipients import Target
from workers.channels.schedule import CATCH_UP, slots
from workers.operations.incidents import LATE_S, DueDigest
from workers.store.delivery.outbox import Outbox
from workers.store.tasks.ledger import Ledger, Task


class DueDigests:
    """Remembers which digests are out: they are not looked at again."""

    def __init__(self, redis: "Redis") -> None:
        self.ledger, self.outbox = Ledger(redis), Outbox(redis)
        self._out: set[str] = set()

    def all(self, goals: Sequence[Target], now: float, told: Mapping[str, Any]) -> list[DueDigest]:
        """Return the latest digest due in each channel, and those told to be late."""
        due: dict[str, tuple[str, str, str]] = {}
        late = datetime.fromtimestamp(now - LATE_S, UTC)
        for goal in goals:
            if found := list(slots(late - CATCH_UP, late, goal.at, goal.zone, goal.weekdays)):
                day = found[-1][0]
                due.setdefault(goal.slot(day), (goal.channel, day.isoformat(), f"{goal.at:%H:%M}"))
        for key, about in told.items():
            if key.startswith("late|"):
                due.setdefault(about["slot"], (about["channel"], about["day"], about["time"]))
        known = self.ledger.many([key for key in due if key not in self._out])
        tasks = [task for task in known.values() if task.state not in ("skipped", "undelivered")]
        out = self.out(tasks)
        self._out |= out
        return [DueDigest(task.key, *due[task.key], task.key in out, task.state == "dead") for task in tasks]

    def out(self, tasks: Sequence[Task]) -> set[str]:
        """Keys of those digests that are done and have no message still to be sent.

        What was refused or is uncertain is told by itself.
        """
        done = [task.key for task in tasks if task.state == "done"]
        sending = self.ledger.many([f"delivery|{key}" for key in done])
        under_way = [key for key in done if (task := sending.get(f"delivery|{key}")) and task.state == "open"]
        standing = self.outbox.standings(under_way)
        return {key for key in done if all(row.out for row in standing.get(key, ()))}
