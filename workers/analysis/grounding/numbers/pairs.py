"""Pairs numbers with terms in a sentence, and compares two texts' pairs."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from workers.analysis.grounding.numbers.read import OTHER, POINTING, Number
from workers.analysis.grounding.text.terms import Term, shares, stem

_STRONG = ",;，、；:"
_CUT = re.compile(
    rf"\s*(?:(?P<strong>[{_STRONG}])|\band\b|\bwhile\b|\bbut\b|\bwhereas\b|\bcompared\b|\bversus\b|\bvs\b|\bagainst\b|"
    r"\b(?:for|at|with) an?\b|和|而|与|但|及)\s*",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\s\d{1,2}(?:,?\s\d{4})?"
    r"|\((?:[^()]*[\s,])?(?:19|20)\d\d[a-z]?\)"
)
"""Dates and years of citations: no numbers that anything is said of."""

_SPREAD = re.compile(r"\(\s?(?:SD|s\.d\.|std|SE|SEM|CI|95|n|N|p|±)\b[^()]*\)")
"""How far a number spreads, in brackets behind it."""

_PREPOSITION = re.compile(r"(?<=\w)\s(?:in|on|over|from|by|within|per|across|of)\s")
_TAIL = re.compile(r"[;；，]|,(?=[\u3400-\u9fff])|[.。](?=\s|$)|,\s(?:but|while|whereas|which|because|so)\b")
_ASIDE = re.compile(r"[(（][^()（）]*[)）]")
_LIST = re.compile(r"^[\s$%,，、;/]*(?:and|to|和|与|及|or|dB|points?|(?:out )?of(?: the)?)?[\s$%]*$", re.IGNORECASE)
_JOINS = re.compile(r"[\s,，、;]*(?:[a-z]+s\s)?(?:and|和|与|及|or)?[\s,]*(?:the )?", re.IGNORECASE)
_BRACKETED = re.compile(r"\s?\(\s?[+\u2212-]?\s?")


@dataclass(frozen=True)
class Bound:
    """A number and the terms that are said of it alone."""

    number: Number
    terms: tuple[Term, ...]
    thing: str = ""
    """Stem of the word behind it."""


def thing(text: str, at: int) -> str:
    """Stem of the word that follows a number."""
    found = re.match(r"[\s-]?([a-z]{3,})", text[at : at + 30])
    return stem(found[1]) if found else ""


def pairs(text: str, numbers: Sequence[tuple[int, Number]], found: Sequence[Term]) -> list[Bound]:
    """Each number with its terms.

    Of a list of numbers beside a list of as many terms, each has its own; a list that has no such partner has the terms
    of its clause in common.
    """
    numbers = undated(text, numbers)
    if not numbers:
        return []
    twofold = _twofold(text, numbers, found)
    if twofold:
        return twofold
    spread = [(m.start(), m.end()) for m in _SPREAD.finditer(text)]
    aside = [n for at, n in numbers if any(a <= at < b for a, b in spread)]
    groups = _groups(text, [row for row in numbers if row[1] not in aside])
    if not groups:
        return [Bound(n, ()) for n in aside]
    cuts = [0]
    for before, after in itertools.pairwise(groups):
        end, start = before[-1][0] + len(before[-1][1].words), after[0][0]
        cuts.append(_cut_at(text, end, start))
    tail = _TAIL.search(text, groups[-1][-1][0] + len(groups[-1][-1][1].words))
    cuts.append(tail.start() if tail else len(text))
    out = [Bound(n, ()) for n in aside]
    last: list[Term] = []
    for k, group in enumerate(groups):
        inside = [t for t in found if cuts[k] <= t.at < cuts[k + 1]]
        inside = _without_rival(text, group, inside)
        if len(group) == 1:
            out.append(Bound(group[0][1], tuple(inside), thing(text, group[0][0] + len(group[0][1].words))))
            continue
        run = _run(text, group, found) or (last if len(last) == len(group) else [])
        last = run or last
        common = [t for t in inside if t not in run]
        out += [Bound(n, (*common, run[i]) if run else tuple(common)) for i, (_, n) in enumerate(group)]
    return out


_RIVAL = re.compile(
    r"\b(?:than|over|above|below|against|compared (?:to|with)|versus|vs\.?)\b|比|超过|优于|高于|低于", re.IGNORECASE
)


def _without_rival(text: str, group: Sequence[tuple[int, Number]], inside: Sequence[Term]) -> list[Term]:
    """The terms, without the names that a number is only compared with.

    For example, without BM25 in "86.3, well above BM25".
    """
    end = group[-1][0] + len(group[-1][1].words)
    rival = _RIVAL.search(text, end)
    return [t for t in inside if not (rival and t.name and t.at >= rival.end())]


def undated(text: str, numbers: Sequence[tuple[int, Number]]) -> list[tuple[int, Number]]:
    """The numbers without dates, years of citations and numbers of sections."""
    dates = [(m.start(), m.end()) for pattern in (_DATE, POINTING) for m in pattern.finditer(text)]
    return [(at, n) for at, n in numbers if at < len(text) and not any(a <= at < b for a, b in dates)]


def segments(text: str, numbers: Sequence[tuple[int, Number]]) -> list[tuple[str, Number]]:
    """Each number with the piece of text that is said of it.

    In a list of numbers, the whole text. Numbers in brackets are left out: what they belong to stands before.
    """
    cuts = [0]
    for (a, n), (b, _) in itertools.pairwise(numbers):
        end = a + len(n.words)
        if _LIST.match(text[end:b]):
            return [(text, n) for _, n in numbers]
        cuts.append(_cut_at(text, end, b))
    cuts.append(len(text))
    aside = [(m.start(), m.end()) for m in _ASIDE.finditer(text)]
    beside = (any(a < at < b for a, b in aside) for at, _ in numbers)
    return [
        (text[cuts[k] : cuts[k + 1]], n) for k, ((_, n), out) in enumerate(zip(numbers, beside, strict=True)) if not out
    ]


def _groups(text: str, numbers: Sequence[tuple[int, Number]]) -> list[list[tuple[int, Number]]]:
    """Numbers that stand in a list, together."""
    if not numbers:
        return []
    out = [[numbers[0]]]
    for (a, n), (b, m) in itertools.pairwise(numbers):
        if _LIST.match(text[a + len(n.words) : b]):
            out[-1].append((b, m))
        else:
            out.append([(b, m)])
    return out


def _cut_at(text: str, end: int, start: int) -> int:
    """Where what is said of one number ends and of the next begins.

    At the strongest sign between them.
    """
    aside = [(m.start(), m.end()) for m in _ASIDE.finditer(text, end, start)]
    between = [m for m in _CUT.finditer(text, end, start) if not any(a < m.start() < b for a, b in aside)]
    for signs in (";；", ",，、"):
        strong = [m for m in between if (m["strong"] or " ") in signs]
        if strong:
            return strong[-1].start()
    if between:
        return between[-1].start()
    preposition = _PREPOSITION.search(text, end + 1, start)
    return preposition.start() if preposition else (end + start) // 2


def _twofold(text: str, numbers: Sequence[tuple[int, Number]], found: Sequence[Term]) -> list[Bound]:
    """Pair the numbers of "On MeSH (MAG) it reaches 86.4 (82.0)" with its names.

    The first of two numbers goes with the first of two names.
    """
    named = [
        (a, b)
        for a, b in itertools.pairwise(t for t in found if t.name)
        if _BRACKETED.fullmatch(text[a.at + len(a.words) : b.at])
    ]
    twos = [
        (n, m)
        for (a, n), (b, m) in itertools.pairwise(numbers)
        if _BRACKETED.fullmatch(text[a + len(n.words) : b].rstrip("+-\u2212"))
    ]
    if len(named) != 1 or not twos:
        return []
    first, second = named[0]
    common = [t for t in found if t not in named[0]]
    return [bound for n, m in twos for bound in (Bound(n, (*common, first)), Bound(m, (*common, second)))]


def _run(text: str, group: Sequence[tuple[int, Number]], found: Sequence[Term]) -> list[Term]:
    """As many terms in a list of their own as the group has numbers.

    The list behind the numbers, or the nearest before them; [] for none.
    """
    first, end = group[0][0], group[-1][0] + len(group[-1][1].words)
    behind = [t for t in found if t.at > end and (t.name or t.metric)][: len(group)]
    if len(behind) == len(group) and _listed(text, behind):
        return behind
    before = [t for t in found if t.at < first]
    for k in range(len(before) - len(group), -1, -1):
        run = before[k : k + len(group)]
        named = all(t.name or t.metric for t in run)
        if _listed(text, run, strict=not named):
            return run
    return []


def _listed(text: str, run: Sequence[Term], *, strict: bool = False) -> bool:
    """True where nothing but commas and "and" stands between the terms.

    `strict`: there must be something.
    """
    gaps = [text[a.at + len(a.words) : b.at] for a, b in itertools.pairwise(run)]
    joined = all(_JOINS.fullmatch(gap) for gap in gaps)
    return joined and (not strict or all(re.search(r"[,，、]|\band\b|和|与|及|\bor\b", gap) for gap in gaps))


def crossed(said: Sequence[Bound], there: Sequence[Bound]) -> bool:
    """True where a term goes with one number here and with another one there.

    That number then goes with another term of its kind.
    """
    for one in said:
        mine = _bound(one.number, there)
        if mine is None:
            continue
        for term in one.terms:
            if _has(mine, term):
                continue
            holders = [b for b in there if _has(b, term)]
            if not holders or any(_plain(b) == _plain(one) for b in holders):
                continue
            if sum(_has(b, term) for b in said) != 1:
                continue
            kind = _kind(term)
            rivals = [t for t in mine.terms if _kind(t) == kind and not _has(one, t)]
            swapped = [b for b in said for h in holders if _plain(b) == _plain(h) and _takes(b, mine, h)]
            if swapped or (kind != "word" and rivals):
                return True
    return False


def other_number(said: Sequence[Bound], there: Sequence[Bound]) -> bool:
    """True where what tells a number apart belongs to another number there.

    The other number is of the same things, and all that tells the first one apart belongs to it.
    """
    spoken = {_plain(b) for b in said}
    for one in said:
        mine = _bound(one.number, there)
        if mine is None or not mine.terms:
            continue
        for other in there:
            if _plain(other) in spoken or not _like(other, mine):
                continue
            here = [t for t in one.terms if _has(mine, t) and not _has(other, t)]
            away = [t for t in one.terms if _has(other, t) and not _has(mine, t)]
            if away and not here:
                return True
    return False


def _takes(one: Bound, mine: Bound, holder: Bound) -> bool:
    """True where a number took a term that belongs to the other."""
    return any(_has(one, t) and not _has(holder, t) for t in mine.terms)


def _like(one: Bound, other: Bound) -> bool:
    """True where both count or measure the same."""
    return one.number.unit == other.number.unit and (one.number.unit != OTHER or one.thing == other.thing)


def _plain(bound: Bound) -> str:
    return bound.number.value.removesuffix("%")


def _bound(number: Number, there: Sequence[Bound]) -> Bound | None:
    same = [b for b in there if _plain(b) == number.value.removesuffix("%")]
    return same[0] if len(same) == 1 else None


def _has(bound: Bound, term: Term) -> bool:
    return any(shares(term, set(t.keys)) or shares(t, set(term.keys)) for t in bound.terms)


def _kind(term: Term) -> str:
    return "metric" if term.metric else "name" if term.name else "word"
