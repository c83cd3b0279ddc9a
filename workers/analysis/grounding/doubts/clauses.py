"""Which clause of the evidence speaks of the same as a clause of a statement."""

import re
from collections.abc import Sequence

from workers.analysis.grounding.text.terms import keys_in, shares, terms

_CUT = re.compile(
    r"[;:.!?](?=\s|$)|[。；！？]|[,，]\s?|\b(?:and|but|while|whereas|which|although|though|however)\b|而|但",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[;.!?](?=\s|$)|[。；！？]")


def clauses(text: str) -> list[str]:
    """The clauses of a text, by commas, full stops and the words that join them."""
    return [piece for piece in (part.strip() for part in _CUT.split(text)) if piece]


def clause_with(text: str, at: int) -> str:
    """The clause in which the character `at` stands."""
    start = max((m.end() for m in _CUT.finditer(text, 0, at)), default=0)
    stop = _CUT.search(text, at + 1)
    return text[start : stop.start() if stop else len(text)]


def parts(places: Sequence[str]) -> list[str]:
    """The sentences of the evidence."""
    return [piece for place in places for piece in map(str.strip, _SENTENCE.split(place)) if piece]


def likest(clause: str, others: Sequence[str], least: int = 2) -> list[str]:
    """Those of `others` with most telling words in common with a clause.

    [] where none has `least` of them.
    """
    said = terms(clause)
    scored = [(sum(shares(t, keys_in(other)) for t in said), other) for other in others]
    best = max((n for n, _ in scored), default=0)
    return [other for n, other in scored if n == best] if best >= least else []


def covered(text: str, other: str) -> float:
    """Share of the telling words of `text` that another text has."""
    said, keys = terms(text), keys_in(other)
    return sum(shares(t, keys) for t in said) / len(said) if said else 0.0
