"""Finds the arXiv categories of a team's phrases, by the words papers use.

A word weighs the more, the fewer categories it stands in. A phrase fits a term ("quantum error correction") by the
share of its weight that the term names, times a power of the share of the term that it names; the next terms of the
category count less and less. Each phrase brings its best categories, and those that fit most come first.
"""

import functools
import math
from collections import Counter
from collections.abc import Sequence

from workers.analysis.extractive.ranking.stems import stems_of
from workers.taxonomy import ALIASES, categories

MOST_CATEGORIES = 3
"""Categories that are proposed: each is read every day, and four fields are seldom one team's."""

NEAR_BEST = 0.62
"""Share of a phrase's best category from which another one is proposed, too."""

FITS_FROM = 0.3
"""Fit from which a phrase belongs to a category at all."""

NEXT = 0.25
"""What each further term of a category counts, of the one before."""

TERM_POWER = 0.75
"""How hard a term is judged that says more than the phrase."""

NAME_TIMES = 1.15
"""What a category's own name counts, against a word of ours."""

SMALL = frozenset("a an the of in on for with and or to by from at as is are use via base method".split())  # noqa: SIM905
"""Stems that say nothing of a field."""


def categories_of(phrases: Sequence[str]) -> tuple[str, ...]:
    """Ids of the categories that the phrases belong to, most telling first.

    None where nothing fits.
    """
    total: Counter[str] = Counter()
    for phrase in phrases:
        fits = {c: fit for c in _terms() if (fit := _fit(phrase, c)) >= FITS_FROM}
        best = max(fits.values(), default=0.0)
        total.update({c: fit for c, fit in fits.items() if fit >= NEAR_BEST * best})
    return tuple(c for c, _ in total.most_common(MOST_CATEGORIES))


def _fit(phrase: str, category: str) -> float:
    words = frozenset(word for word in stems_of(phrase) if word.isascii()) - SMALL
    weights = {word: _weight(word) for word in words}
    whole, found = sum(weights.values()), list[float]()
    for term, times in _terms()[category]:
        if same := sum(weights[word] for word in words & term):
            found.append(times * same / whole * (same / sum(map(_weight, term))) ** TERM_POWER)
    return sum(fit * NEXT**place for place, fit in enumerate(sorted(found, reverse=True)[:3]))


@functools.cache
def _terms() -> dict[str, list[tuple[frozenset[str], float]]]:
    """Category -> the stems of each of its terms, and what the term counts."""
    return {
        c.id: [
            (frozenset(stems_of(c.name)) - SMALL, NAME_TIMES),
            *((frozenset(stems_of(term)) - SMALL, 1.0) for term in c.words.split(";")),
        ]
        for c in categories().values()
        if c.id not in ALIASES
    }


@functools.cache
def _weight(word: str) -> float:
    """Weight of a word: the fewer categories have it, the more.

    One that no category has weighs as one that two have.
    """
    count = sum(any(word in term for term, _ in terms) for terms in _terms().values())
    return math.log(len(_terms()) / (count or 2))
