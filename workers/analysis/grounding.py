"""Checks by code, not by trust: does a quote stand in the paper, does a number, and is a text fit to be published.

A quote counts only where it is found letter for letter on the squeezed text (letters, digits, %, decimal points, minus
signs): ligatures, line breaks, quotation marks and spaces do not matter; a number, a word or a "not" does. Nothing is
accepted that is merely similar. That a quote supports the claim made of it, no code here can tell.
"""

import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from workers.analysis.squeeze import numbers as numbers
from workers.analysis.squeeze import sentences as sentences
from workers.analysis.squeeze import squeeze as squeeze
from workers.papers import Record
from workers.reading.text import PaperText, clean

MIN_QUOTE = 20
"""Least kept characters of a quote: shorter ones are found by chance (notes on grounding)."""

GATE_QUOTES, GATE_NUMBERS, GATE_SECTIONS = 1.0, 0.95, 3
"""Publish only with all quotes found, this share of the numbers, and this many sections quoted (issue "Reading")."""

_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Place:
    """Where a quote stands."""

    paragraph: str
    """Id of the paragraph it begins in."""
    section: str
    """Title of its section."""
    start: int
    """First character in that paragraph's text."""
    end: int
    """Character after its last in the text of `last`."""
    last: str
    """Id of the paragraph it ends in: `paragraph`, unless it runs over a page or an equation."""
    page: int | None = None


class Index:
    """The text of one paper, ready for `locate` and `supported`."""

    def __init__(self, text: PaperText) -> None:
        self.paragraphs = [(section, p) for section, p in text.paragraphs() if p.text]
        self._tops = _tops(text)
        self._starts, self._maps, streams, length = list[int](), list[list[int]](), list[str](), 0
        for _, paragraph in self.paragraphs:
            kept, at = squeeze(paragraph.text)
            self._starts.append(length)
            self._maps.append(at)
            streams.append(kept)
            length += len(kept)
        self.stream = "".join(streams)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """All numbers of the paper, normalised; those with a percent sign or a size also bare."""
        found = {n for _, p in self.paragraphs for n in numbers(p.text)}
        return frozenset(found | {n.rstrip("%kmb") for n in found})

    def locate(self, quote: str) -> Place | None:
        """Where `quote` stands, letter for letter; None where it does not, or where less than MIN_QUOTE of it counts.

        A find that begins or ends inside a word or number is none ("able to" in "unable to").
        """
        asked = clean(quote)
        kept = squeeze(asked)[0]
        if len(kept) < MIN_QUOTE:
            return None
        found = self.stream.find(kept)
        while found >= 0:
            place = self._place(found, found + len(kept))
            if place is not None and _DIGITS.findall(self._span(found, found + len(kept))) == _DIGITS.findall(asked):
                return place
            found = self.stream.find(kept, found + 1)
        return None

    def top(self, place: Place) -> str:
        """Id of the top-level section a place is in; subsections count as their section."""
        return self._tops.get(place.paragraph, place.section)

    def _place(self, start: int, end: int) -> Place | None:
        if self._torn(start) or self._torn(end):
            return None
        first, at = self._back(start)
        last, stop = self._back(end - 1)
        section, paragraph = self.paragraphs[first]
        return Place(paragraph.id, section, at, stop + 1, self.paragraphs[last][1].id, paragraph.page)

    def _span(self, start: int, end: int) -> str:
        """The text of a find, as it stands."""
        (first, at), (last, stop) = self._back(start), self._back(end - 1)
        whole = " ".join(p.text for _, p in self.paragraphs[first : last + 1])
        shift = sum(len(p.text) + 1 for _, p in self.paragraphs[first:last])
        return whole[at : shift + stop + 1]

    def _back(self, at: int) -> tuple[int, int]:
        """(paragraph, character in it) of a place in the stream."""
        which = bisect.bisect_right(self._starts, at) - 1
        return which, self._maps[which][at - self._starts[which]]

    def _torn(self, at: int) -> bool:
        """True where the cut before `at` goes through a word, a number or a hyphened word."""
        if not 0 < at < len(self.stream):
            return False
        (one, i), (other, j) = self._back(at - 1), self._back(at)
        left, right = self.stream[at - 1], self.stream[at]
        if one != other or not (_joins(left) and _joins(right)):
            return False
        return i == j or self.paragraphs[one][1].text[i + 1 : j] in ("", "-", "\u2010", "\u2011")


def _joins(c: str) -> bool:
    """True for what makes up words and numbers in scripts that put spaces between words."""
    return c.isdigit() or c in ".,-%" or c.lower() != c.upper()


def _tops(text: PaperText) -> dict[str, str]:
    """Paragraph, figure, table and row id -> id of the top-level section."""
    found, of, top = {"abstract": "abstract"}, dict[str, str](), ""
    for section in text.sections:
        top = section.id if section.level == 1 or not top else top
        of[section.id] = top
        found |= {p.id: top for p in section.paragraphs}
    found |= {figure.id: of.get(figure.section, "") for figure in text.figures}
    for table in text.tables:
        found |= {id: of.get(table.section, "") for id in (table.id, *(row.id for row in table.rows))}
    return found


def supported(found: Iterable[str], index: Index) -> list[str]:
    """Those of the `found` numbers that the paper has; `85%` also where its tables say 85."""
    there = index.numbers
    return [n for n in found if n in there or (n.endswith("%") and n[:-1] in there)]


def uncited(said: Sequence[tuple[str, bool]]) -> int:
    """How many sentences carry no citation. `said`: pieces of an answer in order, each with whether it is cited.

    A sentence counts as cited where any piece of it is.
    """
    text = "".join(piece for piece, _ in said)
    marks, at = list[tuple[int, int]](), 0
    for piece, cited in said:
        if cited:
            marks.append((at, at + len(piece)))
        at += len(piece)
    count, at = 0, 0
    for sentence in sentences(text):
        start = text.index(sentence, at)
        at = start + len(sentence)
        count += not any(a < at and b > start for a, b in marks)
    return count


def verbatim_ratio(text: str, index: Index) -> float:
    """Longest run of `text` that stands in the paper, as a share of `text` (squeezed): 1.0 is a copy."""
    kept = squeeze(clean(text))[0]
    best, start = 0, 0
    for end in range(1, len(kept) + 1):
        while end - start > best and kept[start:end] not in index.stream:
            start += 1
        best = max(best, end - start)
    return best / len(kept) if kept else 0.0


class Claim(Record):
    """One statement with the quotes it rests on."""

    text: str
    quotes: tuple[str, ...] = ()


class Metrics(Record):
    """Counts of a check. Ratios of nothing are 1.0."""

    claims: int = 0
    covered: int = 0
    """Claims with a quote that was found."""
    quotes: int = 0
    quotes_found: int = 0
    numbers: int = 0
    numbers_found: int = 0
    sections: int = 0
    """Distinct top-level sections quoted, the abstract being one."""
    verbatim: float = 0.0
    """Largest `verbatim_ratio` of a claim."""
    missing_numbers: tuple[str, ...] = ()

    @property
    def quote_precision(self) -> float:
        """Quotes found / quotes given."""
        return _share(self.quotes_found, self.quotes)

    @property
    def number_support(self) -> float:
        """Numbers found / numbers said."""
        return _share(self.numbers_found, self.numbers)

    @property
    def claim_coverage(self) -> float:
        """Claims with at least one quote that was found / claims."""
        return _share(self.covered, self.claims)

    def document(self) -> dict[str, float | int]:
        """For `--json`: the ratios of the notes on grounding and the counts behind them."""
        return {
            "quote_precision": round(self.quote_precision, 4), "number_support": round(self.number_support, 4),
            "section_spread": self.sections, "claim_coverage": round(self.claim_coverage, 4),
            "verbatim_ratio": round(self.verbatim, 4), "claims": self.claims, "quotes": self.quotes,
            "quotes_found": self.quotes_found, "numbers": self.numbers, "numbers_found": self.numbers_found,
        }  # fmt: skip


def measure(claims: Sequence[Claim], index: Index) -> Metrics:
    """What of `claims` stands in the paper."""
    places = [[index.locate(q) for q in claim.quotes] for claim in claims]
    found = [p for row in places for p in row if p]
    said = [n for claim in claims for n in numbers(claim.text)]
    there = supported(said, index)
    return Metrics(
        claims=len(claims), covered=sum(any(row) for row in places), quotes=sum(len(row) for row in places),
        quotes_found=len(found), numbers=len(said), numbers_found=len(there),
        sections=len({index.top(p) for p in found}), missing_numbers=tuple(n for n in said if n not in there),
        verbatim=max((verbatim_ratio(c.text, index) for c in claims), default=0.0),
    )  # fmt: skip


def failures(metrics: Metrics) -> tuple[str, ...]:
    """Names of the gate's checks that fail: quotes, numbers, sections; empty where the text may be published."""
    checks = {
        "quotes": metrics.quotes > 0 and metrics.quote_precision >= GATE_QUOTES,
        "numbers": metrics.number_support >= GATE_NUMBERS,
        "sections": metrics.sections >= GATE_SECTIONS,
    }
    return tuple(name for name, passed in checks.items() if not passed)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
