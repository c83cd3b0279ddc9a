"""Groups the words of a PDF's lines by their place on the page."""

import re
from dataclasses import dataclass
from itertools import pairwise

from workers.reading.pdf.page.lines import TextLine, restored
from workers.reading.text import clean

GAP_EM = 0.75
"""Distance of two words, in sizes of their type, from which they are of two cells: spaces have .25 to .6."""

_WORD = re.compile(r"[^ \t\r\n\xa0\u2002-\u200a\u3000\x02\ufffe]+")


@dataclass(slots=True)
class Word:
    """One or more words in a row, and where they stand, in points."""

    text: str
    left: float
    right: float
    base: float
    """Height of the baseline on the page."""
    at: int
    """Where it begins in the page's text."""
    size: float

    @property
    def middle(self) -> float:
        """Half way between its edges."""
        return (self.left + self.right) / 2


def raw_end(line: TextLine) -> int:
    """Where `line` ends in its page's text."""
    text = line.page.text
    ends = [found for sign in ("\r\n", "\n", "\x02", "\ufffe") if (found := text.find(sign, line.at)) >= 0]
    return min(ends, default=len(text))


def words_of(line: TextLine) -> list[Word]:
    """The words of `line` from left to right."""
    raw = line.page.text[line.at : raw_end(line)]
    found = [(m.start() + line.at, m.end() - 1 + line.at, m[0]) for m in _WORD.finditer(raw)]
    size = line.page.size(line.at) or 10.0
    places = line.page.spans([(a, b) for a, b, _ in found])
    made = [
        Word(text, left, right, base, at, size)
        for (at, _, raw_word), (left, right, base) in zip(found, places, strict=True)
        if (text := raw_word if raw_word.isascii() and raw_word.isprintable() else clean(restored(raw_word)))
    ]
    return sorted(made, key=lambda w: w.left)


def pieces_of(words: list[Word], gap: float = GAP_EM) -> list[Word]:
    """Words that stand close together as one piece each: what is in one cell."""
    made = list[Word]()
    for word in words:
        if made and word.left - made[-1].right < gap * max(word.size, made[-1].size):
            last = made[-1]
            joint = "" if word.left - last.right < 0.05 * word.size else " "
            made[-1] = Word(
                last.text + joint + word.text, last.left, max(last.right, word.right), last.base, last.at, last.size
            )
        else:
            made.append(word)
    return made


def rows_by_height(words: list[Word]) -> list[list[Word]]:
    """Words that stand on one line, from the top; within a line from the left."""
    rows = list[list[Word]]()
    for word in sorted(words, key=lambda w: -w.base):
        if rows and rows[-1][0].base - word.base < 0.4 * max(word.size, rows[-1][0].size):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda w: w.left) for row in rows]


def pitch(rows: list[list[Word]]) -> list[float]:
    """Distances of the rows from one to the next."""
    return [a[0].base - b[0].base for a, b in pairwise(rows)]
