"""What of an answer stands in the paper: words that it sets in quotation marks, and numbers.

An answer cites by paragraph; whatever it puts in quotation marks beyond that must be the paper's own words, or the
question's, letter for letter. Marks around anything else are taken off, and the answer says so.
"""

import re
from dataclasses import dataclass

from workers.analysis.grounding.citations import unmarked
from workers.analysis.grounding.index import Index, telling
from workers.analysis.grounding.normalize import normalize, without_symbols
from workers.analysis.grounding.numbers import missing, numbers
from workers.analysis.grounding.numbers import stated_numbers as numbers_said

_QUOTED = re.compile(
    r"“([^“”\n]{8,1200})”|「([^「」\n]{8,1200})」|『([^『』\n]{8,1200})』|«([^«»\n]{8,1200})»|„([^„“”\n]{8,1200})[“”]"
    r"|(?<!\w)‘((?:[^‘’\n]|’(?=\w)){8,1200})’(?!\w)|(?<![\w\"])\"([^\"\n]{8,1200})\"(?!\w)"
)
DENIED_WORDS = 4
"""Words before a quotation among which a "not" takes its sense away: "does not (yet) restore"."""

_BLOCK = re.compile(r"(?m)^[ \t]*>[ \t]?([^“”「」『』«»„\"\n]{8,1200})$")
"""A line that is set apart as somebody else's."""


@dataclass(frozen=True)
class Looked:
    """What was found."""

    text: str
    """The answer, without quotation marks around words that nobody wrote."""
    quotes: int = 0
    quotes_found: int = 0
    numbers: int = 0
    missing: tuple[str, ...] = ()
    """Numbers that neither the paper nor the question has."""


def look(text: str, index: Index, question: str) -> Looked:
    """Look an answer up, its marks and all."""
    honest, quotes, found = unquoted(text, index, question)
    said = numbers_said(without_symbols(unmarked(text)))
    lost = missing(index.missing(said), numbers(question))
    return Looked(honest, quotes, found, len(said), tuple(dict.fromkeys(n.words for n in lost)))


def unquoted(text: str, index: Index, question: str = "") -> tuple[str, int, int]:
    """(`text` without quotation marks around words that nobody wrote, quotations, those found)."""
    asked, found = normalize(question)[0], [0, 0]

    def mend(match: re.Match[str]) -> str:
        inside = next(group for group in match.groups() if group is not None)
        words = unmarked(inside)
        kept = normalize(words)[0]
        if not telling(kept):
            return match.group()
        place = index.locate(words)
        there = kept in asked or (place is not None and not index.denied(place, DENIED_WORDS))
        found[0] += 1
        found[1] += there
        return match.group() if there else inside

    return _BLOCK.sub(mend, _QUOTED.sub(mend, text)), found[0], found[1]


def metrics_of(looked: Looked, sentences: int, uncited: int, *, abstained: bool) -> dict[str, float]:
    """For `--json`: the ratios of the notes on grounding. Ratios of nothing are 1.0, a rate of nothing is 0.0."""
    return {
        "quote_precision": _share(looked.quotes_found, looked.quotes),
        "number_support": _share(looked.numbers - len(looked.missing), looked.numbers),
        "uncited_sentence_rate": round(uncited / sentences, 4) if sentences else 0.0,
        "abstained": float(abstained),
    }


def _share(part: int, whole: int) -> float:
    return round(max(0, part) / whole, 4) if whole else 1.0
