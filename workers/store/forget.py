"""Removes a person: votes, saved papers, questions with answers, limits."""

import json
import re
import time
from typing import Any

from redis import Redis

from workers.models.library import LibraryEntry
from workers.platforms import direct
from workers.store.library.index import Library, entries_key, index_key
from workers.store.library.saved import Saved
from workers.store.server.connection import PREFIX, text
from workers.store.server.connection import key as k
from workers.store.tasks.ledger import Ledger, task_key

COMPARED = 80
"""Letters and digits by which a question in a thread is known again: the memory keeps it cleaned and shortened."""

OWN_WORDS = ("ask", "topic", "preview")
"""Kinds of tasks whose data and outcome are a person's own words, or made of them."""

TYPED = ("text", "title")
"""Fields of a task's data that somebody typed."""

INDEX = index_key("")
"""What the keys of search indexes begin with: `Library.drop` takes words out of them."""

_CUT = re.compile(r"[:| ]|$")


class Forgetting:
    """Removes a person from the whole store, in one pass.

    `person`: `slack:U1`; `who`: the same as `People.hashed` has it. `homes`: private chats with the bot that are known
    to be theirs; others are found by what they asked there. Of these everything goes.
    """

    def __init__(self, redis: "Redis", person: str, who: str, homes: tuple[str, ...] = ()) -> None:
        self.redis, self.person, self.who = redis, person, who
        self.homes = {person, *homes}
        self.gone: set[str] = set()
        """Tasks and deliveries of which nothing but the task's bare record stays."""
        self.last = ""

    def run(self, last: str = "") -> None:
        """Remove the person; may run twice.

        `last`: key of the task that asks for it, which names the person until all else is done.
        """
        self.last, own = last, task_key(last) if last else ""
        self._talk()
        self._deliveries()
        self._patterns()
        Saved(self.redis).forget(self.who)
        for raw in self.redis.scan_iter(f"{PREFIX}*", count=1000):
            name = text(raw)
            if name == own:
                continue
            if self._theirs(name.removeprefix(PREFIX)):
                self.redis.delete(name)
            elif not name.startswith(INDEX):
                self._clean(name, text(self.redis.type(name)))
        if own:
            self._clean(own, "hash")

    def _talk(self) -> None:
        """Remove the person's questions and answers from threads and memory.

        What is open is withdrawn.
        """
        library, ledger = Library(self.redis), Ledger(self.redis)
        for home in library.homes():
            for raw_name, raw in self.redis.hgetall(entries_key(home)).items():
                if self.who not in text(raw):
                    continue
                entry = LibraryEntry.model_validate_json(raw)
                self._note_home(home)
                self._turns(home, entry.message, entry.question)
                library.drop(home, text(raw_name))
        for raw_name in self.redis.scan_iter(k("task", "*"), count=1000):
            key = text(raw_name).removeprefix(task_key(""))
            if self.person not in text(self.redis.hget(raw_name, "data") or b""):
                continue
            task = ledger.get(key)
            if task is None or key == self.last or task.data.get("person") != self.person:
                continue
            data, home = task.data, str(task.data.get("channel", "")).partition("/")[0]
            self._note_home(home)
            if task.kind == "ask":
                root = data.get("talk") or (data.get("place") or {}).get("root", "")
                self._turns(home, str(root), data.get("text", ""))
            if task.kind in OWN_WORDS:
                self.gone.add(key)
            if task.state == "open" and (task.kind in OWN_WORDS or data.get("title")):
                ledger.end(key, task.attempt, time.time(), "skipped", "withdrawn")

    def _note_home(self, home: str) -> None:
        if direct(home):
            self.homes.add(home)

    def _deliveries(self) -> None:
        """Note what was sent to the person alone."""
        head = k("delivery", "")
        for raw in self.redis.scan_iter(f"{head}*", count=1000):
            channel, by = (text(value or b"") for value in self.redis.hmget(raw, "channel", "by"))
            home = channel.partition("/")[0]
            if by == self.person:
                self._note_home(home)
            if home in self.homes:
                self.gone.add(text(raw).removeprefix(head))

    def _patterns(self) -> None:
        """Make the patterns of what names the person.

        One is for values, one for a part of a key or a member.
        """
        homes = sorted(self.homes)
        own = "|".join(map(re.escape, homes))
        events = "|".join(map(_events, homes))
        self._person = re.compile(rf"(?<![\w:-])(?:{own})(?![\w-])|{re.escape(self.who)}")
        self._own = re.compile(rf"(?:^|[:|])(?:(?:{own})(?=[:|/]|$)|{events})|{re.escape(self.who)}")

    def _theirs(self, name: str) -> bool:
        """True for a key (without the prefix) of which nothing stays."""
        family, _, rest = name.partition(":")
        return bool(self._own.search(name)) or (family != "task" and self._of_gone(rest))

    def _of_gone(self, name: str) -> bool:
        return any(name[: cut.start()] in self.gone for cut in _CUT.finditer(name)) if self.gone else False

    def _turns(self, home: str, root: str, question: str) -> None:
        place = k("talk", home, root)
        for turn in self.redis.lrange(place, 0, -1):
            if _told(json.loads(turn)["question"]) == _told(question):
                self.redis.lrem(place, 0, text(turn))

    def _found(self, said: str) -> bool:
        return bool(self._person.search(said) or self._own.search(said))

    def _clean(self, name: str, kind: str) -> None:
        """Take the person out of one key's value."""
        if kind == "hash":
            for field, value in self.redis.hgetall(name).items():
                if self._found(_said(field)) or _said(value) in self.homes:
                    self.redis.hdel(name, _said(field))
                elif self._found(_said(value)):
                    self.redis.hset(name, _said(field), self._without(_said(value)))
        elif kind == "string":
            self._clean_text(name, _said(self.redis.get(name)))
        else:
            read: dict[str, Any] = {"set": self.redis.smembers, "zset": self._members, "list": self._members}
            remove: dict[str, Any] = {"set": self.redis.srem, "zset": self.redis.zrem, "list": self._unlist}
            for member in map(_said, list(read[kind](name)) if kind in read else ()):
                if member != self.last and (self._found(member) or self._of_gone(member)):
                    remove[kind](name, member)

    def _clean_text(self, name: str, value: str) -> None:
        if self._of_gone(value):
            self.redis.delete(name)
        elif self._found(value):
            if kept := self._without(value):
                self.redis.set(name, kept, keepttl=True)
            else:
                self.redis.delete(name)

    def _members(self, name: str) -> Any:
        ordered = text(self.redis.type(name)) == "zset"
        return self.redis.zrange(name, 0, -1) if ordered else self.redis.lrange(name, 0, -1)

    def _unlist(self, name: str, item: str) -> None:
        self.redis.lrem(name, 0, item)

    def _without(self, value: str) -> str:
        """A record without the person and what they wrote.

        Empty for a draft of theirs.
        """
        try:
            record: Any = json.loads(value)
        except ValueError:
            return self._person.sub("", value)
        if isinstance(record, dict) and record.get("person") == self.person:
            if "changes" in record:
                return ""
            record |= {name: "" for name in TYPED if name in record}
            record |= {"profile": {}} if isinstance(record.get("profile"), dict) else {}
        return self._person.sub("", json.dumps(record, ensure_ascii=False))


def _events(home: str) -> str:
    """The pattern of events in a private chat: `slack|T1|D1|1.2`, `telegram|99|42_7`."""
    platform, _, address = home.partition(":")
    return rf"{platform}\|[^|]*\|{re.escape(address)}(?={'_' if platform == 'telegram' else '[|]'})"


def _told(question: str) -> str:
    return re.sub(r"[\W_]", "", question).lower()[:COMPARED]


def _said(raw: Any) -> str:
    """A value as text; nothing for what is none (postings of the index)."""
    try:
        return text(raw) if raw is not None else ""
    except UnicodeDecodeError:
        return ""
