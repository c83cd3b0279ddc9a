"""Analyses of picked papers: by the model where it can, else in the paper's own sentences, labelled."""

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import prompts
from prompts import Profile
from workers.analysis.analyst import Analyst
from workers.analysis.extractive.analyst import Extractive
from workers.analysis.grounding.paper import PaperContext
from workers.analysis.meter import NOTHING, Meter, Usage
from workers.analysis.score import Progress
from workers.errors import SERVICE_KINDS, ModelDeclined, ModelFailed, OverBudget
from workers.models import Analysis, Paper, ReadFrom
from workers.store.papers import Papers, ResultKey
from workers.store.spend import Spend

WAIT_S = 280.0
"""Seconds to wait for an analysis that another worker is buying: above any call's own time (see `claude`)."""


WHOLE: tuple[ReadFrom, ...] = ("html", "pdf")
"""What an analysis of the whole paper was read from."""

PROMPTS = ("paper", "deepdive", "repair")
"""All that a model is told for an analysis."""


def made_by(profile: Profile, model: str, read_from: ReadFrom) -> ResultKey:
    """What an analysis is kept by: an edited prompt or another way of reading never meets an old one."""
    told = "-".join(prompts.load(name).hash for name in PROMPTS)
    return ResultKey(profile.hash, f"{hashlib.sha256(told.encode()).hexdigest()[:16]}-{read_from}", model)


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
    read: Callable[[Paper], PaperContext],
    analyst: Analyst | None,
    papers_store: Papers,
    spend: Spend | None,
    budget_usd: float,
    concurrency: int = 8,
    matched: Mapping[str, Sequence[str]] | None = None,
    on_progress: Progress | None = None,
    keep: bool = False,
) -> Written:
    """Read and write about each paper. `matched`: paper id -> interests it matches, for the extracts; else the ranker
    says. `keep`: see `analyst.Analyst.analyse`.

    `read` fetches a paper and never fails: what could not be read comes as the abstract. A paper whose analysis is
    known is not read again, unless that analysis is of its abstract alone. Where the model fails, declines or may not
    be asked, the extract carries `error`: the class of failure, `declined` or `over_budget`. Only the model's own
    work is kept.
    """
    meter, lock = Meter(spend, budget_usd), threading.Lock()
    done = bought = 0

    def extract(given: PaperContext, error: str | None) -> Analysis:
        found = Extractive().analyse(given, profile, matched=(matched or {}).get(given.paper.id))
        return found.model_copy(update={"error": error})

    def buy(given: PaperContext, by: Analyst, made: ResultKey) -> Analysis:
        analysis = by.analyse(given, profile, meter, keep=keep)
        if not analysis.extracted:
            papers_store.put_analysis(given.paper, made, analysis)
        return analysis

    def write(paper: Paper) -> tuple[Analysis, bool]:
        """(analysis, whether it was made now)."""
        if analyst is None:
            return extract(read(paper), None), True
        by = analyst
        for whole in WHOLE:
            known = papers_store.get_analysis(paper, made_by(profile, by.deepdive_model, whole))
            if known:
                return known, False
        given = read(paper)
        if not given.passages:  # not even an abstract: nothing to ask about
            return extract(given, None), True
        made = made_by(profile, by.deepdive_model, given.text.read_from)
        try:
            return papers_store.once(
                made.key("analysis", paper),
                lambda: papers_store.get_analysis(paper, made),
                lambda: buy(given, by, made),
                WAIT_S,
            )
        except (ModelFailed, ModelDeclined, OverBudget) as error:
            return extract(given, error.kind), True

    def one(paper: Paper) -> Analysis:
        nonlocal done, bought
        analysis, fresh = write(paper)
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
