"""What people ask to have cited: which papers, in which format."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from redis import Redis

from workers.channels.recipients import Target
from workers.models.tasks import CiteData
from workers.paper_ids.in_text import parse
from workers.queueing.dispatcher import Dispatcher
from workers.store.channels.memory import Memory
from workers.words import Words

FORMATS = {"bibtex": "bibtex", "bib": "bibtex", "ris": "ris", "csl": "csl", "csl-json": "csl", "json": "csl"}
"""Name of a format as people write it -> as `--format` takes it."""

MOST_CITED = 30
"""Papers of one command in a chat: about ten messages of code; more are a file's job (`python -m bot cite`)."""

WORDS = frozenset({"cite", "citation", "引用", *FORMATS})
"""What a message in a paper's thread says that asks for its citation, and nothing else."""


@dataclass(frozen=True)
class CitationRequest:
    """What is to be cited, where, for whom."""

    channel: str
    person: str
    event: str
    """What asked: the same event is answered once."""
    reply_to: str = ""
    """Message that asked (Telegram)."""
    thread: str = ""
    """Root of the thread that the answer goes into; empty: none."""


def asks(text: str) -> str:
    """The format that a message in a paper's thread asks its citation in.

    '' where it says anything else.
    """
    said = text.strip(" .!?。！？/").lower().split()
    if not said or len(said) > 2 or not set(said) <= WORDS:
        return ""
    return next((FORMATS[word] for word in said if word in FORMATS), "bibtex")


class Citing:
    """Opens the tasks. `clock` gives seconds since 1970."""

    def __init__(self, redis: "Redis", clock: Callable[[], float]) -> None:
        self.dispatcher, self.memory, self.clock = Dispatcher(redis, clock), Memory(redis), clock

    def command(self, said: str, wanted: CitationRequest, goal: Target, w: Words) -> str:
        """Do `/digest cite <papers or a day> <format>`; what to tell.

        Nothing named means the latest digest here.
        """
        kinds = [FORMATS[word] for word in said.lower().split() if word in FORMATS]
        rest = " ".join(word for word in said.split() if word.lower() not in FORMATS)
        ids = [ref.base for ref in parse(rest)] or self._digest(rest, goal)
        if not ids:
            return w.say("cite_none", text=rest) if rest else w.no_digest_yet
        return self.papers(ids, kinds[-1] if kinds else "bibtex", wanted, goal, w)

    def saved(self, ids: list[str], said: str, wanted: CitationRequest, goal: Target, w: Words) -> str:
        """`/digest cite saved <format>`: what to tell."""
        kinds = [FORMATS[word] for word in said.lower().split() if word in FORMATS]
        return self.papers(ids, kinds[-1] if kinds else "bibtex", wanted, goal, w)

    def papers(self, ids: list[str], kind: str, wanted: CitationRequest, goal: Target, w: Words) -> str:
        """Have these papers cited: what to tell."""
        data: CiteData = {
            "ids": ids[:MOST_CITED], "format": kind, "channel": wanted.channel,
            "profile": goal.profile, "person": wanted.person, "reply_to": wanted.reply_to, "thread": wanted.thread,
        }  # fmt: skip
        self.dispatcher.open(f"cite|{wanted.event}", "cite", data)
        more = "\n" + w.say("cite_more", limit=MOST_CITED) if len(ids) > MOST_CITED else ""
        return w.say("cite_taken", n=len(ids[:MOST_CITED])) + more

    def _digest(self, said: str, goal: Target) -> list[str]:
        """The picks of a day's digest here; of the latest where nothing is said.

        The day is `2026-01-24` or `today`.
        """
        if said.lower() in ("today", "今天"):
            said = datetime.fromtimestamp(self.clock(), UTC).astimezone(goal.zone).date().isoformat()
        if said and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
            return []
        last = self.memory.last(goal.channel)
        digest = self.memory.digest(f"digest|{goal.channel}|{said}") if said else last[1] if last else None
        return [pick.paper.id for pick in digest.picks] if digest else []
