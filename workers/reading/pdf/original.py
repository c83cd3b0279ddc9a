"""Finds the English original in a PDF that holds a paper twice, translated too.

arXiv takes translated papers so since February 2026, in one file, the English version first. Only that one is read.
"""

import re
from collections.abc import Sequence

LEAST_WORDS = 60
"""Words of a page whose language can be told: one with a figure or a table has fewer."""

ENGLISH, FOREIGN = 0.06, 0.02
"""Shares of COMMON among a page's words, from which on it is English, and up to which it is not: English prose has
about 0.15, its reference lists 0.07, prose in other languages below 0.01."""

COMMON = frozenset({"the", "of", "and", "that", "with", "for", "this", "are", "by", "from", "which", "have"})

LEAST_SHARE, MOST_SHARE = 0.4, 2.5
"""Length of the original, in pages of the English version: a translation is about as long."""

_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+")
_OTHER = re.compile(r"[\u0370-\u05ff\u0600-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ABSTRACT = re.compile(
    r"\b(?:abstract|abstrakt|résumé|resumen|resumo|zusammenfassung|kurzfassung|riassunto|sommario|samenvatting|özet"
    r"|streszczenie|аннотация|анотація|реферат)\b|摘\s*要|要\s*旨|概\s*要|초\s*록|요\s*약",
    re.I,
)
"""How the original begins: with an abstract of its own."""


def english_pages(texts: Sequence[str]) -> int:
    """How many pages, from the first, are the English version.

    All, where no original follows it.
    """
    foreign = [_foreign(text) for text in texts]
    for at in range(1, len(texts)):
        head, tail = ([verdict for verdict in part if verdict is not None] for part in (foreign[:at], foreign[at:]))
        begins = foreign[at] and not any(head) and _ABSTRACT.search(texts[at])
        least = max(LEAST_SHARE * len(head), len(tail) / 2)
        if begins and len(head) > 1 and least <= sum(tail) <= MOST_SHARE * len(head):
            return at
    return len(texts)


def _foreign(text: str) -> bool | None:
    """True for a page that is not in English, False for one that is.

    None where that cannot be told.
    """
    words = [word.lower() for word in _LATIN.findall(text) if len(word) > 1]
    if len(_OTHER.findall(text)) > 3 * len(words):
        return True
    if len(words) < LEAST_WORDS:
        return None
    share = sum(word in COMMON for word in words) / len(words)
    return True if share <= FOREIGN else False if share >= ENGLISH else None
