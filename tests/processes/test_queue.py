"""Jobs on the queue.

Jobs carry a key and an attempt, and run nothing but our own functions.
"""

import pytest
from rq import Queue, SimpleWorker
from rq.job import JobStatus

from workers.errors import SourceFailed
from workers.queueing.dispatcher import Dispatcher
from workers.queueing.kinds import KINDS
from workers.queueing.rq_job import PaperboyJob


def test_a_task_is_enqueued_once_with_its_key_and_attempt(redis):
    dispatcher = Dispatcher(redis)
    assert dispatcher.open("digest|slack:C1|2026-01-01", "digest", {"text": "who asked"})
    assert not dispatcher.open("digest|slack:C1|2026-01-01", "digest", {})
    for _ in range(20):
        dispatcher.enqueue("digest|slack:C1|2026-01-01", "digest", 1)
    jobs = Queue("digest", connection=redis, serializer="json", job_class=PaperboyJob).jobs
    assert [job.args for job in jobs] == [["digest|slack:C1|2026-01-01", 1]]
    assert "who asked" not in str(jobs[0].to_dict())


def test_a_job_that_waits_is_not_handed_out_again(redis):
    now = [1000.0]
    dispatcher = Dispatcher(redis, clock=lambda: now[0])
    dispatcher.open("k", "digest", {})
    for _ in range(10):
        now[0] += KINDS["digest"].lease + 1
        assert not dispatcher.hand_out("k"), "RQ still has it"
    assert Queue("digest", connection=redis, serializer="json", job_class=PaperboyJob).count == 1
    assert dispatcher.ledger.get("k").fails == 0


def test_a_job_that_rq_lost_is_handed_out_again(redis):
    now = [1000.0]
    dispatcher = Dispatcher(redis, clock=lambda: now[0])
    dispatcher.open("k", "digest", {})
    Queue("digest", connection=redis, serializer="json", job_class=PaperboyJob).empty()
    assert not dispatcher.hand_out("k"), "not before the lease ends"
    now[0] += KINDS["digest"].lease + 1
    assert dispatcher.hand_out("k")


@pytest.mark.parametrize(
    "name", ["os.system", "subprocess.run", "workers.jobs.held", "workers.store.server.embedded.stop"]
)
def test_a_job_that_names_another_function_is_not_run(redis, name, tmp_path):
    target = tmp_path / "ran"
    queue = Queue("digest", connection=redis, serializer="json", job_class=PaperboyJob)
    job = queue.enqueue_call(name, args=(f"touch {target}",))
    SimpleWorker([queue], connection=redis, serializer="json", job_class=PaperboyJob).work(
        burst=True, logging_level="CRITICAL"
    )
    assert job.get_status() == JobStatus.FAILED
    assert not target.exists()


def test_a_pickled_job_is_not_run(redis, tmp_path):
    target = tmp_path / "ran"
    Queue("digest", connection=redis).enqueue_call("os.system", args=(f"touch {target}",))
    queue = Queue("digest", connection=redis, serializer="json", job_class=PaperboyJob)
    SimpleWorker([queue], connection=redis, serializer="json", job_class=PaperboyJob).work(
        burst=True, logging_level="CRITICAL"
    )
    assert not target.exists()


def tries_until_over(dispatcher, now, key, error):
    """Fail the task of `key` until it is over: (how often, the task)."""
    dispatcher.ledger.open(key, "ask", now[0], {})
    for tried in range(1, 10):
        attempt = dispatcher.ledger.take(key, now[0], 60)
        assert dispatcher.ledger.start(key, attempt, now[0] + 60)
        dispatcher.failed(dispatcher.ledger.get(key), attempt, error)
        if dispatcher.ledger.get(key).state != "open":
            return tried, dispatcher.ledger.get(key)
        now[0] += 10_000
    raise AssertionError("never over")


@pytest.mark.parametrize(("key", "tries", "state"), [("ask|console|1", 2, "skipped"), ("ask|slack|1", 5, "dead")])
def test_who_waits_at_a_terminal_is_told_soon_and_nobody_else(redis, key, tries, state, caplog):
    now = [1000.0]
    dispatcher = Dispatcher(redis, clock=lambda: now[0])
    tried, task = tries_until_over(dispatcher, now, key, SourceFailed("arXiv could not be reached."))
    assert (tried, task.state) == (tries, state)
    assert ("task_parked" in caplog.text) == (state == "dead") == bool(dispatcher.ledger.dead())
    assert task.error == ("arXiv could not be reached." if state == "skipped" else "source")
