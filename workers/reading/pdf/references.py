"""Where a list of references ends and text goes on that no heading was found for."""

import re
from collections.abc import Sequence

WINDOW = 15
"""Lines looked at together; a reference has two to four."""

LIKELY, UNLIKELY = 0.2, 0.1
"""Share of lines with a mark of a reference from which a window is of a list, and up to which it is not."""

LEAST_LINES = 12
"""Least lines of text behind a list; fewer are its end."""

_MARK = re.compile(
    r"(?<![\w(])(?:19|20)\d\d[a-z]?[.,;)]|\((?:19|20)\d\d[a-z]?\)[.,]?|arXiv|\bdoi\b|https?:|\bpp?\. ?\d|\bpages \d"
    r"|Proc\.|Proceedings|\bvol\.|\d+\(\d+\)|\d{2,}[–-]\d{2,}\b|^\[[\w+]{1,12}\]|^\d{1,3}\. [A-Z]"
    r"|Press\b|Trans\.|Journal|Conference"
)


def end_of_list(lines: Sequence[str]) -> int:
    """How many of `lines` are the list of references; all of them as a rule."""
    marked = [bool(_MARK.search(line)) for line in lines]
    if len(lines) < WINDOW + LEAST_LINES:
        return len(lines)
    count = sum(marked[:WINDOW])
    end = 0
    for k in range(WINDOW, len(lines) + 1):
        if count >= LIKELY * WINDOW:
            end = k
        if k < len(lines):
            count += marked[k] - marked[k - WINDOW]
    while end and end < len(lines) and not any(marked[end - 3 : end]):
        end -= 1
    rest = marked[end:]
    if len(rest) < LEAST_LINES or sum(rest) > UNLIKELY * len(rest):
        return len(lines)
    last = next((k for k in range(end - 1, -1, -1) if marked[k]), -1)
    return last + 1
