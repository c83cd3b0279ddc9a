"""Analyses of picked papers: by the model where it can, else in the paper's own sentences, labelled."""

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import prompts
from prompts import Profile
from workers.analysis.analyst import NOTHING, Analyst, Meter, Usage
from workers.analysis.extractive import Extractive
from workers.analysis.score import Progress
from workers.errors import SERVICE_KINDS, ModelDeclined, ModelFailed, OverBudget
from workers.papers import Analysis, Paper
from workers.store.papers import Made, Papers
from workers.store.spend import Spend

WAIT_S = 280.0
"""Seconds to wait for an analysis that another worker is buying: above any call's own time (see `claude`)."""


@dataclass(frozen=True)
class Written:
    """What writing gave."""

    analyses: tuple[Analysis, ...]
    """One per paper, in the order of the papers."""
    cached: int = 0
    """Analyses known already, from an earlier run or bought by another worker meanwhile."""
    usage: Usage = NOTHING
    notes: tuple[str, ...] = ()
    """no_model, budget, model_unavailable: as the receipt's notes."""


def deep_dives(
    picks: Sequence[Paper],
    profile: Profile,
    *,
    analyst: Analyst | None,
    papers_store: Papers,
    spend: Spend | None,
    budget_usd: float,
    concurrency: int = 8,
    matched: Mapping[str, Sequence[str]] | None = None,
    on_progress: Progress | None = None,
) -> Written:
    """Write about each paper. `matched`: paper id -> interests it matches, for the extracts; else the ranker says.

    Where the model fails, declines or may not be asked, the extract carries `error`: the class of failure, `declined`
    or `over_budget`. Only the model's own work is kept.
    """
    meter, lock = Meter(spend, budget_usd), threading.Lock()
    done = bought = 0
    prompt = prompts.load("deepdive").hash

    def extract(paper: Paper, error: str | None) -> Analysis:
        found = Extractive().analyse(paper, profile, matched=(matched or {}).get(paper.id))
        return found.model_copy(update={"error": error})

    def buy(paper: Paper, by: Analyst, made: Made) -> Analysis:
        analysis = by.analyse(paper, profile, meter)
        if not analysis.extracted:
            papers_store.put_analysis(paper, made, analysis)
        return analysis

    def one(paper: Paper) -> Analysis:
        nonlocal done, bought
        fresh = True
        if analyst is None:
            analysis = extract(paper, None)
        else:
            by, made = analyst, Made(profile.hash, prompt, analyst.deepdive_model)
            try:
                analysis, fresh = papers_store.once(
                    made.key("analysis", paper),
                    lambda: papers_store.get_analysis(paper, made),
                    lambda: buy(paper, by, made),
                    WAIT_S,
                )
            except (ModelFailed, ModelDeclined, OverBudget) as error:
                analysis = extract(paper, error.kind)
        with lock:
            done, bought = done + 1, bought + fresh
            if on_progress:
                on_progress(done, len(picks))
        return analysis

    with ThreadPoolExecutor(max(1, concurrency), thread_name_prefix="dive") as pool:
        futures = [pool.submit(one, paper) for paper in picks]
        try:
            analyses = tuple(future.result() for future in futures)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    errors = {a.error for a in analyses if a.error}
    notes = [
        name
        for name, true in (
            ("no_model", analyst is None and bool(picks)),
            ("budget", OverBudget.kind in errors),
            ("model_unavailable", bool(errors & SERVICE_KINDS)),
        )
        if true
    ]
    return Written(analyses, len(analyses) - bought, meter.total, tuple(notes))
