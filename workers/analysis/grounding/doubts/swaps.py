"""Checks that two things go together as in the evidence, without numbers."""

import itertools
import re
from collections.abc import Sequence, Set
from decimal import Decimal

from workers.analysis.grounding.doubts.clauses import clauses, parts
from workers.analysis.grounding.evidence.find import Facts, Mention
from workers.analysis.grounding.evidence.number_support import TIMES, Borne
from workers.analysis.grounding.numbers.read import Number, numbers
from workers.analysis.grounding.numbers.units import converted
from workers.analysis.grounding.text.terms import Term, keys_in, keys_of, names_of, shares, terms

_AND = re.compile(r"[\s,]*(?:[a-z]+\s){0,2}(?:and|和|与|及)\s(?:the\s)?", re.IGNORECASE)
_UNIT = re.compile(r"[(\[](?:in )?([A-Za-zµμ]{1,12})[)\]]")
_EACH = re.compile(r"\brespectively\b|分别", re.IGNORECASE)


def crossed_clauses(text: str, places: Sequence[str]) -> bool:
    """True where two clauses join what two clauses of the evidence keep apart."""
    mine = [found for clause in _joined(clauses(text)) if (found := terms(clause))]
    if len(mine) < 2:
        return False
    for whole in [*parts(places), *(place for place in places if len(parts([place])) > 1)]:
        several = len(parts([whole])) > 1
        theirs = [keys for clause in _joined(clauses(whole)) if (keys := keys_in(clause))]
        for one, other in itertools.combinations(mine, 2):
            own = [_without(a, b) for a, b in ((one, other), (other, one))]
            told = [_where(words, theirs) for words in own]
            named = [_where(names_of(words), theirs) for words in own] if several else told
            for i, j in _two(len(theirs)):
                if all((i, j) in kept and (j, i) in kept for kept in told) and all({(i, j), (j, i)} & n for n in named):
                    return True
    return False


def _joined(pieces: Sequence[str]) -> list[str]:
    """The clauses, each with the names of a list that stand before it.

    The commas between those names had made them clauses of their own.
    """
    out, held = list[str](), ""
    for piece in pieces:
        found = terms(f"x {piece}")
        held = f"{held}, {piece}" if held else piece
        if found and all(t.name for t in found):
            continue
        out.append(held)
        held = ""
    return [*out, held] if held else out


TELLING = 2
"""Digits from which a number tells what it belongs to."""


def other_side(bare: Sequence[tuple[int, Number]], text: str, borne: Borne, facts: Facts) -> bool:
    """True where a number of one side of a contrast is told of the other side.

    The sides are the two things that a sentence sets against each other.
    """
    for at, number in bare:
        mine = names_of(terms(f". x {_side_with(text, at)}"))[:1]
        if len(number.value.strip("-%0.")) < TELLING:
            continue
        rows = [m for m in borne.mentions.get(number.value, ()) if not facts.in_table(m.paragraph)]
        if mine and rows and all(_against(mine[0], m, facts) for m in rows):
            return True
    return False


def _against(name: Term, mention: Mention, facts: Facts) -> bool:
    """True where the number's side of its sentence is of another name.

    The other side is then of this one.
    """
    start, end = facts.sentence(mention.paragraph, mention.at)
    sentence = facts.plain(mention.paragraph)[start:end]
    side = _side_with(sentence, mention.at - start)
    there = names_of(terms(f". x {side}"))
    if (
        not there
        or shares(name, keys_of(there))
        or re.search(r"\b(?:than|over|vs\.?|against|compared)\b|比|相比", side)
    ):
        return False
    return shares(name, keys_of(names_of(terms(f". x {sentence}"))))


_SIDES = re.compile(r"[;；。]|[.](?=\s|$)|,?\s(?:while|whereas|but)\b|，(?=而|但)", re.IGNORECASE)


def _side_with(text: str, at: int) -> str:
    start = max((m.end() for m in _SIDES.finditer(text, 0, at)), default=0)
    stop = _SIDES.search(text, at + 1)
    return text[start : stop.start() if stop else len(text)]


def _two(count: int) -> list[tuple[int, int]]:
    return list(itertools.combinations(range(count), 2))


def _where(clause: Sequence[Term], theirs: Sequence[Set[str]]) -> set[tuple[int, int]]:
    """(i, j) where a word of the clause is in clause i of the evidence, not in j."""
    out = set[tuple[int, int]]()
    for t in clause:
        there = [shares(t, keys) for keys in theirs]
        out |= {(i, j) for i, yes in enumerate(there) if yes for j, no in enumerate(there) if not no}
    return out


def _without(clause: Sequence[Term], other: Sequence[Term]) -> list[Term]:
    """The words of a clause that the other does not have."""
    keys = keys_of(other)
    return [t for t in clause if not shares(t, keys)]


def exchanged_lists(text: str, places: Sequence[str]) -> bool:
    """True where "a and b are c and d, respectively" is told as a with d."""
    for sentence in parts(places):
        if not _EACH.search(sentence):
            continue
        found = terms(sentence)
        twos = [(s, t) for s, t in _neighbours(found) if _AND.fullmatch(sentence[s.at + len(s.words) : t.at])]
        for (a, b), (c, d) in itertools.combinations(twos, 2):
            for clause in clauses(text):
                keys = keys_in(clause)
                has = [shares(t, keys) for t in (a, b, c, d)]
                if has in ([True, False, False, True], [False, True, True, False]):
                    return True
    return False


def _neighbours(found: Sequence[Term]) -> list[tuple[Term, Term]]:
    return [(found[i], found[j]) for i in range(len(found)) for j in range(i + 1, min(i + 3, len(found)))]


def other_time(text: str, places: Sequence[str]) -> bool:
    """True where the evidence has the same count of another unit of time.

    And of none that is said.
    """
    there = [n for place in places for n in numbers(_ONE.sub("one ", place))]
    return any(n.unit in TIMES and _only_other_unit(n, there) for n in numbers(_ONE.sub("one ", text)) if n.small)


_ONE = re.compile(r"\b(?:an?|per|each|every)\s(?=(?:second|minute|hour|day|week|month|year)\b)", re.IGNORECASE)
"""What stands for one before a unit of time."""


def other_unit(bare: Sequence[tuple[int, Number]], borne: Borne, facts: Facts) -> bool:
    """True where the header of a table's cell has another unit than the one told."""
    for _, number in bare:
        for m in borne.mentions.get(number.value, ()) if number.unit else ():
            row = facts.rows.get(facts.index.paragraphs[m.paragraph][1].id)
            for cell in row.cells if row else ():
                header = _UNIT.search(cell.column)
                if header and any(n.value == number.value for n in numbers(cell.text)):
                    unit = numbers(f"1 {header[1]}")[0].unit
                    if unit != number.unit and converted(Decimal(1), unit, number.unit):
                        return True
    return False


def _only_other_unit(said: Number, there: Sequence[Number]) -> bool:
    units = {n.unit for n in there if n.unit in TIMES and n.value == said.value}
    return bool(units) and said.unit not in units
