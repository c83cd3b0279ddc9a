"""Telegram: a draft in a private chat, a message that is edited in a group.

Both count against the same limits as messages (tdlib/td 3034), and the answer itself must still get through: what shows
text is slow, and stops for good at the first refusal.
"""

import zlib
from collections.abc import Callable
from typing import Any

from telegram import Bot, MessageEntity
from telegram.constants import ChatAction

from workers.delivery.live.base import Background, Noted
from workers.delivery.telegram import ABSENT, TelegramPoster
from workers.errors import Rejected
from workers.models import Part
from workers.render.answer import live_message
from workers.settings import Settings

DRAFT_GAP_S, EDIT_GAP_S = 1.0, 3.0
"""Seconds between two drafts (one message a second and chat) and two edits (20 a minute and group)."""

MAX_EDITS = 12
"""Edits of one answer: a group has 20 messages a minute for all that goes on in it."""

ACTION_S = 4.5
"""Seconds after which "typing" is said again: it is shown for five (Bot API sendChatAction)."""

DRAFT_S = 20.0
"""Seconds after which an unchanged draft is sent again: it is shown for 30 (Bot API sendMessageDraft)."""

MORE = " …"


class _Telegram(Background):
    """What both ways share."""

    tick_s = ACTION_S

    def __init__(
        self,
        settings: Settings,
        address: str,
        reply_to: str,
        earlier: str,
        noted: Noted | None,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(earlier, noted, clock)
        self.poster = TelegramPoster(settings)
        self.address, self.reply_to = address, reply_to
        chat, _, topic = address.partition("/")
        self.chat: Any = chat if chat.startswith("@") else int(chat)
        self.topic = int(topic) if topic else None
        self.shown = ""

    def started(self) -> None:
        """Typing."""
        self.ask(lambda bot: bot.send_chat_action(self.chat, ChatAction.TYPING, message_thread_id=self.topic))

    def tick(self) -> None:
        """Still typing, until there is text."""
        if not self.shown:
            self.started()

    def ask(self, call: Callable[[Bot], Any]) -> Any:
        """One request."""
        return self.poster._run(call)


class TelegramDraft(_Telegram):
    """A private chat: the draft goes away when the answer is sent, or by itself."""

    gap_s = DRAFT_GAP_S

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.draft = zlib.crc32(f"{self.address} {self.reply_to}".encode()) % (2**31 - 1) + 1
        self.last: tuple[str, list[MessageEntity]] = ("", [])
        self.at = 0.0

    def show(self, text: str) -> None:
        """Show the text, or the end of one that is too long for one message."""
        shown, entities = live_message(text)
        if shown and shown != self.shown:
            self.shown, self.last = shown, (shown, [MessageEntity.de_json(e, None) for e in entities])
            self._send()

    def tick(self) -> None:
        """Keep the draft from fading."""
        super().tick()
        if self.shown and self.clock() - self.at > DRAFT_S:
            self._send()

    def _send(self) -> None:
        text, entities = self.last
        self.at = self.clock()
        self.ask(
            lambda bot: bot.send_message_draft(
                self.chat, self.draft, text, message_thread_id=self.topic, entities=entities
            )
        )


class TelegramEdits(_Telegram):
    """A group: one message, edited a few times, in the end by the answer."""

    gap_s = EDIT_GAP_S

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.edits = 0

    def show(self, text: str) -> None:
        """Send the first words as an answer to the question, then more of them."""
        shown, entities = live_message(text)
        if not shown or shown == self.shown or self.edits >= MAX_EDITS:
            return
        payload = {"text": shown + MORE, "entities": entities, "link_preview_options": {"is_disabled": True}}
        if self.message:
            self.edits += 1
            self.poster.edit(self.address, self.message, payload)
        else:
            self.note(self.poster.send(self.address, payload, self.reply_to or None, ""))
        self.shown = shown

    def finish(self, part: Part, mark: str) -> None:
        """Edit the message into the answer.

        Where the pace forbids that now, the outbox does it later.
        """
        try:
            self.poster.edit(self.address, self.message, part.payload)
        except Rejected as error:
            if not any(words in error.code for words in ABSENT):
                raise
            self.message = ""

    def take_back(self) -> None:
        """Delete the message."""
        if self.message:
            self.poster.delete(self.address, self.message)
