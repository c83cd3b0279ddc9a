"""A direct message on Slack after a deep dive.

A question about it, and the same asked of another paper.
"""

import pytest

from tests.services import test_slack_listener as slack_listener
from tests.services.test_slack_listener import CHANNEL, EN, LINK, tasks
from tests.waiting import until
from workers.intake.requests import PaperRequests, Taken
from workers.models import Paper
from workers.render.answer import slack_parts
from workers.render.buttons import with_other
from workers.store.papers.records import Papers
from workers.store.people.threads import RECENT_S, recent_key

slack, start, ledger = slack_listener.slack, slack_listener.start, slack_listener.ledger


def asked(ledger):
    return [(t.data["place"]["paper"], t.data["text"]) for t in tasks(ledger) if t.kind == "ask"]


def test_a_sentence_after_a_deep_dive_is_about_it(slack, start, ledger, redis):
    start()
    room = slack.direct()
    slack.ack_of(slack.play_message("which loss?"))
    until(lambda: EN.which_paper in [m["text"] for m in slack.messages(room)])
    assert tasks(ledger) == []
    slack.ack_of(slack.play_message(LINK))
    slack.ack_of(slack.play_message("which loss?"))
    assert asked(ledger) == [("2601.00007", "which loss?")]
    question = next(t for t in tasks(ledger) if t.kind == "ask")
    assert question.data["place"]["version"] == 2
    assert question.data["talk"] == "paper:2601.00007"
    root = question.data["place"]["root"]
    assert root == question.data["message"], "it is answered below the question"
    slack.ack_of(slack.play_message("and why?", thread_ts=root))
    assert asked(ledger)[1:] == [("2601.00007", "and why?")]
    slack.ack_of(slack.play_slash("/deepdive", "2601.00008", channel=room))
    slack.ack_of(slack.play_message("which data?"))
    assert asked(ledger)[2:] == [("2601.00008", "which data?")], "the last one counts"


def test_nobody_elses_paper_is_meant(slack, start, ledger, redis):
    start()
    slack.ack_of(slack.play_message(LINK, user="U0BOB"))
    slack.ack_of(slack.play_mention(LINK, CHANNEL))
    room = slack.direct("U0ALICE")
    slack.ack_of(slack.play_message("which loss?", user="U0ALICE"))
    until(lambda: EN.which_paper in [m["text"] for m in slack.messages(room)])
    assert asked(ledger) == []


def test_a_day_later_it_is_forgotten(slack, start, ledger, redis):
    start()
    room = slack.direct()
    slack.ack_of(slack.play_message(LINK))
    name = recent_key(f"slack:{room}")
    assert 0 < redis.ttl(name) <= RECENT_S
    redis.zincrby(name, -RECENT_S - 1, redis.zrange(name, 0, -1)[0])
    slack.ack_of(slack.play_message("which loss?"))
    until(lambda: EN.which_paper in [m["text"] for m in slack.messages(room)])


@pytest.mark.parametrize("forged", [False, True])
def test_another_paper_can_be_asked_the_same(slack, start, ledger, redis, forged):
    start()
    room = slack.direct()
    Papers(redis).put_papers([Paper(id="2601.00007", title="Old Maps", abstract="a")])
    slack.ack_of(slack.play_message(LINK))
    slack.ack_of(slack.play_message("2601.00008"))
    slack.ack_of(slack.play_message("which loss?"))
    task = next(t for t in tasks(ledger) if t.kind == "ask")
    from workers.analysis.answer import Answer

    (part,) = slack_parts(Answer(text="L1."), "answer", head="About it")
    key = "ask|slack|T|C0OTHER|1.1" if forged else task.key
    part = with_other(part, "slack", "en", key)
    ts = slack_listener.WebClient(slack.bot_token, base_url=slack.api_url).chat_postMessage(
        channel=room, thread_ts=task.data["message"], **part.payload
    )["ts"]
    slack.ack_of(slack.play_action("other", room, ts))
    if forged:
        until(lambda: [e for e in slack.ephemerals if e["text"] == EN.other_none])
        return

    def offered():
        message = next(m for m in slack.messages(room) if m["ts"] == ts)
        return [(e["action_id"], e["text"]["text"]) for e in message["blocks"][-1]["elements"]]

    until(lambda: offered() == [("about0", "Old Maps")])
    slack.ack_of(slack.play_action("about0", room, ts))
    until(lambda: len(asked(ledger)) == 2)
    assert asked(ledger)[1] == ("2601.00007", "which loss?")


def test_a_question_to_the_channel_is_about_its_own_day(slack, start, ledger, redis):
    start()
    slot = "digest|slack:C0DIGEST|2026-01-27"
    slack.ack_of(slack.play_mention("which is about maps?"))
    until(lambda: [e for e in slack.ephemerals if e["text"] == EN.which_day.replace("`/digest now`", "`/digest now`")])
    redis.set(f"pb:last:slack:{CHANNEL}", slot)
    slack.add_channel("C0OTHER", "other")
    asked_in = slack.payload_of(slack.play_mention("which is about maps?"))["event"]["ts"]
    until(lambda: tasks(ledger))
    (task,) = tasks(ledger)
    assert (task.data["place"]["digest"], task.data["place"]["root"]) == (slot, asked_in)
    slack.ack_of(slack.play_mention("which is about maps?", "C0OTHER"))
    assert len(tasks(ledger)) == 1, "of another channel's day it knows nothing"
    slack.ack_of(slack.play_mention("and cats?", thread_ts=asked_in))
    assert [t.data["text"] for t in tasks(ledger)] == ["which is about maps?", "and cats?"]


def change(slack, kind, ts, room, **more):
    event = {"type": "message", "subtype": kind, "channel": room, "ts": "99.9", "event_ts": "99.9", **more}
    slack.ack_of(slack.play_event(event | ({"deleted_ts": ts} if kind == "message_deleted" else {})))


def test_an_edited_question_is_answered_anew_in_place_and_a_deleted_one_not_at_all(slack, start, ledger, redis):
    start()
    room = slack.direct()
    slack.ack_of(slack.play_message(LINK))
    slack.ack_of(slack.play_message("which los?"))
    (first,) = [t for t in tasks(ledger) if t.kind == "ask"]
    ts = first.data["message"]
    message = {"ts": ts, "user": "U0ALICE", "text": "which loss?", "edited": {"ts": "50.1", "user": "U0ALICE"}}
    change(slack, "message_changed", ts, room, message={k: v for k, v in message.items() if k != "edited"})
    assert len([t for t in tasks(ledger) if t.kind == "ask"]) == 1, "Slack has only added a preview"
    for _ in range(2):
        change(slack, "message_changed", ts, room, message=message, previous_message={"ts": ts})
    assert ledger.get(first.key).state == "skipped", "what was not answered yet is not answered"
    (second,) = [t for t in tasks(ledger) if t.kind == "ask"]
    assert (second.data["text"], second.data["revises"]) == ("which loss?", first.key)
    change(slack, "message_deleted", ts, room, previous_message={"ts": ts, "user": "U0ALICE"})
    assert ledger.get(second.key).state == "skipped"
    assert [t.kind for t in tasks(ledger)] == ["deepdive"]
    change(slack, "message_deleted", ts, "C0OTHER", previous_message={"ts": ts})


def test_an_old_question_stays_as_it_is(slack, start, ledger, redis):
    running = start()
    slack.ack_of(slack.play_message(LINK))
    slack.ack_of(slack.play_message("which los?"))
    (first,) = [t for t in tasks(ledger) if t.kind == "ask"]
    asking = PaperRequests(redis, running.settings, lambda: float(first.data["message"]) + 601)
    channel, ts = first.data["channel"], first.data["message"]
    assert asking.edited(channel, ts, "which loss?", edit="1", at=float(ts)) == Taken()
    assert ledger.get(first.key).state == "open"


@pytest.mark.parametrize("older", [False, True])
def test_the_assistant_pane_is_served_by_the_same_code(slack, start, ledger, redis, older):
    slack.scopes = (*slack.scopes, "assistant:write")
    start()
    room = slack.direct()
    root = slack.say("…", room)["ts"] if older else ""
    event = {"type": "app_home_opened", "user": "U0ALICE", "tab": "messages", "channel": room}
    if older:
        thread = {"user_id": "U0ALICE", "channel_id": room, "thread_ts": root, "context": {}}
        event = {"type": "assistant_thread_started", "assistant_thread": thread}
    for _ in range(2):
        slack.ack_of(slack.play_event(event))
    until(lambda: slack.pane)
    offered = slack.pane[0]
    assert offered[:2] == (room, root) and next(p["title"] for p in offered[2]) == EN.pane_today
    slack.ack_of(slack.play_message(LINK, thread_ts=root))
    slack.ack_of(slack.play_message("which loss?", thread_ts=root))
    assert asked(ledger) == [("2601.00007", "which loss?")]
    if older:
        until(lambda: len(slack.pane) == 2)
        assert slack.pane[1] == (room, root, LINK)
    assert len([p for p in slack.pane if isinstance(p[2], list)]) == 1
