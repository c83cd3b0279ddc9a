"""Removes the line numbers of review copies, found by their sequence."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from workers.reading.pdf.page.lines import TextLine

RUN = 8
"""Numbers in sequence on a page that are no chance: a table's first column reaches that on one page, not on most."""

STEPS = (1, 5)
"""By how much line numbers grow from one to the next that is printed."""

PAGES = 0.5
"""Share of the pages with RUN lines that must have them."""

_FIRST = re.compile(r"(\d{1,4})(?:\s+|$)")
_LAST = re.compile(r"(?:^|\s)(\d{1,4})$")


def without_numbers(pages: list[list[TextLine]]) -> list[list[TextLine]]:
    """The pages without line numbers.

    Those that stand alone, before a line, and behind one.
    """
    for find, cut in ((_FIRST.match, _behind), (_LAST.search, _before)):
        long = [page for page in pages if len(page) >= RUN]
        numbered = [_sequence(page, find) for page in pages]
        if long and sum(map(bool, numbered)) >= max(1, PAGES * len(long)):
            pages = [
                [kept for k, line in enumerate(page) if (kept := cut(line, find) if k in of else line) is not None]
                for page, of in zip(pages, numbered, strict=True)
            ]
    return pages


Find = Callable[[str], "re.Match[str] | None"]


def _sequence(page: Sequence[TextLine], find: Find) -> set[int]:
    """Places of the lines whose numbers go on from each other.

    Empty where they are too few to be line numbers.
    """
    told = [
        (k, int(m[1]))
        for k, line in enumerate(page)
        if line.text[0].isdigit() or line.text[-1].isdigit()
        if (m := find(line.text))
    ]
    if len(told) < RUN:
        return set()
    step = max(STEPS, key=lambda s: sum(b - a == s for (_, a), (_, b) in pairwise(told)))
    found = set[int]()
    good = 0
    for (j, a), (k, b) in pairwise(told):
        if b - a == step:
            found |= {j, k}
            good += 1
    alone = sum(len(page[k].text) <= 4 for k in found)
    return found if good >= RUN and (alone > len(found) / 2 or good >= 0.4 * len(page)) else set()


def _behind(line: TextLine, find: Find) -> TextLine | None:
    m = find(line.text)
    rest = line.text[m.end() :] if m else line.text
    if not rest:
        return None
    at = line.page.text.find(rest[:1], line.at + m.end(1)) if m else line.at
    return TextLine(rest, line.page, at if at >= 0 else line.at, line.cut)


def _before(line: TextLine, find: Find) -> TextLine | None:
    m = find(line.text)
    rest = line.text[: m.start()] if m else line.text
    return TextLine(rest, line.page, line.at, line.cut) if rest else None
