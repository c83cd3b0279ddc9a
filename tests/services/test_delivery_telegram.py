"""Delivery to Telegram.

At most once where nobody can be asked, and each refusal in its own terms.
"""

import pytest

from tests.doubles.telegram import TelegramDouble
from tests.services.test_delivery_slack import Run
from workers.delivery.telegram import TelegramPoster
from workers.errors import ChatGone
from workers.models import Part

CHAT, FORUM, TOPIC = -1001000000001, -1001000000002, 7


def text(words: str) -> dict:
    return {"text": words, "entities": [], "link_preview_options": {"is_disabled": True}}


PARTS = [
    Part(key="quick", payload=text("quick view")),
    Part(key="pick:1", payload=text("paper one")),
    Part(key="pick:1:1", parent="pick:1", payload=text("more of one")),
    Part(key="pick:2", payload=text("paper two")),
]
WORDS = [p.payload["text"] for p in PARTS]


@pytest.fixture
def telegram():
    with TelegramDouble(pace=False) as double:
        yield double


@pytest.fixture
def settings(env, telegram):
    return env(TELEGRAM_BOT_TOKEN=telegram.token, TELEGRAM_API_URL=telegram.url)


@pytest.fixture
def run(redis, settings):
    return Run(redis, settings, PARTS, f"telegram:{CHAT}")


def posted(telegram, chat=CHAT):
    return [m["text"] for m in telegram.messages(chat, deleted=False, mine=True)]


def test_all_parts_go_out_in_order_and_answer_their_heads(run, telegram):
    run.drain()
    assert posted(telegram) == WORDS
    by_text = {m["text"]: m for m in telegram.messages(CHAT)}
    assert by_text["more of one"]["reply_to"] == by_text["paper one"]["message_id"]
    assert all(m["link_preview_options"]["is_disabled"] for m in by_text.values())


def test_a_topic_of_a_forum(redis, settings, telegram):
    Run(redis, settings, PARTS[:2], f"telegram:{FORUM}/{TOPIC}").drain()
    assert {m["message_thread_id"] for m in telegram.messages(FORUM)} == {TOPIC}


def test_a_topic_that_is_gone_holds_the_delivery(redis, settings, telegram):
    run = Run(redis, settings, PARTS[:2], f"telegram:{FORUM}/99")
    assert run.once().held
    assert run.states() == ["pending", "pending"]
    assert run.outbox.head(run.name).why == "topic"


def test_a_lost_answer_is_not_sent_again_and_is_seen(run, telegram):
    telegram.fault("*/sendMessage", drop="after", when=lambda e: b"paper one" in e.body or b"paper+one" in e.body)
    run.drain()
    assert posted(telegram).count("paper one") == 1
    assert run.states() == ["sent", "uncertain", "sent", "sent"]
    assert [(r.key, r.state) for r in run.outbox.trouble()] == [("pick:1", "uncertain")]


def test_a_send_that_was_interrupted_is_not_sent_again(run, telegram):
    run.outbox.claim(run.name, "quick", 1, 0)
    run.fence = 1
    run.drain()
    assert run.states()[0] == "uncertain"
    assert posted(telegram) == WORDS[1:]


NOBODY = '{"ok": true, "result": {"message_id": null, "date": 1, "chat": {"id": 1, "type": "private"}}}'


@pytest.mark.parametrize("answer", [NOBODY, '{"ok": true, "result": {"x": 1}}', "[1, 2]", "null"])
def test_an_ok_that_names_no_message_is_no_proof_of_one(run, telegram, answer):
    telegram.fault("*/sendMessage", status=200, body=answer, headers={"Content-Type": "application/json"})
    run.drain()
    assert run.states()[0] == "uncertain", "nothing crashes, and it is not taken as sent"


def test_a_server_error_is_tried_again(run, telegram):
    body = {"ok": False, "error_code": 500, "description": "Internal Server Error"}
    telegram.fault("*/sendMessage", status=500, body=body, times=2)
    run.drain()
    assert posted(telegram) == WORDS


def test_an_unreachable_server_is_tried_again(run, telegram, env):
    outcome = None
    root, run.deliverer.settings = telegram.url, env(TELEGRAM_API_URL="http://127.0.0.1:9")
    outcome = run.once()
    assert (outcome.done, outcome.error) == (False, "connection")
    run.deliverer.settings = env(TELEGRAM_API_URL=root)
    run.now[0] = outcome.at
    run.drain()
    assert posted(telegram) == WORDS


def test_429_puts_the_delivery_off_by_what_telegram_asks(run, telegram):
    telegram.fault(
        "*/sendMessage",
        status=429,
        body={
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 30",
            "parameters": {"retry_after": 30},
        },
    )
    outcome = run.once()
    assert outcome.at == run.now[0] + 30
    assert not outcome.error
    run.now[0] = outcome.at
    run.drain()
    assert posted(telegram) == WORDS


@pytest.mark.parametrize("how", ["block", "kick"])
def test_a_chat_that_is_closed_costs_one_request(redis, settings, telegram, how):
    chat = 4242 if how == "block" else CHAT
    getattr(telegram, how)(chat)
    run = Run(redis, settings, PARTS, f"telegram:{chat}")
    assert run.once().held
    assert run.states() == ["pending"] * 4
    assert run.outbox.head(run.name).held == "place"
    assert len(telegram.calls("*/sendMessage")) == 1


def test_a_group_that_moved_gets_the_rest_at_its_new_address(redis, settings, telegram):
    telegram.add_chat(-5, type="group", title="old")
    telegram.migrate(-5, -1001000000099)
    run = Run(redis, settings, PARTS, "telegram:-5")
    run.drain()
    assert posted(telegram, -1001000000099) == WORDS
    assert run.outbox.channel(run.name) == "telegram:-1001000000099"
    assert len([c for c in telegram.calls("*/sendMessage") if not c.accepted]) == 1


def test_markup_that_is_refused_goes_out_as_plain_words(redis, settings, telegram):
    bad = {"type": "text_link", "offset": 0, "length": 3, "url": "https://"}
    run = Run(redis, settings, [Part(key="quick", payload=text("words") | {"entities": [bad]})], f"telegram:{CHAT}")
    run.drain()
    assert posted(telegram) == ["words"]


def test_an_edit_that_changes_nothing_is_fine(settings, telegram):
    poster = TelegramPoster(settings)
    message = poster.send(str(CHAT), text("words"), None, "mark")
    poster.edit(str(CHAT), message, text("words"))
    poster.edit(str(CHAT), message, text("better"))
    assert posted(telegram) == ["better"]
    poster.delete(str(CHAT), message)
    poster.delete(str(CHAT), message)
    assert posted(telegram) == []


def test_an_unknown_chat_says_what_to_do(settings, telegram):
    with pytest.raises(ChatGone, match="add the bot again"):
        TelegramPoster(settings).send("-42", text("words"), None, "mark")
