"""Which papers a channel gets: the best that clear the bar and are new to it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from prompts import Profile
from workers.errors import SERVICE_KINDS
from workers.models import Digest, EmptyWhy, Paper, Score, SourceCount

SURPRISE_FROM = 3
"""Fewest places of a digest of which one may go to a surprise."""

SATURDAY = 5
"""date.weekday() of the first day without lists."""

QUIET_MORNINGS = frozenset({5, 6, 0})
"""Saturday, Sunday and Monday: local mornings on which no list of a weekday is new, so "weekend" is the reason."""


def pick(
    papers: Sequence[Paper],
    scores: Iterable[Score],
    *,
    picks: int,
    min_score: int,
    wish: Mapping[str, float] | None = None,
    surprise: bool = False,
) -> list[tuple[Paper, Score]]:
    """What `choose` chooses, best number first."""
    by_id = {paper.id: paper for paper in papers}
    best = choose(papers, scores, picks=picks, min_score=min_score, wish=wish, surprise=surprise)
    return [(by_id[s.id], s) for s in sorted(best, key=lambda s: -(s.effective or 0))]


def choose(
    papers: Sequence[Paper],
    scores: Iterable[Score],
    *,
    picks: int,
    min_score: int,
    wish: Mapping[str, float] | None = None,
    surprise: bool = False,
) -> list[Score]:
    """The first `picks` of `in_order`.

    `surprise`: the last of at least SURPRISE_FROM places goes to the best paper that the taste did
    not choose and did not want.
    """
    scores = list(scores)
    best = in_order(papers, scores, min_score=min_score, wish=wish)[:picks]
    if not surprise or picks < SURPRISE_FROM:
        return best
    plain = in_order(papers, [s.model_copy(update={"moved": None}) for s in scores], min_score=min_score)
    names = {s.id for s in best}
    given = {s.id: s for s in scores}
    found = next((s for s in plain if s.id not in names and not _drawn(given[s.id])), None)
    return [*best[: picks - 1], given[found.id].model_copy(update={"surprise": True})] if found else best


def in_order(
    papers: Sequence[Paper], scores: Iterable[Score], *, min_score: int, wish: Mapping[str, float] | None = None
) -> list[Score]:
    """All scores at or above `min_score` in the order in which they are chosen.

    That is by number; ties: a model's before the local ranker's, then more upvotes, then the order of the sources.
    Where `wish` (base id -> strength) is given it goes before the number: a taste may move a number by a few points
    only, so that numbers of two days compare, but may choose freely among papers that clear the bar. A paper without
    any number is never chosen. What somebody who is followed wrote, and what has a phrase that the channel always
    wants, comes first, whatever its number.
    """
    by_id = {paper.id: (i, paper) for i, paper in enumerate(papers)}
    able = [s for s in scores if s.id in by_id and s.effective is not None and (s.effective >= min_score or _asked(s))]

    def order(score: Score) -> tuple[bool, float, int, bool, int, int]:
        place, paper = by_id[score.id]
        wished = wish.get(score.id, 0.0) if wish else 0.0
        return not _asked(score), -wished, -(score.effective or 0), score.stand_in, -(paper.upvotes or 0), place

    return sorted(able, key=order)


def _asked(score: Score) -> bool:
    """True for a paper that the channel asked for, whatever its number."""
    return bool(score.followed or score.must)


def _drawn(score: Score) -> bool:
    """True for a paper that the taste would rather show."""
    return score.moved is not None and score.moved.by > 0


def why_empty(sources: Sequence[SourceCount], candidates: int, scores: Sequence[Score], day: date) -> EmptyWhy:
    """Which count of the receipt made the day (local date `day`) empty."""
    answered = [s for s in sources if s.state != "failed"]
    if not answered:
        return "all_failed"
    if candidates == 0:
        quiet = all(s.fetched == 0 for s in sources) and len(answered) == len(sources)
        lists = [d for s in answered for d in s.days if d.weekday() < SATURDAY]
        return "weekend" if quiet and not lists and day.weekday() in QUIET_MORNINGS else "no_new"
    if all(s.effective is None for s in scores):
        return "nothing_scored"
    return "below_bar"


def is_quiet(digest: Digest, profile: Profile) -> bool:
    """True for an empty day that the profile wants nothing to be said of.

    A failure is told all the same.
    """
    return profile.quiet and bool(digest.empty) and not worth_again(digest)


def worth_again(digest: Digest) -> bool:
    """True for a day that is empty only because a service failed.

    No source could be read, or papers went unscored.
    """
    return digest.empty == "all_failed" or bool(digest.empty and SERVICE_KINDS & digest.receipt.errors.keys())
