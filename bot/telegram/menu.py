"""`/digest settings`: a message whose buttons show and change the settings.

All its state is in the buttons.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram import CallbackQuery, Chat, Message

from bot.telegram import keyboards
from bot.telegram.replies import Replies
from workers.intake import Intake, Taken
from workers.words import Words

Store = Callable[..., Awaitable[Any]]


class Menu:
    """The settings of channels. `store` runs a call of Intake in a thread."""

    def __init__(self, replies: Replies, intake: Intake, store: Store) -> None:
        self.replies, self.intake, self.store = replies, intake, store

    async def open(self, message: Message, channel: str, places: Sequence[tuple[str, str]] = ()) -> None:
        """Show the settings as they hold, or first ask for which place.

        `places`: (address, title) of those beside this chat.
        """
        w, current = await self.store(self._look, channel)
        if places:
            await self.replies.reply(message, w.settings_where, keyboards.places(w, places))
        else:
            markup = keyboards.menu(w, kind=message.chat.type)
            await self.replies.reply(message, keyboards.text(w, current, message.chat.type), markup)

    async def pressed(self, query: CallbackQuery, message: Message, channel: str, *, may: bool, at: str = "") -> None:
        """Handle a button of the menu: another page, a question for a value, a choice.

        `at`: the place it is about, where that is another one.
        """
        name, value = keyboards.choice(query.data or "")
        w, current = await self.store(self._look, channel)
        if not may:
            await self.replies.answer(query, w.admins_only, alert=True)
        elif name == keyboards.CLOSE:
            await self.replies.answer(query)
            await self.replies.redraw(message, w.settings_closed, None)
        elif value is not None and name in (*keyboards.CHOSEN, keyboards.DEFAULTS):
            taken = await self.store(self._change, channel, name, value)
            await self.replies.answer(query, taken.say, alert=taken.refused)
            await self._show(message, channel, at)
        elif name in keyboards.TYPED:
            await self.replies.answer(query)
            asker = message.reply_to_message or message
            await self.replies.reply(asker, keyboards.prompt(w, name, at), keyboards.asking(message.chat.type))
        elif name:
            await self.replies.answer(query)
            own = await self.store(self.intake.own, channel) if name == keyboards.DEFAULTS else ()
            shown = (
                keyboards.defaults(w, own, at) if name == keyboards.DEFAULTS else keyboards.page(w, name, current, at)
            )
            await self.replies.redraw(message, keyboards.text(w, current, self._kind(message, at)), shown)
        else:
            await self.replies.answer(query)
            await self._show(message, channel, at)

    async def typed(self, message: Message, channel: str, name: str, text: str, *, may: bool) -> None:
        """Somebody answered the question for a value."""
        if may:
            taken = await self.store(self._change, channel, name, text)
        else:
            taken = Taken((await self.store(self.intake.words, channel)).admins_only)
        await self.replies.reply(message, taken.say)

    async def _show(self, message: Message, channel: str, at: str) -> None:
        w, current = await self.store(self._look, channel)
        kind = self._kind(message, at)
        await self.replies.redraw(message, keyboards.text(w, current, kind), keyboards.menu(w, at, kind))

    @staticmethod
    def _kind(message: Message, at: str) -> str:
        """Type of the chat that the menu is about, as far as that is known here."""
        return Chat.SUPERGROUP if at else message.chat.type

    def _look(self, channel: str) -> tuple[Words, dict[str, Any]]:
        return self.intake.words(channel), self.intake.current(channel)

    def _change(self, channel: str, name: str, value: str) -> Taken:
        if name == keyboards.DEFAULTS:
            return self.intake.change(channel, {value: None})
        return self.intake.change(channel, {name: keyboards.value(name, value)})
