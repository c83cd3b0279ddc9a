"""A store and an export file of the version before papers had keys.

Opened, nothing lost, threads answered.

Both were written by that version: a digest of two papers for slack:C1, a thread of each platform, votes.
"""

import json

import pytest

from tests import ROOT
from workers.conversations.messages import find
from workers.models import Paper
from workers.operations import backup
from workers.paper_ids.paper_key import PaperRef
from workers.settings import Settings
from workers.store.channels.memory import Memory
from workers.store.people.threads import Threads
from workers.store.people.votes import People
from workers.store.server.connection import text

BEFORE = ROOT / "tests" / "data" / "before"
STORE = json.loads((BEFORE / "store.json").read_text(encoding="utf-8"))
SHOWN = ["2601.00001", "2601.00002"]


def load(redis):
    write = {
        "string": redis.set,
        "hash": lambda name, value: redis.hset(name, mapping=value),
        "set": lambda name, value: redis.sadd(name, *value),
        "zset": lambda name, value: redis.zadd(name, value),
        "list": lambda name, value: redis.rpush(name, *value),
    }
    for name, one in STORE.items():
        write[one["type"]](name, one["value"])


def restore(redis, env):
    backup.restore(env(), str(BEFORE / "export.gz"))


@pytest.fixture(params=["store", "export"])
def opened(request, redis, env):
    load(redis) if request.param == "store" else restore(redis, env)
    return redis


def test_nothing_is_lost_and_nothing_shown_again(opened):
    memory = Memory(opened)
    assert memory.known("slack:C1", [*SHOWN, "2601.00003"]) == set(SHOWN)
    slot, digest = memory.last("slack:C1")
    assert [p.id for p in digest.papers] == SHOWN and memory.digest(slot) == digest
    assert People(opened).votes("slack:C1", SHOWN[0]) == (1, 0)
    on_biorxiv = Paper(
        id="doi:10.1101/2026.01.20.700001", title=digest.papers[0].title.upper(), abstract="",
        authors=digest.papers[0].authors,
    )  # fmt: skip
    assert digest.papers[0].authors
    assert memory.known_papers("slack:C1", [on_biorxiv]) == {on_biorxiv.id}, "a twin of what was shown then"


def test_threads_are_answered(opened):
    threads, nowhere = Threads(opened), Settings(_env_file=None)
    place = threads.find("slack:C1", "1700000000.000100")
    assert (place.paper, place.version) == (SHOWN[0], 1)
    assert [t.question for t in threads.turns("slack:C1", place.root)] == ["How fast is it?"]
    old = threads.find("telegram:-100", "7")
    for found in (place, old):
        paper = find(opened, nowhere, PaperRef(found.paper))
        assert paper.id == found.paper and paper.key == f"arxiv:{found.paper}", "without asking anybody"


def test_every_key_of_then_is_read_as_it_was(redis, env):
    load(redis)
    before = {name: redis.type(name) for name in STORE}
    Memory(redis).known("slack:C1", SHOWN)
    assert {name: redis.type(name) for name in STORE} == before
    added = {text(name).split(":")[1] for name in redis.keys("pb:*")} - {name.split(":")[1] for name in STORE}
    assert added == {"twins", "twins-built"}
