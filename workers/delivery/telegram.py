"""Telegram's poster: sendMessage and others, one request at a time.

A bot cannot read its chats, so nobody can tell whether a message arrived whose answer was lost. What is done about it
is decided in `certainty`.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import httpx
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity, ReplyParameters
from telegram.error import (
    ChatMigrated,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from workers import network
from workers.delivery.poster import SEND_TIMEOUT_S
from workers.errors import (
    ChatGone,
    ChatMoved,
    MessageGone,
    NeedsOperator,
    PaceExceeded,
    Rejected,
    Retryable,
    Uncertain,
)
from workers.platforms.refusals import closed_telegram
from workers.platforms.telegram_codes import NO_TOPIC, any_right, follow
from workers.settings import Settings
from workers.store.delivery.pace import Rule

os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library then gives Retry-After as a timedelta, without a warning

GAP_S = 1.02
"""Seconds from the answer to a message to the next one in its chat (about one a second, Bots FAQ)."""

GROUP_LIMIT, GROUP_WINDOW_S = 20, 60.5
"""Messages a minute in one group or channel (telegram.constants.FloodLimit)."""

OVERALL_LIMIT, OVERALL_WINDOW_S = 30, 1.01
"""Messages a second over all chats, from answer to request (telegram.constants.FloodLimit); 18 a minute stay free."""

CONNECT_TIMEOUT_S = 5
"""Seconds to connect; nothing was sent when this runs out, so it may be tried again."""

KEPT_S = 5.0
"""Seconds that an idle connection is kept: shorter than any server keeps it, so that no message meets a closed one."""

LIMITS = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEPT_S)
"""One connection, for one message at a time."""

PLAIN_LIMIT, SHORT_LIMIT = 4000, 1200
"""Characters of a message without entities (Telegram allows 4,096 UTF-16 units), and where even that is too long."""

MAX_UNITS = 4096
"""UTF-16 units of a message (telegram.constants.MessageLimit.MAX_TEXT_LENGTH)."""

QUOTED = 120
"""Characters of Telegram's own words that the operator is shown."""

NOT_TAKEN = (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)
"""Statuses with which Telegram, or what stands before it, says that it has not begun with a message."""

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""What the HTTP client raises before a request has left."""

ABSENT = ("message to edit not found", "message to delete not found", "message can't be deleted")
STUMBLES = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
"""What the library raises over an answer of a shape that Telegram never sends: a proxy's, or half of one."""


class _Request(HTTPXRequest):
    """Remembers the last status, which the library folds into a text."""

    status = 0

    async def do_request(self, *args: Any, **fields: Any) -> tuple[int, bytes]:
        """As the library does, status noted."""
        self.status = 0
        self.status, body = await super().do_request(*args, **fields)
        return self.status, body


class TelegramPoster:
    """Posts as one bot.

    Within a `with` block its connection is kept for the next message, else each has its own.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings, self.token = settings, settings.telegram_bot_token.get_secret_value()
        self.root = settings.telegram_api_url
        self._kept: tuple[asyncio.Runner, Bot, _Request] | None = None

    def __enter__(self) -> "TelegramPoster":
        self._kept = asyncio.Runner(), *self._bot()
        return self

    def __exit__(self, *_: object) -> None:
        if self._kept:
            runner, _bot, request = self._kept
            self._kept = None
            with runner:
                runner.run(request.shutdown())

    def rules(self, address: str) -> list[Rule]:
        """One a second and chat, 20 a minute in groups and channels, 30 a second in all."""
        chat = address.partition("/")[0]
        overall = Rule("telegram", OVERALL_LIMIT, OVERALL_WINDOW_S, shared=True)
        rules = [Rule(f"telegram:{chat}", 1, GAP_S), overall]
        if chat.startswith(("-", "@")):
            rules.append(Rule(f"telegram:{chat}:minute", GROUP_LIMIT, GROUP_WINDOW_S))
        return rules

    def send(self, address: str, payload: dict[str, Any], parent: str | None, mark: str) -> str:
        """sendMessage; the message id."""
        chat, _, topic = address.partition("/")
        fields = _fields(payload)
        if parent:
            fields["reply_parameters"] = ReplyParameters(int(parent), allow_sending_without_reply=True)
        if topic:
            fields["message_thread_id"] = int(topic)
        try:
            sent = self._run(lambda bot: bot.send_message(chat_id=_chat(chat), **fields))
        except ChatGone as error:
            if NO_TOPIC not in error.fields.get("words", "") or not topic:
                raise
            what = "Telegram no longer knows the topic: correct the id after the slash."
            raise ChatGone(what, kind="topic") from None
        if not isinstance(sent.message_id, int):
            raise Uncertain("Telegram's answer names no message.", kind="lost")
        return str(sent.message_id)

    def find(self, address: str, parent: str | None, mark: str, since: float) -> str | None:
        """Not possible for a bot."""
        raise Uncertain("Telegram cannot be asked whether a message arrived.", kind="lost")

    def edit(self, address: str, message: str, payload: dict[str, Any]) -> None:
        """editMessageText; "not modified" counts as done."""
        chat = _chat(address.partition("/")[0])
        fields = {n: v for n, v in _fields(payload).items() if n != "disable_notification"}
        try:
            self._run(lambda bot: bot.edit_message_text(chat_id=chat, message_id=int(message), **fields))
        except Rejected as error:
            if "message is not modified" in error.code:
                return
            if any(words in error.code for words in ABSENT):
                raise MessageGone("Telegram no longer has the message.", code=error.code) from None
            raise

    def delete(self, address: str, message: str) -> None:
        """deleteMessage; one that is gone is fine."""
        chat = _chat(address.partition("/")[0])
        try:
            self._run(lambda bot: bot.delete_message(chat_id=chat, message_id=int(message)))
        except Rejected as error:
            if not any(words in error.code for words in ABSENT):
                raise

    def look(self, address: str) -> str:
        """getChatMember of ourselves."""
        chat = _chat(address.partition("/")[0])

        async def ask(bot: Bot) -> str:
            here, me = await bot.get_chat(chat), await bot.get_me()
            return closed_telegram(here.type, await bot.get_chat_member(chat, me.id)) if here.type != "private" else ""

        return str(self._run(ask))

    def plain(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The text without entities, within what a message may hold."""
        plain = {n: v for n, v in payload.items() if n != "entities"}
        return plain if _units(str(plain.get("text", ""))) <= MAX_UNITS else self._cut(plain, PLAIN_LIMIT)

    def short(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The beginning of its text alone, with a mark that more was to follow."""
        plain = {n: v for n, v in self.plain(payload).items() if n != "reply_markup"}
        return plain if len(str(plain.get("text", ""))) <= SHORT_LIMIT else self._cut(plain, SHORT_LIMIT)

    @staticmethod
    def _cut(plain: dict[str, Any], most: int) -> dict[str, Any]:
        raw = str(plain["text"]).encode("utf-16-le")[: (most - 2) * 2]
        return plain | {"text": raw.decode("utf-16-le", "ignore").rstrip() + "\n…"}

    def _run(self, call: Callable[[Bot], Awaitable[Any]]) -> Any:
        if self._kept:
            runner, bot, request = self._kept
            return runner.run(_answered(call(bot), request))
        return asyncio.run(self._once(call))

    async def _once(self, call: Callable[[Bot], Awaitable[Any]]) -> Any:
        bot, request = self._bot()
        try:
            return await _answered(call(bot), request)
        finally:
            await request.shutdown()

    def _bot(self) -> tuple[Bot, _Request]:
        request = _Request(
            connection_pool_size=1,
            httpx_kwargs={**network.for_httpx(self.settings, self.root), "limits": LIMITS},
            read_timeout=SEND_TIMEOUT_S,
            write_timeout=SEND_TIMEOUT_S,
            connect_timeout=CONNECT_TIMEOUT_S,
        )
        return Bot(self.token, base_url=f"{self.root}/bot", request=request, get_updates_request=request), request


async def _answered(call: Awaitable[Any], request: _Request) -> Any:
    """Its answer; what went wrong, in our terms."""
    try:
        return await call
    except TelegramError as error:
        raise _named(error, request.status) from None
    except STUMBLES:
        raise Uncertain("Telegram's answer is none of its own.", kind="lost") from None


def _chat(chat: str) -> int | str:
    return chat if chat.startswith("@") else int(chat)


def _fields(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload with the library's own types where it wants them."""
    fields = dict(payload)
    if "entities" in fields:
        fields["entities"] = [MessageEntity.de_json(entity, None) for entity in fields["entities"]]
    if "link_preview_options" in fields:
        fields["link_preview_options"] = LinkPreviewOptions.de_json(fields["link_preview_options"], None)
    if "reply_markup" in fields:
        fields["reply_markup"] = InlineKeyboardMarkup.de_json(fields["reply_markup"], None)
    return fields


def _named(error: TelegramError, status: int) -> Exception:
    """Turn an error of the library into one of ours.

    Order matters: BadRequest and TimedOut are NetworkErrors to the library.
    """
    words = str(error).lower()
    if isinstance(error, RetryAfter):
        after: Any = error.retry_after
        seconds = float(after.total_seconds() if isinstance(after, timedelta) else after)
        return PaceExceeded("Telegram asks to wait.", retry_after=max(1.0, seconds))
    if isinstance(error, ChatMigrated):
        return ChatMoved("Telegram gave the group a new id.", new_address=str(error.new_chat_id))
    unsent = isinstance(error.__cause__, NOT_SENT)
    if isinstance(error, TimedOut | NetworkError) and unsent:
        return Retryable("Telegram cannot be reached.", kind="connection")
    if status in NOT_TAKEN:
        return Retryable("Telegram failed before it took the message.", kind=f"http_{status}")
    if isinstance(error, InvalidToken):
        what = "Telegram refuses our token: renew TELEGRAM_BOT_TOKEN."
        return NeedsOperator(what, kind="auth", code=f"HTTP {status}")
    if not status or status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return Uncertain("Telegram's answer was lost.", kind=f"http_{status}" if status else "lost")
    ours = words != f"{HTTPStatus(status).phrase} ({status})".lower()  # else a proxy's page, not Telegram's words
    follows = follow(status, words) if ours else "unknown"
    if follows == "place":
        what = "Telegram refuses the chat: add the bot again (channels: as administrator)."
        return ChatGone(what, kind=_kind(words), words=words)
    if follows == "message":
        return Rejected("Telegram refuses the message.", code=words, kind="bad_request")
    if follows == "retry":
        return Retryable("Telegram cannot take it now.", kind="busy")
    what = f"Telegram refuses (HTTP {status}): see its words."
    return NeedsOperator(what, kind=f"http_{status}", code=str(error)[:QUOTED], known=follows == "operator")


def _kind(words: str) -> str:
    """Class of a chat's refusal.

    It is `topic_closed`, `rights` where one is missing, else `forbidden`.
    """
    if "topic_closed" in words:
        return "topic_closed"
    return "rights" if any_right(words) else "forbidden"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
