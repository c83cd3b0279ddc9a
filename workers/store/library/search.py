"""Looks words up in the memory of channels: best first, with what filters leave."""

import math
import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from heapq import nlargest
from typing import cast

from redis import Redis

from workers.errors import BadInput
from workers.models.library import LibraryEntry, LibraryMatch
from workers.store.library.index import BLOCK, day_number, entries_key, index_key
from workers.store.library.terms import name_terms, terms
from workers.store.server.connection import key as k
from workers.store.server.connection import text

FIRST_LIKED = """
local found = {}
for i = 3, #ARGV do
  local name = redis.call('HGET', KEYS[1], 'e:' .. ARGV[i])
  if name then
    local balance = 0
    for _, vote in ipairs(redis.call('HVALS', ARGV[2] .. string.match(name, '^[^:]*:([^|]*)'))) do
      balance = balance + (vote == '1' and 1 or -1)
    end
    if balance > 0 then found[#found + 1] = ARGV[i] end
    if #found == tonumber(ARGV[1]) then break end
  end
end
return found
"""
"""The first ARGV[1] of the numbers ARGV[3...] whose papers are liked; ARGV[2]: what a paper's votes are kept under."""

SHOWN = 10
"""Things found that are shown."""

NEWER = 1e-8
"""What a day counts beside what words are worth: it decides between equals."""

LATEST = 65_535
"""The last day that an index knows."""

SPARE = 20
"""Further candidates, should some of the best be forgotten or entered anew."""

LOOKED_AT = 500
"""Best candidates among which liked ones are looked for first; then among all."""

WORD = 1024.0
"""What having a word is worth, beside what the word is: more than all words of a query can be."""

NOT = -1.0
"""Worth of an entry that a filter leaves out."""

HALF = 2.0
"""Weight in a text at which a word counts half of what it can."""

MOST_TERMS = 24
"""Terms of a query that are looked up."""

_SINCE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?|(\d{1,4})([dwmy])", re.IGNORECASE)
_UNITS = {"d": 1, "w": 7, "m": 30, "y": 365}
_FILTER = re.compile(r'\b(since|by)\s*[:：]\s*("[^"]*"|“[^”]*”|\S+)', re.IGNORECASE)
_LIKED = re.compile(r"(?<!\S)(?:liked|赞过|点赞)(?!\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Query:
    """What is looked for. All filters hold together."""

    said: str
    terms: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Parts of authors' names, each of which must be there."""
    since: date | None = None
    liked: bool = False

    @property
    def empty(self) -> bool:
        """True where nothing was asked."""
        return not (self.terms or self.names or self.since or self.liked)


def query(said: str, today: date) -> Query:
    """Read words with filters: `since:2026-01`, `by:Name`, `liked`.

    `since:` takes a day, month, year, or `30d`, `2w`, `6m`. BadInput where it is no time.
    """
    names: list[str] = []
    since: date | None = None
    for match in _FILTER.finditer(said):
        value = match[2].strip('"“”')
        if match[1].lower() == "by":
            names += name_terms(value)
        else:
            since = _since(value, today)
    rest = _FILTER.sub(" ", said)
    liked = bool(_LIKED.search(rest))
    rest = " ".join(_LIKED.sub(" ", rest).split())
    return Query(rest, tuple(terms(rest, asked=True)[:MOST_TERMS]), tuple(names), since, liked)


def _since(value: str, today: date) -> date:
    found = _SINCE.fullmatch(value)
    try:
        if found and found[1]:
            return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
        if found:
            return today - timedelta(days=int(found[4]) * _UNITS[found[5].lower()])
    except (ValueError, OverflowError):
        pass
    raise BadInput(f"“since:{value}” is no time: write since:2026-01-24, since:2026-01 or since:30d.")


class Search:
    """Looks things up in the memories of channels."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis
        self._first_liked = redis.register_script(FIRST_LIKED)

    def find(self, homes: Sequence[str], asked: Query, most: int = SHOWN) -> list[LibraryMatch]:
        """The best of all `homes`, best first (newest first where no words were given)."""
        found = [(value, one) for home in homes for value, one in self._home(home, asked, most)]
        found.sort(key=lambda pair: (-pair[0], -pair[1].entry.date.toordinal()))
        return [one for _, one in found[:most]]

    def _home(self, home: str, asked: Query, most: int) -> list[tuple[float, LibraryMatch]]:
        place = index_key(home)
        total = int(self.redis.hget(place, "n") or 0)
        blocks = range(math.ceil(total / BLOCK))
        if not total:
            return []
        wanted = [*asked.terms, *asked.names]
        fields = [f"{block}:{term}" for term in wanted for block in blocks] + [f"d:{block}" for block in blocks]
        raw = cast("list[bytes | None]", self.redis.hmget(place, fields))
        days = array("H", b"".join(value or b"" for value in raw[len(wanted) * len(blocks) :]))
        lists = {term: raw[n * len(blocks) : (n + 1) * len(blocks)] for n, term in enumerate(wanted)}
        first = day_number(asked.since) if asked.since else 0
        worth = _worth(lists, frozenset(asked.names) - {*asked.terms}, days, first)
        best = partial(_best, worth, days, _least(worth, len(lists), every=bool(asked.names)))
        if not asked.liked:
            return self._voted(home, self._entries(home, best(most + SPARE), most))
        found: list[tuple[float, LibraryMatch]] = []
        for looked_at in (LOOKED_AT, total):
            candidates = best(looked_at)
            found = self._entries(home, self._liked(home, candidates, most), most)
            if len(found) == most or len(candidates) < looked_at:
                break
        return self._voted(home, found)

    def _liked(self, home: str, candidates: Mapping[int, float], most: int) -> dict[int, float]:
        """The first of them whose papers have more votes for than against them."""
        args: list[str | int] = [most, k("votes", home, ""), *candidates]
        found = map(int, self._first_liked(keys=[index_key(home)], args=args))
        return {number: candidates[number] for number in found}

    def _entries(self, home: str, values: Mapping[int, float], most: int) -> list[tuple[float, LibraryMatch]]:
        """The first entries of these numbers, without those forgotten or entered anew.

        `values`: what each number is worth.
        """
        names = self.redis.hmget(index_key(home), [f"e:{number}" for number in values]) if values else []
        known = [(value, text(name)) for value, name in zip(values.values(), names, strict=True) if name]
        raw = self.redis.hmget(entries_key(home), [name for _, name in known]) if known else []
        kept = [(value, entry) for (value, _), entry in zip(known, raw, strict=True) if entry][:most]
        return [
            (value, LibraryMatch(entry=LibraryEntry.model_validate_json(entry), channel=home)) for value, entry in kept
        ]

    def _voted(self, home: str, found: list[tuple[float, LibraryMatch]]) -> list[tuple[float, LibraryMatch]]:
        with self.redis.pipeline(transaction=False) as pipe:
            for _, one in found:
                pipe.hvals(k("votes", home, one.entry.paper))
            votes = [[text(vote) for vote in cast] for cast in pipe.execute()]
        return [
            (value, one.model_copy(update={"up": cast.count("1"), "down": cast.count("0")}))
            for (value, one), cast in zip(found, votes, strict=True)
        ]


def _worth(
    lists: Mapping[str, list[bytes | None]], names: frozenset[str], days: "array[int]", first: int
) -> list[float]:
    """How well each entry fits, by its number; NOT before the day `first`.

    WORD for each word that it has, and what these words are worth. `names`: terms that must be there and are worth
    nothing.
    """
    total, gains = len(days), []
    for term, raw in lists.items():
        count = sum(len(block or b"") for block in raw) // 2
        rare = 0.0 if term in names else math.log(1 + total / (1 + count))
        gains.append([WORD + rare * weight / (weight + HALF) for weight in range(64)])
    worth: list[float] = []
    for block, start in enumerate(range(0, total, BLOCK)):
        postings = [(raw[block] or b"", gain) for raw, gain in zip(lists.values(), gains, strict=True)]
        worth += _of_block(postings, days[start : start + BLOCK], first)
    return worth


def _of_block(postings: Sequence[tuple[bytes, Sequence[float]]], days: "array[int]", first: int) -> list[float]:
    """The same of one block.

    One list, walked in order: a dictionary of a common word's entries takes five times as long.
    """
    if max(days) < first:
        return [NOT] * len(days)
    worth = [0.0] * len(days)
    for block, gain in postings:
        for posting in array("H", block):
            worth[posting >> 6] += gain[posting & 63]
    if min(days) < first:
        return [value if day >= first else NOT for value, day in zip(worth, days, strict=True)]
    return worth


def _least(worth: Sequence[float], words: int, *, every: bool) -> float:
    """The least that an entry must be worth to be found.

    That of all `words`. Where none has all, and not `every` one must be there: of as many as any has, half of them at
    least.
    """
    most = max(worth, default=NOT) // WORD
    enough = most == words or (not every and most * 2 >= words)
    return most * WORD if enough else math.inf


def _best(worth: Sequence[float], days: Sequence[int], least: float, most: int) -> dict[int, float]:
    """The `most` numbers that fit best, with what they are worth.

    Best first; of equals, the later first. The latest day is worth less than any word, so that only those are sorted
    that may be among them.
    """
    top = nlargest(most, worth)
    least = max(least, top[-1] - LATEST * NEWER) if top else least
    able = [n for n, value in enumerate(worth) if value >= least]
    able.sort(key=lambda n: worth[n] + days[n] * NEWER)
    return {n: worth[n] + days[n] * NEWER for n in able[: -most - 1 : -1]}
