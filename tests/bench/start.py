"""(h) Cold start of `python -m bot digest --sample`, from nothing to its end.

Beside the least that any such command needs.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Sequence

from tests.bench.figures import Figure, Report, middle, spread
from tests.bench.house import settled
from tests.bench.idle import BARE

STARTS = 5
"""Starts of which the median counts; each in an empty folder, without a server."""

SAMPLE = ("-m", "bot", "digest", "--sample")
LEAST = ("-c", BARE["rq and redis"].partition("; time.sleep")[0])


def measure(_runs: int) -> Report:
    """Start both in turns, so that other work on the machine meets both."""
    rows = [(_once(SAMPLE), _once(LEAST)) for _ in range(STARTS)]
    report = Report(
        "start",
        "`python -m bot digest --sample` in an empty folder: server and worker started, digest shown, all ended",
        "python -m tests.bench start",
        "a process that imports rq and redis and ends",
    )
    for name, part in (("from the command to its end", 0), ("processor, its children included", 1)):
        ours, floor = ([both[side][part] for both in rows] for side in (0, 1))
        report.figures.append(Figure(name, middle(ours), "s", middle(floor), note=spread(ours, "s")))
    return report


def _once(words: Sequence[str]) -> tuple[float, float]:
    """(seconds, seconds of processor) of one start, from a folder where nothing is."""
    with settled({}):
        used, began = _processor(), time.perf_counter()
        subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - began, _processor() - used


def _processor() -> float:
    """Seconds of processor of children that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
