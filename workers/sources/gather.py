"""Fetches all sources of a profile side by side; one failing costs itself."""

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime
from datetime import time as dt_time

from redis.exceptions import RedisError

from workers.errors import SourceFailed
from workers.models import ListNote
from workers.settings import Settings
from workers.sources import (
    biorxiv,
    feed,
    huggingface,
    huggingface_lists,
    openalex,
    openreview,
    pubmed,
    sample_day,
    semanticscholar,
)
from workers.sources.arxiv.announcements import Announced, FoundLists
from workers.sources.http.client import HttpClient
from workers.sources.listing.fetch_result import Fetched as Fetched
from workers.sources.listing.fetch_result import GatherRun, Likes, signed
from workers.sources.listing.list_days import STEP_BACK, announced_days, list_days, weekdays_before
from workers.sources.listing.paper_list import Listing
from workers.sources.spec import SourceSpec, parse_spec
from workers.sources.twins import unified
from workers.store.sources.fetch_state import Fetches

GATHER_S = 60.0
"""Seconds for all sources together; a digest leaves at the latest a minute later, whatever hangs."""

ENOUGH = 0.6
"""Share of that time after which no further page is begun: what has been read by then must still be handed over."""

NOON = dt_time(12)
"""UTC time of a day that is given without one."""


def gather(
    specs: Sequence[str],
    covered: Callable[[str], set[date]],
    *,
    today: date | None = None,
    first: bool = False,
    running: bool = False,
    known: Callable[[Collection[str]], set[str]] = lambda ids: set(),
    likes: Callable[[], Likes] = Likes,
    upto: date | None = None,
    now: datetime | None = None,
    http: HttpClient,
    fetches: Fetches,
    settings: Settings,
    limit_s: float = GATHER_S,
) -> list[Fetched]:
    """What each of `specs` gives, in their order, within `limit_s` seconds.

    `covered(spec)`: list days the channel has had from that spec; `known(ids)`: which papers it has seen; `likes()`:
    what it liked. `now`: default noon of `today` (a UTC date), and that the day of `now`, and that the clock's. For the
    other parameters see `list_days`. A paper that several list is one record in all of them. BadInput for a spec that
    names no source; other failures are in their Fetched.
    """
    parsed = list({s.text: s for s in map(parse_spec, specs)}.values())
    now = now or (datetime.combine(today, NOON, UTC) if today else datetime.now(UTC))
    today, until = today or now.date(), time.monotonic() + ENOUGH * limit_s
    run = GatherRun(http, fetches, settings, covered, known, today, first, running, upto, now, until, likes)
    jobs: list[tuple[list[SourceSpec], Callable[[list[SourceSpec], GatherRun], list[Fetched]]]] = [
        ([s], _reader(s)) for s in parsed if s.kind != "arxiv"
    ]
    feeds = [s for s in parsed if s.kind == "arxiv"]
    if feeds:
        jobs.append((feeds, _arxiv))
    results: dict[str, Fetched] = {}

    def work(mine: list[SourceSpec], fetch: Callable[[list[SourceSpec], GatherRun], list[Fetched]]) -> None:
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
        if one.error and one.error.kind == "garbage":  # the HTTP client has counted what did not come at all
            with contextlib.suppress(RedisError):
                fetches.failed(spec.kind, "garbage")
    return unified(found)


def _huggingface(specs: list[SourceSpec], run: GatherRun) -> list[Fetched]:
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
    again = sorted({listing.again for listing in got.values() if listing.again})
    if again and not error:
        error = SourceFailed(f"{huggingface.NAME} sent an old list.", source="huggingface", kind="stale")
    read = tuple(day for day in sorted(got) if not got[day].again)
    papers = {p.id: p for day in reversed(read) for p in got[day].papers}
    ordered = {p.id: papers[p.id] for day in read for p in got[day].papers}
    return [
        Fetched(
            spec.text,
            signed(tuple(ordered.values()), spec),
            sum(listing.listed for listing in got.values()),
            read,
            bool(read) and read[-1] >= run.today,
            error,
            asked=bool(days),
            lists=(ListNote(kind="again", days=tuple(again)),) if again else (),
        )
    ]


def _day(run: GatherRun, day: date, top: int | None) -> Listing:
    return huggingface.fetch_day(run.http, run.fetches, run.settings, day, top, scope=run.scope, today=run.today)


def _arxiv(specs: list[SourceSpec], run: GatherRun) -> list[Fetched]:
    """The days of all `specs` at once.

    Where arXiv does not know one of their categories, each spec for itself.
    """
    days = {s.text: announced_days(run.now, run.covered(s.text), run.first, run.upto) for s in specs}
    wanted: dict[str, set[date]] = {}
    for spec in specs:
        for category in spec.categories:
            wanted.setdefault(category, set()).update(days[spec.text])
    announced = Announced(run.http, run.fetches, run.settings, run.now.timestamp, run.until)
    try:
        brought = announced.bring({c: sorted(mine) for c, mine in wanted.items()})
        if run.first and not any(one.papers for one in brought.lists.values()) and not brought.failures:
            brought = _step_back(announced, brought, wanted, days)
    except SourceFailed as error:
        if len(specs) == 1:
            return [Fetched(specs[0].text, error=error)]
        return [fetched for spec in specs for fetched in _arxiv([spec], run)]
    return [_announced(spec, days[spec.text], brought) for spec in specs]


def _step_back(
    announced: Announced, brought: FoundLists, wanted: dict[str, set[date]], days: dict[str, list[date]]
) -> FoundLists:
    """The weekdays before, where a first digest has a day without announcement.

    Up to STEP_BACK of them, one after the other.
    """
    newest = max((d for mine in days.values() for d in mine), default=None)
    for day in weekdays_before(newest, STEP_BACK) if newest and not brought.unsure else ():
        for mine in days.values():
            mine.insert(0, day)
        brought = announced.bring({c: sorted({*mine, day}) for c, mine in wanted.items()})
        if any(one.papers for one in brought.lists.values()) or brought.failures:
            break
    return brought


def _announced(spec: SourceSpec, days: list[date], brought: FoundLists) -> Fetched:
    """What one spec has of what was brought.

    A day counts as read where the lists of all its categories are there.
    """
    mine = {key: one for key, one in brought.lists.items() if key[0] in spec.categories}
    labels = {day for _, day in mine} - {day for day in days if any((c, day) not in mine for c in spec.categories)}
    papers = {p.id: p for _, one in sorted(mine.items(), key=lambda item: item[0][1], reverse=True) for p in one.papers}
    ordered = {p.id: papers[p.id] for key in sorted(mine, key=lambda key: key[1]) for p in mine[key].papers}
    alone = len(spec.categories) == 1
    error = next((brought.failures[c] for c in spec.categories if c in brought.failures), None)
    return Fetched(
        spec.text,
        signed(tuple(ordered.values()), spec),
        sum(one.listed for one in mine.values()) if alone else len(ordered),
        tuple(sorted(labels)),
        error=error,
        asked=bool(days),
        lists=tuple(note for c in spec.categories for note in brought.notes.get(c, [])),
        unsure=tuple(sorted({day for c, day in brought.unsure if c in spec.categories})),
    )


def _sample(spec: SourceSpec, run: GatherRun) -> Fetched:
    """A list of the bundled sample day: papers written for this project. No network."""
    listing = sample_day.listed(spec.what, run.upto or run.today)
    return Fetched(spec.text, signed(listing.papers, spec), listing.listed)


def _late(spec: SourceSpec, limit_s: float) -> SourceFailed:
    return SourceFailed(f"{spec.label} did not answer within {limit_s:.0f} s.", source=spec.kind, kind="timeout")


def _broken(spec: SourceSpec, error: Exception) -> SourceFailed:
    return SourceFailed(f"{spec.label} could not be read ({type(error).__name__}).", source=spec.kind, kind="garbage")


def _each(fetch: Callable[[SourceSpec, GatherRun], Fetched]) -> Callable[[list[SourceSpec], GatherRun], list[Fetched]]:
    return lambda specs, run: [fetch(spec, run) for spec in specs]


def _reader(spec: SourceSpec) -> Callable[[list[SourceSpec], GatherRun], list[Fetched]]:
    return _each(huggingface_lists.fetch) if spec.kind == "huggingface" and spec.what else READERS[spec.kind]


READERS: dict[str, Callable[[list[SourceSpec], GatherRun], list[Fetched]]] = {
    "huggingface": _huggingface,
    "biorxiv": _each(biorxiv.fetch),
    "medrxiv": _each(biorxiv.fetch),
    "feed": _each(feed.fetch),
    "pubmed": _each(pubmed.fetch),
    "openalex": _each(openalex.fetch),
    "openreview": _each(openreview.fetch),
    "semanticscholar": _each(semanticscholar.fetch),
    "sample": _each(_sample),
}
"""Kind of a spec -> who fetches it; arXiv's are fetched together."""

LOOKS: dict[str, Callable[[SourceSpec, GatherRun], None]] = {
    "feed": feed.look,
    "huggingface": huggingface_lists.look,
    "openalex": openalex.look,
    "openreview": openreview.look,
}
"""Kind of a spec whose source only shows its latest papers -> who looks at it between digests."""


def look_between(specs: Sequence[str], run: GatherRun) -> list[SourceFailed]:
    """Look at those of `specs` that forget what they showed. Returns what failed."""
    failed = []
    for spec in {s.text: s for s in map(parse_spec, specs) if s.kind in LOOKS}.values():
        try:
            if time.monotonic() < run.until:
                LOOKS[spec.kind](spec, run)
        except SourceFailed as error:
            failed.append(error)
    return failed
