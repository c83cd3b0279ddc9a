"""The table of promises, from the results of a run: `python -m tests.promises.table` prints it and writes README's.

Without a full run of all promises README is left alone. Exit status 1 when a promise is not kept or was not tested.
"""

import json
import sys
from pathlib import Path

from tests.promises.registry import GROUPS, PROMISES

ROOT = Path(__file__).parents[2]
RESULTS, README = ROOT / "promises-out" / "results.json", ROOT / "README.md"
BEGIN, END = "<!-- promises: written by make promises -->", "<!-- /promises -->"


def state(promise, row) -> str:
    """What became of one promise in the run."""
    if row is None or not row["tests"]:
        return "not tested"
    if row["failed"]:
        return "**not kept**"
    if row["skipped"]:
        return "not tested here"
    return f"kept; {promise.weaker}" if promise.weaker else "kept"


def table(results: dict) -> str:
    """Markdown: number, promise, result, figures."""
    lines = ["| | promise | result | figures of the run |", "|---|---|---|---|"]
    group = ""
    for promise in PROMISES.values():
        if promise.group != group:
            group = promise.group
            lines.append(f"| **{group}** | **{GROUPS[group]}** | | |")
        row = results.get(str(promise.number))
        figures = "; ".join(dict.fromkeys(row["figures"])) if row else ""
        lines.append(f"| {promise.number} | {promise.says} | {state(promise, row)} | {figures} |")
    return "\n".join(lines)


def main() -> int:
    """Print the table; write it into README after a full run."""
    run = json.loads(RESULTS.read_text())
    results = run["promises"]
    made = table(results)
    print(made)
    broken = [n for n, p in PROMISES.items() if not state(p, results.get(str(n))).startswith("kept")]
    if broken:
        print(f"\nnot kept or not tested: {', '.join(map(str, broken))}", file=sys.stderr)
    elif run["full"]:
        text = README.read_text()
        before, _, rest = text.partition(BEGIN)
        _, _, after = rest.partition(END)
        README.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
