"""Looks words up in the memory of channels: best first, with what filters leave."""

import math
import re
from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nlargest
from typing import cast

from redis import Redis

from workers.errors import BadInput
from workers.models.library import Entry, Found
from workers.store.library.index import BLOCK, day_number, entries_key, index_key
from workers.store.library.terms import name_terms, terms
from workers.store.redis import key as k
from workers.store.redis import text

SHOWN = 10
"""Things found that are shown."""

NEWER = 1e-8
"""What a day counts beside what words are worth: it decides between equals."""

SPARE = 20
"""Further candidates, should some of the best be forgotten or entered anew."""

LOOKED_AT = 500
"""Candidates whose votes are looked at in one round trip."""

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
    """Words with filters: `since:2026-01` (a day, month, year, or `30d`, `2w`, `6m`), `by:Name`, `liked`.

    BadInput for a `since:` that is no time.
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

    def find(self, homes: Sequence[str], asked: Query, most: int = SHOWN) -> list[Found]:
        """The best of all `homes`, best first (newest first where no words were given)."""
        found = [(value, one) for home in homes for value, one in self._home(home, asked, most)]
        found.sort(key=lambda pair: (-pair[0], -pair[1].entry.date.toordinal()))
        return [one for _, one in found[:most]]

    def _home(self, home: str, asked: Query, most: int) -> list[tuple[float, Found]]:
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
        worth = _worth(asked, lists, total) if wanted else dict.fromkeys(range(total), 0.0)
        if asked.since:
            first = day_number(asked.since)
            worth = {n: value for n, value in worth.items() if days[n] >= first}
        order = {n: value + days[n] * NEWER + n * NEWER * NEWER for n, value in worth.items()}
        if not asked.liked:
            best = nlargest(most + SPARE, order, key=order.__getitem__)
            return self._voted(home, self._entries(home, best, worth)[:most])
        ordered, found = sorted(order, key=order.__getitem__, reverse=True), list[tuple[float, Found]]()
        for start in range(0, len(ordered), LOOKED_AT):
            found += self._entries(home, self._liked(home, ordered[start : start + LOOKED_AT]), worth)
            if len(found) >= most:
                break
        return self._voted(home, found[:most])

    def _liked(self, home: str, numbers: Sequence[int]) -> list[int]:
        """Those whose papers have more votes for than against them."""
        names = self.redis.hmget(index_key(home), [f"e:{number}" for number in numbers])
        with self.redis.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hvals(k("votes", home, paper_in(text(name or b""))))
            votes = [[text(vote) for vote in cast] for cast in pipe.execute()]
        return [n for n, cast in zip(numbers, votes, strict=True) if cast.count("1") > cast.count("0")]

    def _entries(self, home: str, numbers: Sequence[int], worth: dict[int, float]) -> list[tuple[float, Found]]:
        """What these numbers stand for; those that were forgotten or entered anew are left out."""
        names = self.redis.hmget(index_key(home), [f"e:{number}" for number in numbers]) if numbers else []
        known = [(worth[number], text(name)) for number, name in zip(numbers, names, strict=True) if name]
        raw = self.redis.hmget(entries_key(home), [name for _, name in known]) if known else []
        return [
            (value, Found(entry=Entry.model_validate_json(kept), channel=home))
            for (value, _), kept in zip(known, raw, strict=True)
            if kept
        ]

    def _voted(self, home: str, found: list[tuple[float, Found]]) -> list[tuple[float, Found]]:
        with self.redis.pipeline(transaction=False) as pipe:
            for _, one in found:
                pipe.hvals(k("votes", home, one.entry.paper))
            votes = [[text(vote) for vote in cast] for cast in pipe.execute()]
        return [
            (value, one.model_copy(update={"up": cast.count("1"), "down": cast.count("0")}))
            for (value, one), cast in zip(found, votes, strict=True)
        ]


def _worth(asked: Query, lists: dict[str, list[bytes | None]], total: int) -> dict[int, float]:
    """Number -> how well it fits, of the entries with all terms; where none is, of those with most."""
    posted: list[tuple[int, str, list[array[int]]]] = []
    for term, raw in lists.items():
        blocks = [array("H", block or b"") for block in raw]
        posted.append((sum(map(len, blocks)), term, blocks))
    posted.sort(key=lambda found: found[0])  # the rarest first: what follows is looked up in few
    whole: dict[int, float] | None = None
    for count, term, blocks in posted:
        only_name = term in asked.names and term not in asked.terms
        gain = [0.0] * 64 if only_name else _gains(count, total)
        if whole is None:
            whole = {n * BLOCK + (p >> 6): gain[p & 63] for n, block in enumerate(blocks) for p in block}
        else:
            before = whole
            whole = {
                number: before[number] + gain[p & 63]
                for n, block in enumerate(blocks)
                for p in block
                if (number := n * BLOCK + (p >> 6)) in before
            }
    if whole or asked.names or len(asked.terms) < 2:
        return whole or {}
    return _nearly(posted, total)


def _gains(count: int, total: int) -> list[float]:
    """What a word that `count` of `total` entries have is worth, by its weight in an entry."""
    rare = math.log(1 + total / (1 + count))
    return [rare * weight / (weight + HALF) for weight in range(64)]


def _nearly(posted: list[tuple[int, str, list["array[int]"]]], total: int) -> dict[int, float]:
    """The entries with the most of the words, half of them at least."""
    worth: dict[int, float] = defaultdict(float)
    has: dict[int, int] = defaultdict(int)
    for count, _, blocks in posted:
        gain = _gains(count, total)
        for n, block in enumerate(blocks):
            for p in block:
                number = n * BLOCK + (p >> 6)
                worth[number] += gain[p & 63]
                has[number] += 1
    most = max(has.values(), default=0)
    return {n: worth[n] for n, count in has.items() if count == most} if most * 2 >= len(posted) else {}


def paper_in(name: str) -> str:
    """Id of the paper that an entry's name names: `paper:<id>`, `talk:<id>|<event>`."""
    return name.partition(":")[2].partition("|")[0]
