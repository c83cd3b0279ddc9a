"""Puts updates into the store: in order within a chat, chats side by side.

Each is tried until the store takes it.
"""

import asyncio
import logging
from typing import Any

from redis.exceptions import RedisError
from telegram import Bot, Update

from bot.telegram.handlers import Handlers
from bot.telegram.replies import UNREADABLE

log = logging.getLogger(__name__)

AGAIN_S = 0.5
"""Seconds before an update is offered again to a store that is away."""


def parsed(raw: dict[str, Any], bot: Bot) -> Update | None:
    """Parse an update as the library does; None for one that it cannot read.

    That one must not hold up the others.
    """
    try:
        for message in map(raw.get, ("message", "edited_message", "channel_post")):
            for part in (message, (message or {}).get("reply_to_message")):
                if part and "inline_keyboard" not in part.get("reply_markup", {}):
                    part.pop("reply_markup", None)  # the library knows only inline ones in a message
        return Update.de_json(raw, bot)
    except UNREADABLE as error:
        log.warning("update_unreadable", extra={"error": type(error).__name__, "update": raw.get("update_id")})
        return None


class Inbox:
    """Takes updates; one given twice is the same one.

    A task ends when its update is stored and dealt with.
    """

    def __init__(self, handlers: Handlers) -> None:
        self.handlers = handlers
        handlers.trouble = self._trouble
        self.open: dict[int, tuple[Update, asyncio.Task[None]]] = {}
        self._last: dict[int, asyncio.Task[None]] = {}
        self._told: set[int] = set()
        self._telling: set[asyncio.Task[None]] = set()
        self._away = False

    def put(self, update: Update) -> "asyncio.Task[None]":
        """Take an update; the task that deals with it."""
        number, chat = update.update_id, update.effective_chat.id if update.effective_chat else 0
        if number in self.open:
            return self.open[number][1]
        task = asyncio.create_task(self._deal(update, self._last.get(chat)))
        self.open[number], self._last[chat] = (update, task), task

        def forget(done: "asyncio.Task[None]") -> None:
            del self.open[number]
            self._told.discard(number)
            if self._last.get(chat) is done:
                del self._last[chat]

        task.add_done_callback(forget)
        if self._away:
            self._tell(update)
        return task

    async def close(self, seconds: float) -> None:
        """Finish what is begun, for so long; the rest stays with Telegram."""
        tasks = [task for _, task in self.open.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
        await self.handlers.replies.close(seconds)

    async def _deal(self, update: Update, before: "asyncio.Task[None] | None") -> None:
        if before:
            await asyncio.wait({before})
        while True:
            try:
                await self.handlers.handle(update)
            except RedisError as error:
                if update.update_id not in self._told:
                    log.warning("store_away", extra={"error": type(error).__name__, "update": update.update_id})
                self._trouble()
                await asyncio.sleep(AGAIN_S)
            except Exception:  # one bad update must not hold up all others
                log.exception("update_failed", extra={"update": update.update_id})
                await self.handlers.tell(update, "failed")
                return
            else:
                self._away = False
                return

    def _trouble(self) -> None:
        """The store does not answer: everybody who waits is told so, once."""
        self._away = True
        for update, _ in list(self.open.values()):
            self._tell(update)

    def _tell(self, update: Update) -> None:
        if update.update_id not in self._told:
            self._told.add(update.update_id)
            task = asyncio.create_task(self.handlers.tell(update, "away"))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)
