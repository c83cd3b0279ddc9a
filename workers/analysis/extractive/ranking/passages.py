"""Finds the passages that fit a question best, where no model answers."""

import re
from collections.abc import Sequence

from workers.analysis.extractive.ranking.rank import matches, rank
from workers.analysis.grounding.citations import QUOTE_MAX, Passage, cut
from workers.analysis.grounding.text.sentences import spans
from workers.analysis.schema import visible
from workers.models import Paper

BEST = 3
"""Passages that stand in for an answer."""

_ASKING = """
a about all an and any are as at be been by can could did do does for from give had has have how i in into is it its
many me much of on or paper please say says show so tell than that the their them there they this to use used uses was
we were what when where which who why will with work would you
"""
ASKING = frozenset(_ASKING.split())
"""Words of questions of every kind; what they ask about is in the others."""

_RUNS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+|[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")


def nearest(question: str, passages: Sequence[Passage], most: int = BEST) -> list[Passage]:
    """Up to `most` passages that share the most telling words with the question.

    The first ones where none does.
    """
    return fitting(question, passages, most) or first(passages, most)


def fitting(question: str, passages: Sequence[Passage], most: int = BEST) -> list[Passage]:
    """Up to `most` passages that share the most telling words with the question.

    In the order of the paper; none where no word fits.
    """
    found, wanted = [p for p in passages if p.text.strip()], asked_for(question)
    papers = [Paper(id=str(i), title="", abstract=p.text) for i, p in enumerate(found)]
    hits = [int(r.id) for r in rank(papers, wanted) if r.matched][:most] if wanted else []
    return [found[i] for i in sorted(hits)]


def first(passages: Sequence[Passage], most: int = BEST) -> list[Passage]:
    """The first passages with words."""
    return [p for p in passages if p.text.strip()][:most]


def excerpt(text: str, wanted: Sequence[str], most: int = QUOTE_MAX) -> str:
    """The part of a passage that is shown: up to `most` characters.

    It begins with the first sentence from which on most of the words `wanted` follow.
    """
    text = visible(text)
    if len(text) <= most:
        return text

    def worth(span: tuple[int, int]) -> tuple[int, bool, int]:
        start, end = span
        return len(matches(text[start : start + most], wanted)), bool(matches(text[start:end], wanted)), -start

    best = max(spans(text), key=worth)[0]
    return ("… " if best else "") + cut(text[best:], most)


def asked_for(question: str) -> list[str]:
    """The telling words of a question, in small letters.

    Of Chinese and Japanese, each pair of signs.
    """
    asked: dict[str, None] = {}
    for run in _RUNS.findall(visible(question).casefold()):
        wide = run[0] >= "\u3040" and len(run) > 2
        asked |= dict.fromkeys([run[i : i + 2] for i in range(len(run) - 1)] if wide else [run])
    return [word for word in asked if word not in ASKING and len(word) > 1]
