"""Commands on Telegram: `/deepdive`, `/digest` and its verbs."""

import logging

from telegram import Chat, Message

from bot import commands
from bot.telegram import keyboards, setup
from bot.telegram import message as telegram_message
from bot.telegram.intake_runner import IntakeRunner
from bot.telegram.message import Incoming
from workers.intake import Taken
from workers.library.citing import CitationRequest
from workers.paper_ids.in_text import parse

log = logging.getLogger(__name__)


class Commands:
    """Does what commands say. `runner`: what all handlers share."""

    def __init__(self, runner: IntakeRunner) -> None:
        self.runner = runner

    async def command(self, event: str, read: Incoming, about: dict[str, str]) -> None:
        """A command that is for us."""
        runner, message, channel = self.runner, read.message, about["channel"]
        if read.command == "deepdive" or (read.command == "start" and parse(telegram_message.paper_of(read.argument))):
            text = telegram_message.paper_of(read.argument) if read.command == "start" else read.argument
            titles = bool(text)
            if not parse(text) and message.reply_to_message:
                place = await runner.store(runner.intake.place, channel, str(message.reply_to_message.message_id))
                text, titles = place.paper if place and place.paper else runner.replied(message), False
            await runner.dive(event, message, text, about, titles=titles)
        elif read.command == "start" and read.private and read.argument != keyboards.SETTINGS:
            w = await runner.store(runner.intake.words, channel)
            await runner.replies.reply(message, w.hello, keyboards.start(w))
            await runner.store(runner.chats.note, event)
        elif read.command == "cancel" and (read.private or keyboards.prompted(runner.replied(message))):
            await runner.store(runner.setting_up.setup.drafts.await_, channel, about["person"], "")
            w = await runner.store(runner.intake.words, channel)
            await runner.answer(event, message, Taken(w.cancelled))
        elif read.command in ("digest", *commands.SHORT, "start"):
            said = " ".join(read.argument.split()) if read.command == "digest" else read.command
            if read.command == "start":
                said = keyboards.SETTINGS if read.argument == keyboards.SETTINGS else "help"
            more = f" {read.argument}" if read.command == "subscribe" else ""
            await self.digest(event, message, f"{said}{more}", about)
        elif read.private:
            w = await runner.store(runner.intake.words, channel)
            await runner.answer(event, message, Taken(w.say("unknown_command", command=f"/{read.command}")))

    async def digest(self, event: str, message: Message, said: str, about: dict[str, str]) -> None:
        """`/digest <said>`, typed or pressed. `about`: channel and person."""
        runner, channel, person, kind = self.runner, about["channel"], about["person"], message.chat.type
        verb = commands.digest_command(said)
        log.info("digest_command", extra={"verb": verb.verb if verb.known else "unknown"})
        may = verb.verb not in commands.CHANGING or await runner.rights.may_change(message.chat, message, person)
        new = False
        if verb.verb in (keyboards.SETTINGS, setup.VERB) and may and kind == Chat.CHANNEL:
            w = await runner.store(runner.intake.words, channel)
            text = w.say("settings_private", me=f"t.me/{runner.me.username}?start={keyboards.SETTINGS}")
        elif verb.verb in (keyboards.SETTINGS, setup.VERB) and may:
            await self._open(message, verb.verb, channel, person)
            await runner.store(runner.chats.note, event)
            return
        elif verb.verb == "saved" and verb.argument.lower() not in commands.HERE and kind != Chat.PRIVATE:
            w = await runner.store(runner.intake.words, channel)
            told = await runner.replies.privately(message, await runner.store(runner.intake.saving.show_own, person, w))
            text = w.saved_privately if told else w.saved_write_first
        elif self._own_list(verb) and kind != Chat.PRIVATE and not await runner.replies.reaches(message):
            text = (await runner.store(runner.intake.words, channel)).cite_write_first
        else:
            asked = CitationRequest(channel, person, event, reply_to=str(message.message_id))
            first = verb.verb == "subscribe" and may and not verb.argument and kind != Chat.CHANNEL
            new = first and await runner.store(runner.setting_up.setup.is_new, channel)
            text = await runner.store(commands.digest, runner.intake, verb, channel, may_change=may, asked=asked)
        if kind == Chat.CHANNEL and text and await runner.rights.tell_admins(message.chat, text):
            text, new = "", False  # nothing of management is posted where an administrator can be told
        if new:
            await runner.store(runner.chats.note, event)
            await runner.replies.reply(message, text, setup.begin_key(await runner.store(runner.intake.words, channel)))
        else:
            await runner.answer(event, message, Taken(text))

    @staticmethod
    def _own_list(verb: commands.DigestCommand) -> bool:
        """True for `cite saved`: what comes of it goes into the person's own chat."""
        return verb.verb == "cite" and verb.argument.lower().split()[:1] == ["saved"]

    async def _open(self, message: Message, verb: str, channel: str, person: str) -> None:
        """Open the settings or begin the set-up.

        In a private chat the settings are those of any place that the person administers.
        """
        runner = self.runner
        if verb == setup.VERB:
            await runner.setting_up.begin(message, channel, person)
            return
        known = await runner.store(runner.rights.known) if message.chat.type == Chat.PRIVATE else []
        places = await runner.rights.places(int(person.partition(":")[2]), known) if known else []
        await runner.menu.open(message, channel, places)
