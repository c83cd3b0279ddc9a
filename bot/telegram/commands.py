"""Commands on Telegram: `/deepdive`, `/digest` and its verbs."""

import logging
from typing import TYPE_CHECKING

from telegram import Chat, Message

from bot import commands
from bot.telegram import keyboards, setup
from bot.telegram import message as telegram_message
from bot.telegram.message import Incoming
from workers.intake import Taken
from workers.library.citing import Wanted
from workers.paper_ids.in_text import parse

if TYPE_CHECKING:
    from bot.telegram.handlers import Handlers

log = logging.getLogger(__name__)


class Verbs:
    """Does what commands say. `desk`: what all handlers share."""

    def __init__(self, desk: "Handlers") -> None:
        self.desk = desk

    async def command(self, event: str, read: Incoming, about: dict[str, str]) -> None:
        """A command that is for us."""
        desk, message, channel = self.desk, read.message, about["channel"]
        if read.command == "deepdive" or (read.command == "start" and parse(telegram_message.paper_of(read.argument))):
            text = telegram_message.paper_of(read.argument) if read.command == "start" else read.argument
            titles = bool(text)
            if not parse(text) and message.reply_to_message:
                place = await desk.store(desk.intake.place, channel, str(message.reply_to_message.message_id))
                text, titles = place.paper if place and place.paper else desk.replied(message), False
            await desk.dive(event, message, text, about, titles=titles)
        elif read.command == "start" and read.private and read.argument != keyboards.SETTINGS:
            w = await desk.store(desk.intake.words, channel)
            await desk.replies.reply(message, w.hello, keyboards.start(w))
            await desk.store(desk.chats.note, event)
        elif read.command == "cancel" and (read.private or keyboards.prompted(desk.replied(message))):
            await desk.store(desk.setting_up.setup.drafts.await_, channel, about["person"], "")
            w = await desk.store(desk.intake.words, channel)
            await desk.answer(event, message, Taken(w.cancelled))
        elif read.command in ("digest", *commands.SHORT, "start"):
            said = " ".join(read.argument.split()) if read.command == "digest" else read.command
            if read.command == "start":
                said = keyboards.SETTINGS if read.argument == keyboards.SETTINGS else "help"
            more = f" {read.argument}" if read.command == "subscribe" else ""
            await self.digest(event, message, f"{said}{more}", about)
        elif read.private:
            w = await desk.store(desk.intake.words, channel)
            await desk.answer(event, message, Taken(w.say("unknown_command", command=f"/{read.command}")))

    async def digest(self, event: str, message: Message, said: str, about: dict[str, str]) -> None:
        """`/digest <said>`, typed or pressed. `about`: channel and person."""
        desk, channel, person, kind = self.desk, about["channel"], about["person"], message.chat.type
        verb = commands.digest_command(said)
        log.info("digest_command", extra={"verb": verb.verb if verb.known else "unknown"})
        may = verb.verb not in commands.CHANGING or await desk.rights.may_change(message.chat, message, person)
        new = False
        if verb.verb in (keyboards.SETTINGS, setup.VERB) and may and kind == Chat.CHANNEL:
            w = await desk.store(desk.intake.words, channel)
            text = w.say("settings_private", me=f"t.me/{desk.me.username}?start={keyboards.SETTINGS}")
        elif verb.verb in (keyboards.SETTINGS, setup.VERB) and may:
            await self._open(message, verb.verb, channel, person)
            await desk.store(desk.chats.note, event)
            return
        elif verb.verb == "saved" and verb.argument.lower() not in commands.HERE and kind != Chat.PRIVATE:
            w = await desk.store(desk.intake.words, channel)
            told = await desk.replies.privately(message, await desk.store(desk.intake.saving.show_own, person, w))
            text = w.saved_privately if told else w.saved_write_first
        elif self._own_list(verb) and kind != Chat.PRIVATE and not await desk.replies.reaches(message):
            text = (await desk.store(desk.intake.words, channel)).cite_write_first
        else:
            asked = Wanted(channel, person, event, reply_to=str(message.message_id))
            first = verb.verb == "subscribe" and may and not verb.argument and kind != Chat.CHANNEL
            new = first and await desk.store(desk.setting_up.setup.is_new, channel)
            text = await desk.store(commands.digest, desk.intake, verb, channel, may_change=may, asked=asked)
        if kind == Chat.CHANNEL and text and await desk.rights.tell_admins(message.chat, text):
            text, new = "", False  # nothing of management is posted where an administrator can be told
        if new:
            await desk.store(desk.chats.note, event)
            await desk.replies.reply(message, text, setup.begin_key(await desk.store(desk.intake.words, channel)))
        else:
            await desk.answer(event, message, Taken(text))

    @staticmethod
    def _own_list(verb: commands.DigestCommand) -> bool:
        """True for `cite saved`: what comes of it goes into the person's own chat."""
        return verb.verb == "cite" and verb.argument.lower().split()[:1] == ["saved"]

    async def _open(self, message: Message, verb: str, channel: str, person: str) -> None:
        """Open the settings or begin the set-up.

        In a private chat the settings are those of any place that the person administers.
        """
        desk = self.desk
        if verb == setup.VERB:
            await desk.setting_up.begin(message, channel, person)
            return
        known = await desk.store(desk.rights.known) if message.chat.type == Chat.PRIVATE else []
        places = await desk.rights.places(int(person.partition(":")[2]), known) if known else []
        await desk.menu.open(message, channel, places)
