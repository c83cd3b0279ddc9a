"""Checks this machine's clock against Redis's and the ticks before.

A clock that is years ahead for one tick (a virtual machine that resumes, a board without a battery) would otherwise
have every digest of those years skipped.
"""

import logging
import time
from collections.abc import Callable

from redis import Redis

from workers.store.operations.clock_trust import ClockDoubts

log = logging.getLogger(__name__)

FAR_S = 6 * 3600.0
"""Seconds off from which a time is not believed: beyond any clock that is merely set by hand, or to a wrong zone."""


class ClockTrust:
    """`clock` gives seconds since 1970, `steady` seconds that nobody can set."""

    def __init__(
        self, redis: "Redis", clock: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self.redis, self.clock, self.steady, self.doubts = redis, clock, steady, ClockDoubts(redis)
        self._last: tuple[float, float] | None = None
        self._doubting = False

    def believed(self) -> bool:
        """True where Redis agrees, or where time has simply gone on since the last tick."""
        now, steady, theirs = self.clock(), self.steady(), self.doubts.server()
        expected = self._last[0] + steady - self._last[1] if self._last else theirs
        if abs(now - theirs) <= FAR_S or abs(now - expected) <= FAR_S:
            self._last = now, steady
            if self._doubting:
                self.doubts.over()
            self._doubting = False
            return True
        if not self._doubting:
            log.error("clock_not_believed", extra={"clock": round(now), "redis": round(theirs)})
        self._doubting = True
        self.doubts.note(now, theirs)
        return False
