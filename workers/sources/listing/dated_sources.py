"""Sources that list any one day: what is new to a channel, what came late."""

from collections.abc import Callable
from datetime import date, timedelta

from workers.errors import SourceFailed
from workers.models import Paper
from workers.sources.listing.fetch_result import Fetched, GatherRun, signed
from workers.sources.listing.list_days import LATE_DAYS, STEP_BACK, posting_days
from workers.sources.listing.paper_list import Listing
from workers.sources.spec import SourceSpec
from workers.store.sources.fetch_state import Cached

STABLE_S, MOVING_S = 86_400.0, 900.0
"""Seconds that a day's list serves the same digest day: one that is over, and one that is still running."""


def fetch_dated(spec: SourceSpec, run: GatherRun, read: Callable[[date], Listing], name: str) -> Fetched:
    """The papers of the days that the channel has not had from `spec`.

    `read(day)`: one day's list; `name`: under which it is kept, for all who ask within a digest day. Days had already
    are read again for papers that were entered late: of these only what the channel has not seen.
    """
    days = posting_days(run.today, run.covered(spec.text), run.first, run.running, run.upto)
    if not days:
        return Fetched(spec.text, asked=False)
    late = [days[0] - timedelta(days=i) for i in range(1, LATE_DAYS + 1)]
    late = [day for day in late if day in run.covered(spec.text)]
    got: dict[date, Listing] = {}
    error = None
    try:
        for day in days:
            got[day] = _kept(run, read, name, day)
        if run.first and not any(listing.papers for listing in got.values()):
            for day in (days[0] - timedelta(days=i) for i in range(1, STEP_BACK + 1)):
                got[day] = _kept(run, read, name, day)
                if got[day].papers:
                    break
    except SourceFailed as failed:
        error = failed
    again = _late(run, read, name, late) if not error else {}
    papers: dict[str, Paper] = {}
    for day in sorted(got):
        for paper in got[day].papers:
            papers.setdefault(paper.id, paper)
    return Fetched(
        spec.text,
        signed((*papers.values(), *(p for id, p in again.items() if id not in papers)), spec),
        sum(listing.listed for listing in got.values()),
        tuple(sorted(got)),
        so_far=bool(got) and max(got) >= run.today,
        error=error,
    )


def _late(run: GatherRun, read: Callable[[date], Listing], name: str, days: list[date]) -> dict[str, Paper]:
    """Papers of `days` that the channel has not seen; none if a day is unreadable.

    That day was had before.
    """
    found: dict[str, Paper] = {}
    try:
        for day in days:
            found |= {p.id: p for p in _kept(run, read, name, day).papers}
    except SourceFailed:
        pass
    seen = run.known(list(found)) if found else set()
    return {id: paper for id, paper in found.items() if id not in seen}


def _kept(run: GatherRun, read: Callable[[date], Listing], name: str, day: date) -> Listing:
    """A day's list, read once in a digest day."""

    def ask(_: Cached | None) -> Cached:
        over = day < run.today
        return Cached(read(day).dump(), run.scope, run.fetches.clock() + (STABLE_S if over else MOVING_S))

    return Listing.load(run.fetches.once(f"{name}:{day}", run.scope, ask))
