"""Worker processes.

What they survive, and that a death costs neither a digest nor a second one.
"""

import os
import signal
import time
from pathlib import Path

import pytest
from rq import Worker

from tests.waiting import HANG_S, until
from tests.world import CHANNEL, World
from workers.models import Part
from workers.queueing.dispatcher import Dispatcher
from workers.store.delivery.outbox import Outbox
from workers.store.tasks.ledger import Ledger

SLOT = f"digest|slack:{CHANNEL}|2026-01-24|sample"
ORDER = {"channel": f"slack:{CHANNEL}", "profile": "cv-daily-zh", "day": "2026-01-24", "sample": True}
PARTS = 6

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for child processes in /proc")


@pytest.fixture
def world(tmp_path, redis_url):
    with World(tmp_path, redis_url, key=True, TELEGRAM_CHATS="") as found:
        yield found


class Crew:
    """Processes of `python -m bot …`, ended with the test."""

    def __init__(self, world):
        self.world, self.running = world, []

    def start(self, *words):
        process = self.world.process(*words)
        self.running.append(process)
        return process

    def log(self):
        return (self.world.folder / "log.txt").read_text()


@pytest.fixture
def crew(world):
    made = Crew(world)
    yield made
    for process in made.running:
        process.kill()
        process.wait()


def child_of(process):
    return [int(p) for p in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def gone(pid):
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "Z (zombie)" in status.read_text()


def test_a_killed_child_is_laid_to_what_it_had_in_hand(world, crew, redis):
    world.slack.fault("*chat.postMessage", delay=3600, when=lambda e: e.data["text"] == "second")
    dispatcher, outbox = Dispatcher(redis), Outbox(redis)
    for name in ("first", "second"):
        parts = [Part(key=f"p{n}", payload={"text": name}) for n in range(2)]
        with redis.pipeline() as pipe:
            outbox.put(pipe, name, f"slack:{CHANNEL}" if name == "first" else "slack:C0OTHER", parts, time.time())
            pipe.execute()
        dispatcher.open(f"delivery|{name}", "delivery", {"delivery": name})
    delivery = crew.start("worker", "--queue", "delivery")
    asked = lambda: [e.data.get("text") for e in world.slack.calls("*chat.postMessage")]  # noqa: E731
    until(lambda: "second" in asked(), "the second post")
    os.kill(until(lambda: child_of(delivery), "a child")[0], signal.SIGKILL)
    until(lambda: "job_killed" in crew.log(), "the end of the child")
    first, second = until(
        lambda: (tasks := [dispatcher.ledger.get(f"delivery|{n}") for n in ("first", "second")])[1].fails and tasks,
        "a note",
    )
    assert (first.fails, second.fails, second.error) == (0, 1, "killed")
    assert not second.held, "given back at once"
    assert dispatcher.ledger.waits_until("delivery|first") < time.time() + 60


def posted(world):
    return [m["metadata"]["event_payload"]["id"] for m in world.slack.messages(CHANNEL)]


def test_a_killed_job_is_done_again_at_once_and_nothing_is_posted_twice(world, crew, redis):
    world.model.score_seconds = 1.0
    worker = crew.start("worker", "--queue", "digest")
    crew.start("worker", "--queue", "delivery")
    crew.start("scheduler")
    Dispatcher(redis).open(SLOT, "digest", ORDER)
    until(lambda: world.model.asked("score"), "the first question to the model")
    os.kill(until(lambda: child_of(worker), "a child")[0], signal.SIGKILL)
    until(lambda: len(posted(world)) == PARTS, "the digest")
    assert Ledger(redis).get(SLOT).attempt == 2
    assert len(set(posted(world))) == PARTS
    assert "job_killed" in crew.log()


def test_a_job_dies_with_its_worker(world, crew, redis):
    world.model.hold = lambda _: False
    worker = crew.start("worker", "--queue", "digest")
    Dispatcher(redis).open(SLOT, "digest", ORDER)
    until(lambda: world.model.asked("score"), "the first question to the model")
    child = child_of(worker)[0]
    worker.kill()
    worker.wait()
    until(lambda: gone(child), "its end")


def test_a_worker_asked_to_stop_leaves_in_time_and_the_work_goes_on_elsewhere(world, crew, redis):
    worker = crew.start("worker", "--queue", "digest")
    until(lambda: [w for w in Worker.all(connection=redis) if w.get_state() == "idle"], "a worker that waits")
    worker.terminate()
    assert worker.wait(HANG_S) == 0


def test_the_same_job_enqueued_twenty_times_posts_once(world, crew, redis):
    dispatcher = Dispatcher(redis)
    dispatcher.open(SLOT, "digest", ORDER)
    for _ in range(20):
        dispatcher.enqueue(SLOT, "digest", 1)
        dispatcher.open(SLOT, "digest", ORDER)
    for queue in ("digest", "digest", "delivery", "delivery"):
        crew.start("worker", "--queue", queue)
    crew.start("scheduler")
    until(lambda: len(posted(world)) >= PARTS, "the digest")
    delivery = f"delivery|{SLOT}"
    for attempt in range(1, 21):
        dispatcher.enqueue(delivery, "delivery", attempt)
    until(lambda: Ledger(redis).get(delivery).state == "done", "the end of the delivery")
    from rq import Queue

    until(lambda: Queue("delivery", connection=redis, serializer="json").count == 0, "an empty queue")
    assert len(posted(world)) == PARTS
    assert [r.state for r in Outbox(redis).rows(SLOT)] == ["sent"] * PARTS


def test_a_delivery_cut_off_in_the_middle_goes_on_where_it_stopped(world, crew, redis):
    world.slack.fault(
        "*chat.postMessage", delay=3600, times=1, when=lambda e: b"analysis" not in e.body and len(posted(world)) == 1
    )
    delivery = crew.start("worker", "--queue", "delivery")
    crew.start("worker", "--queue", "digest")
    crew.start("scheduler")
    Dispatcher(redis).open(SLOT, "digest", ORDER)
    until(lambda: len(world.slack.calls("*chat.postMessage")) == 2, "the second post")
    os.kill(until(lambda: child_of(delivery), "a child")[0], signal.SIGKILL)
    until(lambda: len(posted(world)) == PARTS, "the rest")
    assert len(set(posted(world))) == PARTS
