"""Words of a text and their English stems; each CJK sign is a word."""

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Any

from workers.models import Paper

TITLE_TIMES = 3
"""A word of the title counts so often among the stems of a paper."""

MOST_WORDS = 100_000
"""Words whose stems are remembered, about 12 MB; a month of cs.CV has half as many."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")


def words_of(text: str) -> list[str]:
    """The words of a text as written."""
    return _WORD.findall(unicodedata.normalize("NFKC", text))


def stems(words: list[str]) -> list[str]:
    """The stems of words in small letters."""
    return [_STEMS[word] for word in words]


def stem(word: str) -> str:
    """The stem of one word in small letters."""
    return str(_stemmer().stemWord(word))


def stems_of(text: str) -> list[str]:
    """The stems of a text, in order."""
    return stems([w.casefold() for w in words_of(text)])


def counts_of(paper: Paper) -> Counter[str]:
    """Stem -> times in the title (each TITLE_TIMES over) and the abstract."""
    return Counter(stems_of(paper.title) * TITLE_TIMES + stems_of(paper.abstract))


class _Stems(dict[str, str]):
    """Word -> stem, of words seen before.

    Looking one up is ten times as fast as stemming it.
    """

    def __missing__(self, word: str) -> str:
        if len(self) >= MOST_WORDS:
            self.clear()
        self[word] = found = stem(word)
        return found


_STEMS = _Stems()


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")
