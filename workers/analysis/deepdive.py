"""Writes deep dives: by the model, else from the paper's sentences, labelled."""

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import prompts
from prompts import Profile
from workers.analysis.analyst import Analyst
from workers.analysis.budget import NOTHING, Meter, Usage
from workers.analysis.extractive.analyst import Extractive
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.grounding.text.normalize import normalize
from workers.analysis.score import Progress
from workers.errors import SERVICE_KINDS, ModelDeclined, ModelFailed, OverBudget
from workers.models import Analysis, Paper, ReadFrom
from workers.store.operations.spend import Spend
from workers.store.papers.records import ANALYSIS_TTL_S, ASKED_TTL_S, Papers, ResultKey, Unwritten

WAIT_S = 400.0
"""Seconds to wait for an analysis that another worker is buying: above any call's own time (see `claude`)."""


FIRM = frozenset({"declined", "unsupported", "too_long"})
"""Classes of failure that the same call would bring again."""

FIRM_TTL_S, PASSING_TTL_S = 86_400, 840
"""Seconds in which a failure that was paid for is not bought again: a FIRM one, and one that may pass. The second is
below the time until a digest is made better (`jobs.UPGRADE_FIRST_S`), so that each such try is one purchase for all."""

WHOLE: tuple[ReadFrom, ...] = ("html", "pdf")
"""What an analysis of the whole paper was read from."""

PROMPTS = ("paper", "deepdive", "repair")
"""All that a model is told for an analysis."""


def made_by(profile: Profile, model: str, read_from: ReadFrom) -> ResultKey:
    """What an analysis is kept by.

    An edited prompt or another way of reading gives another key.
    """
    told = "-".join(prompts.load(name).hash for name in PROMPTS)
    return ResultKey(profile.hash, f"{hashlib.sha256(told.encode()).hexdigest()[:16]}-{read_from}", model)


def text_key(given: PaperContext) -> str:
    """Name of the text that was read: id and version.

    An abstract alone has no version of its own: there it is the id and a hash of its words.
    """
    text = given.text
    if text.read_from != "abstract":
        return text.ref
    words = hashlib.sha256(normalize(text.abstract or given.paper.abstract)[0].encode()).hexdigest()[:16]
    return f"{given.paper.id}~{words}"


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
    spend: Spend | None = None,
    budget_usd: float = 0.0,
    meter: Meter | None = None,
    asked: Callable[[Paper], str] = lambda paper: paper.ref,
    concurrency: int = 8,
    matched: Mapping[str, Sequence[str]] | None = None,
    on_progress: Progress | None = None,
    keep: bool = False,
) -> Written:
    """Read and write about each paper.

    `matched`: paper id -> interests it matches, for the extracts; else the ranker says. `keep`: see
    `analyst.Analyst.analyse`. `meter`: what the calls run on, else one of `spend` and `budget_usd`.

    `read` fetches a paper and never fails: what could not be read comes as the abstract. An analysis is known by the
    text that was read, and for a while by the id that was `asked` for: then the paper is not read again, unless that
    analysis is of its abstract alone. Where the model fails, declines or may not be asked, the extract carries
    `error`: the class of failure, `declined` or `over_budget`. Kept are the model's own work, whatever checks it did
    not pass, and for a while the class of a failure that was paid for.
    """
    meter, lock = meter or Meter(spend, budget_usd), threading.Lock()
    writer = _Writer(profile, read, analyst, papers_store, meter, asked, matched or {}, keep)
    done = bought = 0

    def one(paper: Paper) -> Analysis:
        nonlocal done, bought
        analysis, fresh = writer.write(paper)
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


@dataclass(frozen=True)
class _Writer:
    """Writes about one paper at a time for `deep_dives`.

    Its fields are the parameters of `deep_dives`.
    """

    profile: Profile
    read: Callable[[Paper], PaperContext]
    analyst: Analyst | None
    papers_store: Papers
    meter: Meter
    asked: Callable[[Paper], str]
    matched: Mapping[str, Sequence[str]]
    keep: bool

    def write(self, paper: Paper) -> tuple[Analysis, bool]:
        """Return the analysis of `paper`, and whether it was made now."""
        if self.analyst is None:
            return self._extract(self.read(paper), None), True
        by, name = self.analyst, self.asked(paper)
        for whole in WHOLE:
            known = self.papers_store.get_analysis(name, made_by(self.profile, by.deepdive_model, whole))
            if known:
                return known.model_copy(update={"version": paper.version}), False
        given = self.read(paper)
        if not given.passages:  # not even an abstract: nothing to ask about
            return self._extract(given, None), True
        made, text = made_by(self.profile, by.deepdive_model, given.text.read_from), text_key(given)
        try:
            found, fresh = self.papers_store.once(
                made.key("analysis", text),
                lambda: self.papers_store.get_analysis(text, made) or self.papers_store.get_unwritten(text, made),
                lambda: self._buy(given, by, made, text),
                WAIT_S,
            )
        except (ModelFailed, ModelDeclined, OverBudget) as error:
            return self._extract(given, error.kind), True
        if isinstance(found, Unwritten):
            return self._extract(given, found.error), True
        if name != text and given.text.read_from in WHOLE and not found.extracted:
            versioned = name != paper.id
            self.papers_store.put_analysis(name, made, found, ANALYSIS_TTL_S if versioned else ASKED_TTL_S)
        return found.model_copy(update={"version": paper.version}), fresh

    def _extract(self, given: PaperContext, error: str | None) -> Analysis:
        found = Extractive().analyse(given, self.profile, matched=self.matched.get(given.paper.id))
        return found.model_copy(update={"error": error})

    def _buy(self, given: PaperContext, by: Analyst, made: ResultKey, text: str) -> Analysis | Unwritten:
        run = self.meter.part()
        try:
            analysis = by.analyse(given, self.profile, run, keep=self.keep)
        except (ModelFailed, ModelDeclined) as error:
            if error.kind in SERVICE_KINDS or run.total == NOTHING:
                raise
            ttl_s = FIRM_TTL_S if error.kind in FIRM else PASSING_TTL_S
            return self.papers_store.put_unwritten(text, made, error.kind, ttl_s)
        if not analysis.extracted:
            self.papers_store.put_analysis(text, made, analysis)
        return analysis
