"""A clock that the test moves.

`time.time()` of the test, its doubles and its forked workers alike.

The shift is one number in a file that all of them map into memory. `time.monotonic()` stays what it is, so timeouts
of sockets and loops are real; only what is a date (leases, due times, pace, timestamps) moves.
"""

import mmap
import struct
import time
from pathlib import Path

REAL = time.time
FORM = "3d"


class Clock:
    """Seconds since 1970, plus what the test has skipped.

    It may run faster than the real clock.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            path.write_bytes(struct.pack(FORM, REAL(), REAL(), 1.0))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), struct.calcsize(FORM))

    def __call__(self) -> float:
        """Now."""
        real, ours, rate = struct.unpack(FORM, self._map[:])
        return ours + (REAL() - real) * rate

    def skip(self, seconds: float) -> None:
        """Let time pass."""
        real, ours, rate = struct.unpack(FORM, self._map[:])
        self._map[:] = struct.pack(FORM, real, ours + seconds, rate)

    def run(self, rate: float) -> None:
        """Let it run `rate` times as fast from now on."""
        self._map[:] = struct.pack(FORM, REAL(), self(), rate)


class Switch:
    """Stands for `time.time` from before the bot is imported.

    Defaults of arguments keep what they find then.
    """

    def __init__(self) -> None:
        self.now = REAL

    def __call__(self) -> float:
        """Now."""
        return self.now()


SWITCH = Switch()


def switch() -> None:
    """Make this process's clock one that can be moved."""
    time.time = SWITCH
