"""A task of the ledger as a record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workers.store.server.connection import text


@dataclass(frozen=True)
class Task:
    """One entry of the ledger as it stands."""

    key: str
    kind: str
    state: str
    attempt: int
    """The fence: number of times it was handed out."""
    due: float
    data: Any
    """JSON: the record in `models.tasks` for this kind."""
    fails: int
    error: str | None
    ended: float | None
    held: bool
    """True while somebody has it (its lease has not been given back)."""
    tries: int = 0
    """Those of `fails` that do not count towards its end."""

    @property
    def about(self) -> dict[str, str]:
        """Channel and paper, where the task has one: for log lines."""
        paper = self.data.get("id") or (self.data.get("place") or {}).get("paper")
        return {name: str(v) for name, v in (("channel", self.data.get("channel")), ("paper", paper)) if v}


def task_of(key: str, hashed: Mapping[Any, Any]) -> Task | None:
    """The task from its hash; None where there is none."""
    raw = {text(n): text(v) for n, v in hashed.items()}
    if not raw:
        return None
    return Task(
        key,
        raw["kind"],
        raw["state"],
        int(raw.get("try", 0)),
        float(raw["due"]),
        json.loads(raw["data"]),
        int(raw.get("fails", 0)),
        raw.get("error") or None,
        float(raw["ended"]) if "ended" in raw else None,
        float(raw.get("lease", 0)) > 0,
        int(raw.get("tries", 0)),
    )
