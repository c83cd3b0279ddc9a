"""What the Telegram double remembers.

Chats, flood limits, and how a refusal looks.
"""

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.slack_state import Bucket

CHAT_RATE = 1.0
"""Messages per second to one chat (telegram.constants.FloodLimit.MESSAGES_PER_SECOND_PER_CHAT)."""
CHAT_BURST = 3
"""Messages one chat takes at once. Telegram says only that "short bursts" may pass; the number is ours."""
GROUP_PER_MINUTE = 20
"""Messages per minute to one group or channel (FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP)."""
OVERALL_RATE = 30
"""Messages per second to all chats (FloodLimit.MESSAGES_PER_SECOND)."""

GENERAL_TOPIC = 1
"""Thread id of the General topic; sending with it fails, omit it instead (server source)."""


class ApiError(Exception):
    """A refusal as the Bot API words it, with optional `parameters`."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class Chat:
    """A chat; tests may flip the switches at any time."""

    id: int
    type: str = "private"
    """private, group, supergroup or channel."""
    title: str = ""
    username: str = ""
    """Without the @; addresses the chat when it is a supergroup or channel."""
    is_forum: bool = False
    topics: set[int] = field(default_factory=set)
    """Thread ids that exist (General is not among them)."""
    closed_topics: set[int] = field(default_factory=set)
    bot_can_post: bool = True
    bot_is_admin: bool | None = None
    """Defaults to true in channels, false elsewhere."""
    bot_member: bool = True
    """False when the bot left or never joined."""
    kicked: bool = False
    blocked: bool = False
    deactivated: bool = False
    """A private chat whose user deleted the account."""
    migrated_to: int = 0
    admins: set[int] = field(default_factory=set)
    """User ids of human administrators."""
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.topics, self.admins = set(self.topics), set(self.admins)
        if self.bot_is_admin is None:
            self.bot_is_admin = self.type == "channel"

    @property
    def noun(self) -> str:
        """The kind of chat as error sentences call it."""
        return f"{self.type} chat"

    def described(self) -> dict[str, Any]:
        """The Chat object."""
        about: dict[str, Any] = {"id": self.id, "type": self.type}
        if self.type == "private":
            about["first_name"] = self.title or "Alice"
        else:
            about["title"] = self.title or "Papers"
        if self.username:
            about["username"] = self.username
        return about | ({"is_forum": True} if self.is_forum else {})

    def check_access(self, write: bool) -> None:
        """Raise what the server answers when the bot cannot reach this chat.

        `write`: or cannot post to it.
        """
        if self.migrated_to and write:
            raise ApiError(
                400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=self.migrated_to
            )
        if self.deactivated and write:
            raise ApiError(403, "Forbidden: user is deactivated")
        if self.blocked and write:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if self.kicked and (write or self.type != "group"):
            raise ApiError(403, f"Forbidden: bot was kicked from the {self.noun}")
        if not self.bot_member and (write or not self.username):
            raise ApiError(403, f"Forbidden: bot is not a member of the {self.noun}")
        if write and not self.bot_can_post:
            if self.type == "channel":
                raise ApiError(400, "Bad Request: need administrator rights in the channel chat")
            raise ApiError(400, "Bad Request: not enough rights to send text messages to the chat")

    def check_topic(self, thread: int) -> None:
        """Raise when a thread id cannot be posted to.

        Only forums and private chats look at it.
        """
        if not thread or not (self.is_forum or self.type == "private"):
            return
        if thread == GENERAL_TOPIC or thread not in self.topics:
            raise ApiError(400, "Bad Request: message thread not found")
        if thread in self.closed_topics:
            raise ApiError(400, "Bad Request: TOPIC_CLOSED")


class Flood:
    """The three documented flood limits as token buckets over `clock` (seconds)."""

    def __init__(self, clock: Callable[[], float], burst: int = CHAT_BURST) -> None:
        self.clock, self.burst = clock, burst
        self.overall = Bucket(OVERALL_RATE, OVERALL_RATE, clock)
        self.chats: dict[int, Bucket] = {}
        self.groups: dict[int, Bucket] = {}

    def spend(self, chat: Chat) -> None:
        """Count one send or edit.

        Raises 429 with whole seconds to wait, and counts nothing then.
        """
        buckets = [self.overall, self.chats.setdefault(chat.id, Bucket(self.burst, CHAT_RATE, self.clock))]
        if chat.type != "private":
            fresh = Bucket(GROUP_PER_MINUTE, GROUP_PER_MINUTE / 60, self.clock)
            buckets.append(self.groups.setdefault(chat.id, fresh))
        wait = max(bucket.wait() for bucket in buckets)
        if wait > 0:
            seconds = math.ceil(wait)
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        for bucket in buckets:
            bucket.take()


def as_bool(value: Any) -> bool:
    """A boolean argument as the server reads it."""
    return value is True or str(value).lower() in ("true", "yes", "1")


def as_int(value: Any, default: int = 0) -> int:
    """A number argument; rubbish counts as the default."""
    return int(value) if isinstance(value, int) or re.fullmatch(r"-?\d+", str(value)) else default


def as_object(value: Any, what: str) -> Any:
    """A JSON argument, sent as text or as JSON."""
    try:
        return json.loads(value) if isinstance(value, str) and value else value or None
    except ValueError:
        raise ApiError(400, f"Bad Request: can't parse {what} JSON object") from None
