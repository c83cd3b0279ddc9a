"""Finds what a profile would have picked. Nothing is remembered of it."""

from datetime import UTC, datetime

from redis import Redis

from prompts import Profile
from prompts.profile import from_values
from workers.analysis.analyst import choose
from workers.digest.candidates import fresh_papers
from workers.digest.make import DigestMaker
from workers.digest.parameters import DigestParameters
from workers.models.tasks import PreviewData
from workers.models.topic import Preview, PreviewPaper, SourceFault
from workers.settings import Settings
from workers.store.tasks.progress import Progress, Step

TITLES = 3
"""Papers that are shown: enough to see whether the direction is right."""


def preview(redis: "Redis", settings: Settings, key: str, data: PreviewData) -> None:
    """Score the latest lists for the profile of `data`; keep the best under `key`."""
    maker, progress = DigestMaker(redis, settings, channel=data.get("channel", ""), asked=True), Progress(redis, key)
    profile = profile_in(data)
    order = DigestParameters(f"preview:{key}", profile.name, datetime.now(UTC).date(), sample=bool(data.get("sample")))
    progress.tell(Step("fetch", 0, 1))
    fetched = maker.fetch(order, profile)
    papers, _ = fresh_papers(fetched, maker.memory, order.memory)
    scored = maker.score(papers, profile, choose(settings), progress)
    by_id = {paper.id: paper for paper in papers}
    shown = [
        PreviewPaper(
            id=s.id, title=by_id[s.id].title, score=s.effective, why=s.why, local=s.value is None or s.by == "local"
        )
        for s in scored.scores[:TITLES]
        if s.effective is not None
    ]
    found = Preview(
        papers=tuple(shown),
        candidates=len(papers),
        min_score=profile.min_score,
        days=tuple(sorted({day for one in fetched for day in one.days})),
        failed=tuple(
            SourceFault(source=one.spec, kind=one.error.kind, why=str(one.error)) for one in fetched if one.error
        ),
    )
    maker.memory.keep_result(key, found.model_dump(mode="json"))


def profile_in(data: PreviewData) -> Profile:
    """The profile that a task carries: `{"name": …, "profile": {…}}`."""
    return from_values(data["name"], data["profile"])
