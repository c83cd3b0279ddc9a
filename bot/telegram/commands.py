"""Commands on Telegram: `/deepdive`, `/digest` and its verbs."""

import logging
from typing import TYPE_CHECKING

from telegram import Chat, Message

from bot import commands
from bot.telegram import keyboards, setup
from bot.telegram import message as telegram_message
from bot.telegram.message import Incoming
from workers.intake import Taken
from workers.library.citing import CitationRequest
from workers.paper_ids.in_text import parse

if TYPE_CHECKING:
    from bot.telegram.handlers import Handlers

log = logging.getLogger(__name__)


class Commands:
    """Does what commands say. `handlers`: what all handlers share."""

    def __init__(self, handlers: "Handlers") -> None:
        self.handlers = handlers

    async def command(self, event: str, read: Incoming, about: dict[str, str]) -> None:
        """A command that is for us."""
        handlers, message, channel = self.handlers, read.message, about["channel"]
        if read.command == "deepdive" or (read.command == "start" and parse(telegram_message.paper_of(read.argument))):
            text = telegram_message.paper_of(read.argument) if read.command == "start" else read.argument
            titles = bool(text)
            if not parse(text) and message.reply_to_message:
                place = await handlers.store(handlers.intake.place, channel, str(message.reply_to_message.message_id))
                text, titles = place.paper if place and place.paper else handlers.replied(message), False
            await handlers.dive(event, message, text, about, titles=titles)
        elif read.command == "start" and read.private and read.argument != keyboards.SETTINGS:
            w = await handlers.store(handlers.intake.words, channel)
            await handlers.replies.reply(message, w.hello, keyboards.start(w))
            await handlers.store(handlers.chats.note, event)
        elif read.command == "cancel" and (read.private or keyboards.prompted(handlers.replied(message))):
            await handlers.store(handlers.setting_up.setup.drafts.await_, channel, about["person"], "")
            w = await handlers.store(handlers.intake.words, channel)
            await handlers.answer(event, message, Taken(w.cancelled))
        elif read.command in ("digest", *commands.SHORT, "start"):
            said = " ".join(read.argument.split()) if read.command == "digest" else read.command
            if read.command == "start":
                said = keyboards.SETTINGS if read.argument == keyboards.SETTINGS else "help"
            more = f" {read.argument}" if read.command == "subscribe" else ""
            await self.digest(event, message, f"{said}{more}", about)
        elif read.private:
            w = await handlers.store(handlers.intake.words, channel)
            await handlers.answer(event, message, Taken(w.say("unknown_command", command=f"/{read.command}")))

    async def digest(self, event: str, message: Message, said: str, about: dict[str, str]) -> None:
        """`/digest <said>`, typed or pressed. `about`: channel and person."""
        handlers, channel, person, kind = self.handlers, about["channel"], about["person"], message.chat.type
        verb = commands.digest_command(said)
        log.info("digest_command", extra={"verb": verb.verb if verb.known else "unknown"})
        may = verb.verb not in commands.CHANGING or await handlers.rights.may_change(message.chat, message, person)
        new = False
        if verb.verb in (keyboards.SETTINGS, setup.VERB) and may and kind == Chat.CHANNEL:
            w = await handlers.store(handlers.intake.words, channel)
            text = w.say("settings_private", me=f"t.me/{handlers.me.username}?start={keyboards.SETTINGS}")
        elif verb.verb in (keyboards.SETTINGS, setup.VERB) and may:
            await self._open(message, verb.verb, channel, person)
            await handlers.store(handlers.chats.note, event)
            return
        elif verb.verb == "saved" and verb.argument.lower() not in commands.HERE and kind != Chat.PRIVATE:
            w = await handlers.store(handlers.intake.words, channel)
            told = await handlers.replies.privately(
                message, await handlers.store(handlers.intake.saving.show_own, person, w)
            )
            text = w.saved_privately if told else w.saved_write_first
        elif self._own_list(verb) and kind != Chat.PRIVATE and not await handlers.replies.reaches(message):
            text = (await handlers.store(handlers.intake.words, channel)).cite_write_first
        else:
            asked = CitationRequest(channel, person, event, reply_to=str(message.message_id))
            first = verb.verb == "subscribe" and may and not verb.argument and kind != Chat.CHANNEL
            new = first and await handlers.store(handlers.setting_up.setup.is_new, channel)
            text = await handlers.store(commands.digest, handlers.intake, verb, channel, may_change=may, asked=asked)
        if kind == Chat.CHANNEL and text and await handlers.rights.tell_admins(message.chat, text):
            text, new = "", False  # nothing of management is posted where an administrator can be told
        if new:
            await handlers.store(handlers.chats.note, event)
            await handlers.replies.reply(
                message, text, setup.begin_key(await handlers.store(handlers.intake.words, channel))
            )
        else:
            await handlers.answer(event, message, Taken(text))

    @staticmethod
    def _own_list(verb: commands.DigestCommand) -> bool:
        """True for `cite saved`: what comes of it goes into the person's own chat."""
        return verb.verb == "cite" and verb.argument.lower().split()[:1] == ["saved"]

    async def _open(self, message: Message, verb: str, channel: str, person: str) -> None:
        """Open the settings or begin the set-up.

        In a private chat the settings are those of any place that the person administers.
        """
        handlers = self.handlers
        if verb == setup.VERB:
            await handlers.setting_up.begin(message, channel, person)
            return
        known = await handlers.store(handlers.rights.known) if message.chat.type == Chat.PRIVATE else []
        places = await handlers.rights.places(int(person.partition(":")[2]), known) if known else []
        await handlers.menu.open(message, channel, places)
