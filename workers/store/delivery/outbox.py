"""The outbox: every message to send, and what became of it.

A text is fixed before the first try.

A delivery is a hash `pb:delivery:<id>` (channel and the order of its parts); each part is a hash `pb:part:<id>:<key>`:

    pending --claim--> sending --commit--> sent            one copy, `msg` is the service's id
                          |--commit--> edit                a placeholder stands where the text is to be (`how`)
                          |--release--> pending            definitely not sent
                          |--park--> uncertain             the service cannot be asked whether it took it
                          `--park--> dead                  the service refused it for good
    sent --revise--> edit --commit--> sent                 the text was bettered after it was posted
    uncertain, dead --again--> pending or edit             somebody looked, and wants it posted

A part found in `sending` under an older fence was interrupted: the poster looks for it before sending again. If a
placeholder was in the air it is just sent again.
"""

import json
from typing import Any

from redis import Redis

from workers.models import Part
from workers.store.delivery.held_deliveries import HeldDeliveries
from workers.store.delivery.outbox_rows import (
    HEAD,
    OPEN_STATES,
    Head,
    PartState,
    Row,
    Standing,
    head_of,
    mark_of,
    row_of,
)
from workers.store.delivery.outbox_scripts import AGAIN, CLAIM, EXTEND, FINISH, SETTLED
from workers.store.delivery.standings import TROUBLE, Standings
from workers.store.server.connection import key as k
from workers.store.server.connection import text

KEEP_S = 90 * 86_400
"""Seconds a delivery is kept after its last change: edits and threads happen within days; a quarter is generous."""

USEFUL_S = 6 * 3600.0
"""Seconds for which a message is of use where nobody says otherwise: an answer that comes later than that answers a
question of another day (the project's own judgement)."""

TALLY = k("tally", "messages")
"""How often a part came to each final state, ever: for `/metrics`."""

__all__ = ["OPEN_STATES", "USEFUL_S", "Head", "Outbox", "PartState", "Row", "Standing", "mark_of"]


class Outbox(Standings):
    """Reads and writes deliveries.

    `put` joins a caller's transaction; the rest are single atomic scripts.
    """

    def __init__(self, redis: "Redis") -> None:
        super().__init__(redis)
        self._claim, self._finish, self._again, self._settled, self._extend = (
            redis.register_script(script) for script in (CLAIM, FINISH, AGAIN, SETTLED, EXTEND)
        )

    def put(
        self,
        pipe: Any,
        delivery: str,
        channel: str,
        parts: list[Part],
        now: float,
        begun: tuple[str, bool] | None = None,
        placeholder: str = "",
        until: float = 0.0,
        by: str = "",
    ) -> None:
        """Enter a delivery with all its parts, pending, into the caller's MULTI.

        `begun`: (message id, complete): the first part is a message already, word for word or still to be edited.
        `placeholder`: the line that may stand where a part is to be; by default only such a delivery is sent so.
        `until`: when it is of no more use (0: six hours after now); `by`: who asked for it.
        """
        name = k("delivery", delivery)
        about = {"channel": channel, "order": json.dumps([p.key for p in parts]), "made": now}
        pipe.hset(name, mapping=about | {"placeholder": placeholder, "until": until or now + USEFUL_S})
        if by:
            pipe.hset(name, "by", by)
        pipe.expire(name, KEEP_S)
        for part in parts:
            self._write(pipe, delivery, part, "pending")
        if begun and parts:
            message, complete = begun
            fields = {"state": "sent" if complete else "edit", "msg": message, "first": now, "fence": 0}
            pipe.hset(k("part", delivery, parts[0].key), mapping=fields)

    def revise(self, delivery: str, parts: list[Part]) -> int:
        """Fit a delivery that is (partly) sent to new parts.

        Changed ones are edited, extra ones added, others deleted. Returns how many rows there are to work on.
        """
        rows = {row.key: row for row in self.rows(delivery)}
        name, touched = k("delivery", delivery), 0
        order = [part.key for part in parts]
        order += [part for part in rows if part not in order]
        with self.redis.pipeline() as pipe:
            pipe.multi()
            pipe.hset(name, "order", json.dumps(order))
            pipe.expire(name, KEEP_S)
            for part in parts:
                row = rows.pop(part.key, None)
                if row and row.payload == part.payload:
                    continue
                state = "pending" if row is None else "edit" if row.state in ("sent", "edit") else row.state
                self._write(pipe, delivery, part, state)
                touched += state in OPEN_STATES
            for row in rows.values():
                if row.state in ("sent", "edit"):
                    pipe.hset(k("part", delivery, row.key), "state", "delete")
                    touched += 1
                elif row.state == "pending":
                    pipe.hset(k("part", delivery, row.key), "state", "deleted")
            pipe.execute()
        return touched

    def claim(self, delivery: str, part: str, fence: int, now: float, how: str = "") -> str:
        """Ask to work on a part: the work to do, or the reason not to.

        The work: pending, edit, delete, interrupted, stray. `how`: `placeholder` if that is what will be sent; `stray`
        then tells a later run that one may stand there.
        """
        return text(self._claim(keys=[k("part", delivery, part)], args=[fence, now, how]))

    def finish(
        self,
        delivery: str,
        part: str,
        fence: int,
        state: PartState,
        now: float,
        *,
        msg: str = "",
        error: str = "",
        take: bool = False,
        rev: str = "",
        how: str = "",
    ) -> bool:
        """Record the outcome of a part if the fence is ours.

        `take`: make it ours, for an interrupted part. `rev`: revision of the text that was sent; if it was bettered
        meanwhile, the part is to be edited. `how`: see `Row.how`. The answer that comes late to a part held for
        uncertain settles it, whatever the fence. A part that becomes pending has no message.
        """
        args = [fence, state, msg, "take" if take else "", error, now, f"{delivery} {part}", rev, how]
        return bool(self._finish(keys=[k("part", delivery, part), TROUBLE, TALLY], args=args))

    def channel(self, delivery: str) -> str | None:
        """Where the delivery goes, or None if there is no such delivery."""
        raw = self.redis.hget(k("delivery", delivery), "channel")
        return text(raw) if raw else None

    def head(self, delivery: str) -> Head | None:
        """What holds for a delivery as a whole, or None if there is no such delivery."""
        return self.whole(delivery, parts=False)[0]

    def whole(self, delivery: str, *, parts: bool = True) -> tuple[Head | None, list[Row]]:
        """A delivery's head (None if there is no such delivery), and its parts in order."""
        raw = self.redis.hmget(k("delivery", delivery), *HEAD)
        head = head_of(raw)
        return head, self._parts(delivery, raw[3]) if head and parts else []

    def extend(self, delivery: str, now: float) -> None:
        """It is of use for `USEFUL_S` from now on at least, unless it waits for its place."""
        self._extend(keys=[k("delivery", delivery)], args=[now + USEFUL_S])

    def move(self, delivery: str, channel: str) -> None:
        """The chat has a new address."""
        self.redis.hset(k("delivery", delivery), "channel", channel)

    def rows(self, delivery: str) -> list[Row]:
        """All parts in order."""
        return self._parts(delivery, self.redis.hget(k("delivery", delivery), "order"))

    def _parts(self, delivery: str, order: Any) -> list[Row]:
        keys = json.loads(order or "[]")
        with self.redis.pipeline(transaction=False) as pipe:
            for part in keys:
                pipe.hgetall(k("part", delivery, part))
            found = pipe.execute()
        return [row_of(delivery, part, raw) for part, raw in zip(keys, found, strict=True) if raw]

    def abandon(self, delivery: str, fence: int, now: float) -> None:
        """Give a delivery up: its unsent parts become uncertain or dead.

        They then stand in `trouble`.
        """
        HeldDeliveries(self.redis).release(delivery)
        for row in self.rows(delivery):
            if row.state in OPEN_STATES:
                maybe = row.state == "sending" and row.how != "placeholder"
                state: PartState = "uncertain" if maybe else "dead"
                self.finish(delivery, row.key, fence, state, now, error="crashed", take=True)

    def revive(self, delivery: str) -> int:
        """Give the dead parts of a delivery another chance; how many there are.

        The bot was invited meanwhile.
        """
        dead = [row for row in self.rows(delivery) if row.state == "dead"]
        with self.redis.pipeline() as pipe:
            for row in dead:
                pipe.hset(k("part", delivery, row.key), "state", "edit" if row.msg else "pending")
                pipe.zrem(TROUBLE, f"{delivery} {row.key}")
            pipe.execute()
        return len(dead)

    def again(self, delivery: str, part: str, fence: int) -> bool:
        """Have a part in trouble posted again; False where that cannot be done.

        It is pending now, or edit where a message of it stands. False: it is not in trouble (any more), or has another
        fence. Open its delivery, then call `settled`: until then it is found by `trouble`, should we be cut off here.
        """
        self.redis.hset(k("delivery", delivery), "watched", "1")
        return self._by_hand(delivery, part, fence, "again")

    def leave(self, delivery: str, part: str, fence: int) -> bool:
        """Settle a part in trouble by hand; False where that cannot be done.

        Somebody saw an uncertain one arrive (it is sent now), or a dead one may stay unsent (it is deleted now). False
        as for `again`.
        """
        return self._by_hand(delivery, part, fence, "leave")

    def settled(self, delivery: str, part: str) -> None:
        """Take a part that was given another chance off the list of trouble.

        It stays if it is in trouble again.
        """
        self._settled(keys=[k("part", delivery, part), TROUBLE], args=[f"{delivery} {part}"])

    def _by_hand(self, delivery: str, part: str, fence: int, how: str) -> bool:
        args: list[Any] = [fence, how, f"{delivery} {part}"]
        return bool(self._again(keys=[k("part", delivery, part), TROUBLE], args=args))

    def row(self, delivery: str, part: str) -> Row | None:
        """One part, or None."""
        raw = self.redis.hgetall(k("part", delivery, part))
        return row_of(delivery, part, raw) if raw else None

    def tally(self) -> dict[str, int]:
        """State -> how often a part came to it, ever; an edit counts again."""
        return {text(state): int(count) for state, count in self.redis.hgetall(TALLY).items()}

    def _write(self, pipe: Any, delivery: str, part: Part, state: str) -> None:
        name = k("part", delivery, part.key)
        fields = {"parent": part.parent or "", "payload": json.dumps(part.payload), "about": json.dumps(part.about)}
        pipe.hset(name, mapping=fields | {"state": state})
        pipe.hincrby(name, "rev", 1)
        pipe.expire(name, KEEP_S)
