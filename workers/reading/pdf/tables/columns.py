"""Arranges the words of a PDF's table into columns by the gaps between."""

from collections.abc import Sequence
from itertools import pairwise

from workers.reading.pdf.page.words import Word, pieces_of, pitch, rows_by_height
from workers.reading.pdf.tables.narrow_columns import cut, is_list, tight, valued
from workers.reading.table.headers import HEADER_ROWS
from workers.reading.table.slots import Grid, Slot, is_number

RIVER_EM = 0.45
"""Least width of the white between two columns, in sizes of the type."""

FULL = 0.6
"""Share of the most pieces a row has from which a row tells where columns are."""

MOST_COLUMNS = 40
"""Columns of a grid; pictures of text come to more."""

FEW_STRAYS = 0.15
"""Share of rows beneath the header in which words stand across columns, above which the grid is a guess."""

UNCOVERED_EM = 1.5
"""What a column without a header costs, in sizes of the type, against one that stands off its columns."""

HALF = 0.75
"""Share of the usual distance of rows below which one stands between two others."""

ALIGNED_EM = 0.8
"""Distance from its column's edge or middle, in sizes of the type, up to which a piece is in line with it."""

Columns = Sequence[tuple[float, float]]
"""Left and right edges, from the left."""

Placed = tuple[Word, int, int]
"""A piece with its first and last column."""


def to_grid(words: Sequence[Word], bold: "set[int]") -> tuple[Grid, bool]:
    """(the grid of a table's `words`, whether it is sure).

    `bold`: places of words in bold type.
    """
    rows = rows_by_height(list(words))
    size = sorted(w.size for w in words)[len(words) // 2] if words else 10.0
    pieces = [pieces_of(row) for row in rows]
    wide = _columns(pieces, size)
    if cuts := tight(rows, wide, size):
        rivers = [(a[1] + b[0]) / 2 for a, b in pairwise(wide)]
        most = len(cuts) + len(wide)
        pieces = [cut(row, [*cuts, *rivers] if len(row) >= most else cuts) for row in rows]
    columns = _columns(pieces, size, cuts)
    if not 2 <= len(columns) <= MOST_COLUMNS or len(rows) < 2:
        return [], False
    listed = len(columns) == 2 and is_list(pieces)
    heads = _head_count(pieces) if not listed else 0 if valued(pieces[0][-1].text) else 1
    placed = [_place(row, columns, size, k < heads) for k, row in enumerate(pieces)]
    strays = sum(
        any(b > a + 1 or (a == b and is_number(w.text) and not _aligned(w, columns[a])) for w, a, b in row)
        for row in placed[heads:]
        if len(row) > 1
    )
    grid = _spread(placed, len(columns), bold, heads)
    gaps = pitch(rows)
    grid, joined = _joined(grid, gaps, heads)
    body = grid[heads:]
    filled = [sum(bool(s.text) for s in row) for row in body]
    numbers = sum(is_number(s.text) for row in body for s in row[1:] if s.text)
    cells = sum(bool(s.text) for row in body for s in row[1:])
    crowded = sum(_numbers(s.text) > 1 for row in body for s in row[1:])
    even = bool(body) and sum(n >= max(2, 0.5 * len(columns)) for n in filled) >= 0.5 * len(body)
    named = all(row[0].text for row in body) and not _lies_between(placed, gaps, heads)
    sure = bool(
        named
        and (heads or listed) and body and even and strays <= FEW_STRAYS * len(body) and cells
        and crowded <= FEW_STRAYS * cells
        and (listed or numbers >= 0.4 * cells or (len(body) >= 2 and not joined))
    )  # fmt: skip
    return grid, sure


def _lies_between(placed: list[list[Placed]], gaps: list[float], heads: int) -> bool:
    """True where a name stands at half the height between two rows.

    It then holds for rows that cannot be told.
    """
    usual = sorted(gaps)[len(gaps) // 2] if gaps else 0.0
    alone = [k for k, row in enumerate(placed) if k >= heads and len(row) == 1]
    return any(gap < HALF * usual for k in alone for gap in gaps[max(0, k - 1) : k + 1]) or (
        len(alone) > 1 and min(gaps, default=0.0) < HALF * max(gaps, default=0.0)
    )


def _columns(pieces: list[list[Word]], size: float, cuts: Sequence[float] = ()) -> list[tuple[float, float]]:
    """Left and right edges of the columns; none goes over a cut."""
    most = max((len(p) for p in pieces), default=0)
    if most < 2:
        return []
    body = pieces[_head_count(pieces) :]
    full = [p for p in body if len(p) >= max(2, FULL * most)] or [p for p in pieces if len(p) == most]
    spans = sorted((w.left, w.right) for row in full for w in row)
    merged = list[list[float]]()
    for left, right in spans:
        parted = bool(merged) and any(merged[-1][1] <= at <= left for at in cuts)
        if merged and left - merged[-1][1] < RIVER_EM * size and not parted:
            merged[-1][1] = max(merged[-1][1], right)
        else:
            merged.append([left, right])
    # words outside all of these (a column that only short rows have) make columns of their own
    for row in body:
        for w in row:
            if not any(w.right > a - RIVER_EM * size and w.left < b + RIVER_EM * size for a, b in merged):
                merged.append([w.left, w.right])
    return sorted((a, b) for a, b in merged)


def _numbers(text: str) -> int:
    """How many numbers stand beside each other in a cell.

    What is in brackets or behind ± is of the one before.
    """
    return sum(is_number(w) and w[0] not in "(±[" for w in text.replace("± ", "±").replace(" / ", "/").split())


def _head_count(pieces: list[list[Word]]) -> int:
    """Rows at the top that are a header.

    Those before the first row of which more than a third are numbers, and before one that has a name and more.
    """
    first = next(
        (
            k
            for k, row in enumerate(pieces)
            if sum(is_number(w.text) for w in row[1:] or row) > 0.34 * len(row[1:] or row)
        ),
        0,
    )
    left = min((row[0].left for row in pieces if row), default=0.0)
    for k in range(1, first):  # a row that has a name and more is none of a header
        if len(pieces[k]) > 1 and pieces[k][0].left - left < pieces[k][0].size:
            first = k
            break
    if 0 < first <= HEADER_ROWS:
        return first
    return 1 if first == 0 and not any(is_number(w.text) for w in pieces[0]) else 0


def _place(row: list[Word], columns: Columns, size: float, head: bool) -> list[Placed]:
    """(piece, first column, last column) of each piece of a row."""
    if head and len(row) < len(columns):
        return _share_out(row, columns, size)
    placed = [(w, *_reach(w, columns)) for w in row]
    taken = {c for _, a, b in placed for c in range(a, b + 1)}
    return [_over_two(one, columns, taken) for one in placed]


def _over_two(one: Placed, columns: Columns, taken: set[int]) -> Placed:
    """A piece over two columns where it stands in the middle between them.

    One of the two must be empty; else the piece as it is.
    """
    w, first, last = one
    if first != last:
        return one
    for other in (first - 1, first + 1):
        if 0 <= other < len(columns) and other not in taken:
            a, b = min(first, other), max(first, other)
            between = (columns[a][0] + columns[a][1] + columns[b][0] + columns[b][1]) / 4
            if abs(w.middle - between) < ALIGNED_EM * w.size and not _aligned(w, columns[first]):
                return w, a, b
    return one


def _aligned(w: Word, column: tuple[float, float]) -> bool:
    """True where `w` stands at the left, the right or in the middle of its column."""
    left, right = column
    off = min(abs(w.left - left), abs(w.right - right), abs(w.middle - (left + right) / 2))
    return off < ALIGNED_EM * w.size


def _reach(w: Word, columns: Columns) -> tuple[int, int]:
    over = [
        k for k, (a, b) in enumerate(columns) if min(b, w.right) - max(a, w.left) > 0.25 * min(b - a, w.right - w.left)
    ]
    if over:
        return over[0], over[-1]
    nearest = min(range(len(columns)), key=lambda k: abs((columns[k][0] + columns[k][1]) / 2 - w.middle))
    return nearest, nearest


def _share_out(row: list[Word], columns: Columns, size: float) -> list[Placed]:
    """Headers over the columns that they stand in the middle of.

    Each piece has a run of columns, left to right.
    """
    n, m, far = len(columns), len(row), UNCOVERED_EM * size
    best: list[list[tuple[float, int, int] | None]] = [[None] * (m + 1) for _ in range(n + 1)]
    best[0][0] = (0.0, -1, -1)
    for i in range(n):
        for k in range(m + 1):
            if (here := best[i][k]) is None:
                continue
            _better(best, i + 1, k, (here[0] + far, i, k))  # column i has no header in this row
            if k == m:
                continue
            w = row[k]
            for j in range(i, n):
                a, b = columns[i][0], columns[j][1]
                outside = max(0.0, a - w.left) + max(0.0, w.right - b)
                off = min(abs((a + b) / 2 - w.middle), abs(a - w.left) + 1.1 * far * (j - i))
                _better(best, j + 1, k + 1, (here[0] + off + outside * 2, i, k))
    if best[n][m] is None:
        return [(w, *_reach(w, columns)) for w in row]
    found, i, k = list[Placed](), n, m
    while i > 0:
        step = best[i][k]
        if step is None:
            break
        _, before, kept = step
        if kept < k:
            found.append((row[kept], before, i - 1))
        i, k = before, kept
    return found[::-1]


def _better(best: "list[list[tuple[float, int, int] | None]]", i: int, k: int, step: tuple[float, int, int]) -> None:
    now = best[i][k]
    if now is None or step[0] < now[0]:
        best[i][k] = step


def _spread(placed: list[list[Placed]], width: int, bold: "set[int]", heads: int) -> Grid:
    grid, number = list[list[Slot]](), 0
    for k, row in enumerate(placed):
        slots = [Slot() for _ in range(width)]
        for w, first, last in row:
            number += 1
            one = Slot(w.text, w.text, number, last - first + 1, head=k < heads, bold=w.at in bold)
            for c in range(first, last + 1):
                if slots[c].text:
                    text = f"{slots[c].text} {w.text}"
                    slots[c] = Slot(text, text, slots[c].cell, slots[c].wide, head=k < heads, bold=slots[c].bold)
                else:
                    slots[c] = one
        grid.append(slots)
    return grid


def _joined(grid: Grid, gaps: list[float], heads: int) -> tuple[Grid, int]:
    """(the grid, rows that only go on joined to the row before; how many did).

    Such a row goes on with the cells of the row before.
    """
    if not grid:
        return grid, 0
    small = min(gaps, default=0.0)
    spread = bool(gaps) and max(gaps) > 1.3 * small
    made, count = [grid[0]], 0
    for k, (before, row) in enumerate(pairwise(grid), 1):
        told = [c for c, s in enumerate(row) if s.text]
        last = made[-1]
        words = [row[c].text for c in told]
        goes_on = (
            k > heads
            and told
            and len(made) > heads
            and not any(map(is_number, words))
            and all(last[c].text for c in told)
            and all(row[c].wide == 1 for c in told)
            and (not spread or gaps[k - 1] < 1.15 * small)
            and (
                all(t[0].islower() or t[0] in "([&+" for t in words)
                or (0 not in told and before[0].text != "" and not row[0].text)
            )
        )
        if goes_on:
            for c in told:
                joint = "" if last[c].text.endswith("-") else " "
                text = last[c].text + joint + row[c].text
                last[c] = Slot(text, text, last[c].cell, last[c].wide, head=last[c].head, bold=last[c].bold)
            count += 1
        else:
            made.append(row)
    return made, count
