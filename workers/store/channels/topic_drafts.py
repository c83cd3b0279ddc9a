"""Topics being set up, kept until saved or a day has passed."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from redis import Redis

from workers.store.server.connection import key as k
from workers.store.server.connection import text

KEEP_S = 24 * 3600
"""Seconds that an unfinished draft is kept: who was called away finds it the same day."""


@dataclass
class TopicDraft:
    """One topic being set up for a channel."""

    id: str
    channel: str
    person: str
    text: str = ""
    """What the team works on, in its own words."""
    changes: dict[str, Any] = field(default_factory=dict)
    """Settings of the channel as they will be: those that a person gave, and those that were proposed."""
    given: list[str] = field(default_factory=list)
    """Names of those that a person gave: a proposal does not replace them."""
    task: str = ""
    """Key of the task whose result is waited for."""
    by: str = ""
    """Who proposed: a model's id, `local`, or nothing yet."""
    error: str = ""
    """Class of the failure, where a model is there and could not be used."""


class Drafts:
    """Keeps drafts, and which one a person is asked about in a chat.

    It is for chats where an answer need not be a reply.
    """

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def new(self, channel: str, person: str) -> TopicDraft:
        """A new draft."""
        return TopicDraft(secrets.token_hex(4), channel, person)

    def put(self, draft: TopicDraft) -> None:
        """Keep it."""
        self.redis.set(k("draft", draft.id), json.dumps(asdict(draft), ensure_ascii=False), ex=KEEP_S)

    def get(self, draft: str) -> TopicDraft | None:
        """The draft with that id, if it is still kept."""
        raw = self.redis.get(k("draft", draft))
        return TopicDraft(**json.loads(raw)) if raw else None

    def drop(self, draft: TopicDraft) -> None:
        """It is saved, or not wanted."""
        self.redis.delete(k("draft", draft.id))

    def await_(self, chat: str, person: str, what: str) -> None:
        """Take the person's next message in the chat as meant for `what`.

        Empty: for no draft.
        """
        name = k("draft", "asked", chat, person)
        if what:
            self.redis.set(name, what, ex=KEEP_S)
        else:
            self.redis.delete(name)

    def awaited(self, chat: str, person: str) -> str:
        """What the next thing is meant for, or nothing."""
        raw = self.redis.get(k("draft", "asked", chat, person))
        return text(raw) if raw else ""
