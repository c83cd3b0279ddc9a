"""Makes one digest for one channel, step by step.

Everything that can be lost half-way is either kept by key (fetched lists, scores, analyses) or written in one
transaction at the end (`Memory.commit`), so a run may be killed anywhere and simply run again.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from redis import Redis

from prompts import Profile
from workers.analysis import prices
from workers.analysis.analyst import Analyst, choose
from workers.analysis.budget import Meter, meter_for
from workers.analysis.deepdive import Written, deep_dives
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.score import Scored, Taste, score_papers
from workers.channels.recipients import day_end, profile_of, target
from workers.digest import failure_log
from workers.digest.candidates import fresh_papers, settled_by
from workers.digest.compose import RunFindings, compose
from workers.digest.costs import bill_notes, spent_of
from workers.digest.day_candidates import day_of
from workers.digest.failure_log import note_model, note_sources
from workers.digest.improve_later import better, can_improve, is_better, unread
from workers.digest.messages import parts_of
from workers.digest.parameters import DigestParameters
from workers.digest.pick import is_quiet, worth_again
from workers.digest.prefetch import reading
from workers.digest.read_paper import context_of
from workers.digest.relations import related
from workers.digest.taste import foretold, lesson_of, likes_of, picks_of
from workers.models import LOCAL, Digest, Paper, Score
from workers.render import markdown
from workers.render.digest import kept
from workers.settings import Settings
from workers.sources.gather import Fetched, gather
from workers.sources.http.client import HttpClient
from workers.sources.listing.backoff import resting
from workers.sources.listing.list_days import weekdays_before
from workers.sources.spec import parse_spec, sampled
from workers.store import archive
from workers.store.channels.day_candidates import DayCandidates
from workers.store.channels.memory import Memory, Settled
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import Outbox
from workers.store.operations.incidents import Incidents
from workers.store.operations.spend import Spend
from workers.store.papers.records import Papers
from workers.store.sources.fetch_state import Fetches
from workers.store.tasks.progress import Progress, Step

log = logging.getLogger(__name__)

Clock = Callable[[], float]


class DigestMaker:
    """Makes digests.

    `clock` gives seconds since 1970. `asked`: it serves a person who asks, not a digest.
    `channel`: for whom; what a stranger may cost has bounds of its own.
    """

    def __init__(
        self, redis: "Redis", settings: Settings, clock: Clock = time.time, *, channel: str = "", asked: bool = False
    ) -> None:
        self.redis, self.settings, self.clock, self.channel, self.asked = redis, settings, clock, channel, asked
        prices.use(settings.model_prices)
        self.memory, self.papers, self.spend, self.fetches = Memory(redis), Papers(redis), Spend(redis), Fetches(redis)
        self.refusals: dict[str, str] = {}  # see Meter.refusals

    def make(self, slot: str, attempt: int, order: DigestParameters) -> Digest | None:
        """The digest of a slot: composed, committed and archived.

        None if another worker has taken the slot over.
        """
        digest = None if order.dry else self.memory.digest(slot)
        if digest is None:
            digest, settled = self.compose(slot, order)
            if order.dry:
                return self.memory.preview(slot, digest)
            quiet = is_quiet(digest, self.profile_of(order.channel, order.profile)) and not self.memory.asked(slot)
            parts = [] if quiet else parts_of(digest, self.settings, slot)
            until = day_end(target(self.settings, order.channel, Channels(self.redis).get(order.channel)), self.clock())
            if not self.memory.commit(slot, attempt, order.memory, digest, settled, parts, self.clock(), until):
                return None
            self.memory.clear_skipped(order.channel)
        self.papers.put_papers(kept(pick.paper) for pick in digest.picks)
        self.archive(digest)
        return digest

    def compose(self, slot: str, order: DigestParameters) -> tuple[Digest, Settled]:
        """Fetch, score, pick, write: the digest and what it adds to the channel's memory."""
        started = time.monotonic()
        progress = Progress(self.redis, slot)
        profile = self.profile_of(order.channel, order.profile)
        sources = len(sampled(profile.sources) if order.sample else profile.sources)
        progress.tell(Step("fetch", 0, sources))
        fetched = self.fetch(order, profile)
        progress.tell(Step("fetch", sources, sources))
        papers, counts = fresh_papers(fetched, self.memory, order.memory)
        analyst = choose(self.settings)
        with reading(papers if analyst else [], profile, self._read) as ahead:
            taste = partial(lesson_of, self.redis, slot, order.channel, keep=not order.dry)
            scored = self.score(papers, profile, analyst, progress, on_score=ahead.scored, taste=taste)
        note_model(self.redis, [(s.by, s.error) for s in scored.scores], self.clock(), scored.cached, self.refusals)
        picks = picks_of(papers, scored, profile)
        progress.tell(Step("write", 0, len(picks)))
        written = self.write([paper for paper, _ in picks], profile, analyst, [score for _, score in picks], progress)
        failure_log.sources(slot, order.channel, fetched)
        failure_log.papers(slot, order.channel, [*scored.scores, *written.analyses])
        notes = list(dict.fromkeys([*scored.notes, *written.notes]))
        if not order.sample and self.memory.skipped(order.channel):
            notes.append("skipped")
        notes += bill_notes(scored.usage + written.usage)
        work = RunFindings(
            sources=counts,
            papers=tuple(papers),
            scores=tuple(scored.scores),
            dropped=len(scored.dropped),
            barred=len(scored.barred),
            cached=scored.cached,
            picks=tuple(picks),
            analyses=tuple(written.analyses),
            scorer=next((s.by for s in scored.scores if s.by != LOCAL), LOCAL),
            spent=spent_of(scored.usage + written.usage),
            seconds=time.monotonic() - started,
            notes=tuple(notes),
        )
        made = datetime.fromtimestamp(self.clock(), UTC)
        digest = compose(work, profile, channel=order.channel, day=order.day, made=made, sample=order.sample)
        digest = related(self.redis, self.settings, digest)
        if not order.dry:
            DayCandidates(self.redis).put(
                slot, day_of(digest, [p for p in papers if p.id not in scored.barred], scored.scores)
            )
        log.info("digest_composed", extra={"slot": slot, "picks": len(picks), "candidates": len(papers)})
        settled = settled_by(fetched, papers, scored, picks, self._start_marks(order, fetched))
        return digest, replace(settled, foretold=foretold(slot, scored.lesson, picks))

    def upgrade(self, task: str, attempt: int, slot: str, order: DigestParameters) -> tuple[int, bool]:
        """Make a posted digest better.

        What left a day empty is tried again, what no model could write is written. May run twice.
        Returns how many messages there are to edit or add, and whether nothing is left to better.
        """
        digest = self.memory.digest(slot)
        if digest is None:
            return 0, True
        if worth_again(digest):
            newer, settled = self.compose(slot, order)
            if not worth_again(newer) or digest.empty == "all_failed" != newer.empty:
                if not self.memory.recommit(task, attempt, slot, order.memory, newer, settled, self.clock()):
                    return 0, True
                digest = newer
                self.papers.put_papers(kept(pick.paper) for pick in digest.picks)
        elif can_improve(digest):
            digest = self._rewrite(digest)
            self.memory.replace(slot, digest)
        self.archive(digest)
        touched = Outbox(self.redis).revise(slot, parts_of(digest, self.settings, slot))
        return touched, not can_improve(digest)

    def _rewrite(self, digest: Digest) -> Digest:
        """The digest with those analyses written that a model could not write before."""
        missing = [p for p in digest.picks if p.analysis.extracted or unread(p.analysis)]
        papers, scores = [p.paper for p in missing], [p.score for p in missing]
        profile = self.profile_of(digest.channel, digest.profile)
        written = self.write(papers, profile, choose(self.settings), scores)
        before = {p.paper.id: p.analysis for p in missing}
        found = [a for a in written.analyses if is_better(a, before[a.id])]
        return better(digest, found, spent_of(written.usage))

    def archive(self, digest: Digest) -> None:
        """Write the day's Markdown file, if this channel's digest is the one to keep."""
        if not self.memory.owns_archive(digest):
            return
        text = markdown.archive(digest, arxiv_url=self.settings.arxiv_url)
        beside = digest.sample and self.memory.has_real_archive(digest)
        try:
            archive.write(self.settings, digest, text, beside=beside)
        except OSError as error:  # a full disk, a wrong folder, a store that is away: the digest goes out all the same
            log.warning("archive_not_written", extra={"setting": "ARCHIVE_DIR", "error": error.strerror})

    def profile_of(self, channel: str, name: str) -> Profile:
        """The profile with the channel's own settings on top."""
        return profile_of(name, Channels(self.redis).get(channel))

    def fetch(self, order: DigestParameters, profile: Profile) -> list[Fetched]:
        """What the profile's sources have for this channel.

        Those that failed too often lately are left alone.
        """
        now = datetime.fromtimestamp(self.clock(), UTC)
        specs = sampled(profile.sources) if order.sample else profile.sources
        rest = resting(specs, Incidents(self.redis).failing(), self.clock())
        got = gather(
            [s for s in specs if parse_spec(s).text not in rest],
            lambda source: self.memory.covered(order.memory, source),
            now=now,
            first=self.memory.fresh(order.memory),
            running=profile.running_day,
            upto=order.upto,
            known=lambda ids: self.memory.known(order.memory, ids),
            likes=lambda: likes_of(self.redis, order.channel),
            http=HttpClient(self.settings, self.fetches),
            fetches=self.fetches,
            settings=self.settings,
        )
        note_sources(self.redis, got, self.clock())
        return [*got, *(Fetched(spec, error=error) for spec, error in rest.items())]

    def _start_marks(self, order: DigestParameters, fetched: list[Fetched]) -> dict[str, tuple[date, ...]]:
        """Where the catch-up begins of sources that failed before they ever had a list."""
        end = order.upto or datetime.fromtimestamp(self.clock(), UTC).date() - timedelta(days=1)
        before = list(weekdays_before(end + timedelta(days=1), 2))[-1]
        failed = (f.spec for f in fetched if f.error and not f.had)
        return {spec: (before,) for spec in failed if not self.memory.covered(order.memory, spec)}

    def score(
        self,
        papers: list[Paper],
        profile: Profile,
        analyst: Analyst | None,
        progress: Progress,
        *,
        local: bool = False,
        on_score: Callable[[Score], None] | None = None,
        taste: Taste | None = None,
    ) -> Scored:
        """Score papers with this set-up's analyst, store and budget.

        `local`: by the local ranker only.
        """
        progress.tell(Step("score", 0, len(papers)))
        return score_papers(
            papers,
            profile,
            analyst=analyst,
            papers_store=self.papers,
            meter=self.meter(),
            concurrency=self.settings.model_concurrency,
            on_progress=lambda done, total: progress.tell(Step("score", done, total)),
            on_score=on_score,
            local_only=local,
            taste=taste,
        )

    def meter(self) -> Meter:
        """What calls run on."""
        made = meter_for(self.settings, self.spend, self.channel, digest=not self.asked)
        made.refusals = self.refusals
        return made

    def _read(self, paper: Paper) -> PaperContext:
        return context_of(self.redis, self.settings, paper)

    def write(
        self,
        papers: list[Paper],
        profile: Profile,
        analyst: Analyst | None,
        scores: Sequence[Score] = (),
        progress: Progress | None = None,
        *,
        read: Callable[[Paper], PaperContext] | None = None,
        asked: str = "",
        keep: bool = False,
    ) -> Written:
        """Read and analyse papers with this set-up's analyst, store and budget.

        `asked`: by which id somebody asked.
        """
        written = deep_dives(
            papers,
            profile,
            read=read or self._read,
            keep=keep,
            analyst=analyst,
            papers_store=self.papers,
            meter=self.meter(),
            asked=lambda paper: asked or paper.ref,
            concurrency=self.settings.model_concurrency,
            matched={score.id: score.matched for score in scores},
            on_progress=(lambda done, total: progress.tell(Step("write", done, total))) if progress else None,
        )
        note_model(self.redis, [(a.by, a.error) for a in written.analyses], self.clock(), written.cached, self.refusals)
        return written
