"""Does a statement deny what its evidence says, or say the opposite?"""

import re
from collections.abc import Sequence
from functools import lru_cache

from workers.analysis.grounding.doubts.clauses import clauses, likest
from workers.analysis.grounding.evidence.find import Facts
from workers.analysis.grounding.evidence.number_support import Borne
from workers.analysis.grounding.evidence.polarity import negated
from workers.analysis.grounding.numbers.read import Number
from workers.analysis.grounding.text.lexicon import HIGH, LOW, LOWERS, OPPOSITES, RAISES
from workers.analysis.grounding.text.terms import Term, keys_in, keys_of, names_of, shares, stem, terms

_CLAUSE = re.compile(
    r"[;。；!！?？]|(?<!\d)[.:](?=\s|$)|,\s(?=(?:but|while|whereas|and|which|[a-z]{3,}ing)\b)|，(?=而|但|并|且)"
)


def negated_alone(
    text: str,
    said: Sequence[Term],
    bare: Sequence[tuple[int, Number]],
    borne: Borne,
    places: Sequence[str],
    facts: Facts,
) -> bool:
    """A negation about a number, or about all that is said, on one side only."""
    for at, number in bare:
        mentions = borne.mentions.get(number.value, [])
        theirs = {negated(_near_number(facts.plain(m.paragraph), m.at)) for m in mentions}
        if len(theirs) == 1 and negated(_near_number(text, at)) not in theirs and _plain(text):
            return True
    if bare or not _plain(text) or len(said) < COVERED_LEAST:
        return False
    for place in places:
        for clause in _CLAUSE.split(place):
            keys = keys_in(clause)
            covered = sum(shares(t, keys) for t in said) >= COVERED * len(said)
            if covered and negated(clause) != negated(text) and _plain(clause):
                return True
    return False


COVERED, COVERED_LEAST = 0.7, 2
"""Share of a statement's telling words, and how many, that a clause must have to speak of the same."""

_CONTRAST = re.compile(
    r"\b(?:but|however|although|though|while|whereas|without|only|unlike|instead|"
    r"rather|no longer|unless|despite|"
    r"except|than)\b"
    r"|但|然而|虽|尽管|只|仅|除了|而不|无需|反而|而非",
    re.IGNORECASE,
)


def _plain(text: str) -> bool:
    return not _CONTRAST.search(text)


_PASSIVE = re.compile(
    r"\b(?:by|than|over|against|compared|versus|vs|from|with|both|and|between|instead)\b|被|由|比|与|和|相比|从|向",
    re.IGNORECASE,
)


def exchanged(text: str, said: Sequence[Term], places: Sequence[str]) -> bool:
    """True where two names stand in the other order, among nearly the same words.

    Neither text then has a word that turns them.
    """
    mine = names_of(said)
    if len(mine) != len({frozenset(t.keys) for t in mine}) or len(mine) != 2 or _PASSIVE.search(text):
        return False
    for place in places:
        for clause in _CLAUSE.split(place):
            there = terms(clause)
            keys = keys_of(there)
            if sum(shares(t, keys) for t in said) < COVERED * len(said) or _PASSIVE.search(clause):
                continue
            at = [[o.at for o in there if o.keys & t.keys] for t in mine]
            if all(len(row) == 1 for row in at) and at[0][0] > at[1][0]:
                return True
    return False


_DENIED = re.compile(
    r"\b(?:no|without(?: any| an?)?|lacks?|lacking)\s(?P<what>(?:[\w-]+\s?){1,4})"
    r"|(?:没有|无需|不用|未使用)(?P<han>[^，。；,;]{2,10})",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"(?:\bnot|n't|\bnever|\bcannot)\s(?:\w+ly\s)?(?P<verb>[a-z]+)\s(?P<what>(?:[\w-]+\s?){1,6})", re.IGNORECASE
)
_SAME_VERBS = ("need require depend rely", "use employ utiliz utilis us", "provide give offer", "include contain cover")
DENIED_LEAST = 2
"""Telling words of what is denied on one side, all of which the other side must have."""


def denied_there(text: str, places: Sequence[str]) -> bool:
    """True where one side has a thing and the other says that there is none.

    For example, "no proprietary data".
    """
    near = " ".join(places)
    return _has_denied(text, near) or _has_denied(near, text) or _does_denied(text, near) or _does_denied(near, text)


def _does_denied(text: str, other: str) -> bool:
    """True where `text` does to a thing what the other says is not done to it."""
    if negated(text):
        return False
    words = {stem(word) for word in re.findall(r"[a-z]+", text.lower())}
    keys = keys_in(text)
    for m in _NOT_DONE.finditer(other):
        verbs = next((set(row.split()) for row in _SAME_VERBS if stem(m["verb"].lower()) in row.split()), set[str]())
        what = terms(f"x {m['what']}")
        if what and words & {stem(m["verb"].lower()), *verbs} and shares(what[0], keys):
            rest = keys_of(terms(other[: m.start()])) if verbs else set[str]()
            if not shares(what[0], rest):
                return True
    return False


def _has_denied(text: str, other: str) -> bool:
    if negated(text):
        return False
    keys = keys_in(text)
    for m in _DENIED.finditer(other):
        what = terms(f"x {m['what'] or m['han']}")[:DENIED_LEAST]
        if len(what) < DENIED_LEAST or not all(shares(t, keys) for t in what):
            continue
        rest = keys_of(terms(other[: m.start()] + other[m.end() :]))
        if not all(shares(t, rest) for t in what):
            return True
    return False


def _near_number(text: str, at: int) -> str:
    opened = text.rfind("(", max(0, at - 60), at)
    if opened > 0 and ")" not in text[opened:at]:
        return re.split(r"[;:,.，。；：(（](?=\D)", text[max(0, opened - 60) : opened])[-1]
    before = re.split(r"[;:,.，。；：(（](?=\D)", text[max(0, at - 60) : at])[-1]
    return before + re.split(r"[;:,.，。；：)）](?=\D|$)", text[at : at + 40])[0]


_REMOVED = re.compile(
    r"\b(?:without|leav\w+ out|left out|remov\w+|omit\w*|ablat\w*|instead|rather|only|unlike)\b"
    r"|去掉|移除|去除|不用|而非|只",
    re.IGNORECASE,
)


def opposite(text: str, near: str) -> bool:
    """A word for its opposite; or high for low of the same thing."""
    if _opposed(text, near):
        return True
    if any(_opposed(text, clause) for clause in likest(text, clauses(near), COVERED_LEAST)):
        return True
    if any(_beside_opposed(text, near, one, other) for one, other in _exchanged(text, near)):
        return True
    ours, there = _poles(text), _poles(near)
    clash = [t for t, high in ours for o, other in there if high != other and shares(t, set(o.keys))]
    fine = [t for t, high in ours for o, other in there if high == other and shares(t, set(o.keys))]
    return bool(clash) and not fine


def _opposed(text: str, near: str) -> bool:
    if negated(text) or negated(near) or _REMOVED.search(text) or _REMOVED.search(near):
        return False
    return any(
        mine in ((True, False), (False, True)) and theirs == mine[::-1]
        for mine, theirs in zip(_sides(text)[:-1], _sides(near)[:-1], strict=True)
    )


_TURNS = [*OPPOSITES, (RAISES, LOWERS)]


@lru_cache(maxsize=2_000)
def _sides(text: str) -> tuple[tuple[bool, bool], ...]:
    """Which of each two opposite words a text has."""
    return tuple((bool(one.search(text)), bool(other.search(text))) for one, other in _TURNS)


def _exchanged(text: str, near: str) -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    """The opposites of which a text has one alone, and another text the other."""
    rows = zip(_TURNS, _sides(text), _sides(near), strict=True)
    return [words for words, (a, b), (c, d) in rows if a != b and ((a and d) or (b and c))]


BESIDE = 30
"""Characters behind a word in which stands what it is said of."""


def _beside_opposed(text: str, near: str, one: re.Pattern[str], other: re.Pattern[str]) -> bool:
    """True where a thing stands behind a word here and behind its opposite there."""
    for here, there in ((one, other), (other, one)):
        mine = _behind(text, here)
        theirs = _behind(near, there) if mine else {}
        turned = any(theirs.get(k) == denied for k, denied in mine.items())
        if turned and not _behind(near, here).keys() & mine.keys():
            return True
    return False


def _behind(text: str, word: re.Pattern[str]) -> dict[str, bool]:
    """Stems behind a word, whether the word is denied."""
    out = dict[str, bool]()
    for m in word.finditer(text):
        if _REMOVED.search(text[max(0, m.start() - BESIDE) : m.start()]):
            continue
        behind = re.split(r"[,;:.，；。：]", text[m.end() : m.end() + BESIDE])[0]
        denied = negated(text[max(0, m.start() - BESIDE // 2) : m.start()])
        out |= dict.fromkeys(keys_of(terms(f"x {behind}")[:2]), denied)
    return out


def _poles(text: str) -> list[tuple[Term, bool]]:
    """(what is high or low, whether high), for each of these words.

    The term behind an English word for high or low, or before a Chinese one.
    """
    found, out = terms(text), list[tuple[Term, bool]]()
    for pattern, high in ((HIGH, True), (LOW, False)):
        for m in pattern.finditer(text):
            if m[0].isascii():
                behind = [t for t in found if 0 < t.at - m.end() <= 3]
                behind += [t for t in found if behind and 0 < t.at - behind[0].at - len(behind[0].words) <= 2][:1]
                out += [(t, high) for t in behind]
            else:
                before = [t for t in found if 0 <= m.start() - t.at <= 8]
                out += [(t, high) for t in before[-1:]]
    return out
