"""The search index: an inverted list in one hash a channel.

Chosen by figures (`python -m tests.bench find`): full-text search of SQLite needs one file on every host, RediSearch is
not in the embedded server, sorted sets for each term take 70 bytes a posting; here one takes two. Fields of the hash:

    n, gone      entries ever numbered; those of them that are no more
    i:<name>     number of an entry        e:<number>  its name
    d:<block>    its day, two bytes each   <block>:<term>  postings: two bytes each, place in the block and weight

A block is 1,024 numbers, so that adding an entry rewrites little. It is made from the entries and can be made again.
"""

import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from redis import Redis

from workers.models.library import LibraryEntry
from workers.store.library.terms import weights
from workers.store.server.connection import key as k
from workers.store.server.connection import text

BLOCK = 1024
"""Entries of a block: ten of a posting's sixteen bits."""

EPOCH = date(2000, 1, 1)
"""Days are counted from here, in sixteen bits: up to 2179."""

CHUNK = 2_000
"""Fields written in one command while an index is made anew."""

ADD = """
local entry, index = KEYS[1], KEYS[2]
local name, json, day = ARGV[1], ARGV[2], ARGV[3]
local before = redis.call('HGET', entry, name)
if before == json then return 0 end
redis.call('HSET', entry, name, json)
local old = redis.call('HGET', index, 'i:' .. name)
if old then
  redis.call('HDEL', index, 'e:' .. old)
  redis.call('HINCRBY', index, 'gone', 1)
end
local n = redis.call('HINCRBY', index, 'n', 1) - 1
redis.call('HSET', index, 'i:' .. name, n, 'e:' .. n, name)
local block, place = math.floor(n / 1024), n % 1024
local days = redis.call('HGET', index, 'd:' .. block) or ''
redis.call('HSET', index, 'd:' .. block, days .. struct.pack('<H', tonumber(day)))
for i = 4, #ARGV, 2 do
  local field = block .. ':' .. ARGV[i]
  local had = redis.call('HGET', index, field) or ''
  redis.call('HSET', index, field, had .. struct.pack('<H', place * 64 + tonumber(ARGV[i + 1])))
end
return 1
"""
"""Enters an entry (KEYS: entries, index; ARGV: name, record, day, then terms with weights). 0: it stood there so."""

DROP = """
local old = tonumber(redis.call('HGET', KEYS[2], 'i:' .. ARGV[1]) or '')
if old then
  redis.call('HDEL', KEYS[2], 'i:' .. ARGV[1], 'e:' .. old)
  redis.call('HINCRBY', KEYS[2], 'gone', 1)
  local block, place = math.floor(old / 1024), old % 1024
  for i = 2, #ARGV do
    local field, kept = block .. ':' .. ARGV[i], {}
    local had = redis.call('HGET', KEYS[2], field) or ''
    for at = 1, #had, 2 do
      if math.floor(struct.unpack('<H', had, at) / 64) ~= place then kept[#kept + 1] = string.sub(had, at, at + 1) end
    end
    if #kept == 0 then redis.call('HDEL', KEYS[2], field)
    else redis.call('HSET', KEYS[2], field, table.concat(kept)) end
  end
end
return redis.call('HDEL', KEYS[1], ARGV[1])
"""
"""Removes an entry with its postings (KEYS: entries, index; ARGV: name, then terms)."""

ALL = k("libraries")

MADE, VERSION = k("library-made"), "1"
"""Says which version made the memory from what was stored before there was one."""


def entries_key(home: str) -> str:
    """Where a channel's entries are kept, by their names."""
    return k("library", home)


def index_key(home: str) -> str:
    """Where they are looked up."""
    return k("find", home)


def day_number(day: date) -> int:
    """Days since EPOCH."""
    return max(0, min((day - EPOCH).days, 65_535))


def day_of(number: int) -> date:
    """The day of a number."""
    return EPOCH + timedelta(days=number)


class Library:
    """Keeps what channels have seen.

    `home`: a channel without its topic (`slack:C1`, `telegram:-100`).
    """

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis
        self._add, self._drop = redis.register_script(ADD), redis.register_script(DROP)

    def add(self, home: str, entry: LibraryEntry, name: str = "") -> bool:
        """Enter what a channel has seen, or what is new of it; False if nothing is.

        `name`: the entry's, where it is not its paper's.
        """
        flat = [part for pair in weights(entry).items() for part in pair]
        args = [name or entry.name, entry.model_dump_json(exclude_defaults=True), day_number(entry.date), *flat]
        self.redis.sadd(ALL, home)
        return bool(self._add(keys=[entries_key(home), index_key(home)], args=args))

    def drop(self, home: str, name: str) -> bool:
        """Forget an entry and its words."""
        entry = self.get(home, name)
        args = [name, *(weights(entry) if entry else ())]
        return bool(self._drop(keys=[entries_key(home), index_key(home)], args=args))

    def get(self, home: str, name: str) -> LibraryEntry | None:
        """One entry, or None."""
        raw = self.redis.hget(entries_key(home), name)
        return LibraryEntry.model_validate_json(raw) if raw else None

    def entries(self, home: str) -> dict[str, LibraryEntry]:
        """Name -> entry, oldest first."""
        raw: Mapping[Any, Any] = self.redis.hgetall(entries_key(home))
        found = {text(name): LibraryEntry.model_validate_json(value) for name, value in raw.items()}
        return dict(sorted(found.items(), key=lambda pair: (pair[1].date, pair[0])))

    def homes(self) -> list[str]:
        """Channels that have a memory."""
        return sorted(text(home) for home in self.redis.smembers(ALL))

    def unmade(self) -> bool:
        """True where the index of any channel must be made.

        Its store is an older version's, or its entries do not fit.
        """
        return text(self.redis.get(MADE) or b"") != VERSION or any(map(self.stale, self.homes()))

    def made(self) -> None:
        """What an older version had stored is in the memory now."""
        self.redis.set(MADE, VERSION)

    def stale(self, home: str) -> bool:
        """True where the index does not fit the entries.

        They came from a backup or an older version.
        """
        n, gone = (int(value or 0) for value in self.redis.hmget(index_key(home), "n", "gone"))
        return int(self.redis.hlen(entries_key(home))) != n - gone

    def rebuild(self, home: str) -> int:
        """Make the index anew from the entries; how many there are.

        What is entered meanwhile is entered after it.
        """
        entries, fresh = self.entries(home), k("find", f"{home}#new")
        self.redis.delete(fresh)
        fields = list(_fields(entries.items()).items())
        for start in range(0, len(fields), CHUNK):
            self.redis.hset(fresh, mapping=dict(fields[start : start + CHUNK]))
        if fields:
            self.redis.rename(fresh, index_key(home))
        for name, entry in self.entries(home).items():
            if name not in entries:
                self.drop(home, name)
                self.add(home, entry, name)
        return len(entries)


def _fields(entries: Iterable[tuple[str, LibraryEntry]]) -> dict[str, bytes | str | int]:
    """All fields of an index."""
    lists: dict[str, bytearray] = defaultdict(bytearray)
    fields: dict[str, bytes | str | int] = {}
    n = -1
    for n, (name, entry) in enumerate(entries):
        block, place = divmod(n, BLOCK)
        fields |= {f"i:{name}": n, f"e:{n}": name}
        lists[f"d:{block}"] += struct.pack("<H", day_number(entry.date))
        for term, weight in weights(entry).items():
            lists[f"{block}:{term}"] += struct.pack("<H", place * 64 + weight)
    return fields | {name: bytes(value) for name, value in lists.items()} | {"n": n + 1, "gone": 0}
