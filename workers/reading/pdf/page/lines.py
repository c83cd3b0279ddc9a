"""Cleans lines of PDF pages: no running heads, no page numbers."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import accumulate, pairwise, repeat
from operator import sub
from typing import NamedTuple

from workers.reading.pdf.page.accents import accented
from workers.reading.pdf.page.pages import Page
from workers.reading.text import clean

REPEATS = 3
"""Pages on which a line at the edge must stand to be a running head."""

EDGE_LINES = 3
"""Lines at the top and bottom of a page that may be running heads."""

APART = 1.6
"""Distance of two lines in their size from which they are not of one paragraph in single spacing."""

SAME_LINE_PT = 2.0
"""Points by which pieces of one line stand higher or lower than others."""

_STAMP = re.compile(r"arXiv:\S+\s+\[[\w.-]+\]\s+\d{1,2} \w{3} \d{4}")
_DIGITS, _PAGE_NUMBER = re.compile(r"\d+"), re.compile(r"[\divxlc]{1,4}")
_CAPTION = re.compile(r"(?:Fig|FIG|Tab|TAB)\S* #")
LIGATURES = {"\x0b": "ff", "\x0c": "fi", "\x0d": "fl", "\x0e": "ffi", "\x0f": "ffl"}
"""Places of Knuth's text fonts (OT1 encoding)."""
_OT1 = re.compile(r"(?:(?<=[^\W\d_])|(?<=\x0b))[\x0b-\x0f]|[\x0b-\x0f](?=[a-z\x0b-\x0f])")
_CONTROLS = [chr(k) for k in (*range(0x20), 0x7F) if chr(k) not in "\n\r\x02"]
_WIDE_BREAK = re.compile(
    r"(?<=[\u3001-\u30ff\u3400-\u9fff]) (?=[\u3001-\u30ff\u3400-\u9fff,.;:!?)])"
    r"|(?<=[\u3400-\u9fff][,;:!?)]) (?=[\u3400-\u9fff])"
)
"""What the end of a line leaves between signs that no space parts."""
_WIDE = re.compile(r"[\u3001-\u30ff\u3400-\u9fff]")
WIDE_WITHIN = 200
"""Characters at a paragraph's begin among which one is wide, if it is of a script that has no spaces."""

_QUOTES = "\"')]”’"
LAST = frozenset(f".?:!。{_QUOTES}")
"""Characters one of which a line has at its end that ends a sentence."""


class TextLine(NamedTuple):
    """One line.

    `text` is clean, `cut` tells that its last word goes on in the next line.
    """

    text: str
    page: Page
    at: int
    """Where it begins in `page.text`."""
    cut: bool = False


_line: Callable[[tuple[str, Page, int, bool]], TextLine] = partial(tuple.__new__, TextLine)
"""As `TextLine(*fields)`, in a third of the time: a paper has a thousand lines."""


def lines_of(page: Page) -> list[TextLine]:
    """The lines of `page`, cleaned, without empty ones."""
    text = page.text
    cuts: Iterable[bool] = repeat(False)
    if cut := "\x02" in text or "\ufffe" in text:  # the hyphen at the end of a line is its end
        text = text.replace("\ufffe", "\x02").replace("\x02", "\x02\n")
    pieces = text.split("\n")
    starts: Iterable[int] = accumulate([len(piece) + 1 for piece in pieces], initial=0)
    texts = [(piece[:-1] if piece[-1:] == "\r" else piece).strip("\x02 ") for piece in pieces]
    if cut:
        cuts = found = [piece[-1:] == "\x02" for piece in pieces]
        starts = map(sub, starts, accumulate(found, initial=0))  # there is no end of a line behind those
    if "\n " in text or text[:1] == " ":
        starts = (at + len(p) - len(p.lstrip()) for at, p in zip(starts, pieces, strict=False))
    if text.count("\r") != text.count("\r\n") or any(map(text.__contains__, _CONTROLS)):
        texts = [text if text.isascii() and text.isprintable() else _odd(text) for text in texts]
    elif not text.isascii():
        texts = [text if text.isascii() else _odd(text) for text in texts]
    return [line for line in map(_line, zip(texts, repeat(page), starts, cuts)) if line[0]]


def restored(raw: str) -> str:
    """The text with its ligatures and accented letters restored.

    Old TeX fonts without a Unicode map give ligatures as control characters, accents as signs of their own.
    """
    return accented(_OT1.sub(lambda m: LIGATURES[m[0]], raw))


def _odd(raw: str) -> str:
    """Clean text of a line that is not of plain ASCII."""
    text = clean(restored(raw))
    return f"• {text}" if raw[0] == "\x0f" and text and raw[1:2] in " \xa0" else text


def without_edges(pages: list[list[TextLine]]) -> tuple[list[TextLine], str]:
    """(all lines but page numbers and running heads, arXiv's stamp)."""
    shapes = [{k: _DIGITS.sub("#", page[k].text) for k in _edge(page)} for page in pages]
    counts = Counter(shape for edge in shapes for shape in set(edge.values()))
    kept, stamp = list[TextLine](), ""
    for page, edge in zip(pages, shapes, strict=True):
        gone = {k for k, shape in edge.items() if counts[shape] >= REPEATS and not _CAPTION.match(shape)}
        gone |= {k for k in edge if len(page[k].text) <= 4 and _PAGE_NUMBER.fullmatch(page[k].text)}
        if page and "arXiv:" in page[0].page.text:
            for k, line in enumerate(page):
                if m := _STAMP.search(line.text):
                    stamp = stamp or m[0]
                    gone.add(k)
        kept += [line for k, line in enumerate(page) if k not in gone] if gone else page
    return kept, stamp


def _edge(page: Sequence[TextLine]) -> set[int]:
    """Places of the first and last lines, and of those at the page's top and bottom.

    These only where they stand apart from the others.
    """
    if len(page) <= 2 * EDGE_LINES:
        return set(range(len(page)))
    found = {*range(EDGE_LINES), *range(len(page) - EDGE_LINES, len(page))}
    heights = [line.page.height(line.at) for line in page]
    for outer, sign in ((max(heights), 1), (min(heights), -1)):
        away = [sign * (outer - height) for height in heights]
        line = page[away.index(0.0)]
        if min((x for x in away if x > SAME_LINE_PT), default=0.0) > APART * line.page.size(line.at):
            found |= {k for k, x in enumerate(away) if x <= SAME_LINE_PT}
    return found


def ends(text: str) -> bool:
    """True where the line `text`, which is not cut, ends a sentence."""
    last = text[-1:]
    if last not in LAST:
        return False
    text = text.rstrip(_QUOTES)
    last = text[-1:]
    return last in (".", "?", ":", "。") or (last == "!" and text[-4:-1].isalpha())


def join(lines: Iterable[TextLine]) -> str:
    """Lines as running text.

    A word cut at the end of a line is put together, a compound keeps its hyphen.
    """
    pieces = " ".join([f"{text}\x02" if cut else text for text, _, _, cut in lines]).split("\x02 ")
    text = pieces[0]
    for before, after in pairwise(pieces):
        same_case = after[0].islower() or (before.isupper() and after[:2].isupper())
        compound = "-" in before.rpartition(" ")[2] or not same_case
        text += f"-{after}" if compound else after
    text = text.rstrip("\x02")
    text = " ".join(text.split()) if "  " in text else text
    if text.isascii() or not _WIDE.search(text, 0, WIDE_WITHIN):
        return text
    return _WIDE_BREAK.sub("", text)


WIDTH_LINES, SIZE_LINES = 250, 50
"""About how many lines are asked for the usual length and the size of the body's type."""

TEXT_SHARE = 0.7
"""Share of the lines before the list of references, whose type is often smaller."""


def usual(lines: list[TextLine]) -> tuple[int, float]:
    """(characters of a full line, points of the body's type)."""
    lengths = sorted([n for line in some(lines, WIDTH_LINES) if (n := len(line.text)) > 20])
    asked = some(lines[: round(TEXT_SHARE * len(lines))], SIZE_LINES)
    sizes = Counter(round(x.page.size(x.at), 1) for x in asked if len(x.text) > 20)
    return lengths[len(lengths) * 3 // 4] if lengths else 80, sizes.most_common(1)[0][0] if sizes else 10.0


def some(lines: list[TextLine], count: int) -> list[TextLine]:
    """About `count` of `lines`, spread evenly."""
    return lines[:: max(1, len(lines) // count)]
