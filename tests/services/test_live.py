"""Showing an answer while it is written.

Real SDKs against the doubles; with every fault, one message is the answer.
"""

import threading
import time
from contextlib import suppress

import pytest

from tests.analyst_papers import alone
from tests.doubles.model import ModelDouble
from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import FORUM, PRIVATE, TOPIC, TelegramDouble
from tests.rendering import HOSTILE
from tests.waiting import until
from workers.analysis.answer import Answer, answer
from workers.analysis.budget import Meter
from workers.delivery.choose_poster import poster
from workers.delivery.deliver import Deliverer
from workers.delivery.live import base as live_module
from workers.delivery.live import slack as live_slack
from workers.delivery.live import telegram as live_telegram
from workers.delivery.live.base import LiveMessage, Quiet
from workers.delivery.live.choose_view import live
from workers.models import Paper
from workers.render.answer import slack_parts, telegram_parts
from workers.store.delivery.outbox import Outbox

CHANNEL, ALICE, TEAM = "C0DIGEST", "U0ALICE", "T0TEST"
WORDS = "Training takes **12 hours** on four GPUs, and that is what the abstract says of it in its second sentence."
FINAL = Answer(text=f"{WORDS} And it is [so](https://evil.example).", by="m")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(live_slack.SlackLive, "gap_s", 0.01)
    monkeypatch.setattr(live_telegram.TelegramDraft, "gap_s", 0.01)
    monkeypatch.setattr(live_telegram.TelegramEdits, "gap_s", 0.01)
    monkeypatch.setattr(live_slack, "PAUSE_S", 0.01)


@pytest.fixture
def slack():
    with SlackDouble(pace=False) as double:
        yield double


@pytest.fixture
def telegram():
    with TelegramDouble(pace=False) as double:
        yield double


@pytest.fixture
def settings(env, slack, telegram):
    return env(
        SLACK_BOT_TOKEN="xoxb-test",
        SLACK_API_URL=slack.api_url,
        TELEGRAM_BOT_TOKEN=telegram.token,
        TELEGRAM_API_URL=telegram.url,
    )


@pytest.fixture
def thread(slack):
    root = slack.say("a paper", CHANNEL)["ts"]
    slack.say("how long?", CHANNEL, thread_ts=root)
    return root


def write(shown, seen, text=WORDS, step=25, wait=0.15):
    """Push the text piece by piece; each has `wait` to be seen (`seen()` grows).

    Not every piece is shown.
    """
    for at in range(step, len(text) + step, step):
        before = seen()
        shown.push(text[:at])
        with suppress(AssertionError):
            until(lambda b=before: seen() != b, seconds=wait)


def bots(slack, thread):
    return [m for m in slack.thread(CHANNEL, thread) if m.get("bot_id") and not m["deleted"]]


# -- Slack -----------------------------------------------------------------------------------------------------------


def test_a_stream_becomes_the_answer(slack, settings, thread):
    noted = []
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM, noted=noted.append)
    shown.begin()
    until(lambda: slack.status_of(CHANNEL, thread))
    assert slack.status_of(CHANNEL, thread) == "reading …"
    write(shown, lambda: len(slack.calls("/api/chat.*Stream")))
    message = bots(slack, thread)[0]
    assert len(slack.calls("/api/chat.appendStream")) >= 2 and message["text"] == WORDS[: len(message["text"])]
    assert "second" in message["text"] and slack.status_of(CHANNEL, thread) == ""
    parts = slack_parts(FINAL, "answer")
    assert shown.end(parts, "mark-1") == LiveMessage(message["ts"], True) and noted == [message["ts"]]
    final = bots(slack, thread)
    assert len(final) == 1 and final[0]["blocks"] == parts[0].payload["blocks"]
    assert final[0]["metadata"]["event_payload"] == {"id": "mark-1"} and "evil" not in str(final[0])
    assert poster("slack", settings).find(CHANNEL, thread, "mark-1", 0.0) == message["ts"]


@pytest.mark.parametrize("person", [("", ""), (ALICE, ""), ("", TEAM)])
def test_without_a_recipient_there_is_only_the_status(slack, settings, thread, person):
    shown = live("slack", settings, CHANNEL, thread, *person, language="zh")
    shown.begin()
    shown.push(WORDS)
    until(lambda: slack.status_of(CHANNEL, thread))
    assert slack.status_of(CHANNEL, thread) == "正在阅读 …"
    assert shown.end(slack_parts(FINAL, "answer")) is None and not bots(slack, thread)


def test_a_direct_message_needs_no_recipient(slack, settings):
    room = slack.direct()
    root = slack.say("how long?", room)["ts"]
    shown = live("slack", settings, room, root)
    shown.begin()
    shown.push(WORDS)
    until(lambda: slack.calls("/api/chat.startStream", accepted=True))
    assert shown.end(slack_parts(FINAL, "answer")).complete


@pytest.mark.parametrize("where", ["startStream", "appendStream"])
@pytest.mark.parametrize("how", [{"status": 500}, {"drop": "before"}, {"status": 200, "body": {"ok": False}}])
def test_a_refusal_ends_the_showing_silently(slack, settings, thread, where, how):
    slack.fault(f"/api/chat.{where}", times=99, **how)
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM)
    shown.begin()
    write(shown, lambda: len(slack.calls("/api/chat.*Stream")))
    done = shown.end(slack_parts(FINAL, "answer"))
    assert len(slack.calls(f"/api/chat.{where}")) == 1
    if where == "startStream":
        assert done is None and not bots(slack, thread)
    else:
        assert done.complete and len(bots(slack, thread)) == 1


def test_when_nothing_works_nothing_is_raised(slack, settings, thread):
    slack.fault("/api/*", times=99, status=500)
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM)
    shown.begin()
    shown.push(WORDS)
    assert shown.end(slack_parts(FINAL, "answer")) is None
    slack.stop()
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM)
    shown.begin()
    shown.push(WORDS)
    assert shown.end() is None


def test_a_message_that_cannot_be_replaced_is_left_to_the_outbox(slack, settings, thread, redis):
    slack.fault("/api/chat.update", times=3, status=500)
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM)
    shown.begin()
    shown.push(WORDS)
    until(lambda: slack.calls("/api/chat.startStream", accepted=True))
    parts, outbox = slack_parts(FINAL, "answer", parent=f"msg:{thread}"), Outbox(redis)
    with redis.pipeline() as pipe:
        outbox.put(pipe, "ask|1", f"slack:{CHANNEL}", parts, time.time())
        pipe.execute()
    row = outbox.rows("ask|1")[0]
    assert outbox.claim("ask|1", "answer", 1, time.time()) == "pending"
    done = shown.end(parts, row.mark)
    assert done is not None and not done.complete
    outbox.finish("ask|1", "answer", 1, "sent" if done.complete else "edit", time.time(), msg=done.message)
    assert Deliverer(redis, settings, time.time, poster).run("ask|1", 2, 0, lambda: True).done
    message = bots(slack, thread)
    assert [m["blocks"] for m in message] == [parts[0].payload["blocks"]]
    assert outbox.rows("ask|1")[0].state == "sent"


def test_killed_between_the_last_edit_and_the_outbox_it_is_found_again(slack, settings, thread, redis):
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM)
    shown.begin()
    shown.push(WORDS)
    until(lambda: slack.calls("/api/chat.startStream", accepted=True))
    parts, outbox = slack_parts(FINAL, "answer", parent=f"msg:{thread}"), Outbox(redis)
    with redis.pipeline() as pipe:
        outbox.put(pipe, "ask|1", f"slack:{CHANNEL}", parts, time.time())
        pipe.execute()
    outbox.claim("ask|1", "answer", 1, time.time())
    assert shown.end(parts, outbox.rows("ask|1")[0].mark).complete
    assert Deliverer(redis, settings, time.time, poster).run("ask|1", 2, 0, lambda: True).done
    assert len(bots(slack, thread)) == 1 and outbox.rows("ask|1")[0].state == "sent"


def test_a_killed_run_leaves_a_message_that_the_next_one_takes_over(slack, settings, thread):
    noted = []
    first = live("slack", settings, CHANNEL, thread, ALICE, TEAM, noted=noted.append)
    first.begin()
    first.push(WORDS)
    until(lambda: noted)
    again = live("slack", settings, CHANNEL, thread, ALICE, TEAM, earlier=noted[0])
    again.begin()
    again.push(WORDS)
    assert again.end(slack_parts(FINAL, "answer")) == LiveMessage(noted[0], True)
    assert len(bots(slack, thread)) == 1
    first.end()


def test_a_long_answer_runs_on_and_ends_as_one(slack, settings, thread, monkeypatch):
    monkeypatch.setattr(live_slack, "MAX_STREAM", 300)
    long = "```\n" + "\n".join(f"line {n} of the code" for n in range(60)) + "\n```\n" + "And words after it. " * 20
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM)
    shown.begin()
    write(shown, lambda: len(slack.calls("/api/chat.*Stream")), long, 200)
    streamed = bots(slack, thread)
    assert len(streamed) > 2 and all(len(m["text"]) <= 310 for m in streamed)
    assert streamed[1]["text"].startswith("```\n") and streamed[0]["text"].count("```") == 2
    words = "".join("".join(m["text"].split()) for m in streamed).replace("```", "")
    assert len(words) > 500 and words in "".join(long.split()).replace("```", "")
    parts = slack_parts(Answer(text=long, by="m"), "answer")
    done = shown.end(parts)
    assert done == LiveMessage(streamed[0]["ts"], True) and len(bots(slack, thread)) == 1


def test_a_stream_does_not_outlive_its_five_minutes(slack, settings, thread):
    now, noted = [0.0], []
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM, noted=noted.append, clock=lambda: now[0])
    shown.begin()
    shown.push("The first words come early. ")
    until(lambda: noted, "the stream's beginning to be known")
    now[0] = 280.0
    shown.push("The first words come early. The others come late. ")
    until(lambda: len(bots(slack, thread)) == 2)
    assert [m["text"].strip() for m in bots(slack, thread)] == ["The first words come early.", "The others come late."]
    shown.end(slack_parts(FINAL, "answer"))
    assert len(bots(slack, thread)) == 1


def test_text_that_is_taken_back_waits_for_the_end(slack, settings, thread):
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM)
    shown.begin()
    write(shown, lambda: len(slack.calls("/api/chat.*Stream")))
    asked = len(slack.calls("/api/chat.*Stream"))
    shown.push("Something else altogether was written in a second try of the model. ")
    until(lambda: shown._told.startswith("Something else"))
    shown.push(f"{WORDS} And more of it, which goes on from the first text.")
    until(lambda: len(slack.calls("/api/chat.*Stream")) > asked, "what follows the first text")
    assert "Something" not in bots(slack, thread)[0]["text"]
    assert bots(slack, thread)[0]["text"].startswith("Training takes")
    assert shown.end(slack_parts(FINAL, "answer")).complete


def test_an_answer_that_came_to_nothing_is_taken_back(slack, settings, thread):
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM)
    shown.begin()
    write(shown, lambda: len(slack.calls("/api/chat.*Stream")))
    assert shown.end() is None and not bots(slack, thread) and slack.status_of(CHANNEL, thread) == ""


def test_a_message_that_somebody_deleted_is_posted_anew(slack, telegram, settings, thread):
    for platform, address, under in (("slack", CHANNEL, thread), ("telegram", str(FORUM), "")):
        noted = []
        shown = live(platform, settings, address, under, ALICE, TEAM, noted=noted.append)
        shown.begin()
        shown.push(WORDS)
        until(lambda noted=noted: noted)
        poster(platform, settings).delete(address, noted[0])
        assert shown.end((slack_parts if platform == "slack" else telegram_parts)(FINAL, "answer")) is None


def test_what_was_taken_back_is_forgotten(slack, settings, thread):
    noted = []
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM, noted=noted.append)
    shown.begin()
    shown.push(WORDS)
    until(lambda: noted)
    assert shown.end() is None and noted[1:] == [""]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_is_streamed(slack, settings, thread, text):
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM)
    shown.begin()
    write(shown, lambda: len(slack.calls("/api/chat.*Stream")), f"Words first. {text} and more words. ", 17, 0.03)
    shown.end(slack_parts(FINAL, "answer"))
    for call in slack.calls("/api/chat.*Stream"):
        said = str(call.data.get("markdown_text", ""))
        assert not any(
            x in said for x in ("<!", "<@", "<#", "://", "](", "<http", "@here", "@channel", "\u202e", "\x1b")
        )


def test_a_slow_service_does_not_hold_up_the_reader(slack, settings, thread):
    pushed = threading.Event()
    slack.fault("/api/*", times=1, hold=pushed.is_set)
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM)
    shown.begin()
    until(lambda: slack.calls("/api/*"), "a request that waits")
    for at in range(0, len(WORDS), 5):
        shown.push(WORDS[:at])
    assert not slack.calls("/api/chat.*Stream"), "all was pushed while the service gave no answer"
    pushed.set()
    shown.end()


def test_the_status_is_kept_up(slack, settings, thread, monkeypatch):
    monkeypatch.setattr(live_slack.SlackLive, "tick_s", 0.05)
    shown = live("slack", settings, CHANNEL, thread)
    shown.begin()
    until(lambda: len(slack.statuses) >= 3)
    shown.end()
    assert slack.status_of(CHANNEL, thread) == ""


# -- Telegram --------------------------------------------------------------------------------------------------------


def test_a_private_chat_sees_a_draft(telegram, settings):
    shown = live("telegram", settings, str(PRIVATE), "17")
    shown.begin()
    until(lambda: telegram.actions)
    write(shown, lambda: len(telegram.drafts))
    assert telegram.actions[0] == (PRIVATE, "typing", 0)
    drafts = telegram.drafts
    assert len(drafts) >= 3 and len({d["draft_id"] for d in drafts}) == 1 and drafts[0]["draft_id"]
    assert drafts[-1]["text"] == WORDS.replace("**", "") and drafts[-1]["entities"][0]["type"] == "bold"
    assert shown.end(telegram_parts(FINAL, "answer"), "m") is None and not telegram.messages(PRIVATE)


def test_a_draft_is_kept_from_fading(telegram, settings, monkeypatch):
    monkeypatch.setattr(live_telegram.TelegramDraft, "tick_s", 0.02)
    now, looked = [0.0], []

    def clock():
        looked.append(now[0])
        return now[0]

    shown = live("telegram", settings, str(PRIVATE), "17", clock=clock)
    shown.begin()
    shown.push(WORDS)
    until(lambda: telegram.drafts and len(looked) >= 4, "some looks at the clock")
    assert len(telegram.drafts) == 1
    now[0] = 25.0
    until(lambda: len(telegram.drafts) == 2)
    shown.end()


def test_a_long_draft_shows_its_end(telegram, settings):
    shown = live("telegram", settings, str(PRIVATE), "17")
    shown.begin()
    shown.push("word " * 2000 + "the end")
    until(lambda: telegram.drafts)
    shown.end()
    assert telegram.drafts[-1]["text"].endswith("the end") and len(telegram.drafts[-1]["text"]) <= 4096


def test_a_group_sees_one_message_that_becomes_the_answer(telegram, settings):
    asked = telegram.play_message(FORUM, "how long?", topic=TOPIC)["message"]["message_id"]
    noted = []
    shown = live("telegram", settings, f"{FORUM}/{TOPIC}", str(asked), noted=noted.append)
    shown.begin()
    write(shown, lambda: len(telegram.calls("*")))
    mine = telegram.messages(FORUM, mine=True)
    assert len(mine) == 1 and mine[0]["text"].endswith(" …") and mine[0]["message_thread_id"] == TOPIC
    assert mine[0]["reply_to"] == asked
    assert telegram.actions[0] == (FORUM, "typing", TOPIC) and noted == [str(mine[0]["message_id"])]
    parts = telegram_parts(FINAL, "answer")
    assert shown.end(parts, "m") == LiveMessage(noted[0], True)
    mine = telegram.messages(FORUM, mine=True)
    assert [m["text"] for m in mine] == [parts[0].payload["text"]] and not telegram.warnings()
    assert "evil" not in str(mine) and mine[0]["link_preview_options"] == {"is_disabled": True}


def test_edits_are_few(telegram, settings):
    shown = live("telegram", settings, str(FORUM), "")
    shown.begin()
    write(shown, lambda: len(telegram.calls("*")), "Some words. " * 25, 12, 0.1)
    edits = len(telegram.calls("*/editMessageText"))
    assert edits == live_telegram.MAX_EDITS
    assert shown.end(telegram_parts(FINAL, "answer")).complete


def test_a_flood_limit_stops_the_edits_and_leaves_the_answer_to_the_outbox(telegram, settings):
    body = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 130}}
    telegram.fault("*/editMessageText", times=99, status=429, body=body)
    shown = live("telegram", settings, str(FORUM), "")
    shown.begin()
    write(shown, lambda: len(telegram.calls("*")))
    assert len(telegram.calls("*/editMessageText")) == 1
    done = shown.end(telegram_parts(FINAL, "answer"))
    assert done is not None and not done.complete and len(telegram.messages(FORUM, mine=True)) == 1


def test_what_came_to_nothing_is_deleted(telegram, settings):
    shown = live("telegram", settings, str(FORUM), "")
    shown.begin()
    shown.push(WORDS)
    until(lambda: telegram.messages(FORUM, mine=True))
    assert shown.end() is None and telegram.messages(FORUM, mine=True)[0]["deleted"]


@pytest.mark.parametrize("chat", [str(PRIVATE), str(FORUM), "-100999", "@nobody_there"])
def test_telegram_refusing_everything_is_no_matter(telegram, settings, chat):
    telegram.fault(
        "*", times=99, status=403, body={"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked"}
    )
    shown = live("telegram", settings, chat, "5")
    shown.begin()
    shown.push(WORDS)
    assert shown.end(telegram_parts(FINAL, "answer")) is None


# -- both ------------------------------------------------------------------------------------------------------------


def test_what_cannot_be_shown_is_quiet(env):
    bare = env()
    for platform, address in (("slack", CHANNEL), ("telegram", "5"), ("terminal", "x")):
        shown = live(platform, bare, address, "1")
        assert isinstance(shown, Quiet)
        shown.begin()
        shown.push("x")
        assert shown.end() is None
    broken = env(TELEGRAM_BOT_TOKEN="1:x")
    assert isinstance(live("telegram", broken, "no number", "1"), Quiet)


def test_it_can_end_before_it_began(settings, slack, thread):
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM)
    shown.push(WORDS)
    assert shown.end(slack_parts(FINAL, "answer")) is None


def test_the_first_words_are_seen_before_the_model_has_written_the_others(slack, env, thread):
    paper = Paper(id="2601.00001", title="Fast", abstract="Training takes 12 hours on four GPUs. " * 4)
    with ModelDouble("k") as model:
        settings = env(
            SLACK_BOT_TOKEN="xoxb-test",
            SLACK_API_URL=slack.api_url,
            ANTHROPIC_API_KEY="k",
            ANTHROPIC_BASE_URL=model.url,
        )
        model.reply(lambda _: f"{WORDS} [P1] " * 4)
        answer("warm?", alone(paper), settings=settings, meter=Meter())  # the SDK is imported once
        model.hold_piece = lambda before: before < 2 or slack.calls("/api/chat.startStream", accepted=True)
        shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM)
        shown.begin()
        said = answer("How long?", alone(paper), settings=settings, meter=Meter(), on_text=shown.push)
        done = shown.end(slack_parts(said, "answer"))
    assert said.error is None and done.complete and len(bots(slack, thread)) == 1


def test_the_wait_for_a_request_in_the_air_is_bounded(slack, settings, thread, monkeypatch):
    monkeypatch.setattr(live_module, "JOIN_S", 0.2)
    ended = threading.Event()
    held = slack.fault("/api/assistant*", times=1, hold=ended.is_set)
    shown = live("slack", settings, CHANNEL, thread, ALICE, TEAM)
    shown.begin()
    until(lambda: not held.times, "the request in the air")
    assert shown.end(slack_parts(FINAL, "answer")) is None, "it is still there, and is waited for no longer"
    ended.set()
