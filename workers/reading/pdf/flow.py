"""Joins a PDF's paragraphs over pages; drops addresses and bare numbers."""

import re
from collections.abc import Iterator

from workers.reading.pdf.page.lines import TextLine, ends

PARAGRAPH_CHARS = 1_800
"""Length at which a paragraph is cut at the next end of a sentence, so that a place stays findable."""

TAIL_CHARS = 700
"""Characters of a page's begin among which the sentence ends that began on the page before."""

EARLY = 0.75
"""Share of the longest line of a box up to which a line ended early."""

_ADDRESS = re.compile(r"(?:\d{0,2}\s?|[*†‡§¶]\s?)(?:https?://\S+|www\.\S+|\S+@\S+\.\w+)[.,;]?\s*")
_LETTERS = re.compile(r"[^\W\d_].*?[^\W\d_]", re.S)
_END = re.compile(r"[.?!][\"')\]”’]*\s+(?=[A-Z(\[“\"•\d])")
_LAST_WORD = re.compile(
    r"(?:,|\b(?:a|an|the|of|and|or|our|their|its|we|is|are|was|were|that|which|to|in|on|by|with|as|for|from|than))$"
)


def tells(text: str) -> bool:
    """False for a piece in which nothing is said.

    That is addresses alone, a bare number, dots.
    """
    addressed = "://" in text or "@" in text or "www." in text
    return _LETTERS.search(_ADDRESS.sub("", text) if addressed else text) is not None


def is_address(text: str) -> bool:
    """True for a line that is an address on the web or of mail."""
    return _ADDRESS.fullmatch(text) is not None


def goes_on(before: str, text: str, full: bool) -> bool:
    """True where the sentence that is open at the end of `before` goes on with `text`.

    `full`: the lines that end one and begin the other are, so that a name may go on, too.
    """
    if before.rstrip("\"')]”’")[-1:] in ".?!:":
        return False
    return text[0].islower() or leaves_open(before) or (full and text[0].isalpha())


def leaves_open(text: str) -> bool:
    """True where more must follow the last word of `text`."""
    return _LAST_WORD.search(text) is not None


def sentences(text: str) -> int:
    """How many sentences end in `text`."""
    return len(_END.findall(f"{text} A"))


def first_sentence(text: str) -> tuple[str, str]:
    """(the sentence that `text` begins with, the rest).

    (`text`, '') where no end of it is found.
    """
    m = _END.search(text, 0, TAIL_CHARS)
    return (text[: m.end()].rstrip(), text[m.end() :]) if m else (text, "")


def parted(lines: list[TextLine]) -> Iterator[list[TextLine]]:
    """A paragraph's lines, in parts where it is long."""
    size, begin = 0, 0
    for k, line in enumerate(lines):
        size += len(line.text)
        if size > PARAGRAPH_CHARS and not line.cut and ends(line.text):
            yield lines[begin : k + 1]
            size, begin = 0, k + 1
    yield lines[begin:]


def blocks(lines: list[str]) -> list[str]:
    """Lines of a box with text as paragraphs: one ends where a line ends early."""
    longest, made, open_ = max(map(len, lines), default=0), list[str](), ""
    for line in lines:
        open_ = f"{open_} {line}".strip()
        if len(line) < EARLY * longest:
            made.append(open_)
            open_ = ""
    return [*made, open_] if open_ else made
