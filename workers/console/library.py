"""What the commands on the team's memory do: looking up, citations."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from redis import Redis

from prompts import load_profile
from workers.conversations.citing import picked_on, records
from workers.conversations.titles import ref_of
from workers.delivery.rebuild_memory import refill
from workers.errors import BadInput
from workers.library.finding import Lookup
from workers.paper_ids import in_text
from workers.paper_ids.paper_key import PaperRef, abs_url
from workers.render import citation
from workers.settings import Settings
from workers.store.session import store
from workers.words import words


def cite(settings: Settings, refs: Sequence[str], kind: str) -> str:
    """Citations of all papers that `refs` name, as one file.

    BadInput where one names none; SourceFailed.
    """
    with store(settings) as redis:
        wanted = [ref for text in refs for ref in _named(redis, settings, text)]
        papers = records(redis, settings, wanted)
    return citation.joined(citation.entries(papers, kind, arxiv_url=settings.arxiv_url), kind)


def find(settings: Settings, said: str, channel: str = "") -> list[dict[str, Any]]:
    """Search the memories of all channels, or of one; best first.

    BadInput for an empty query, and for a channel without a memory.
    """
    with _finding(settings) as finding:
        there = finding.library.homes()
    if channel and channel.partition("/")[0] not in there:
        raise BadInput(f"{channel} has no memory: there are {', '.join(there) or 'none yet'}.")
    return find_in(settings, said, [channel] if channel else there)


def find_in(settings: Settings, said: str, channels: Sequence[str]) -> list[dict[str, Any]]:
    """Search the memories of these channels alone; best first.

    Some may have none yet.
    """
    with _finding(settings) as finding:
        return [
            {
                "kind": one.entry.kind,
                "channel": one.channel,
                "paper": one.entry.paper,
                "title": one.entry.title,
                "authors": list(one.entry.authors),
                "date": one.entry.date.isoformat(),
                "score": one.entry.score,
                "votes": {"up": one.up, "down": one.down},
                "question": one.entry.question,
                "answer": one.entry.answer,
                "message": finding.links.url(one.channel, one.entry.message),
                "url": abs_url(one.entry.paper, settings.arxiv_url) if one.entry.paper else "",
            }
            for one in finding.find(said, [channel.partition("/")[0] for channel in channels])
        ]


@contextmanager
def _finding(settings: Settings) -> Iterator[Lookup]:
    with store(settings) as redis:
        finding = Lookup(redis, settings, time.time)
        if finding.library.unmade():
            refill(redis)
        yield finding


def text(settings: Settings, found: Sequence[dict[str, Any]], said: str, channel: str = "") -> str:
    """What was found in all channels (or in one), for a terminal."""
    w = words(load_profile(settings.digest_profile).language)
    if not found:
        return w.say("find_nothing" if channel else "find_nothing_anywhere", text=said) + "\n"
    lines = []
    for number, one in enumerate(found, 1):
        votes = [f"{sign} {one['votes'][way]}" for sign, way in (("👍", "up"), ("👎", "down")) if one["votes"][way]]
        score = [f"{one['score']}/100"] if one["score"] is not None else []
        asked = [f"{w.find_question}{w.colon}{one['question']}", f"{w.find_answer}{w.colon}{one['answer']}"]
        about = " · ".join([one["date"], *score, *votes, one["channel"]])
        rows = [one["title"], *(asked if one["kind"] == "talk" else []), about, one["url"], one["message"]]
        lines.append(f"{number}. " + "\n   ".join(row for row in rows if row))
    return "\n".join(lines) + "\n"


def _named(redis: "Redis", settings: Settings, text: str) -> Iterator[PaperRef]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        found = in_text.asked(text)
        yield (
            found
            if isinstance(found, PaperRef)
            else ref_of(redis, settings, {"id": "", "version": None, "title": found})
        )
        return
    shown = picked_on(redis, day)
    if not shown:
        raise BadInput(f"There is no digest of {day.isoformat()} with papers: give a day that has one, or papers.")
    yield from shown
