"""Forty things that people type on Slack.

Each with the right kind of reaction (see `tests.forty_messages`).
"""

import pytest

from bot.intent import said
from tests.forty_messages import FORTY, PAPER, kind_of
from tests.services import test_slack_listener as slack_listener
from tests.services.test_slack_listener import CHANNEL, EN, tasks
from tests.waiting import until
from workers.store.people.threads import ThreadPlace, Threads

slack, start, ledger = slack_listener.slack, slack_listener.start, slack_listener.ledger

SLOT = f"digest|slack:{CHANNEL}|2026-01-27"


def test_there_are_forty():
    assert len(FORTY) == 40


@pytest.mark.parametrize("lot", range(4))
def test_each_gets_its_reaction(slack, start, ledger, redis, lot):
    start()
    for place, text, expected in FORTY[lot::4]:
        redis.flushall()
        kinds = react(slack, redis, ledger, place, text, expected)
        assert kinds == expected, (place, text)


def react(slack, redis, ledger, place, text, expected):
    room = slack.direct() if place in ("dm", "after") else CHANNEL
    if place in ("mention", "bare", "head"):
        redis.set(f"pb:last:slack:{CHANNEL}", SLOT)
    root = ""
    if place in ("head", "thread", "others"):
        root = slack.say("above", CHANNEL, "U0BOB")["ts"]
    if place in ("head", "thread"):
        about = ThreadPlace(root, PAPER) if place == "thread" else ThreadPlace(root, "", digest=SLOT)
        Threads(redis).put(f"slack:{CHANNEL}", root, about)

    def told():
        mine = [m["text"] for m in slack.messages(room) if m.get("bot_id")] if room != CHANNEL else []
        return [*(e["text"] for e in slack.ephemerals), *mine]

    if place == "after":
        had = len(told())
        slack.ack_of(slack.play_message(PAPER))
        until(lambda: len(told()) > had)
    before, known = len(told()), set(ledger.open_keys())
    if place in ("dm", "after"):
        slack.ack_of(slack.play_message(text))
    elif place == "bare":
        slack.ack_of(slack.play_message(text, CHANNEL))
    else:
        slack.ack_of(slack.play_mention(text, CHANNEL, thread_ts=root))
    kind = kind_of([task for task in tasks(ledger) if task.key not in known], SLOT)
    if kind in ("dive", "cite") or expected in ("hello", "help", "lost", "no_paper", "no_digest"):
        until(lambda: len(told()) > before)
    if kind or len(told()) == before:
        return kind or "nothing"
    words = told()[before].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return next((name for name in ("hello", "help", "lost", "no_paper", "no_digest") if said(name, EN) == words), words)
