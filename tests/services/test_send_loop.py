"""The send loop: many deliveries by one process, each for itself."""

import time

import pytest
from rq import Queue

from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble
from tests.waiting import until
from workers.delivery import deliver
from workers.delivery import send_loop as delivery_send_loop
from workers.delivery.send_loop import SendLoop
from workers.delivery.telegram import TelegramPoster
from workers.models import Part
from workers.queueing import current_task
from workers.queueing.dispatcher import Dispatcher
from workers.queueing.kinds import DELIVERY
from workers.store.delivery.outbox import Outbox

CHATS = range(7000, 7040)


@pytest.fixture
def ends():
    with SlackDouble(channels={f"C{n}": f"c{n}" for n in range(9)}) as slack, TelegramDouble() as telegram:
        for chat in CHATS:
            telegram.add_chat(chat, type="private", title="P")
        yield slack, telegram


@pytest.fixture
def town(ends, redis, env, monkeypatch):
    """Both services, the settings for them, and a page of its own."""
    slack, telegram = ends
    monkeypatch.setattr(current_task, "OURS", current_task.CurrentTask())
    settings = env(
        SLACK_BOT_TOKEN=slack.bot_token, SLACK_API_URL=slack.api_url,
        TELEGRAM_BOT_TOKEN=telegram.token, TELEGRAM_API_URL=telegram.url,
    )  # fmt: skip
    return Town(redis, settings, slack, telegram)


class Town:
    def __init__(self, redis, settings, slack, telegram):
        self.redis, self.settings, self.slack, self.telegram = redis, settings, slack, telegram
        self.dispatcher, self.outbox = Dispatcher(redis), Outbox(redis)

    def put(self, channel, count=1, line=""):
        """A delivery of so many parts, in the queue."""
        parts = [Part(key=f"p{n}", payload={"text": f"{n} for {channel}"}) for n in range(count)]
        with self.redis.pipeline() as pipe:
            self.outbox.put(pipe, channel, channel, parts, time.time(), placeholder=line)
            pipe.execute()
        self.dispatcher.open(f"delivery|{channel}", "delivery", {"delivery": channel})

    def go(self):
        """One round, begun with the first job of the queue."""
        SendLoop(self.dispatcher, self.settings).run(*self.dispatcher.next_job(DELIVERY))

    def rounds(self):
        """One round after the other, until nothing is open.

        A slow machine leaves the last for a second one.
        """

        def over():
            if job := self.dispatcher.next_job(DELIVERY):
                SendLoop(self.dispatcher, self.settings).run(*job)
            for key in self.dispatcher.ledger.due(time.time()):
                self.dispatcher.hand_out(key)
            return not self.dispatcher.ledger.open_keys()

        until(over, "the end of all deliveries")

    def task(self, channel):
        return self.dispatcher.ledger.get(f"delivery|{channel}")

    def states(self, channel):
        return [row.state for row in self.outbox.rows(channel)]


def test_one_round_sends_what_is_in_the_queue(town):
    for n in range(5):
        town.put(f"slack:C{n}")
        town.put(f"telegram:{7000 + n}")
    town.go()
    assert town.dispatcher.next_job(DELIVERY) is None
    assert town.dispatcher.ledger.open_keys() == []
    assert [len(town.slack.messages(f"C{n}")) for n in range(5)] == [1] * 5
    assert [len(town.telegram.messages(7000 + n)) for n in range(5)] == [1] * 5


def test_it_goes_on_with_what_had_to_wait(town):
    for count in (1, 4):
        channels = [f"slack:C{count + n}" for n in range(count)]
        for channel in channels:
            town.put(channel, 2)
        town.go()
        assert town.dispatcher.ledger.open_keys() == []
        assert {town.task(channel).attempt for channel in channels} == {1}, "one process, however few they are"
    assert all(post.status == 200 for post in town.slack.calls("*chat.postMessage"))


def test_for_what_may_go_on_much_later_it_does_not_wait(town):
    town.slack.fault("*chat.postMessage", status=429, headers={"Retry-After": "30"}, times=1)
    town.put("slack:C1", 2)
    town.go()
    task = town.task("slack:C1")
    assert (task.state, task.held, task.fails) == ("open", False, 0), "given back"
    assert town.dispatcher.ledger.waits_until(task.key) > time.time()


def test_more_chats_than_may_be_written_to_in_a_second(town):
    for chat in CHATS:
        town.put(f"telegram:{chat}", line="soon")
    town.rounds()
    calls = town.telegram.calls("*Message*")
    assert len(calls) == len(CHATS)
    assert {call.status for call in calls} == {200}
    attempts = [town.task(f"telegram:{chat}").attempt for chat in CHATS]
    assert sum(attempts) < 2 * len(CHATS), "what had to wait was kept in hand"


def test_it_stops_when_it_is_asked_to(town):
    for n in range(3):
        town.put(f"slack:C{n}")
    town.slack.phase_hook = lambda phase, _entry: current_task.OURS.stop() if phase == "accepted" else None
    town.go()
    assert len(town.slack.calls("*chat.postMessage")) == 1
    assert town.states("slack:C0") == ["sent"], "what it had in hand it ended"
    assert [town.task(f"slack:C{n}").state for n in (1, 2)] == ["open"] * 2


def test_one_that_cannot_be_sent_stops_no_other(town):
    town.put("nowhere:1")
    town.put("slack:C1")
    town.go()
    assert town.task("nowhere:1").state == "dead"
    assert town.states("slack:C1") == ["sent"]


def test_our_own_fault_ends_the_round_and_is_laid_to_one(town):
    town.put("slack:C1", 2)
    town.put("slack:C2")
    town.put("slack:C3")
    town.redis.hset("pb:part:slack:C2:p0", "payload", "no JSON")
    town.go()
    assert [town.task(f"slack:C{n}").fails for n in (1, 2, 3)] == [0, 1, 0]
    assert not town.task("slack:C1").held, "given back"


def test_a_silent_platform_is_left_alone_and_the_other_goes_on(town, monkeypatch):
    monkeypatch.setattr(deliver, "SILENT_S", 0.2)
    town.telegram.fault("*sendMessage", delay=0.5, drop="before", times=99)
    for n in range(4):
        town.put(f"telegram:{7000 + n}", 3)
        town.put(f"slack:C{n}")
    town.go()
    assert [town.states(f"slack:C{n}") for n in range(4)] == [["sent"]] * 4
    assert len(town.telegram.calls("*sendMessage")) == 1
    assert town.dispatcher.ledger.waits_until("delivery|telegram:7001") > time.time() + deliver.LEAVE_ALONE_S / 2


def test_a_quick_failure_closes_no_platform(town):
    town.telegram.fault("*sendMessage", status=500, body={"ok": False, "error_code": 500, "description": "x"})
    town.put("telegram:7000")
    town.put("telegram:7001")
    town.go()
    assert town.task("telegram:7000").fails == 1
    assert town.states("telegram:7001") == ["sent"]


def test_what_somebody_else_took_over_is_left_to_them(town):
    for n in range(delivery_send_loop.FEW):
        town.put(f"slack:C{n}", 2)
    key, ledger = "delivery|slack:C0", town.dispatcher.ledger

    def steal(phase, entry):
        if phase == "accepted" and entry.data["channel"] == f"C{delivery_send_loop.FEW - 1}":
            assert ledger.take(key, time.time() + 3600, 60) in (0, 2)

    town.slack.phase_hook = steal
    town.go()
    assert ledger.get(key).attempt == 2
    assert town.states("slack:C0") == ["sent", "pending"]


def test_the_connection_is_kept_within_a_round_only(town):
    made = []
    town.telegram.phase_hook = lambda phase, _entry: made.append(1) if phase == "connect" else None
    poster = TelegramPoster(town.settings)
    with poster:
        for n in range(3):
            poster.send(str(7000 + n), {"text": "a"}, None, "m")
    assert len(made) == 1
    for n in range(3, 5):
        poster.send(str(7000 + n), {"text": "a"}, None, "m")
    assert len(made) == 3


def test_a_job_that_cannot_be_read_is_passed_over(town):
    town.put("slack:C1")
    town.put("slack:C2")
    first = town.redis.lindex("rq:queue:delivery", 0).decode()
    town.redis.hset(f"rq:job:{first}", "data", b"rubbish")
    Queue(DELIVERY, connection=town.redis, serializer="json").enqueue_call("os.system", args=("touch", 1))
    Queue(DELIVERY, connection=town.redis).enqueue_call("workers.jobs.deliver", args=("pickled", 1))
    assert town.dispatcher.next_job(DELIVERY) == ("delivery|slack:C2", 1)
    assert town.dispatcher.next_job(DELIVERY) is None


def test_the_page_tells_what_is_in_hand():
    page = current_task.CurrentTask()
    assert page.held() is None
    for key in ("a", "b" * 700, "digest|telegram:@gruppe_ä|2026"):
        page.hold(key, 3)
        assert page.held() == (key, 3)
    page.hold("c" * 2 * current_task.SIZE, 1)
    assert page.held() is None, "too long to be noted"
    page.hold("a", 1)
    page.put_down()
    assert page.held() is None
    assert not page.stopping
    page.stop()
    assert page.stopping
