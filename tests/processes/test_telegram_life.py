"""The life of chats, and of the listener.

Removed, moved, refused, killed, one too many, without Redis.
"""

import os
import signal
import time

import pytest

from tests import telegram_listener
from tests.telegram_listener import ALICE, BOB, CHANNEL, FORUM, GROUP, KEYBOARD, PAPER, TOPIC, Listener, press
from tests.waiting import until
from workers.store.channels.settings import Channels
from workers.store.server import embedded
from workers.store.server.connection import connect

LINK = f"https://arxiv.org/abs/{PAPER}"

running, bot, other = telegram_listener.running, telegram_listener.bot, telegram_listener.other

# -- the life of chats ---------------------------------------------------------------------------------------------


def test_a_bot_that_is_removed_pauses_and_one_that_is_back_goes_on(bot):
    channels = Channels(bot.client)
    bot.play(FORUM, "/digest subscribe", topic=TOPIC)
    bot.telegram.kick(FORUM)
    bot.settled()
    assert channels.get(f"telegram:{FORUM}/{TOPIC}").paused == "kicked"
    bot.telegram.chat(FORUM).kicked = False
    bot.telegram._membership(FORUM, "kicked", "member", ALICE)
    bot.settled()
    assert channels.get(f"telegram:{FORUM}/{TOPIC}").paused == ""
    bot.telegram.block(ALICE)
    bot.settled()
    assert channels.get(f"telegram:{ALICE}").paused == "kicked"


def test_a_chat_that_refuses_an_answer_is_paused_and_left_alone(bot):
    bot.telegram.chat(ALICE).blocked = True
    calls = len(bot.telegram.calls("*/sendMessage"))
    bot.play(ALICE, "/digest status")
    until(lambda: Channels(bot.client).get(f"telegram:{ALICE}").paused == "forbidden")
    bot.settled()
    bot.play(GROUP, "/help")  # whatever was still to be said would have been said before
    asked = [e for e in bot.telegram.calls("*/sendMessage")[calls:] if str(e.data["chat_id"]) == str(ALICE)]
    assert len(asked) == 1


def test_a_group_that_becomes_a_supergroup_keeps_its_settings(bot):
    bot.telegram.add_chat(-77, type="group", title="Small", admins={ALICE})
    bot.play(-77, "/digest subscribe llm-agents-en")
    bot.telegram.migrate(-77, -1001000000077)
    bot.settled()
    assert Channels(bot.client).get("telegram:-1001000000077").profile == "llm-agents-en"
    assert Channels(bot.client).address("telegram:-77") == "telegram:-1001000000077"
    assert Channels(bot.client).known() == ["telegram:-1001000000077"]


def test_an_unknown_chat_is_refused_where_there_is_an_allow_list(other):
    bot = other(ALLOWED=f"{GROUP},@paper_digest")
    post = bot.paper(ALICE, markup=KEYBOARD)
    bot.client.flushall()
    for words in ("/deepdive 2601.00001", "/digest subscribe", "2601.00001"):
        bot.play(ALICE, words)
        assert "not on my list" in bot.said(ALICE)[-1]
    assert press(bot, ALICE, f"up:{PAPER}", message=post)["show_alert"]
    bot.telegram.block(ALICE)
    bot.play(FORUM, "hello")
    assert bot.said(FORUM) == []
    assert not [key for key in bot.client.keys("pb:*") if not key.startswith((b"pb:beat:", b"pb:lease:"))]
    bot.play(GROUP, "/deepdive 2601.00001")
    bot.play(CHANNEL, "/deepdive 2601.00001")
    assert len(bot.tasks()) == 2


# -- nothing lost, nothing doubled ---------------------------------------------------------------------------------


def test_the_same_update_again_is_known(bot):
    update = bot.play(GROUP, f"/deepdive {LINK}")
    for _ in range(3):
        bot.telegram.pending.append(update)
        bot.telegram._loop.call_soon_threadsafe(bot.telegram._wakeup.set)
        until(lambda: not bot.telegram.pending)
    assert bot.said(GROUP) == [f"On it: {PAPER}."]
    assert len(bot.tasks()) == 1


def test_an_update_that_cannot_be_read_holds_up_nobody(bot):
    bot.telegram.play_update({"message": {"message_id": "?", "text": 7, "chat": 5}})
    bot.play(ALICE, "/deepdive 2601.00001")
    assert len(bot.tasks()) == 1


def test_answers_keep_telegrams_pace(other):
    bot = other()
    bot.telegram.pace = True
    for n in range(5):
        bot.telegram.play_message(ALICE, f"/deepdive 2601.{n + 1:05}")
    until(lambda: len(bot.tasks()) == 5)
    until(lambda: len(bot.said(ALICE)) == 5)
    assert len(set(bot.said(ALICE))) == 5


def test_fifty_chats_are_served_side_by_side(other):
    bot = other()
    for n in range(50):
        bot.telegram.users[9000 + n] = {"id": 9000 + n, "is_bot": False, "first_name": str(n)}
        bot.telegram.add_chat(9000 + n, type="private", title=str(n))
        bot.telegram.play_message(9000 + n, f"/deepdive 2601.{n + 1:05}", user=9000 + n)
    bot.settled()
    assert len(bot.tasks()) == 50
    assert [bot.said(9000 + n) for n in range(50)] == [[f"On it: 2601.{n + 1:05}."] for n in range(50)]


MOMENTS = [("*/getUpdates", "replied"), ("*/sendMessage", "headers"), ("*/sendMessage", "accepted")]


@pytest.mark.parametrize("seed", range(4))
def test_a_listener_killed_at_any_point_loses_and_doubles_nothing(other, seed):
    bot = other()
    paper = bot.paper(GROUP)
    for n in range(12):
        words, to = (f"/deepdive 2601.{n + 1:05}", None) if n % 2 else (f"question {n}", paper)
        bot.telegram.play_message(GROUP, words, user=(ALICE, BOB)[n % 2], reply_to=to)
        if n % 3 == seed % 3:
            time.sleep(0.004 * ((seed * 7 + n * 5) % 11))
            os.kill(bot.process.pid, signal.SIGKILL)
            bot.kill()
            bot.start(wait=False)
    bot.settled()
    tasks = bot.tasks()
    assert sorted(t.data["text"] for t in tasks if t.kind == "ask") == sorted(f"question {n}" for n in range(0, 12, 2))
    dives = [t.data["id"] for t in tasks if t.kind == "deepdive"]
    assert dives == [f"2601.{n + 1:05}" for n in (1, 3, 5, 7, 9)], "five an hour; in order"
    acknowledged = [s for s in bot.said(GROUP) if s.startswith("On it")]
    assert len(acknowledged) == len(set(acknowledged))


@pytest.mark.parametrize(("path", "phase"), MOMENTS)
def test_a_listener_killed_around_a_request(other, path, phase):
    bot = other()

    def strike(at, entry):
        if at == phase and entry.path.endswith(path[1:]) and (phase != "replied" or entry.reply["result"]):
            bot.telegram.phase_hook = None
            os.kill(bot.process.pid, signal.SIGKILL)

    bot.telegram.phase_hook = strike
    bot.telegram.play_message(GROUP, f"/deepdive {LINK}")
    until(lambda: bot.process.poll() is not None)
    bot.kill()
    bot.start()
    bot.settled()
    assert len(bot.tasks()) == 1
    assert len(bot.said(GROUP)) <= 1


def test_of_two_at_once_one_polls_and_the_other_takes_its_place(other, tmp_path):
    first = other()
    second = Listener(tmp_path, first.redis_url)
    second.telegram = first.telegram
    second.start(wait=False)
    try:
        until(lambda: len(first.telegram.calls("*/getMe")) == 2)
        polls = len(first.telegram.calls("*/getUpdates"))
        first.kill()
        first.play(ALICE, f"/deepdive {PAPER}")
        until(first.tasks)
        assert second.process.poll() is None and polls < len(first.telegram.calls("*/getUpdates"))
        assert not any(call.status == 409 for call in first.telegram.calls("*/getUpdates")[:polls])
    finally:
        second.stop()
        second.client.close()


def test_it_stops_cleanly(other):
    bot = other()
    bot.play(ALICE, "/help")
    err = bot.stop()
    assert bot.code == 0
    assert bot.telegram.token not in err
    assert "Traceback" not in err


# -- Redis away ----------------------------------------------------------------------------------------------------


def test_redis_away_is_told_and_nothing_is_lost(tmp_path, other):
    folder = tmp_path / "r"
    url = embedded.start(folder)
    try:
        bot = other(REDIS_URL=url)
        bot.play(ALICE, "/help")
        paper = bot.telegram._store(bot.telegram.chat(GROUP), True, text="x", reply_markup=KEYBOARD)["message_id"]
        embedded.stop(folder)
        for chat, words in ((ALICE, "/deepdive 2601.00001"), (GROUP, "/deepdive 2601.00002"), (GROUP, "just chatting")):
            before = len(bot.said(chat))
            bot.telegram.play_message(chat, words)
            if words.startswith("/"):
                until(lambda b=before, c=chat: len(bot.said(c)) > b)
                assert "try again" in bot.said(chat)[-1]
        query = bot.telegram.play_callback(GROUP, paper, f"up:{PAPER}")["callback_query"]["id"]
        assert "try again" in until(lambda: bot.telegram.callbacks[query]["answer"])["text"]
        polls = len(bot.telegram.calls("*/getUpdates"))
        until(lambda: len(bot.telegram.calls("*/getUpdates")) >= polls + 3, "three more looks at the same updates")
        assert [s.count("try again") for s in bot.said(GROUP)].count(1) == 1, "told once"
        assert bot.telegram.pending, "not confirmed"
        embedded.start(folder)
        until(lambda: not bot.telegram.pending)
        assert bot.said(ALICE)[-1] == "On it: 2601.00001."
        assert bot.said(GROUP)[-1] == "On it: 2601.00002."
    finally:
        embedded.stop(folder)


def test_redis_that_hangs_is_told(tmp_path, other):
    folder = tmp_path / "r"
    url = embedded.start(folder)
    client = connect(url, retries=0)
    server = client.info("server")["process_id"]
    try:
        bot = other(REDIS_URL=url)
        bot.play(ALICE, "/help")
        os.kill(server, signal.SIGSTOP)
        for chat in (ALICE, GROUP):
            before = len(bot.said(chat))
            bot.telegram.play_message(chat, "/deepdive 2601.00001")
            until(lambda b=before, c=chat: len(bot.said(c)) > b)
            assert "try again" in bot.said(chat)[-1]
        os.kill(server, signal.SIGCONT)
        until(lambda: not bot.telegram.pending)
        assert bot.said(GROUP)[-1] == "On it: 2601.00001."
    finally:
        os.kill(server, signal.SIGCONT)
        client.close()
        embedded.stop(folder)
