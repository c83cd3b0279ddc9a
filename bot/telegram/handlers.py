"""Handles one Telegram update: one call of Intake, one answer.

Every call runs in a thread and is entered in the ledger under the update's key, so that an update given twice is done
once. A call that finds Redis away raises RedisError: the update then stays unconfirmed and comes again.
"""

import functools

from redis.exceptions import RedisError
from telegram import Bot, CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User

from bot.telegram import keyboards, setup
from bot.telegram import message as telegram_message
from bot.telegram.commands import Commands
from bot.telegram.intake_runner import IntakeRunner
from bot.telegram.message import PLATFORM, Incoming
from bot.telegram.paper_menu import OURS, PaperMenu
from bot.telegram.rights import PRESENT
from bot.telegram.talk import MessageListener
from workers.intake import Intake, Taken
from workers.operations.operator_actions import AGAIN, LEAVE, Resolver
from workers.platforms.actions import ABOUT, OTHER

WITHOUT_WORDS = ("voice", "audio", "photo", "document", "video", "video_note")
"""What we cannot read of a message (fields of telegram.Message); a sticker wants no answer."""


class Handlers(IntakeRunner):
    """Does what updates ask of one bot."""

    def __init__(self, bot: Bot, intake: Intake, me: User) -> None:
        super().__init__(bot, intake, me)
        self.resolver = Resolver(intake.dispatcher.redis, intake.settings, intake.clock)
        self.talk, self.verbs = MessageListener(self), Commands(self)
        self.paper_menu = PaperMenu(self)

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
            await self.hand_out(taken)

    async def _setting_up(self, read: Incoming, person: str) -> bool:
        message = read.message
        may = functools.partial(self.rights.may_change, message.chat, message, person)
        here = telegram_message.channel_of(message, self.named)
        return await self.setting_up.heard(message, person, read.text, self.me, may, here)

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
            await self.hand_out(taken)
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

    async def _another(
        self, query: CallbackQuery, message: Message, verb: str, what: str, about: dict[str, str]
    ) -> None:
        """Show which other papers there are, or ask the same of one of them."""
        number, _, paper = what.partition(":")
        channel, task = about["channel"], f"ask|{PLATFORM}|{self.me.id}|{number}"
        if verb == ABOUT:
            taken = await self.store(self.intake.ask_of, channel, task, paper, person=about["person"])
            await self.hand_out(taken)
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
