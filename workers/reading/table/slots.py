"""The slots of a table's grid, one for each row and column."""

import re
from dataclasses import dataclass
from functools import lru_cache

MOSTLY = 0.5
"""Share from which a column counts as numbers, or a cell as one over the whole row."""

_NUMBER = re.compile(r"[~<>≈≤≥±+−–-]?[$€£]?\d[\d.,\s]*(?:[%‰°×xXkKMBGTs]|[eE^][-−+]?\d+|[±/()+−–:*†‡§↑↓.-]|\d)*")
_MARKS = re.compile(r"[*†‡§¶↑↓∗⋆★▲▼△▽]+")


@dataclass(slots=True)
class Slot:
    """One place of a grid. Slots of one spanning cell share `cell`."""

    text: str = ""
    name: str = ""
    """`text` as a name: without citations."""
    cell: int = 0
    """Number of the cell it belongs to; 0 for none."""
    wide: int = 1
    """Columns the cell covers."""
    tall: int = 1
    """Rows the cell covers."""
    first: bool = True
    """True in the topmost row of the cell."""
    head: bool = False
    """The markup calls it a column's header."""
    side: bool = False
    """The markup calls it a row's header."""
    ruled: bool = False
    """A line is drawn above it."""
    bold: bool = False


Grid = list[list[Slot]]


@lru_cache(maxsize=4096)
def is_number(text: str) -> bool:
    """True for what is a number and its marks, and nothing else."""
    return bool(_NUMBER.fullmatch(_MARKS.sub("", text).strip().replace("\\", "")))
