"""What a person can ask for on Telegram.

The real listener polls the double, the ledger shows what was taken.
"""

import json

import pytest

from tests import telegram_listener
from tests.telegram_listener import ALICE, BOB, CHANNEL, FORUM, GROUP, PAPER, TOPIC
from workers.store.channels.settings import Channels
from workers.words import DEFAULT_LANGUAGE, LANGUAGES

LINK = f"https://arxiv.org/abs/{PAPER}"

running, bot, other = telegram_listener.running, telegram_listener.bot, telegram_listener.other

# -- deep dives ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chat", "words", "where"),
    [
        (ALICE, f"/deepdive {LINK}v2", {}),
        (ALICE, f"is this any good? {LINK}v2", {}),
        (GROUP, f"/deepdive@paperboy_bot {PAPER}v2", {}),
        (GROUP, f"@paperboy_bot {LINK}v2", {}),
        (FORUM, f"/deepdive {LINK}v2", {"topic": TOPIC}),
        (CHANNEL, f"/deepdive {LINK}v2", {}),
        (ALICE, "/start 2601_12345v2", {}),
        (ALICE, "/start 2601-12345v2", {}),
    ],
)
def test_ways_to_ask_for_a_deep_dive(bot, chat, words, where):
    asked = bot.play(chat, words, **where)
    (task,) = bot.tasks()
    message = next(asked[k] for k in ("message", "channel_post") if k in asked)["message_id"]
    assert (task.kind, task.key) == ("deepdive", f"dive|telegram|123456|{asked['update_id']}|{PAPER}")
    topic = f"/{where['topic']}" if where else ""
    assert task.data == {
        "id": PAPER, "version": 2, "profile": "cv-daily-en",
        "channel": f"telegram:{chat}{topic}", "reply_to": str(message),
        "person": f"telegram:{CHANNEL if chat == CHANNEL else ALICE}",
    }  # fmt: skip
    assert bot.said(chat) == [f"On it: {PAPER}v2."]
    assert bot.last(chat)["reply_to"] == message
    assert bot.last(chat)["message_thread_id"] == where.get("topic")


def test_a_deep_link_to_an_old_paper(bot):
    bot.play(ALICE, "/start math_0309136v1")
    assert bot.tasks()[0].data["id"] == "math/0309136"


def test_a_command_that_answers_a_message_means_the_paper_there(bot):
    linked = bot.play(GROUP, f"look: {LINK}")["message"]["message_id"]
    assert bot.tasks() == [], "nobody asked us yet"
    bot.play(GROUP, "/deepdive", user=BOB, reply_to=linked)
    bot.play(GROUP, "/deepdive", user=BOB, reply_to=bot.paper(GROUP, about="2602.00002"))
    bot.play(GROUP, "what about this, @paperboy_bot?", user=BOB, reply_to=linked)
    assert [t.data["id"] for t in bot.tasks()] == [PAPER, "2602.00002", PAPER]


def test_a_link_hidden_under_words(bot):
    entity = {"type": "text_link", "offset": 10, "length": 4, "url": LINK}
    shown = {
        "message_id": 9, "date": 1, "text": "/deepdive this", "entities": [entity],
        "chat": bot.telegram.chat(ALICE).described(), "from": bot.telegram.users[ALICE],
    }  # fmt: skip
    bot.telegram.play_update({"message": shown})
    bot.settled()
    assert [t.data["id"] for t in bot.tasks()] == [PAPER]


def test_several_papers_and_none(bot):
    bot.play(ALICE, "/deepdive 2601.00001 2601.00002 2601.00003 2601.00004")
    assert [t.data["id"] for t in bot.tasks()] == ["2601.00001", "2601.00002", "2601.00003"]
    assert "2601.00004" in bot.said(ALICE)[0]
    bot.play(ALICE, "/deepdive good")
    assert bot.said(ALICE)[1].startswith("I found no paper")
    bot.play(ALICE, "/deepdive " + "x" * 4090)
    assert "4,000" in bot.said(ALICE)[-1]
    assert len(bot.tasks()) == 3


def test_what_is_not_meant_for_us_is_left_alone(bot):
    for words in (LINK, "/deepdive@other_bot " + LINK, "thanks", "/unknown", "@paperboy_bots " + LINK):
        bot.play(GROUP, words)
    human = bot.play(GROUP, "well", user=BOB)["message"]["message_id"]
    bot.play(GROUP, LINK, reply_to=human)
    assert bot.said(GROUP) == []
    assert bot.tasks() == []
    assert not [key for key in bot.client.keys("pb:*") if not key.startswith((b"pb:beat:", b"pb:lease:"))]


# -- questions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chat", "topic"), [(ALICE, None), (GROUP, None), (FORUM, TOPIC)])
def test_a_reply_to_a_papers_message_is_a_question(bot, chat, topic):
    one, two = bot.paper(chat, topic=topic), bot.paper(chat, about="2602.00002", topic=topic)
    first = bot.play(chat, "which data?", reply_to=one)
    second = bot.play(chat, "@paperboy_bot which loss?", user=BOB, reply_to=two)
    tasks = bot.tasks()
    assert [t.kind for t in tasks] == ["ask", "ask"]
    assert [t.data["place"]["paper"] for t in tasks] == [PAPER, "2602.00002"]
    assert [t.data["text"] for t in tasks] == ["which data?", "which loss?"]
    assert [t.data["message"] for t in tasks] == [str(u["message"]["message_id"]) for u in (first, second)]
    assert {t.data["channel"] for t in tasks} == {f"telegram:{chat}" + (f"/{topic}" if topic else "")}
    assert bot.said(chat) == ["A paper", "A paper"], "the answer comes later"


def test_a_reply_that_is_only_a_link_is_a_deep_dive_and_its_acknowledgement_can_be_asked(bot):
    bot.play(GROUP, "https://arxiv.org/abs/2602.00002", reply_to=bot.paper(GROUP))
    assert [(t.kind, t.data["id"]) for t in bot.tasks()] == [("deepdive", "2602.00002")]
    acknowledged = bot.last(GROUP)["message_id"]
    bot.play(GROUP, "and which loss?", reply_to=acknowledged)
    _, question = bot.tasks()
    assert (question.kind, question.data["text"]) == ("ask", "and which loss?")
    assert question.data["place"] == {"root": str(acknowledged), "paper": "2602.00002", "version": None, "profile": ""}


def test_a_reply_to_a_message_that_names_no_paper_or_several_gets_one_line(bot):
    bot.play(GROUP, "/deepdive 2602.00002 2602.00003")
    bot.play(GROUP, "and which loss?", reply_to=bot.last(GROUP)["message_id"])
    assert "which paper" in bot.said(GROUP)[-1]
    bot.play(GROUP, "/digest help")
    bot.play(GROUP, "how so?", reply_to=bot.last(GROUP)["message_id"])
    assert [t.kind for t in bot.tasks()] == ["deepdive"] * 2


def test_privacy_mode_shows_enough(other):
    bot = other(privacy=True)
    assert bot.telegram.play_message(GROUP, f"@paperboy_bot {LINK}") is None
    bot.play(GROUP, "which data?", reply_to=bot.paper(GROUP))
    bot.play(GROUP, f"/deepdive {LINK}")
    assert [t.kind for t in bot.tasks()] == ["ask", "deepdive"]


def forward(bot, post, number=50, **more):
    """The channel's post as it appears by itself in the discussion group."""
    channel = bot.telegram.chat(CHANNEL).described()
    origin = {"type": "channel", "date": 1, "chat": channel, "message_id": post}
    return {
        "message_id": number, "date": 1, "chat": bot.telegram.chat(GROUP).described(), "text": "A paper",
        "sender_chat": channel, "is_automatic_forward": True, "forward_origin": origin,
        "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"}, **more,
    }  # fmt: skip


def comment(bot, words, to, number=60, **more):
    return {
        "message_id": number, "date": 1, "chat": bot.telegram.chat(GROUP).described(), "text": words,
        "from": bot.telegram.users[BOB], "reply_to_message": to, "message_thread_id": 50, **more,
    }  # fmt: skip


@pytest.mark.parametrize("seen", [True, False])
def test_a_comment_under_a_channel_post_is_a_question(bot, seen):
    post = bot.paper(CHANNEL)
    if seen:  # else the forward came before the post was noted, or while we were away
        bot.telegram.play_update({"message": forward(bot, post)})
        bot.settled()
        assert bot.threads.find(f"telegram:{GROUP}", "50").paper == PAPER
    bot.telegram.play_update({"message": comment(bot, "which data?", forward(bot, post))})
    bot.settled()
    (task,) = bot.tasks()
    assert task.data["channel"] == f"telegram:{GROUP}"
    assert task.data["place"] == {"root": "50", "paper": PAPER, "version": 2, "profile": "cv-daily-en"}
    assert task.data["message"] == "60"


def test_a_comment_on_a_comment_is_for_us_when_we_are_named_or_answer_everything(bot):
    bot.telegram.play_update({"message": forward(bot, bot.paper(CHANNEL))})
    first = comment(bot, "nice", None)
    for number, words in ((61, "indeed"), (62, "@paperboy_bot which loss?")):
        bot.telegram.play_update({"message": comment(bot, words, first, number)})
    bot.settled()
    assert [t.data["text"] for t in bot.tasks()] == ["which loss?"]
    Channels(bot.client).change(f"telegram:{GROUP}", {"answers": "all"})
    bot.telegram.play_update({"message": comment(bot, "really?", first, 63)})
    bot.settled()
    assert [t.data["text"] for t in bot.tasks()] == ["which loss?", "really?"]


def test_a_channel_that_the_settings_name(other):
    bot = other(TELEGRAM_CHATS="@paper_digest")
    post = bot.paper(CHANNEL)
    place = bot.threads.find(f"telegram:{CHANNEL}", str(post))
    bot.client.flushall()
    bot.threads.put("telegram:@paper_digest", str(post), place)
    bot.telegram.play_update({"message": comment(bot, "which data?", forward(bot, post))})
    bot.play(CHANNEL, "/digest subscribe")
    assert [t.kind for t in bot.tasks()] == ["ask"]
    assert Channels(bot.client).get("telegram:@paper_digest").subscribed


def test_limits_are_told_once(other):
    bot = other(QUESTIONS_PER_HOUR="2", DEEPDIVES_PER_HOUR="1")
    paper = bot.paper(GROUP)
    for _ in range(6):
        bot.play(GROUP, "why?", reply_to=paper)
        bot.play(GROUP, "/deepdive 2601.00001")
    assert [t.kind for t in bot.tasks()].count("ask") == 2
    assert len(bot.tasks()) == 3
    assert len([s for s in bot.said(GROUP) if "limit" in s]) == 2


# -- the digest ----------------------------------------------------------------------------------------------------


def test_digest_commands(bot):
    channel = f"telegram:{FORUM}/{TOPIC}"
    for words in ("/digest subscribe llm-agents-en", "/digest status", "/digest help", "/digest unsubscribe"):
        bot.play(FORUM, words, topic=TOPIC)
    said = bot.said(FORUM)
    assert said[0].startswith("Subscribed")
    assert "Next digest" in said[1]
    assert "/deepdive" in said[2]
    assert "`" not in "".join(said)
    assert Channels(bot.client).get(channel).profile == "llm-agents-en"
    assert Channels(bot.client).get(channel).subscribed is False
    bot.play(ALICE, "/digest  NOW ")
    (task,) = [bot.ledger.get(k) for k in bot.ledger.open_keys()]
    assert (task.kind, task.data["channel"]) == ("digest-now", f"telegram:{ALICE}")
    bot.play(ALICE, "/digest fly")
    bot.play(ALICE, "/fly")
    assert ["fly" in s for s in bot.said(ALICE)[-2:]] == [True, True]
    for words in ("/help", "/digest"):
        bot.play(ALICE, words)
    assert len(set(bot.said(ALICE)[-2:])) == 1


def test_commands_are_registered_for_each_kind_of_chat_and_language(bot):
    found = {(json.loads(scope)["type"], language): c for (scope, language), c in bot.telegram.commands.items()}
    kinds = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
    assert set(found) == {(kind, language) for kind in kinds for language in ("", *set(LANGUAGES) - {DEFAULT_LANGUAGE})}
    assert [c["command"] for c in found["all_private_chats", ""]] == [
        "deepdive", "digest", "subscribe", "settings", "help", "cancel",
    ]  # fmt: skip
    assert "subscribe" in found["all_chat_administrators", ""][1]["description"]
    assert "subscribe" not in found["all_group_chats", ""][1]["description"]
    assert "论文" in found["all_group_chats", "zh"][0]["description"]
