"""One worker process for one queue, a fork for each job.

RQ's own command line leaves a killed worker's job lying for 13 minutes and may lose it on two queues; these settings
bring that to about a minute, and our ledger hands the task out again in any case.
"""

import ctypes
import importlib
import logging
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from types import FrameType
from typing import Any

from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.exceptions import DeserializationError
from rq.job import Job

from workers import network
from workers.processes.supervisor import PR_SET_PDEATHSIG
from workers.queueing import current_task
from workers.queueing.dispatcher import NEWER_LOOK_S, Dispatcher
from workers.queueing.kinds import DEEPDIVE, DELIVERY, DIGEST, FUNCTIONS, INTERACTIVE, QUEUES
from workers.queueing.rq_job import PaperboyJob
from workers.settings import Settings
from workers.store.schema import check
from workers.store.server.connection import connect
from workers.store.server.embedded import ensure
from workers.words import languages

log = logging.getLogger(__name__)

ARGUMENTS = 2
"""Of each function in `queue.FUNCTIONS`: the task's key and the attempt."""

WORKER_TTL_S, MAINTENANCE_S, MONITOR_S = 30, 15, 5
"""RQ's worker TTL, maintenance interval and heartbeat interval: with these, an abandoned job is noticed in 71 s."""

GRACE_S = 20.0
"""Seconds a job may go on after SIGTERM; platforms send SIGKILL after 30, and the ledger resumes what was cut off."""

KILLED_WAIT_S = 5.0
"""Seconds before a task whose job was killed is handed out again; the fifth time parks it. By then the claims of the
dead have lapsed (`papers.FLIGHT_TTL_S`), so that the next try keeps no worker waiting for them."""

RANKER = ("Stemmer",)
"""What the local ranker imports at its first call."""

ASYNC_HTTP = (
    "httpcore", "httpcore._async.connection_pool", "httpcore._backends.anyio", "h11", "anyio._backends._asyncio",
    "certifi", "encodings.idna",
)  # fmt: skip
"""What the Telegram library's HTTP client imports at its first request: 80 ms a job if it is left to the child."""

WARM = {
    DIGEST: ("workers.jobs", "workers.digest.make", *RANKER, "workers.analysis.model.claude", "anthropic"),
    INTERACTIVE: (
        "workers.jobs",
        "workers.conversations.messages",
        *RANKER,
        "workers.analysis.model.claude",
        "anthropic",
    ),
    DEEPDIVE: (
        "workers.jobs",
        "workers.conversations.messages",
        "workers.digest.make",
        *RANKER,
        "workers.analysis.model.claude",
        "anthropic",
    ),
    DELIVERY: ("workers.jobs", "workers.delivery.send_loop", *ASYNC_HTTP),
}
"""Modules imported once, before the fork, so that each job starts in milliseconds."""


class SafeWorker(Worker):
    """A worker whose child dies with it.

    It leaves within `GRACE_S` of a SIGTERM.
    """

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Note what the child will have in hand, then fork it."""
        current_task.OURS.put_down()
        with suppress(DeserializationError):  # a stranger's job: the child refuses it
            if job.func_name in FUNCTIONS and len(job.args) == ARGUMENTS:
                current_task.OURS.hold(*job.args)
        super().fork_work_horse(job, queue)

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Run a job.

        One of a newer version, whose function we lack, goes back to the ledger for that version.
        """
        with suppress(DeserializationError):
            if job.func_name not in FUNCTIONS and len(job.args) == ARGUMENTS:
                log.warning("job_of_a_newer_version", extra={"job": job.id})
                key, attempt = job.args
                Dispatcher(self.connection).ledger.later(str(key), int(attempt), time.time() + NEWER_LOOK_S)
        super().execute_job(job, queue)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Run one job in the forked child."""
        if sys.platform.startswith("linux"):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != self.pid:  # the parent died between fork and prctl
                os._exit(1)
        super().main_work_horse(job, queue)

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Job, Queue] | None:
        """Wait for a job, and hand out what falls due meanwhile.

        The clock may be away. RQ's idle limit is not used.
        """
        dispatcher = Dispatcher(self.connection)
        while True:
            due = None
            with suppress(RedisError):  # RQ waits until it is back
                dispatcher.catch_up()
                due = dispatcher.ledger.next_due(time.time())
            wait = min(MAINTENANCE_S, max(1, math.ceil(due - time.time()))) if due else MAINTENANCE_S
            found: tuple[Job, Queue] | None = super().dequeue_job_and_maintain_ttl(timeout, max_idle_time=wait)
            if found or timeout is None:
                return found

    def request_stop(self, signum: int, frame: FrameType | None) -> Any:
        """Finish the job in hand, but not for longer than `GRACE_S`."""
        current_task.OURS.stop()
        timer = threading.Timer(GRACE_S, self._give_up)
        timer.daemon = True
        timer.start()
        return super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def _give_up(self) -> None:
        if self.horse_pid:
            log.warning("job_cut_off", extra={"worker": self.name})
            self.kill_horse(signal.SIGKILL)


def horse_killed(job: Job, _pid: int, status: int, _usage: Any) -> None:
    """Put off the task of a child that died (out of memory, killed).

    It need not wait for the lease's end.
    """
    in_hand = current_task.OURS.held()
    if in_hand is None:
        log.error("job_killed", extra={"job": job.id, "status": status})
        return
    key, attempt = in_hand
    log.error("job_killed", extra={"task": key, "attempt": attempt, "status": status})
    dispatcher = Dispatcher(job.connection)
    if dispatcher.put_off(key, attempt, time.time() + KILLED_WAIT_S, "killed"):
        dispatcher.park(key)


def _import(name: str) -> None:
    """Import a module ahead.

    A library's inner modules may move; a job then imports them by itself.
    """
    try:
        importlib.import_module(name)
    except ImportError:
        if name not in ASYNC_HTTP:
            raise


def import_for(queues: Iterable[str], settings: Settings) -> None:
    """Import what jobs of these queues need; read certificates and words.

    Each job then starts in milliseconds; the certificates alone take 60 ms, a language's words 25 ms.
    """
    network.tls()
    languages()
    for name in dict.fromkeys(name for queue in queues for name in WARM[queue]):
        if name != "anthropic" or settings.anthropic_api_key.get_secret_value():
            _import(name)


def work(queue: str, settings: Settings, *, warm: bool = True) -> None:
    """Work on one queue until a signal.

    `warm=False`: what jobs need has been imported.
    """
    if queue not in QUEUES:
        raise ValueError(f"there is no queue {queue!r}; there are: {', '.join(QUEUES)}")
    url = ensure(settings)
    with closing(connect(url)) as redis:
        check(redis)
    current_task.OURS = current_task.CurrentTask()
    if warm:
        import_for([queue], settings)
    worker = SafeWorker(
        [queue],
        connection=connect(url),
        worker_ttl=WORKER_TTL_S,
        maintenance_interval=MAINTENANCE_S,
        job_monitoring_interval=MONITOR_S,
        job_class=PaperboyJob,
        serializer="json",
        log_job_description=False,
        work_horse_killed_handler=horse_killed,
    )
    log.info("worker_started", extra={"queue": queue})
    worker.work(logging_level="WARNING")
