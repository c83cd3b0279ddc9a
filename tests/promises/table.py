"""Makes the table of promises from the results of a run.

Prints it and writes docs/promises.md.

The page is left alone unless the run was a full one of all promises (or `--page` is given, and every promise tested is
kept). Exit status 1 when a promise is not kept or was not tested.
"""

import json
import sys
from pathlib import Path

from tests.promises.registry import GROUPS, PROMISES

ROOT = Path(__file__).parents[2]
RESULTS, PAGE = ROOT / "promises-out" / "results.json", ROOT / "docs" / "promises.md"
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


def rows_of(page: str) -> list[tuple[str, str, str]]:
    """(number, promise, result) of each row of the page's table."""
    _, _, rest = page.partition(BEGIN)
    inside, _, _ = rest.partition(END)
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in inside.splitlines()]
    return [(row[0], row[1], row[2]) for row in cells if row[0].isdigit()]


def main() -> int:
    """Print the table; write it into docs/promises.md after a full run."""
    run = json.loads(RESULTS.read_text())
    results = run["promises"]
    made = table(results)
    print(made)
    states = {n: state(p, results.get(str(n))) for n, p in PROMISES.items()}
    broken = [n for n, it in states.items() if not it.startswith("kept")]
    if broken:
        print(f"\nnot kept or not tested: {', '.join(map(str, broken))}", file=sys.stderr)
    told = "--page" in sys.argv and "**not kept**" not in states.values()
    if told or (run["full"] and not broken):
        before, begin, rest = PAGE.read_text().partition(BEGIN)
        _, end, after = rest.partition(END)
        if not (begin and end):
            sys.exit(f"docs/promises.md has no place for the table: {BEGIN} … {END}")
        from_ = "a full run" if run["full"] else "the sample that `make test` runs"
        PAGE.write_text(f"{before}{BEGIN}\n{made}\n\nFrom {from_}, {run['day']}.\n{END}{after}")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
