"""Runs Intake for the handlers of one Telegram bot, and answers people."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from redis.exceptions import RedisError
from telegram import Bot, Chat, Message, User

from bot.batching import Batcher
from bot.telegram import message as telegram_message
from bot.telegram.chats import Chats
from bot.telegram.menu import Menu
from bot.telegram.replies import Replies
from bot.telegram.rights import Rights
from bot.telegram.setup import TopicSetup
from prompts import load_profile
from workers.intake import Intake, Taken
from workers.intake.topic_setup import Setup
from workers.paper_ids.paper_key import is_handle
from workers.platforms.refusals import cannot_post
from workers.platforms.telegram_codes import any_right, follow
from workers.store.batch import Call
from workers.words import words

log = logging.getLogger(__name__)
T = TypeVar("T")

STORE_S = 0.9
"""Seconds in which the store should have taken an update; then people are told to try again in a moment."""

AT_ONCE = 32
"""Chats whose updates are being stored at the same time."""


class IntakeRunner:
    """What all handlers of one bot share.

    `me`: how Telegram knows it. `trouble`: called when the store is away.
    """

    def __init__(self, bot: Bot, intake: Intake, me: User) -> None:
        self.bot, self.intake, self.me, self.named = bot, intake, me, intake.settings.telegram_chats
        self.replies = Replies(bot, self._gone, self._refused)
        self.chats = Chats(intake, self.named)
        self.rights = Rights(bot, intake, self.named)
        self.menu = Menu(self.replies, intake, self.store)
        self.setting_up = TopicSetup(self.replies, Setup(intake), self.store)
        self.trouble: Callable[[], None] = lambda: None
        self.threads = ThreadPoolExecutor(AT_ONCE, "store")
        self._gather = Batcher(intake.arrivals.batch, self.threads)
        self._words = words(load_profile(intake.settings.digest_profile).language)

    async def store(self, call: Callable[..., T], *args: Any, **named: Any) -> T:
        """Run a call of Intake in a thread."""
        loop = asyncio.get_running_loop()
        return await self._in_time(loop.run_in_executor(self.threads, lambda: call(*args, **named)))

    async def ask(self, call: Call[T]) -> T:
        """Make a call of Intake, together with others that come now."""
        return await self._in_time(self._gather.ask(call))

    async def _in_time(self, storing: Awaitable[T]) -> T:
        alarm = asyncio.get_running_loop().call_later(STORE_S, self.trouble)
        try:
            return await storing
        finally:
            alarm.cancel()

    async def dive(
        self, event: str, message: Message, text: str, about: dict[str, str], *, titles: bool = False
    ) -> None:
        """Enter papers to analyse. `titles`: `text` may be a title, as of a command."""
        ask = self.intake.command if titles else self.intake.deepdive
        taken = await self.ask(ask(event, text=text, reply_to=str(message.message_id), **about))
        await self.answer(event, message, taken)

    async def answer(self, event: str, message: Message, taken: Taken) -> None:
        """Tell what became of it.

        With work in the ledger rather never than twice, else rather twice than never.
        """
        if taken.tasks:
            await self.store(self.chats.note, event)
            await self.hand_out(taken)
        if taken.say:
            await self.replies.reply(message, taken.say)
        if not taken.tasks:
            await self.store(self.chats.note, event)

    async def hand_out(self, taken: Taken) -> None:
        """What was entered waits for no other process; what fails here, the clock does."""
        try:
            await self.store(self.intake.hand_out, taken.tasks)
        except RedisError as error:
            log.warning("not_handed_out", extra={"error": type(error).__name__})

    def replied(self, message: Message) -> str:
        """All that the message replied to says."""
        return telegram_message.words_of(message.reply_to_message, self.me) if message.reply_to_message else ""

    async def paper_of(self, name: str) -> str:
        """The paper that a button names; only a long id needs the store."""
        return str(await self.store(self.intake.known_as, name)) if is_handle(name) else self.intake.known_as(name)

    async def _gone(self, chat: Chat) -> None:
        try:
            await self.store(self.chats.pause, chat, "forbidden")
        except RedisError as error:
            log.warning("pause_failed", extra={"error": type(error).__name__, "chat": chat.id})

    async def _refused(self, message: Message, error: str) -> str:
        """What to tell somebody privately whose message's place refuses answers, or ""."""
        if follow(0, error) != "place":
            return ""
        channel = telegram_message.channel_of(message, self.named)
        why = "topic_closed" if "topic_closed" in error.lower() else "rights" if any_right(error) else "forbidden"
        return cannot_post(self._words, channel, why, f"@{self.me.username}")
