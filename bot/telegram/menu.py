"""`/digest settings`: a message with buttons that shows what holds and changes it. All its state is in the buttons."""

from collections.abc import Awaitable, Callable
from typing import Any

from telegram import CallbackQuery, Message

from bot.telegram import keyboards
from bot.telegram.replies import Replies
from workers.intake import Intake, Taken
from workers.words import Words

Store = Callable[..., Awaitable[Any]]


class Menu:
    """The settings of channels. `store` runs a call to the front room in a thread."""

    def __init__(self, voice: Replies, intake: Intake, store: Store) -> None:
        self.voice, self.intake, self.store = voice, intake, store

    async def open(self, message: Message, channel: str) -> None:
        """Show the settings as they hold."""
        w, current = await self.store(self._look, channel)
        await self.voice.reply(message, keyboards.text(w, current), keyboards.menu(w))

    async def pressed(self, query: CallbackQuery, message: Message, channel: str, *, may: bool) -> None:
        """A button of it: another page, a question for a value, or a choice."""
        name, value = keyboards.choice(query.data or "")
        w, current = await self.store(self._look, channel)
        if not may:
            await self.voice.answer(query, w.admins_only, alert=True)
        elif value is not None and name in keyboards.CHOSEN:
            taken = await self.store(self._change, channel, name, value)
            await self.voice.answer(query, taken.say, alert=taken.refused)
            await self._show(message, channel)
        elif name in keyboards.TYPED:
            await self.voice.answer(query)
            asker = message.reply_to_message or message
            await self.voice.reply(asker, keyboards.prompt(w, name), keyboards.asking(message.chat.type))
        elif name:
            await self.voice.answer(query)
            await self.voice.redraw(message, keyboards.text(w, current), keyboards.page(w, name, current))
        else:
            await self.voice.answer(query)
            await self._show(message, channel)

    async def typed(self, message: Message, channel: str, name: str, text: str, *, may: bool) -> None:
        """Somebody answered the question for a value."""
        if may:
            taken = await self.store(self._change, channel, name, text)
        else:
            taken = Taken((await self.store(self.intake.words, channel)).admins_only)
        await self.voice.reply(message, taken.say)

    async def _show(self, message: Message, channel: str) -> None:
        w, current = await self.store(self._look, channel)
        await self.voice.redraw(message, keyboards.text(w, current), keyboards.menu(w))

    def _look(self, channel: str) -> tuple[Words, dict[str, Any]]:
        return self.intake.words(channel), self.intake.current(channel)

    def _change(self, channel: str, name: str, value: str) -> Taken:
        return self.intake.change(channel, {name: keyboards.value(name, value)})
