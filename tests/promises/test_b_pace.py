"""B. Pace and refusals.

As fast as the platforms allow and no faster; each refusal understood.
"""

import itertools
import time
from datetime import UTC, datetime
from email.utils import format_datetime

import hypothesis
import pytest
from hypothesis import HealthCheck, given, seed
from hypothesis.strategies import sampled_from

from prompts import load_profile
from tests.doubles.huggingface import HuggingFace
from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble
from tests.promises import kit
from tests.promises.post import ASK, KEYS, SLACK, chat_of
from tests.rendering import ARXIV, HOSTILE, analysis, digest, markdown, pick
from tests.services.test_delivery_slack import Run
from tests.services.test_operator import CHAT, DIGESTS, OPS, Office
from tests.unit.test_render_slack import check as fits_slack
from tests.unit.test_render_telegram import check as fits_telegram
from workers.digest.make import DigestMaker
from workers.digest.parameters import DigestParameters
from workers.models import Part
from workers.queueing.dispatcher import Dispatcher
from workers.queueing.kinds import DELIVERY
from workers.render.slack import digest as slack_digest
from workers.render.telegram import digest as telegram_digest
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import USEFUL_S, Outbox
from workers.store.operations.incidents import Incidents

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
    """11: after a 429 the channel rests for 30 s, the others go on.

    Its next request comes 30 to 31 s later. No worker waits for it.
    """
    path = "sendMessage" if form == "telegram" else "chat.postMessage"
    double = post.telegram if form == "telegram" else post.slack
    refused, date = f"{list(KEYS)[1]} of 1", int(clock()) + 31
    fault = double.fault(f"*{path}", status=429, when=lambda e: e.data.get("text") == refused, **busy(form, clock))
    real = time.monotonic()
    post.open()
    post.finish()
    assert fault.times == 0
    assert kit.kept(time.monotonic() - real, 25), "a worker slept through it"
    assert post.check(form) == 0
    mine = [e for e in double.calls(f"*{path}") if e.path.endswith("postMessage") or e.data["chat_id"] == ASK[9:]]
    i = next(i for i, e in enumerate(mine) if e.status == 429)
    gap = mine[i + 1].at - mine[i].at
    until = date if form == "slack, a date" else mine[i].at + 30
    assert until <= mine[i + 1].at, form
    others = [e.at for e in post.posts() if e not in mine]
    assert any(mine[i].at < at < mine[i + 1].at for at in others), "the others waited with it"
    if kit.full():  # by itself on an idle machine
        assert mine[i + 1].at <= until + 1 + BUSY_S and max(others) < mine[i + 1].at, form
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
        Dispatcher(redis).open("delivery|d", "delivery", {"delivery": "d"})
        kit.until(lambda: slack.messages("C0DIGEST"), "the message")
        first, second = slack.calls("*chat.postMessage")
        assert second.at - first.at >= 2.0
        figure(f"2 s in real time: {second.at - first.at:.2f} s")


def test_12_never_faster_than_allowed(post, clock, figure):
    """12: four workers send many messages, never faster than allowed.

    A second between two in a Slack channel or Telegram chat, at most 20 in any minute in a group, at most 30 in any
    second over all of Telegram.
    """
    many, wide = kit.amount(40, 22), kit.amount(120, 32)
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
        post.drive.dispatcher.open(f"delivery|{address}", "delivery", {"delivery": address})
    post.drive.until(lambda: not post.drive.dispatcher.ledger.open_keys(), lambda: pids, "every message")
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
TOO_LONG = {"ok": False, "error_code": 400, "description": "Bad Request: MESSAGE_TOO_LONG"}
FINAL = {
    "slack": [{"ok": False, "error": "invalid_arguments"}, {"ok": False, "error": "msg_too_long"}],
    "telegram": [TOO_LONG],
}
WAITING = {
    "slack": [
        400,
        401,
        403,
        404,
        {"ok": False, "error": "invalid_auth"},
        {"ok": False, "error": "not_in_channel"},
        {"ok": False, "error": "something_new"},
    ],
    "telegram": [400, 401, 403, 404],
}
CASES = [(p, c) for p in ("slack", "telegram") for c in kit.sample(PASSING[p], 2)]
WAITS = [(p, c) for p in ("slack", "telegram") for c in kit.sample(WAITING[p], 2)]
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
        return double.fault("*Message", times=times, status=case.get("error_code", 200), body=case)
    body = {"ok": False, "error_code": case, "description": "Bad Request: nothing of ours"}
    return double.fault("*Message", times=times, status=case, body=body if isinstance(double, TelegramDouble) else "x")


@pytest.mark.parametrize(("platform", "case"), CASES)
def test_13_what_may_pass_is_tried_again(ends, redis, env, platform, case):
    """13: errors that may pass are tried again, with jitter.

    Soon at first, from the third on at most once a minute.
    """
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
    assert waits[0] < waits[1] < 60
    assert all(60 <= wait <= 120 for wait in waits[2:])
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


@pytest.mark.parametrize(("platform", "case"), WAITS)
def test_13_what_somebody_must_mend_waits(ends, redis, platform, case):
    """13: what only the place or the operator can mend is tried more and more seldom.

    Nothing is given up before it is of no more use.
    """
    doubles, settings = ends
    fail_with(doubles[platform], case, 999)
    run, looks = Alone(redis, settings, platform), []
    while not (outcome := run.once()).done:
        assert run.states() == ["pending"]
        looks.append(outcome.at - run.now[0])
        run.now[0] = outcome.at
    assert looks[:5] == [60, 120, 240, 480, 600]
    assert sum(looks) == USEFUL_S
    assert run.states() == ["dead"]
    assert len(doubles[platform].calls("*Message")) == len(looks)


def test_13_a_source_that_fails_a_hundred_times(env, redis, figure):
    """13: a source that fails and fails is asked more and more seldom.

    After a hundred times at most once a day. The digests go out without it, and an answer ends it.
    """
    with HuggingFace() as hf:
        settings = env(HF_ENDPOINT=hf.url)
        now = [datetime(2026, 3, 2, 0, 5, tzinfo=UTC).timestamp()]
        maker = DigestMaker(redis, settings, clock=lambda: now[0])
        order = DigestParameters("slack:C1", "cv-daily-zh", datetime.fromtimestamp(now[0], UTC).date())
        hf.fault("*", status=500, times=10**6)
        profile, asked, troubles = load_profile("cv-daily-zh"), [], Incidents(redis)

        def ask(times):
            """Look every half hour until the source was asked so often."""
            until = len(asked) + times
            while len(asked) < until:
                before = len(hf.ledger)
                (got,) = maker.fetch(order, profile)
                assert got.error
                if len(hf.ledger) > before:
                    asked.append(now[0])
                now[0] += 1800

        ask(kit.amount(100, 12))
        (failing,) = troubles.failing()
        assert failing.count == len(asked)
        for _ in range(100 - failing.count):  # what a sample leaves out
            troubles.failed(failing.what, failing.error, asked[-1])
        ask(4)
        gaps = [b - a for a, b in itertools.pairwise(asked)]
        assert gaps == sorted(gaps)
        assert gaps[:9] == [1800] * 9, "at first it is asked as often as before"
        assert gaps[9] == 3600
        assert min(gaps[-4:]) >= 23 * 3600, "so that a digest at the same hour each day asks, and nothing else"
        hf.faults.clear()
        now[0] += 86_400
        (got,) = maker.fetch(order, profile)
        assert got.error is None
        now[0] += 60
        (again,) = maker.fetch(order, profile)
        assert again.error is None
    figure(f"a source that failed 100 times: asked every {gaps[-1] / 3600:.0f} h")


CLOSED = {
    "slack": ["channel_not_found", "is_archived", "not_in_channel", "restricted_action"],
    "telegram": [
        (403, "Forbidden: bot was blocked by the user"),
        (403, "Forbidden: bot was kicked from the supergroup chat"),
        (403, "Forbidden: user is deactivated"),
        (403, "Forbidden: bot is not a member of the channel chat"),
        (400, "Bad Request: chat not found"),
        (400, "Bad Request: not enough rights to send text messages to the chat"),
    ],
}
SHUT = [(platform, code) for platform, codes in CLOSED.items() for code in kit.sample(codes, 2)]


class Town(Office):
    """Two channels with a daily digest, one of them closed to us.

    And the operator's channel.
    """

    def __init__(self, redis, env, doubles, platform):
        self.platform = platform
        self.bad = f"slack:{DIGESTS}" if platform == "slack" else f"telegram:{CHAT}"
        self.good = f"telegram:{CHAT}" if platform == "slack" else f"slack:{DIGESTS}"
        slack, telegram = doubles
        settings = env(
            SLACK_BOT_TOKEN=slack.bot_token, SLACK_API_URL=slack.api_url, SLACK_CHANNELS=DIGESTS,
            TELEGRAM_BOT_TOKEN=telegram.token, TELEGRAM_API_URL=telegram.url, TELEGRAM_CHATS=CHAT,
            OPERATOR_CHANNEL=f"slack:{OPS}", DIGEST_PROFILE="cv-daily-en",
        )  # fmt: skip
        super().__init__(redis, settings, doubles, f"slack:{OPS}")
        self.double = slack if platform == "slack" else telegram

    def refuse(self, code, times=10**6):
        """The channel answers so from now on."""
        mine = DIGESTS if self.platform == "slack" else str(CHAT)
        body = {"ok": False, "error": code} if self.platform == "slack" else None
        status = 200 if body else code[0]
        body = body or {"ok": False, "error_code": code[0], "description": code[1]}
        where = "channel" if self.platform == "slack" else "chat_id"
        when = lambda e: str(e.data.get(where)) == mine  # noqa: E731
        self.double.fault("*Message", status=status, body=body, times=times, when=when)

    def asked(self):
        """Requests that concern the closed channel."""
        mine = DIGESTS if self.platform == "slack" else str(CHAT)
        return [e for e in self.double.calls("*Message*") if str(e.data.get("channel", e.data.get("chat_id"))) == mine]

    def days(self, count):
        """So many days, hour by hour; what digests fell due meanwhile."""

        def opened():
            return {key.decode().removeprefix("pb:task:") for key in self.redis.keys("pb:task:digest|*")}

        before = opened()
        for _ in range(24 * count):
            self.now += 3600
            self.ticker.tick()
            self.deliver()
            ledger = self.ticker.dispatcher.ledger
            for key in opened() - before:  # nobody makes digests here
                ledger.end(key, ledger.get(key).attempt, self.now)
        return sorted(key.split("|")[1] for key in opened() - before)

    def notices(self):
        """Lines to the operator about the closed channel."""
        return [line for line in self.lines() if self.bad in line]


@pytest.fixture
def doubles():
    channels = {DIGESTS: "digest", OPS: "ops"}
    with SlackDouble(channels=channels, pace=False) as slack, TelegramDouble(pace=False) as telegram:
        yield slack, telegram


@pytest.mark.parametrize(("platform", "code"), SHUT)
def test_14_a_chat_that_is_closed(redis, env, doubles, platform, code):
    """14: a closed chat is looked at now and then while something waits for it.

    Then nothing for three digests. One line to the operator; others have theirs.
    """
    town = Town(redis, env, doubles, platform)
    town.minutes(2)
    town.refuse(code)
    town.send("d", town.bad, 5)
    town.minutes(3)
    assert 2 <= len(town.asked()) <= 3, "at once, after a minute, and later"
    assert town.channels.get(town.bad).paused
    assert town.days(3) == [town.good] * 3
    assert len(town.asked()) <= 3 + USEFUL_S / 3600
    assert len(town.notices()) == 1, town.lines()


@pytest.mark.parametrize("platform", ["slack", "telegram"])
def test_14_an_ambiguous_refusal(redis, env, doubles, platform, figure):
    """14: five refused deliveries in a row pause the channel, not fewer.

    The refusals name no closed chat. One delivery that gets through in between begins the count anew.
    """
    town = Town(redis, env, doubles, platform)
    code = "msg_too_long" if platform == "slack" else (400, "Bad Request: MESSAGE_TOO_LONG")
    for number in range(4):
        town.refuse(code, 1)
        town.send(f"a{number}", town.bad)
        town.minutes()
    town.send("through", town.bad)
    town.minutes()
    town.refuse(code)
    for number in range(5):
        assert not town.channels.get(town.bad).paused
        town.send(f"b{number}", town.bad)
        town.minutes()
    assert town.channels.get(town.bad).paused
    assert town.days(3) == [town.good] * 3
    about = [line for line in town.notices() if "takes no messages" in line]
    assert len(about) == 1, town.lines()


@pytest.mark.parametrize("platform", ["slack", "telegram"])
def test_14_a_refused_token_is_another_thing(redis, env, doubles, platform):
    """14: a refused token pauses no channel: with a new one the next digest goes out."""
    town = Town(redis, env, doubles, platform)
    town.refuse("token_revoked" if platform == "slack" else (401, "Unauthorized"))
    for number in range(6):
        town.send(f"d{number}", town.bad)
        town.minutes()
    assert not town.channels.get(town.bad).paused
    town.double.faults.clear()
    town.send("again", town.bad)
    town.minutes()
    assert town.outbox.rows("again")[0].state == "sent"


def test_15_a_group_that_moved(post, redis):
    """15: a group that moved costs one refused request, then one that gets through.

    The new id is kept, the old one never used again.
    """
    old, new = -515, -1005150000000
    post.telegram.add_chat(old, type="group", title="Old")
    post.telegram.migrate(old, new)
    channels = Channels(redis)
    channels.subscribe(f"telegram:{old}")
    for number in (1, 2):
        name, where = f"m{number}", channels.address(f"telegram:{old}")
        with redis.pipeline() as pipe:
            post.drive.outbox.put(pipe, name, where, [Part(key="p", payload={"text": name})], post.drive.clock())
            pipe.execute()
        post.drive.dispatcher.open(f"delivery|{name}", "delivery", {"delivery": name})
        post.finish()
    assert [m["text"] for m in post.telegram.messages(new, mine=True)] == ["m1", "m2"]
    assert [int(e.data["chat_id"]) for e in post.telegram.calls("*sendMessage")] == [old, new, new]
    assert channels.known() == [f"telegram:{new}"]


def test_16_whatever_is_written_fits(figure):
    """16: any analysis becomes messages that both services take.

    Up to 100,000 characters of mixed scripts and broken markup. The messages are within the services' limits, their
    markup sound, none empty.
    """
    sizes, parts = [], [0, 0]

    @seed(kit.SEED)
    @hypothesis.settings(max_examples=kit.amount(1000, 5), deadline=None, suppress_health_check=list(HealthCheck))
    @given(markdown, markdown, sampled_from(HOSTILE))
    def every(long, short, hostile):
        analysed = analysis("x", methodology=long, takeaway=short, limitations=hostile)
        made = digest(pick(analysed, title=hostile[:200]))
        for number, (render, check) in enumerate(
            ((slack_digest.messages, fits_slack), (telegram_digest.messages, fits_telegram))
        ):
            found = render(made, arxiv_url=ARXIV)
            [check(part) for part in found]
            parts[number] += len(found)
        sizes.append(len(long))

    every()
    figure(f"{len(sizes)} analyses up to {max(sizes):,} characters: {parts[0]} Slack and {parts[1]} Telegram messages")
