"""Talk, from the person's message to the answer in the thread.

With all processes running.
"""

import json

import pytest

from tests.waiting import HANG_S, until
from tests.world import CHANNEL, World
from workers.store.people.threads import Threads
from workers.store.tasks.ledger import Ledger

PRIVATE = 4242
ONE, THREE = "2601.99901", "2601.99903"


@pytest.fixture
def world(tmp_path, redis_url):
    with World(tmp_path, redis_url, key=True, SLACK_APP_TOKEN="xapp-test") as found:
        found.serve_sample()
        yield found


@pytest.fixture
def up(world):
    """All processes; call it to start them again after a stop."""
    running = []

    def start():
        stop()
        before = len(world.telegram.calls("*/getUpdates"))
        running.append(world.process("up"))
        world.slack.wait_connected()
        until(lambda: len(world.telegram.calls("*/getUpdates")) > before, "polling")

    def stop():
        for process in running:
            process.terminate()
            process.wait(HANG_S)
        running.clear()

    start()
    yield start
    stop()


def head(world, paper):
    """Our Slack message about a paper, once its thread has the analysis."""
    found = [m for m in world.slack.messages(CHANNEL) if not m.get("thread_ts") and paper in json.dumps(m["blocks"])]
    answered = [m for m in found if len(world.slack.thread(CHANNEL, m["ts"])) > 1]
    return answered[0] if answered else None


def replies(world, root):
    return [m for m in world.slack.thread(CHANNEL, root)[1:] if m.get("bot_id")]


def answered(redis, root):
    """The questions of a thread that have their answers, in one text."""
    return " ".join(turn.question for turn in Threads(redis).turns(f"slack:{CHANNEL}", root))


def ours(world):
    return world.telegram.messages(PRIVATE, mine=True)


def test_a_deep_dive_two_questions_a_restart_and_threads_that_never_mix(world, up, redis):
    for paper in (ONE, THREE):
        ack = world.slack.ack_of(world.slack.play_slash("/deepdive", f"https://arxiv.org/abs/{paper}", CHANNEL))
        assert paper in json.dumps(ack)
    roots = {p: until(lambda p=p: head(world, p), f"the deep dive of {p}")["ts"] for p in (ONE, THREE)}
    for turn, (paper, words) in enumerate(
        [(ONE, "lantern-one"), (THREE, "quilt-one"), (ONE, "lantern-two"), (THREE, "quilt-two")]
    ):
        world.slack.play_mention(f"What about {words}?", CHANNEL, thread_ts=roots[paper], twice=True)
        until(lambda w=words, p=paper: w in answered(redis, roots[p]), f"answer {turn}")
    until(lambda: not Ledger(redis).open_keys(), "the end of all posts")
    asked = [json.dumps(a.body if hasattr(a, "body") else vars(a), default=str) for a in world.model.asked("answer")]
    assert len(asked) == 4, "one call a question, though each mention came twice"
    assert "lantern-one" in asked[2], "earlier turns of the thread are told"
    for prompt in asked:
        assert not ("lantern" in prompt and "quilt-" in prompt), "nothing of another thread is told"
    up()  # everything stops and starts again
    before = len(replies(world, roots[ONE]))
    world.slack.play_mention("And after the restart?", CHANNEL, thread_ts=roots[ONE])
    until(lambda: len(replies(world, roots[ONE])) == before + 1, "an answer after the restart")
    until(lambda: not Ledger(redis).open_keys(), "the end of all work")
    assert len(replies(world, roots[ONE])) == before + 1, "and no second one"
    assert len(world.model.asked("deepdive")) == 2


def test_a_question_under_a_digest_and_votes_on_telegram(world, up, redis):
    world.telegram.play_message(PRIVATE, f"/deepdive {ONE}")
    first = until(
        lambda: next((m for m in world.telegram.messages(PRIVATE, mine=True) if m["reply_markup"]), None),
        "the deep dive",
    )
    assert "LanternFlow" in first["text"]
    world.telegram.play_message(PRIVATE, "How many steps does it take?", reply_to=first["message_id"])
    after = first["message_id"] + 1  # the question's own number
    answer = until(lambda: next((m for m in ours(world) if m["message_id"] > after), None), "the answer")
    until(lambda: Threads(redis).find(f"telegram:{PRIVATE}", str(answer["message_id"])), "the bot to know its answer")
    world.telegram.play_message(PRIVATE, "And why?", reply_to=answer["message_id"])
    until(lambda: len(world.model.asked("answer")) == 2, "a question to an answer")
    world.telegram.play_callback(PRIVATE, first["message_id"], f"up:{ONE}")
    until(lambda: "👍 1" in json.dumps(world.telegram.messages(PRIVATE), ensure_ascii=False), "the vote")
    world.telegram.play_callback(PRIVATE, first["message_id"], f"up:{ONE}")
    until(lambda: "👍 1" not in json.dumps(world.telegram.messages(PRIVATE), ensure_ascii=False), "its return")


def test_an_unknown_paper_is_one_line_and_an_unknown_thread_too(world, up):
    world.slack.play_slash("/deepdive", "2601.12345", CHANNEL)
    until(lambda: "2601.12345" in json.dumps(world.slack.messages(CHANNEL)), "the line")
    other = world.slack.say("a thread about lunch", CHANNEL, "U0ALICE", "")
    world.slack.play_mention("what do you think?", CHANNEL, thread_ts=other["ts"])
    until(lambda: world.slack.ephemerals or len(world.slack.thread(CHANNEL, other["ts"])) > 2, "a helpful line")
    assert world.model.asked("answer") == []
