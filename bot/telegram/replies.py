"""Sends replies, answers to buttons and changed keyboards; handles refusals."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from telegram import Bot, CallbackQuery, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

log = logging.getLogger(__name__)

TEXT_MOST = 4096
"""UTF-16 code units of a message (telegram.constants.MessageLimit.MAX_TEXT_LENGTH)."""

ANSWER_MOST = 200
"""Characters of an answer to a button (CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)."""

TRIES = 3
"""Times a message is sent while Telegram says "not so fast"."""

PATIENCE_S = 2.0
"""Seconds that handling waits for its answer to be sent; a slower one goes on by itself and holds up nobody."""

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What the library raises for an object that it cannot read."""

Refused = Callable[[TelegramError], Awaitable[None]]
"""What is done where a chat refuses an answer."""

PREVIEW = LinkPreviewOptions(is_disabled=True)


class Replies:
    """Sends what one bot says.

    `gone` is told the chat that refuses us; `refused` says what to tell the person privately.
    """

    def __init__(
        self,
        bot: Bot,
        gone: Callable[[Any], Awaitable[None]],
        refused: Callable[[Message, str], Awaitable[str]] | None = None,
    ) -> None:
        self.bot, self.gone, self.refused = bot, gone, refused
        self.talking: set[asyncio.Task[None]] = set()

    async def reply(self, message: Message, text: str, markup: Any = None) -> None:
        """Answer under a message."""
        topic = message.message_thread_id if message.is_topic_message else None
        to = ReplyParameters(message.message_id, allow_sending_without_reply=True)

        async def send(thread: int | None = topic) -> None:
            try:
                await self.bot.send_message(
                    message.chat_id,
                    _fitting(text),
                    message_thread_id=thread,
                    reply_parameters=to,
                    reply_markup=markup,
                    link_preview_options=PREVIEW,
                )
            except BadRequest as error:
                if thread is None or "thread not found" not in str(error).lower():
                    raise
                await send(None)

        async def privately(error: TelegramError) -> None:
            """Tell the person in their own chat, if that is open.

            The chat takes nothing from us.
            """
            who = message.from_user
            why = await self.refused(message, str(error)) if self.refused else ""
            if why and who and who.id != message.chat_id and not message.sender_chat:
                said = _fitting(f"{text}\n⚠️ {why}")
                await self.bot.send_message(who.id, said, link_preview_options=PREVIEW)

        await self._try(message.chat, send, privately)

    async def privately(self, message: Message, text: str) -> bool:
        """Tell the person of a message in their own chat with us.

        False where they have never written to us there.
        """
        who = message.from_user
        if who is None or message.sender_chat:
            return False
        try:
            await self.bot.send_message(who.id, _fitting(text), link_preview_options=PREVIEW)
        except TelegramError as error:
            log.info("not_said", extra={"error": type(error).__name__})
            return False
        return True

    async def reaches(self, message: Message) -> bool:
        """True if the person of a message can be written to in their own chat with us."""
        who = message.from_user
        if who is None or message.sender_chat:
            return False
        try:
            return bool(await self.bot.send_chat_action(who.id, "typing"))
        except TelegramError as error:
            log.info("not_reached", extra={"error": type(error).__name__})
            return False

    async def answer(self, query: CallbackQuery, text: str = "", *, alert: bool = False) -> None:
        """End the waiting of whoever pressed a button."""
        await self._try(None, lambda: query.answer(_short(text) or None, show_alert=alert))

    async def redraw(self, message: Message, text: str | None, markup: InlineKeyboardMarkup | None) -> None:
        """Change the keyboard of a message of ours, and its text if one is given."""
        where: dict[str, Any] = {"chat_id": message.chat_id, "message_id": message.message_id, "reply_markup": markup}
        if text is None:
            await self._try(message.chat, lambda: self.bot.edit_message_reply_markup(**where))
        else:
            shown = _fitting(text)
            await self._try(
                message.chat, lambda: self.bot.edit_message_text(shown, link_preview_options=PREVIEW, **where)
            )

    async def close(self, seconds: float) -> None:
        """Let what is being said be said, for so long."""
        if self.talking:
            await asyncio.wait(self.talking, timeout=seconds)

    async def _try(self, chat: Any, send: Callable[[], Awaitable[Any]], refused: Refused | None = None) -> None:
        task = asyncio.ensure_future(self._send(chat, send, refused))
        self.talking.add(task)
        task.add_done_callback(self.talking.discard)
        await asyncio.wait({task}, timeout=PATIENCE_S)

    async def _send(self, chat: Any, send: Callable[[], Awaitable[Any]], refused: Refused | None = None) -> None:
        for _ in range(TRIES):
            try:
                await send()
                return
            except RetryAfter as error:
                after: Any = error.retry_after
                await asyncio.sleep(after.total_seconds() if isinstance(after, timedelta) else after)
            except Forbidden as error:
                log.warning("chat_refuses", extra={"chat": chat.id if chat else "?"})
                if chat:
                    await self.gone(chat)
                await self._instead(refused, error)
                return
            except UNREADABLE as error:  # it was sent; only Telegram's echo of it is strange to the library
                log.debug("echo_unreadable", extra={"error": type(error).__name__})
                return
            except TelegramError as error:
                if "not modified" not in str(error):
                    log.warning("answer_failed", extra={"error": type(error).__name__, "chat": chat.id if chat else ""})
                    await self._instead(refused, error)
                return

    async def _instead(self, refused: Refused | None, error: TelegramError) -> None:
        try:
            await refused(error) if refused else None
        except TelegramError as second:  # they have never written to us: Telegram lets nobody else begin
            log.info("not_said", extra={"error": type(second).__name__})


def _plain(text: str) -> str:
    """Our words mark commands with backticks; Telegram makes commands links by itself."""
    return text.replace("`", "")


def _short(text: str) -> str:
    text = _plain(text)
    return text if len(text) <= ANSWER_MOST else text[: ANSWER_MOST - 1] + "…"


def _fitting(text: str) -> str:
    """What fits into a message; that something is missing is to be seen."""
    whole = _plain(text).encode("utf-16-le")
    if len(whole) <= TEXT_MOST * 2:
        return _plain(text)
    return whole[: (TEXT_MOST - 1) * 2].decode("utf-16-le", "ignore") + "…"
