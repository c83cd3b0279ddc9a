"""Reads a Telegram message: what it says, where and by whom. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from telegram import Chat, Message, User

COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?", re.S)

PAYLOAD_NEW = re.compile(r"(\d{4})[._-](\d{4,5}(?:v\d+)?)")
"""A new-style id in a deep link: Telegram allows no dot there (`[A-Za-z0-9_-]`), so it is `_` or `-`."""

PAYLOAD_OLD = re.compile(r"([A-Za-z-]+)[_/](\d{7}(?:v\d+)?)")
"""An old-style id in a deep link: its slash is `_`."""

PLATFORM = "telegram"


@dataclass(frozen=True)
class Incoming:
    """One message read."""

    message: Message
    text: str
    """Its words without our name, then the links hidden under words, one a line."""
    command: str = ""
    """Name of the command in small letters, if it is for us."""
    argument: str = ""
    foreign: bool = False
    """A command for another bot."""
    private: bool = False
    mentioned: bool = False
    answers_us: bool = False
    """A reply to a message of ours, or to a channel post in its discussion group."""

    @property
    def called(self) -> bool:
        """True if it is meant for us, whatever it says."""
        return bool(self.command) or self.private or self.mentioned or self.answers_us


def read(message: Message, me: User) -> Incoming:
    """Read a message; `me`: the bot."""
    text, links, mentioned = _words(message, me)
    private = message.chat.type == Chat.PRIVATE
    found = COMMAND.fullmatch(text)
    full = "\n".join([text, *links])
    if found:
        name = (me.username or "").lower()
        if found["bot"] and found["bot"].lower() != name:
            return Incoming(message, full, foreign=True)
        argument = "\n".join([(found["rest"] or "").strip(), *links]).strip()
        return Incoming(message, full, found["name"].lower(), argument, private=private)
    return Incoming(message, full, private=private, mentioned=mentioned, answers_us=_answers(message, me))


def words_of(message: Message, me: User) -> str:
    """All that a message says, hidden links too."""
    text, links, _ = _words(message, me)
    return "\n".join([text, *links])


def _words(message: Message, me: User) -> tuple[str, list[str], bool]:
    """(text without mentions of us, hidden links, whether we are mentioned)."""
    text = message.text or message.caption or ""
    entities = message.entities or message.caption_entities
    links = [str(e.url) for e in entities if e.type == "text_link" and e.url]
    name = f"@{me.username}"
    mentioned = any(e.type == "text_mention" and e.user and e.user.id == me.id for e in entities)
    bare = re.sub(rf"{re.escape(name)}(?!\w)", "", text, flags=re.I) if me.username else text
    if bare != text and not text.startswith("/"):
        mentioned, text = True, bare
    return text.strip(), links, mentioned


def _answers(message: Message, me: User) -> bool:
    to = message.reply_to_message
    if to is None or to.forum_topic_created:  # in a topic every message "replies" to the topic's beginning
        return False
    return bool((to.from_user and to.from_user.id == me.id) or to.is_automatic_forward)


def asked_by_us(message: Message, me: User) -> str:
    """The text of our message that this one replies to, or nothing.

    In a channel posts have no author: all count as ours.
    """
    to = message.reply_to_message
    ours = to and (to.chat.type == Chat.CHANNEL or (to.from_user and to.from_user.id == me.id))
    return (to.text or "") if to and ours else ""


def paper_of(payload: str) -> str:
    """Decode the paper that a deep link's payload names.

    `2601_17058v2` or `math_0309136`; other payloads stay as they are.
    """
    if found := PAYLOAD_NEW.fullmatch(payload):
        return f"{found[1]}.{found[2]}"
    if found := PAYLOAD_OLD.fullmatch(payload):
        return f"{found[1]}/{found[2]}"
    return payload


def address(chat: Chat, named: Iterable[str]) -> str:
    """How we name a chat: its id, or its @name where the settings (`named`) use that."""
    own = f"@{chat.username}".lower() if chat.username and chat.type != Chat.PRIVATE else ""
    return next((n.partition("/")[0] for n in named if own and n.partition("/")[0].lower() == own), str(chat.id))


def channel_of(message: Message, named: Iterable[str]) -> str:
    """Where a message stands: `telegram:<chat>`, in a topic with `/<topic>`."""
    topic = f"/{message.message_thread_id}" if message.is_topic_message and message.message_thread_id else ""
    return f"{PLATFORM}:{address(message.chat, named)}{topic}"


def person_of(message: Message) -> str:
    """Who wrote it; an anonymous administrator or a channel is the chat it speaks as."""
    who = message.sender_chat or message.from_user
    return f"{PLATFORM}:{who.id if who else message.chat.id}"


def speaks_as_chat(message: Message) -> bool:
    """True for a channel's own post and an anonymous administrator.

    Only administrators can write so.
    """
    return bool(message.sender_chat and message.sender_chat.id == message.chat.id)
