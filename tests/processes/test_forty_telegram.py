"""Forty things that people type on Telegram.

Each with the right kind of reaction (see `tests.forty_messages`).
"""

from bot.intent import said
from tests import telegram_listener
from tests.forty_messages import FORTY, PAPER, kind_of
from tests.telegram_listener import ALICE, BOB, CHANNEL, FORUM, GROUP
from workers.store.people.threads import ThreadPlace
from workers.words import words

running, bot, other = telegram_listener.running, telegram_listener.bot, telegram_listener.other

EN, SLOT = words("en"), f"digest|telegram:{GROUP}|2026-01-27"


def test_each_gets_its_reaction(bot):
    for place, text, expected in FORTY:
        bot.client.flushall()
        for chat in (CHANNEL, FORUM, GROUP, ALICE):
            bot.telegram.chat(chat).messages.clear()
        assert react(bot, place, text) == expected, (place, text)


def react(bot, place, text):
    chat, to = ALICE if place in ("dm", "after") else GROUP, None
    if place == "after":
        bot.play(ALICE, f"/deepdive {PAPER}")
    if place in ("mention", "bare", "head"):
        bot.client.set(f"pb:last:telegram:{GROUP}", SLOT)
    if place in ("head", "thread"):
        to = bot.telegram._store(bot.telegram.chat(GROUP), True, text="above")["message_id"]
        about = ThreadPlace(str(to), PAPER) if place == "thread" else ThreadPlace(str(to), "", digest=SLOT)
        bot.threads.put(f"telegram:{GROUP}", str(to), about)
    if place == "others":  # a reply to a message of ours that is about nothing
        to = bot.telegram._store(bot.telegram.chat(GROUP), True, text="Saved.")["message_id"]
    named = f"@paperboy_bot {text}" if place in ("mention", "quiet") else text
    before, known = len(bot.said(chat)), set(bot.ledger.open_keys())
    bot.play(chat, named, user=ALICE if chat == ALICE else BOB, reply_to=to)
    found = [bot.ledger.get(key) for key in bot.ledger.open_keys() if key not in known]
    told = bot.said(chat)[before:]
    if found or not told:
        return kind_of(found, SLOT) or "nothing"
    every = ("hello", "help", "lost", "no_paper", "no_digest")
    return next((name for name in every if said(name, EN).replace("`", "") == told[0]), told[0])
