"""Telegram: the token, polling or webhook, and each chat that a digest goes to."""

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from telegram import Bot, ChatFullInfo, ChatMember, User
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from workers import network
from workers.channels.recipients import Target
from workers.errors import BadSetting
from workers.operations.doctor.findings import Finding, State
from workers.platforms import telegram_webhook
from workers.platforms.token_kinds import mistaken
from workers.settings import Settings
from workers.words.typed import typed

PART = "Telegram"

ANSWER_S = 10.0
"""Seconds for one answer; Telegram takes well under one."""

RECENT_S = 3600.0
"""Seconds for which an error that Telegram met at our webhook is still told."""

MISSED = (TelegramError, ValueError, AttributeError, KeyError, TypeError, RecursionError)
"""What the library raises where no answer of Telegram's came: an address that answers otherwise makes it stumble."""

TROUBLE = re.compile(r"\((5\d\d)\)")
"""Where the library names a status in its words for an answer that is not Telegram's own."""

QUOTED = 100
"""Characters of Telegram's own words that are shown."""

MANY = 100
"""Updates waiting at Telegram from which nobody seems to fetch them."""


def telegram(settings: Settings, goals: list[tuple[Target, str]], listening: bool) -> Iterator[Finding]:
    """Yield every finding about Telegram.

    `goals`: chats that get a digest, and why one is paused; `listening`: ours runs.
    """
    if not settings.telegram_bot_token.get_secret_value():
        yield Finding(PART, "token", "off", "TELEGRAM_BOT_TOKEN is not set: nothing is posted to Telegram")
        if settings.telegram_chats:
            todo = "set TELEGRAM_BOT_TOKEN, or empty TELEGRAM_CHATS."
            yield Finding(PART, "chats", "fail", "TELEGRAM_CHATS is set, but no token", todo)
        return
    found = _found(settings, goals, listening)
    loop = asyncio.new_event_loop()
    try:  # one by one, so that what was found before a hang is kept
        while True:
            try:
                yield loop.run_until_complete(anext(found))
            except StopAsyncIteration:
                return
    finally:
        loop.run_until_complete(found.aclose())
        loop.close()


async def _found(settings: Settings, goals: list[tuple[Target, str]], listening: bool) -> AsyncGenerator[Finding, None]:
    token = settings.telegram_bot_token.get_secret_value()
    out = network.for_httpx(settings, settings.telegram_api_url)
    request = HTTPXRequest(connection_pool_size=1, read_timeout=ANSWER_S, connect_timeout=ANSWER_S, httpx_kwargs=out)
    bot = Bot(token, base_url=f"{settings.telegram_api_url}/bot", request=request, get_updates_request=request)
    try:
        try:
            me = await bot.get_me()
        except MISSED as error:
            yield _no_token(error, token)
            return
        yield Finding(PART, "token", "ok", f"is @{me.username}")
        yield _privacy(me)
        if not settings.allowed:
            yield _strangers(settings)
        yield await _receiving(bot, settings, listening)
        for goal, paused in goals:
            yield await _chat(bot, me, goal.channel.partition(":")[2], paused)
    finally:
        await request.shutdown()


def _strangers(settings: Settings) -> Finding:
    """Who may write to the bot in private, and what that may cost."""
    said = "ALLOWED is empty: anyone who finds the bot may write to it in private"
    if settings.anthropic_api_key.get_secret_value():
        budget = settings.model_daily_budget_usd
        share = f"${settings.model_strangers_share * budget:.2f} of the model's ${budget:.2f} a day"
        said += f"; whom neither ADMINS nor TELEGRAM_CHATS names shares {share}, then gets the papers' own sentences"
    return Finding(PART, "strangers", "ok", said)


def _no_token(error: Exception, token: str) -> Finding:
    if isinstance(error, InvalidToken):
        todo = "copy it anew from @BotFather (/mybots, API Token); a deleted bot's works no more."
        said = mistaken("TELEGRAM_BOT_TOKEN", token) or "is refused"
        return Finding(PART, "token", "fail", f"TELEGRAM_BOT_TOKEN {said}", todo)
    todo = "check the network and TELEGRAM_API_URL."
    if isinstance(error, RetryAfter):
        return Finding(PART, "token", "fail", "Telegram asks us to wait", "look again in a minute.")
    if isinstance(error, NetworkError) and (status := TROUBLE.search(str(error))):
        todo = "look again later; if it stays so, see to TELEGRAM_API_URL."
        return Finding(PART, "token", "fail", f"Telegram is in trouble (HTTP {status[1]})", todo, heard=False)
    odd = not isinstance(error, NetworkError)  # the class of everything that the network does
    said = "the address answers, but not as Telegram does" if odd else "Telegram cannot be reached"
    return Finding(PART, "token", "fail", f"{said} ({type(error).__name__})", todo, heard=False)


def _privacy(me: User) -> Finding:
    if not me.can_join_groups:
        todo = "allow it with /setjoingroups at @BotFather, if it is to be in a group."
        return Finding(PART, "groups", "warn", "the bot may not be added to groups", todo)
    if me.can_read_all_group_messages:
        return Finding(PART, "groups", "ok", "privacy mode is off: the bot sees every message of its groups")
    said = "privacy mode is on: in groups the bot sees commands and replies to its own messages, not plain mentions"
    todo = "for mentions, too: /setprivacy, Disable at @BotFather, then remove the bot from the group and add it again."
    return Finding(PART, "groups", "ok", said, todo)


async def _receiving(bot: Bot, settings: Settings, listening: bool) -> Finding:
    """What Telegram knows of our webhook, against the settings."""
    wanted = ""
    if settings.telegram_webhook_url:
        try:
            secret = settings.telegram_webhook_secret.get_secret_value()
            wanted = telegram_webhook(settings.telegram_webhook_url, secret)
        except BadSetting as error:
            return Finding(PART, "webhook", "fail", str(error), "correct it.")
    name = "webhook" if wanted else "polling"
    try:
        info = await bot.get_webhook_info()
    except MISSED as error:
        return Finding(PART, name, "fail", f"getWebhookInfo failed ({type(error).__name__})", "ask again in a minute.")
    host = urlsplit(info.url).hostname if info.url else ""
    if info.url != wanted:
        state: State = "fail" if listening else "warn"
        said = f"Telegram sends updates to {host}" if info.url else "Telegram has no webhook yet"
        then = "stop the other program that uses this token" if info.url else "look at the listener's log"
        todo = f"{then}." if listening else f"the listener puts it right when it starts; if it does not: {then}."
        return Finding(PART, name, state, f"{said}, the settings say {'this address' if wanted else 'polling'}", todo)
    if info.pending_update_count > MANY:
        said = f"{info.pending_update_count} updates wait to be fetched"
        return Finding(PART, name, "warn", said, f"start the listener ({typed()} up); see its log if it runs.")
    failed = info.last_error_date
    if wanted and failed and (datetime.now(UTC) - failed).total_seconds() < RECENT_S:
        said = f"Telegram could not deliver to {host} at {failed:%H:%M} UTC"
        todo = "check that the address is reachable from outside and leads to HTTP_HOST:HTTP_PORT."
        return Finding(PART, name, "warn", said, todo)
    if wanted:
        return Finding(PART, name, "ok", f"Telegram sends updates to {host}, which the settings name")
    return Finding(PART, name, "ok", "no webhook is in the way; whether another program polls cannot be seen from here")


async def _chat(bot: Bot, me: User, address: str, paused: str) -> Finding:
    chat, _, topic = address.partition("/")
    name, heard = f"chat {address}", True
    try:
        about = await bot.get_chat(chat if chat.startswith("@") else int(chat))
        member = None if about.type == "private" else await bot.get_chat_member(about.id, me.id)
        state, said, todo = _posting(about, member, topic)
        if state == "ok" and (topic or member is None):  # shows "typing" for a moment: the only way to ask
            await bot.send_chat_action(about.id, "typing", message_thread_id=int(topic) if topic else None)
    except MISSED as error:
        heard = isinstance(error, BadRequest | Forbidden | ChatMigrated)
        state, said, todo = _no_chat(error, chat, topic)
    if paused and state == "ok":
        said, state = f"{said}; paused, since a post was refused ({paused})", "warn"
        todo = "send /digest subscribe there, or a digest by hand, to begin again."
    return Finding(PART, name, state, said, todo, heard)


def _posting(about: ChatFullInfo, member: ChatMember | None, topic: str) -> tuple[State, str, str]:
    shown = f"{about.type} {_short(about.title or about.first_name)}"
    if topic and not about.is_forum:
        return "fail", f"{shown} has no topics", "switch topics on in the group, or leave out the id after the slash."
    if member is None:
        return "ok", shown, ""
    if member.status in ("left", "kicked"):
        how = "was removed from" if member.status == "kicked" else "is not in"
        return "fail", f"the bot {how} {shown}", "add it (to a channel: as an administrator who may post)."
    rights: Any = member
    if about.type == "channel" and not (member.status == "administrator" and rights.can_post_messages):
        todo = "make it an administrator with the right to post messages."
        return "fail", f"the bot may not post in {shown}", todo
    muted = member.status == "restricted" and not rights.can_send_messages
    silent = member.status == "member" and about.permissions and about.permissions.can_send_messages is False
    if muted or silent:
        return "fail", f"the bot may not write in {shown}", "allow members to send messages, or make it administrator."
    return "ok", f"{shown}, the bot is {member.status}", ""


def _no_chat(error: Exception, chat: str, topic: str) -> tuple[State, str, str]:
    words = str(error).lower()
    if isinstance(error, ChatMigrated):
        return "fail", "the group has a new id", f"write {error.new_chat_id} in TELEGRAM_CHATS."
    if topic and ("thread not found" in words or "topic_closed" in words):
        what = "is closed" if "closed" in words else "is not known to Telegram"
        return "fail", f"the topic {what}", "reopen it, or correct the id after the slash."
    if isinstance(error, Forbidden) or (isinstance(error, BadRequest) and "chat not found" in words):
        todo = "check the id and add the bot; a person must press Start first."
        if re.fullmatch(r"-?100\d{10}|\d{10}", chat) and not chat.startswith("-"):
            todo = f"is it a channel or supergroup? Then its id is -100{chat.removeprefix('100')[-10:]}. Else {todo}"
        return "fail", f"Telegram knows no such chat, or the bot is not in it (“{str(error)[:QUOTED]}”)", todo
    if isinstance(error, BadRequest):
        todo = "check the id and the bot's rights there."
        return "fail", f"Telegram refuses the chat (“{str(error)[:QUOTED]}”)", todo
    return "fail", f"Telegram gave no answer ({type(error).__name__})", "check the network, then ask again."


def _short(raw: str | None) -> str:
    return "“" + "".join(c for c in raw or "" if c.isprintable())[:40] + "”"
