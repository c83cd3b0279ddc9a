"""Do the names of a statement stand in the paper, and near its evidence?"""

import re
from collections.abc import Sequence

from workers.analysis.grounding.evidence.find import Facts, Found
from workers.analysis.grounding.evidence.number_support import borne
from workers.analysis.grounding.numbers.read import Number
from workers.analysis.grounding.text.normalize import squashed
from workers.analysis.grounding.text.terms import Term, keys_of, names_of, shares, squeezed, terms


def nameless(said: Sequence[Term], facts: Facts) -> tuple[str, ...]:
    """ "name" where a name does not stand in the paper at all."""
    for t in names_of(said):
        if any(c.isdigit() for c in t.words) or any(key in facts.words for key in t.keys):
            continue
        parts = [key for part in re.split(r"[/-]", t.words) if len(key := squashed(part)) > 2]
        whole = squeezed(t.words)
        if parts and whole not in facts.words and not all(part in facts.words for part in parts):
            return ("name",)
    return ()


def strangers(
    said: Sequence[Term], found: Sequence[Found], bare: Sequence[tuple[int, Number]], facts: Facts
) -> tuple[str, ...]:
    """Return "name" where a name of a statement is foreign to its evidence.

    It does not stand near the evidence, nor anywhere with what else is said.
    """
    near = list(dict.fromkeys(k for f in found for k in f.scope))
    around = "".join(squashed(f"{facts.index.paragraphs[k][0]} {facts.index.paragraphs[k][1].text}") for k in near)
    own = facts.own
    keys = keys_of(said)
    rivals = [t for f in found for t in names_of(terms(f.words)) if not t.keys & (keys | own)]
    if len(said) > SHORT or not rivals:
        return ()
    for t in names_of(said):
        key = squeezed(t.words)
        if (
            len(key) < 3
            or any(c.isdigit() for c in key)
            or key in own
            or any(k in around for k in t.keys)
            or any(o in key for o in own)
        ):
            continue
        parts = [part for part in map(squeezed, re.split(r"[/-]", t.words)) if len(part) > 2]
        if parts and all(part in around for part in parts):
            continue
        others = [o for o in said if o is not t and squeezed(o.words) not in own]
        if not in_row(t, bare, facts) and not _together(t, others, names_of(said), facts):
            return ("name",)
    return ()


SHORT = 10
"""Most telling words of a statement that speaks of one thing: longer ones draw on several places."""

LISTED = 2
"""Other names of a statement beside which a name stands where it is one of a list of the paper's."""

TOGETHER = 0.4
"""Share of the other telling words of a statement that must stand in one sentence with a name."""


def in_row(name: Term, bare: Sequence[tuple[int, Number]], facts: Facts) -> bool:
    """True where a row of a table has the name and one of the numbers."""
    for id, row in facts.rows.items():
        if id in facts.ids and any(key in squashed(row.label) for key in name.keys):
            there = [n for _, n in facts.numbers[facts.ids[id]]]
            if any(borne(said, n) for _, said in bare for n in there):
                return True
    return False


def _together(name: Term, others: Sequence[Term], names: Sequence[Term], facts: Facts) -> bool:
    word = name.words.strip("[]").lower()
    for k, (_, p) in enumerate(facts.index.paragraphs):
        low = p.text.lower()
        at = low.find(word)
        while at >= 0:
            start, end = facts.sentence(k, at)
            keys = keys_of(facts.terms(k, start, end))
            listed = sum(shares(o, keys) for o in names if o is not name) >= LISTED
            if listed or sum(shares(o, keys) for o in others) >= max(1, TOGETHER * len(others)):
                return True
            at = low.find(word, max(end, at + 1))
    return False
