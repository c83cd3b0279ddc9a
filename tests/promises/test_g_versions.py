"""G. Outages: an older and a newer version work on one Redis, during an upgrade."""

from rq import Queue

from tests.promises import kit
from tests.promises.test_g_outages import KEYS, doubles, morning  # noqa: F401 - fixtures
from tests.services.test_operator import DIGESTS
from workers.queueing.kinds import KindOf
from workers.queueing.rq_job import PaperboyJob
from workers.store.server.connection import key
from workers.store.tasks.ledger import Ledger

NEWER = KindOf("interactive", "workers.jobs.of_tomorrow", lease=60, timeout=60)
"""A kind of task that this version does not know."""


def test_45_tasks_of_a_newer_version_are_left_to_it(morning):  # noqa: F811
    """45: sixty tasks of an unknown kind stay open, and the digest goes out.

    They lie before everything else. The operator has one line, and one more when the newer version has done them.
    """
    ledger = morning.ticker.dispatcher.ledger
    names = [f"tomorrow|{n}" for n in range(60)]
    for name in names:
        ledger.open(name, "tomorrow", morning.now, {"v": 2})
    morning.at(8, 5, 5)
    assert morning.texts(f"slack:{DIGESTS}") == [f"{part} of 2026-03-22" for part in KEYS]
    assert {(task.state, task.attempt, task.fails) for task in map(ledger.get, names)} == {("open", 0, 0)}
    assert [line for line in morning.lines() if "tomorrow" in line] == [morning.lines()[0]], "told once"
    for name in names:
        ledger.end(name, ledger.take(name, morning.now + 60, 60), morning.now + 60)
    assert {ledger.get(name).state for name in names} == {"done"}, "the newer side does them"
    morning.minutes(5)
    assert [line[:1] for line in morning.lines() if "tomorrow" in line] == ["⚠", "✅"]


def test_45_a_worker_gives_back_what_only_a_newer_one_can_do(crew, redis):
    """45: an older worker gives back a job of the newer version.

    Its task is open again at once, and that is no failure.
    """
    crew.worker("interactive")
    queue = Queue("interactive", connection=redis, serializer="json", job_class=PaperboyJob)
    ledger = Ledger(redis)
    ledger.open("tomorrow|1", "tomorrow", 0, {"v": 2})
    attempt = ledger.take("tomorrow|1", kit.REAL(), 60)
    queue.enqueue_call(NEWER.function, args=("tomorrow|1", attempt))
    kit.until(lambda: not ledger.get("tomorrow|1").held, "that it is given back")
    task = ledger.get("tomorrow|1")
    assert (task.state, task.fails) == ("open", 0)
    assert redis.zscore(key("open"), "tomorrow|1") < kit.REAL() + 16
    assert "job_of_a_newer_version" in crew.log()
