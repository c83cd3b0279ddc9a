"""Which papers a channel gets: the best that clear the bar and are new to it."""

from collections.abc import Iterable, Sequence
from datetime import date

from prompts import Profile
from workers.errors import SERVICE_KINDS
from workers.models import Digest, EmptyWhy, Paper, Score, SourceCount

SATURDAY = 5
"""date.weekday() of the first day without lists."""

QUIET_MORNINGS = frozenset({5, 6, 0})
"""Saturday, Sunday and Monday: local mornings on which no list of a weekday is new, so "weekend" is the reason."""


def pick(papers: Sequence[Paper], scores: Iterable[Score], *, picks: int, min_score: int) -> list[tuple[Paper, Score]]:
    """The `picks` best at or above `min_score`, best first.

    Ties: a model's number goes before the local ranker's, then more upvotes, then the order of the sources.
    A paper without any number is never picked.
    """
    by_id = {paper.id: (i, paper) for i, paper in enumerate(papers)}
    able = [s for s in scores if s.id in by_id and s.effective is not None and s.effective >= min_score]

    def order(score: Score) -> tuple[int, bool, int, int]:
        place, paper = by_id[score.id]
        return -(score.effective or 0), score.stand_in, -(paper.upvotes or 0), place

    return [(by_id[s.id][1], s) for s in sorted(able, key=order)[:picks]]


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
    """True for an empty day that the profile wants nothing to be said of; a failure is told all the same."""
    return profile.quiet and bool(digest.empty) and not worth_again(digest)


def worth_again(digest: Digest) -> bool:
    """True for a day that is empty only because a service failed: no source could be read, or papers went unscored."""
    return digest.empty == "all_failed" or bool(digest.empty and SERVICE_KINDS & digest.receipt.errors.keys())
