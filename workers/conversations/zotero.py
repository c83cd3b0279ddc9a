"""Puts a saved paper into the team's Zotero library, once.

Before anything is written the library is asked whether the paper is there; the write carries a token that is made of
the paper, so that Zotero refuses what it took in a try whose answer was lost.
"""

import logging
import time
from typing import Any

from redis import Redis

from workers.conversations.citing import record
from workers.errors import BadInput, SourceFailed
from workers.library.zotero import AlreadyWritten, ItemGone, Zotero, ZoteroFailed, ZoteroRefused, configured, token
from workers.models import Digest, Paper
from workers.paper_ids.paper_key import PaperRef, key_of
from workers.queueing.dispatcher import Dispatcher
from workers.render.citation import zotero as render
from workers.render.digest import title_of
from workers.settings import Settings
from workers.store.channels.digests import Digests
from workers.store.library.index import Library
from workers.store.library.zotero_handed import ZoteroHanded
from workers.store.operations.incidents import Incidents
from workers.store.papers.twins import Twins
from workers.store.tasks.ledger import Task

log = logging.getLogger(__name__)

RETRY_FIRST_S, RETRY_MOST_S = 15.0, 3600.0
"""Seconds until a failed try is made again, doubled with each failure, at most."""

QUIET_FAILS = 4
"""Failures in a row that may pass and of which nobody is told: some two minutes."""

NO_NOTE = "-"
"""Stands for the note of a paper of which nothing was written here, or whose item was removed meanwhile."""


def hand_over(dispatcher: Dispatcher, settings: Settings, task: Task, attempt: int) -> None:
    """Put the task's paper into the library and end the task, or put it off.

    How long it is put off depends on what Zotero said.
    A failure that lasts is told to the operator once; the task waits until `data["until"]`, then it is given up.
    """
    redis, now, ledger = dispatcher.redis, time.time(), dispatcher.ledger
    handed, incidents = ZoteroHanded(redis, settings.zotero_library), Incidents(redis)
    what = f"zotero {settings.zotero_library}"
    if not configured(settings) or not task.key.startswith(f"zotero|{settings.zotero_library}|"):
        ledger.end(task.key, attempt, now, "skipped")
        return
    if (rest := handed.resting()) > now:
        ledger.later(task.key, attempt, rest)
        return
    try:
        with Zotero(settings, handed) as library:
            _put(redis, settings, handed, library, task)
    except ZoteroRefused as error:
        _failed(incidents, what, error)
        ledger.end(task.key, attempt, time.time(), "skipped", error.kind)
    except ZoteroFailed as error:
        log.warning("zotero_failed", extra={"task": task.key, "error": error.kind, "said": error.said})
        if error.lasting or task.fails + 1 >= QUIET_FAILS:
            _failed(incidents, what, error)
        if now > task.data["until"]:
            ledger.end(task.key, attempt, time.time(), "dead", error.kind)
            dispatcher.park(task.key)
            return
        own = RETRY_MOST_S if error.lasting else min(RETRY_FIRST_S * 2.0 ** min(task.fails, 20), RETRY_MOST_S)
        due = max(time.time() + max(own, error.retry_after), handed.resting())
        ledger.later(task.key, attempt, due, error.kind, most=0)
    else:
        incidents.worked(what)
        ledger.end(task.key, attempt, time.time())


def _failed(incidents: Incidents, what: str, error: ZoteroFailed | ZoteroRefused) -> None:
    incidents.failed(what, error.kind, time.time(), said=error.said)


def _put(redis: "Redis", settings: Settings, handed: ZoteroHanded, library: Zotero, task: Task) -> None:
    """The item, then its note; what was made is noted after each."""
    base, channel = task.data["id"], task.data["channel"]
    paper = _record(redis, settings, base)
    if paper is None or paper.fictional:
        return
    names = [base, *sorted(Twins(redis).of_papers([paper])[paper.id] - {base})]
    told = _told(redis, names, channel)
    made = handed.get(names)
    if not made.get("item"):
        tags = told.picks[0].score.matched if told else ()
        item = render.item(paper, tags, settings.arxiv_url)
        key = _item(library, item, paper, {key_of(name) for name in names}, again=task.attempt > 1)
        handed.put(base, item=key)
        made = {"item": key}
    if not made.get("note"):
        handed.put(base, item=made["item"], note=_note(library, made["item"], base, told, settings.arxiv_url))


def _record(redis: "Redis", settings: Settings, base: str) -> Paper | None:
    """The paper's record; None for one that nobody knows.

    ZoteroFailed where nobody can be asked now.
    """
    try:
        return record(redis, settings, PaperRef(base))
    except BadInput:
        return None
    except SourceFailed as error:
        raise ZoteroFailed(str(error), kind="away", retry_after=error.retry_after) from None


def _told(redis: "Redis", names: list[str], channel: str) -> Digest | None:
    """What was posted of the paper in the channel where it was saved."""
    for name in names:
        entry = Library(redis).get(channel.partition("/")[0], f"paper:{name}")
        found = Digests(redis).telling_of(name, channel, entry.date) if entry else None
        if found:
            return found
    return None


def _item(library: Zotero, item: dict[str, Any], paper: Paper, keys: set[str], *, again: bool) -> str:
    """Key of the paper's item: the one that is there by any name, else a new one.

    `again`: an earlier try may have made it; then the newest items are looked through, too, should its title not do.
    """
    keys = keys | set(paper.keys)

    def there(newest: bool) -> str:
        found = library.look_up(title_of(paper))
        found += library.newest() if newest else []
        return next((str(one["key"]) for one in found if render.keys_in(one) & keys), "")

    if found := there(newest=again):
        return found
    try:
        return library.create(item, token(library.library, "item", paper.id))
    except AlreadyWritten:
        if found := there(newest=True):
            return found
        # it was removed in the last twelve hours: after them it is made anew
        raise ZoteroFailed("Zotero took the paper before and does not show it.", kind="strange") from None


def _note(library: Zotero, item: str, base: str, told: Digest | None, arxiv_url: str) -> str:
    """Key of our note under an item; `NO_NOTE` where there is nothing to note."""
    if told is None:
        return NO_NOTE
    try:
        ours = next((str(one["key"]) for one in library.children(item) if render.is_ours(one)), "")
        return ours or library.create(render.note(item, told, arxiv_url), token(library.library, "note", base, item))
    except (AlreadyWritten, ItemGone):
        return NO_NOTE
