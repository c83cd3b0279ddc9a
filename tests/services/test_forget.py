"""`/digest forget-me`.

After it, nothing in the whole store names the person, and other people's things are there.
"""

import json
import time
from datetime import date

from workers import jobs
from workers.intake import Intake
from workers.library.citing import CitationRequest
from workers.models.library import LibraryEntry
from workers.store.channels.settings import Channels
from workers.store.forget import Forgetting
from workers.store.library.index import Library
from workers.store.library.saved import Saved
from workers.store.people.threads import ThreadPlace, Threads, Turn
from workers.store.people.votes import People
from workers.store.server.connection import key as k
from workers.store.tasks.ledger import Ledger

HERE, ME, YOU = "slack:C1", "slack:U1", "slack:U12"


def everything(redis):
    """Every key with its value, as text."""
    for raw in redis.scan_iter("*"):
        name, kind = raw.decode(), redis.type(raw).decode()
        read = {
            "string": redis.get, "hash": redis.hgetall, "set": redis.smembers,
            "zset": lambda n: redis.zrange(n, 0, -1), "list": lambda n: redis.lrange(n, 0, -1),
        }[kind]  # fmt: skip
        yield f"{name} = {read(raw)}"


def lived(redis, env, person, n):
    """Everything that a person can leave behind."""
    intake = Intake(redis, env(DIGEST_PROFILE="cv-daily-en"), time.time)
    who = People(redis).hashed(person)
    People(redis).vote(HERE, "2601.00001", person, True, f"e{n}")
    Saved(redis).toggle(HERE, "2601.00001", who, 1.0)
    Threads(redis).put(HERE, "1.1", ThreadPlace("1.1", "2601.00001", 1, "cv-daily-en"))
    intake.now(
        intake.ask(f"slack|T1|C1|{n}", channel=HERE, person=person, text=f"Secret {n}?", thread="1.1", message="1.2")
    )
    Threads(redis).add(HERE, "1.1", f"ask|{n}", Turn(f"Secret {n}?", f"Answer {n}."))
    entry = LibraryEntry(kind="talk", paper="2601.00001", title="A", date=date(2026, 1, 1), message="1.1",
                  question=f"Secret {n}?", answer=f"Answer {n}.", who=who)  # fmt: skip
    Library(redis).add(HERE, entry, f"talk:2601.00001|{n}")
    Channels(redis).subscribe(HERE, None, person)
    Threads(redis).put(person, "7", ThreadPlace("7", "2601.00002"))
    redis.hset(k("delivery", f"ask|{n}"), mapping={"channel": HERE, "by": person, "order": "[]"})
    return who


def test_nothing_of_a_person_is_left_and_all_of_others(redis, env):
    who, other = lived(redis, env, ME, 1), lived(redis, env, YOU, 2)
    before = [line for line in everything(redis) if other in line or YOU in line]
    assert [line for line in everything(redis) if who in line]
    Forgetting(redis, ME, who).run()
    intake = Intake(redis, env(DIGEST_PROFILE="cv-daily-en"), time.time)
    intake.forget(CitationRequest("slack:D1", ME, "e9"))
    jobs.forget("forget|e9", 1)
    assert Ledger(redis).get("forget|e9").state == "done"
    left = (who, "Secret 1", "Answer 1", f"{ME}'", f'{ME}"', f"{ME} ", f"{ME}:")
    assert [line for line in everything(redis) if any(sign in line for sign in left)] == []
    assert not [line for line in everything(redis) if line.split(" = ")[0].endswith(ME)]
    assert len([line for line in everything(redis) if other in line or YOU in line]) == len(before)
    assert "Secret 2?" in json.dumps([vars(turn) for turn in Threads(redis).turns(HERE, "1.1")])
    assert not Library(redis).stale(HERE)
    assert Ledger(redis).get("ask|slack|T1|C1|1").data["text"] == ""
