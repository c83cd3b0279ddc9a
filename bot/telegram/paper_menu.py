"""The menu under a paper: more like this, not our topic, follow an author.

Its buttons stand below the others.
"""

from collections.abc import Sequence

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.telegram.intake_runner import IntakeRunner
from workers.platforms.actions import AUTHOR, FOLLOW, MENU, MENU_OF, MORE, OFF
from workers.words import Words

OURS = (MENU, *MENU_OF, AUTHOR)
"""First words of the callback data that is dealt with here."""

AUTHORS_IN_A_ROW = 2
"""Names that stay readable beside each other on a telephone."""

Row = Sequence[InlineKeyboardButton]


class PaperMenu:
    """Opens it and does what is pressed in it. `runner`: what all handlers share."""

    def __init__(self, runner: IntakeRunner) -> None:
        self.runner = runner

    async def pressed(self, event: str, query: CallbackQuery, message: Message, channel: str, person: str) -> None:
        """One of its buttons: the menu itself, a choice, an author."""
        runner, intake = self.runner, self.runner.intake
        verb, _, what = (query.data or "").partition(":")
        number, _, name = what.partition(":") if verb == AUTHOR else ("", "", what)
        paper, w = await runner.paper_of(name), await runner.store(intake.words, channel)
        if not paper or (verb == AUTHOR and not number.isdecimal()) or await runner.store(runner.chats.known, event):
            await runner.replies.answer(query)
        elif verb in (MORE, OFF):
            said = await runner.store(intake.menu.judge, channel, paper, person, verb, w)
            await runner.store(runner.chats.note, event)
            await runner.replies.answer(query, said)
        elif verb == MENU:
            await runner.replies.answer(query)
            await self._redraw(message, [] if opened(message.reply_markup) else choices(w, name))
        else:
            may = verb == FOLLOW or await runner.rights.may_change(message.chat, None, person)
            said = "" if verb == FOLLOW else w.admins_only
            if verb == AUTHOR and may:
                said = await runner.store(intake.follow_author, channel, paper, int(number))
                await runner.store(runner.chats.note, event)
            found = await runner.store(intake.authors, channel, paper)
            await runner.replies.answer(query, said or (w.menu_whom if found else w.follow_unknown), alert=not may)
            await self._redraw(message, authors(w, name, found) if found else choices(w, name))

    async def _redraw(self, message: Message, rows: Sequence[Row]) -> None:
        if message.reply_markup:
            kept = [row for row in message.reply_markup.inline_keyboard if not _of_menu(row)]
            await self.runner.replies.redraw(message, None, InlineKeyboardMarkup([*kept, *rows]))


def choices(w: Words, name: str) -> list[Row]:
    """The menu of a paper, by the name that its buttons carry."""
    buttons = {verb: InlineKeyboardButton(w[word], callback_data=f"{verb}:{name}") for verb, word in MENU_OF.items()}
    return [[buttons[MORE], buttons[OFF]], [buttons[FOLLOW]]]


def authors(w: Words, name: str, found: Sequence[tuple[str, bool]]) -> list[Row]:
    """A button for each author, ticked where followed, and one that closes the menu."""
    buttons = [
        InlineKeyboardButton(f"✓ {author}" if followed else author, callback_data=f"{AUTHOR}:{number}:{name}")
        for number, (author, followed) in enumerate(found)
    ]
    rows = [buttons[i : i + AUTHORS_IN_A_ROW] for i in range(0, len(buttons), AUTHORS_IN_A_ROW)]
    return [*rows, [InlineKeyboardButton(w.menu_close, callback_data=f"{MENU}:{name}")]]


def opened(markup: InlineKeyboardMarkup | None) -> bool:
    """True where the menu is open."""
    return any(_of_menu(row) for row in (markup.inline_keyboard if markup else ()))


def _of_menu(row: Row) -> bool:
    """True for a row below the paper's own buttons.

    That is a choice, an author, the way to close it.
    """
    verbs = {str(button.callback_data).partition(":")[0] for button in row}
    return bool(verbs) and verbs <= set(OURS)
