"""Opens tasks in the ledger and hands them to RQ.

A job carries a ledger key and the attempt, nothing else; only the functions named in `KINDS` can be run by a worker,
whatever somebody writes into Redis.
"""

import logging
import random
import time
from collections.abc import Callable, Mapping
from hashlib import sha256

from redis import Redis
from rq import Queue
from rq.exceptions import DeserializationError, DuplicateJobError, NoSuchJobError
from rq.job import JobStatus
from rq.worker_registration import get_keys

from workers.errors import PaperboyError, Refused, Retryable
from workers.queueing.kinds import KINDS, of_console
from workers.queueing.rq_job import PaperboyJob
from workers.store.delivery.held_deliveries import HeldDeliveries
from workers.store.delivery.outbox import Outbox
from workers.store.operations.incidents import Incidents
from workers.store.server.connection import text
from workers.store.tasks.ledger import Kind, Ledger, State, Task

log = logging.getLogger(__name__)


RESULT_TTL_S = 60
"""Seconds RQ keeps a finished job: results live in the ledger, RQ's copy is only for its own tools."""

FAILURE_TTL_S = 7 * 86_400
"""Seconds RQ keeps a failed job (its default of a year is too long for a record with a traceback)."""


MOST_AT_ONCE = 50
"""Tasks that a worker hands out between two jobs: more than fall due in that time, and milliseconds of work."""

RETRY_FIRST_S, RETRY_MOST_S = 15.0, 900.0
"""Seconds before a task that failed is tried again, at most: doubled with each failure; by chance down to half."""


NEWER_LOOK_S = 15.0
"""Seconds between two looks at a task whose kind only a newer version knows: who opened it hands it out at once."""

CONSOLE_TRIES = 2
"""Tries of such a task; a person waits, and can ask again."""


class Dispatcher:
    """Opens tasks in the ledger and hands them to RQ.

    `clock` gives seconds since 1970.
    """

    def __init__(self, redis: "Redis", clock: Callable[[], float] = time.time) -> None:
        self.redis, self.clock, self.ledger = redis, clock, Ledger(redis)

    def open(
        self,
        key: str,
        kind: Kind,
        data: Mapping[str, object],
        *,
        due: float | None = None,
        again: bool = False,
        turn: str = "",
        ahead: bool = False,
    ) -> bool:
        """Open a task and hand it out at once if it is due. True if it was new.

        A task is opened once; see `Ledger.open`.
        """
        when = self.clock() if due is None else due
        new = self.ledger.open(key, kind, when, data, again=again, turn=turn, ahead=ahead)
        self.hand_out(key)
        return new

    def send(self, delivery: str) -> None:
        """Open the task of a delivery that has (more) to send.

        Where one runs already, see to it that it looks again.
        What is new of it is of use for a while from now on, unless it waits for its place.
        """
        key = f"delivery|{delivery}"
        Outbox(self.redis).extend(delivery, self.clock())
        if self.open(key, "delivery", {"delivery": delivery}, again=True):
            return
        self.ledger.look_again(key)
        task = self.ledger.get(key)
        if task and task.state != "open":  # it ended in between
            self.open(key, "delivery", {"delivery": delivery}, again=True)

    def hand_out(self, key: str) -> bool:
        """Enqueue the task if it is due and nobody holds it."""
        task = self.ledger.get(key)
        if task is None or task.state != "open":
            return False
        if task.kind not in KINDS:
            self._leave(task)
            return False
        kind = KINDS[task.kind]
        if task.attempt and self._waiting(key, task.kind, task.attempt):
            self.ledger.renew(key, task.attempt, self.clock() + kind.lease)
            return False
        attempt = self.ledger.take(key, self.clock(), kind.lease)
        if attempt < 0:
            self.park(key)
        if attempt <= 0:
            return False
        self.enqueue(key, task.kind, attempt)
        return True

    def _leave(self, task: Task) -> None:
        """Leave a task of a newer version to that; the operator is told of its kind."""
        now = self.clock()
        self.ledger.pass_by(task.key, now, NEWER_LOOK_S)
        Incidents(self.redis).failed(f"newer {task.kind}", "kind", now, gap=NEWER_LOOK_S)

    def release(self, channel: str) -> int:
        """A place takes messages again: hand out what waits for it; how many deliveries."""
        waiting = HeldDeliveries(self.redis).at(channel)
        for name in waiting:
            self.go_on(name)
        return len(waiting)

    def go_on(self, delivery: str) -> None:
        """Try a delivery that waits now, not when its time comes."""
        self.ledger.hasten(f"delivery|{delivery}", self.clock())
        self.hand_out(f"delivery|{delivery}")

    def catch_up(self, limit: int = MOST_AT_ONCE) -> int:
        """Hand out what is due, whoever opened it; return how many tasks.

        No work waits for one process alone.
        """
        return sum(self.hand_out(key) for key in self.ledger.due(self.clock(), limit))

    def put_off(self, key: str, attempt: int, at: float, error: str = "") -> bool:
        """Put off a task that we hold (see `Ledger.later`).

        True if that was its last failure: it is parked now.
        """
        if self.ledger.later(key, attempt, at, error):
            return False
        task = self.ledger.get(key)
        return task is not None and task.state == "dead" and task.attempt == attempt

    def failed(self, task: Task, attempt: int, error: Exception) -> None:
        """Put off a task whose work raised, or end it where trying again is no use.

        When it is tried again depends on the class of the error. Anything but an error of ours counts as a crash and is
        logged whole. Who waits at a terminal is told after the second try, and nobody else is.
        """
        kind = error.kind if isinstance(error, PaperboyError) else type(error).__name__
        level = log.warning if isinstance(error, PaperboyError) else log.exception
        level("task_failed", extra={"task": task.key, "attempt": attempt, "error": kind, **task.about})
        waits = of_console(task.key)
        again = isinstance(error, Retryable) and not (waits and task.fails >= CONSOLE_TRIES - 1)
        if isinstance(error, PaperboyError) and not again:
            told = isinstance(error, Refused) or waits
            state: State = "skipped" if told else "dead"
            if self.ledger.end(task.key, attempt, self.clock(), state, str(error)) and state == "dead":
                self.park(task.key)
        elif self.put_off(task.key, attempt, self.clock() + _wait(task.fails, error), kind):
            self.park(task.key)

    def park(self, key: str) -> None:
        """Log a task that has just been given up, once.

        Of a delivery, also mark what is known of each part.
        """
        task = self.ledger.get(key)
        if task is None:
            return
        log.error("task_parked", extra={"task": key, "kind": task.kind, "error": task.error, **task.about})
        if task.kind == "delivery":
            Outbox(self.redis).abandon(task.data["delivery"], task.attempt + 1, self.clock())

    def _waiting(self, key: str, kind: str, attempt: int) -> bool:
        """Tell whether RQ still has the job of this attempt in its queue.

        Workers are busy then; nothing is lost.
        """
        try:
            job = PaperboyJob.fetch(_job_id(key, kind, attempt), connection=self.redis, serializer="json")
        except NoSuchJobError:
            return False
        return job.get_status() == JobStatus.QUEUED and job.get_position() is not None

    def next_job(self, queue: str) -> tuple[str, int] | None:
        """Take the first job out of RQ's queue: its key and attempt. None: it is empty.

        For a worker that goes on where RQ would start a process. What is lost on the way, the ledger hands out again.
        """
        waiting, ours = _queue(queue, self.redis).key, {kind.function for kind in KINDS.values() if kind.queue == queue}
        while (raw := self.redis.lpop(waiting)) is not None:
            name = text(raw)
            try:
                job = PaperboyJob.fetch(name, connection=self.redis, serializer="json")
                key, attempt = job.args if job.func_name in ours else ()
                with self.redis.pipeline(transaction=False) as pipe:
                    job.delete(pipeline=pipe, remove_from_queue=False)
                    pipe.execute()
                return str(key), int(attempt)
            except NoSuchJobError:
                continue
            except (DeserializationError, TypeError, ValueError):
                log.warning("job_refused", extra={"job": name})
                self.redis.expire(PaperboyJob.key_for(name), FAILURE_TTL_S)
        return None

    def enqueue(self, key: str, kind: str, attempt: int) -> None:
        """Give RQ the job for one attempt; giving it again is harmless."""
        how = KINDS[kind]
        queue = _queue(how.queue, self.redis)
        name = _job_id(key, kind, attempt)
        try:
            queue.enqueue_call(
                how.function,
                args=(key, attempt),
                timeout=how.timeout,
                result_ttl=RESULT_TTL_S,
                failure_ttl=FAILURE_TTL_S,
                description=name,
                job_id=name,
                unique=True,
            )
        except DuplicateJobError:
            log.debug("job_known", extra={"job": name})


def living(redis: "Redis", queue: str) -> int:
    """Count the workers of a queue that gave a sign of life of late.

    That is within `runner.WORKER_TTL_S` and a minute. RQ's own count has those that were killed, too, until another
    worker of that queue sweeps: where none is left, for good.
    """
    known = get_keys(queue=_queue(queue, redis))
    return int(redis.exists(*known)) if known else 0


def _queue(name: str, redis: "Redis") -> Queue:
    return Queue(name, connection=redis, serializer="json", job_class=PaperboyJob)


def _wait(fails: int, error: Exception) -> float:
    own = random.uniform(0.5, 1.0) * min(RETRY_FIRST_S * 2.0**fails, RETRY_MOST_S)
    return max(own, float(getattr(error, "retry_after", 0.0)))


def _job_id(key: str, kind: str, attempt: int) -> str:
    """RQ allows letters, digits, `_` and `-` in a job id."""
    return f"{kind}-{sha256(key.encode()).hexdigest()[:20]}-{attempt}"
