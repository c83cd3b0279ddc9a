"""Words as they are looked up: English stems, names, Chinese bigrams.

`QuiltMAR: super-resolution` is found by quiltmar, quilt, mar, super, resolution and superresolution.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from workers.models.library import LibraryEntry

TITLE_WEIGHT = 4
"""A word of the title counts like so many of the text."""

MOST_WEIGHT = 63
"""Largest weight of a word in a text: six bits of a posting."""

MOST_CHARACTERS = 6_000
"""Characters of a text that are indexed: an abstract and what was written of the paper."""

AUTHOR = "@"
"""Before a term that is a part of an author's name."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_CHINESE = re.compile(f"[{_CJK}]")
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:[.-][^\W_{_CJK}]+)*")
_CAMEL = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_COMMON = """
a about all an and are as at be by can could did do does for from had has have how i in into is it its of on or our
paper papers read seen team that the their them there these they this to us was we were what when where which who why
will with you
"""
COMMON = frozenset(_COMMON.split())
"""Words of a question that say nothing of its topic."""


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


def folded(text: str) -> str:
    """Lower case, full-width forms narrowed, accents off Latin letters."""
    flat = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", flat)).lower()


def terms(text: str, *, asked: bool = False) -> list[str]:
    """The terms of a text.

    `asked`: those of a query, so only what must be there; common words left out where others remain.
    """
    found: list[str] = []
    for match in _RUN.finditer(unicodedata.normalize("NFKC", text)):
        found += _chinese(match[0], asked) if _CHINESE.match(match[0]) else _latin(match[0], asked)
    telling = [term for term in found if term not in COMMON] if asked else found
    return list(dict.fromkeys(telling or found)) if asked else found


def _chinese(run: str, asked: bool) -> list[str]:
    pairs = [run[i : i + 2] for i in range(len(run) - 1)]
    return (pairs or [run]) if asked else [*run, *pairs]


@lru_cache(maxsize=50_000)
def _latin(run: str, asked: bool) -> tuple[str, ...]:
    whole = folded(run)
    parts = re.split(r"[.-]", whole)
    if asked:
        return (whole,) if whole.replace(".", "").isdigit() else tuple(p if p in COMMON else _stem(p) for p in parts)
    found = [whole] if len(parts) > 1 and any(c.isdigit() for c in whole) else []
    found += [_stem("".join(parts))] if len(parts) > 1 else []
    found += [_stem(part) for part in parts]
    for part in re.split(r"[.-]", run):
        camel = _CAMEL.findall(part)
        found += [_stem(folded(piece)) for piece in camel] if len(camel) > 1 else []
    return tuple(found)


def name_terms(name: str) -> list[str]:
    """Parts of an author's name as terms."""
    return [AUTHOR + folded(part) for part in re.findall(r"[^\W\d_]+", name)]


def weights(entry: LibraryEntry) -> dict[str, int]:
    """Term -> weight of all that an entry is found by."""
    count: Counter[str] = Counter(terms(f"{entry.text} {entry.answer}"[:MOST_CHARACTERS]))
    for term in terms(f"{entry.title} {entry.question}"):
        count[term] += TITLE_WEIGHT
    for term in _once(entry.authors):
        count[term] += 1
    count[entry.paper.lower()] += TITLE_WEIGHT
    return {term: min(weight, MOST_WEIGHT) for term, weight in count.items() if len(term) <= 60}


def _once(names: Iterable[str]) -> set[str]:
    found = {term for name in names for term in name_terms(name)}
    return found | {_stem(term.removeprefix(AUTHOR)) for term in found}
