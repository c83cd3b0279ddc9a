"""Finds the places of a team's phrases by the words papers use.

They are arXiv's categories, and the subject areas of bioRxiv and medRxiv.

A word weighs the more, the fewer places it stands in. A phrase fits a term ("quantum error correction") by the share of
its weight that the term names, times a power of the share of the term that it names; the next terms of the place count
less and less. Each phrase brings its best places, and those that fit most come first.
"""

import functools
import math
from collections import Counter
from collections.abc import Mapping, Sequence

from workers.analysis.extractive.ranking.stems import stems_of
from workers.taxonomy import ALIASES, Category, categories, collections

MOST_CATEGORIES = 3
"""Categories that are proposed: each is read every day, and four fields are seldom one team's."""

NEAR_BEST = 0.62
"""Share of a phrase's best category from which another one is proposed, too."""

FITS_FROM = 0.3
"""Fit from which a phrase belongs to a category at all."""

LIVES_FROM = 0.5
"""Fit from which a phrase is of biology or medicine: an area that it only touches is not worth a list a day."""

LIFE = ("q-bio.", "physics.med-ph", "physics.bio-ph", "eess.IV")
"""arXiv's categories of biology and medicine."""

NEXT = 0.25
"""What each further term of a category counts, of the one before."""

TERM_POWER = 0.75
"""How hard a term is judged that says more than the phrase."""

NAME_TIMES = 1.15
"""What a category's own name counts, against a word of ours."""

SMALL = frozenset("a an the of in on for with and or to by from at as is are use via base method".split())  # noqa: SIM905
"""Stems that say nothing of a field."""

WHOLE = {
    "math": "math", "mathemat": "math", "physic": "physics", "astronomi": "astro-ph", "astrophys": "astro-ph",
    "biolog": "q-bio", "biologi": "q-bio", "statist": "stat",
}  # fmt: skip
"""A whole field, by its stem -> arXiv's archive."""

Terms = Mapping[str, Sequence[tuple[frozenset[str], float]]]
"""Place -> the stems of each of its terms, and what the term counts."""


def categories_of(phrases: Sequence[str]) -> tuple[str, ...]:
    """Ids of the arXiv categories that the phrases belong to, most telling first.

    None where nothing fits.
    """
    whole = [WHOLE[stems[0]] for stems in map(stems_of, phrases) if len(stems) == 1 and stems[0] in WHOLE]
    inside = [c for c in _best(phrases, _arxiv(), FITS_FROM) if c.partition(".")[0] not in whole]
    return tuple(dict.fromkeys([*whole, *inside]))[:MOST_CATEGORIES]


def collections_of(phrases: Sequence[str]) -> tuple[str, ...]:
    """The areas of bioRxiv and medRxiv that the phrases belong to, as sources.

    None for phrases that are not of biology or medicine.
    """
    return _best([phrase for phrase in phrases if _lives(phrase)], _life(), LIVES_FROM)


def _lives(phrase: str) -> bool:
    """True for a phrase of biology or medicine.

    Not where another field has a better claim to it: "genetic algorithms".
    """
    claims = (_fit(phrase, terms) for id_, terms in _arxiv().items() if not id_.startswith(LIFE))
    return max(claims, default=0.0) <= max((_fit(phrase, terms) for terms in _life().values()), default=0.0)


def _best(phrases: Sequence[str], places: Terms, least: float) -> tuple[str, ...]:
    total: Counter[str] = Counter()
    for phrase in phrases:
        fits = {c: fit for c in places if (fit := _fit(phrase, places[c])) >= least}
        best = max(fits.values(), default=0.0)
        total.update({c: fit for c, fit in fits.items() if fit >= NEAR_BEST * best})
    return tuple(c for c, _ in total.most_common(MOST_CATEGORIES))


def _fit(phrase: str, terms: Sequence[tuple[frozenset[str], float]]) -> float:
    words = frozenset(word for word in stems_of(phrase) if word.isascii()) - SMALL
    weights = {word: _weight(word) for word in words}
    whole, found = sum(weights.values()), list[float]()
    for term, times in terms:
        if same := sum(weights[word] for word in words & term):
            found.append(times * same / whole * (same / sum(map(_weight, term))) ** TERM_POWER)
    return sum(fit * NEXT**place for place, fit in enumerate(sorted(found, reverse=True)[:3]))


@functools.cache
def _arxiv() -> Terms:
    return _read({id_: c for id_, c in categories().items() if id_ not in ALIASES})


@functools.cache
def _life() -> Terms:
    return _read(collections())


def _read(places: Mapping[str, Category]) -> Terms:
    return {
        id_: [
            (frozenset(stems_of(place.name)) - SMALL, NAME_TIMES),
            *((frozenset(stems_of(term)) - SMALL, 1.0) for term in place.words.split(";")),
        ]
        for id_, place in places.items()
    }


@functools.cache
def _weight(word: str) -> float:
    """Weight of a word: the fewer of arXiv's categories have it, the more.

    One that no category has weighs as one that two have.
    """
    count = sum(any(word in term for term, _ in terms) for terms in _arxiv().values())
    return math.log(len(_arxiv()) / (count or 2))
