"""Checks that each of two numbers stands nearest to its own words.

What is nearer to which is weighed by the characters and the signs between them: the words of a text that exchanges two
numbers all hold to the other one.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from workers.analysis.grounding.evidence.number_support import borne
from workers.analysis.grounding.numbers.pairs import undated
from workers.analysis.grounding.numbers.read import Number, placed, plainly
from workers.analysis.grounding.text.terms import Term, shares, terms

REACH = 30
"""Characters over which the hold of a word on a number falls to a third; a Chinese character counts as WIDE."""

WIDE = 3
ACROSS = 0.4
"""Part of that hold that is left behind a comma or a joining word."""

WEAK = 0.02
"""Least agreement that counts."""

TURNED, ALL_TURNED = -1.0, -0.5
"""Agreement of two texts, added up over the words they share, below which the two are exchanged; the latter where no
word speaks for them (measured on nine sets of statements)."""

LEAST = 2
"""Words that must speak against two numbers."""

_BREAKS = re.compile(
    r"[,;:，；：、]|[.。](?=\s|$)|\b(?:and|while|whereas|but|against|versus|vs|than|compared)\b|和|而|但|与|比|及",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"[\s$%,，、;/()]*(?:and|to|vs\.?|versus|against|or|和|与|及|对|到|至)?(?:\s?the)?[\s$%(]*", re.IGNORECASE
)
SIZES = re.compile(r"\d+\s?(?:[×x]|\\times)\s?\d+")
"""Width and height, which are one word: 321 × 481."""


@dataclass(frozen=True)
class Mark:
    """A number in a text."""

    at: int
    end: int


def exchanged_numbers(text: str, bare: Sequence[tuple[int, Number]], places: Sequence[str]) -> bool:
    """True where two numbers of the evidence stand with each other's words."""
    if len(bare) < 2:
        return False
    for place in places:
        plain = plainly(place)
        there = undated(plain, [row for row in placed(plain) if not row[1].small])
        both = [(a, b) for a in bare if (b := _only(a, bare, there)) is not None]
        for (a, x), (b, y) in itertools.combinations(both, 2):
            if x is not y and _apart(text, a, b) and _apart(plain, x, y):
                held = _agreements(text, (_mark(a), _mark(b)), plain, (_mark(x), _mark(y)))
                if _turned(held):
                    return True
    return False


def _turned(held: Sequence[float]) -> bool:
    against = sum(hold < -WEAK for hold in held) >= LEAST
    return against and (sum(held) < TURNED or (sum(held) < ALL_TURNED and max(held) < WEAK))


def _apart(text: str, one: tuple[int, Number], other: tuple[int, Number]) -> bool:
    """True where a comma or a joining word parts two numbers, and words with it."""
    first, second = sorted((_mark(one), _mark(other)), key=lambda mark: mark.at)
    between = text[first.end : second.at]
    return bool(_BREAKS.search(between)) and not _LIST.fullmatch(between)


def _agreements(text: str, mine: tuple[Mark, Mark], place: str, theirs: tuple[Mark, Mark]) -> list[float]:
    """For each word of both texts how far it holds to the same one of two marks.

    Negative where it holds to the other one.
    """
    here, there = _anchors(text, mine), _anchors(place, theirs)
    out = list[float]()
    for word in here:
        same = [other for other in there if _alike(word, other)]
        if same:
            again = [other for other in here if _alike(word, other)]
            out.append(_leaning(text, again, mine) * _leaning(place, same, theirs))
    return out or [0.0]


def _anchors(text: str, marks: tuple[Mark, Mark]) -> list[Term]:
    """The words of a text that tell of what the two marks are said."""
    sizes = [Term(m.start(), frozenset([re.sub(r"\D+", "x", m[0])]), True, False, m[0]) for m in SIZES.finditer(text)]
    counts = [Term(at, frozenset([f"={n.value}"]), True, False, n.words) for at, n in placed(text)]
    taken = [(m.at, m.end) for m in marks]
    return [t for t in (*terms(text), *sizes, *counts) if not any(a <= t.at < b for a, b in taken)]


def _alike(one: Term, other: Term) -> bool:
    if any(k.startswith("=") for k in one.keys | other.keys):
        return one.keys == other.keys
    return shares(one, other.keys) or shares(other, one.keys)


def _leaning(text: str, words: Sequence[Term], marks: tuple[Mark, Mark]) -> float:
    """From 1 (all to the first mark) to -1 (all to the second).

    0 where a comma or a joining word stands between the words and either mark.
    """
    (one, near_one), (two, near_two) = (max(_hold(text, word, mark) for word in words) for mark in marks)
    return (one - two) / (one + two) if near_one or near_two else 0.0


def _hold(text: str, word: Term, mark: Mark) -> tuple[float, bool]:
    """(how much a word holds to a mark, whether nothing parts them)."""
    end = word.at + len(word.words)
    between = text[end : mark.at] if word.at < mark.at else text[mark.end : word.at]
    length = len(between) + (WIDE - 1) * sum(c >= "\u2e80" for c in between)
    breaks = len(_BREAKS.findall(between))
    return exp(-length / REACH) * float(ACROSS**breaks), not breaks


def _only(
    said: tuple[int, Number], bare: Sequence[tuple[int, Number]], there: Sequence[tuple[int, Number]]
) -> tuple[int, Number] | None:
    """The number of the evidence that is the said one.

    None where it is not told once on each side.
    """
    rows = [row for row in there if borne(said[1], row[1])] if said[1].words[:1].isdigit() else []
    again = sum(n.value == said[1].value for _, n in bare)
    return rows[0] if len(rows) == 1 and again == 1 else None


def _mark(row: tuple[int, Number]) -> Mark:
    return Mark(row[0], row[0] + len(row[1].words))
