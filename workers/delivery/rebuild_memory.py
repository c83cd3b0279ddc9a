"""Rebuilds the team's memory from the store: after an upgrade or a move."""

import logging
from datetime import UTC, date, datetime

from redis import Redis

from workers.delivery.posted_papers import enter
from workers.models import Digest
from workers.paper_ids.paper_key import unworn
from workers.render import library_entries as entries
from workers.store.channels.digests import Digests
from workers.store.delivery.outbox import Outbox
from workers.store.library.index import Library
from workers.store.papers.records import Papers
from workers.store.people.threads import Threads

log = logging.getLogger(__name__)


def refill(redis: "Redis") -> int:
    """Enter all that is still stored, and mend indexes; how many entries are new.

    That is every digest, question and answer. May run twice, and beside digests that are being posted.
    """
    library, digests = Library(redis), Digests(redis)
    new = 0
    for slot in digests.slots():
        digest = digests.digest(slot)
        if digest:
            new += enter(library, digest.channel, digest, _heads(Outbox(redis), slot, digest))
    for home, root, paper in Threads(redis).all():
        new += _talk(redis, library, home, root, paper)
    for home in library.homes():
        if library.stale(home):
            library.rebuild(home)
    library.made()
    log.info("memory_made", extra={"entries": new})
    return new


def _heads(outbox: Outbox, slot: str, digest: Digest) -> dict[str, str]:
    """Paper -> its message.

    Of messages that the outbox no longer knows, the paper is kept without one.
    """
    if digest.channel.startswith("terminal"):
        return {pick.paper.id: "" for pick in digest.picks}
    rows = outbox.rows(slot)
    if not rows:
        return {pick.paper.id: "" for pick in digest.picks}
    heads = {row.key.partition(":")[2]: row.msg for row in rows if row.key.startswith("pick:") and row.msg}
    return {unworn(own): message for own, message in heads.items() if ":" not in own}


def _talk(redis: "Redis", library: Library, home: str, root: str, paper: str) -> int:
    """Enter the questions of one thread; how many are new.

    Their time was not kept: a thread of Slack tells when it began.
    """
    record = Papers(redis).get_papers([paper]).get(paper)
    known = {(e.question, e.answer) for e in library.entries(home).values() if e.kind == "talk" and e.paper == paper}
    new = 0
    for number, turn in enumerate(Threads(redis).turns(home, root)):
        title = (record.plain or record.title) if record else paper
        entry = entries.talk(paper, title, turn.question, turn.answer, _day(home, root), root)
        if (entry.question, entry.answer) not in known:
            new += library.add(home, entry, f"{entry.name}|{home}:{root}:{number}")
    return new


def _day(home: str, root: str) -> date:
    seconds = root.partition(".")[0]
    if home.startswith("slack:") and seconds.isdigit():
        return datetime.fromtimestamp(int(seconds), UTC).date()
    return datetime.now(UTC).date()
