"""Calls of the store in one round trip.

What it holds, what is done once, and what happens when it fails.
"""

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis.exceptions import ConnectionError as RedisGone
from redis.exceptions import RedisError, ResponseError

from bot.batching import MOST, Batcher
from tests.bench.proxy import Proxy
from workers.intake import Intake, Taken
from workers.models import Paper
from workers.store.batch import Batch, Call
from workers.store.papers.records import Papers
from workers.store.people.threads import ThreadPlace
from workers.store.server import embedded
from workers.store.server.connection import connect
from workers.words import words

HERE, PAPER, ROOT = "slack:C1", "2601.00001", "100.1"
EN = words("en")
HOUR_S = 3600


class Clock:
    now = 1_769_479_200.25

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def make(env, redis, clock):
    return lambda **more: Intake(redis, env(DIGEST_PROFILE="cv-daily-en", **more), clock)


def dive(intake, event, text=PAPER, person="slack:U1", channel=HERE):
    return intake.deepdive(event, channel=channel, person=person, text=text, reply_to="9.9")


def ask(intake, event, text="why?", person="slack:U1"):
    return intake.ask(event, channel=HERE, person=person, text=text, thread=ROOT, message="9.9")


def together(intake, calls, trips=None):
    """Ask everything at the same moment, on one loop.

    What each call means, or its error.
    """

    async def go():
        with ThreadPoolExecutor(4) as threads:
            gather = Batcher(trips or intake.arrivals.batch, threads)
            return await asyncio.gather(*map(gather.ask, calls), return_exceptions=True)

    return asyncio.run(go())


@pytest.fixture
def watched(redis_dir):
    """A client of the same server behind a proxy, and the commands that it sent."""
    sent = []

    def look(phase, names):
        if phase == "asked":
            sent.extend(names)

    with Proxy(str(embedded.socket_path(redis_dir.absolute())), look=look) as proxy:
        client = connect(proxy.url, retries=0)
        yield client, sent
        client.close()


# -- one trip ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["dive", "ask", "nothing", "too long", "unknown thread"])
def test_a_request_is_one_command(watched, redis, env, clock, kind):
    client, sent = watched
    intake = Intake(client, env(DIGEST_PROFILE="cv-daily-en"), clock)
    intake.threads.put(HERE, ROOT, ThreadPlace(ROOT, PAPER))
    intake.warm()
    calls = {
        "dive": lambda: dive(intake, "e", "2601.00001 2601.00002 2601.00003"),
        "ask": lambda: ask(intake, "e"),
        "nothing": lambda: dive(intake, "e", "no paper"),
        "too long": lambda: ask(intake, "e", "x" * 4001),
        "unknown thread": lambda: intake.ask("e", channel="slack:C2", person="p", text="?", thread="1", message="2"),
    }
    sent.clear()
    taken = intake.now(calls[kind]())
    assert sent == ["EVALSHA"]
    assert len(taken.tasks) == {"dive": 3, "ask": 1}.get(kind, 0)


def test_fifty_people_at_once_are_one_command(watched, env, clock):
    client, sent = watched
    intake = Intake(client, env(DIGEST_PROFILE="cv-daily-en"), clock)
    intake.warm()
    Papers(client).put_papers([Paper(id="2601.00007", title="Old Maps", abstract="a")])
    calls = [dive(intake, f"e{n}", f"2601.{n:05d}", f"slack:U{n}") for n in range(1, 51)]
    sent.clear()
    found = together(intake, calls)
    assert sent.count("EVALSHA") <= 2, "all of them at the same moment"
    assert [t.tasks for t in found] == [(f"dive|e{n}|2601.{n:05d}",) for n in range(1, 51)]
    assert found[6].say == "On it: Old Maps (2601.00007)."
    assert intake.dispatcher.ledger.open_keys() == sorted(key for t in found for key in t.tasks)


def test_more_than_a_trip_holds_go_in_several(make):
    intake = make(DEEPDIVES_PER_HOUR="1000")
    found = together(intake, [dive(intake, f"e{n}") for n in range(2 * MOST + 5)])
    assert len(intake.dispatcher.ledger.open_keys()) == len(found) == 2 * MOST + 5
    assert all(t.tasks for t in found)


def test_a_slow_trip_holds_up_nobody_who_comes_later(make):
    intake = make()
    first, second = threading.Event(), threading.Event()

    class Slow:
        read = staticmethod(Batch.read)

        def send(self, calls):
            if calls[0].args[-2].startswith("dive|e1"):
                first.set()
                assert second.wait(10)
            return intake.arrivals.batch.send(calls)

    async def go():
        with ThreadPoolExecutor(4) as threads:
            gather = Batcher(Slow(), threads)
            one = asyncio.ensure_future(gather.ask(dive(intake, "e1")))
            assert await asyncio.to_thread(first.wait, 10)
            two = await gather.ask(dive(intake, "e2"))
            assert not one.done()
            second.set()
            return await one, two

    assert [t.tasks for t in asyncio.run(go())] == [(f"dive|e1|{PAPER}",), (f"dive|e2|{PAPER}",)]


# -- what fails ----------------------------------------------------------------------------------------------------


def test_a_call_that_fails_fails_alone(make, redis):
    intake = make()
    redis.set("pb:channel:slack:C2", "no hash")
    calls = [dive(intake, "e1"), dive(intake, "e2", channel="slack:C2"), dive(intake, "e3")]
    one, two, three = together(intake, calls)
    assert isinstance(two, ResponseError)
    assert "WRONGTYPE" in str(two)
    assert one.tasks
    assert three.tasks
    assert len(intake.dispatcher.ledger.open_keys()) == 2
    with pytest.raises(ResponseError):
        intake.now(calls[1])


def test_everybody_learns_that_the_store_is_away(make):
    intake = make()
    away = Batch(connect("redis://127.0.0.1:1", retries=0), {"x": "return 1"})
    found = together(intake, [dive(intake, f"e{n}") for n in range(5)], away)
    assert [type(e) for e in found] == [RedisGone] * 5
    assert issubclass(RedisGone, RedisError)


def test_somebody_who_gives_up_takes_nothing_from_the_others(make):
    intake = make()

    async def go():
        with ThreadPoolExecutor(4) as threads:
            gather = Batcher(intake.arrivals.batch, threads)
            tasks = [asyncio.ensure_future(gather.ask(dive(intake, f"e{n}"))) for n in range(3)]
            await asyncio.sleep(0)
            tasks[1].cancel()
            return await asyncio.gather(*tasks, return_exceptions=True)

    one, two, three = asyncio.run(go())
    assert isinstance(two, asyncio.CancelledError)
    assert one.tasks
    assert three.tasks


def test_a_forgotten_script_is_loaded_again(make, redis):
    intake = make()
    assert intake.now(dive(intake, "e1")).tasks
    redis.script_flush()
    assert intake.now(dive(intake, "e2")).tasks


def test_calls_are_done_in_order_and_use_each_other(redis):
    trips = Batch(redis, {"add": "return redis.call('RPUSH', KEYS[1], ARGV[1])", "twice": "return f.add(KEYS, ARGV)"})
    calls = [Call("twice" if n % 2 else "add", ["pb:x"], [n], int) for n in range(6)]
    assert [trips.read(c, r) for c, r in zip(calls, trips.send(calls), strict=True)] == [1, 2, 3, 4, 5, 6]
    assert redis.lrange("pb:x", 0, -1) == [b"%d" % n for n in range(6)]
    assert trips.one(calls[0].then(lambda n: n * 10)) == 70


# -- counted once --------------------------------------------------------------------------------------------------


def test_a_command_beyond_the_limit_counts_nothing(make):
    intake = make(DEEPDIVES_PER_HOUR="4")
    assert len(intake.now(dive(intake, "e1", "2601.00001 2601.00002 2601.00003")).tasks) == 3
    assert intake.now(dive(intake, "e2", "2601.00004 2601.00005")) == Taken(EN.say("limit_dive", limit=4), refused=True)
    assert intake.now(dive(intake, "e3", "2601.00006")).tasks, "what was refused did not count"
    assert intake.now(dive(intake, "e4", "2601.00007")) == Taken(refused=True)


def test_the_same_event_twice_in_one_trip_counts_once(make):
    intake = make(DEEPDIVES_PER_HOUR="2")
    one, two, three, four = together(intake, [dive(intake, event) for event in ("e1", "e1", "e2", "e3")])
    assert one == two
    assert three.tasks
    assert four.refused
    assert len(intake.dispatcher.ledger.open_keys()) == 2


def test_an_event_that_comes_again_after_the_hour_is_not_counted_again(make, clock):
    intake = make(DEEPDIVES_PER_HOUR="1", QUESTIONS_PER_HOUR="1")
    intake.threads.put(HERE, ROOT, ThreadPlace(ROOT, PAPER))
    before = [intake.now(dive(intake, "e1")), intake.now(ask(intake, "q1"))]
    clock.now += HOUR_S + 1
    assert [intake.now(dive(intake, "e1")), intake.now(ask(intake, "q1"))] == before
    assert intake.now(dive(intake, "e2")).tasks
    assert intake.now(ask(intake, "q2")).tasks


# -- what stands in the ledger -------------------------------------------------------------------------------------

ODD = '"}],\\ \u2028 中文 {"place": 1} \ud800 \x00 %s'


def test_odd_words_are_kept_as_they_are(make):
    intake = make()
    intake.threads.put(HERE, ROOT, ThreadPlace(ROOT, PAPER, 2, "cv-daily-zh"))
    (task,) = intake.now(ask(intake, "q", ODD)).tasks
    data = intake.dispatcher.ledger.get(task).data
    assert data["text"] == ODD
    assert data["place"] == ThreadPlace(ROOT, PAPER, 2, "cv-daily-zh").known
    assert intake.dispatcher.ledger.get(task).due == intake.clock()


@pytest.mark.parametrize("raw", ["", "no json", "[]", json.dumps({"title": 7}), json.dumps({"title": None}), "\xff"])
def test_a_record_that_makes_no_sense_has_no_title(make, redis, raw):
    intake = make()
    redis.set(f"pb:paper:{PAPER}", raw.encode("latin-1"))
    assert intake.now(dive(intake, "e")).say == f"On it: {PAPER}."
