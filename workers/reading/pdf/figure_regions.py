"""Finds captions in a PDF, and the lines of their figures and tables.

A caption begins with `Figure 3:` or the like. What stands right above or below it in another type, in cells or in short
pieces is its float's; a table's lines are all on one side of it, on the same side in all of a paper as a rule.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from workers.reading.pdf.captions import begins_caption, is_dotted
from workers.reading.pdf.flow import is_address
from workers.reading.pdf.headings import SAME_PT, looks_like_heading
from workers.reading.pdf.page.lines import APART, TextLine, ends
from workers.reading.pdf.page.words import Word, pieces_of, words_of
from workers.reading.table.slots import is_number

CAPTION_LINES = 12
"""Most lines of a caption; what follows is body."""

FLOAT_LINES = 160
"""Most lines of one figure or table."""

GAP = 2.0
"""Distance of two lines in their size from which they are not of one caption; double spacing has less."""

NEAR = 9.0
"""Distance of a float's line from the next in its size up to which they are of one float."""

NEAR_FIGURE = 45.0
"""The same of a figure's: its picture has no lines."""

PITCH = 1.3
"""Ratio to the distance of a caption's first lines from which a line does not belong to it any more."""

PARTING = 1.5
"""Ratio to the usual distance of rows from which two tables part between their captions."""

HEADING_CELLS = 2
"""Pieces of a heading's line at most: its number and its words."""

OTHER_PT = 0.35
"""Difference in points from which the type of a line is another than the body's."""

INDENT = 3.0
"""Distance from the caption's left edge, in sizes, from which a line may be of a cell of several lines."""

SHORT = 0.5
"""Share of the usual length of a line up to which one may be a label."""

_LETTER = re.compile(r"[^\W_]")


@dataclass
class Region:
    """A caption and the lines of its float, by their places among all lines."""

    start: int
    end: int
    """The caption's first line, and the one after its last."""
    table: bool
    lines: list[int] = field(default_factory=list)
    """Of the float, without the caption."""
    words: list[Word] = field(default_factory=list)
    """Of a table's lines."""


class Regions:
    """Finds captions with their floats.

    `size`: of the body's type in points; `width`: usual length of a line in characters.
    """

    def __init__(self, lines: Sequence[TextLine], size: float, width: float) -> None:
        self.lines, self.size, self.width = lines, size, width
        self._pieces: dict[int, list[Word]] = {}
        self._sizes: dict[int, float] = {}
        self.found: list[Region] = []
        self.used: set[int] = set()

    def run(self) -> list[Region]:
        """All captions with their floats, in order."""
        starts = [k for k, line in enumerate(self.lines) if line.text[0] in "FTSE" and self._begins(k)]
        for k in starts:
            table = self.lines[k].text[:3].casefold() == "tab" or " Table" in self.lines[k].text[:22]
            region = Region(k, self._caption_end(k), table)
            self.found.append(region)
            self.used |= set(range(region.start, region.end))
            self._take_address(region.end, region)
        above = {r.start: list(self._walk(r.start, -1, NEAR if r.table else NEAR_FIGURE)) for r in self.found}
        below = {r.start: list(self._walk(r.end, 1, NEAR)) if r.table else [] for r in self.found}
        tables = [r.start for r in self.found if r.table]
        votes = sum(bool(above[k]) - bool(below[k]) for k in tables if bool(above[k]) != bool(below[k]))
        for one, other in pairwise(self.found):
            if one.table and other.table and (shared := set(below[one.start]) & set(above[other.start])):
                self._part(below[one.start], above[other.start], sorted(shared))
        for region in self.found:
            up, down = above[region.start], below[region.start]
            chosen = up if not down or (up and votes >= 0) else down
            region.lines += sorted(k for k in chosen if k not in self.used)
            self.used |= set(region.lines)
            if region.table:
                region.words = [w for k in region.lines if not is_address(self.lines[k].text) for w in self._words(k)]
        return self.found

    def _take_address(self, k: int, region: Region) -> None:
        """Add line `k`, behind a caption, to its float where it is an address."""
        if k < len(self.lines) and is_address(self.lines[k].text):
            region.lines.append(k)
            self.used.add(k)

    def _part(self, down: list[int], up: list[int], shared: list[int]) -> None:
        """Share out lines between two tables' captions that may be either's.

        At the widest gap, if there is one.
        """
        page = self.lines[shared[0]].page
        gaps = [page.drop(self.lines[a].at, self.lines[b].at) for a, b in pairwise(shared)]
        usual = sorted(gaps)[len(gaps) // 2] if gaps else 0.0
        widest = max(gaps, default=0.0)
        if widest > PARTING * usual > 0:
            cut = shared[gaps.index(widest) + 1]
            down[:] = [k for k in down if k < cut]
            up[:] = [k for k in up if k >= cut]

    def _begins(self, k: int) -> bool:
        """True where a caption begins with line `k`.

        One with a stop after its number, or none, is no caption where a sentence is open before it.
        """
        line, before = self.lines[k], self.lines[k - 1] if k else None
        closed = before is None or (not before.cut and ends(before.text))
        if not begins_caption(line.text, closed or self._apart(k)):
            return False
        return not is_dotted(line.text) or closed or self._apart(k)

    def _apart(self, k: int) -> bool:
        """True where line `k` does not go on with the type or the lines before it."""
        if not k or abs(self._size(k) - self._size(k - 1)) > SAME_PT:
            return True
        if self.lines[k - 1].page is not self.lines[k].page:
            return ends(self.lines[k - 1].text)
        drop = self.lines[k].page.drop(self.lines[k - 1].at, self.lines[k].at)
        return not 0 <= drop <= APART * self._size(k)

    def _size(self, k: int) -> float:
        if k not in self._sizes:
            line = self.lines[k]
            size = line.page.size(line.at)
            if abs(size - self.size) > OTHER_PT or begins_caption(line.text, True):  # a footnote's mark, a label
                m = _LETTER.search(line.page.text, line.at + len(line.text) // 2)
                size = (m and line.page.size(m.start())) or size
            self._sizes[k] = size
        return self._sizes[k]

    def _words(self, k: int) -> list[Word]:
        return words_of(self.lines[k])

    def _cells(self, k: int) -> list[Word]:
        if k not in self._pieces:
            self._pieces[k] = pieces_of(self._words(k))
        return self._pieces[k]

    def _caption_end(self, start: int) -> int:
        """The line after the caption that begins at line `start`."""
        lines = self.lines
        size = self._size(start)
        own = abs(size - self.size) > SAME_PT
        pitch, k, stop = 0.0, start + 1, 0
        while k < len(lines) and k - start < CAPTION_LINES:
            before, more = lines[k - 1], lines[k]
            if more.page is not before.page or abs(self._size(k) - size) > (SAME_PT if own else OTHER_PT):
                return stop or k
            drop = more.page.drop(before.at, more.at)
            if not -size < drop < GAP * size or begins_caption(more.text, False) or looks_like_heading(more):
                return k if own or not stop or (pitch and drop > PITCH * pitch) else stop
            done = not before.cut and ends(before.text)
            if done and ((pitch and drop > PITCH * pitch) or is_address(more.text)):
                return k
            if done and len(self._cells(k)) > 1 + (drop <= APART * size):
                return stop or k
            if done and not own and more.text[0].islower():
                return stop or k
            if done and not own and not stop:
                stop = k  # a sentence of the body may follow, unless a gap shows that it is the caption's
            pitch = pitch or (drop if drop > 0 else 0.0)
            k += 1
        return stop or k

    def _walk(self, at: int, step: int, near: float) -> Iterator[int]:
        """Lines of a float from a caption's edge up or down.

        `at`: the caption's first line for up, the line after its last for down.
        """
        k = at - 1 if step < 0 else at
        edge = self.lines[at if step < 0 else at - 1]
        page, reach, left = edge.page, 0.0, edge.page.left(edge.at)
        soft = list[int]()
        for _ in range(FLOAT_LINES):
            if not 0 <= k < len(self.lines) or self.lines[k].page is not page:
                return
            if k in self.used:  # all up to the next caption
                yield from soft
                return
            line = self.lines[k]
            away = -step * page.drop(line.at, edge.at)
            size = max(self._size(k), 6.0)
            if not 0 < away < reach + near * size:
                return
            reach = max(reach, away)
            kind = self._kind(k, left)
            if not kind:
                return
            soft.append(k)
            if kind == "sure":
                yield from soft
                soft.clear()
            elif len(soft) > 6:
                return
            k += step

    def _kind(self, k: int, left: float) -> str:
        """`sure` for a line of a float, `maybe` for a short one, '' for text.

        A `maybe` line is of the float where sure ones follow. `left`: edge of its caption in points.
        """
        line = self.lines[k]
        if len(self._cells(k)) <= HEADING_CELLS and looks_like_heading(line):
            return ""
        other = abs(self._size(k) - self.size) > OTHER_PT
        if other and self._size(k) < self.size + 2:
            return "sure"
        cells = self._cells(k)
        if len(cells) > 1 or (cells and is_number(line.text)):
            return "sure"
        short = len(line.text) < SHORT * self.width and not ends(line.text) and not line.cut
        return "maybe" if short or line.page.left(line.at) > left + INDENT * self.size else ""
