"""Which line of a PDF is a heading.

A heading is a short line that is numbered in sequence and looks different from the body (larger or bold), or bears a
name that papers use, or is larger than the body and follows the end of a paragraph.
"""

import re
from dataclasses import dataclass
from typing import Literal

from workers.reading.pdf.page.lines import TextLine
from workers.reading.pdf.page.words import pieces_of, words_of

HEADING_CHARS = 90
"""Most characters of a heading's line."""

SHORTEST = 4
"""Least characters of a heading's line; formulas leave many shorter ones."""

PLAIN_CHARS = 50
"""Most characters of a numbered heading in the type of the body."""

BELOW = 3.0
"""Distance of a heading from its text, in sizes of the body's type, at most."""

HEADING_WORDS = 14
"""Most words of a heading."""

LARGER = 1.08
"""Ratio to the body's size from which a line is larger: 10.9 pt beside 10 pt, the least that LaTeX classes use."""

MUCH_LARGER = 1.18
"""Ratio from which an unnumbered larger line opens a section and not a subsection (12 pt beside 10 pt)."""

SAME_PT = 0.2
"""Difference in points up to which two sizes are the same."""

MISSED = 1
"""Headings that may have been missed before one that is still in sequence."""

LEAST_BEFORE_APPENDIX = 3
"""Sections that a paper has at least before `A` means an appendix."""

NAMES = frozenset(
    {
        "abstract", "introduction", "background", "preliminaries", "motivation", "method", "methods", "methodology",
        "approach", "experiments", "evaluation", "results", "discussion", "limitations", "conclusion", "conclusions",
        "acknowledgments", "acknowledgements", "acknowledgment", "acknowledgement", "appendix", "appendices", "summary",
        "related work", "related works", "future work", "materials and methods", "ethics statement",
        "experimental results", "experimental setup", "broader impact", "supplementary material",
        "results and discussion", "conclusion and future work", "conclusions and future work",
        "ethical considerations", "data availability", "引言",
    }
)  # fmt: skip
"""Unnumbered headings that are believed without a look at the type."""

ABSTRACTS = ("abstract", "摘要", "аннотация", "résumé", "resumen", "resumo", "zusammenfassung")
REFERENCES = (
    "references", "bibliography", "literature cited", "references and notes", "works cited", "参考文献", "литература",
    "список литературы", "références", "bibliographie", "referencias", "referências", "literatur",
    "literaturverzeichnis",
)  # fmt: skip
WIDE_NAMES = ("摘要", "摘 要", "引言", "参考文献")
"""Headings that no capital letter and no number begins."""

CONTENTS = ("contents", "table of contents")
ROMAN = {"I": 1, "V": 5, "X": 10}

_NUMBERED = re.compile(r"(?P<n>(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){0,3})\.?\s+(?P<t>[^\W\d_].*)")
_APPENDIX = re.compile(
    r"(?:Appendix|APPENDIX|Supplement(?:ary|al)?(?: [Mm]aterials?| [Ii]nformation)?|SUPPLEMENT\w*(?: \w+)?)"
    r"(?:\s+(?P<n>[A-Z])(?![\w]))?(?:\.\d+)*\s*(?P<sign>[.:—–-]?)\s*(?P<t>.*)"
)
_RUN_IN = re.compile(r"abstract\s*[—–.:-]+\s*", re.I)
_CODE = re.compile(r"\w[(:]\w|[=<>≤≥∈]")
_BARE = re.compile(r"(?:\d{1,2}|[ivx]{1,5}|[a-z])[.:]?\s+(?=[a-z])")
_WITH_PAGE = re.compile(r".*(?:\.\s?\.|…|\s\d{1,3}$)")
"""A line of the table of contents."""
_ROMAN = re.compile(r"(?P<n>[IVX]{1,5})\.\s+(?P<t>[A-Z].*)")


_OPENINGS = frozenset(name[:4] for name in (*NAMES, *ABSTRACTS, *REFERENCES, *CONTENTS, "supplement"))


def may_be_heading(text: str, ended: bool) -> bool:
    """False where `text` cannot be a heading by its words. `ended`: as in `match`."""
    first = text[0]
    if (first > "\u2e80" and text in WIDE_NAMES) or _RUN_IN.match(text):
        return True
    if not (first.isupper() or first.isdigit()) or not SHORTEST <= len(text) <= HEADING_CHARS or text[-1] in ",;":
        return False
    return ended or _maybe_numbered(text) or text[:4].lower() in _OPENINGS


def _maybe_numbered(text: str) -> bool:
    first, second = text[0], text[1:2]
    return first.isdigit() or second in " .:" or (first in ROMAN and second in ROMAN)


_ENDS_OPEN = re.compile(
    r"\b(?:a|an|the|of|and|or|our|their|its|we|is|are|was|were|that|which|to|in|on|by|with|as|for|from|see|than)$"
)
_SENTENCE = re.compile(r"[a-z)\]”\"]{2,}[.?!]\s+[A-Z][a-z]*\s+[a-z]")


def unlikely(text: str) -> bool:
    """True for brackets that do not close, or a sentence that ends inside a line."""
    for one, other in ("()", "[]", "{}"):
        if text.count(one) != text.count(other):
            return True
    return _SENTENCE.search(text) is not None


def looks_like_heading(line: TextLine) -> bool:
    """True for a numbered heading in bold, or a name that papers use, in bold."""
    text = line.text
    if not may_be_heading(text, True) or unlikely(text):
        return False
    m = _NUMBERED.fullmatch(text) or _ROMAN.match(text)
    name = text.rstrip(".:— ").casefold()
    if not (m and m["t"][0].isupper() and len(m["t"]) > 3) and name not in NAMES and name not in REFERENCES:
        return False
    return line.page.style(line.at)[1]


Kind = Literal["body", "abstract", "run-in", "about", "contents", "references"]


@dataclass(frozen=True)
class Heading:
    """A heading and what it opens.

    `run-in`: with the abstract in the same line; `about`: keywords and the like behind it.
    """

    title: str
    level: int
    kind: Kind
    numbers: tuple[int, ...] = ()
    """Its number by level; () where it has none."""
    roman: bool = False
    appendix: bool = False


class Headings:
    """Knows the numbers so far. `size`: the body's, in points; `bold`: body is bold."""

    def __init__(self, size: float, bold: bool = False) -> None:
        self.size, self.bold = size, bold
        self.numbers: tuple[int, ...] = (0,)
        self.before_appendix: tuple[int, ...] = (0,)
        """The last number before the letters began."""
        self.roman = self.appendix = False
        self.kind: str = "front"
        """What the last heading opened; front before the first."""
        self.plain = False
        """A numbered heading was in the type of the body, so that others may be."""
        self.late = False
        """More lines were read before the first heading than authors and an abstract take."""

    def take(self, found: Heading) -> None:
        """`found` stands: the next one is expected after it."""
        if found.appendix and not self.appendix:
            self.before_appendix, self.numbers = self.numbers, found.numbers or (0,)
        elif self.appendix and found.kind == "body" and found.numbers and not found.appendix:
            self.appendix = False  # what was taken for an appendix was none, or stood in the middle
        self.numbers = found.numbers or self.numbers
        self.roman, self.appendix = self.roman or found.roman, self.appendix or found.appendix
        self.kind = "abstract" if found.kind == "run-in" else found.kind

    @staticmethod
    def run_in(text: str) -> int:
        """Where the abstract begins in the line of a `run-in` heading."""
        m = _RUN_IN.match(text)
        return m.end() if m else 0

    def larger(self, line: TextLine) -> float:
        """Size of `line` where it is larger than the body, else 0."""
        size = line.page.size(line.at)
        return size if size >= self.size * LARGER else 0.0

    def set_apart(self, line: TextLine, more: TextLine) -> bool:
        """True where both lines are bold to their ends, and the body is not."""
        bold = (x.page.style(at)[1] for x in (line, more) for at in (x.at, x.at + len(x.text) - 1))
        return not self.bold and all(bold)

    def match(self, line: TextLine, ended: bool, more: TextLine | None = None) -> Heading | None:
        """The heading that `line` is, or None.

        `ended`: a paragraph ended just before it; `more`: the next line of its page.
        """
        text = line.text
        if self.kind == "front" and text[:8].lower() == "abstract" and _RUN_IN.match(text):
            return Heading("Abstract", 1, "run-in")
        if not may_be_heading(text, ended) or (line.cut and not self.larger(line)):
            return None
        shaped = _maybe_numbered(text)
        if self.kind == "contents" and _WITH_PAGE.match(text):
            return None
        name = text.rstrip(".:— ").casefold().replace("摘 要", "摘要")
        bare = name[m.end() :] if shaped and (m := _BARE.match(name)) else name
        if bare in REFERENCES:
            return Heading(text, 1, "references")
        if self.kind in ("front", "abstract", "contents") and name in ABSTRACTS:
            return Heading(text, 1, "abstract")
        if self.kind in ("front", "abstract") and name in CONTENTS:
            return Heading(text, 1, "contents")
        if text.count(" ") >= HEADING_WORDS or unlikely(text):
            return None
        if shaped and (numbered := self._numbered(text)):
            title = text[len(text) - len(bare) :]
            size, bold = line.page.style(line.at + len(text) - len(bare))
            plain = self.roman or numbered.roman or bare in NAMES
            stands = (
                size >= self.size * LARGER or (bold and not self.bold) or (plain and (title.isupper() or bare in NAMES))
            )
            if not stands and self.plain and ended and len(text) <= PLAIN_CHARS and not self.appendix:
                stands = text[-1] not in ".?!:" and numbered.numbers[-1] == self._expected(numbered)
            elif stands and bare in NAMES and size < self.size * LARGER and not bold:
                self.plain = True
            return numbered if stands or (self.roman and numbered.level == 2) else None
        started = self.kind != "front" or self.late
        again = name in ("abstract", "introduction") and self.numbers[0] > 1  # a page shown in a figure
        if name in NAMES and not again and (started or name in ("introduction", "引言")):
            return Heading(text, 1, "body", appendix=name.startswith("append"))
        if self.kind in ("body", "references") and (m := _APPENDIX.match(text)):
            styled = line.page.style(line.at)[1] > self.bold or self.larger(line) > 0
            if styled or (ended and (m["sign"] or not m["t"]) and not _ENDS_OPEN.search(text)):
                letter = ord(m["n"]) - 64 if m["n"] else 0
                return Heading(text, 1, "body", (letter,) if letter else (), appendix=True)
        alone = ended and text[-1] not in ".?" and text[0].isupper() and len(text) > 3 and not _CODE.search(text)
        if alone and (self.kind in ("body", "about") or self.late):
            size = min(self.larger(line), line.page.size(line.at + len(text) - 1))  # a large initial is no heading
            much = size >= self.size * MUCH_LARGER
            if (
                much
                or (len(text) <= PLAIN_CHARS and size >= self.size * LARGER)
                or (more and self._stands_out(line, more))
            ):
                return Heading(text, 1 if much else 2, "body")
        return None

    def _stands_out(self, line: TextLine, more: TextLine) -> bool:
        """True for a bold line with a line of text, not bold, right below it."""
        text, page = line.text, line.page
        if self.bold or len(text) > PLAIN_CHARS or not text[-1].isalnum():
            return False
        if len(more.text) < PLAIN_CHARS or not 0 < page.drop(line.at, more.at) < BELOW * self.size:
            return False
        size, bold = page.style(line.at)
        whole = bold and page.style(line.at + len(text) - 1)[1] and size >= self.size - SAME_PT
        return whole and not page.style(more.at)[1] and len(pieces_of(words_of(line))) == 1

    def _expected(self, found: Heading) -> int:
        """The last part of the number that comes next at the depth of `found`."""
        last = len(found.numbers) - 1
        inside = found.numbers[:-1] == self.numbers[:last] and len(self.numbers) > last
        return self.numbers[last] + 1 if inside else 1

    def _numbered(self, text: str) -> Heading | None:
        """The heading `text` may be where its number is the next one in sequence."""
        roman = _ROMAN.match(text)
        fits = roman and (self.roman or roman["n"] == "I") and not self.appendix
        if roman and fits and 1 <= (value := _value(roman["n"])) - self.numbers[0] <= 1 + MISSED:
            return Heading(text, 1, "body", (value,), roman=True)
        m = _NUMBERED.fullmatch(text)
        if not m or len(m["t"]) < (2 if m["t"][0] > "\u2e80" else 3) or re.search(r"\.{3}|\d{4}\.?$|@", m["t"]):
            return None
        if m["t"].count("(") != m["t"].count(")") and len(m["t"]) < HEADING_CHARS // 3:
            return None
        parts = m["n"].split(".")
        lettered = parts[0].isalpha()
        values = (ord(parts[0]) - 64 if lettered else int(parts[0]), *map(int, parts[1:]))
        depth = len(values)
        dotted = text[len(m["n"])] == "."
        if lettered and not dotted and depth == 1 and m["t"][0].islower():  # a sentence: "A list is ..."
            return None
        if lettered and self.roman and not self.appendix and depth == 1 and dotted:  # IEEE: A. Subsection
            expected = self.numbers[1] + 1 if len(self.numbers) > 1 else 1
            return Heading(text, 2, "body", (self.numbers[0], *values)) if values[0] == expected else None
        if lettered and not self.appendix:
            late = self.kind == "references" or self.numbers[0] >= LEAST_BEFORE_APPENDIX
            begins = late and set(values[1:]) <= {1} and values[0] <= 1 + MISSED * (self.kind == "references")
            return Heading(text, depth, "body", values, appendix=True) if begins else None
        if not lettered and self.appendix and self.before_appendix == (0,):
            return None
        numbers = self.before_appendix if self.appendix and not lettered else self.numbers
        inside = values[:-1] == numbers[: depth - 1]
        before = numbers[depth - 1] if inside and len(numbers) >= depth else 0
        same = inside or values[0] == numbers[0]
        if depth > 1 and not same:  # its chapter's heading has no number in its line
            same = 1 <= values[0] - numbers[0] <= 1 + MISSED and set(values[1:]) == {1}
        if not same or not 1 <= values[-1] - before <= 1 + MISSED:
            return None
        return Heading(text, depth, "body", values, appendix=lettered)


def _value(roman: str) -> int:
    values = [ROMAN[c] for c in roman]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))
