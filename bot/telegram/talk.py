"""Understands what people write on Telegram and calls Intake."""

from bot.intent import said, understand
from bot.telegram import message as telegram_message
from bot.telegram.intake_runner import IntakeRunner
from bot.telegram.message import Incoming
from workers.intake import Taken
from workers.library.citing import CitationRequest, asks
from workers.library.finding import topic
from workers.paper_ids.in_text import parse


class MessageListener:
    """Understands messages. `runner`: what all handlers share."""

    def __init__(self, runner: IntakeRunner) -> None:
        self.runner, self.intake = runner, runner.intake

    async def hear(self, event: str, read: Incoming, channel: str, person: str) -> Taken:
        """Do what a message asks for; what became of it."""
        message, number = read.message, str(read.message.message_id)
        thread = await self.runner.store(self.runner.chats.thread, read, channel)
        where = await self.runner.ask(self.intake.where(channel, thread))
        called, to = read.called or bool(thread), message.reply_to_message
        linked = telegram_message.words_of(to, self.runner.me) if to else ""
        lost = str(to.message_id) if to and read.answers_us and not read.private else ""
        meant = understand(
            read.text,
            where,
            private=read.private,
            called=called,
            thread=thread or lost,
            message=number,
            linked="" if read.answers_us else linked,
        )
        about = {"channel": channel, "person": person}
        if meant.kind == "dive":
            if meant.title:
                return await self.runner.ask(self.intake.command(event, text=meant.title, reply_to=number, **about))
            text = read.text if parse(read.text) else linked
            return await self.runner.ask(self.intake.deepdive(event, text=text, reply_to=number, **about))
        if meant.kind == "cite":
            asked = CitationRequest(channel, person, event, thread=number)
            return Taken(await self.runner.store(self.intake.cite, thread, asks(read.text), asked))
        if meant.kind == "find":
            look = self.intake.finding.command
            return Taken(await self.runner.store(look, topic(read.text), channel, where.words))
        if meant.kind == "ask":
            root = thread if where.place else number
            ask = self.intake.ask(event, text=read.text, thread=root, message=number, place=meant.place, **about)
            return await self.runner.ask(ask)
        return Taken(said(meant.kind, where.words, meant.verb), refused=meant.kind in ("lost", "no_paper"))
