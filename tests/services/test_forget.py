"""`/digest forget-me`.

After it, nothing in the whole store names the person, and other people's things are there.
"""

import re
import time

import pytest

from workers import jobs
from workers.conversations.messages import post
from workers.conversations.question import note_talk
from workers.intake import Intake
from workers.intake.topic_setup import Setup
from workers.library.citing import CitationRequest
from workers.models import Part
from workers.store.channels.memory import Memory
from workers.store.forget import Forgetting
from workers.store.library.index import Library
from workers.store.people.threads import ThreadPlace, Threads, Turn
from workers.store.people.votes import People
from workers.store.tasks.ledger import Ledger
from workers.store.tasks.progress import Progress, Step
from workers.words import words

EN, PAPER = words("en"), "2601.00001"


def everything(redis):
    """Every key with its value, as text."""
    for raw in redis.scan_iter("*"):
        name, kind = raw.decode(), redis.type(raw).decode()
        read = {
            "string": redis.get, "hash": redis.hgetall, "set": redis.smembers,
            "zset": lambda n: redis.zrange(n, 0, -1), "list": lambda n: redis.lrange(n, 0, -1),
        }[kind]  # fmt: skip
        yield f"{name} = {read(raw)}"


def lived(redis, env, here, person, own, event, n):
    """Everything that a person can leave behind.

    `own`: their chat with the bot; `event`: what an event there begins with.
    """
    intake = Intake(redis, env(DIGEST_PROFILE="cv-daily-en"), time.time)
    who, asks = People(redis).hashed(person), f"Xanthic{n} gauges?"
    intake.vote(channel=here, paper=PAPER, person=person, up=True, event=f"e{n}")
    intake.menu.judge(here, "2601.00003", person, "more", EN)
    intake.saving.toggle(here, PAPER, person, EN)
    intake.follow(here, "Ada Lovelace")
    intake.subscribe(channel=here, person=person)
    intake.digest_now(channel=here, person=person)
    for place, root in ((here, f"1.{n}"), (own, f"7{n}")):
        Threads(redis).put(place, root, ThreadPlace(root, PAPER, 1, "cv-daily-en"))
        head = event if place == own else f"slack|T1|C1|{n}"
        (asked,) = intake.now(
            intake.ask(f"{head}_1|deepen", channel=place, person=person, text=asks, thread=root, message=f"2{n}")
        ).tasks
        data = Ledger(redis).get(asked).data
        Threads(redis).add(place, root, asked, Turn(asks, f"Answer ochre{n}."))
        note_talk(redis, asked, place, data, ThreadPlace(**data["place"]), "A", f"Answer ochre{n}.")
        post(redis, asked, place, [Part(key="answer", payload={"text": f"Answer ochre{n}."})], None, person)
        Memory(redis).keep_result(f"{asked}|live", f"3{n}")
        Progress(redis, asked).tell(Step("read"))
        intake.edited(place, f"2{n}", f"Xanthic{n} edited?", edit="5", at=time.time())
    intake.now(intake.command(f"{event}_2", channel=here, person=person, text=f"Deep Xanthic{n} nets for light"))
    intake.citing.command(PAPER, CitationRequest(own, person, f"{event}_3"), intake.target(own), EN)
    post(redis, f"cite|{event}_3", own, [Part(key="cite", payload={"text": "@misc"})], None, person)
    post(redis, f"op|subscriber|{here}|{n}", person, [Part(key="line", payload={"text": f"of {person}"})], None)
    setup = Setup(intake)
    for name in ("begun", "saved"):
        draft = setup.begin(here, person)
        setup.give(draft, {"text": f"Xanthic{n} {name}", "interests": [f"xanthic{n}"]})
        setup.propose(draft)
        Memory(redis).keep_result(draft.task, {"interests": [f"xanthic{n}"]})
        setup.preview(draft)
        setup.drafts.await_(here, person, f"{draft.id} text")
    setup.drafts.drop(draft)
    return who


@pytest.mark.parametrize(
    ("me", "mine", "event", "you", "yours", "other"),
    [
        ("slack:U1", "slack:D1", "slack|T1|D1|1", "slack:U12", "slack:D12", "slack|T1|D12|1"),
        ("telegram:4242", "telegram:4242", "telegram|99|4242", "telegram:42421", "telegram:42421", "telegram|99|42421"),
    ],
)
def test_nothing_of_a_person_is_left_and_all_of_others(redis, env, me, mine, event, you, yours, other):
    here = f"{me.partition(':')[0]}:-100" if me.startswith("telegram") else "slack:C1"
    who, theirs = lived(redis, env, here, me, mine, event, 1), lived(redis, env, here, you, yours, other, 2)
    of_others = re.compile(rf"{theirs}|{you}|{yours}|{re.escape(other)}|(?i:xanthic2|ochre2)")
    before = [line for line in everything(redis) if of_others.search(line)]
    assert [line for line in everything(redis) if who in line]
    Forgetting(redis, me, who).run()
    intake = Intake(redis, env(DIGEST_PROFILE="cv-daily-en"), time.time)
    intake.forget(CitationRequest(mine, me, f"{event}|9"))
    (task,) = (key for key in Ledger(redis).open_keys() if key.startswith("forget|"))
    jobs.forget(task, 1)
    assert Ledger(redis).get(task).state == "done"
    left = re.compile(rf"{who}|\b(?:{me}|{mine})\b|{re.escape(event)}[_|]|(?i:xanthic1|ochre1)")
    assert [line for line in everything(redis) if left.search(line)] == []
    assert len([line for line in everything(redis) if of_others.search(line)]) == len(before)
    assert [turn.question for turn in Threads(redis).turns(here, "1.2")] == ["Xanthic2 gauges?"]
    assert not Library(redis).stale(here)
    (found,) = intake.finding.find("xanthic2", [here])
    assert found.entry.answer == "Answer ochre2."
    assert intake.finding.find("xanthic1", [here]) == []
    gone = Ledger(redis).get("ask|slack|T1|C1|1_1|deepen")
    assert (gone.data["text"], gone.state, gone.error) == ("", "skipped", "withdrawn")
