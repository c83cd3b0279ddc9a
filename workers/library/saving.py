"""Saves papers: people's own lists, and the channel's reading list."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from redis import Redis

from workers.library.zotero import configured
from workers.models.tasks import ZoteroData
from workers.paper_ids.paper_key import abs_url
from workers.queueing.dispatcher import Dispatcher
from workers.settings import Settings
from workers.store.library.saved import Saved, SavedPaper
from workers.store.library.zotero_handed import ZoteroHanded
from workers.store.papers.records import Papers
from workers.store.papers.twins import Twins
from workers.store.people.votes import People
from workers.words import Words

MOST_LISTED = 20
"""Papers of a list that are shown in a chat; `cite saved` has all."""

WAITS_S = 7 * 86_400.0
"""Seconds that a saved paper waits for a Zotero that does not take it, before it is given up."""


class Saving:
    """Saves papers for people. `clock` gives seconds since 1970."""

    def __init__(self, redis: "Redis", settings: Settings, clock: Callable[[], float]) -> None:
        self.settings, self.clock = settings, clock
        self.lists, self.people, self.papers = Saved(redis), People(redis, clock), Papers(redis)
        self.twins, self.dispatcher = Twins(redis), Dispatcher(redis, clock)

    def toggle(self, channel: str, paper: str, person: str, w: Words) -> str:
        """*Save* was pressed under a paper: what to tell the person, and nobody else."""
        who, home = self.people.hashed(person), channel.partition("/")[0]
        saved = self.lists.toggle(home, paper, who, self.clock())
        more = self._zotero(channel, paper, w, saved=saved) if configured(self.settings) else ""
        said = w.saved if saved else w.unsaved
        return w.say("two_sentences", first=said, second=more) if more else said

    def _zotero(self, channel: str, paper: str, w: Words, *, saved: bool) -> str:
        """Have a worker put a saved paper into the team's library, once.

        Returns what to tell of it.
        """
        library = self.settings.zotero_library
        known = self.papers.get_papers([paper]).get(paper)
        if known and known.fictional:
            return ""
        names = sorted(self.twins.of_ids([paper])[paper] - {paper})
        if ZoteroHanded(self.lists.redis, library).get([paper, *names]):
            return w.saved_zotero_before if saved else w.unsaved_zotero
        if saved:
            data: ZoteroData = {"id": paper, "channel": channel, "until": self.clock() + WAITS_S}
            self.dispatcher.open(f"zotero|{library}|{paper}", "zotero", data, again=True)
        return w.saved_zotero if saved else ""

    def own(self, person: str) -> list[str]:
        """Ids of the papers that a person saved, newest first, each once."""
        return list(dict.fromkeys(one.paper for one in self.lists.of(self.people.hashed(person))))

    def reading(self, channel: str) -> list[str]:
        """Ids of a channel's reading list, newest first."""
        return [one.paper for one in self.lists.reading(channel.partition("/")[0])]

    def show_own(self, person: str, w: Words) -> str:
        """A person's own list; nobody else may be shown it."""
        mine = {one.paper: one for one in reversed(self.lists.of(self.people.hashed(person)))}
        return self._listed(w.saved_title, w.saved_none, list(reversed(mine.values())), w)

    def show_reading(self, channel: str, w: Words) -> str:
        """What the people of a channel saved here, without who did."""
        return self._listed(w.reading_title, w.reading_none, self.lists.reading(channel.partition("/")[0]), w)

    def _listed(self, title: str, none: str, found: Sequence[SavedPaper], w: Words) -> str:
        if not found:
            return none
        known = self.papers.get_papers([one.paper for one in found[:MOST_LISTED]])
        lines = [title]
        for number, one in enumerate(found[:MOST_LISTED], 1):
            paper = known.get(one.paper)
            day = datetime.fromtimestamp(one.at, UTC).astimezone(self.settings.zone).date().isoformat()
            shown = (paper.plain or paper.title) if paper else one.paper
            more = f" · {w.say('saved_by', n=one.by)}" if one.by > 1 else ""
            lines.append(f"{number}. {shown}\n   {day}{more} · {abs_url(one.paper, self.settings.arxiv_url)}")
        if len(found) > MOST_LISTED:
            lines.append(w.say("and_more", n=len(found) - MOST_LISTED))
        return "\n".join(lines)
