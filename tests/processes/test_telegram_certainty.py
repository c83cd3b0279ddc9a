"""Telegram cannot be asked what arrived.

Each way of living with that, wherever a delivery is cut off.
"""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.doubles.telegram import TelegramDouble
from tests.processes.test_workers import Crew, child_of
from tests.services.test_delivery_slack import Run
from tests.services.test_delivery_telegram import CHAT, FORUM, PARTS, TOPIC, WORDS, text
from tests.waiting import until
from tests.world import World
from workers.models import Part
from workers.queueing.dispatcher import Dispatcher
from workers.store.delivery.outbox import Outbox
from workers.store.people.threads import Threads

LINE = "⏳ preparing"
MARK = "possibly repeated"


class Held(Run):
    """A delivery that has a placeholder."""

    def __init__(self, redis, settings, parts=PARTS, channel=f"telegram:{CHAT}", name="digest|x"):
        super().__init__(redis, settings, parts, channel, name)
        with redis.pipeline() as pipe:
            self.outbox.put(pipe, name, channel, parts, self.now[0], placeholder=LINE)
            pipe.execute()


@pytest.fixture
def telegram():
    with TelegramDouble(pace=False) as double:
        yield double


@pytest.fixture
def settings(env, telegram):
    names = {"TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url, "DIGEST_PROFILE": "cv-daily-en"}
    return env(**names, TELEGRAM_UNCERTAIN="placeholder")


@pytest.fixture
def run(redis, settings):
    return Held(redis, settings)


def shown(telegram, chat=CHAT):
    return [m["text"] for m in telegram.messages(chat, deleted=False, mine=True)]


def rows(run):
    return {row.key: row for row in run.outbox.rows(run.name)}


# -- placeholder, then edit ------------------------------------------------------------------------------------------


def test_a_digest_is_edited_into_silent_placeholders_part_by_part(run, telegram):
    run.drain()
    assert shown(telegram) == WORDS
    asked = [(e.path.rpartition("/")[2], e.data["text"]) for e in telegram.calls("*") if e.accepted]
    assert asked == [pair for words in WORDS for pair in (("sendMessage", LINE), ("editMessageText", words))]
    assert all(m["disable_notification"] for m in telegram.messages(CHAT))
    assert run.states() == ["sent"] * 4


def test_threads_buttons_and_the_paper_of_a_message_survive_the_edit(redis, settings, telegram):
    keyboard = {"inline_keyboard": [[{"text": "Deep dive", "callback_data": "dive:2601.00001"}]]}
    about = {"paper": "2601.00001", "version": 1, "profile": "cv-daily-en"}
    parts = [
        Part(key="pick:1", payload=text("paper one") | {"reply_markup": keyboard}, about=about),
        Part(key="pick:1:1", parent="pick:1", payload=text("more of one"), about=about),
    ]
    Held(redis, settings, parts, f"telegram:{FORUM}/{TOPIC}").drain()
    head, more = telegram.messages(FORUM)
    assert (head["text"], more["text"]) == ("paper one", "more of one")
    assert {head["message_thread_id"], more["message_thread_id"]} == {TOPIC}
    assert more["reply_to"] == head["message_id"]
    assert head["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "dive:2601.00001"
    for message in (head, more):
        place = Threads(redis).find(f"telegram:{FORUM}", str(message["message_id"]))
        assert (place.paper, place.root) == ("2601.00001", str(head["message_id"]))


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_lost_answer_to_a_placeholder_costs_at_most_a_stray_line(run, telegram, drop):
    telegram.fault("*/sendMessage", drop=drop)
    run.drain()
    assert run.states() == ["sent"] * 4
    assert [words for words in shown(telegram) if words != LINE] == WORDS
    assert shown(telegram).count(LINE) == (drop == "after")


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_lost_answer_to_the_edit_costs_nothing(run, telegram, drop):
    telegram.fault("*/editMessageText", drop=drop)
    run.drain()
    assert (shown(telegram), run.states()) == (WORDS, ["sent"] * 4)


def test_a_placeholder_that_somebody_deleted_does_not_take_the_text_with_it(run, telegram):
    telegram.fault("*/editMessageText", status=500, body={"ok": False, "error_code": 500, "description": "no"})
    run.once()
    telegram.chat(CHAT).messages[1]["deleted"] = True
    run.now[0] += 60
    run.drain()
    assert (shown(telegram), run.states()) == (WORDS, ["sent"] * 4)


def test_a_text_that_is_refused_leaves_no_placeholder_and_the_rest_goes_on(run, telegram):
    body = {"ok": False, "error_code": 400, "description": "Bad Request: MESSAGE_TOO_LONG"}
    telegram.fault("*/editMessageText", status=400, body=body, times=2)
    run.drain()
    assert shown(telegram) == WORDS[1:]
    assert run.states() == ["dead", "sent", "sent", "sent"]
    run.outbox.revive(run.name)  # its message is gone: it is sent anew
    run.drain()
    assert sorted(shown(telegram)) == sorted(WORDS)


def test_what_was_edited_once_and_then_deleted_by_hand_is_not_posted_again(run, telegram):
    run.drain()
    telegram.chat(CHAT).messages[2]["deleted"] = True
    better = [Part(key=p.key, parent=p.parent, payload=text(p.payload["text"] + "!")) for p in PARTS]
    run.outbox.revise(run.name, better)
    run.drain()
    assert shown(telegram) == [w + "!" for w in WORDS if w != "paper one"]
    assert run.states() == ["sent", "deleted", "sent", "sent"]
    assert run.outbox.trouble() == []


def test_a_run_that_lost_its_turn_takes_its_own_placeholder_away(run, telegram):
    """A request of a run whose lease ended is accepted after another run has posted."""

    def overtaken(phase, entry):
        if phase == "accepted" and not taken:
            taken.append(entry)
            other = Outbox(run.outbox.redis)
            assert other.claim(run.name, "quick", 9, 0, "placeholder") == "stray"
            other.finish(run.name, "quick", 9, "sent", 0, msg="777", take=True, how="text")

    taken = []
    telegram.phase_hook = overtaken
    run.once()
    assert shown(telegram) == []
    assert rows(run)["quick"].msg == "777"


# -- a digest rings once: its head with its text, the rest silent ---------------------------------------------------


@pytest.fixture
def ringing(redis, env, settings):
    """A digest as it is sent by default: only its head rings."""
    silent = [p.model_copy(update={"payload": p.payload | {"disable_notification": True}}) for p in PARTS[1:]]
    return Held(redis, env(TELEGRAM_UNCERTAIN="auto"), [PARTS[0], *silent])


def rung(telegram):
    return [m["text"] for m in telegram.messages(CHAT, mine=True) if not m["disable_notification"]]


def test_only_the_head_rings_and_it_comes_with_its_text(ringing, telegram):
    ringing.drain()
    assert (shown(telegram), ringing.states()) == (WORDS, ["sent"] * 4)
    assert rung(telegram) == WORDS[:1]
    asked = [(e.path.rpartition("/")[2], e.data["text"]) for e in telegram.calls("*") if e.accepted]
    assert asked[0] == ("sendMessage", WORDS[0]), "no placeholder is seen in a notification"
    rest = [pair for words in WORDS[1:] for pair in (("sendMessage", LINE), ("editMessageText", words))]
    assert asked[1:] == rest


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_lost_answer_to_the_head_never_rings_twice_and_costs_no_paper(ringing, telegram, drop):
    telegram.fault("*/sendMessage", drop=drop)
    ringing.drain()
    assert ringing.states() == ["uncertain", "sent", "sent", "sent"]
    assert shown(telegram) == (WORDS if drop == "after" else WORDS[1:])
    assert len(rung(telegram)) <= 1
    assert [row.key for row in ringing.outbox.trouble()] == ["quick"], "the operator is told, and decides"


def test_a_head_that_an_older_version_had_begun_as_a_placeholder_gets_its_text(ringing, telegram):
    number = telegram._store(telegram.chat(CHAT), True, text=LINE, disable_notification=True)["message_id"]
    ringing.outbox.claim(ringing.name, "quick", 0, 0, "placeholder")
    ringing.outbox.finish(ringing.name, "quick", 0, "edit", 0, msg=str(number))
    ringing.drain()
    assert (shown(telegram), ringing.states()) == (WORDS, ["sent"] * 4)


# -- the other two ways ----------------------------------------------------------------------------------------------


def test_at_most_once_is_chosen_by_a_setting_for_digests_too(redis, env, settings, telegram):
    run = Held(redis, env(TELEGRAM_UNCERTAIN="ask"))
    telegram.fault("*/sendMessage", drop="after")
    run.drain()
    assert run.states() == ["uncertain", "sent", "sent", "sent"]
    assert shown(telegram) == WORDS


def test_an_answer_that_comes_late_settles_what_was_held_for_uncertain(redis, env, settings, telegram):
    run = Held(redis, env(TELEGRAM_UNCERTAIN="ask"))
    run.outbox.claim(run.name, "quick", 1, 0)
    run.fence = 1
    run.drain()
    assert run.states()[0] == "uncertain"
    assert run.outbox.finish(run.name, "quick", 1, "sent", 0, msg="55", rev="2")
    assert (rows(run)["quick"].state, rows(run)["quick"].msg) == ("sent", "55")
    assert run.outbox.trouble() == []


@pytest.mark.parametrize("drop", ["before", "after"])
def test_at_least_once_says_of_the_second_that_it_may_be_one(redis, env, settings, telegram, drop):
    bold = {"type": "bold", "offset": 0, "length": 5}
    run = Held(
        redis, env(TELEGRAM_UNCERTAIN="repeat"), [Part(key="quick", payload=text("quick 📰") | {"entities": [bold]})]
    )
    telegram.fault("*/sendMessage", drop=drop)
    run.drain()
    first, last = shown(telegram)[:-1], telegram.messages(CHAT)[-1]
    assert first == (["quick 📰"] if drop == "after" else [])
    head, _, rest = last["text"].partition("\n")
    assert MARK in head.lower()
    assert rest == "quick 📰"
    assert [e["offset"] for e in last["entities"]] == [len(f"{head}\n".encode("utf-16-le")) // 2]
    assert run.states() == ["sent"]


def test_the_mark_is_in_the_channel_s_language(redis, env, settings, telegram):
    run = Held(redis, env(TELEGRAM_UNCERTAIN="repeat"), PARTS[:1])
    run.deliverer.channels.change(f"telegram:{CHAT}", {"language": "zh"})
    telegram.fault("*/sendMessage", drop="after")
    run.drain()
    assert "可能重复" in shown(telegram)[-1]


def test_a_setting_that_changes_on_the_way_never_repeats_a_text(redis, env, settings, telegram):
    run = Held(redis, env(TELEGRAM_UNCERTAIN="ask"), PARTS[:1])
    run.outbox.claim(run.name, "quick", 1, 0)
    run.fence = 1
    run.deliverer.settings = env(TELEGRAM_UNCERTAIN="auto")
    run.drain()
    assert (run.states(), shown(telegram)) == (["uncertain"], [])


# -- the crash matrix, with real workers -----------------------------------------------------------------------------

EXPECTED = {
    # way -> request cut off, phase -> (copies of the text, placeholders left, state)
    "ask": {
        ("sendMessage", "headers"): (0, 0, "uncertain"),
        ("sendMessage", "accepted"): (1, 0, "uncertain"),
        ("sendMessage", "replied"): (1, 0, "uncertain"),
    },
    "placeholder": {
        ("sendMessage", "headers"): (1, 0, "sent"),
        ("sendMessage", "accepted"): (1, 1, "sent"),
        ("editMessageText", "headers"): (1, 0, "sent"),
        ("editMessageText", "accepted"): (1, 0, "sent"),
    },
    "repeat": {
        ("sendMessage", "headers"): (1, 0, "sent"),
        ("sendMessage", "accepted"): (2, 0, "sent"),
    },
}


@pytest.mark.timeout(300)
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for child processes in /proc")
@pytest.mark.parametrize("way", EXPECTED)
def test_killed_at_each_point(tmp_path, redis_url, redis, way):
    with World(tmp_path, redis_url, TELEGRAM_UNCERTAIN=way) as world:
        crew = Crew(world)
        try:
            worker = crew.start("worker", "--queue", "delivery")
            crew.start("scheduler")
            found = {case: _cut_off(world, redis, worker, f"digest|{n}", *case) for n, case in enumerate(EXPECTED[way])}
        finally:
            for process in crew.running:
                process.kill()
                process.wait()
    assert found == EXPECTED[way]


def _cut_off(world, redis, worker, name, method, phase):
    killed = []

    def kill(now, entry):
        if not killed and now == phase and entry.path.endswith(method):
            killed.append(until(lambda: child_of(worker), "a child")[0])
            os.kill(killed[0], signal.SIGKILL)
            until(lambda: killed[0] not in child_of(worker), "its end")

    said, line = f"text of {name}", f"{LINE} {name}"
    chat = world.telegram.add_chat(-1001000001000 - len(name) - int(name[-1]), type="channel", title=name)
    world.telegram.phase_hook = kill
    world.telegram.faults.clear()  # a request that came in two pieces did not live to meet its fault
    if phase == "headers":  # the request does not arrive
        world.telegram.fault(f"*/{method}", drop="before")
    with redis.pipeline() as pipe:
        parts = [Part(key="quick", payload=text(said))]
        Outbox(redis).put(pipe, name, f"telegram:{chat.id}", parts, time.time(), placeholder=line)
        pipe.execute()
    dispatcher = Dispatcher(redis)
    dispatcher.open(f"delivery|{name}", "delivery", {"delivery": name})
    until(lambda: dispatcher.ledger.get(f"delivery|{name}").state == "done", f"the end of {name} ({method} {phase})")
    assert killed, json.dumps([e.path for e in world.telegram.calls("*")])
    texts = [m["text"] for m in world.telegram.messages(chat.id, deleted=False)]
    state = Outbox(redis).rows(name)[0].state
    return sum(said in t for t in texts), texts.count(line), state
