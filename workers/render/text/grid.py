"""A table as aligned lines of text; wide characters take two columns."""

import unicodedata
from collections.abc import Sequence

MAX_COLUMN = 28
"""Columns of one cell before it is written as it is and pushes the rest of its line: phones show about 40."""


def width(text: str) -> int:
    """Columns in a fixed-width font."""
    total = 0
    for char in text:
        if unicodedata.category(char) in ("Mn", "Me", "Cf"):
            continue
        total += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return total


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """The rows with their columns aligned, a line under the head."""
    count = max((len(row) for row in rows), default=0)
    cells = [[" ".join(cell.split()) for cell in (*row, *[""] * (count - len(row)))] for row in rows]
    widths = [min(MAX_COLUMN, max(width(row[i]) for row in cells)) for i in range(count)]
    lines = ["  ".join(c + " " * (w - width(c)) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]
    if len(lines) > 1:
        lines.insert(1, "  ".join("─" * w for w in widths))
    return "\n".join(lines)
