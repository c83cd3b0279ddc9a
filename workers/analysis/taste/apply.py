"""Moves scores a little by a learned taste."""

import json
from collections.abc import Sequence

import prompts
from workers.analysis.extractive.ranking.rank import Ranked
from workers.analysis.extractive.ranking.vectors import standard
from workers.models import Lesson, Score, ScoreShift

MOST_LOCAL, MOST_MODEL = 15.0, 10.0
"""Points by which a number is moved at most, so that a channel's numbers of two days compare. A model has been told
what was liked and may have added up to 5 itself (prompts/taste.md)."""

NO_LESSON = Lesson()
"""Of a channel without votes."""


def tasted(score: Score, lesson: Lesson) -> Score:
    """The score with what the taste adds to it."""
    by = lesson.moves(score.id, MOST_LOCAL if score.stand_in else MOST_MODEL)
    return score.model_copy(update={"moved": ScoreShift(by=by, like=lesson.likes.get(score.id))}) if by else score


def wishes(ranked: Sequence[Ranked], lesson: Lesson) -> dict[str, float]:
    """Base id -> how much the local ranker and the taste together want a paper.

    Empty without a taste.
    """
    if not lesson.weight:
        return {}
    numbers = standard([r.value for r in ranked])
    return {r.id: n + lesson.weight * lesson.pulls.get(r.id, 0.0) for r, n in zip(ranked, numbers, strict=True)}


def told(lesson: Lesson) -> str:
    """What a model is told of the channel's votes before the paper.

    Empty where they have earned no weight.
    """
    if not lesson.weight or not (lesson.liked or lesson.disliked):
        return ""
    votes = {"liked": list(lesson.liked), "not liked": list(lesson.disliked)}
    return prompts.load("taste").render(votes=json.dumps(votes, ensure_ascii=False, indent=1))[1]


def explained(ranked: Sequence[Ranked], most: int, lesson: Lesson) -> list[str]:
    """Ids of the papers that may be shown.

    The `most` that ranker and taste want most, and the `most` that the ranker alone wants most.
    """
    wished = wishes(ranked, lesson)
    best = sorted((r.id for r in ranked), key=lambda i: -wished.get(i, 0.0))[:most]
    return list(dict.fromkeys([*best, *(r.id for r in ranked[:most])]))
