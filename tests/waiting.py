"""How tests wait and measure.

So that a slow or busy machine turns no right answer into a failure.

No test asserts that something took less than so many seconds. What has to happen is waited for (`until`), what must be
cheap is counted, or its cost is compared with the same at a quarter of the size (`growth`), and latencies are figures
of `make bench`.
"""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

HANG_S = 120.0
"""Seconds after which a test says that something hangs: ten times what the slowest takes on an idle machine."""

LOOK_S = 0.02
"""Seconds between two looks."""

LINEAR, QUADRATIC = 9.0, 30.0
"""Most that four times the size may cost: what is linear costs 4 times as much, what is quadratic 16, cubic 64."""

NOISE_S = 0.002
"""Seconds of the processor below which two costs are not told apart."""

T = TypeVar("T")


def until(true: Callable[[], T], what: str = "it", seconds: float = HANG_S) -> T:
    """Waits until `true()` is true and returns what it returned.

    AssertionError after `seconds`, when all must have hung.
    """
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, f"{what} did not happen in {seconds:g} s"
        time.sleep(LOOK_S)
    return found


def growth(work: Callable[[int], object], size: int, rounds: int = 3) -> float:
    """Processor time of `work(4 * size)` over that of `work(size)`.

    Each is the least of some rounds.
    """
    return _least(work, 4 * size, rounds) / max(_least(work, size, rounds), NOISE_S)


def _least(work: Callable[[int], object], size: int, rounds: int) -> float:
    def once() -> float:
        started = time.thread_time()
        work(size)
        return time.thread_time() - started

    return min(once() for _ in range(rounds))


def listens(path: Path) -> bool:
    """True once a server accepts at this Unix socket; its file is there before."""
    with socket.socket(socket.AF_UNIX) as tried:
        return tried.connect_ex(str(path)) == 0
