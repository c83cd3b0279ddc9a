"""All sources of a profile, fetched side by side. A source that hangs or sends garbage costs only itself."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from redis.exceptions import RedisError

from workers.errors import SourceFailed
from workers.models import Paper
from workers.settings import Settings
from workers.sources import arxiv, huggingface
from workers.sources.days import STEP_BACK, list_days, weekdays_before
from workers.sources.http import Door
from workers.sources.listing import Listing
from workers.sources.spec import SourceSpec, parse_spec
from workers.store.fetch_state import Fetches

GATHER_S = 60.0
"""Seconds for all sources together; a digest leaves at the latest a minute later, whatever hangs."""

SAMPLE = Path(__file__).parent / "sample" / "day.json"


@dataclass(frozen=True)
class Fetched:
    """What one source gave. With `error` set, `papers` and `days` are what came before the failure."""

    spec: str
    papers: tuple[Paper, ...] = ()
    """Candidates, each once, `sources` set to this spec."""
    listed: int = 0
    """Papers on the lists read."""
    days: tuple[date, ...] = ()
    """List days read (arXiv: the label of its feed), oldest first."""
    so_far: bool = False
    """True where the last of `days` was still running."""
    error: SourceFailed | None = None
    asked: bool = True
    """False where the channel has had all lists there are: nothing was fetched."""

    @property
    def had(self) -> tuple[date, ...]:
        """Days to remember as covered: those read, without one still running."""
        return self.days[:-1] if self.so_far else self.days


@dataclass(frozen=True)
class _Run:
    """What the fetches of one gather() share."""

    http: Door
    fetches: Fetches
    settings: Settings
    covered: Callable[[str], set[date]]
    today: date
    first: bool
    running: bool
    upto: date | None

    @property
    def scope(self) -> str:
        """The digest day: within it a list is read once, whoever asks."""
        return (self.upto or self.today).isoformat()


def gather(
    specs: Sequence[str],
    covered: Callable[[str], set[date]],
    *,
    today: date | None = None,
    first: bool = False,
    running: bool = False,
    upto: date | None = None,
    http: Door,
    fetches: Fetches,
    settings: Settings,
    limit_s: float = GATHER_S,
) -> list[Fetched]:
    """What each of `specs` gives, in their order, within `limit_s` seconds; see `list_days` for the other words.

    `covered(spec)`: list days the channel has had from that spec. `today`: UTC date, default now. BadInput for a spec
    that names no source; every other failure is in its Fetched.
    """
    parsed = list({s.text: s for s in map(parse_spec, specs)}.values())
    run = _Run(http, fetches, settings, covered, today or datetime.now(UTC).date(), first, running, upto)
    jobs: list[tuple[list[SourceSpec], Callable[[list[SourceSpec], _Run], list[Fetched]]]] = [
        ([s], _huggingface if s.kind == "huggingface" else _sample) for s in parsed if s.kind != "arxiv"
    ]
    feeds = [s for s in parsed if s.kind == "arxiv"]
    if feeds:
        jobs.append((feeds, _arxiv))
    results: dict[str, Fetched] = {}

    def work(mine: list[SourceSpec], fetch: Callable[[list[SourceSpec], _Run], list[Fetched]]) -> None:
        try:
            got = fetch(mine, run)
        except SourceFailed as error:
            got = [Fetched(s.text, error=error) for s in mine]
        except Exception as error:  # noqa: BLE001 - a source's bug must not take the digest with it; the class is kept
            got = [Fetched(s.text, error=_broken(s, error)) for s in mine]
        results.update({f.spec: f for f in got})

    threads = [threading.Thread(target=work, args=job, name="source", daemon=True) for job in jobs]
    end = time.monotonic() + limit_s
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    done = dict(results)
    found = [done.get(s.text) or Fetched(s.text, error=_late(s, limit_s)) for s in parsed]
    for spec, one in zip(parsed, found, strict=True):
        if one.error and one.error.kind == "garbage":  # the door has counted what did not come at all
            with contextlib.suppress(RedisError):
                fetches.failed(spec.kind, "garbage")
    return found


def _huggingface(specs: list[SourceSpec], run: _Run) -> list[Fetched]:
    spec = specs[0]
    days = list_days(run.today, run.covered(spec.text), run.first, run.running, run.upto)
    got: dict[date, Listing] = {}
    error = None
    try:
        for day in days:
            got[day] = _day(run, day, spec.top)
        if run.first and not any(listing.papers for listing in got.values()):
            for day in weekdays_before(days[0] if days else run.today, STEP_BACK):
                got[day] = _day(run, day, spec.top)
                if got[day].papers:
                    break
    except SourceFailed as failed:
        error = failed
    read = tuple(sorted(got))
    papers = {p.id: p for day in reversed(read) for p in got[day].papers}
    ordered = {p.id: papers[p.id] for day in read for p in got[day].papers}
    return [
        Fetched(
            spec.text,
            _signed(tuple(ordered.values()), spec),
            sum(listing.listed for listing in got.values()),
            read,
            bool(read) and read[-1] >= run.today,
            error,
            asked=bool(days),
        )
    ]


def _day(run: _Run, day: date, top: int | None) -> Listing:
    return huggingface.fetch_day(run.http, run.fetches, run.settings, day, top, scope=run.scope, today=run.today)


def _arxiv(specs: list[SourceSpec], run: _Run) -> list[Fetched]:
    """One request for the categories of all `specs`; where arXiv knows one of them not, each is asked for itself."""
    categories = list(dict.fromkeys(c for spec in specs for c in spec.categories))
    try:
        listing = arxiv.fetch_announcement(run.http, run.fetches, run.settings, categories, scope=run.scope)
    except SourceFailed as error:
        if len(specs) == 1 or error.fields.get("status") != 400:
            return [Fetched(spec.text, error=error) for spec in specs]
        return [fetched for spec in specs for fetched in _arxiv([spec], run)]
    days = (listing.label,) if listing.label else ()
    result = []
    for spec in specs:
        mine = tuple(p for p in listing.papers if len(specs) == 1 or spec.holds(p.categories))
        listed = listing.listed if len(specs) == 1 else len(mine)
        result.append(Fetched(spec.text, _signed(mine, spec), listed, days))
    return result


def _sample(specs: list[SourceSpec], run: _Run) -> list[Fetched]:
    """The bundled sample day: 15 papers written for this project. No network."""
    try:
        items = json.loads(SAMPLE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise SourceFailed("The sample day cannot be read; install again.", source="sample", kind="garbage") from None
    listing = huggingface.from_items(items, run.upto or run.today, fictional=True)
    return [Fetched(specs[0].text, _signed(listing.papers, specs[0]), listing.listed)]


def _signed(papers: tuple[Paper, ...], spec: SourceSpec) -> tuple[Paper, ...]:
    return tuple(p.model_copy(update={"sources": (spec.text,)}) for p in papers)


def _late(spec: SourceSpec, limit_s: float) -> SourceFailed:
    return SourceFailed(f"{spec.label} did not answer within {limit_s:.0f} s.", source=spec.kind, kind="timeout")


def _broken(spec: SourceSpec, error: Exception) -> SourceFailed:
    return SourceFailed(f"{spec.label} could not be read ({type(error).__name__}).", source=spec.kind, kind="garbage")
