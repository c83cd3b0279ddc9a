"""The order of a day's papers: the ranker's numbers, corrected by what its best papers have in common.

Pseudo-relevance feedback: the TOP best papers are taken for right, their TERMS most telling words are a second query,
and a paper's order is z(number) + WEIGHT * z(likeness to that query). On three private sets of labelled days this gave
NDCG@10 of .607, .877 and .560 where the numbers with ties by BM25 gave .572, .858 and .546. A paper's number stays a
function of that paper alone, so that numbers of two days compare.
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence

TOP, TERMS, WEIGHT = 5, 30, 0.5
"""Papers taken for right (those with a word of the interests), words of the second query, and its share beside the
number's 1. As measured."""

LEAST = 2 * TOP
"""Papers below which half of them would be taken for right: then the order is the numbers'."""

K1, B = 1.5, 0.75
"""BM25's usual saturation of a word's count, and share of the text's length in it."""


def ordered(values: Sequence[float], corpus: Sequence[Sequence[str]], query: Collection[str]) -> list[int]:
    """Places of the papers, best first. `corpus`: the stems of each; `query`: those of the interests."""
    places = range(len(values))
    counts = [Counter(stems) for stems in corpus]
    idf = _idf(counts)
    by_query = _bm25(counts, idf, query)
    first = sorted(places, key=lambda i: (-values[i], -by_query[i], i))
    if len(values) < LEAST or not any(by_query):
        return first
    likeness = _likeness(counts, idf, [i for i in first[:TOP] if by_query[i]])
    worth = [v + WEIGHT * p for v, p in zip(_standard(values), _standard(likeness), strict=True)]
    return sorted(places, key=lambda i: (-worth[i], -by_query[i], i))


def bm25(corpus: Sequence[Sequence[str]], query: Collection[str]) -> list[float]:
    """BM25 of each text for the stems of a query, among these texts."""
    counts = [Counter(stems) for stems in corpus]
    return _bm25(counts, _idf(counts), query)


def _idf(counts: Sequence[Counter[str]]) -> dict[str, float]:
    found = Counter(stem for count in counts for stem in count)
    return {stem: math.log(1 + (len(counts) - n + 0.5) / (n + 0.5)) for stem, n in found.items()}


def _bm25(counts: Sequence[Counter[str]], idf: dict[str, float], query: Collection[str]) -> list[float]:
    mean = sum(c.total() for c in counts) / len(counts) if counts else 1.0
    found = []
    for count in counts:
        norm = K1 * (1 - B + B * count.total() / (mean or 1.0))
        found.append(sum(idf[s] * count[s] * (K1 + 1) / (count[s] + norm) for s in sorted(query) if s in count))
    return found


def _likeness(counts: Sequence[Counter[str]], idf: dict[str, float], best: Sequence[int]) -> list[float]:
    """How much each text says what the best ones say: cosine with the heaviest words of their mean."""
    mean = Counter[str]()
    for i in best:
        mean.update(_weights(counts[i], idf))
    words = dict(sorted(mean.items(), key=lambda row: (-row[1], row[0]))[:TERMS])
    found = []
    for count in counts:
        weights = _weights(count, idf)
        found.append(sum(weights[s] * weight for s, weight in words.items() if s in weights))
    return found


def _weights(count: Counter[str], idf: dict[str, float]) -> dict[str, float]:
    """TF-IDF of one text, of length 1."""
    raw = {stem: (1 + math.log(n)) * idf[stem] for stem, n in count.items()}
    length = math.sqrt(sum(w * w for w in raw.values())) or 1.0
    return {stem: w / length for stem, w in raw.items()}


def _standard(values: Sequence[float]) -> list[float]:
    """The values with mean 0 and deviation 1; all 0 where they are equal."""
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))
    return [(v - mean) / spread if spread else 0.0 for v in values]
