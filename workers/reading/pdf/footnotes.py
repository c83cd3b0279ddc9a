"""Takes footnotes out of a PDF's text: small lines after a mark."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workers.reading.pdf.headings import REFERENCES
from workers.reading.pdf.page.lines import TextLine, join

SMALLER_PT = 0.7
"""Difference in points from which type is a footnote's: 9 beside 10 pt."""

MOST_LINES = 14
"""Lines of one page's footnotes in a row."""

OPEN_CHARS = 30
"""Characters of a line of running text, at least."""

_MARK = re.compile(r"(?:\d{1,2}|[*∗†‡§¶♯])(?![\d.,)\]%:;/+-])(?=$|\s*[^\W\d_]|\s*[\"“(])")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Footnote:
    """One footnote.

    `front`: of the first page, with a sign for a mark: about authors, not of the text.
    """

    page: int
    text: str
    front: bool


def footnotes(lines: Sequence[TextLine], size: float, taken: set[int]) -> tuple[list[Footnote], set[int]]:
    """(footnotes in order, places of their lines).

    `size`: of the body; `taken`: places of lines that are not text.
    """
    last = next((k for k, line in enumerate(lines) if line.text.casefold().rstrip(".:") in REFERENCES), len(lines))
    while 0 < last < len(lines) and lines[last].page is lines[last - 1].page:  # those beneath it on its page
        last += 1
    found, gone, k = list[Footnote](), set[int](), 0
    while k < last:
        line = lines[k]
        if k in taken or not _MARK.match(line.text) or not is_small(line, size, lines, k) or _goes_on(lines, k, size):
            k += 1
            continue
        end = k + 1
        while (
            end < last
            and end - k < MOST_LINES
            and lines[end].page is line.page
            and end not in taken
            and is_small(lines[end], size, lines, end)
        ):
            end += 1
        starts = [j for j in range(k, end) if _MARK.match(lines[j].text)]
        for a, b in zip(starts, [*starts[1:], end], strict=True):
            text = join(lines[a:b])
            found.append(Footnote(line.page.number, text, line.page.number == 1 and not text[0].isdigit()))
        gone |= set(range(k, end))
        k = end
    return found, gone


def _goes_on(lines: Sequence[TextLine], k: int, size: float) -> bool:
    """True where line `k` goes on with a sentence in small type.

    The line before left it open, as in an abstract.
    """
    before = lines[k - 1] if k else None
    if before is None or before.page is not lines[k].page or before.text[-1] in '.?!:;"”)' or before.text[-1].isdigit():
        return False
    return (
        len(before.text) >= OPEN_CHARS
        and _LETTER.search(before.text) is not None
        and is_small(before, size, lines, k - 1)
    )


def is_small(line: TextLine, size: float, lines: Sequence[TextLine], k: int) -> bool:
    """True where `line` is in small type; a bare mark, where the line after it is."""
    m = _LETTER.search(line.text)
    if m is None:
        after = lines[k + 1] if k + 1 < len(lines) else None
        return (
            after is not None
            and after.page is line.page
            and after.text[0].isalpha()
            and is_small(after, size, lines, k + 1)
        )
    found = _LETTER.search(line.page.text, line.at + m.start())
    return 0 < line.page.size(found.start() if found else line.at) <= size - SMALLER_PT
