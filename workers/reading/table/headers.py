"""Counts a table's header rows: by markup, by lines, else by looks."""

import re
from collections.abc import Sequence

from workers.reading.table.slots import MOSTLY, Grid, Slot, is_number

HEADER_ROWS = 5
"""Most rows of a header that no markup tells."""

FEW_DECIMALS = 0.3
"""Share of decimal numbers above which rows before the first rule are no header."""

VALUE_CHARS = 12
"""Most characters of a number with its unit."""

_DECIMAL = re.compile(r"\d[.,]\d|%|±")


def header_rows(grid: Grid) -> int:
    """How many rows at the top of `grid` name the columns."""
    marked = 0
    while marked < len(grid) - 1 and _marked(grid[marked]) and not (marked and _dataish(grid[marked : marked + 1])):
        marked += 1
    if marked:
        return _with_subheads(grid, marked)
    rule = next((k for k in range(1, min(len(grid), HEADER_ROWS + 1)) if all(s.ruled and s.first for s in grid[k])), 0)
    if rule:
        return 0 if _dataish(grid[:rule]) else _with_subheads(grid, rule)
    return _guessed(grid)


def _marked(row: Sequence[Slot]) -> bool:
    told = [s for s in row if s.text]
    return any(s.head for s in told) and all(s.head for s in told)


def _dataish(rows: Grid) -> bool:
    told = [s.text for row in rows for s in row[1:] if s.text]
    return bool(told) and sum(is_number(t) and bool(_DECIMAL.search(t)) for t in told) > FEW_DECIMALS * len(told)


def _with_subheads(grid: Grid, count: int) -> int:
    """Add to `count` the rows that name the columns under a header of several."""
    while count < min(len(grid) - 1, HEADER_ROWS):
        above, row = grid[count - 1], grid[count]
        under = [
            (a, s) for a, s in zip(above, row, strict=True) if 1 < a.wide < len(row) and a.text and s.cell != a.cell
        ]
        told = [s for s in row if s.text]
        if len({s.cell for _, s in under if s.text}) < 2 or any(is_number(s.text) for s in told[1:]):
            break
        if row[0].text and row[0].first and not (row[0].head or _marked(row)):
            break
        below = [s.text for s in grid[count + 1][1:] if s.text]
        if not any(map(is_number, below)):
            break
        count += 1
    return count


def _guessed(grid: Grid) -> int:
    """Count the rows at the top that look like a header.

    For where neither markup nor a line tells: in bold, or words over numbers.
    """
    if len(grid) < 2:
        return 0
    told = [s for s in grid[0] if s.text]
    if any(is_number(s.text) and _DECIMAL.search(s.text) for s in told[1:]):
        return 0
    if len(grid[0]) == 2 and len(told) == 2 and _is_value(told[1].text):
        return 0  # a list of names with one value each
    several = len({s.cell for s in told}) > 1
    if several and all(s.bold for s in told) and not all(s.bold for row in grid[1:] for s in row if s.text):
        return _with_subheads(grid, 1)
    first = next((k for k, row in enumerate(grid) if k and any(_is_value(s.text) for s in row[1:])), 0)
    while first > 1 and len({s.cell for s in grid[first - 1] if s.text}) == 1:
        first -= 1  # the name of the first group
    if not 0 < first <= HEADER_ROWS or any(map(_is_data, grid[1:first])):
        return 0
    if first > 1 and not any(1 < s.wide < len(row) for row in grid[: first - 1] for s in row):
        return 0
    above = [s.text for s in grid[0][1:] if s.text]
    if any(map(is_number, above)) and not all(map(is_number, above)):
        return 0
    for c in range(1, len(grid[0])):
        later = [row[c].text for row in grid[first:] if row[c].text]
        if later and sum(map(_is_value, later)) >= MOSTLY * len(later) and (grid[0][c].text or first > 1):
            return first if told and not all(is_number(s.text) for s in told) else 0
    return 0


def _is_value(text: str) -> bool:
    """True for a number, with its unit perhaps."""
    return is_number(text) or (text[:1].isdigit() and len(text) <= VALUE_CHARS)


def _is_data(row: Sequence[Slot]) -> bool:
    """Tell whether a row names something of its own and is no line of a header.

    For rows under the first.
    """
    return bool(row[0].text) and row[0].first and not any(s.wide > 1 for s in row)
