"""Removes a person: votes, saved papers, questions with answers, limits."""

import json
import re
from typing import Any

from redis import Redis

from workers.models.library import LibraryEntry
from workers.store.library.index import ALL, Library, entries_key
from workers.store.library.saved import Saved
from workers.store.server.connection import PREFIX, text
from workers.store.server.connection import key as k
from workers.store.tasks.ledger import task_key

COMPARED = 80
"""Letters and digits by which a question in a thread is known again: the memory keeps it cleaned and shortened."""


class Forgetting:
    """Removes a person from the whole store, in one pass.

    `person`: `slack:U1`; `who`: the same as `People.hashed` has it. `homes`: the person's own chats with the bot, of
    which everything goes.
    """

    def __init__(self, redis: "Redis", person: str, who: str, homes: tuple[str, ...] = ()) -> None:
        self.redis, self.person, self.who = redis, person, who
        self.homes = tuple(dict.fromkeys((person, *homes)))
        self._person = re.compile(rf"(?<![\w:-]){re.escape(person)}(?![\w-])|{re.escape(who)}")
        own = "|".join(map(re.escape, self.homes))
        self._own = re.compile(rf"(?:^|[:|])(?:{own})(?=[:|/]|$)|{re.escape(who)}")

    def run(self, last: str = "") -> None:
        """Remove the person; may run twice.

        `last`: key of the task that asks for it, which names the person until all else is done.
        """
        own = task_key(last) if last else ""
        self._talk()
        Saved(self.redis).forget(self.who)
        for home in self.homes:
            self.redis.srem(ALL, home)
        for raw in self.redis.scan_iter(f"{PREFIX}*", count=1000):
            name = text(raw)
            if name == own:
                continue
            if self._own.search(name.removeprefix(PREFIX)):
                self.redis.delete(name)
            else:
                self._clean(name, text(self.redis.type(name)))
        if own:
            self._clean(own, "hash")

    def _talk(self) -> None:
        """Remove the person's questions and their answers from threads and memory."""
        library = Library(self.redis)
        for home in library.homes():
            for raw_name, raw in self.redis.hgetall(entries_key(home)).items():
                if self.who not in text(raw):
                    continue
                entry = LibraryEntry.model_validate_json(raw)
                self._turns(home, entry.message, entry.question)
                library.drop(home, text(raw_name))
        for raw_name in self.redis.scan_iter(k("task", "ask|*"), count=1000):
            data = json.loads(self.redis.hget(raw_name, "data") or "{}")
            if data.get("person") == self.person:
                home = str(data.get("channel", "")).partition("/")[0]
                root = data.get("talk") or (data.get("place") or {}).get("root", "")
                self._turns(home, str(root), data.get("text", ""))

    def _turns(self, home: str, root: str, question: str) -> None:
        place = k("talk", home, root)
        for turn in self.redis.lrange(place, 0, -1):
            if _told(json.loads(turn)["question"]) == _told(question):
                self.redis.lrem(place, 0, text(turn))

    def _clean(self, name: str, kind: str) -> None:
        """Take the person out of one key's value."""
        found = self._person.search
        if kind == "hash":
            for field, value in self.redis.hgetall(name).items():
                if found(_said(field)) or _said(value) == self.person:
                    self.redis.hdel(name, _said(field))
                elif found(_said(value)):
                    self.redis.hset(name, _said(field), self._without(_said(value)))
        elif kind == "string":
            if found(value := _said(self.redis.get(name))):
                self.redis.set(name, self._without(value), keepttl=True)
        else:
            read: dict[str, Any] = {"set": self.redis.smembers, "zset": self._members, "list": self._members}
            remove: dict[str, Any] = {"set": self.redis.srem, "zset": self.redis.zrem, "list": self._unlist}
            for member in list(read[kind](name)) if kind in read else ():
                if found(_said(member)):
                    remove[kind](name, _said(member))

    def _members(self, name: str) -> Any:
        ordered = text(self.redis.type(name)) == "zset"
        return self.redis.zrange(name, 0, -1) if ordered else self.redis.lrange(name, 0, -1)

    def _unlist(self, name: str, item: str) -> None:
        self.redis.lrem(name, 0, item)

    def _without(self, value: str) -> str:
        """A record without the person, and without what they wrote."""
        try:
            record: Any = json.loads(value)
        except ValueError:
            return self._person.sub("", value)
        if isinstance(record, dict) and record.get("person") == self.person and "text" in record:
            record["text"] = ""
        return self._person.sub("", json.dumps(record, ensure_ascii=False))


def _told(question: str) -> str:
    return re.sub(r"[\W_]", "", question).lower()[:COMPARED]


def _said(raw: Any) -> str:
    """A value as text; nothing for what is none (postings of the index)."""
    try:
        return text(raw) if raw is not None else ""
    except UnicodeDecodeError:
        return ""
