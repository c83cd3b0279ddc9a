"""What a digest chose from, as it is kept for questions about the day. Pure."""

from collections.abc import Sequence

from workers.models import Candidate, Day, Digest, Paper, Score
from workers.render.digest import title_of


def day_of(digest: Digest, papers: Sequence[Paper] = (), scores: Sequence[Score] = ()) -> Day:
    """The day of a digest: its picks in order, then the other `papers` by score.

    Without those, the picks alone.
    """
    numbers = {pick.paper.id: n for n, pick in enumerate(digest.picks, 1)}
    known = {score.id: score for score in scores} | {pick.paper.id: pick.score for pick in digest.picks}
    every = {paper.id: paper for paper in [*(pick.paper for pick in digest.picks), *papers]}
    found = [_candidate(paper, known.get(paper.id), numbers.get(paper.id, 0)) for paper in every.values()]
    found.sort(key=lambda c: (c.number or len(numbers) + 1, -(c.score if c.score is not None else -1)))
    return Day(
        date=digest.date,
        title=digest.title,
        min_score=digest.receipt.min_score,
        candidates=tuple(found),
        whole=bool(papers) or not digest.receipt.candidates,
    )


def _candidate(paper: Paper, score: Score | None, number: int) -> Candidate:
    return Candidate(
        id=paper.id,
        version=paper.version,
        title=title_of(paper),
        abstract=paper.abstract,
        score=score.effective if score else None,
        local=bool(score and score.stand_in),
        why=score.why if score else "",
        matched=score.matched if score else (),
        number=number,
    )
