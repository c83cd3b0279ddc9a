"""Talk in a private chat on Telegram.

A sentence after a deep dive, and the same asked of another paper.
"""

from tests import telegram_listener
from tests.telegram_listener import ALICE, BOB, GROUP, PAPER, press
from workers.store.people.threads import ThreadPlace
from workers.words import words

running, bot, other = telegram_listener.running, telegram_listener.bot, telegram_listener.other

EN = words("en")


def asked(bot):
    return [(t.data["place"]["paper"], t.data["text"]) for t in bot.tasks() if t.kind == "ask"]


def test_a_sentence_after_a_deep_dive_is_about_it(bot):
    for said, answer in (("hello", EN.hello), ("which loss?", EN.which_paper), ("thanks!", EN.which_paper)):
        bot.play(ALICE, said)
        assert bot.said(ALICE)[-1] == answer.replace("`", "")
    bot.play(ALICE, f"/deepdive {PAPER}v2")
    bot.play(ALICE, "which loss?")
    bot.play(GROUP, "/deepdive 2602.00002")
    bot.telegram.add_chat(BOB, type="private")
    bot.play(BOB, "which data?", user=BOB)
    assert bot.said(BOB) == [EN.which_paper]
    assert asked(bot) == [(PAPER, "which loss?")]
    question = bot.tasks()[1]
    assert question.data["talk"] == f"paper:{PAPER}"
    assert question.data["place"]["root"] == question.data["message"]


def test_another_paper_can_be_asked_the_same(bot):
    bot.play(ALICE, f"/deepdive {PAPER}")
    bot.play(ALICE, "2602.00002")
    update = bot.play(ALICE, "which loss?")["update_id"]
    button = {"inline_keyboard": [[{"text": "Another paper", "callback_data": f"other:{update}"}]]}
    number = bot.telegram._store(bot.telegram.chat(ALICE), True, text="L1.", reply_markup=button)["message_id"]
    press(bot, ALICE, f"other:{update}", message=number)
    (row,) = bot.last(ALICE)["reply_markup"]["inline_keyboard"]
    assert row[0]["callback_data"] == f"about:{update}:{PAPER}"
    press(bot, ALICE, row[0]["callback_data"], message=number)
    assert asked(bot) == [("2602.00002", "which loss?"), (PAPER, "which loss?")]
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": f"about:{update}:{PAPER}"}]]}
    press(bot, GROUP, f"about:{update}:{PAPER}", BOB, message=bot.paper(GROUP, markup=markup))
    assert len(asked(bot)) == 2, "what was asked in private is nobody else's"


def test_a_title_in_quotation_marks_is_looked_up(bot):
    bot.play(ALICE, "“Attention Is All You Need”")
    assert [t.data["title"] for t in bot.tasks()] == ["Attention Is All You Need"]
    assert bot.said(ALICE)[-1] == EN.say("title_looking", title="Attention Is All You Need")


def test_a_question_without_a_link_is_about_the_day(bot):
    slot = f"digest|telegram:{GROUP}|2026-01-27"
    bot.play(GROUP, "@paperboy_bot which is about maps?")
    assert bot.said(GROUP)[-1] == EN.which_day.replace("`", "")
    bot.client.set(f"pb:last:telegram:{GROUP}", slot)
    bot.play(GROUP, "@paperboy_bot which is about maps?")
    head = bot.telegram._store(bot.telegram.chat(GROUP), True, text="Digest")["message_id"]
    bot.threads.put(f"telegram:{GROUP}", str(head), ThreadPlace(str(head), "", digest=slot))
    bot.play(GROUP, "what did you leave out?", reply_to=head)
    assert [t.data["place"]["digest"] for t in bot.tasks()] == [slot] * 2
    bot.play(GROUP, "/deepdive", reply_to=head)
    assert len(bot.tasks()) == 2, "the head names no single paper"


def test_an_edited_question_is_answered_anew(bot):
    bot.play(ALICE, f"/deepdive {PAPER}")
    asked_first = bot.play(ALICE, "which los?")["message"]
    edited = asked_first | {"text": "which loss?", "edit_date": asked_first["date"] + 5}
    bot.telegram.play_update({"edited_message": edited})
    bot.settled()
    assert asked(bot) == [(PAPER, "which loss?")]
    assert bot.tasks()[-1].data["revises"].startswith("ask|telegram|")
    bot.telegram.play_update({"edited_message": edited | {"edit_date": asked_first["date"] + 9}})
    bot.settled()
    assert len(asked(bot)) == 1, "the same words are the same question"
