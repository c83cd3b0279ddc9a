"""The rows of a table in a PDF, as far as its grid is sure; else its plain words."""

from workers.reading.pdf.flow import blocks
from workers.reading.pdf.page.pages import Page
from workers.reading.pdf.page.words import Word, pieces_of, rows_by_height
from workers.reading.pdf.tables.columns import to_grid
from workers.reading.table.grid import rows_of
from workers.reading.text import TableRow

BOLD_ROWS = 4
"""Rows at the top whose type is looked at, to tell headers."""


def table_rows(words: list[Word], id: str, label: str, page: Page) -> tuple[tuple[TableRow, ...], bool]:
    """(rows of the table made of `words`, whether its grid is sure)."""
    rows = rows_by_height(words)
    firsts = {w.at for row in rows[:BOLD_ROWS] for w in row}
    bold = {w.at for w in words if w.at in firsts and page.style(w.at)[1]}
    grid, sure = to_grid(words, bold)
    if grid and sure:
        return tuple(rows_of(grid, id, label, page=page.number)), True
    said, name = [" ".join(w.text for w in row) for row in rows], f"{label or 'Table'} (columns not sure)"
    if not any(len(pieces_of(row)) > 1 for row in rows):  # a box with text
        said, name = blocks(said), label or "Table"
    made = tuple(TableRow(id=f"{id}.r{n}", text=f"{name}: {line}", page=page.number) for n, line in enumerate(said, 1))
    return made, not said
