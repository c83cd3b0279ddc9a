"""Which paper a message is about, and the turns of its thread.

Nothing of one thread ever reaches another.

`pb:about:<channel>` maps a message id to a place (the thread's root and the paper); `pb:talk:<channel>:<root>` is the
thread's questions and answers in order. `pb:recent:<channel>` has the papers of a private chat's last day.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from redis import Redis

from workers.store.server.connection import key as k
from workers.store.server.connection import text

KEEP_S = 180 * 86_400
"""Seconds after its last word that a thread is remembered: half a year of being asked again."""

QUESTION_S = 3600
"""Seconds for which it is known which task a message became: to answer an edit, or to let a deleted one go."""

RECENT_S = 86_400
"""Seconds for which a plain sentence in a private chat is taken to be about the paper last spoken of there."""

MOST_TURNS = 20
"""Questions and answers of a thread that are kept: more than fits any model call's share for history."""


@dataclass(frozen=True)
class ThreadPlace:
    """A message's thread: its root message, and the paper it is about."""

    root: str
    paper: str
    """Base id; empty where it is about a whole digest."""
    version: int | None = None
    profile: str = ""
    digest: str = ""
    """Slot of the digest that it is about, where it is about no single paper."""

    @property
    def known(self) -> dict[str, Any]:
        """Its fields as they are kept.

        Without `digest` where it is about a paper, as older versions read it.
        """
        return {name: value for name, value in asdict(self).items() if name != "digest" or value}


@dataclass(frozen=True)
class Turn:
    """One question and what was answered."""

    question: str
    answer: str


class Threads:
    """Reads and writes threads.

    `channel` as everywhere: `slack:C1`, `telegram:-100` (without a topic).
    """

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def put(self, channel: str, message: str, place: ThreadPlace) -> None:
        """Remember what a message of ours is about."""
        self.redis.set(about_key(channel, message), json.dumps(place.known), ex=KEEP_S)

    def find(self, channel: str, message: str) -> ThreadPlace | None:
        """What a message is about, or None if it is not ours."""
        return place_of(self.redis.get(about_key(channel, message)))

    def recent(self, channel: str, now: float) -> list[str]:
        """Papers that a private chat was about within a day, newest first.

        Ids, with version where one was named.
        """
        return [text(m) for m in self.redis.zrevrangebyscore(recent_key(channel), now, now - RECENT_S)]

    def asked_as(self, channel: str, message: str) -> str:
        """Key of the task of the question that a person's message was, or nothing."""
        return text(self.redis.get(question_key(channel, message)) or b"")

    def forget(self, channel: str, paper: str) -> None:
        """There is no such paper: a question is not about it."""
        self.redis.zrem(recent_key(channel), paper)

    def turns(self, channel: str, root: str) -> list[Turn]:
        """What was said in a thread, oldest first."""
        return [Turn(**json.loads(raw)) for raw in self.redis.lrange(k("talk", channel, root), 0, -1)]

    def all(self) -> list[tuple[str, str, str]]:
        """(channel, root, paper) of every answered thread whose paper is known."""
        prefix, found = k("talk", ""), []
        for name in self.redis.scan_iter(f"{prefix}*", count=1000):
            channel, _, root = text(name).removeprefix(prefix).rpartition(":")
            if place := self.find(channel, root):
                found.append((channel, root, place.paper))
        return sorted(found)

    def add(self, channel: str, root: str, event: str, turn: Turn) -> None:
        """Add what was answered to `event`, once."""
        name, said = k("talk", channel, root), k("said", channel, root)
        if self.redis.sadd(said, event):
            self.redis.rpush(name, json.dumps(asdict(turn), ensure_ascii=False))
            self.redis.ltrim(name, -MOST_TURNS, -1)
        self.redis.expire(name, KEEP_S)
        self.redis.expire(said, KEEP_S)


def about_key(channel: str, message: str) -> str:
    """Where it is kept what a message is about; a chat's topics share their numbers."""
    return k("about", channel.partition("/")[0], message)


def recent_key(channel: str) -> str:
    """Where it is kept which papers a private chat was about lately, by time."""
    return k("recent", channel)


def question_key(channel: str, message: str) -> str:
    """Where it is kept for a while which task a question became."""
    return k("question", channel.partition("/")[0], message)


def place_of(raw: Any) -> ThreadPlace | None:
    """The place as it is kept."""
    return ThreadPlace(**json.loads(raw)) if raw else None
