"""Finds statements that reverse their quote: a "not" more, lower for higher.

Only near copies are judged, clause by clause and in one language; what a free paraphrase or a translation makes of a
quote, no code here can tell.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

ALIKE, OF_QUOTE, LEAST = 0.8, 0.6, 3
"""Shares of a clause's telling words, of the statement's and of the quote's, that make it a near copy; and how many."""

_CLAUSE = re.compile(
    r"[,;:.!?]+(?:\s|$)|[，；：。！？、]|\b(?:and|but|while|whereas|which|where|because|although|though|so|since|if|when)\b"
)
_ASIDE = re.compile(
    r"\bnot (?:only|just|merely|necessarily)\b|\bno (?:more|less|fewer|longer|matter)\b|\bwhether or not\b"
    r"|不[同断仅但止只过管论少错妨变]|不[低高大小多少早晚]于|不超过|非[常线凡]|无[论监损参需]|未[来知]"
)
_NOT = re.compile(
    r"\b(?:not|no|never|without|cannot|nor|neither|none|hardly|fail|fails|failed|failing|lack|lacks|infeasible|impossible|unable)\b|n't\b"
    r"|并非|缺乏|缺少|尚无|不|没有?|无法?|未|非"
)
_WORD = re.compile(r"[a-z0-9][a-z0-9.]*|[\u3400-\u4dbf\u4e00-\u9fff]+")
_IDLE_WORDS = (
    "a an the of to in on at by for with from as is are was were be been do does did it its this that these those "
    "their our we they has have had can may will would there than to"
)
_IDLE = frozenset(_IDLE_WORDS.split())
_PAIRS = (
    "increase decrease|increase reduce|higher lower|high low|better worse|best worst|more less|more fewer|"
    "faster slower|larger smaller|large small|above below|over under|always never|rise fall|improve degrade|"
    "outperform underperform|"
    "before after|win lose|longer shorter|stronger weaker|strongest weakest|gain lose|all none|easy hard|"
    "提高 降低|增加 减少|上升 下降|优于 劣于|更高 更低|更快 更慢|更好 更差|更大 更小|变好 变差"
)
_OPPOSITES = {frozenset(pair.split()) for pair in _PAIRS.split("|")}


@dataclass(frozen=True)
class _Said:
    words: frozenset[str]
    negated: bool


def turned(text: str, quote: str) -> bool:
    """True where a clause of `text` copies one of `quote` and says the opposite."""
    theirs = list(_clauses(quote))
    for ours in _clauses(text):
        alike = [t for t in theirs if _copies(ours, t)]
        if alike and not any(_agree(ours, t) for t in alike):
            return True
    return False


@lru_cache(maxsize=20_000)
def negated(text: str) -> bool:
    """True where `text` denies something."""
    return bool(_NOT.search(_ASIDE.sub(" ", text.lower().replace("’", "'"))))


def _clauses(text: str) -> Iterator[_Said]:
    for clause in _CLAUSE.split(text.lower().replace("’", "'").replace("*", "")):
        plain = _ASIDE.sub(" ", clause or "")
        kept, words = _NOT.sub(" ", plain).replace("有", ""), set[str]()
        for word in _WORD.findall(kept):
            wide = word[0] >= "\u3400"
            words |= {word[i : i + 2] for i in range(len(word) - 1)} if wide else {_stem(word)} - _IDLE
        if len(words) >= LEAST:  # fewer are no copy of anything
            yield _Said(frozenset(words), len(_NOT.findall(plain)) % 2 == 1)


def _stem(word: str) -> str:
    for end in ("ing", "ed", "es", "s"):
        if word.endswith(end) and len(word) - len(end) > 2 and not word.endswith("ss"):
            word = word.removesuffix(end)
            break
    return word.removesuffix("e") if len(word) > 3 else word


def _copies(ours: _Said, theirs: _Said) -> bool:
    both = len(ours.words & theirs.words) + len(_swapped(ours, theirs))
    return both >= max(LEAST, ALIKE * len(ours.words), OF_QUOTE * len(theirs.words))


def _agree(ours: _Said, theirs: _Said) -> bool:
    return (ours.negated != theirs.negated) == (len(_swapped(ours, theirs)) % 2 == 1)


def _swapped(ours: _Said, theirs: _Said) -> set[frozenset[str]]:
    """Pairs of opposites of which each side has one."""
    mine, other = ours.words - theirs.words, theirs.words - ours.words
    return {p for p in _STEMMED if p & mine and p & other and not p <= mine}


_STEMMED = {frozenset(_stem(word) for word in pair) for pair in _OPPOSITES}
