"""The ledger of tasks: the truth about work; RQ only runs it.

A task is a hash `pb:task:<key>` and, while it is open, a member of the sorted set `pb:open` with the time at which it
may be handed out next. `take` gives it to a worker for `lease` seconds under a fence (the attempt number); only the
holder of the newest fence may go on (`start`), put it off (`later`) or finish it (`done`). A worker that dies simply
lets the lease run out. Times are seconds since 1970 and always arguments, so that a test can move them.

Tasks that name the same turn, a list `pb:turn:<name>`, are handed out one after another in the order in which they
came, whatever the number of workers: only the first of the list can be had, until it has ended.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal

from redis import Redis
from redis.exceptions import WatchError

from workers.store.server.connection import key as k
from workers.store.server.connection import pages, text
from workers.store.tasks import ledger_scripts as lua
from workers.store.tasks.ledger_tasks import Task as Task
from workers.store.tasks.ledger_tasks import task_of

TURN_S = 60.0
"""Seconds after which a task that waits for its turn looks again by itself; the end of the one before calls it."""

KEEP_S = 14 * 86_400
"""Seconds a finished task is remembered: longer than any catch-up, so that a late duplicate finds it."""

MAX_FAILS = 5
"""Crashes and failures after which a task is parked as dead (the poison-job rule)."""

FAR_S = 36 * 3600.0
"""Seconds ahead of now that no task is ever put off to: an upgrade waits for hours, a lease is a minute."""

Kind = Literal[
    "digest", "digest-now", "delivery", "upgrade", "deepdive", "score", "ask", "read", "look", "announcements",
    "cite", "remember", "forget", "topic", "preview", "zotero", "roundup",
]  # fmt: skip
State = Literal["open", "done", "undelivered", "skipped", "dead"]
"""`undelivered`: a digest that was made, and that its place does not take."""

OPEN = k("open")
DEAD = k("dead")
"""Sorted set of the tasks that were parked, by time."""

WAKE = k("wake")
"""A list that tells sleeping tickers that there is something to do."""

WAKE_S = 60
"""Seconds a wake-up call stays for a ticker that is busy; it looks by itself every few seconds anyway."""


class Ledger:
    """Reads and writes tasks. Every write is one atomic script."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis
        self._open, self._skip = map(redis.register_script, (lua.OPEN, lua.SKIP))
        self._take, self._start, self._renew = map(redis.register_script, (lua.TAKE, lua.START, lua.RENEW))
        self._rest, self._resume = map(redis.register_script, (lua.REST, lua.RESUME))
        self._later, self._end = map(redis.register_script, (lua.LATER, lua.END))
        self._turn_over, self._heal = map(redis.register_script, (lua.TURN_OVER, lua.HEAL))

    def open(
        self,
        key: str,
        kind: Kind,
        due: float,
        data: Mapping[str, object],
        *,
        again: bool = False,
        turn: str = "",
        ahead: bool = False,
    ) -> bool:
        """Enter a task once; False if the key is known.

        `again`: reopen one that has ended (its fence goes on). `turn`: the list (`turn_key`) whose tasks are handed out
        one after another; `ahead`: it goes before all others.
        """
        args: list[Any] = [kind, due, json.dumps(data), int(again), key, turn, int(ahead)]
        return bool(self._open(keys=[task_key(key), OPEN, WAKE], args=args))

    def skip(self, key: str, kind: Kind, due: float, now: float) -> bool:
        """Note a slot as skipped, so that nothing runs it; False if the key is known."""
        return bool(self._skip(keys=[task_key(key)], args=[kind, due, now, KEEP_S]))

    def due(self, now: float, limit: int = 1000) -> list[str]:
        """Keys that may be handed out at `now`, oldest first."""
        return [text(m) for m in self.redis.zrangebyscore(OPEN, "-inf", now, start=0, num=limit)]

    def next_due(self, after: float = 0.0) -> float | None:
        """Time of the earliest open task after `after`; None if there is none.

        Of a task that is held: when its lease ends.
        """
        first = self.redis.zrangebyscore(OPEN, f"({after}", "+inf", start=0, num=1, withscores=True)
        return float(first[0][1]) if first else None

    def waits_until(self, key: str) -> float | None:
        """When an open task may be handed out next; None if it is not open.

        Of a task that is held: when its lease ends.
        """
        score = self.redis.zscore(OPEN, key)
        return None if score is None else float(score)

    def hasten(self, key: str, now: float) -> None:
        """Make an open task that nobody holds due now."""
        task = self.get(key)
        if task and task.state == "open" and not task.held:
            self.redis.zadd(OPEN, {key: now}, xx=True)

    def pass_by(self, key: str, now: float, seconds: float) -> None:
        """Look at another version's task again in `seconds`, if nobody holds it.

        It stays as it is.
        """
        task = self.get(key)
        if task and task.state == "open" and not task.held:
            self.redis.zadd(OPEN, {key: now + seconds}, xx=True)

    def wait(self, seconds: float) -> None:
        """Wait until a task is opened or put off anywhere, at most `seconds`."""
        self.redis.blpop([WAKE], timeout=max(0.01, seconds))

    def wake(self) -> None:
        """End the `wait` of whoever waits."""
        self.redis.lpush(WAKE, "1")
        self.redis.expire(WAKE, WAKE_S)

    def take(self, key: str, now: float, lease: float) -> int:
        """Hand the task out for `lease` seconds; its fence.

        0 if it is not to be had, -1 if it was parked as dead.
        """
        args: list[Any] = [now, lease, MAX_FAILS, key, KEEP_S, TURN_S]
        return int(self._take(keys=[task_key(key), OPEN, DEAD, WAKE], args=args))

    def start(self, key: str, attempt: int, until: float) -> bool:
        """Let a worker begin: True once for the newest fence, else it must not.

        The lease is extended to `until`.
        """
        return bool(self._start(keys=[task_key(key), OPEN], args=[attempt, until, key]))

    def renew(self, key: str, attempt: int, until: float) -> bool:
        """Extend the lease; False if the fence is no longer ours."""
        return bool(self._renew(keys=[task_key(key), OPEN], args=[attempt, until, key]))

    def rest(self, key: str, attempt: int, until: float) -> bool:
        """Lay the task aside but keep it, at most until `until`.

        False if the fence is no longer ours. Whoever dies meanwhile was not working on it: that is no crash of this
        task.
        """
        return bool(self._rest(keys=[task_key(key), OPEN], args=[attempt, until, key]))

    def rest_all(self, held: list[tuple[str, int]], until: float) -> None:
        """Lay many tasks aside at once, (key, attempt) each.

        Those whose fence is no longer ours stay as they are.
        """
        if held:
            with self.redis.pipeline(transaction=False) as pipe:
                for key, attempt in held:
                    self._rest(keys=[task_key(key), OPEN], args=[attempt, until, key], client=pipe)
                pipe.execute()

    def resume(self, key: str, attempt: int, until: float) -> bool:
        """Go on with a task laid aside, its lease extended to `until`.

        False if somebody else has it now.
        """
        return bool(self._resume(keys=[task_key(key), OPEN], args=[attempt, until, key]))

    def later(self, key: str, attempt: int, at: float, error: str = "", *, most: int = MAX_FAILS) -> bool:
        """Put the task off until `at`; with `error` it counts as a failure.

        `error` is a class, no free text. Failure number `most` parks it; with `most` 0 none does: it is counted under
        `tries`, too, and leads to no end.
        """
        args: list[Any] = [attempt, at, key, error, most, KEEP_S]
        return int(self._later(keys=[task_key(key), OPEN, WAKE, DEAD], args=args)) > 0

    def end(self, key: str, attempt: int, now: float, state: State = "done", error: str = "") -> bool:
        """Finish; False if the fence is no longer ours."""
        args: list[Any] = [attempt, state, now, error, KEEP_S, key]
        return bool(self._end(keys=[task_key(key), OPEN, WAKE, DEAD], args=args))

    def look_again(self, key: str) -> None:
        """Hand the task out again when it ends, for there is more to do.

        Somebody may be finishing it right now.
        """
        self.redis.hset(task_key(key), "again", "1")

    def get(self, key: str) -> Task | None:
        """The task, or None."""
        return task_of(key, self.redis.hgetall(task_key(key)))

    def many(self, keys: Sequence[str]) -> dict[str, Task]:
        """Those of many tasks that are known; one round trip for each page."""
        found: dict[str, Task] = {}
        for some in pages(keys):
            with self.redis.pipeline(transaction=False) as pipe:
                for key in some:
                    pipe.hgetall(task_key(key))
                tasks = map(task_of, some, pipe.execute())
                found |= {task.key: task for task in tasks if task}
        return found

    def turn_over(self, key: str, before: State, after: State) -> bool:
        """Change the state of an ended task from `before` to `after`.

        The state tells how its work fares meanwhile. False if it is not `before`.
        """
        return bool(self._turn_over(keys=[task_key(key)], args=[before, after]))

    def heal(self, now: float) -> int:
        """Make due what a wrong clock put off by more than `FAR_S`; how many tasks.

        Nothing we do is put off that far. Whoever has one of them loses its lease: the next fence keeps the two apart.
        """
        far = [text(m) for m in self.redis.zrangebyscore(OPEN, f"({now + FAR_S}", "+inf", start=0, num=1000)]
        return sum(int(self._heal(keys=[task_key(key), OPEN], args=[now, now + FAR_S, key])) for key in far)

    def open_count(self) -> int:
        """How many tasks are open."""
        return int(self.redis.zcard(OPEN))

    def open_keys(self) -> list[str]:
        """Every open task, earliest first."""
        return [text(m) for m in self.redis.zrange(OPEN, 0, -1)]

    def dead(self) -> list[Task]:
        """Tasks that were parked after too many failures, of the last `KEEP_S` seconds."""
        parked = [text(member) for member in self.redis.zrange(DEAD, 0, -1)]
        found = {key: task for key, task in self.many(parked).items() if task.state == "dead"}
        if over := [key for key in parked if key not in found]:
            self.redis.zrem(DEAD, *over)
        return list(found.values())

    def transact(self, key: str, attempt: int, write: Callable[[Any], None]) -> bool:
        """Run `write(pipe)` and then EXEC, while the fence of `key` is ours.

        `write` may watch and read, then calls `pipe.multi()`. Where something watched changed, all of it runs again.
        False: the fence is another's, and nothing was written.
        """
        with self.redis.pipeline() as pipe:
            while True:
                pipe.watch(task_key(key))  # type: ignore[no-untyped-call]
                state, fence = pipe.hmget(task_key(key), "state", "try")
                if state != b"open" or fence != str(attempt).encode():
                    return False
                with suppress(WatchError):
                    write(pipe)
                    pipe.execute()
                    return True


def task_key(key: str) -> str:
    """Where a task is kept."""
    return lua.TASK + key


def turn_key(*names: str) -> str:
    """The list of a turn."""
    return k("turn", *names)
