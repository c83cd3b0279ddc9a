"""Finds where a paragraph, list item, heading or caption begins in a PDF."""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from workers.reading.pdf.headings import SAME_PT, may_be_heading
from workers.reading.pdf.page.lines import APART, LAST, TextLine, ends

LIST_LINES = 20
"""Lines among which the first three entries of a list of references begin."""

PITCH = 1.25
"""Ratio to the distance of the lines before from which a line stands apart from them."""

_BULLET = re.compile(r"[•◦▪‣∙●○\x0f\uf0b7]\s*|[-–]\s(?=[A-Z])|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})\)\s")


@dataclass
class Breaks:
    """Places among the lines."""

    after: set[int] = field(default_factory=set)
    """Lines before which a paragraph ended, or another page begins: a paragraph is of one page."""
    breaks: list[int] = field(default_factory=list)
    """Those, and the lines that begin an item of a list."""
    stops: list[int] = field(default_factory=list)
    """Lines that may be a heading or begin a caption."""
    unheaded: int = -1
    """Line that begins a list of references, which may have no heading."""


def marked(lines: Sequence[TextLine], early: float, captions: Container[tuple[int, int]]) -> Breaks:
    """The breaks among `lines`.

    `early`: characters below which a line ended early; `captions`: (page, place) of the lines that begin one.
    """
    found = Breaks()
    ended, page_before, cut, closed = True, None, False, True
    for k, (text, page, at, cut_here) in enumerate(lines):
        first = text[0]
        lower = first.islower()
        if closed and not ended and not lower and page is page_before:
            ended = apart(lines, k)
        if ended or (page is not page_before and not cut):
            ended, page_before = True, page
            found.after.add(k)
            found.breaks.append(k)
        elif not lower and not first.isalpha() and _BULLET.match(text):
            found.breaks.append(k)
        if not lower:
            if first == "[" and text.startswith("[1]") and _is_list(lines, k):
                found.unheaded = k
                found.stops.append(k)
            if may_be_heading(text, ended) or (first in "FTSE" and (page.number, at) in captions):
                found.stops.append(k)
        cut = cut_here
        closed = text[-1] in LAST and not cut and ends(text)
        ended = closed and len(text) < early
    return found


def apart(lines: Sequence[TextLine], k: int) -> bool:
    """True where line `k` stands apart from the last, or larger on a column's top."""
    before, (_, page, at, _) = lines[k - 1], lines[k]
    drop, size = page.drop(before.at, at), page.size(at)
    if drop < 0:
        return size > page.size(before.at) + SAME_PT
    first = lines[k - 2] if k > 1 else before
    usual = page.drop(first.at, before.at) if first.page is page else 0.0
    return drop > APART * size and drop > PITCH * usual


def _is_list(lines: Sequence[TextLine], k: int) -> bool:
    """True where `[2]` and `[3]` begin lines soon after line `k`."""
    near = [line.text[:3] for line in lines[k : k + LIST_LINES]]
    return "[2]" in near and "[3]" in near
