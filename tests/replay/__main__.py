"""`python -m tests.replay [DIR]`: live through many days and count the bad ones.

Exit 1 if there is any.
"""

import argparse
import logging
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.clock import switch
from tests.replay.count import FAULTS, faults, totals
from tests.replay.lists import recorded, synthetic

DAYS = 69
"""As long as the system that this one succeeds was watched."""


def main() -> int:
    """Run it and print a line a day."""
    parse = argparse.ArgumentParser(prog="python -m tests.replay", description=__doc__)
    parse.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, help="recorded lists, YYYY-MM-DD.json (default: made ones)"
    )
    parse.add_argument("--days", type=int, default=DAYS, help="how many made days (default: 69)")
    parse.add_argument("--errors", type=float, default=0.2, help="share of the model's calls that fail (default: 0.2)")
    parse.add_argument("--seed", type=int, default=1)
    given = parse.parse_args()
    try:
        lists = recorded(given.folder) if given.folder else synthetic(given.days, given.seed)
    except ValueError as error:
        sys.exit(f"replay: {error}")
    switch()
    for name in ("aiohttp.server", "workers"):  # a killed worker hangs up on the doubles; the bot's log is its own
        logging.getLogger(name).setLevel(logging.CRITICAL)
    from tests.replay.run import Replay, Weather
    from workers.store.server import embedded

    folder = Path(tempfile.mkdtemp(prefix="pb-r-"))
    started, days = time.monotonic(), []
    try:
        url = embedded.start(folder / "redis")
        weather = Weather(errors=given.errors, seed=given.seed)
        print(f"{'day':10}  {'':3}  papers  edits  cleared  {'  '.join(FAULTS)}")
        with Replay(lists, folder, url, weather) as replay:
            for day in replay.live():
                days.append(day)
                _line(day, faults(days)[-1])
            killed, calls, failed = replay.killed, replay.calls, replay.failed
    finally:
        embedded.stop(folder / "redis")
        shutil.rmtree(folder, ignore_errors=True)
    counts = totals(faults(days))
    print(
        f"{len(days)} days in {time.monotonic() - started:.0f} s: {failed} of {calls} calls of the model failed, "
        f"{killed} workers were killed."
    )
    print("Days with " + ", ".join(f"{name}: {counts[name]}" for name in FAULTS) + ".")
    return int(any(counts.values()))


def _line(day, bad) -> None:
    weekday = time.strftime("%a", time.strptime(day.name, "%Y-%m-%d"))
    edits = sum(m.method == "edit" for m in day.shown)
    marks = "  ".join(f"{len(bad[name]) or '-':>{len(name)}}" for name in FAULTS)
    print(
        f"{day.name:10}  {weekday}  {len(day.papers):6}  {edits:5}  {len(day.cleared):7}  {marks}  {day.note}",
        flush=True,
    )
    for name in FAULTS:
        for what in bad[name][:3]:
            print(f"            {name}: {what}")


if __name__ == "__main__":
    sys.exit(main())
