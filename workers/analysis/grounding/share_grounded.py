"""Counts how much of an analysis stands in the paper; is it enough to publish."""

from collections.abc import Sequence

from workers.analysis.grounding.evidence.index import Index, supported
from workers.analysis.grounding.evidence.number_support import borne
from workers.analysis.grounding.numbers.read import stated_numbers as numbers_said
from workers.analysis.grounding.text.normalize import normalize
from workers.models import Record
from workers.reading.text import clean

GATE_QUOTES, GATE_NUMBERS, GATE_SECTIONS = 1.0, 0.95, 3
"""Publish only with all quotes found, this share of the numbers, and this many sections quoted (issue "Reading")."""


def verbatim_ratio(text: str, index: Index) -> float:
    """Longest run of `text` that stands in the paper, as a share of `text`.

    Both squeezed; 1.0 is a copy.
    """
    kept = normalize(clean(text))[0]
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
    near: str = ""
    """Id of the paragraph that is meant where a quote stands in several."""
    cells: tuple[str, ...] = ()
    """Ids of the table rows that it rests on: each counts as a quote that was found."""
    computed: tuple[str, ...] = ()
    """Numbers of it that were computed of the paper's."""


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
    places = [[index.locate(q, claim.near) for q in claim.quotes] for claim in claims]
    found = [p for row in places for p in row if p]
    cells = [id for claim in claims for id in claim.cells]
    said = [n for claim in claims for n in numbers_said(claim.text) if n.words not in claim.computed]
    there = supported(said, index)
    there += [n for n in said if n not in there and any(borne(n, other, about=True) for other in index.numbers)]
    return Metrics(
        claims=len(claims),
        covered=sum(any(row) or bool(claim.cells) for row, claim in zip(places, claims, strict=True)),
        quotes=sum(len(row) for row in places) + len(cells),
        quotes_found=len(found) + len(cells),
        numbers=len(said),
        numbers_found=len(there),
        sections=len({*map(index.top, found), *map(index.top_of, cells)}),
        missing_numbers=tuple(n.words for n in said if n not in there),
        verbatim=max((verbatim_ratio(c.text, index) for c in claims), default=0.0),
    )


def failures(metrics: Metrics) -> tuple[str, ...]:
    """Names of the gate's checks that fail: quotes, numbers, sections.

    Empty where the text may be published.
    """
    checks = {
        "quotes": metrics.quotes > 0 and metrics.quote_precision >= GATE_QUOTES,
        "numbers": metrics.number_support >= GATE_NUMBERS,
        "sections": metrics.sections >= GATE_SECTIONS,
    }
    return tuple(name for name, passed in checks.items() if not passed)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
