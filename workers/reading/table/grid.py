"""Names rows and columns of a table's grid, from its header rows.

A table comes as slots, spans already spread over the slots they cover; it goes as rows with addressed cells.
"""

import re
from collections.abc import Iterator, Sequence

from workers.reading.table.headers import header_rows
from workers.reading.table.slots import MOSTLY, Grid, Slot, is_number
from workers.reading.text import Cell, TableRow

EMPTY = "–"
"""What stands in an empty cell."""

BETWEEN = " / "
"""What parts the steps of a path."""

FEW = 0.25
"""Share of numbers from which a column names no rows."""

MOST_SIDES = 4
"""Columns that name the rows at most where the first holds numbers."""

LONG_CHARS = 12
"""Characters from which the same words in more than two cells in a row are said once."""

_PLACEHOLDER = re.compile(r"[-–—−./]*|n/?a|x|✗|✓", re.I)


def addressed(label: str, row: str, cells: Sequence[tuple[str, str]], number: int) -> str:
    """Write the line of a row: `Table 2, row "Ours": EN-DE BLEU 28.4; EN-FR BLEU –`.

    `cells`: (column as said, text).
    """
    named = f'row "{row.replace(chr(34), chr(39))}"' if row else f"row {number}"
    said, k = list[str](), 0
    while k < len(cells):
        column, text = cells[k]
        if len(text) >= LONG_CHARS:
            same = next((n for n in range(k, len(cells)) if cells[n][1] != text), len(cells)) - k
            if same > 2:  # a remark over many columns
                column, k = f"{column} to {cells[k + same - 1][0]}", k + same - 1
        said.append(_said(column, text))
        k += 1
    return f"{label or 'Table'}, {named}: " + "; ".join(said)


def _said(column: str, text: str) -> str:
    if not column:
        return text
    colon = ":" if text[:1].isalpha() and len(text) > 1 and not column.endswith(":") else ""
    return f"{column}{colon} {text}"


def rows_of(
    grid: Grid, id: str, label: str, first: int = 1, around: str = "", page: int | None = None
) -> list[TableRow]:
    """Return the rows of `grid` but its headers.

    `id`, `label`: of the table; `first`: number of the first row; `around`: what names all rows, such as a panel's
    caption.
    """
    numbers = [k for k, row in enumerate(grid, first) if any(s.text for s in row)]
    grid = _squared([row for row in grid if any(s.text for s in row)])
    if not grid:
        return []
    if len(grid[0]) == 1:
        return [_plain(f"{id}.r{k}", label, row[0].text, k, page) for k, row in zip(numbers, grid, strict=True)]
    numbers = list(range(first, first + len(grid)))
    return list(_Rows(grid, id, label, numbers, around, page).run())


def _plain(id: str, label: str, text: str, number: int, page: int | None) -> TableRow:
    cells = (Cell(text=text),)
    return TableRow(id=id, text=addressed(label, "", [("", text)], number), page=page, cells=cells)


def _squared(grid: Grid) -> Grid:
    """Rows of one length, without columns in which nothing stands."""
    width = max(map(len, grid), default=0)
    for row in grid:
        row += [Slot() for _ in range(width - len(row))]
    kept = [c for c in range(width) if any(row[c].text for row in grid)]
    # a column that only wide cells reach is none of its own
    own = [
        c
        for c in kept
        if any(row[c].text and (row[c].wide == 1 or not c or row[c - 1].cell != row[c].cell) for row in grid)
    ]
    return [[row[c] for c in own] for row in grid]


class _Rows:
    """One grid, row by row."""

    def __init__(self, grid: Grid, id: str, label: str, numbers: list[int], around: str, page: int | None) -> None:
        self.grid, self.id, self.label, self.numbers, self.around, self.page = grid, id, label, numbers, around, page
        self.width = len(grid[0])
        self.heads = header_rows(grid)
        self.body = grid[self.heads :]
        self.sides = self._sides()
        self.named_by_numbers = self.sides > 0 and self._numeric(0)
        if self.named_by_numbers:
            self.sides = self._telling()
        self.is_group = [k >= self.heads and self._is_group(k) for k in range(len(grid))]
        self.groups: list[tuple[str, tuple[bool, bool]]] = []
        self.names = self._fill_down()

    def run(self) -> Iterator[TableRow]:
        columns = self._columns(self.grid[: self.heads])
        k, end = self.heads, len(self.grid)
        if k == end:  # nothing but headers: they are all there is
            yield from (self._row(n, [("", "")] * self.width) for n in range(end))
            return
        while k < end:
            if self.is_group[k]:
                self._group(k)
            elif k > self.heads and (more := self._headers_at(k)):
                columns, self.groups = self._columns(self.grid[k : k + more]), []
                k += more
                continue
            else:
                yield self._row(k, columns)
            k += 1

    def _sides(self) -> int:
        """How many columns name the rows."""
        if not self.body or self.width < 2:
            return 0
        marked = 0
        while marked < self.width - 1:
            told = [row[marked].side for row in self.body if row[marked].text]
            if not told or sum(told) < MOSTLY * len(told):
                break
            marked += 1
        sides = 1
        while sides < self.width - 1 and not self._numeric(sides, FEW):
            before = [row[sides - 1] for row in self.body]
            held = any(s.tall > 1 and s.wide < self.width for s in before) or self._gaps(sides - 1, sides)
            corner = (
                self.heads and self.grid[0][sides].cell and self.grid[0][sides].cell == self.grid[0][sides - 1].cell
            )
            names = [s.text for s in before if s.text]
            repeated = sides < marked and len(set(names)) < len(names)
            if not (held or corner or repeated):
                break
            sides += 1
        return sides

    def _telling(self) -> int:
        """Count the columns that name the rows where the first holds numbers.

        Up to the words that tell equal ones apart.
        """
        for sides in range(self.sides, min(MOST_SIDES, self.width - 1) + 1):
            names = [tuple(row[c].text for c in range(sides)) for row in self.body]
            if len(set(names)) == len(names):
                return sides if sides == self.sides or not self._numeric(sides - 1) else self.sides
        return self.sides

    def _numeric(self, column: int, least: float = MOSTLY) -> bool:
        """Tell whether a share of `least` of a column's cells are numbers.

        Or it holds nothing and is not the first.
        """
        slots = [row[column].text for row in self.body if row[column].text and row[column].wide < self.width]
        told = [t for t in slots if not _PLACEHOLDER.fullmatch(t)] if column else slots
        return (not told and column > 0) or (bool(told) and sum(map(is_number, told)) >= least * len(told))

    def _gaps(self, column: int, following: int) -> bool:
        """Tell whether cells of `column` are left empty beneath a name.

        The name then holds for the rows that follow.
        """
        empty = [k for k, row in enumerate(self.body) if not row[column].text and row[following].text]
        full = sum(1 for row in self.body if row[column].text and row[following].text)
        return bool(full) and len(empty) >= max(1, len(self.body) // 4)

    def _fill_down(self) -> list[list[str]]:
        """Names of each row, those of the rows they hold for filled in."""
        found = [[row[c].name or row[c].text for c in range(self.sides)] for row in self.grid]
        starts = [k for k in range(self.heads, len(self.grid)) if k == self.heads or self._full_rule(k)]
        for start, end in zip(starts, [*starts[1:], len(self.grid)], strict=True):
            for c in range(self.sides):
                rows = [k for k in range(start, end) if not self.is_group[k]]
                told = [k for k in rows if found[k][c]]
                if not told or len(told) == len(rows):
                    continue
                if rows[0] not in told and len(told) > 1:
                    continue
                last = found[told[0]][c]
                for k in rows:
                    last = found[k][c] or last
                    found[k][c] = last
        return found

    def _full_rule(self, k: int) -> bool:
        return all(s.ruled for s in self.grid[k]) and all(s.first for s in self.grid[k])

    def _is_group(self, k: int) -> bool:
        """True where row `k` only names the rows after it."""
        row = self.grid[k]
        told = [s for s in row if s.text]
        if not told or k + 1 >= len(self.grid) or is_number(told[0].text):
            return False
        if len({s.cell for s in told}) > 1:
            return False
        wide = len(told) >= max(2, MOSTLY * self.width)
        alone = len(told) == 1 and told[0] is row[0] and told[0].tall == 1
        below = [s for s in self.grid[k + 1][1:] if s.text]
        return wide or (alone and bool(below))

    def _group(self, k: int) -> None:
        slot = next(s for s in self.grid[k] if s.text)
        style = (slot.bold, sum(1 for s in self.grid[k] if s.text) > 1)
        name = slot.name or slot.text
        inside = k > self.heads and self.is_group[k - 1] and len(self.groups) == 1
        again = len(self.groups) == 2 and style == self.groups[1][1] and style != self.groups[0][1]
        self.groups = [self.groups[0], (name, style)] if inside or again else [(name, style)]

    def _headers_at(self, k: int) -> int:
        """How many header rows begin in the middle, at row `k`."""
        count, first = 0, self.grid[k][-1]
        if not (first.head or first.ruled or not first.text):
            return 0
        while k + count + 1 < len(self.grid):
            told = [s for s in self.grid[k + count] if s.text]
            cells = {s.cell for s in told}
            marked = len(cells) > 1 and all(s.head and not s.side for s in told)
            looks = (
                len(cells) > 1
                and not any(is_number(s.text) for s in told)
                and self._full_rule(k + count)
                and self._full_rule(k + count + 1)
                and all(s.bold for s in told)
            )
            if not (marked or looks):
                break
            count += 1
        return count

    def _columns(self, heads: Grid) -> list[tuple[str, str]]:
        """(path, as it is said) of each column."""
        return [column_name([row[c] for row in heads]) for c in range(self.width)]

    def _row(self, k: int, columns: Sequence[tuple[str, str]]) -> TableRow:
        row = self.grid[k]
        path = [self.around, *(name for name, _ in self.groups), *self.names[k]]
        named = BETWEEN.join(dict.fromkeys(filter(None, path)))
        from_ = self.sides
        if self.named_by_numbers and columns[0][0]:
            from_ = 0  # "α 0.5" tells more than a row of the name 0.5
        cells = [(columns[c], row[c].text or EMPTY) for c in range(from_, self.width)]
        number = self.numbers[k]
        return TableRow(
            id=f"{self.id}.r{number}", label=named, page=self.page,
            text=addressed(self.label, named, [(said, text) for (_, said), text in cells], number),
            cells=tuple(Cell(column=column, text=text) for (column, _), text in cells),
        )  # fmt: skip


def column_name(slots: Sequence[Slot]) -> tuple[str, str]:
    """Return the path of a column from its outermost header, and how it is said.

    `BLEU / EN-DE`, `EN-DE BLEU`.
    """
    parts, last = list[tuple[str, bool]](), 0
    for slot in slots:
        name = slot.name or slot.text
        if name and (not slot.cell or slot.cell != last) and (not parts or parts[-1][0] != name):
            parts.append((name, slot.wide > 1))
        last = slot.cell or last
    own = [name for name, wide in parts if not wide]
    outer = [name for name, wide in parts if wide]
    return BETWEEN.join(name for name, _ in parts), " ".join([*own, *reversed(outer)])
