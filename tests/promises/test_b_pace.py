"""B. Pace and refusals: as fast as the platforms allow and no faster; each refusal understood."""

import itertools
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble
from tests.promises import kit
from tests.promises.test_a_delivery import ASK, KEYS, SLACK, Post, chat_of
from tests.test_delivery_slack import Run
from workers.papers import Part
from workers.queue import DELIVERY, Hands
from workers.store.outbox import Outbox


@pytest.fixture
def post(shifted_crew, redis, clock):
    with ExitStack() as stack:
        yield Post(stack, shifted_crew, redis, clock)


BUSY_S = 3.0
"""Seconds that a start may take on a busy machine, where the promise is one second; the figure is in the table."""


def busy(form, clock):
    """A 429 in one of three forms, and the seconds it asks for."""
    if form == "telegram":
        body = {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 30"}
        return {"body": body | {"parameters": {"retry_after": 30}}}
    date = format_datetime(datetime.fromtimestamp(int(clock()) + 31, UTC), usegmt=True)
    header = date if form == "slack, a date" else "30"
    return {"headers": {"Retry-After": header}, "body": {"ok": False, "error": "ratelimited"}}


@pytest.mark.parametrize("form", ["slack, seconds", "slack, a date", "telegram"])
def test_11_asked_to_wait(post, clock, figure, form):
    """11: a 429 with 30 s: the next request to that channel comes 30 to 31 s later, the other channels go on, and no
    worker waits for it."""
    path = "sendMessage" if form == "telegram" else "chat.postMessage"
    double = post.telegram if form == "telegram" else post.slack
    refused, date = f"{list(KEYS)[1]} of 1", int(clock()) + 31
    fault = double.fault(f"*{path}", status=429, when=lambda e: e.data.get("text") == refused, **busy(form, clock))
    began, real = clock(), time.monotonic()
    post.open()
    post.finish()
    assert fault.times == 0
    assert time.monotonic() - real < 25, "a worker slept through it"
    assert post.check(form) == 0
    mine = [e for e in double.calls(f"*{path}") if e.path.endswith("postMessage") or e.data["chat_id"] == ASK[9:]]
    i = next(i for i, e in enumerate(mine) if e.status == 429)
    gap = mine[i + 1].at - mine[i].at
    until = date if form == "slack, a date" else mine[i].at + 30
    assert until <= mine[i + 1].at <= until + 1 + BUSY_S, form
    others = [e.at for e in post.posts() if e not in mine]
    assert max(others) - began <= 2 * len(KEYS) * 1.02 + 5 + BUSY_S, "the others were slowed"
    figure(f"{form}: {gap:.1f} s")


def test_11_asked_to_wait_in_real_time(redis, crew, figure):
    """11: the same for 2 s, by the real clock."""
    with SlackDouble(pace=False) as slack:
        crew.env |= {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url}
        body = {"ok": False, "error": "ratelimited"}
        slack.fault("*chat.postMessage", status=429, headers={"Retry-After": "2"}, body=body)
        crew.worker(DELIVERY)
        crew.fork("scheduler")
        with redis.pipeline() as pipe:
            Outbox(redis).put(pipe, "d", "slack:C0DIGEST", [Part(key="a", payload={"text": "a"})], time.time())
            pipe.execute()
        Hands(redis).open("delivery|d", "delivery", {"delivery": "d"})
        kit.until(lambda: slack.messages("C0DIGEST"), "the message")
        first, second = slack.calls("*chat.postMessage")
        assert 2.0 <= second.at - first.at <= 6.0
        figure(f"2 s in real time: {second.at - first.at:.2f} s")


def test_12_never_faster_than_allowed(post, clock, figure):
    """12: many messages by four workers: a second between two in a Slack channel or Telegram chat, at most 20 in any
    minute in a group, at most 30 in any second over all of Telegram."""
    many, wide = kit.amount(40, 22), kit.amount(120, 40)
    pids = [post.pid, *(post.crew.worker(DELIVERY) for _ in range(3))]
    chats = list(range(7000, 7000 + wide))
    for chat in chats:
        post.telegram.add_chat(chat, type="private", title="P")
    sizes = {SLACK: many, ASK: many, **{f"telegram:{chat}": 1 for chat in chats}}
    began = clock()
    for address, size in sizes.items():
        parts = [Part(key=f"p{n}", payload={"text": f"message {n}"}) for n in range(size)]
        with post.drive.outbox.redis.pipeline() as pipe:
            post.drive.outbox.put(pipe, address, address, parts, began)
            pipe.execute()
    for address in sizes:
        post.drive.hands.open(f"delivery|{address}", "delivery", {"delivery": address})
    post.drive.until(lambda: not post.drive.hands.ledger.open_keys(), lambda: pids, "every message")
    slack = [e.at for e in post.slack.calls("*chat.postMessage")]
    group = [e.at for e in post.telegram.calls("*sendMessage") if int(e.data["chat_id"]) == chat_of(ASK)]
    every = sorted(e.at for e in post.telegram.calls("*sendMessage"))
    assert (len(slack), len(group), len(every)) == (many, many, many + wide)
    gaps = [min(b - a for a, b in itertools.pairwise(times)) for times in (slack, group)]
    assert min(gaps) >= 1.0
    assert all(group[i + 20] - group[i] >= 60 for i in range(len(group) - 20)), "more than 20 in a minute"
    assert all(every[i + 30] - every[i] >= 1.0 for i in range(len(every) - 30)), "more than 30 in a second"
    figure(f"{len(slack) + len(every)} messages, 4 workers: smallest gap {min(gaps):.2f} s")


PASSING = {
    "slack": [500, 502, 503, 504, {"ok": False, "error": "internal_error"}, "refused"],
    "telegram": [500, "refused"],
}
FINAL = {
    "slack": [400, 401, 403, 404, {"ok": False, "error": "invalid_auth"}, {"ok": False, "error": "invalid_arguments"}],
    "telegram": [400, 401, 403, 404],
}
CASES = [(p, c) for p in ("slack", "telegram") for c in PASSING[p]]
ENDS = [(p, c) for p in ("slack", "telegram") for c in FINAL[p]]


class Alone(Run):
    """A delivery of one part, with the ledger's rule: a fifth failure parks it."""

    def __init__(self, redis, settings, platform):
        channel = "slack:C0DIGEST" if platform == "slack" else ASK
        super().__init__(redis, settings, [Part(key="quick", payload={"text": "quick"})], channel)

    def tries(self):
        """(error, seconds until the next try) of each run that failed, until it ends."""
        found = []
        while len(found) < 5 and not (outcome := self.once(len(found))).done:
            if outcome.error:
                found.append((outcome.error, outcome.at - self.now[0]))
            self.now[0] = outcome.at
        return found


@pytest.fixture
def ends(env):
    """Both services and the settings for them."""
    with SlackDouble(pace=False) as slack, TelegramDouble(pace=False) as telegram:
        settings = env(
            SLACK_BOT_TOKEN=slack.bot_token, SLACK_API_URL=slack.api_url,
            TELEGRAM_BOT_TOKEN=telegram.token, TELEGRAM_API_URL=telegram.url,
        )  # fmt: skip
        yield {"slack": slack, "telegram": telegram}, settings


def fail_with(double, case, times):
    """Answer posts so."""
    if isinstance(case, dict):
        return double.fault("*Message", times=times, status=200, body=case)
    body = {"ok": False, "error_code": case, "description": "Bad Request: nothing of ours"}
    return double.fault("*Message", times=times, status=case, body=body if isinstance(double, TelegramDouble) else "x")


@pytest.mark.parametrize(("platform", "case"), CASES)
def test_13_what_may_pass_is_tried_again(ends, redis, env, platform, case):
    """13: errors that may pass: five tries at most, within a quarter of an hour, no two waits alike."""
    doubles, settings = ends
    if case == "refused":
        nowhere = {
            "slack": {"SLACK_API_URL": "http://127.0.0.1:9/api/"},
            "telegram": {"TELEGRAM_API_URL": "http://127.0.0.1:9"},
        }
        settings = env(**nowhere[platform])
    else:
        fail_with(doubles[platform], case, 99)
    tries, again = Alone(redis, settings, platform).tries(), None
    assert len(tries) == 5
    waits = [wait for _, wait in tries[:-1]]
    assert 0 < sum(waits) <= 900
    assert waits == sorted(waits)
    assert len(doubles[platform].calls("*Message")) == (0 if case == "refused" else 5)
    redis.flushall()
    again = [wait for _, wait in Alone(redis, settings, platform).tries()[:-1]]
    assert again != waits, "no jitter"


@pytest.mark.parametrize(("platform", "case"), ENDS)
def test_13_what_is_final_is_tried_once(ends, redis, platform, case):
    """13: what will never be taken is sent once."""
    doubles, settings = ends
    fail_with(doubles[platform], case, 99)
    run = Alone(redis, settings, platform)
    assert run.once().done
    assert run.states() == ["dead"]
    assert len(doubles[platform].calls("*Message")) == 1
