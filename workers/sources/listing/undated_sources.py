"""Sources that show only their latest papers: each look is noted.

What was on the list for the first time is the news of that UTC day. A channel gets the news since the last day that it
had, that day included; what it has seen of it is left out.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from workers.errors import SourceFailed
from workers.models import Paper
from workers.sources.listing.fetch_result import Fetched, GatherRun, signed
from workers.sources.listing.list_days import POSTING_LOOK_BACK
from workers.sources.listing.paper_list import Listing
from workers.sources.spec import SourceSpec
from workers.store.sources.sightings import Sightings

LOOK_S = 900.0
"""Seconds in which a list is not looked at again, whoever asks."""

FIRST_DAYS = 7
"""Of a list that is read for the first time, papers that are older than this by their own date are no news."""

FIRST_DATELESS = 30
"""Of such a list, papers without a date that count as news: the first ones."""

BEGIN_DAYS = 3
"""Days of news that a channel's first digest gets: a journal does not publish every day."""


Completed = Callable[[Sequence[Paper]], Sequence[Paper]]
"""Adds to new papers what their list does not say of them."""


def fetch_sliding(
    spec: SourceSpec,
    run: GatherRun,
    read: Callable[[], Listing],
    name: str,
    *,
    every_s: float = LOOK_S,
    complete: Completed = list,
) -> Fetched:
    """What `read()` lists that is new to the channel.

    `name`: under which the looks are kept; `every_s`: seconds between them.
    """
    ledger, error, listed = Sightings(run.fetches.redis), None, 0
    today = run.now.astimezone(UTC).date()
    if run.upto is None or run.upto >= today:
        try:
            listed = look(ledger, run, read, name, every_s, complete)
        except SourceFailed as failed:
            error = failed
    end = min(run.upto, today) if run.upto else today
    had = [day for day in run.covered(spec.text) if day <= end]
    begin = end - timedelta(days=(BEGIN_DAYS if run.first or not had else POSTING_LOOK_BACK) - 1)
    begin = max(begin, max(had)) if had and not run.first else begin
    days = [begin + timedelta(days=i) for i in range((end - begin).days + 1)]
    found = {p.id: p for p in ledger.seen_on(name, days)}
    seen = run.known(list(found)) if found else set()
    papers = tuple(paper for id, paper in found.items() if id not in seen)
    covered = {p.listed for p in papers if p.listed} | (set() if error else {end})
    return Fetched(spec.text, signed(papers, spec), max(listed, len(papers)), tuple(sorted(covered)), error=error)


def look_at(
    run: GatherRun, read: Callable[[], Listing], name: str, every_s: float = LOOK_S, complete: Completed = list
) -> None:
    """Look at the list for whoever asks later. SourceFailed as `read`."""
    look(Sightings(run.fetches.redis), run, read, name, every_s, complete)


def look(
    ledger: Sightings, run: GatherRun, read: Callable[[], Listing], name: str, every_s: float, complete: Completed
) -> int:
    """Read the list and note what is new on it; how many papers were listed.

    0 and no reading where that was done just now.
    """
    now = run.now.timestamp()
    with run.fetches.alone(f"sighted:{name}"):
        last = ledger.looked(name)
        if 0 <= now - last < every_s:
            return 0
        listing = read()
        by_id = {p.id: p for p in listing.papers}
        unknown = ledger.unknown(name, list(by_id))
        new = [paper for id, paper in by_id.items() if id in unknown]
        if not last:
            new = _recent(new, run.now)
        ledger.note(name, run.now.astimezone(UTC).date(), list(by_id), list(complete(new)), now)
        return listing.listed


def _recent(papers: Sequence[Paper], now: datetime) -> list[Paper]:
    """Of a list seen for the first time, what may pass for news."""
    oldest: date = now.date() - timedelta(days=FIRST_DAYS)
    dateless = [p.id for p in papers if p.published is None][:FIRST_DATELESS]
    return [p for p in papers if (p.published.date() >= oldest if p.published else p.id in dateless)]
