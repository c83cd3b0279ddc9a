"""Compares the machine's clock with services' `Date` headers."""

import threading
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from workers.operations.doctor.findings import Finding, State

PART = "Machine"

OFF_S, WRONG_S = 30.0, 300.0
"""Seconds of difference from which it is told, and from which the clock is wrong: Slack's signatures live 300 s."""

HALF_S = 0.5
"""A Date header has whole seconds: half of one is added."""


class Clock:
    """Collects differences. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ahead: dict[str, float] = {}

    def heard(self, service: str, headers: Mapping[str, str]) -> None:
        """Note the `date` (and a cache's `age`) of a reply that has just come.

        Its way here counts as nothing.
        """
        try:
            theirs = parsedate_to_datetime(headers["date"]).timestamp() + float(headers.get("age", 0)) + HALF_S
        except (KeyError, ValueError, TypeError, OverflowError):
            return
        with self._lock:
            self._ahead.setdefault(service, time.time() - theirs)

    def findings(self) -> Iterator[Finding]:
        """Compare our clock with the services' times and yield a finding.

        The middle one counts: a single server's clock may be wrong.
        """
        with self._lock:
            ahead = sorted(self._ahead.items(), key=lambda item: item[1])
        if not ahead:
            yield Finding(PART, "clock", "unknown", "no service answered with its time")
            return
        service, seconds = ahead[len(ahead) // 2]
        if abs(seconds) < OFF_S:
            yield Finding(PART, "clock", "ok", f"agrees with {' and '.join(name for name, _ in ahead)}")
            return
        said = f"is {abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} {service}"
        state: State = "fail" if abs(seconds) >= WRONG_S else "warn"
        todo = "switch time synchronisation on (timedatectl set-ntp true): digests come at the wrong time otherwise."
        yield Finding(PART, "clock", state, said, todo)
