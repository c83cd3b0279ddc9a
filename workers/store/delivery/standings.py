"""Reads how the parts of many deliveries stand, without their texts."""

import json
from collections.abc import Sequence
from typing import Any

from redis import Redis

from workers.store.delivery.outbox_rows import STANDING, Standing, standing_of
from workers.store.server.connection import key as k
from workers.store.server.connection import pages, text

TROUBLE = k("trouble")
"""Sorted set of parts that are uncertain or dead, by time: `status` shows them."""

IN_TROUBLE = ("uncertain", "dead")


class Standings:
    """Reads them; the number of round trips does not grow with that of parts."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def trouble(self, *, settling: bool = False) -> list[Standing]:
        """Parts that are uncertain or dead, oldest first.

        `settling`: also those about to be posted again by hand.
        """
        members = [text(member) for member in self.redis.zrange(TROUBLE, 0, -1)]
        names = [(delivery, part) for delivery, _, part in (member.rpartition(" ") for member in members)]
        found = self._standings(names)
        if gone := [member for member, row in zip(members, found, strict=True) if row is None]:
            self.redis.zrem(TROUBLE, *gone)
        return [row for row in found if row and (settling or row.state in IN_TROUBLE)]

    def standings(self, deliveries: Sequence[str]) -> dict[str, list[Standing]]:
        """How all parts of many deliveries stand, in order; two round trips for each page."""
        rows: dict[str, list[Standing]] = {delivery: [] for delivery in deliveries}
        for some in pages(deliveries):
            orders = zip(some, self._heads(some, "order"), strict=True)
            names = [(delivery, part) for delivery, order in orders for part in json.loads(order or "[]")]
            for row in filter(None, self._standings(names)):
                rows[row.delivery].append(row)
        return rows

    def channels(self, deliveries: Sequence[str]) -> dict[str, str]:
        """Where many deliveries go; without those that are unknown."""
        found = zip(deliveries, self._heads(deliveries, "channel"), strict=True)
        return {delivery: text(raw) for delivery, raw in found if raw}

    def _heads(self, deliveries: Sequence[str], field: str) -> list[Any]:
        with self.redis.pipeline(transaction=False) as pipe:
            for delivery in deliveries:
                pipe.hget(k("delivery", delivery), field)
            return pipe.execute()

    def _standings(self, names: Sequence[tuple[str, str]]) -> list[Standing | None]:
        with self.redis.pipeline(transaction=False) as pipe:
            for delivery, part in names:
                pipe.hmget(k("part", delivery, part), *STANDING)
            return [standing_of(*name, raw) for name, raw in zip(names, pipe.execute(), strict=True)]
