"""Questions of one thread are answered one after another.

In the order in which they came, by several real workers.
"""

import json
import time

import pytest
from rq import Worker
from slack_sdk import WebClient

from tests.processes.test_workers import Crew
from tests.waiting import until
from tests.world import CHANNEL, World
from workers.intake import Intake
from workers.store.people.threads import ThreadPlace, Threads
from workers.store.tasks.ledger import OPEN, Ledger

PAPER, HOME = "2601.99901", f"slack:{CHANNEL}"
WORKERS = 3


@pytest.fixture
def world(tmp_path, redis_url):
    with World(tmp_path, redis_url, key=True, TELEGRAM_CHATS="") as found:
        found.serve_sample()
        yield found


@pytest.fixture
def crew(world, redis):
    made = Crew(world)
    for words in [("scheduler",), ("worker", "--queue", "delivery"), *[("worker", "--queue", "interactive")] * WORKERS]:
        made.start(*words)
    until(lambda: len(Worker.all(connection=redis)) == WORKERS + 1, "workers")
    yield made
    for process in made.running:
        process.kill()
        process.wait()


@pytest.fixture
def ask(world, redis, env):
    intake = Intake(redis, env(QUESTIONS_PER_HOUR="100"), time.time)
    client = WebClient(world.slack.bot_token, base_url=world.slack.api_url)
    roots = {}

    def one(thread, words):
        if thread not in roots:
            roots[thread] = root = str(client.chat_postMessage(channel=CHANNEL, text=f"paper of {thread}")["ts"])
            Threads(redis).put(HOME, root, ThreadPlace(root, PAPER, None, "cv-daily-en"))
        root = roots[thread]
        about = {"channel": HOME, "person": "slack:U0ALICE", "thread": root, "message": root}
        (task,) = intake.now(intake.ask(f"slack|T|C|{thread}|{words}", text=words, **about)).tasks
        return task

    one.roots = roots
    return one


def answered(redis, root):
    return [turn.question for turn in Threads(redis).turns(HOME, root)]


def posted(world, root):
    return [m for m in world.slack.thread(CHANNEL, root)[1:] if m.get("bot_id")]


def put_to_the_model(world, words):
    """Which of these words stood in each prompt, in the order of the prompts."""
    prompts = [json.dumps(vars(asked), default=str) for asked in world.model.asked("answer")]
    return [[w for w in words if w in prompt] for prompt in prompts]


def test_each_question_waits_for_the_answer_before_it(world, crew, ask, redis):
    words = [f"marker{n}x" for n in range(6)]
    world.model.first_token_seconds = 0.2
    for word in words:
        ask("one", word)
    until(lambda: len(answered(redis, ask.roots["one"])) == len(words), "all answers")
    assert answered(redis, ask.roots["one"]) == words
    assert put_to_the_model(world, words) == [words[: n + 1] for n in range(len(words))], "earlier turns are context"


def test_a_killed_worker_holds_up_its_own_thread_only_and_no_answer_overtakes(world, crew, ask, redis):
    world.model.fail("hang", times=1, task="answer")
    first = ask("one", "alpha1")
    until(lambda: len(world.model.asked("answer")) == 1, "the question to hang at the model")
    for thread, word in (("one", "alpha2"), ("two", "beta1"), ("one", "alpha3"), ("two", "beta2")):
        ask(thread, word)
    until(lambda: len(answered(redis, ask.roots["two"])) == 2, "the other thread's answers")
    assert put_to_the_model(world, ["alpha1", "alpha2", "alpha3"]) == [["alpha1"], [], []]

    def at_work():
        return [worker for worker in Worker.all(connection=redis) if worker.get_state() == "busy"]

    until(lambda: len(at_work()) == 1, "all others to have ended")
    (busy,) = at_work()
    (process,) = [process for process in crew.running if process.pid == busy.pid]
    process.kill()
    process.wait()
    ledger = Ledger(redis)
    assert ledger.get(first).state == "open"
    redis.hset(f"pb:task:{first}", "lease", 1)  # its lease ends
    redis.zadd(OPEN, {first: 1})
    ledger.wake()
    until(lambda: len(answered(redis, ask.roots["one"])) == 3, "the answers of its thread")
    assert answered(redis, ask.roots["one"]) == ["alpha1", "alpha2", "alpha3"]
    assert answered(redis, ask.roots["two"]) == ["beta1", "beta2"]
    until(lambda: set(ledger.open_keys()) <= {"remember"}, "the end of all work that has a worker here")
    assert not redis.keys("pb:turn:*")
    assert [len(posted(world, ask.roots[thread])) for thread in ("one", "two")] == [3, 2]
