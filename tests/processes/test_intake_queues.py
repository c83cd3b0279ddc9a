"""What people ask for.

What the clock starts and what is posted do not wait for each other, with real workers.
"""

import time
from datetime import date

import pytest
from rq import Worker
from slack_sdk import WebClient

from tests.processes.test_workers import Crew
from tests.waiting import until
from tests.world import CHANNEL, World
from workers.intake import Intake
from workers.queueing.dispatcher import Dispatcher
from workers.queueing.kinds import QUEUES
from workers.store.people.threads import ThreadPlace, Threads
from workers.store.tasks.ledger import Ledger

ONE, OTHERS, HOME = "2601.99901", ("2601.99902", "2601.99903", "2601.99904"), f"slack:{CHANNEL}"


@pytest.fixture
def world(tmp_path, redis_url):
    with World(tmp_path, redis_url, key=True, TELEGRAM_CHATS="", DIGEST_PROFILE="cv-daily-en") as found:
        found.serve_sample()
        yield found


@pytest.fixture
def crew(world, redis):
    made = Crew(world)
    for words in [("scheduler",), *[("worker", "--queue", queue) for queue in QUEUES]]:
        made.start(*words)
    until(lambda: len(Worker.all(connection=redis)) == len(QUEUES), "workers")
    yield made
    for process in made.running:
        process.kill()
        process.wait()


@pytest.fixture
def intake(world, redis, env):
    return Intake(redis, env(SLACK_BOT_TOKEN="xoxb-test", DIGEST_PROFILE="cv-daily-en"), time.time)


def dive(intake, text):
    asked = intake.deepdive(f"slack|T|C|{text}", channel=HOME, person="slack:U0ALICE", text=text)
    return intake.now(asked).tasks


def ask(intake, world, words):
    client = WebClient(world.slack.bot_token, base_url=world.slack.api_url)
    root = str(client.chat_postMessage(channel=CHANNEL, text="a paper")["ts"])
    intake.threads.put(HOME, root, ThreadPlace(root, ONE, None, "cv-daily-en"))
    about = {"channel": HOME, "person": "slack:U0ALICE", "thread": root, "message": root}
    return root, intake.now(intake.ask(f"slack|T|C|{words}", text=words, **about)).tasks


def state(redis, task):
    found = Ledger(redis).get(task)
    return found.state if found else None


def test_a_question_is_answered_and_a_digest_made_while_deep_dives_run(world, crew, intake, redis):
    world.model.fail("hang", times=100, task="deepdive")
    dives = dive(intake, " ".join(OTHERS))
    until(lambda: world.model.asked("deepdive"), "a deep dive to hang at the model")
    root, (question,) = ask(intake, world, "how many steps?")
    until(lambda: state(redis, question) == "done", "the answer")
    assert len(Threads(redis).turns(HOME, root)) == 1
    order = {"channel": HOME, "profile": "cv-daily-en", "day": "2026-01-24", "sample": True}
    Dispatcher(redis).open("digest|now", "digest-now", order | {"channel": "slack:C0OTHER"})
    Dispatcher(redis).open("digest|clock", "digest", order)
    until(lambda: world.model.asked("score"), "the clock's digest to begin")
    assert {state(redis, task) for task in dives} == {"open"}, "all of them still at it"


def test_a_deep_dive_is_written_while_questions_hang(world, crew, intake, redis):
    world.model.fail("hang", times=100, task="answer")
    _, (question,) = ask(intake, world, "how many steps?")
    until(lambda: world.model.asked("answer"), "the question to hang at the model")
    (task,) = dive(intake, ONE)
    until(lambda: state(redis, task) == "done", "the deep dive")
    assert state(redis, question) == "open"


def test_a_digest_asked_for_in_chat_is_finished_by_the_command(world, redis, intake):
    day = date(2026, 1, 24)
    slot = intake.target(HOME).slot(day) + "|sample"
    order = intake.target(HOME).order(day) | {"sample": True}
    Dispatcher(redis).open(slot, "digest-now", order)
    (made,) = world.digest("--sample", "--date", day.isoformat())
    assert made["digest"]["picks"]
    assert (state(redis, slot), Ledger(redis).get(slot).kind) == ("done", "digest-now")
