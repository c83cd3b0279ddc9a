"""One update -> one call to the front room -> one answer.

Every call runs in a thread and is entered in the ledger under the update's key, so that an update given twice is done
once. A call that finds Redis away raises RedisError: the update then stays unconfirmed and comes again.
"""

import asyncio
import functools
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from redis.exceptions import RedisError
from telegram import Bot, CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update, User
from telegram.error import TelegramError

from bot import commands
from bot.batching import Batcher
from bot.telegram import keyboards, setup
from bot.telegram import message as telegram_message
from bot.telegram.chats import Chats
from bot.telegram.menu import Menu
from bot.telegram.message import PLATFORM, Incoming
from bot.telegram.replies import Replies
from bot.telegram.setup import SettingUp
from bot.telegram.talk import Talk
from prompts import load_profile
from workers.arxiv_id import exact, parse
from workers.intake import Intake, Taken
from workers.library.citing import Wanted
from workers.operations.resolve import AGAIN, LEAVE, Resolver
from workers.platforms.actions import ABOUT, OTHER
from workers.platforms.refusals import cannot_post
from workers.platforms.telegram_codes import any_right, follow
from workers.setup import Setup
from workers.store.batch import Call
from workers.words import words

log = logging.getLogger(__name__)
T = TypeVar("T")

STORE_S = 0.9
"""Seconds in which the store should have taken an update; then people are told to try again in a moment."""

AT_ONCE = 32
"""Chats whose updates are being stored at the same time."""

ADMIN_S = 600.0
"""Seconds that we believe what Telegram said about an administrator."""

PRESENT = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER)


class Handlers:
    """What one bot does with updates. `trouble` is called when the store does not answer."""

    def __init__(self, bot: Bot, intake: Intake, me: User) -> None:
        self.bot, self.intake, self.me, self.named = bot, intake, me, intake.settings.telegram_chats
        self.again = Resolver(intake.dispatcher.redis, intake.settings, intake.clock)
        self.voice = Replies(bot, self._gone, self._refused)
        self.chats = Chats(intake, self.named)
        self.menu = Menu(self.voice, intake, self.store)
        self.setting_up = SettingUp(self.voice, Setup(intake), self.store)
        self.talk = Talk(intake, self.chats, self, me)
        self.trouble: Callable[[], None] = lambda: None
        self.threads = ThreadPoolExecutor(AT_ONCE, "store")
        self._gather = Batcher(intake.arrivals.trips, self.threads)
        self._words = words(load_profile(intake.settings.digest_profile).language)
        self._admins: dict[tuple[int, int], tuple[float, bool]] = {}

    async def handle(self, update: Update) -> None:
        """Do what an update asks for. RedisError: it is not stored, give it again."""
        event = f"{PLATFORM}|{self.me.id}|{update.update_id}"
        if update.callback_query:
            try:
                await self._pressed(event, update.callback_query)
            except RedisError:  # a button cannot be answered later: the person was told to press again
                await self.voice.answer(update.callback_query, self._words.away)
        elif update.my_chat_member:
            await self._membership(update.my_chat_member)
        elif message := update.message or update.channel_post:
            await self._message(event, message)

    async def tell(self, update: Update, phrase: str) -> None:
        """Tell whoever wrote this update that it has to wait (`away`) or went wrong (`failed`); needs no store."""
        message = update.message or update.channel_post
        if update.callback_query:
            await self.voice.answer(update.callback_query, self._words[phrase])
        elif message and not message.is_automatic_forward and telegram_message.read(message, self.me).called:
            await self.voice.reply(message, self._words[phrase])

    async def store(self, call: Callable[..., T], *args: Any, **named: Any) -> T:
        """Run something of the front room in a thread."""
        loop = asyncio.get_running_loop()
        return await self._in_time(loop.run_in_executor(self.threads, lambda: call(*args, **named)))

    async def ask(self, call: Call[T]) -> T:
        """Make a call of the front room, together with others that come now."""
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
                await self.voice.reply(message, self._words.not_allowed)
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

    async def _talk(self, event: str, read: Incoming, channel: str) -> None:
        """Whatever is said to us: a command, a value that we asked for, a question, a link."""
        message, about = read.message, {"channel": channel, "person": telegram_message.person_of(read.message)}
        if read.command:
            await self._command(event, read, about)
        elif await self._setting_up(read, about["person"]):
            await self.store(self.chats.note, event)
        elif name := keyboards.prompted(telegram_message.asked_by_us(message, self.me)):
            may = await self._may_change(message.chat, message, about["person"])
            await self.menu.typed(message, channel, name, read.text, may=may)
            await self.store(self.chats.note, event)
        elif (taken := await self.talk.hear(event, read, **about)).tasks or taken.say:
            await self._answer(event, message, taken)

    async def _setting_up(self, read: Incoming, person: str) -> bool:
        message = read.message
        may = functools.partial(self._may_change, message.chat, message, person)
        return await self.setting_up.heard(message, person, read.text, self.me, may)

    async def _command(self, event: str, read: Incoming, about: dict[str, str]) -> None:
        message, channel = read.message, about["channel"]
        if read.command == "deepdive" or (read.command == "start" and parse(telegram_message.paper_of(read.argument))):
            text = telegram_message.paper_of(read.argument) if read.command == "start" else read.argument
            if not parse(text) and message.reply_to_message:
                place = await self.store(self.intake.place, channel, str(message.reply_to_message.message_id))
                text = place.paper if place and place.paper else self._replied(message)
            await self._dive(event, message, text, about)
        elif read.command in ("digest", "start", "help"):
            verb = commands.digest_command(" ".join(read.argument.split()) if read.command == "digest" else "")
            log.info("digest_command", extra={"verb": verb.verb if verb.known else "unknown"})
            may = verb.verb not in commands.CHANGING or await self._may_change(message.chat, message, about["person"])
            if verb.verb in ("settings", "setup") and may:
                if verb.verb == "settings":
                    await self.menu.open(message, channel)
                else:
                    await self.setting_up.begin(message, channel, about["person"])
                await self.store(self.chats.note, event)
            elif verb.verb == "saved" and verb.argument.lower() not in commands.HERE and not read.private:
                w = await self.store(self.intake.words, channel)
                mine = await self.store(self.intake.saving.show_own, about["person"], w)
                told = await self.voice.privately(message, mine)
                await self._answer(event, message, Taken(w.saved_privately if told else w.saved_write_first))
            else:
                asked = Wanted(channel, about["person"], event, reply_to=str(message.message_id))
                first = verb.verb == "subscribe" and may and not verb.argument
                new = first and await self.store(self.setting_up.setup.is_new, channel)
                text = await self.store(commands.digest, self.intake, verb, channel, may_change=may, asked=asked)
                if new:
                    await self.store(self.chats.note, event)
                    await self.voice.reply(message, text, setup.begin_key(await self.store(self.intake.words, channel)))
                else:
                    await self._answer(event, message, Taken(text))
        elif read.private:
            w = await self.store(self.intake.words, channel)
            await self._answer(event, message, Taken(w.say("unknown_command", command=f"/{read.command}")))

    async def _dive(self, event: str, message: Message, text: str, about: dict[str, str]) -> None:
        reply_to = str(message.message_id)
        taken = await self.ask(self.intake.deepdive(event, text=text, reply_to=reply_to, **about))
        await self._answer(event, message, taken)

    async def _answer(self, event: str, message: Message, taken: Taken) -> None:
        """Say what became of it. With work in the ledger rather never than twice, else rather twice than never."""
        if taken.tasks:
            await self.store(self.chats.note, event)
            await self._hand_out(taken)
        if taken.say:
            await self.voice.reply(message, taken.say)
        if not taken.tasks:
            await self.store(self.chats.note, event)

    async def _hand_out(self, taken: Taken) -> None:
        """What was entered waits for no other process; what fails here, the clock does."""
        try:
            await self.store(self.intake.hand_out, taken.tasks)
        except RedisError as error:
            log.warning("not_handed_out", extra={"error": type(error).__name__})

    def _replied(self, message: Message) -> str:
        return telegram_message.words_of(message.reply_to_message, self.me) if message.reply_to_message else ""

    # -- buttons ---------------------------------------------------------------------------------------------------

    async def _pressed(self, event: str, query: CallbackQuery) -> None:
        verb, _, what = (query.data or "").partition(":")
        message, person = query.message, f"{PLATFORM}:{query.from_user.id}"
        if message is None or not self.chats.may_use(message.chat):
            await self.voice.answer(query, self._words.not_allowed, alert=True)
            return
        reached = message if isinstance(message, Message) else None
        channel = telegram_message.channel_of(reached, self.named) if reached else f"{PLATFORM}:{message.chat.id}"
        if verb == setup.VERB and reached:
            may = await self._may_change(message.chat, None, person)
            await self.setting_up.pressed(query, reached, what, channel, may=may)
        elif verb == keyboards.SET and reached:
            may = await self._may_change(message.chat, None, person)
            await self.menu.pressed(query, reached, channel, may=may)
        elif verb in keyboards.THUMBS and exact(what):
            vote = {"channel": channel, "paper": what, "person": person, "up": verb == keyboards.UP}
            counts = await self.store(self.chats.vote, event, **vote)
            await self.voice.answer(query)
            if reached and reached.reply_markup:
                await self.voice.redraw(reached, None, keyboards.voted(reached.reply_markup, what, *counts))
        elif verb == keyboards.DIVE and exact(what):
            about = {"channel": channel, "person": person, "reply_to": str(message.message_id)}
            taken = await self.ask(self.intake.deepdive(event, text=what, **about))
            await self.store(self.chats.note, event)
            await self._hand_out(taken)
            await self.voice.answer(query, taken.say, alert=taken.refused)
        elif verb in (OTHER, ABOUT) and reached:
            await self._another(query, reached, verb, what, {"channel": channel, "person": person})
        elif verb == keyboards.SAVE and exact(what):
            await self.voice.answer(query, await self.store(self.chats.save, event, channel, what, person))
        elif verb in (AGAIN, LEAVE):
            may = await self._may_change(message.chat, None, person)
            text, refused = await self.store(self.again.pressed, verb, what, channel, may=may)
            await self.voice.answer(query, text, alert=refused)
        else:
            await self.voice.answer(query)

    async def _another(
        self, query: CallbackQuery, message: Message, verb: str, what: str, about: dict[str, str]
    ) -> None:
        """Show which other papers there are, or ask the same of one of them."""
        number, _, paper = what.partition(":")
        channel, task = about["channel"], f"ask|{PLATFORM}|{self.me.id}|{number}"
        if verb == ABOUT:
            taken = await self.store(self.intake.ask_of, channel, task, paper, person=about["person"])
            await self._hand_out(taken)
            await self.voice.answer(query, taken.say, alert=taken.refused)
        elif found := await self.store(self.intake.others, channel, task):
            await self.voice.answer(query)
            await self.voice.redraw(message, None, keyboards.offered(number, found))
        else:
            w = await self.store(self.intake.words, channel)
            await self.voice.answer(query, w.other_none, alert=True)

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
        """What to tell a person, privately, whose message could not be answered where it stands; empty: nothing."""
        if follow(0, error) != "place":
            return ""
        channel = telegram_message.channel_of(message, self.named)
        why = "topic_closed" if "topic_closed" in error.lower() else "rights" if any_right(error) else "forbidden"
        return cannot_post(self._words, channel, why, f"@{self.me.username}")

    async def _may_change(self, chat: Chat, message: Message | None, person: str) -> bool:
        if self.intake.may_change(person, admin=False) or chat.type == Chat.PRIVATE:
            return True
        if message and telegram_message.speaks_as_chat(message):
            return True
        return await self._is_admin(chat, int(person.partition(":")[2]))

    async def _is_admin(self, chat: Chat, user: int) -> bool:
        until, admin = self._admins.get((chat.id, user), (0.0, False))
        if until < time.monotonic():
            try:
                admin = (await self.bot.get_chat_member(chat.id, user)).status in PRESENT[1:]
            except TelegramError as error:
                log.warning("admin_unknown", extra={"error": type(error).__name__, "chat": chat.id})
                return False
            self._admins[chat.id, user] = (time.monotonic() + ADMIN_S, admin)
        return admin
