"""Exports and imports all that a move needs, each in one step.

Reading is one script, so no writer gets in between. Writing is one script too: it looks at everything first and then
writes all of it; a server that is killed meanwhile has, after its restart, either none or all of it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from redis import Redis

from workers.store.keyspace import MOVES, PEOPLE_KEY, family, readable
from workers.store.server.connection import PREFIX, text
from workers.store.server.connection import key as k

MOVED = "moved"
"""Error class of a message that was on its way when the store was copied: the new store cannot tell if it went out."""

_DUMP = """
local wanted, seen, out, cursor = {}, {}, {}, '0'
for i = 2, #ARGV do wanted[ARGV[i]] = true end
local t = redis.call('TIME')
out[1] = tostring(t[1] * 1000 + math.floor(t[2] / 1000))
repeat
  local page = redis.call('SCAN', cursor, 'MATCH', ARGV[1] .. '*', 'COUNT', 1000)
  cursor = page[1]
  for _, key in ipairs(page[2]) do
    local family = string.match(string.sub(key, #ARGV[1] + 1), '^[^:]+')
    if wanted[family] and not seen[key] then
      seen[key] = true
      local kind, value = redis.call('TYPE', key).ok, nil
      if kind == 'string' then value = redis.call('GET', key)
      elseif kind == 'hash' then value = redis.call('HGETALL', key)
      elseif kind == 'set' then value = redis.call('SMEMBERS', key)
      elseif kind == 'zset' then value = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
      elseif kind == 'list' then value = redis.call('LRANGE', key, 0, -1) end
      out[#out + 1] = {key, kind, redis.call('PTTL', key), value}
    end
  end
until cursor == '0'
return out
"""

_RESTORE = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
for _, task in ipairs(redis.call('ZRANGE', ARGV[1] .. 'open', 0, -1)) do
  local s = redis.call('HMGET', ARGV[1] .. 'task:' .. task, 'kind', 'lease')
  local makes = s[1] == 'digest' or s[1] == 'digest-now' or s[1] == 'upgrade'
  if makes and tonumber(s[2] or 0) * 1000 > now then return {'busy', task} end
end
local records = {}
for i = 2, #ARGV do
  local r = cjson.decode(ARGV[i])
  local kind = redis.call('TYPE', r.key).ok
  if kind ~= 'none' and kind ~= r.type then return {'type', r.key} end
  local index = r.index and redis.call('TYPE', ARGV[1] .. r.index).ok or 'none'
  if index ~= 'none' and index ~= 'zset' then return {'type', ARGV[1] .. r.index} end
  records[i - 1] = r
end
local function more(key, field, value)
  local had
  if field then had = redis.call('HGET', key, field) else had = redis.call('GET', key) end
  if had and (tonumber(had) or -math.huge) >= tonumber(value) then return 0 end
  if field then redis.call('HSET', key, field, value) else redis.call('SET', key, value, 'KEEPTTL') end
  return 1
end
local function later(key, value, made)
  local had = redis.call('GET', key)
  if had == value then return 0 end
  local digest = had and redis.call('GET', ARGV[1] .. 'digest:' .. had)
  local readable, there = pcall(cjson.decode, digest or '')
  if readable and type(there) == 'table' and tostring(there.made) >= made then return 0 end
  redis.call('SET', key, value)
  return 1
end
local function write(r, existed)
  local changed = 0
  if r.type == 'string' then
    if r.merge == 'most' then return more(r.key, nil, r.value) end
    if r.merge == 'latest' then return later(r.key, r.value, r.made) end
    redis.call('SET', r.key, r.value)
    return 1
  end
  for _, item in ipairs(r.value) do
    if r.type == 'set' then changed = changed + redis.call('SADD', r.key, item)
    elseif r.type == 'zset' then changed = changed + redis.call('ZADD', r.key, 'GT', 'CH', item[2], item[1])
    elseif r.type == 'list' then changed = redis.call('RPUSH', r.key, item)
    elseif r.merge == 'most' then changed = changed + more(r.key, item[1], item[2])
    else changed = changed + redis.call('HSETNX', r.key, item[1], item[2]) end
  end
  return changed
end
local written = 0
for _, r in ipairs(records) do
  local before = redis.call('PTTL', r.key)
  local existed, ends = before ~= -2, tonumber(r.expires)
  if not (ends and ends <= now) and not (existed and r.merge == 'keep') then
    local changed = write(r, existed)
    if ends and (not existed or (before >= 0 and now + before < ends)) then redis.call('PEXPIREAT', r.key, ends)
    elseif not ends and before >= 0 then redis.call('PERSIST', r.key) end
    if r.index and not existed then redis.call('ZADD', ARGV[1] .. r.index, r.at, r.member) end
    if changed > 0 then written = written + 1 end
  end
end
return {'ok', written}
"""


class Busy(Exception):
    """A digest is being made in the store: what it shows may not be changed under it."""


class WrongType(Exception):
    """A key of the store has another type than its record: not a store of ours."""


@dataclass(frozen=True)
class StoredKey:
    """One key as it moves."""

    key: str
    """Without the prefix."""
    value: Any
    """A text, a list of texts, or an object of texts, as the family's type is."""
    expires: int | None = None
    """Milliseconds since 1970, or None: kept for good."""


@dataclass(frozen=True)
class Dump:
    """A store at one moment."""

    at: int
    """Milliseconds since 1970, by the server's clock."""
    entries: tuple[StoredKey, ...]
    unfinished: int
    """Tasks that were open: they stay behind."""
    unreadable: int
    """Records that the store itself could not read back: they stay behind."""


def dump(redis: "Redis", *, people_key: bool = False) -> Dump:
    """All that moves, as it stands in one moment.

    `people_key`: also what ties votes to people.
    """
    wanted = [name for name in MOVES if people_key or name != PEOPLE_KEY]
    raw: Any = redis.eval(_DUMP, 0, PREFIX, *wanted)
    now, entries, unfinished, unreadable = int(raw[0]), [], 0, 0
    for name, kind, ttl, value in raw[1:]:
        plain = text(name).removeprefix(PREFIX)
        if family(plain) not in MOVES:
            continue
        fits = text(kind) == MOVES[family(plain)].type
        entry = StoredKey(plain, _plain(text(kind), value) if fits else None, now + ttl if ttl >= 0 else None)
        if family(plain) == "task" and fits and entry.value.get("state") == "open":
            unfinished += 1
        elif fits and readable(plain, entry.value):
            entries.append(_bare(entry))
        else:
            unreadable += 1
    order = list(MOVES)
    entries.sort(key=lambda e: (order.index(family(e.key)), e.key))
    return Dump(now, tuple(entries), unfinished, unreadable)


def _bare(entry: StoredKey) -> StoredKey:
    """An entry without what is not needed again.

    Of a question that is answered: who asked, and in which words.
    """
    over = family(entry.key) == "task" and entry.value["state"] in ("done", "skipped")
    return replace(entry, value=entry.value | {"data": "{}"}) if over else entry


def restore(redis: "Redis", entries: Iterable[StoredKey]) -> int:
    """Merge entries into the store, all or none; how many keys were changed.

    What the store has is never lost: its own choices and records stay, memories are joined. Raises Busy while a digest
    is being made there, Misfit where a key of ours holds something else.
    """
    entries = list(entries)
    made = {e.key.partition(":")[2]: str(json.loads(e.value)["made"]) for e in entries if family(e.key) == "digest"}
    deliveries = {e.key.partition(":")[2]: json.loads(e.value["order"]) for e in entries if family(e.key) == "delivery"}
    parts = {f"part:{name}:{part}": f"{name} {part}" for name, order in deliveries.items() for part in order}
    records = [json.dumps(_record(e, made, parts), ensure_ascii=False) for e in entries]
    outcome, what = redis.eval(_RESTORE, 0, PREFIX, *records)
    if text(outcome) == "busy":
        raise Busy
    if text(outcome) == "type":
        raise WrongType(text(what))
    return int(what)


def _record(entry: StoredKey, made: dict[str, str], parts: dict[str, str]) -> dict[str, Any]:
    """An entry as the script takes it.

    It has pairs instead of objects, and what is to be rebuilt beside it.
    """
    kind, value = MOVES[family(entry.key)], entry.value
    more: dict[str, str] = {}
    if family(entry.key) == "part":
        if value["state"] in ("pending", "sending", "edit"):
            value = value | {"state": "uncertain", "error": MOVED}
        if value["state"] in ("uncertain", "dead") and entry.key in parts:
            more = {"index": "trouble", "at": value.get("at", "0"), "member": parts[entry.key]}
    elif family(entry.key) == "task" and value["state"] == "dead":
        more = {"index": "dead", "at": value.get("ended", "0"), "member": entry.key.partition(":")[2]}
    elif kind.merge == "latest":
        more = {"made": made.get(value, "")}
    if entry.expires is not None:
        more["expires"] = str(entry.expires)
    pairs = list(map(list, value.items())) if isinstance(value, dict) else value
    return {"key": k(entry.key), "type": kind.type, "merge": kind.merge, "value": pairs, **more}


def _plain(kind: str, raw: Any) -> Any:
    """A value as JSON has it; sets in order, so that equal stores give equal files."""
    if kind == "string":
        return _text(raw)
    words = [_text(word) for word in raw]
    if kind in ("hash", "zset"):
        return dict(sorted(zip(words[::2], words[1::2], strict=True)))
    return sorted(words) if kind == "set" else words


def _text(raw: bytes) -> str:
    """Text as we wrote it; bytes that are not UTF-8 are replaced.

    They stay recognisable, and make the record unreadable no sooner than here.
    """
    return raw.decode(errors="replace")
