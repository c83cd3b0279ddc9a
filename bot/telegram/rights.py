"""Asks Telegram who may change settings, and which chats a person administers."""

import asyncio
import logging
import time
from collections.abc import Sequence

from telegram import Bot, Chat, ChatMember, Message
from telegram.error import TelegramError

from bot.telegram import message as telegram_message
from bot.telegram.message import PLATFORM
from workers.intake import Intake

log = logging.getLogger(__name__)

PRESENT = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER)

ADMIN_S = 600.0
"""Seconds that we believe what Telegram said about an administrator."""

MOST_ASKED = 30
"""Places that Telegram is asked about for one person: a second of its patience."""


class Rights:
    """Asks Telegram about rights, and remembers for a while.

    `named`: the chats of the settings, some by @name.
    """

    def __init__(self, bot: Bot, intake: Intake, named: Sequence[str]) -> None:
        self.bot, self.intake, self.named = bot, intake, named
        self._admins: dict[tuple[str, int], tuple[float, bool]] = {}

    async def may_change(self, chat: Chat, message: Message | None, person: str) -> bool:
        """True if the person may change the settings here.

        An anonymous administrator speaks as the chat itself.
        """
        if self.intake.may_change(person, admin=False) or chat.type == Chat.PRIVATE:
            return True
        if message and telegram_message.speaks_as_chat(message):
            return True
        return await self.is_admin(str(chat.id), int(person.partition(":")[2]))

    async def manages(self, place: str, user: int) -> bool:
        """True if the person may change the settings of `place` from elsewhere.

        `place`: `-100123/7` or `@name`.
        """
        listed = str(user) in self.intake.settings.admins
        return place.startswith(("-", "@")) and (listed or await self.is_admin(place.partition("/")[0], user))

    async def is_admin(self, chat: str, user: int) -> bool:
        """True if Telegram says so; no where it does not say."""
        until, admin = self._admins.get((chat, user), (0.0, False))
        if until < time.monotonic():
            try:
                where = int(chat) if chat.lstrip("-").isdigit() else chat
                admin = (await self.bot.get_chat_member(where, user)).status in PRESENT[1:]
            except TelegramError as error:
                log.warning("admin_unknown", extra={"error": type(error).__name__, "chat": chat})
                return False
            self._admins[chat, user] = (time.monotonic() + ADMIN_S, admin)
        return admin

    async def places(self, user: int, known: Sequence[str]) -> list[tuple[str, str]]:
        """(address, title) of the places among `known` that a person administers."""
        asked = list(dict.fromkeys(known))[:MOST_ASKED]
        may = await asyncio.gather(*(self.manages(place, user) for place in asked))
        mine = [place for place, yes in zip(asked, may, strict=True) if yes]
        return list(zip(mine, await asyncio.gather(*map(self._title, mine)), strict=True))

    async def _title(self, place: str) -> str:
        chat, _, topic = place.partition("/")
        try:
            found = await self.bot.get_chat(int(chat) if chat.startswith("-") else chat)
            return (found.title or chat) + (f" / {topic}" if topic else "")
        except TelegramError:
            return place

    def known(self) -> list[str]:
        """Addresses of all groups, channels and topics that we have dealings with."""
        found = [channel.partition(":")[2] for channel in self.intake.channels.known() if channel.startswith(PLATFORM)]
        return [place for place in dict.fromkeys([*self.named, *found]) if place.startswith(("-", "@"))]

    async def tell_admins(self, chat: Chat, text: str) -> bool:
        """Tell a channel's administrators in their own chats; False if none was told.

        Only those who have ever written to us can be told.
        """
        try:
            admins = [one.user.id for one in await self.bot.get_chat_administrators(chat.id) if not one.user.is_bot]
        except TelegramError as error:
            log.info("admins_unknown", extra={"error": type(error).__name__, "chat": chat.id})
            return False
        said = f"{chat.title or chat.id}: {text.replace('`', '')}"
        return any(await asyncio.gather(*(self._privately(user, said) for user in admins)))

    async def _privately(self, user: int, text: str) -> bool:
        try:
            await self.bot.send_message(user, text, disable_notification=True)
        except TelegramError:  # they have never written to us
            return False
        return True
