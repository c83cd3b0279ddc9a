"""Handles one Telegram update: one call of Intake, one answer.

Every call runs in a thread and is entered in the ledger under the update's key, so that an update given twice is done
once. A call that finds Redis away raises RedisError: the update then stays unconfirmed and comes again.
"""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from redis.exceptions import RedisError
from telegram import Bot, CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User

from bot.batching import Batcher
from bot.telegram import keyboards, setup
from bot.telegram import message as telegram_message
from bot.telegram.chats import Chats
from bot.telegram.commands import Commands
from bot.telegram.menu import Menu
from bot.telegram.message import PLATFORM, Incoming
from bot.telegram.paper_menu import OURS, PaperMenu
from bot.telegram.replies import Replies
from bot.telegram.rights import PRESENT, Rights
from bot.telegram.setup import TopicSetup
from bot.telegram.talk import MessageListener
from prompts import load_profile
from workers.intake import Intake, Taken
from workers.intake.topic_setup import Setup
from workers.operations.operator_actions import AGAIN, LEAVE, Resolver
from workers.paper_ids.paper_key import is_handle
from workers.platforms.actions import ABOUT, OTHER
from workers.platforms.refusals import cannot_post
from workers.platforms.telegram_codes import any_right, follow
from workers.store.batch import Call
from workers.words import words

log = logging.getLogger(__name__)
T = TypeVar("T")

STORE_S = 0.9
"""Seconds in which the store should have taken an update; then people are told to try again in a moment."""

WITHOUT_WORDS = ("voice", "audio", "photo", "document", "video", "video_note")
"""What we cannot read of a message (fields of telegram.Message); a sticker wants no answer."""

AT_ONCE = 32
"""Chats whose updates are being stored at the same time."""


class Handlers:
    """Does what updates ask of one bot. `trouble`: called when the store is away."""

    def __init__(self, bot: Bot, intake: Intake, me: User) -> None:
        self.bot, self.intake, self.me, self.named = bot, intake, me, intake.settings.telegram_chats
        self.resolver = Resolver(intake.dispatcher.redis, intake.settings, intake.clock)
        self.replies = Replies(bot, self._gone, self._refused)
        self.chats = Chats(intake, self.named)
        self.rights = Rights(bot, intake, self.named)
        self.menu = Menu(self.replies, intake, self.store)
        self.setting_up = TopicSetup(self.replies, Setup(intake), self.store)
        self.talk, self.verbs = MessageListener(intake, self.chats, self, me), Commands(self)
        self.paper_menu = PaperMenu(self)
        self.trouble: Callable[[], None] = lambda: None
        self.threads = ThreadPoolExecutor(AT_ONCE, "store")
        self._gather = Batcher(intake.arrivals.batch, self.threads)
        self._words = words(load_profile(intake.settings.digest_profile).language)

    async def handle(self, update: Update) -> None:
        """Do what an update asks for. RedisError: it is not stored, give it again."""
        event = f"{PLATFORM}|{self.me.id}|{update.update_id}"
        if update.callback_query:
            try:
                await self._pressed(event, update.callback_query)
            except RedisError:  # a button cannot be answered later: the person was told to press again
                await self.replies.answer(update.callback_query, self._words.away)
        elif update.my_chat_member:
            await self._membership(update.my_chat_member)
        elif update.edited_message:
            await self._edited(update.edited_message, str(update.update_id))
        elif message := update.message or update.channel_post:
            await self._message(event, message)

    async def tell(self, update: Update, phrase: str) -> None:
        """Tell the writer of this update that it waits (`away`) or failed (`failed`).

        Needs no store.
        """
        message = update.message or update.channel_post
        if update.callback_query:
            await self.replies.answer(update.callback_query, self._words[phrase])
        elif message and not message.is_automatic_forward and telegram_message.read(message, self.me).called:
            await self.replies.reply(message, self._words[phrase])

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

    # -- messages --------------------------------------------------------------------------------------------------

    async def _message(self, event: str, message: Message) -> None:
        read = telegram_message.read(message, self.me)
        if not self.chats.may_use(message.chat):
            if read.called:
                await self.replies.reply(message, self._words.not_allowed)
        elif message.migrate_to_chat_id:
            await self.store(self.chats.move, message.chat.id, message.migrate_to_chat_id)
        elif message.forum_topic_reopened or message.general_forum_topic_unhidden:
            await self.store(self.chats.resume, message.chat)
        elif message.is_automatic_forward:
            await self.store(self.chats.adopt, message)
        elif read.text and not read.foreign and (read.called or message.reply_to_message or message.message_thread_id):
            channel = telegram_message.channel_of(message, self.named)
            if not await self.store(self.chats.known, event):
                await self._talk(event, read, channel)
        elif read.private and not read.text and any(getattr(message, kind) for kind in WITHOUT_WORDS):
            w = await self.store(self.intake.words, telegram_message.channel_of(message, self.named))
            await self.answer(event, message, Taken(w.only_text))

    async def _talk(self, event: str, read: Incoming, channel: str) -> None:
        """Deal with what is said to us: a command, a value asked for, a question, a link."""
        message, about = read.message, {"channel": channel, "person": telegram_message.person_of(read.message)}
        if read.command:
            await self.verbs.command(event, read, about)
        elif await self._setting_up(read, about["person"]):
            await self.store(self.chats.note, event)
        elif name := keyboards.prompted(asked := telegram_message.asked_by_us(message, self.me)):
            if at := keyboards.prompted_for(asked) if read.private else "":
                channel = f"{PLATFORM}:{at}"
                may = await self.rights.manages(at, message.chat.id)
            else:
                may = await self.rights.may_change(message.chat, message, about["person"])
            await self.menu.typed(message, channel, name, read.text, may=may)
            await self.store(self.chats.note, event)
        elif (taken := await self.talk.hear(event, read, **about)).tasks or taken.say:
            await self.answer(event, message, taken)

    async def _edited(self, message: Message, edit: str) -> None:
        """Answer an edited question anew; of deleted messages Telegram tells nothing."""
        if self.chats.may_use(message.chat):
            channel, text = (
                telegram_message.channel_of(message, self.named),
                telegram_message.read(message, self.me).text,
            )
            about = {"edit": edit, "at": message.date.timestamp()}
            taken = await self.store(self.intake.edited, channel, str(message.message_id), text, **about)
            await self._hand_out(taken)

    async def _setting_up(self, read: Incoming, person: str) -> bool:
        message = read.message
        may = functools.partial(self.rights.may_change, message.chat, message, person)
        here = telegram_message.channel_of(message, self.named)
        return await self.setting_up.heard(message, person, read.text, self.me, may, here)

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
            await self._hand_out(taken)
        if taken.say:
            await self.replies.reply(message, taken.say)
        if not taken.tasks:
            await self.store(self.chats.note, event)

    async def _hand_out(self, taken: Taken) -> None:
        """What was entered waits for no other process; what fails here, the clock does."""
        try:
            await self.store(self.intake.hand_out, taken.tasks)
        except RedisError as error:
            log.warning("not_handed_out", extra={"error": type(error).__name__})

    def replied(self, message: Message) -> str:
        """All that the message replied to says."""
        return telegram_message.words_of(message.reply_to_message, self.me) if message.reply_to_message else ""

    # -- buttons ---------------------------------------------------------------------------------------------------

    async def _pressed(self, event: str, query: CallbackQuery) -> None:
        verb, _, what = (query.data or "").partition(":")
        message, person = query.message, f"{PLATFORM}:{query.from_user.id}"
        if message is None or not self.chats.may_use(message.chat):
            await self.replies.answer(query, self._words.not_allowed, alert=True)
            return
        reached = message if isinstance(message, Message) else None
        channel = telegram_message.channel_of(reached, self.named) if reached else f"{PLATFORM}:{message.chat.id}"
        at = keyboards.place_of(verb) if reached and reached.chat.type == Chat.PRIVATE else ""
        if verb == setup.VERB and reached:
            may = await self.rights.may_change(message.chat, None, person)
            await self.setting_up.pressed(query, reached, what, channel, may=may)
        elif at and reached:
            may = await self.rights.manages(at, query.from_user.id)
            await self.menu.pressed(query, reached, f"{PLATFORM}:{at}", may=may, at=at)
        elif verb == keyboards.SET and reached:
            may = await self.rights.may_change(message.chat, None, person)
            await self.menu.pressed(query, reached, channel, may=may)
        elif verb == keyboards.DO and reached and reached.chat.type == Chat.PRIVATE:
            await self.replies.answer(query)
            about = {"channel": channel, "person": person}
            await self.verbs.digest(event, reached, what, about)
        elif verb in keyboards.THUMBS and (paper := await self.paper_of(what)):
            vote = {"channel": channel, "paper": paper, "person": person, "up": verb == keyboards.UP}
            counts = await self.store(self.chats.vote, event, **vote)
            await self.replies.answer(query)
            if reached and reached.reply_markup:
                await self.replies.redraw(reached, None, keyboards.voted(reached.reply_markup, what, *counts))
        elif verb == keyboards.DIVE and (paper := await self.paper_of(what)):
            number, home = str(message.message_id), {"channel": channel, "person": person}
            once = f"{PLATFORM}|{self.me.id}|{message.chat.id}_{number}|deepen"
            more = await self.store(self.intake.deepen, channel, number, person=person, event=once)
            dive = self.intake.deepdive(event, text=paper, reply_to=number, **home)
            taken: Taken = await self.ask(dive) if more is None else more
            await self.store(self.chats.note, event)
            await self._hand_out(taken)
            await self.replies.answer(query, taken.say, alert=taken.refused)
        elif verb in (OTHER, ABOUT) and reached:
            await self._another(query, reached, verb, what, {"channel": channel, "person": person})
        elif verb == keyboards.SAVE and (paper := await self.paper_of(what)):
            await self.replies.answer(query, await self.store(self.chats.save, event, channel, paper, person))
        elif verb in OURS and reached:
            await self.paper_menu.pressed(event, query, reached, channel, person)
        elif verb in (AGAIN, LEAVE):
            may = await self.rights.may_change(message.chat, None, person)
            text, refused = await self.store(self.resolver.pressed, verb, what, channel, may=may)
            await self.replies.answer(query, text, alert=refused)
        else:
            await self.replies.answer(query)

    async def paper_of(self, name: str) -> str:
        """The paper that a button names; only a long id needs the store."""
        return str(await self.store(self.intake.known_as, name)) if is_handle(name) else self.intake.known_as(name)

    async def _another(
        self, query: CallbackQuery, message: Message, verb: str, what: str, about: dict[str, str]
    ) -> None:
        """Show which other papers there are, or ask the same of one of them."""
        number, _, paper = what.partition(":")
        channel, task = about["channel"], f"ask|{PLATFORM}|{self.me.id}|{number}"
        if verb == ABOUT:
            taken = await self.store(self.intake.ask_of, channel, task, paper, person=about["person"])
            await self._hand_out(taken)
            await self.replies.answer(query, taken.say, alert=taken.refused)
        elif found := await self.store(self.intake.others, channel, task):
            await self.replies.answer(query)
            await self.replies.redraw(message, None, keyboards.offered(number, found))
        else:
            w = await self.store(self.intake.words, channel)
            await self.replies.answer(query, w.other_none, alert=True)

    # -- the life of chats -----------------------------------------------------------------------------------------

    async def _membership(self, change: ChatMemberUpdated) -> None:
        new = change.new_chat_member
        if self.chats.may_use(change.chat):
            present = new.status in PRESENT or bool(getattr(new, "is_member", False))
            await self.store(self.chats.resume if present else self.chats.pause, change.chat, new.status)

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
