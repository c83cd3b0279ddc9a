"""Composes the digest of one channel and day, with its receipt. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from prompts import Profile
from workers.digest.pick import why_empty
from workers.models import LOCAL, Analysis, Digest, Paper, Pick, Receipt, Score, SourceCount
from workers.sources.spec import label


@dataclass(frozen=True)
class RunCost:
    """What the model cost in this run."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0


@dataclass(frozen=True)
class RunFindings:
    """All that a run found out."""

    sources: tuple[SourceCount, ...]
    papers: tuple[Paper, ...]
    """Candidates: new to the channel."""
    scores: tuple[Score, ...]
    dropped: int
    barred: int
    cached: int
    picks: tuple[tuple[Paper, Score], ...]
    analyses: tuple[Analysis, ...]
    """One per pick, in order."""
    scorer: str
    spent: RunCost
    seconds: float
    notes: tuple[str, ...]


def compose(found: RunFindings, profile: Profile, *, channel: str, day: date, made: datetime, sample: bool) -> Digest:
    """The digest record."""
    picks = tuple(
        Pick(paper=paper, score=score, analysis=analysis)
        for (paper, score), analysis in zip(found.picks, found.analyses, strict=True)
    )
    return Digest(
        date=day,
        profile=profile.name,
        title=profile.title,
        language=profile.language,
        audience=profile.audience,
        channel=channel,
        scanned=sum(s.fetched for s in found.sources),
        label=" + ".join(label(s.source) for s in found.sources),
        picks=picks,
        empty=None if picks else why_empty(found.sources, len(found.papers), found.scores, day),
        receipt=receipt(found, profile),
        sample=sample,
        made=made,
    )


def receipt(found: RunFindings, profile: Profile) -> Receipt:
    """The counts of a run."""
    states = Counter(s.state for s in found.scores)
    errors = Counter(s.error for s in found.scores if s.error and s.state != "scored")
    return Receipt(
        sources=found.sources,
        candidates=len(found.papers),
        dropped=found.dropped,
        barred=found.barred,
        scored=states["scored"],
        declined=states["declined"],
        failed=states["failed"],
        errors=dict(sorted(errors.items())),
        unwritten=unwritten(found.analyses),
        local=sum(s.stand_in for s in found.scores),
        cached=found.cached,
        above=sum((s.effective or 0) >= profile.min_score for s in found.scores if s.effective is not None),
        picked=len(found.picks),
        min_score=profile.min_score,
        seconds=round(found.seconds, 2),
        tokens_in=found.spent.tokens_in,
        tokens_out=found.spent.tokens_out,
        cost_usd=round(found.spent.cost_usd, 6),
        scorer=found.scorer,
        writer=next((a.by for a in found.analyses if a.by != LOCAL), LOCAL),
        notes=found.notes,
    )


def unwritten(analyses: Sequence[Analysis]) -> dict[str, int]:
    """Class of failure -> analyses that a model was asked for and did not write."""
    return dict(sorted(Counter(a.error for a in analyses if a.error).items()))
