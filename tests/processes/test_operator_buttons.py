"""A message that may not have arrived, from the kill to the press of a button.

Real processes, both platforms.
"""

import os
import signal
import time

import pytest

from tests.processes.test_workers import Crew, child_of
from tests.waiting import until
from tests.world import CHAT, World
from workers.models import Part
from workers.queueing.dispatcher import Dispatcher
from workers.store.delivery.outbox import Outbox

OPS, OPS_CHAT, WORDS = "C0OPS", -1001000000009, "the answer to a question"


@pytest.fixture(params=["slack", "telegram"])
def world(request, tmp_path, redis_url):
    where = {"slack": f"slack:{OPS}", "telegram": f"telegram:{OPS_CHAT}"}[request.param]
    with World(tmp_path, redis_url, OPERATOR_CHANNEL=where, DIGEST_PROFILE="cv-daily-en") as world:
        world.slack._channels[OPS] = type(world.slack.channel("C0DIGEST"))(OPS, "ops")
        world.telegram.add_chat(OPS_CHAT, type="supergroup", title="Ops", admins={4242})
        world.env["SLACK_APP_TOKEN"] = world.slack.app_token
        yield world


@pytest.fixture
def crew(world):
    made = Crew(world)
    yield made
    for process in made.running:
        process.kill()
        process.wait()


def lines(world):
    if world.env["OPERATOR_CHANNEL"].startswith("slack"):
        return [m for m in world.slack.messages(OPS) if "worker" not in m["text"]]
    return [m for m in world.telegram.messages(OPS_CHAT, mine=True) if "worker" not in m["text"]]


def press(world, does):
    """Press a button of the first line; what the person was told."""
    line = lines(world)[0]
    if world.env["OPERATOR_CHANNEL"].startswith("slack"):
        world.slack.ack_of(world.slack.play_action(does, OPS, line["ts"]))
        return until(lambda: world.slack.ephemerals, "an answer")[-1]["text"]
    (data,) = [
        b["callback_data"] for b in line["reply_markup"]["inline_keyboard"][0] if b["callback_data"].startswith(does)
    ]
    query = world.telegram.play_callback(OPS_CHAT, line["message_id"], data)["callback_query"]["id"]
    return until(lambda: world.telegram.callbacks[query]["answer"], "an answer")["text"]


def copies(world):
    return [m["text"] for m in world.telegram.messages(CHAT)].count(WORDS)


def test_told_at_once_pressed_once_posted_once_and_over(world, crew, redis):
    killed = []

    def kill(phase, entry):
        if phase == "accepted" and b"answer" in entry.body and not killed:
            killed.append(until(lambda: child_of(worker), "a child")[0])
            os.kill(killed[0], signal.SIGKILL)
            until(lambda: killed[0] not in child_of(worker), "its end")

    world.telegram.phase_hook = kill
    worker = crew.start("worker", "--queue", "delivery")
    crew.start("scheduler")
    crew.start(world.env["OPERATOR_CHANNEL"].partition(":")[0])
    with redis.pipeline() as pipe:
        Outbox(redis).put(pipe, "ask|1", f"telegram:{CHAT}", [Part(key="answer", payload={"text": WORDS})], time.time())
        pipe.execute()
    Dispatcher(redis).send("ask|1")
    until(lambda: lines(world), "a line to the operator")
    assert (copies(world), len(killed)) == (1, 1)
    assert "Uncertain" in lines(world)[0]["text"]
    if world.env["OPERATOR_CHANNEL"].startswith("slack"):
        world.slack.wait_connected()
    else:
        until(lambda: world.telegram.calls("*/getUpdates"), "a listener")
    assert press(world, "op_again") == "Posted again."
    until(lambda: copies(world) == 2, "the second copy")
    until(lambda: len(lines(world)) == 2, "the line that it is over")
    assert "Settled" in lines(world)[1]["text"]
    until(lambda: "Posted again." in lines(world)[0]["text"], "the mark on the line")
    assert world.telegram.warnings() == []
    assert copies(world) == 2
