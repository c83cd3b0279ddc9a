"""What the answers of talk look like in the outbox: which paper is meant, what each sentence stands on."""

import json

import pytest

from workers.conversations.question import answer_question
from workers.models import Paper
from workers.reading.text import PaperText
from workers.store.outbox import Outbox
from workers.store.papers import Papers
from workers.store.texts import Texts
from workers.store.threads import ThreadPlace, Threads

ONE, TWO = "2601.00001", "2601.00002"
TEXTS = {
    ONE: ("Old Maps", "We restore old maps. The loss is a plain L1 loss. It runs in 12 ms."),
    TWO: ("New Maps", "We draw new maps. The loss is an adversarial loss. It runs in 40 ms."),
}


@pytest.fixture
def settings(env):
    return env(SLACK_BOT_TOKEN="xoxb-test", SLACK_APP_TOKEN="xapp-test", TELEGRAM_BOT_TOKEN="1:test")


@pytest.fixture
def known(redis):
    """Two papers that were read from their abstracts."""
    for paper, (title, abstract) in TEXTS.items():
        text = PaperText(ref=f"{paper}v1", read_from="abstract", title=title, abstract=abstract)
        Texts(redis).put(text.ref, text.model_dump_json())
        Texts(redis).put_newest(paper, text.ref)
    Papers(redis).put_papers(Paper(id=p, version=1, title=t, abstract=a) for p, (t, a) in TEXTS.items())


def answered(redis, settings, text, channel, place, **more):
    number = len(redis.keys("pb:delivery:*")) + 1
    key = f"ask|{channel.partition(':')[0]}|T|{number}"
    data = {"channel": channel, "message": place.root, "text": text, "person": "x:1", "place": place.known, **more}
    assert answer_question(redis, settings, key, data)
    return Outbox(redis).rows(key)


@pytest.mark.parametrize("channel", ["slack:D1", "telegram:4242"])
def test_in_a_private_chat_a_line_says_which_paper_and_a_button_offers_others(redis, settings, known, channel):
    place, talk = ThreadPlace("9.9", ONE, 1), {"talk": f"paper:{ONE}"}
    (row,) = answered(redis, settings, "which loss?", channel, place, **talk)
    shown = json.dumps(row.payload, ensure_ascii=False)
    assert "About Old Maps (2601.00001v1)" in shown
    assert "plain L1 loss" in shown
    assert "Another paper" in shown
    assert row.parent == "msg:9.9"
    (row,) = answered(redis, settings, "and how fast?", channel, ThreadPlace("10.1", ONE, 1), **talk)
    assert len(Threads(redis).turns(channel, f"paper:{ONE}")) == 2, "one conversation, whatever the messages"
    (row,) = answered(redis, settings, "which loss?", channel, place)
    assert "Another paper" not in json.dumps(row.payload), "in its own thread nobody need say which"
