"""Delivery to Slack: each message once, in order, with every fault on the way."""

import threading

import pytest

from tests.doubles.slack import SlackDouble
from workers.delivery.choose_poster import poster
from workers.delivery.deliver import Deliverer
from workers.models import Part
from workers.store.delivery.outbox import Outbox
from workers.store.server.connection import connect

CHANNEL = "C0DIGEST"


def text(words: str) -> dict:
    return {"text": words, "unfurl_links": False, "unfurl_media": False}


PARTS = [
    Part(key="quick", payload=text("quick view")),
    Part(key="pick:1", payload=text("paper one")),
    Part(key="analysis:1:0", parent="pick:1", payload=text("analysis of one")),
    Part(key="pick:2", payload=text("paper two")),
    Part(key="analysis:2:0", parent="pick:2", payload=text("analysis of two")),
]
WORDS = [p.payload["text"] for p in PARTS]


@pytest.fixture
def slack():
    with SlackDouble(pace=False) as double:
        yield double


class Run:
    """A delivery driven by hand, with a clock that jumps to when it wants to go on."""

    def __init__(self, redis, settings, parts=PARTS, channel=f"slack:{CHANNEL}", name="d1"):
        self.now, self.name, self.fence = [1_000_000.0], name, 0
        self.outbox = Outbox(redis)
        self.deliverer = Deliverer(redis, settings, lambda: self.now[0], poster)
        with redis.pipeline() as pipe:
            self.outbox.put(pipe, name, channel, parts, self.now[0])
            pipe.execute()

    def once(self, fails=0):
        self.fence += 1
        return self.deliverer.run(self.name, self.fence, fails, lambda: True)

    def drain(self, most=40):
        for _ in range(most):
            outcome = self.once()
            if outcome.done:
                return outcome
            self.now[0] = max(self.now[0], outcome.at)
        raise AssertionError("the delivery does not end")

    def states(self):
        return [row.state for row in self.outbox.rows(self.name)]


@pytest.fixture
def settings(env, slack):
    return env(SLACK_BOT_TOKEN="xoxb-test", SLACK_API_URL=slack.api_url, SLACK_CHANNELS=CHANNEL)


@pytest.fixture
def run(redis, settings):
    return Run(redis, settings)


def posted(slack):
    return [m["text"] for m in slack.messages(CHANNEL, deleted=False)]


def test_all_parts_go_out_in_order_and_threads_under_their_heads(run, slack):
    assert run.drain().done
    assert posted(slack) == WORDS
    by_text = {m["text"]: m for m in slack.messages(CHANNEL)}
    assert by_text["analysis of one"]["thread_ts"] == by_text["paper one"]["ts"]
    assert by_text["analysis of two"]["thread_ts"] == by_text["paper two"]["ts"]
    assert not by_text["paper two"].get("thread_ts")
    assert run.states() == ["sent"] * 5


def test_running_again_sends_nothing(run, slack):
    run.drain()
    for _ in range(20):
        assert run.once().done
    assert posted(slack) == WORDS


def test_two_workers_at_once_send_each_part_once(redis, redis_url, settings, slack):
    run = Run(redis, settings, parts=[Part(key=f"p{i}", payload=text(f"part {i}")) for i in range(3)])
    barrier = threading.Barrier(8)

    def go(fence):
        client = connect(redis_url, retries=0)
        mine = Deliverer(client, settings, lambda: run.now[0], poster)
        barrier.wait()
        mine.run(run.name, 1, 0, lambda: True)
        client.close()

    for _ in range(3):
        threads = [threading.Thread(target=go, args=(i,)) for i in range(8)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        run.now[0] += 2
    assert sorted(posted(slack)) == ["part 0", "part 1", "part 2"]


def test_a_lost_answer_is_looked_up_and_not_sent_again(run, slack):
    slack.fault("*chat.postMessage", drop="after", when=lambda e: b"paper+one" in e.body or b"paper one" in e.body)
    run.drain()
    assert posted(slack) == WORDS
    assert len(slack.calls("*conversations.history")) <= 2


def test_an_answer_lost_in_a_thread_is_looked_up_there(run, slack):
    slack.fault("*chat.postMessage", drop="after", when=lambda e: b"analysis" in e.body)
    run.drain()
    assert posted(slack) == WORDS
    assert len(slack.calls("*conversations.replies")) <= 2


def test_a_request_that_never_arrived_is_sent_again(run, slack):
    slack.fault("*chat.postMessage", drop="before", when=lambda e: b"paper" in e.body)
    run.drain()
    assert posted(slack) == WORDS


def test_a_server_error_stops_at_that_part_and_goes_on_there(run, slack):
    slack.fault("*chat.postMessage", status=500, body="oops", times=2, when=lambda e: b"paper" in e.body)
    run.drain()
    assert posted(slack) == WORDS


@pytest.mark.parametrize("answer", [{"ok": False, "error": "internal_error"}, {"ok": False, "error": "fatal_error"}])
def test_an_error_after_which_it_may_have_been_posted_is_looked_up(run, slack, answer):
    slack.fault("*chat.postMessage", status=200, body=answer)
    run.drain()
    assert posted(slack) == WORDS


@pytest.mark.parametrize("answer", ['{"ok": true}', '{"ok": true, "ts": null}', "[1, 2]", "null"])
def test_an_ok_that_names_no_message_is_no_proof_of_one(run, slack, answer):
    slack.fault("/api/chat.postMessage", status=200, body=answer, headers={"Content-Type": "application/json"})
    first = run.once()
    assert not first.done
    assert first.error in ("lost", "http_200"), "it is looked up, not taken as sent, and nothing crashes"
    run.drain()
    assert posted(slack) == WORDS


@pytest.mark.parametrize("answer", ['{"ok": true}', '{"ok": true, "messages": [5]}', '{"ok": true, "messages": null}'])
def test_an_answer_that_is_no_history_does_not_lead_to_a_second_copy(run, slack, answer):
    slack.fault("/api/chat.postMessage", drop="after")
    assert not run.once().done
    slack.fault("/api/conversations.history", status=200, body=answer, headers={"Content-Type": "application/json"})
    run.drain()
    assert posted(slack) == WORDS


def test_429_puts_the_delivery_off_by_what_slack_asks(run, slack, redis, settings):
    slack.fault(
        "*chat.postMessage", status=429, headers={"Retry-After": "30"}, body={"ok": False, "error": "ratelimited"}
    )
    outcome = run.once()
    assert not outcome.done
    assert outcome.at == run.now[0] + 30
    assert not outcome.error, "being asked to wait is no failure"
    assert posted(slack) == []
    run.now[0] += 29
    assert run.once().at == pytest.approx(1_000_030), "nothing before the time"
    assert len(slack.calls("*chat.postMessage")) == 1
    run.now[0] += 1
    run.drain()
    assert posted(slack) == WORDS


def test_one_message_a_second_and_channel(run, slack):
    outcome = run.once()
    assert posted(slack) == WORDS[:1]
    assert outcome.at - run.now[0] >= 1.0


def test_blocks_that_slack_refuses_go_out_as_plain_words(redis, settings, slack):
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 4000}}]
    run = Run(redis, settings, parts=[Part(key="quick", payload={"text": "short", "blocks": blocks})])
    run.drain()
    assert [m["text"][:5] for m in slack.messages(CHANNEL)] == ["xxxxx"]
    assert run.states() == ["sent"]


def test_a_channel_that_is_closed_costs_one_request(run, slack):
    slack.channel(CHANNEL).is_archived = True
    outcome = run.once()
    assert (outcome.done, outcome.held) == (False, True)
    assert run.states() == ["pending"] * 5, "nothing is given up: it waits for the place"
    assert len(slack.calls("*chat.postMessage")) == 1
    head = run.outbox.head(run.name)
    assert (head.held, head.why, head.looks) == ("place", "is_archived", 1)
    assert run.outbox.trouble() == []


def test_after_the_bot_is_invited_the_rest_is_posted(run, slack):
    slack.channel(CHANNEL).is_member = False
    run.once()
    slack.channel(CHANNEL).is_member = True
    run.drain()
    assert posted(slack) == WORDS
    assert run.outbox.trouble() == []


def test_a_better_text_is_edited_in_place(run, slack):
    run.drain()
    better = [
        p.model_copy(update={"payload": text("better " + p.payload["text"])}) if "analysis:1" in p.key else p
        for p in PARTS
    ]
    better.insert(3, Part(key="analysis:1:1", parent="pick:1", payload=text("more of one")))
    better = [p for p in better if p.key != "analysis:2:0"]
    assert run.outbox.revise(run.name, better) == 3
    run.drain()
    assert sorted(posted(slack)) == sorted(
        ["quick view", "paper one", "better analysis of one", "paper two", "more of one"]
    )
    assert len(slack.calls("*chat.postMessage")) == 6
    by_text = {m["text"]: m for m in slack.messages(CHANNEL)}
    assert by_text["more of one"]["thread_ts"] == by_text["paper one"]["ts"]
    assert run.outbox.revise(run.name, better) == 0, "the same again changes nothing"


def test_a_slow_owner_that_lost_its_lease_sends_nothing(run, slack):
    assert not run.deliverer.run(run.name, 1, 0, lambda: False).done
    assert posted(slack) == []


def test_a_refused_token_holds_the_delivery_and_is_never_shown(run, slack, env, caplog):
    right, run.deliverer.settings = run.deliverer.settings, env(SLACK_BOT_TOKEN="xoxb-wrong-token")
    assert run.once().held
    assert (run.outbox.head(run.name).held, run.outbox.head(run.name).why) == ("operator", "auth")
    assert set(run.states()) == {"pending"}
    run.deliverer.settings = right
    run.drain()
    assert posted(slack) == WORDS
    assert "wrong-token" not in caplog.text


def test_a_text_bettered_while_it_was_being_sent_is_edited_afterwards(run, slack):
    better = [p.model_copy(update={"payload": text("better")}) if p.key == "quick" else p for p in PARTS]
    slack.phase_hook = lambda phase, entry: (
        run.outbox.revise(run.name, better) if phase == "body" and b"quick" in entry.body else None
    )
    run.once()
    slack.phase_hook = None
    assert run.states()[0] == "edit"
    run.now[0] += 2
    run.drain()
    assert posted(slack)[0] == "better"
    assert len(posted(slack)) == 5


@pytest.mark.parametrize("status", [429, 503])
def test_a_look_up_that_is_put_off_never_leads_to_a_second_copy(run, slack, status):
    slack.fault("*chat.postMessage", drop="after")
    body = {"ok": False, "error": "ratelimited"} if status == 429 else "away"
    slack.fault("*conversations.history", status=status, headers={"Retry-After": "30"}, body=body, times=2)
    run.drain()
    assert posted(slack) == WORDS
    assert run.states() == ["sent"] * 5


def test_a_run_that_has_lost_a_part_to_another_does_not_go_on_to_the_next(run, slack):
    run.outbox.claim(run.name, "quick", 7, run.now[0])
    assert not run.deliverer.run(run.name, 7, 0, lambda: True).done
    run.now[0] += 5
    assert not run.deliverer.run(run.name, 6, 0, lambda: True).done
    assert posted(slack) == []
    run.fence = 7
    run.drain()
    assert posted(slack) == WORDS
