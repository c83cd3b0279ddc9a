"""Papers as TF-IDF vectors of length 1; a title counts three times."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

Vector = dict[str, float]


def idf_of(counts: Collection[Mapping[str, Any]]) -> dict[str, float]:
    """How telling each stem is, by how few of these texts have it (as BM25 has it)."""
    found = Counter(stem for count in counts for stem in count)
    return {stem: math.log(1 + (len(counts) - n + 0.5) / (n + 0.5)) for stem, n in found.items()}


def vector(count: Mapping[str, int], idf: Mapping[str, float]) -> Vector:
    """One text; a stem that `idf` does not have counts nothing."""
    raw = {stem: (1 + math.log(n)) * idf[stem] for stem, n in count.items() if stem in idf}
    length = math.sqrt(sum(w * w for w in raw.values())) or 1.0
    return {stem: w / length for stem, w in raw.items()}


def dot(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Likeness of two vectors; costs as many steps as the first has stems."""
    return sum(w * other[stem] for stem, w in one.items() if stem in other)


def add(to: Vector, what: Mapping[str, float], times: float) -> None:
    """Add `what`, `times` over, to a vector in place."""
    for stem, w in what.items():
        to[stem] = to.get(stem, 0.0) + times * w


def mean(vectors: Iterable[Mapping[str, float]]) -> Vector:
    """Their mean; empty for none."""
    found: Vector = {}
    count = 0
    for one in vectors:
        add(found, one, 1.0)
        count += 1
    return {stem: w / count for stem, w in found.items()}


def standard(values: Sequence[float]) -> list[float]:
    """The values with mean 0 and deviation 1; all 0 where they are equal."""
    if not values:
        return []
    middle = sum(values) / len(values)
    spread = math.sqrt(sum((v - middle) ** 2 for v in values) / len(values))
    return [(v - middle) / spread if spread > 1e-12 else 0.0 for v in values]
