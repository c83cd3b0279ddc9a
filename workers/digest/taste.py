"""The taste of a channel for one run, kept so that a rerun picks the same."""

from collections import Counter
from collections.abc import Sequence
from functools import partial

from redis import Redis

from prompts import Profile
from workers.analysis.extractive.ranking.rank import Ranked
from workers.analysis.extractive.ranking.stems import counts_of, stems, words_of
from workers.analysis.score import LIMIT, Scored
from workers.analysis.taste import SignedPaper, learn
from workers.analysis.taste.apply import NO_LESSON, explained
from workers.digest.pick import pick
from workers.models import Lesson, Paper, Score
from workers.models.taste import Foretold
from workers.sources.listing.fetch_result import Likes
from workers.store.channels.tastes import Tastes
from workers.store.papers.records import Papers

TERMS = ("more", "less")
"""Fields of a lesson that hold stems."""


def lesson_of(redis: "Redis", slot: str, channel: str, ranked: Sequence[Ranked], *, keep: bool) -> Lesson:
    """What the channel's signs say of these papers.

    `keep`: for further tries of the slot.
    """
    tastes, home = Tastes(redis), home_of(channel)
    before = tastes.lesson(slot) if keep else None
    if before is not None or not ranked:
        return before or NO_LESSON
    signs = tastes.signs(home)
    papers = Papers(redis).get_papers(list({s.paper for s in signs}))
    known = {i: SignedPaper(p.plain or p.title, counts_of(p)) for i, p in papers.items()}
    vectors = {r.id: r.vector for r in ranked}
    lesson = learn(signs, known, tastes.foretold(home), vectors, partial(explained, ranked, LIMIT))
    if signs:
        lesson = lesson.model_copy(update=_spelled(lesson, list(papers.values())))
    return tastes.keep(slot, home, lesson) if keep else lesson


def _spelled(lesson: Lesson, papers: Sequence[Paper]) -> dict[str, tuple[str, ...]]:
    """The lesson's stems as the papers write them most often."""
    found: dict[str, Counter[str]] = {}
    for paper in papers:
        for word in words_of(f"{paper.title} {paper.abstract}".casefold()):
            found.setdefault(stems([word])[0], Counter())[word] += 1
    return {name: tuple(found[s].most_common(1)[0][0] for s in getattr(lesson, name) if s in found) for name in TERMS}


def picks_of(papers: Sequence[Paper], scored: Scored, profile: Profile) -> list[tuple[Paper, Score]]:
    """The papers of a digest.

    One of them is a surprise where a taste has earned a weight.
    """
    surprise = bool(scored.lesson.weight)
    bar, picks = profile.min_score, profile.picks
    return pick(papers, scored.scores, picks=picks, min_score=bar, wish=scored.wish, surprise=surprise)


def foretold(slot: str, lesson: Lesson, picks: Sequence[tuple[Paper, Score]]) -> dict[str, Foretold]:
    """What the taste said of the papers that a digest shows.

    Votes on them are judged by it.
    """
    return {
        paper.id: Foretold(slot=slot, pull=lesson.pulls.get(paper.id, 0.0), surprise=score.surprise)
        for paper, score in picks
    }


def likes_of(redis: "Redis", channel: str) -> Likes:
    """The papers that the channel liked and disliked.

    One that some liked and others did not is neither.
    """
    signs = Tastes(redis).signs(home_of(channel))[::-1]
    up, down = (
        dict.fromkeys(sign.paper for sign in signs if sign.kind in kinds)
        for kinds in (("up", "more", "save"), ("down", "off"))
    )
    return Likes(tuple(id for id in up if id not in down), tuple(id for id in down if id not in up))


def home_of(channel: str) -> str:
    """A channel as votes have it: without its topic."""
    return channel.partition("/")[0]
