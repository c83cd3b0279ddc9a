"""Marks a digest that its channel refuses; its papers count as not shown."""

from redis import Redis

from workers.store.channels.memory import Memory
from workers.store.delivery.outbox import Outbox
from workers.store.tasks.ledger import Ledger

OF_DIGEST = "digest|"
"""What the key of a digest's delivery begins with: it is its slot's."""


class RefusedDigests:
    """Keeps slots and memory in step with what became of the messages.

    Each call may be made again.
    """

    def __init__(self, redis: "Redis") -> None:
        self.ledger, self.memory, self.outbox = Ledger(redis), Memory(redis), Outbox(redis)

    def undelivered(self, delivery: str) -> None:
        """It is not there: the papers of it that nobody saw may be chosen again."""
        if not delivery.startswith(OF_DIGEST):
            return
        rows = self.outbox.rows(delivery)
        shown = {str(row.about["paper"]) for row in rows if row.about and row.state in ("sent", "edit", "uncertain")}
        self.memory.forget(delivery, shown)
        self.ledger.turn_over(delivery, "done", "undelivered")

    def delivered(self, delivery: str, now: float) -> None:
        """It is there."""
        if delivery.startswith(OF_DIGEST):
            self.memory.remember(delivery, now)
            self.ledger.turn_over(delivery, "undelivered", "done")
