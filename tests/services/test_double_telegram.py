"""The Telegram double, driven by the real SDK.

What it lets through and what it refuses.

Longer than 300 lines because every rule stands here once, as one row of a table or one short test.
"""

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, Conflict, EndPointNotFound, Forbidden, InvalidToken, RetryAfter
from telegram.request import HTTPXRequest

from tests.doubles.telegram import CHANNEL, FORUM, PRIVATE, TOPIC, TelegramDouble


@pytest.fixture
def telegram():
    with TelegramDouble() as double:
        yield double


def connect(double, token=None):
    """A real python-telegram-bot Bot, without certificates, which are slow to load."""
    quick = {"httpx_kwargs": {"verify": False}}
    return Bot(
        token or double.token,
        base_url=double.base_url,
        request=HTTPXRequest(**quick),
        get_updates_request=HTTPXRequest(**quick),
    )


def ask(double, action, token=None):
    """Run `await action(bot)` with a real python-telegram-bot Bot."""

    async def go():
        async with connect(double, token) as bot:
            return await action(bot)

    return asyncio.run(go())


def send(double, text, chat=PRIVATE, **more):
    return ask(double, lambda bot: bot.send_message(chat, text, **more))


def refused(error, double, action):
    """Message of the SDK error that the call must raise."""
    with pytest.raises(error) as caught:
        ask(double, action)
    return caught.value.message


def raw(double, method, **fields):
    return httpx.post(f"{double.base_url}{double.token}/{method}", json=fields, verify=False).json()


def bold(offset, length, kind="bold", **more):
    return {"type": kind, "offset": offset, "length": length, **more}


# -- text rules, without a network --------------------------------------------------------------------------------


def test_tokens_and_methods(telegram):
    assert ask(telegram, lambda bot: bot.get_me()).username == "paperboy_bot"
    with pytest.raises(InvalidToken):
        ask(telegram, lambda bot: bot.get_me(), token="123456:other")
    assert httpx.get(f"{telegram.url}/bot123456:other/getMe").json() == {
        "ok": False,
        "error_code": 401,
        "description": "Unauthorized",
    }
    assert httpx.get(f"{telegram.url}/botnonsense/getMe").status_code == 404
    assert raw(telegram, "fly")["description"] == "Not Found: method not found"
    assert raw(telegram, "SENDMESSAGE", chat_id=PRIVATE, text="case does not matter")["ok"]


def test_send_and_read_back(telegram):
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="m:1")]])
    sent = send(
        telegram,
        "<b>Digest</b> of arxiv.org",
        "@paper_digest",
        parse_mode="HTML",
        reply_markup=keyboard,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        disable_notification=True,
    )
    assert isinstance(sent, Message) and sent.chat.id == CHANNEL and sent.text == "Digest of arxiv.org"
    assert [e.type for e in sent.entities] == ["bold", "url"]
    stored = telegram.messages(CHANNEL)[0]
    assert stored["entities"] == [bold(0, 6)] and stored["detected"][0]["text"] == "arxiv.org"
    assert stored["link_preview_options"] == {"is_disabled": True} and stored["disable_notification"]
    assert stored["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "m:1"
    assert telegram.calls("*/sendMessage", accepted=True)[0].status == 200
    send(telegram, "plain", entities=[MessageEntity("italic", 0, 5)])
    assert telegram.messages(PRIVATE)[0]["entities"] == [bold(0, 5, "italic")]
    assert telegram.warnings() == []


def test_refusals_reach_the_sdk_with_the_real_words(telegram):
    def says(action):
        return refused(BadRequest, telegram, action)

    assert says(lambda b: b.send_message(99, "x")) == "Chat not found"
    assert says(lambda b: b.send_message("@nobody_here", "x")) == "Chat not found"
    assert says(lambda b: b.send_message(PRIVATE, "")) == "Message text is empty"
    assert says(lambda b: b.send_message(PRIVATE, "x" * 4097)) == "Message is too long"
    tag = says(lambda b: b.send_message(PRIVATE, "<x>", "HTML"))
    assert tag == 'Can\'t parse entities: unsupported start tag "x" at byte offset 0'
    assert says(lambda b: b.send_message(FORUM, "x", message_thread_id=8)) == "Message thread not found"
    assert says(lambda b: b.send_message(FORUM, "x", message_thread_id=1)) == "Message thread not found"
    reply = ReplyParameters(5)
    assert says(lambda b: b.send_message(PRIVATE, "x", reply_parameters=reply)) == "Message to be replied not found"
    data = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="y" * 65)]])
    assert says(lambda b: b.send_message(PRIVATE, "x", reply_markup=data)) == "Button_data_invalid"
    assert telegram.calls("*", accepted=True) == []
    kept = send(telegram, "x", reply_parameters=ReplyParameters(5, allow_sending_without_reply=True))
    assert kept.reply_to_message is None


def test_topics_and_replies(telegram):
    root = send(telegram, "in the topic", FORUM, message_thread_id=TOPIC)
    assert root.is_topic_message and root.message_thread_id == TOPIC
    answer = send(telegram, "reply", FORUM, reply_parameters=ReplyParameters(root.message_id, quote="topic"))
    assert answer.message_thread_id == TOPIC and answer.reply_to_message.message_id == root.message_id
    assert telegram.messages(FORUM)[1]["reply_to"] == root.message_id
    bad = ReplyParameters(root.message_id, quote="nowhere")
    error = refused(BadRequest, telegram, lambda b: b.send_message(FORUM, "x", reply_parameters=bad))
    assert error == "Quote_text_invalid"
    telegram.chat(FORUM).closed_topics.add(TOPIC)
    closed = raw(telegram, "sendMessage", chat_id=FORUM, text="x", message_thread_id=TOPIC)
    assert closed["description"] == "Bad Request: TOPIC_CLOSED"


def test_editing(telegram):
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="a")]])
    number = send(telegram, "one", reply_markup=keyboard).message_id

    def edit(text, **more):
        return lambda b: b.edit_message_text(text, PRIVATE, number, **more)

    same = refused(BadRequest, telegram, edit("one", reply_markup=keyboard))
    assert same.startswith("Message is not modified: specified new message content")
    assert ask(telegram, edit("two")).text == "two"
    stored = telegram.messages(PRIVATE)[0]
    assert stored["edited"] and stored["text"] == "two" and stored["reply_markup"] is None
    assert refused(BadRequest, telegram, edit("x" * 4097)) == "Message_too_long"
    ask(telegram, lambda b: b.edit_message_reply_markup(PRIVATE, number, reply_markup=keyboard))
    assert telegram.messages(PRIVATE)[0]["reply_markup"]
    theirs = telegram.play_message(PRIVATE, "mine")["message"]["message_id"]
    for number_of, error in ((theirs, "Message can't be edited"), (99, "Message to edit not found")):
        call = lambda b, n=number_of: b.edit_message_text("x", PRIVATE, n)  # noqa: E731
        assert refused(BadRequest, telegram, call) == error
    ask(telegram, lambda b: b.delete_message(PRIVATE, number))
    assert telegram.messages(PRIVATE)[0]["deleted"]
    assert refused(BadRequest, telegram, lambda b: b.delete_message(PRIVATE, number)) == "Message to delete not found"


def test_flood_limits(monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it the SDK warns while it builds RetryAfter
    now = [0.0]
    with TelegramDouble(clock=lambda: now[0]) as telegram:

        def flooded(chat):
            with pytest.raises(RetryAfter) as caught:
                send(telegram, "x", chat)
            return caught.value.retry_after.total_seconds()

        for _ in range(3):
            send(telegram, "x", CHANNEL)
        assert flooded(CHANNEL) == 1
        assert raw(telegram, "sendMessage", chat_id=CHANNEL, text="x") == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        }
        send(telegram, "another chat", PRIVATE)
        for _ in range(17):
            now[0] += 1.0
            raw(telegram, "sendMessage", chat_id=CHANNEL, text="x")
        for _ in range(40):
            raw(telegram, "sendMessage", chat_id=CHANNEL, text="x")
        assert flooded(CHANNEL) in (1, 2, 3)
        telegram.pace = False
        send(telegram, "free", CHANNEL)


def test_a_digest_at_one_per_second_passes():
    now = [0.0]
    with TelegramDouble(clock=lambda: now[0]) as telegram:
        for number in range(8):
            assert raw(telegram, "sendMessage", chat_id=CHANNEL, text=f"{number}")["ok"]
            now[0] += 1.0


def test_twenty_per_minute_in_a_group_but_not_in_private():
    now = [0.0]
    with TelegramDouble(clock=lambda: now[0]) as telegram:
        results = {PRIVATE: 0, FORUM: 0}
        for _ in range(60):
            for chat in results:
                results[chat] += raw(telegram, "sendMessage", chat_id=chat, text="x")["ok"]
            now[0] += 1.0
        assert results[PRIVATE] == 60 and 38 <= results[FORUM] <= 40  # a full bucket, then 20 a minute


def test_the_life_of_chats(telegram):
    telegram.block(PRIVATE)
    assert refused(Forbidden, telegram, lambda b: b.send_message(PRIVATE, "x")) == (
        "Forbidden: bot was blocked by the user"
    )
    telegram.kick(FORUM)
    assert refused(Forbidden, telegram, lambda b: b.send_message(FORUM, "x")) == (
        "Forbidden: bot was kicked from the supergroup chat"
    )
    telegram.chat(CHANNEL).bot_can_post = False
    assert refused(BadRequest, telegram, lambda b: b.send_message(CHANNEL, "x")) == (
        "Need administrator rights in the channel chat"
    )
    telegram.add_chat(-500, type="group", title="Lab")
    telegram.migrate(-500, -1001000000500)
    with pytest.raises(ChatMigrated) as caught:
        send(telegram, "x", -500)
    assert caught.value.new_chat_id == -1001000000500
    send(telegram, "x", -1001000000500)
    updates = ask(telegram, lambda b: b.get_updates())
    assert [u.my_chat_member.new_chat_member.status for u in updates[:2]] == ["kicked", "kicked"]
    assert updates[2].message.migrate_to_chat_id == -1001000000500
    assert updates[3].message.migrate_from_chat_id == -500


def test_polling_confirms_by_offset(telegram):
    first = telegram.play_message(PRIVATE, "/start now", user=PRIVATE)
    telegram.play_message(PRIVATE, "second")
    updates = ask(telegram, lambda b: b.get_updates())
    assert [u.message.text for u in updates] == ["/start now", "second"]
    assert updates[0].message.entities[0].type == "bot_command" and updates[0].update_id == first["update_id"]
    assert len(ask(telegram, lambda b: b.get_updates())) == 2
    assert [u.message.text for u in ask(telegram, lambda b: b.get_updates(offset=first["update_id"] + 1))] == ["second"]
    assert len(telegram.pending) == 1
    assert ask(telegram, lambda b: b.get_updates(offset=first["update_id"] + 2)) == ()
    assert telegram.pending == []


def test_long_polling_wakes_up_and_two_pollers_conflict(telegram):
    async def go():
        async with connect(telegram) as one, connect(telegram) as two:
            old = asyncio.create_task(one.get_updates(timeout=50))
            while not telegram.polled:
                await asyncio.sleep(0.01)
            new = asyncio.create_task(two.get_updates(timeout=50))
            with pytest.raises(Conflict, match="terminated by other getUpdates request"):
                await old
            telegram.play_message(PRIVATE, "hello")
            return await new

    assert asyncio.run(go())[0].message.text == "hello"


def test_allowed_updates(telegram):
    reaction = {"message_reaction": {"chat": {"id": PRIVATE, "type": "private"}}}
    assert telegram.play_update(reaction) is None
    ask(telegram, lambda b: b.get_updates(allowed_updates=["message_reaction"]))
    assert telegram.play_update(reaction)["update_id"] == telegram.pending[-1]["update_id"]
    assert telegram.play_message(PRIVATE, "not wanted now") is None


def test_webhook(telegram):
    got = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            got.append((self.headers["X-Telegram-Bot-Api-Secret-Token"], body["message"]["text"]))
            self.send_response(500 if len(got) == 2 else 200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/hook"
        assert refused(BadRequest, telegram, lambda b: b.set_webhook(url, secret_token="not allowed")) == (
            "Secret token contains unallowed characters"
        )
        assert "https" in refused(BadRequest, telegram, lambda b: b.set_webhook("http://example.org/"))
        ask(telegram, lambda b: b.set_webhook(url, secret_token="s3cret"))
        assert "webhook is active" in refused(Conflict, telegram, lambda b: b.get_updates())
        telegram.play_message(PRIVATE, "one")
        telegram.play_message(PRIVATE, "two")
        assert telegram.deliver_webhook() == [200, 500]
        assert ask(telegram, lambda b: b.get_webhook_info()).pending_update_count == 1
        assert telegram.deliver_webhook() == [200]
        server.shutdown()
    assert got == [("s3cret", "one"), ("s3cret", "two"), ("s3cret", "two")]
    ask(telegram, lambda b: b.delete_webhook())
    assert ask(telegram, lambda b: b.get_updates()) == ()


def test_callback_queries(telegram):
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="a")]])
    number = send(telegram, "x", reply_markup=keyboard).message_id
    with pytest.raises(LookupError):
        telegram.play_callback(PRIVATE, number, "b")
    telegram.play_callback(PRIVATE, number, "a")
    query = ask(telegram, lambda b: b.get_updates())[0].callback_query
    assert query.data == "a" and query.message.message_id == number
    assert refused(BadRequest, telegram, lambda b: b.answer_callback_query(query.id, "x" * 201)) == "Message_too_long"
    ask(telegram, lambda b: b.answer_callback_query(query.id, "done"))
    assert telegram.callbacks[query.id]["answer"]["text"] == "done"
    assert refused(BadRequest, telegram, lambda b: b.answer_callback_query(query.id)).startswith("Query is too old")


def test_privacy_mode():
    with TelegramDouble(privacy=True) as telegram:
        assert not ask(telegram, lambda b: b.get_me()).can_read_all_group_messages
        assert telegram.play_message(FORUM, "chatter @paperboy_bot", topic=TOPIC) is None
        assert telegram.play_message(FORUM, "/papers@other_bot") is None
        assert telegram.play_message(FORUM, "/papers@paperboy_bot help") is not None
        number = send(telegram, "digest", FORUM, message_thread_id=TOPIC).message_id
        reply = telegram.play_message(FORUM, "why?", reply_to=number)["message"]
        assert reply["message_thread_id"] == TOPIC and reply["reply_to_message"]["from"]["is_bot"]
        assert telegram.play_message(CHANNEL, "a post")["channel_post"]["sender_chat"]["id"] == CHANNEL


def test_commands_chats_and_members(telegram):
    scope = BotCommandScopeChat(FORUM)
    ask(telegram, lambda b: b.set_my_commands([BotCommand("papers", "Settings")], scope=scope, language_code="en"))
    assert ask(telegram, lambda b: b.get_my_commands(scope=scope, language_code="en"))[0].command == "papers"
    assert ask(telegram, lambda b: b.get_my_commands()) == ()
    assert raw(telegram, "setMyCommands", commands=[{"command": "Papers", "description": "x"}])["description"] == (
        "Bad Request: BOT_COMMAND_INVALID"
    )
    assert ask(telegram, lambda b: b.get_chat(FORUM)).is_forum
    assert ask(telegram, lambda b: b.get_chat_member(CHANNEL, 123456)).status == "administrator"
    assert ask(telegram, lambda b: b.get_chat_member(FORUM, 4343)).status == "member"
    assert {m.user.id for m in ask(telegram, lambda b: b.get_chat_administrators(CHANNEL))} == {PRIVATE, 123456}


def test_actions_drafts_and_photos(telegram):
    ask(telegram, lambda b: b.send_chat_action(FORUM, "typing", message_thread_id=TOPIC))
    assert telegram.actions == [(FORUM, "typing", TOPIC)]
    assert refused(BadRequest, telegram, lambda b: b.send_chat_action(FORUM, "dance")) == (
        "Wrong parameter action in request"
    )
    ask(telegram, lambda b: b.send_message_draft(PRIVATE, 7, "thinking"))
    assert telegram.drafts[-1]["text"] == "thinking" and telegram.messages(PRIVATE) == []
    assert refused(BadRequest, telegram, lambda b: b.send_message_draft(FORUM, 7, "x")) == "Textdraft_peer_invalid"
    figure = {"photo": b"\x89PNG\r\n\r\nbytes", "caption": "<b>fig</b>", "parse_mode": "HTML"}
    sent = ask(telegram, lambda b: b.send_photo(PRIVATE, **figure))
    assert sent.caption == "fig" and sent.photo and sent.caption_entities[0].type == "bold"
    assert refused(BadRequest, telegram, lambda b: b.send_photo(PRIVATE, b"x", caption="y" * 1025)) == (
        "Message caption is too long"
    )


def test_rich_messages_are_a_switch(telegram):
    def rich(markdown):
        call = {"chat_id": CHANNEL, "rich_message": {"markdown": markdown}}
        return lambda b: b.do_api_request("sendRichMessage", api_kwargs=call, return_type=Message)

    with pytest.raises(EndPointNotFound):
        ask(telegram, rich("# x"))
    telegram.rich_supported = True
    ask(telegram, rich("# Title\n$x^2$"))
    assert telegram.messages(CHANNEL)[0]["rich_message"] == {"markdown": "# Title\n$x^2$"}
    assert refused(BadRequest, telegram, rich("x" * 32769)) == "Message is too long"


def test_a_lost_answer_still_counts(telegram):
    telegram.fault("*/sendMessage", drop="after")
    with pytest.raises(httpx.HTTPError):
        raw(telegram, "sendMessage", chat_id=PRIVATE, text="x")
    assert telegram.calls("*/sendMessage")[0].accepted and len(telegram.messages(PRIVATE)) == 1
