"""Makes the table of promises from the results of runs.

Prints it and writes docs/promises.md.

Each row says on which day its promise was last tested in full; promises that no run here tested keep the row that the
page has. The page is left alone where a promise is not kept, or was only sampled (but for `--page`, which a row says
then). Exit status 1 when a promise is not kept or was never tested.
"""

import json
import sys
from pathlib import Path

from tests.promises.registry import GROUPS, PROMISES

ROOT = Path(__file__).parents[2]
RESULTS, PAGE = ROOT / "promises-out" / "results.json", ROOT / "docs" / "promises.md"
BEGIN, END = "<!-- promises: written by make promises -->", "<!-- /promises -->"
UNTESTED = ("not tested yet", "", "")


def state(promise, row) -> str:
    """What became of one promise in the run."""
    if row["failed"]:
        return "**not kept**"
    if row["skipped"]:
        return "not tested here"
    return f"kept; {promise.weaker}" if promise.weaker else "kept"


def row_of(promise, row) -> tuple[str, str, str]:
    """Result, day, and figures of a promise that a run has tested."""
    day = row["day"] if row["full"] else f"{row['day']}, a sample"
    return state(promise, row), day, "; ".join(dict.fromkeys(row["figures"]))


def rows_of(page: str) -> dict[int, tuple[str, ...]]:
    """Number -> what is promised, result, day, and figures.

    As the page's table has them.
    """
    _, _, rest = page.partition(BEGIN)
    inside, _, _ = rest.partition(END)
    cells = [[cell.strip() for cell in line[1:-1].split(" | ")] for line in inside.splitlines()]
    return {int(row[0]): tuple(row[1:]) for row in cells if row[0].strip().isdigit()}


def table(rows: dict[int, tuple[str, ...]]) -> str:
    """Markdown: number, promise, result, day, figures."""
    lines = ["| | promise | result | in full on | figures of that run |", "|---|---|---|---|---|"]
    group = ""
    for promise in PROMISES.values():
        if promise.group != group:
            group = promise.group
            lines.append(f"| **{group}** | **{GROUPS[group]}** | | | |")
        cells = (str(promise.number), promise.says, *rows[promise.number])
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    """Print the table; write it into docs/promises.md if all was kept."""
    page = PAGE.read_text()
    rows = {number: cells[1:] for number, cells in rows_of(page).items()}
    tested = {int(number): row for number, row in json.loads(RESULTS.read_text()).items()}
    rows |= {number: row_of(PROMISES[number], row) for number, row in tested.items()}
    rows = {number: rows.get(number, UNTESTED) for number in PROMISES}
    made = table(rows)
    print(made)
    broken = [number for number, cells in rows.items() if not cells[0].startswith("kept")]
    if broken:
        print(f"\nnot kept or not tested: {', '.join(map(str, broken))}", file=sys.stderr)
    full = all(row["full"] and not row["failed"] and not row["skipped"] for row in tested.values())
    if full or ("--page" in sys.argv and not any(row["failed"] for row in tested.values())):
        before, begin, rest = page.partition(BEGIN)
        _, end, after = rest.partition(END)
        if not (begin and end):
            sys.exit(f"docs/promises.md has no place for the table: {BEGIN} … {END}")
        PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
