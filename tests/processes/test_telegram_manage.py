"""A channel or group on Telegram as its admins run it.

From their private chat, out of subscribers' sight.
"""

from tests import telegram_listener
from tests.telegram_listener import ALICE, BOB, CHANNEL, GROUP, press
from workers.store.channels.settings import Channels
from workers.words import words

running, bot, other = telegram_listener.running, telegram_listener.bot, telegram_listener.other

EN = words("en")


def buttons(message):
    return {b["callback_data"]: b["text"] for row in message["reply_markup"]["inline_keyboard"] for b in row}


def test_start_greets_with_buttons_that_work(bot):
    bot.play(ALICE, "/start")
    greeting = bot.last(ALICE)
    assert greeting["text"] == EN.hello.replace("`", "")
    assert list(buttons(greeting)) == ["do:subscribe", "do:settings", "do:help"]
    press(bot, ALICE, "do:subscribe", message=greeting["message_id"])
    assert Channels(bot.client).get(f"telegram:{ALICE}").subscribed
    press(bot, ALICE, "do:help", message=greeting["message_id"])
    assert "/deepdive" in bot.said(ALICE)[-1]
    press(bot, ALICE, "do:settings", message=greeting["message_id"])
    assert EN.settings_title in bot.said(ALICE)[-1]


def test_a_place_is_managed_from_its_admins_private_chat(bot):
    channels = Channels(bot.client)
    channels.subscribe(f"telegram:{GROUP}")
    channels.subscribe("telegram:-100777")
    bot.play(ALICE, "/settings")
    listed = bot.last(ALICE)
    assert listed["text"] == EN.settings_where
    assert list(buttons(listed)) == ["set:", f"set@{GROUP}:", "set:close"], "only what one administers"
    press(bot, ALICE, f"set@{GROUP}:", message=listed["message_id"])
    assert f"set@{GROUP}:answers" in buttons(bot.last(ALICE))
    press(bot, ALICE, f"set@{GROUP}:picks", message=listed["message_id"])
    press(bot, ALICE, f"set@{GROUP}:picks=5", message=listed["message_id"])
    press(bot, ALICE, f"set@{GROUP}:time", message=listed["message_id"])
    prompt = bot.last(ALICE)
    bot.play(ALICE, "9:30", reply_to=prompt["message_id"])
    assert channels.get(f"telegram:{GROUP}").changes == {"picks": 5, "time": "09:30"}
    assert channels.get(f"telegram:{ALICE}").changes == {}, "one's own chat is another place"
    press(bot, ALICE, f"set@{GROUP}:defaults", message=listed["message_id"])
    assert {d for d in buttons(bot.telegram.chat(ALICE).messages[listed["message_id"]]) if "defaults=" in d} == {
        f"set@{GROUP}:defaults=picks", f"set@{GROUP}:defaults=time",
    }  # fmt: skip
    press(bot, ALICE, f"set@{GROUP}:defaults=picks", message=listed["message_id"])
    assert channels.get(f"telegram:{GROUP}").changes == {"time": "09:30"}
    press(bot, ALICE, f"set@{GROUP}:close", message=listed["message_id"])
    closed = bot.telegram.chat(ALICE).messages[listed["message_id"]]
    assert closed["text"] == EN.settings_closed and not (closed["reply_markup"] or {}).get("inline_keyboard")
    assert bot.said(GROUP) == [], "nothing of it is seen there"


def test_who_administers_nothing_reaches_nothing(bot):
    channels = Channels(bot.client)
    channels.subscribe(f"telegram:{GROUP}")
    bot.telegram.add_chat(BOB, type="private")
    bot.play(BOB, "/settings", user=BOB)
    assert EN.settings_title in bot.said(BOB)[-1], "their own chat at once"
    number = bot.last(BOB)["message_id"]
    assert "set:answers" not in buttons(bot.last(BOB)), "a private chat has no threads of comments"
    forged = {"inline_keyboard": [[{"text": "x", "callback_data": f"set@{GROUP}:picks=9"}]]}
    bot.telegram.chat(BOB).messages[number]["reply_markup"] = forged
    said = press(bot, BOB, f"set@{GROUP}:picks=9", BOB, message=number)
    assert said["text"] == EN.admins_only
    asked = bot.telegram._store(bot.telegram.chat(BOB), True, text=f"x\n#set_time@{GROUP}")["message_id"]
    bot.play(BOB, "10:00", user=BOB, reply_to=asked)
    assert bot.said(BOB)[-1] == EN.admins_only
    own = bot.telegram._store(bot.telegram.chat(GROUP), True, text="x", reply_markup=forged)["message_id"]
    press(bot, GROUP, f"set@{GROUP}:picks=9", BOB, message=own)
    for words_of_it in ("/subscribe", "/settings"):
        bot.play(GROUP, words_of_it, user=BOB)
        assert bot.said(GROUP)[-1] == EN.admins_only
    assert channels.get(f"telegram:{GROUP}").changes == {}


def test_in_a_channel_management_is_told_to_its_admins_alone(bot):
    bot.telegram.chat(CHANNEL).admins = {ALICE}
    for words_of_it in ("/digest subscribe", "/digest settings", "/digest status", "/digest help", "/digest setup"):
        bot.play(CHANNEL, words_of_it)
    assert bot.said(CHANNEL) == []
    told = bot.said(ALICE)
    assert told[0].partition(": ")[2].startswith("Subscribed")
    assert "start=settings" in told[1]
    assert Channels(bot.client).get(f"telegram:{CHANNEL}").subscribed
    bot.play(ALICE, "/start settings")
    assert f"set@{CHANNEL}:" in buttons(bot.last(ALICE))


def test_short_commands_and_cancel(bot):
    bot.play(GROUP, "/subscribe")
    assert Channels(bot.client).get(f"telegram:{GROUP}").subscribed
    bot.play(GROUP, "/help")
    assert "/deepdive" in bot.said(GROUP)[-1]
    bot.play(ALICE, "/cancel")
    assert bot.said(ALICE)[-1] == EN.cancelled
    before = len(bot.said(GROUP))
    bot.play(GROUP, "/cancel")
    assert len(bot.said(GROUP)) == before, "in a group it may be for another bot"
