"""Lines of PDF pages: cleaned, without running heads and page numbers, and joined again to running text."""

import re
from collections import Counter
from dataclasses import dataclass

from workers.reading.pages import Page
from workers.reading.text import clean

REPEATS = 3
"""Pages on which a line at the edge must stand to be a running head."""

EDGE_LINES = 3
"""Lines at the top and bottom of a page that may be running heads."""

_LINE = re.compile("[^\r\n\x02\ufffe]+[\x02\ufffe]?")
"""A line of pdfium's, up to its end or to the sign for a hyphen at its end."""

_STAMP = re.compile(r"arXiv:\S+\s+\[[\w.-]+\]\s+\d{1,2} \w{3} \d{4}")
_QUOTES = "\"')]”’"


@dataclass(slots=True)
class Line:
    """One line: `text` is clean, `cut` tells that its last word goes on in the next line."""

    text: str
    page: Page
    at: int
    """Where it begins in `page.text`."""
    cut: bool = False


def lines_of(page: Page) -> list[Line]:
    """The lines of `page`, cleaned, without empty ones."""
    found = list[Line]()
    for m in _LINE.finditer(page.text):
        raw, at = m[0], m.start()
        text, cut = raw.strip(), False
        if not (text.isascii() and text.isprintable()):
            cut = text[-1:] in ("\x02", "\ufffe")
            text = f"• {clean(text)}" if text[:1] == "\x0f" else clean(text)
        if text:
            found.append(Line(text, page, at + len(raw) - len(raw.lstrip()), cut))
    return found


def without_edges(pages: list[list[Line]]) -> tuple[list[Line], str]:
    """(all lines but page numbers and running heads, arXiv's stamp)."""

    def shape(line: Line) -> str:
        return re.sub(r"\d+", "#", line.text)

    edges = Counter(s for page in pages for s in {shape(x) for x in (*page[:EDGE_LINES], *page[-EDGE_LINES:])})
    kept, stamp = list[Line](), ""
    for page in pages:
        for k, line in enumerate(page):
            edge = k < EDGE_LINES or k >= len(page) - EDGE_LINES
            if "arXiv:" in line.text and (m := _STAMP.search(line.text)):
                stamp = stamp or m[0]
            elif not (edge and (edges[shape(line)] >= REPEATS or re.fullmatch(r"[\divxlc]{1,4}", line.text))):
                kept.append(line)
    return kept, stamp


def ends(line: Line) -> bool:
    """True where `line` ends a sentence."""
    text = line.text.rstrip(_QUOTES)
    last = text[-1:]
    return (not line.cut and last in (".", "?", ":")) or (last == "!" and text[-4:-1].isalpha())


def join(lines: list[Line]) -> str:
    """Lines as running text: a word cut at the end of a line is put together, a compound keeps its hyphen."""
    text, cut = "", False
    for line in lines:
        if cut:
            compound = "-" in text.rpartition(" ")[2] or not line.text[0].islower()
            text += f"-{line.text}" if compound else line.text
        else:
            text += f" {line.text}"
        cut = line.cut
    return " ".join(text.split())
