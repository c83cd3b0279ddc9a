"""Which number of a sentence belongs to which term, and whether two texts pair them alike."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from workers.analysis.grounding.numbers import Number
from workers.analysis.grounding.terms import Term, shares

_CUT = re.compile(
    r"\s*(?:,|;|，|、|；|:|\band\b|\bwhile\b|\bbut\b|\bwhereas\b|\bcompared\b|\bversus\b|\bvs\b|\bagainst\b|和|而|与|但|及)\s*",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"[(（][^()（）]*[)）]")
_LIST = re.compile(r"^[\s$%,，、;]*(?:and|to|和|与|及|or|dB|points?)?[\s$%]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Bound:
    """A number and the terms that are said of it alone."""

    number: Number
    terms: tuple[Term, ...]


def pairs(text: str, numbers: Sequence[tuple[int, Number]], found: Sequence[Term]) -> list[Bound]:
    """Each number with its terms. Of a list of numbers beside a list of as many terms, each has its own; a list that
    has no such partner binds nothing."""
    numbers = [(at, n) for at, n in numbers if text[at : at + 1]]
    if not numbers:
        return []
    listed = _listed(text, numbers, found)
    if listed is not None:
        return listed
    cuts = [0]
    for (a, n), (b, _) in itertools.pairwise(numbers):
        end = a + len(n.words)
        between = list(_CUT.finditer(text, end, b))
        if _LIST.match(text[end:b]):
            return []
        cuts.append(_cut_at(between, end, b))
    cuts.append(len(text))
    return [Bound(n, tuple(t for t in found if cuts[k] <= t.at < cuts[k + 1])) for k, (_, n) in enumerate(numbers)]


def segments(text: str, numbers: Sequence[tuple[int, Number]]) -> list[tuple[str, Number]]:
    """Each number with the piece of text that is said of it; in a list of numbers, the whole text.
    Numbers in brackets are left out: what they belong to stands before."""
    cuts = [0]
    for (a, n), (b, _) in itertools.pairwise(numbers):
        end = a + len(n.words)
        if _LIST.match(text[end:b]):
            return [(text, n) for _, n in numbers]
        cuts.append(_cut_at(list(_CUT.finditer(text, end, b)), end, b))
    cuts.append(len(text))
    aside = [(m.start(), m.end()) for m in _ASIDE.finditer(text)]
    beside = (any(a < at < b for a, b in aside) for at, _ in numbers)
    return [
        (text[cuts[k] : cuts[k + 1]], n) for k, ((_, n), out) in enumerate(zip(numbers, beside, strict=True)) if not out
    ]


def _cut_at(between: Sequence[re.Match[str]], end: int, start: int) -> int:
    return between[-1].start() if between else (end + start) // 2


def _listed(text: str, numbers: Sequence[tuple[int, Number]], found: Sequence[Term]) -> list[Bound] | None:
    """Numbers in a row with as many terms in a row before or behind them."""
    ends = [at + len(n.words) for at, n in numbers]
    if len(numbers) < 2 or not all(_LIST.match(text[ends[k] : numbers[k + 1][0]]) for k in range(len(numbers) - 1)):
        return None
    for side in ([t for t in found if t.at > ends[-1]], [t for t in found if t.at < numbers[0][0]][::-1]):
        run = _run(text, side, len(numbers), behind=bool(side) and side[0].at > ends[-1])
        if run:
            return [Bound(n, (t,)) for (_, n), t in zip(numbers, run, strict=True)]
    return [Bound(n, ()) for _, n in numbers]


def _run(text: str, side: Sequence[Term], count: int, *, behind: bool) -> list[Term]:
    """The first `count` terms of one kind that stand in a row."""
    named = [t for t in side if t.name or t.metric]
    if len(named) < count:
        return []
    run = named[:count] if behind else named[:count][::-1]
    gaps = [text[a.at + len(a.words) : b.at] for a, b in itertools.pairwise(run)]
    return (
        list(run) if all(re.fullmatch(r"[\s,，、;]*(?:and|和|与|及|or)?[\s,]*(?:the )?", gap) for gap in gaps) else []
    )


def crossed(said: Sequence[Bound], there: Sequence[Bound]) -> bool:
    """True where a term goes with one number here and with another one there, and that number with another term of
    its kind."""
    for one in said:
        mine = _bound(one.number, there)
        if mine is None:
            continue
        for term in one.terms:
            if _has(mine, term):
                continue
            holders = [b for b in there if _has(b, term)]
            if len(holders) != 1 or holders[0].number.value == one.number.value:
                continue
            if sum(_has(b, term) for b in said) != 1:
                continue
            rivals = [t for t in mine.terms if _kind(t) == _kind(term) and not _has(one, t)]
            spoken = {b.number.value.removesuffix("%") for b in said}
            if _kind(term) == "word":
                if holders[0].number.value.removesuffix("%") in spoken and any(
                    _has(b, t) for t in rivals for b in said if b.number.value == holders[0].number.value
                ):
                    return True
            elif rivals:
                return True
    return False


def _bound(number: Number, there: Sequence[Bound]) -> Bound | None:
    same = [b for b in there if b.number.value.removesuffix("%") == number.value.removesuffix("%")]
    return same[0] if len(same) == 1 else None


def _has(bound: Bound, term: Term) -> bool:
    return any(shares(term, set(t.keys)) or shares(t, set(term.keys)) for t in bound.terms)


def _kind(term: Term) -> str:
    return "metric" if term.metric else "name" if term.name else "word"
