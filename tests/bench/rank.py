"""(c) The local ranker on 1,000 abstracts, each time in a fresh process.

Beside bm25s alone on the same texts.
"""

import json
import os
import subprocess
import sys

from prompts import load_profile
from tests.bench.figures import Figure, Report, middle, spread
from tests.bench.house import ROOT
from tests.bench.texts import papers

PAPERS = 1000
PROFILE = "cv-daily-zh"
"""Whose interests: the default profile's six."""

RUNS = 5
"""Fresh processes of each kind; they take turns, so that other work on the machine meets both."""

LONGEST_S = 120.0
"""Seconds a process may take; it needs about 2."""


def child(way: str, count: int) -> dict[str, float]:
    """Seconds and MB of one fresh process that ranks `count` abstracts."""
    texts = [[p.id, p.title, p.abstract] for p in papers(count)]
    given = json.dumps({"texts": texts, "interests": load_profile(PROFILE).interests})
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.rank_child", way],
        input=given, capture_output=True, text=True, timeout=LONGEST_S, check=True, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return json.loads(done.stdout)


def measure(runs: int = RUNS, count: int = PAPERS) -> Report:
    """Time and peak memory of ranking `count` abstracts."""
    found: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
    for _ in range(max(runs, RUNS)):
        for way, rows in found.items():
            rows.append(child(way, count))
    words = [len(p.abstract.split()) for p in papers(count)]
    report = Report(
        "rank",
        f"{count:,} abstracts ranked locally for {PROFILE}, in a fresh process",
        "python -m tests.bench rank",
        "bare bm25s on the same texts in another fresh process: tokenise with stems, index, score, sort",
    )
    for name, part, unit in (
        ("wall time, first call (imports included)", "first_s", "s"),
        ("wall time, again in the same process", "again_s", "s"),
        ("peak memory of the process", "peak_mb", "MB"),
        ("  of which before ranking (interpreter, the texts)", "before_mb", "MB"),
    ):
        ours, floor = ([row[part] for row in found[way]] for way in ("ours", "bare"))
        report.figures.append(Figure(name, middle(ours), unit, middle(floor), note=spread(ours, unit)))
    report.notes.append(
        f"{sum(words) / len(words):.0f} words an abstract; ours also looks for each phrase in each text, so that a "
        "score depends on one paper alone; the order also by feedback from the best five."
    )
    return report
