"""Enters what has been posted into the team's memory."""

from redis import Redis

from workers.models import Digest
from workers.paper_ids.paper_key import unworn
from workers.render import library_entries as entries
from workers.store.channels.digests import Digests
from workers.store.delivery.outbox import Outbox
from workers.store.library.index import Library


class PostedPapers:
    """Enters deliveries. May be called again: what stands there so is left as it is."""

    def __init__(self, redis: "Redis") -> None:
        self.outbox, self.digests, self.library = Outbox(redis), Digests(redis), Library(redis)

    def delivered(self, delivery: str, channel: str) -> int:
        """The papers of a delivery are in their channel; how many are new there."""
        digest = self.digests.digest(delivery) or self.digests.dived(delivery)
        if digest is None:
            return 0
        heads = {}
        for row in self.outbox.rows(delivery):
            kind, _, own = row.key.partition(":")
            if kind == "pick" and ":" not in own and row.msg and row.state in ("sent", "edit"):
                heads[unworn(own)] = row.msg
        return enter(self.library, channel, digest, heads)

    def shown(self, channel: str, digest: Digest) -> int:
        """A digest was shown at a terminal, where nothing is sent."""
        return enter(self.library, channel, digest, {pick.paper.id: "" for pick in digest.picks})


def enter(library: Library, channel: str, digest: Digest, heads: dict[str, str]) -> int:
    """Enter a digest's papers; how many are new.

    The first message about a paper is the one that is kept.
    """
    home, new = channel.partition("/")[0], 0
    for entry in entries.papers(digest, heads):
        before = library.get(home, entry.name)
        kept = {"message": before.message, "date": before.date} if before and before.message else {}
        new += library.add(home, entry.model_copy(update=kept))
    return new
