"""A figure and its floor, and how they are shown.

A table on a terminal, plain lines anywhere else, or JSON.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

UNITS = {"s": "{:.2f} s", "ms": "{:.1f} ms", "MB": "{:.1f} MB", "tokens": "{:,.0f}", "USD": "${:.4f}", "": "{:,.0f}"}
"""Unit -> how a number of it is written; MB are 2**20 bytes."""


@dataclass(frozen=True)
class Figure:
    """One number of ours.

    `floor`: the least it could be, measured in the same run. None where there is no floor.
    """

    name: str
    ours: float
    unit: str
    floor: float | None = None
    limit: float | None = None
    """Largest ratio of ours to the floor that is meant to be kept."""
    most: float | None = None
    """Largest value of `ours` that is meant to be kept, in its own unit."""
    note: str = ""
    part: bool = False
    """A stage of the figure above it: without a ratio of its own."""

    @property
    def ratio(self) -> float | None:
        """Ours over the floor."""
        return self.ours / self.floor if self.floor and not self.part else None

    @property
    def verdict(self) -> str:
        """`kept`, `over`, or nothing where no limit is meant to be kept."""
        if self.limit is not None and self.ratio is not None:
            return "kept" if self.ratio <= self.limit else "over"
        if self.most is not None:
            return "kept" if self.ours <= self.most else "over"
        return ""

    def cells(self) -> list[str]:
        """Name, ours, floor, ratio, limit with its verdict, note; as text."""
        ratio = f"{self.ratio:.3f}" if self.ratio is not None and math.isfinite(self.ratio) else "-"
        limit = f"<= {self.limit:g}" if self.limit is not None else "-"
        limit = f"<= {self.most:g} {self.unit}".rstrip() if self.most is not None else limit
        verdict = f" {self.verdict.upper()}" if self.verdict else ""
        floor = written(self.floor, self.unit) if self.floor is not None else "-"
        return [self.name, written(self.ours, self.unit), floor, ratio, limit + verdict, self.note]


@dataclass
class Report:
    """What one measurement found."""

    name: str
    title: str
    command: str
    """What was run, and how one gets the same figures."""
    floor: str
    """What the floor is."""
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For `--json`: with ratio and verdict of each figure."""
        rows = [asdict(f) | {"ratio": f.ratio, "verdict": f.verdict} for f in self.figures]
        return asdict(self) | {"figures": rows}


def written(value: float, unit: str) -> str:
    """A number with its unit."""
    return UNITS[unit].format(value)


def show(report: Report, console: Console) -> None:
    """Print one report: as a table on a terminal, else as plain lines."""
    rows = [f.cells() for f in report.figures]
    heads = ["", "ours", "floor", "ratio", "limit", ""]
    lines = [f"floor: {report.floor}", *report.notes]
    if console.is_terminal:
        title, caption = Text(f"{report.name}: {report.title}"), Text("\n".join(lines))
        table = Table(title=title, caption=caption, title_justify="left", caption_justify="left")
        for head in heads:
            table.add_column(head, justify="right" if head in ("ours", "floor", "ratio") else "left")
        for row in rows:
            table.add_row(*map(Text, row), style={"OVER": "bold red", "KEPT": "green"}.get(row[4].rpartition(" ")[2]))
        console.print(f"$ {report.command}", markup=False)
        console.print(table)
        return
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(5)]
    console.print(f"== {report.name}: {report.title}", markup=False, soft_wrap=True)
    console.print(f"   $ {report.command}", markup=False, soft_wrap=True)
    for row in [heads, *rows]:
        cells = [row[0].ljust(widths[0]), *(row[i].rjust(widths[i]) for i in (1, 2, 3)), row[4].ljust(widths[4])]
        console.print(f"   {'  '.join([*cells, row[5]])}".rstrip(), markup=False, soft_wrap=True)
    for line in lines:
        console.print(f"   {line}", markup=False, soft_wrap=True)
    console.print()


def write_json(reports: Iterable[Report], path: Path) -> None:
    """All reports as one JSON document."""
    text = json.dumps([r.as_json() for r in reports], ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def middle(values: Iterable[float]) -> float:
    """The median."""
    return float(median(values))


def spread(values: Iterable[float], unit: str) -> str:
    """`n runs, least to most`, to show how steady a median is."""
    found = sorted(values)
    if len(found) < 2:
        return "1 run"
    return f"median of {len(found)}: {written(found[0], unit)} to {written(found[-1], unit)}"
