"""`python -m tests.bench [NAME ...] [--json FILE]`.

Measure, and show each figure beside its floor.

`truth`, `rank FILE.jsonl` and `taste` have command lines of their own (see `bench.truth`, `.ranking`, `.taste`).

Exit status 0 whatever the figures are; 1 only if a measurement could not be made.
"""

import argparse
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console

from tests.bench import (
    cost,
    digest,
    fanout,
    find,
    idle,
    old_store,
    paper,
    rank,
    ranking,
    reading,
    scale,
    start,
    talk,
    taste,
    truth,
)
from tests.bench.figures import Report, show, write_json

RUNS = 3
"""Digests of each kind, of which the median counts; one takes about 35 s."""


def measurements(channels: int, workers: int) -> dict[str, Callable[[int], Report]]:
    """Name -> what makes its report, given the number of runs."""
    return {
        "digest": digest.measure,
        "cost": cost.measure,
        "paper": paper.measure,
        "rank": rank.measure,
        "start": start.measure,
        "idle": idle.measure,
        "fanout": partial(fanout.measure, channels=channels, workers=workers),
        "ack": talk.ack,
        "first-words": talk.first_words,
        "reading": reading.measure,
        "find": find.measure,
        "scale": partial(scale.measure, channels=channels),
        "old-store": old_store.measure,
    }


def main(words: list[str] | None = None) -> int:
    """Measure what is asked for (all of it where nothing is named)."""
    words = sys.argv[1:] if words is None else words
    if words[:1] == ["truth"]:
        return truth.main(words[1:])
    if words[:1] == ["taste"]:
        return taste.main(words[1:])
    if words[:1] == ["rank"] and len(words) > 1 and words[1].endswith(".jsonl"):
        return ranking.main(words[1:])
    names = list(measurements(1, 1))
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure, each figure beside its floor.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(names)} (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"digests of each kind (default {RUNS})")
    parser.add_argument("--channels", type=int, default=fanout.CHANNELS, help="fanout: channels of each platform")
    parser.add_argument("--workers", type=int, default=fanout.WORKERS, help="fanout: delivery workers")
    given = parser.parse_args(words)
    if unknown := set(given.names) - set(names):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    if given.runs < 1 or given.channels < 1 or given.workers < 1:
        parser.error("--runs, --channels and --workers must be at least 1")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything started is stopped
    target = given.json.absolute() if given.json else None
    return run(given.names or names, measurements(given.channels, given.workers), given.runs, target)


def run(names: list[str], known: dict[str, Callable[[int], Report]], runs: int, target: Path | None) -> int:
    """Make and show the reports named; 1 if one of them could not be made."""
    console, aside = Console(highlight=False), Console(stderr=True, highlight=False)
    reports, crashed = [], []
    for name in dict.fromkeys(names):
        began = time.monotonic()
        try:
            with aside.status(f"measuring {name} ..."):
                report = known[name](runs)
        except Exception:
            crashed.append(name)
            aside.print(traceback.format_exc(), markup=False)
            continue
        report.notes.append(f"measured in {time.monotonic() - began:.0f} s")
        show(report, console)
        reports.append(report)
    if target:
        write_json(reports, target)
    if crashed:
        aside.print(f"not measured: {', '.join(crashed)}")
    return 1 if crashed else 0


if __name__ == "__main__":
    sys.exit(main())
