"""Every family of Redis keys: what moves with a backup, what stays.

A family is the first word of a key: `pb:posted:slack:C1` belongs to `posted`. A test walks the store after a full day
and fails on a family that is in neither table.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from workers.models import Analysis, Digest, Paper, Record, Score
from workers.models.library import LibraryEntry
from workers.models.taste import Foretold
from workers.store.channels.tastes import read_sign
from workers.store.people.threads import ThreadPlace, Turn

Type = Literal["string", "hash", "set", "zset", "list"]
Merge = Literal["keep", "fill", "union", "most", "latest"]
"""How a record meets one that is there already. keep: what is there stays; fill: fields that are missing are added;
union: members of both, the later score; most: the greater number, field by field; latest: the later digest."""

HELD = "held"
"""Family of `pb:spend:<day>:held`, beside the totals `pb:spend:<day>`."""


NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,20})?(e[+-]?[0-9]{1,2})?")
"""A number as the store writes it. Python reads more as one (1_0, ٣, nan), at which the server would stop half-way."""


@dataclass(frozen=True)
class Family:
    """One kind of key that moves."""

    type: Type
    merge: Merge
    check: Callable[[Any], object]
    """Raises ValueError (or KeyError, TypeError) for a value that the store could not read back."""


def family(name: str) -> str:
    """The family of a key (given without the prefix)."""
    head, _, rest = name.partition(":")
    return HELD if head == "spend" and rest.endswith(":held") else head


def _is(kind: type[Record]) -> Callable[[Any], object]:
    return kind.model_validate_json


def _texts(value: Any) -> None:
    if not all(isinstance(v, str) for v in value):
        raise ValueError("not all are texts")


def _number(*values: Any) -> None:
    if not all(NUMBER.fullmatch(value) for value in values):
        raise ValueError("no number")


def _whole(*values: Any) -> None:
    _number(*values)
    for value in values:
        int(value)


def _scored(value: Mapping[str, str]) -> None:
    _number(*value.values())


def _channel(value: Mapping[str, str]) -> None:
    if not isinstance(json.loads(value.get("changes", "{}")), dict) or value.get("subscribed", "") not in (
        "",
        "0",
        "1",
    ):
        raise ValueError("no channel")


def _task(value: Mapping[str, str]) -> None:
    if not isinstance(json.loads(value["data"]), dict) or value["state"] not in ("done", "skipped", "dead"):
        raise ValueError("no task that has ended")
    _whole(value.get("try", "0"), value.get("fails", "0"))
    _number(value["due"], value.get("ended", "0"))


def _delivery(value: Mapping[str, str]) -> None:
    _texts([value["channel"], *json.loads(value["order"])])


def _part(value: Mapping[str, str]) -> None:
    known = ("pending", "sending", "sent", "edit", "delete", "deleted", "uncertain", "dead")
    about = json.loads(value.get("about", "null"))
    if value["state"] not in known or not isinstance(json.loads(value["payload"]), dict):
        raise ValueError("no part of a delivery")
    if about is not None and not isinstance(about, dict):
        raise ValueError("no note of a paper")
    _texts([value["parent"]])
    _whole(value.get("fence", "0"))
    _number(value.get("first", "0"), value.get("at", "0"))


def _votes(value: Mapping[str, str]) -> None:
    if set(value.values()) - {"0", "1"}:
        raise ValueError("no votes")


def _counts(value: Mapping[str, str]) -> None:
    _whole(*value.values())


MOVES: dict[str, Family] = {
    "channels": Family("set", "union", _texts),
    "channel": Family("hash", "keep", _channel),
    "moved": Family("hash", "fill", lambda value: _texts(value.values())),
    "had": Family("set", "union", _texts),
    "covered": Family("zset", "union", _scored),
    "seen": Family("zset", "union", _scored),
    "posted": Family("set", "union", _texts),
    "cursor": Family("string", "most", _number),
    "skipped": Family("string", "most", _whole),
    "digest": Family("string", "keep", _is(Digest)),
    "last": Family("string", "latest", str),
    "archive": Family("string", "keep", str),
    "delivery": Family("hash", "keep", _delivery),
    "part": Family("hash", "keep", _part),
    "task": Family("hash", "keep", _task),
    "paper": Family("string", "keep", _is(Paper)),
    "score": Family("string", "keep", _is(Score)),
    "analysis": Family("string", "keep", _is(Analysis)),
    "twins": Family("set", "union", _texts),
    "votes": Family("hash", "fill", _votes),
    "signs": Family("hash", "fill", lambda value: [read_sign(*pair) for pair in value.items()]),
    "foretold": Family("hash", "fill", lambda value: [Foretold.model_validate_json(raw) for raw in value.values()]),
    "voted": Family("set", "union", _texts),
    "about": Family("string", "keep", lambda value: ThreadPlace(**json.loads(value))),
    "talk": Family("list", "keep", lambda value: [Turn(**json.loads(turn)) for turn in value]),
    "said": Family("set", "union", _texts),
    "spend": Family("hash", "most", _counts),
    "libraries": Family("set", "union", _texts),
    "library": Family(
        "hash", "fill", lambda value: [LibraryEntry.model_validate_json(entry) for entry in value.values()]
    ),
    "saved": Family("zset", "union", _scored),
    "reading": Family("zset", "union", _scored),
    "zotero": Family("hash", "fill", lambda value: _texts(value.values())),
    "salt": Family("string", "keep", str),
}
"""What moves, in the order in which it is written: a digest before the pointer to it."""

LEFT: dict[str, str] = {
    "site": "links to private pages: those of another installation are its own",
    "schema": "the form of this store's keys: an imported file has one of its own",
    "find": "the index of the team's memory: made anew from its entries",
    "library-made": "whether the memory was made from what an older version had stored: looked at anew",
    "latest": "a digest without its texts, for lists of channels: made anew from the digest",
    "dived": "what a deep dive under way is made of",
    "open": "work under way: its papers come with the next digest, and `digest` makes a missing one at once",
    "dead": "rebuilt from the tasks that were parked",
    "trouble": "rebuilt from the parts that are uncertain or dead",
    "twins-built": "that an older store's papers were entered under all their names: done anew after an import",
    "turn": "whose turn it is in a thread, of work under way",
    "wake": "a wake-up call, gone in a minute",
    "fetch": "lists, turns and pauses of fetching: fetched anew",
    "pace": "how fast we spoke in the last minute",
    "flight": "who is buying a score right now",
    "unwritten": "analyses that were paid for and are none, remembered a day: one more try elsewhere",
    HELD: "what calls in the air may cost, gone in minutes; which deliveries wait for a place, found anew",
    "settled": "what a digest added to the memory, to take it back if it is not delivered: of digests under way",
    "asked-for": "who asked for a digest that is under way",
    "taste": "what the latest run learned, for people to see: learned anew from the signs",
    "lesson": "what a taste said for one run, kept for its further tries: learned anew from the signs",
    "zotero-rest": "until when Zotero wants no request, gone within a day",
    "breaker": "which service is away right now",
    "me": "how the bot is called, told anew by its listeners",
    "model": "which model servers leave reasoning in their answers: learned anew",
    "clock": "whether this machine's clock is doubted, gone in minutes",
    "healthz": "a probe of whether the server takes writes",
    "channels-version": "a counter that tells of a changed channel",
    "preview": "a dry run's digest, kept an hour for its command",
    "draft": "topics that are being set up, kept a day: begun anew",
    "result": "a command's result, kept an hour for it",
    "progress": "how far a task is, kept an hour",
    "text": "what was read of papers: read anew when somebody asks, and papers are not ours to copy about",
    "text-newest": "which version was read last, kept a day",
    "tally": "how many messages and failures there were: counters of this store, which start anew elsewhere",
    "lease": "which machine's clock and poller act now, gone in seconds",
    "beat": "signs of life of processes, gone in a minute",
    "doctor": "a probe of whether the server takes writes, gone in a minute",
    "operator": "what the operator was told and what fails: found and told anew",
    "day": "what a digest chose from, kept two weeks: without it questions about the day go by its picks",
    "question": "which task a question of the last hour became",
    "recent": "which papers a private chat was about within the last day",
    "asked": "how often a person asked in the last hour",
    "noticed": "who was told of the limit in the last hour",
}
"""What stays behind, and why nothing is lost by it."""

PEOPLE_KEY = "salt"
"""The family of the one key that ties votes to people; it moves only where it is asked for."""


def readable(name: str, value: Any) -> bool:
    """True if the store could read `value` back under this key."""
    if not name.isprintable():
        return False
    try:
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate is no text
        MOVES[family(name)].check(value)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ValidationError):
        return False
    return True
