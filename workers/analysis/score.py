"""Scores a day's papers for a profile, by the model and the local ranker.

Every paper gets a record. What the model could not do (a refusal, a failure, no budget) is a state with the local
number beside it, never a 0 and never kept; what it did is kept and not bought again.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256

import prompts
from prompts import Profile
from workers.analysis.analyst import Analyst
from workers.analysis.budget import NOTHING, Meter, Usage
from workers.analysis.extractive.ranking.rank import Ranked, local_score, rank
from workers.analysis.followed_authors import followed
from workers.analysis.must_and_never import standing
from workers.analysis.taste.apply import NO_LESSON, tasted, told, wishes
from workers.errors import SERVICE_KINDS, ModelDeclined, ModelFailed, OverBudget
from workers.models import LOCAL, Lesson, Paper, Score
from workers.store.operations.spend import Spend
from workers.store.papers.records import Papers, ResultKey

LIMIT = 40
"""Most papers of a run that the model is shown; the local ranker picks them."""

WAIT_S = 200.0
"""Seconds to wait for a score that another worker is buying: above any call's own time (see `claude`)."""

Progress = Callable[[int, int], None]
"""Called with (papers done, papers to do), one call at a time."""


Taste = Callable[[Sequence[Ranked]], Lesson]
"""Says what a channel's taste makes of a day's papers."""


@dataclass(frozen=True)
class Scored:
    """What scoring a day gave."""

    scores: tuple[Score, ...]
    """One per paper that was not dropped, best first."""
    barred: tuple[str, ...] = ()
    """Ids of papers with a phrase that the channel never wants: not ranked, not shown to the model."""
    dropped: tuple[str, ...] = ()
    """Ids of papers that the ranker kept from the model, best first."""
    cached: int = 0
    """Scores known already, from an earlier run or bought by another worker meanwhile."""
    usage: Usage = NOTHING
    notes: tuple[str, ...] = ()
    """no_model, capped, budget, model_unavailable: as the receipt's notes."""
    lesson: Lesson = NO_LESSON
    """What the channel's taste said."""
    wish: Mapping[str, float] = field(default_factory=dict)
    """Base id -> strength by which papers are chosen before their number; empty: by number."""


def score_papers(
    papers: Sequence[Paper],
    profile: Profile,
    *,
    analyst: Analyst | None,
    papers_store: Papers,
    spend: Spend | None = None,
    budget_usd: float = 0.0,
    meter: Meter | None = None,
    concurrency: int = 8,
    limit: int = LIMIT,
    on_progress: Progress | None = None,
    on_score: Callable[[Score], None] | None = None,
    local_only: bool = False,
    taste: Taste | None = None,
) -> Scored:
    """Score each paper once.

    `meter`: what the calls run on, else one of `spend` and the day's `budget_usd`. `concurrency` calls run at a time,
    whose threads call `on_score` with each score as it comes.

    Without an analyst, or with `local_only`, all papers get the local ranker's number and none is dropped.
    `taste`: says what the channel's taste makes of the papers, given as the ranker has them.
    """
    papers, barred = _able(papers, profile)
    ranked = rank(papers, profile.interests, profile.language, profile.not_wanted)
    asked = _asked_for(papers, profile)
    lesson = taste(ranked) if taste else NO_LESSON
    wish = wishes(ranked, lesson)
    by_id = {p.id: p for p in papers}
    if analyst is None or local_only:
        scores = from_ranked(papers, ranked, lesson)
        if on_progress:
            on_progress(len(scores), len(scores))
        by_hand = ("no_model",) if analyst is None and papers else ()
        return Scored(_named(scores, asked), barred, notes=by_hand, lesson=lesson, wish=wish)
    ranked = sorted(ranked, key=lambda r: (r.id not in asked, -wish.get(r.id, 0.0)))
    made = ResultKey(profile.hash, _prompt_hash(lesson), analyst.score_model)
    known = papers_store.get_scores(papers, made)
    shown = [r for i, r in enumerate(ranked) if i < limit or r.id in known]
    meter = meter or Meter(spend, budget_usd)
    run = _Run(profile, analyst, papers_store, made, meter, len(shown), on_progress, on_score, lesson)
    run.tell(sum(r.id in known for r in shown))
    done = [tasted(known[r.id].model_copy(update={"local": r.value}), lesson) for r in shown if r.id in known]
    if on_score:
        for score in done:
            on_score(score)
    todo = [(by_id[r.id], r) for r in shown if r.id not in known]
    with ThreadPoolExecutor(max(1, concurrency), thread_name_prefix="score") as pool:
        futures = [pool.submit(run.one, paper, local) for paper, local in todo]
        try:
            done += [future.result() for future in futures]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    kept = {r.id for r in shown}
    dropped = tuple(r.id for r in ranked if r.id not in kept)
    errors = {s.error for s in done if s.state == "failed"}
    notes = [
        name
        for name, true in (
            ("capped", bool(dropped)),
            ("budget", OverBudget.kind in errors),
            ("model_unavailable", bool(errors & SERVICE_KINDS)),
        )
        if true
    ]
    cached = len(done) - run.bought
    scores = _named(_sorted(done, ranked), asked)
    return Scored(scores, barred, dropped, cached, run.meter.total, tuple(notes), lesson)


def local_scores(papers: Sequence[Paper], profile: Profile) -> tuple[Score, ...]:
    """The local ranker's numbers as scores, best first.

    One per id that is not barred. Needs nothing but papers.
    """
    papers, _ = _able(papers, profile)
    ranked = rank(papers, profile.interests, profile.language, profile.not_wanted)
    return _named(from_ranked(papers, ranked, NO_LESSON), _asked_for(papers, profile))


def from_ranked(papers: Sequence[Paper], ranked: Sequence[Ranked], lesson: Lesson) -> tuple[Score, ...]:
    """The ranker's numbers as scores, moved by the channel's taste, best first."""
    by_id = {p.id: p for p in papers}
    return _sorted([tasted(local_score(by_id[r.id], r), lesson) for r in ranked], ranked)


class _Run:
    """One run's state, shared by its threads."""

    def __init__(
        self,
        profile: Profile,
        analyst: Analyst,
        store: Papers,
        made: ResultKey,
        meter: Meter,
        total: int,
        on_progress: Progress | None,
        on_score: Callable[[Score], None] | None,
        lesson: Lesson,
    ) -> None:
        self.profile, self.analyst, self.store, self.made, self.meter = profile, analyst, store, made, meter
        self.total, self.on_progress, self.on_score, self.lesson = total, on_progress, on_score, lesson
        self.done = self.bought = 0
        """Papers with a record, and those of them that cost a call (or tried to)."""
        self._lock = threading.Lock()

    def one(self, paper: Paper, local: Ranked) -> Score:
        """The paper's record, whatever the model does."""
        fresh = True
        try:
            score, fresh = self.store.once(
                self.made.key("score", paper),
                lambda: self.store.get_scores([paper], self.made).get(paper.id),
                lambda: self._buy(paper),
                WAIT_S,
            )
            score = score.model_copy(update={"local": local.value})
        except ModelDeclined as error:
            score = _without(paper, local, "declined", error.category)
        except (ModelFailed, OverBudget) as error:
            score = _without(paper, local, "failed", error.kind)
        score = tasted(score, self.lesson)
        with self._lock:
            self.bought += fresh
        self.tell(1)
        if self.on_score:
            self.on_score(score)
        return score

    def tell(self, more: int) -> None:
        """Count papers that are done, and say so."""
        with self._lock:
            self.done += more
            if self.on_progress:
                self.on_progress(self.done, self.total)

    def _buy(self, paper: Paper) -> Score:
        score = self.analyst.score(paper, self.profile, self.meter, self.lesson)
        if score.by != LOCAL:
            self.store.put_score(paper, self.made, score)
        return score


def _able(papers: Sequence[Paper], profile: Profile) -> tuple[list[Paper], tuple[str, ...]]:
    """The papers that may come, each once; ids of those the channel never wants."""
    once = {p.id: p for p in papers}
    barred = tuple(i for i, p in once.items() if standing(p, profile.never))
    return [p for i, p in once.items() if i not in barred], barred


def _asked_for(papers: Sequence[Paper], profile: Profile) -> dict[str, dict[str, str]]:
    """Id -> why a paper comes even with a low score.

    Its author is followed, or it has a phrase that is always wanted.
    """
    found = {p.id: {"followed": followed(p, profile.follow), "must": standing(p, profile.must)} for p in papers}
    return {i: why for i, why in found.items() if any(why.values())}


def _named(scores: Sequence[Score], asked: Mapping[str, dict[str, str]]) -> tuple[Score, ...]:
    """The scores, with why those papers come that the channel asked for."""
    return tuple(s.model_copy(update=asked[s.id]) if s.id in asked else s for s in scores)


def _prompt_hash(lesson: Lesson) -> str:
    """Hash of what the model is told besides the profile and the paper.

    Votes are told where they have earned a weight.
    """
    plain = prompts.load("score").hash
    return sha256(f"{plain} {told(lesson)}".encode()).hexdigest()[:16] if told(lesson) else plain


def _without(paper: Paper, found: Ranked, state: str, error: str) -> Score:
    """A record without the model's number: number and reason are local.

    So is `by`.
    """
    return Score.model_validate(
        {
            "id": paper.id,
            "version": paper.version,
            "state": state,
            "local": found.value,
            "why": found.why,
            "matched": found.matched,
            "error": error,
        }
    )


def _sorted(scores: Sequence[Score], ranked: Sequence[Ranked]) -> tuple[Score, ...]:
    """The scores, best first.

    Of equals, a model's number comes before a stand-in, then the local ranker's order counts.
    """
    place = {r.id: i for i, r in enumerate(ranked)}
    return tuple(sorted(scores, key=lambda s: (-(s.effective or 0), s.stand_in, place[s.id])))
