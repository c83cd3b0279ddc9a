"""Reads arXiv's announcements: ledger, feed, dated pages, then OAI-PMH.

The feed holds one day's list only, is built at midnight in New York, and now and then serves an old list under a new
date. So what it sends is taken for a day's list only where papers of it are new; a day that it never had, or had again,
is read from a page that says for which day it is.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from workers.errors import SourceFailed
from workers.models import ListNote, Paper
from workers.settings import Settings
from workers.sources.arxiv import dated_lists as arxiv_lists
from workers.sources.arxiv import feed_and_api as arxiv
from workers.sources.arxiv import oai
from workers.sources.http.client import HttpClient
from workers.sources.listing.list_days import ARXIV_ZONE, arxiv_day
from workers.sources.listing.paper_list import Listing
from workers.sources.spec import holds
from workers.store.sources.announcements import TITLES_S, Announcements, DayList
from workers.store.sources.fetch_state import Fetches

BUILT_BY = 1
"""Hour in New York by which the feed has the day's list (built within seconds of midnight); before, it may be late."""

KEPT_DAYS = 7
"""Days back that the ledger is kept whole."""

ANNOUNCED_AT = 20
"""Hour in New York at which the next day's list is announced; a feed built from then on may carry it already."""

NEAR = timedelta(days=4)
"""A label no further from the day that is due is one that lags or leads (over a weekend, three days); one that is
further off tells nothing."""

SETTLED = timedelta(days=2)
"""From this age on, a day of which OAI-PMH has no record had no announcement."""

OAI_S = 30.0
"""Seconds for one page of OAI-PMH, which gathers a thousand records."""


@dataclass
class FoundLists:
    """The lists found, by category and day, and what to tell of each category."""

    lists: dict[tuple[str, date], DayList] = field(default_factory=dict)
    notes: dict[str, list[ListNote]] = field(default_factory=dict)
    failures: dict[str, SourceFailed] = field(default_factory=dict)
    """Category -> why its newest list could not be read."""
    unsure: set[tuple[str, date]] = field(default_factory=set)
    """Lists that were empty in the feed, which nothing could confirm: shown, not remembered."""

    def note(self, category: str, kind: str, day: date | None = None, error: str | None = None) -> None:
        """Remember what must be told, days of one kind together."""
        mine = self.notes.setdefault(category, [])
        same = next((n for n in mine if (n.kind, n.error) == (kind, error)), None)
        days = tuple(sorted({*(same.days if same else ()), *([day] if day else [])}))
        if same:
            mine.remove(same)
        mine.append(ListNote(category=category, kind=kind, days=days, error=error))


@dataclass
class Announced:
    """Brings announcement days.

    `clock` gives seconds since 1970; nothing new is begun after `until` (monotonic).
    """

    http: HttpClient
    fetches: Fetches
    settings: Settings
    clock: Callable[[], float] = time.time
    until: float = float("inf")

    def __post_init__(self) -> None:
        self.ledger = Announcements(self.fetches.redis)
        self._asked: list[str] = []
        self.now = datetime.fromtimestamp(self.clock(), UTC)

    def bring(self, wanted: Mapping[str, Sequence[date]]) -> FoundLists:
        """The lists of `wanted` (category -> days).

        One request to the feed where the newest days are missing. SourceFailed where arXiv does not know one of the
        categories (status 400); every other failure is told in what is returned.
        """
        found = FoundLists()
        missing = {c: self._missing(c, days, found) for c, days in wanted.items()}
        newest = max((d for days in wanted.values() for d in days), default=date.min)
        lacking = [c for c, days in missing.items() if newest in days]
        feed: Listing | SourceFailed | None = None
        if lacking and newest >= self._last_weekday():
            feed = self._feed(lacking)
        for category, days in missing.items():
            early = [d for d in days if d != newest or category not in lacking]
            for day in early:
                self._gap(category, day, found)
        for category in lacking:
            if feed is None:
                self._gap(category, newest, found)
            elif isinstance(feed, SourceFailed):
                self._gap(category, newest, found, feed)
            else:
                self._judge(category, newest, feed, found, alone=len(lacking) == 1)
        return found

    def fill(self, categories: Sequence[str]) -> FoundLists:
        """Bring the ledger of each category up to date.

        It gets the newest day, and what is missing since its first of late. Failures are told in what is returned; of a
        category that arXiv does not know, too.
        """
        found = FoundLists()
        try:
            return self.bring({c: self._due(c) for c in categories})
        except SourceFailed as error:
            if len(categories) == 1:
                found.failures[categories[0]] = error
                return found
        for category in categories:
            mine = self.fill([category])
            found.lists |= mine.lists
            found.failures |= mine.failures
            found.notes |= mine.notes
        return found

    def _due(self, category: str) -> list[date]:
        newest = self._last_weekday()
        days = [newest - timedelta(days=i) for i in reversed(range(KEPT_DAYS))]
        known = self.ledger.titles(category, days)
        return [d for d in days if d.weekday() < 5 and (d == newest or (known and min(known) < d))]

    def _missing(self, category: str, days: Sequence[date], found: FoundLists) -> list[date]:
        """Days that the ledger does not have; those that it has are in `found`."""
        missing = []
        for day in days:
            kept = self.ledger.get(category, day)
            if kept is None:
                missing.append(day)
            else:
                self._have(category, kept, found)
        return missing

    def _have(self, category: str, kept: DayList, found: FoundLists) -> None:
        found.lists[category, kept.day] = kept
        if kept.again:
            found.note(category, "again", kept.again)
        if kept.failed:
            found.note(category, "feed_failed", error=kept.failed)
        if kept.way != "feed" and kept.papers:
            found.note(category, kept.way, kept.day)

    def _feed(self, categories: Sequence[str]) -> Listing | SourceFailed:
        self._asked = list(categories)
        try:
            scope = arxiv_day(self.now).isoformat()
            now = datetime.fromtimestamp(self.fetches.clock(), UTC)
            fetch = arxiv.fetch_announcement
            return fetch(self.http, self.fetches, self.settings, categories, scope=scope, now=now)
        except SourceFailed as error:
            if error.fields.get("status") == 400:
                raise
            return error

    def _judge(self, category: str, due: date, feed: Listing, found: FoundLists, *, alone: bool) -> None:
        """Decide which day's list of `category` the feed has.

        The list of `due` is missing.
        """
        mine = feed.papers if alone else tuple(p for p in feed.papers if holds((category,), p.categories))
        label = feed.label if feed.label and abs(feed.label - due) <= NEAR else due
        known = self.ledger.titles(category, self._days_before(due))
        known |= {d: {p.id: "" for p in one.papers} for (c, d), one in found.lists.items() if c == category}
        local = self.now.astimezone(ARXIV_ZONE)
        early = local.date() == due and local.hour < BUILT_BY
        evening = local.hour >= ANNOUNCED_AT and local.date() == due
        again = _again(category, mine, known)
        if again:
            if not early:
                arxiv.doubt(self.fetches, self.settings, self._asked, self.fetches.clock())
                self._gap(category, due, found, _stale(again), again=again)
            return
        if not mine:
            if early:
                return
            if not self._gap(category, due, found, quiet=True):
                found.lists[category, due] = DayList(due, (), 0, "feed")
                found.unsure.add((category, due))
            return
        if evening and self._gap(category, due, found, quiet=True):
            return
        day = due if label in known or label.weekday() >= 5 else label
        taken = DayList(
            day,
            tuple(p.model_copy(update={"listed": day}) for p in mine),
            feed.listed if alone else len(mine),
            "feed",
        )
        self.ledger.put(category, taken)
        self._have(category, taken, found)
        if day < due and not early:
            self._gap(category, due, found, quiet=True)

    def _gap(
        self,
        category: str,
        day: date,
        found: FoundLists,
        why: SourceFailed | None = None,
        *,
        again: date | None = None,
        quiet: bool = False,
    ) -> bool:
        """Read a day that the feed does not have; False where it cannot be read.

        That is told unless `quiet`. `why`: what was wrong with the feed; `again`: the day whose list it had.
        """
        with self.fetches.alone(f"announced:{category}:{day}"):
            kept = self.ledger.get(category, day)
            if kept is None:
                kept, error = self._read(category, day)
                if kept is not None and why:
                    kept = replace(kept, again=again, failed=None if again else why.kind)
                    self.ledger.put(category, kept)
            if kept is not None:
                self._have(category, kept, found)
                return True
        if not quiet:
            if again:
                found.note(category, "again", again)
            found.note(category, "missing", day, error.kind)
            if day >= self._last_weekday() or why:
                found.failures[category] = why or error
        return False

    def _read(self, category: str, day: date) -> tuple[DayList | None, SourceFailed]:
        """A day's list from arXiv's dated pages, else from OAI-PMH.

        None and the failure where neither has it.
        """
        if kind := self.ledger.gap(category, day):
            return None, SourceFailed("It could not be read just now.", source="arxiv", kind=kind)
        newest = day >= self._last_weekday()
        first: SourceFailed | None = None
        for way in ("listing", "oai"):
            left = self.until - time.monotonic()
            if left <= 0:
                return None, first or SourceFailed("There was no time for it yet.", source="arxiv", kind="later")
            try:
                if way == "listing":
                    got = arxiv_lists.read_day(
                        self.http, self.fetches, self.settings, category, day, newest=newest, wait_s=left
                    )
                else:
                    got = oai.new_on(self.http, self.settings, category, day, total_s=OAI_S)
            except SourceFailed as error:
                first = first or error
                continue
            kept = DayList(day, got.papers, got.listed, "listing" if way == "listing" else "oai")
            if got.papers or way == "listing" or arxiv_day(self.now) - day >= SETTLED:
                self.ledger.put(category, kept)
                return kept, SourceFailed("", source="arxiv", kind="")
        failed = first or SourceFailed("arXiv has no list of that day.", source="arxiv", kind="garbage")
        if failed.kind != "later":
            self.ledger.note_gap(category, day, failed.kind)
        return None, failed

    def _days_before(self, day: date) -> list[date]:
        return [day - timedelta(days=i) for i in range(1, int(TITLES_S / 86_400) + 1)]

    def _last_weekday(self) -> date:
        day = arxiv_day(self.now)
        while day.weekday() >= 5:
            day -= timedelta(days=1)
        return day


def _again(category: str, papers: Collection[Paper], known: Mapping[date, Mapping[str, str]]) -> date | None:
    """The day whose list this is once more, or None.

    It is, where every paper at home in the category is known; or most are, and none has a higher number than those.
    """
    own = [p.id for p in papers if holds((category,), p.categories[:1])] or [p.id for p in papers]
    before = {paper for titles in known.values() for paper in titles}
    old = [paper for paper in own if paper in before]
    if not old or (len(old) < len(own) and (2 * len(old) <= len(own) or max(own) > max(before))):
        return None
    return max(known, key=lambda day: (sum(paper in known[day] for paper in old), day))


def _stale(day: date) -> SourceFailed:
    return SourceFailed(f"arXiv's feed has the list of {day:%m-%d} again.", source="arxiv", kind="stale")
