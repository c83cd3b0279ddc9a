"""Enters people's requests into the ledger, each in one script.

The channel's choices, the person's allowance, the task and the titles of the papers: one round trip instead of four.
An event that is in the ledger already is neither counted nor entered again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from redis import Redis

from workers.models.tasks import AskData, DeepdiveData
from workers.platforms import direct
from workers.store.batch import Batch, Call
from workers.store.channels import settings as channel_settings
from workers.store.channels.settings import ChannelSettings
from workers.store.people import votes
from workers.store.people.threads import (
    KEEP_S,
    QUESTION_S,
    RECENT_S,
    ThreadPlace,
    about_key,
    place_of,
    question_key,
    recent_key,
)
from workers.store.people.votes import HOUR_S, People
from workers.store.server.connection import key as k
from workers.store.server.connection import text
from workers.store.tasks import ledger, ledger_scripts

_DIVE = """
local chosen = redis.call('HMGET', KEYS[1], 'profile', 'changes')
local reply = {'taken', chosen[1], chosen[2]}
local counted = {ARGV[1], ARGV[2], ARGV[3]}
for i = 8, #KEYS, 2 do
  if redis.call('EXISTS', KEYS[i]) == 0 then counted[#counted + 1] = ARGV[i] end
end
if f.allow({KEYS[2]}, counted) == 0 then
  reply[1] = f.notice({KEYS[3]}, {ARGV[2]})
  return reply
end
local profile = chosen[1]
if not profile or profile == '' then profile = ARGV[4] end
local more = ',"profile":' .. cjson.encode(profile) .. '}'
if ARGV[5] ~= '' then
  local kept = string.sub(ARGV[5], 1, -2) .. more
  if ARGV[7] == '1' then redis.call('SET', KEYS[6], kept, 'EX', ARGV[6])
  else redis.call('SET', KEYS[6], kept, 'NX', 'EX', ARGV[6]) end
end
for i = 8, #KEYS, 2 do
  local data = string.sub(ARGV[i + 1], 1, -2) .. more
  if ARGV[7] == '1' then f.recent({KEYS[7]}, {ARGV[1], ARGV[i + 1], 'id'}) end
  f.open({KEYS[i], KEYS[4], KEYS[5]}, {'deepdive', ARGV[1], data, '0', ARGV[i]})
  local paper = redis.call('GET', KEYS[i + 1])
  local known, record = pcall(cjson.decode, paper or 'null')
  local title = known and type(record) == 'table' and (record.plain ~= '' and record.plain or record.title)
  reply[#reply + 1] = type(title) == 'string' and title or ''
end
return reply
"""

_ASK = """
local chosen = redis.call('HMGET', KEYS[1], 'profile', 'changes')
local place = ARGV[7] ~= '' and ARGV[7] or redis.call('GET', KEYS[6])
if not place then return {'unknown', chosen[1], chosen[2]} end
if redis.call('EXISTS', KEYS[7]) == 0 and f.allow({KEYS[2]}, {ARGV[1], ARGV[2], ARGV[3], ARGV[4]}) == 0 then
  return {f.notice({KEYS[3]}, {ARGV[2]}), chosen[1], chosen[2]}
end
local data = string.sub(ARGV[5], 1, -2) .. ',"place":' .. place .. '}'
local turn = ARGV[6] .. (ARGV[9] ~= '' and ARGV[9] or cjson.decode(place).root)
if ARGV[7] ~= '' then redis.call('SET', KEYS[6], place, 'EX', ARGV[10]) end
if ARGV[8] == '1' then f.recent({KEYS[8]}, {ARGV[1], place, 'paper'}) end
f.open({KEYS[7], KEYS[4], KEYS[5]}, {'ask', ARGV[1], data, '0', ARGV[4], turn})
redis.call('SET', KEYS[9], ARGV[4], 'EX', ARGV[11])
return {'taken', chosen[1], chosen[2]}
"""

_NOTICE = "return redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[1]) and 'notice' or 'limited'"

_RECENT = f"""
local about = cjson.decode(ARGV[2])
local id, version = about[ARGV[3]], about.version
if not id or id == '' then return 0 end
if type(version) == 'number' then id = id .. 'v' .. version end
redis.call('ZADD', KEYS[1], ARGV[1], id)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', tonumber(ARGV[1]) - {RECENT_S})
redis.call('EXPIRE', KEYS[1], {RECENT_S})
return 1
"""
"""Notes the paper of ARGV[2] (its id is in the field ARGV[3]) as the one last spoken of in a private chat."""

_WHERE = f"""
local chosen = redis.call('HMGET', KEYS[1], 'profile', 'changes')
local since = tonumber(ARGV[1]) - {RECENT_S}
local recent = redis.call('ZREVRANGEBYSCORE', KEYS[3], '+inf', since, 'LIMIT', 0, 1)[1]
return {{chosen[1], chosen[2], redis.call('GET', KEYS[2]), recent or false, redis.call('GET', KEYS[4])}}
"""


@dataclass(frozen=True)
class PlaceContext:
    """What is known of a place where somebody writes."""

    chosen: ChannelSettings
    place: ThreadPlace | None
    """What the message asked about is about; None: it is not ours."""
    recent: str = ""
    """Id of the paper last spoken of in a private chat, within a day."""
    digest: str = ""
    """Slot of the latest digest that the channel had."""


Outcome = Literal["taken", "unknown", "notice", "limited"]


@dataclass(frozen=True)
class Request:
    """What became of a request."""

    outcome: Outcome
    """`notice`: beyond the limit, and the person is to be told of it; `limited`: was told within the hour."""
    chosen: ChannelSettings
    """The channel's choices (its profile and changes only)."""
    titles: Sequence[str] = ()
    """Titles of the papers in their order, empty where we know none."""


class Requests:
    """Makes the calls; `batch` sends them, one or many at a time.

    `clock` gives seconds since 1970.
    """

    def __init__(self, redis: "Redis", clock: Callable[[], float]) -> None:
        self.clock, self.people = clock, People(redis, clock)
        scripts = {"open": ledger_scripts.OPEN, "allow": votes.ALLOW, "choices": channel_settings.CHOICES}
        own = {"recent": _RECENT, "notice": _NOTICE, "where": _WHERE, "dive": _DIVE, "ask": _ASK}
        self.batch = Batch(redis, scripts | own)

    def choices(self, channel: str) -> Call[ChannelSettings]:
        """What a channel has chosen."""
        return Call("choices", [k("channel", channel)], [], lambda reply: _chosen(*reply))

    def where(self, channel: str, message: str) -> Call[PlaceContext]:
        """What a channel has chosen, what a message is about, and what came last.

        What came last: the paper spoken of there within RECENT_S, and the slot of the channel's last digest.
        """
        keys = [k("channel", channel), about_key(channel, message), recent_key(channel), k("last", channel)]

        def read(reply: Any) -> PlaceContext:
            recent, digest = (text(found or b"") for found in reply[3:5])
            return PlaceContext(_chosen(*reply[:2]), place_of(reply[2]), recent, digest)

        return Call("where", keys, [self.clock()], read)

    def dive(
        self,
        channel: str,
        person: str,
        limit: int,
        profile: str,
        papers: Mapping[str, tuple[str, DeepdiveData]],
        place: ThreadPlace | None = None,
    ) -> Call[Request]:
        """Enter a deep dive of each of `papers`, all or none of them.

        `papers`: task's key -> base id, data. In a private chat they are what is spoken of from now on, and the thread
        of `place` goes by the latest one. Each task gets the channel's profile, or `profile` where it has chosen none;
        so does `place`, which then is what its root is about, unless that is about something already.
        """
        keys, args = self._common("dive", channel, person, limit)
        about = {name: value for name, value in place.known.items() if name != "profile"} if place else None
        keys += [about_key(channel, place.root if place else ""), recent_key(channel)]
        args += [profile, json.dumps(about) if about else "", KEEP_S, "1" if direct(channel) else ""]
        for task, (base, data) in papers.items():
            keys += [ledger.task_key(task), k("paper", base)]
            args += [task, json.dumps(data)]
        return Call("dive", keys, args, _arrived)

    def ask(
        self,
        channel: str,
        person: str,
        limit: int,
        message: str,
        task: str,
        data: AskData,
        place: ThreadPlace | None = None,
    ) -> Call[Request]:
        """Enter a question about what `message` is about; the task gets that place.

        `unknown`: the message is not ours. `place`: what it is about where that is known otherwise; `message` is about
        it from now on. The questions of one thread, and those of one private chat outside of any, take turns in the
        order in which they came here.
        """
        keys, args = self._common("ask", channel, person, limit)
        keys += [about_key(channel, message), ledger.task_key(task), recent_key(channel)]
        keys.append(question_key(channel, data["message"]))
        told = json.dumps(place.known) if place else ""
        args += [task, json.dumps(data), turn_of(channel, ""), told, "1" if direct(channel) else ""]
        return Call("ask", keys, [*args, data.get("talk", ""), KEEP_S, QUESTION_S], _arrived)

    def _common(self, what: str, channel: str, person: str, limit: int) -> tuple[list[str], list[str | float]]:
        who = self.people.hashed(person)
        keys = [k("channel", channel), k("asked", what, who), k("noticed", what, who), ledger.OPEN, ledger.WAKE]
        return keys, [self.clock(), int(HOUR_S), limit]


def _chosen(profile: bytes | None, changes: bytes | None) -> ChannelSettings:
    return ChannelSettings(profile=text(profile or b"") or None, changes=json.loads(changes or "{}"))


def _arrived(reply: Any) -> Request:
    outcome, profile, changes, *titles = reply
    found: Any = text(outcome)
    return Request(found, _chosen(profile, changes), tuple(map(text, titles)))


def turn_of(channel: str, root: str) -> str:
    """The turn of the questions in one thread; a chat's topics share their numbers."""
    return ledger.turn_key(channel.partition("/")[0], root)
