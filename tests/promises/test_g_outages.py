"""G. Outages: what is away comes back, and nothing was lost, nothing doubled.

Nobody left without a word.

Hours pass under an injected clock; what is killed or cut off is so in real time.
"""

import os
import signal
import threading
import time
from datetime import UTC, date, datetime

import pytest

from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble
from tests.promises import kit
from tests.services.test_operator import CHAT, DIGESTS, OPS, Office
from workers.channels.recipients import day_end
from workers.intake import Intake
from workers.models import Digest, Part
from workers.queueing.dispatcher import Dispatcher
from workers.store.channels.memory import Memory, Settled
from workers.store.delivery.breaker import PROBE_S
from workers.store.delivery.outbox import Outbox
from workers.store.server import embedded
from workers.store.server.connection import connect
from workers.store.server.embedded_watch import ServerWatch

PAPERS = ("2601.00001", "2601.00002")
KEYS = ("quick", *(f"{kind}:{paper}{end}" for paper in PAPERS for kind, end in (("pick", ""), ("analysis", ":0"))))
LISTED = date(2026, 3, 21)
ALICE = "slack:U0ALICE"


class Morning(Office):
    """An Office whose digests, five messages on two papers, are made as slots open."""

    def __init__(self, redis, settings, doubles):
        super().__init__(redis, settings, doubles, f"slack:{OPS}")
        self.memory, self.intake = Memory(redis), Intake(redis, settings, lambda: self.now)

    def make(self):
        """Make what the clock has opened."""
        ledger = self.ticker.dispatcher.ledger
        for key in [k for k in ledger.open_keys() if k.startswith("digest|")]:
            task = ledger.get(key)
            channel, day = task.data["channel"], date.fromisoformat(task.data["day"])
            attempt = task.attempt or ledger.take(key, self.now, 60)
            fresh = [p for p in PAPERS if p not in self.memory.known(channel, PAPERS)]
            parts = self.parts(channel, day) if fresh else []
            digest = Digest(date=day, profile="cv-daily-en", title="T", language="en", channel=channel)
            settled = Settled({"arxiv:cs.CV": (LISTED,)}, PAPERS, tuple(fresh))
            until = day_end(self.intake.target(channel), self.now)
            assert self.memory.commit(key, attempt, channel, digest, settled, parts, self.now, until)
            self.ticker.dispatcher.open(f"delivery|{key}", "delivery", {"delivery": key})
            ledger.end(key, attempt, self.now)

    @staticmethod
    def parts(channel, day):
        def part(key):
            kind, _, rest = key.partition(":")
            about = {"paper": rest.partition(":")[0], "version": 1, "profile": "cv-daily-en"} if rest else None
            parent = f"pick:{rest.partition(':')[0]}" if kind == "analysis" else None
            return Part(key=key, parent=parent, payload={"text": f"{key} of {day}"}, about=about)

        return [part(key) for key in KEYS]

    def minutes(self, count=1, step=1):
        for _ in range(0, count, step):
            self.now += 60 * step
            self.ticker.tick()
            self.make()
            self.deliver()

    def at(self, hour, minute=0, coarse=0):
        """Let it become that time of the (same or next) day, `coarse` minutes at a time."""
        now = datetime.fromtimestamp(self.now, UTC)
        left = (hour * 60 + minute - now.hour * 60 - now.minute) % (24 * 60)
        coarse = coarse or kit.amount(1, 5)
        self.minutes(left - left % coarse, coarse)
        self.minutes(left % coarse)

    def texts(self, channel):
        """What stands there of digests and answers, in order."""
        platform, _, address = channel.partition(":")
        found = self.slack.messages(address, deleted=False) if platform == "slack" else self.said(address)
        return [m["text"] for m in found if " of " in m["text"] or m["text"].startswith("answer")]

    def said(self, address):
        return self.telegram.messages(int(address), deleted=False, mine=True)


@pytest.fixture
def doubles():
    channels = {DIGESTS: "digest", OPS: "ops"}
    with SlackDouble(channels=channels, pace=False) as slack, TelegramDouble(pace=False) as telegram:
        yield slack, telegram


@pytest.fixture
def morning(redis, env, doubles):
    return Morning(redis, settings_of(env, doubles), doubles)


def settings_of(env, doubles, **more):
    slack, telegram = doubles
    return env(**{
        "SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token, "SLACK_API_URL": slack.api_url,
        "SLACK_CHANNELS": DIGESTS, "TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url,
        "TELEGRAM_CHATS": str(CHAT), "DIGEST_TIME": "08:00", "DIGEST_TIMEZONE": "UTC",
        "DIGEST_PROFILE": "cv-daily-en", "OPERATOR_CHANNEL": f"slack:{OPS}", **more,
    })  # fmt: skip


def away_for_three_hours(morning, env, platform, how, figure):
    """The platform is away from 7:55 to 10:55: digests at eight, answers half-hourly."""
    mine = f"slack:{DIGESTS}" if platform == "slack" else f"telegram:{CHAT}"
    other = f"telegram:{CHAT}" if platform == "slack" else f"slack:{DIGESTS}"
    double = morning.slack if platform == "slack" else morning.telegram
    morning.at(7, 55)
    if how == "503":
        double.fault("*", status=503, body="<html>Service Unavailable</html>", times=10**6)
    else:
        nowhere = "http://127.0.0.1:9"
        address = {"SLACK_API_URL": f"{nowhere}/api/"} if platform == "slack" else {"TELEGRAM_API_URL": nowhere}
        morning.settings = settings_of(env, (morning.slack, morning.telegram), **address)
    before = len(double.ledger)
    for n in range(kit.amount(6, 3)):
        morning.minutes(kit.amount(28, 55), kit.amount(1, 5))
        morning.send_answer(f"ask|{n}", mine, f"answer {n}")
    morning.at(10, 55)
    asked = len(double.ledger) - before
    assert morning.texts(mine) == []
    assert morning.texts(other) == [f"{key} of 2026-03-22" for key in KEYS], "the other platform is on time"
    assert morning.intake.digest_now(channel=mine).say != morning.intake.words(mine).already_posted
    double.faults.clear()
    morning.settings = settings_of(env, (morning.slack, morning.telegram))
    morning.minutes(15)
    got = morning.texts(mine)
    digests, answers = [t for t in got if " of " in t], [t for t in got if t.startswith("answer")]
    assert digests == [f"{key} of 2026-03-22" for key in KEYS], "whole, once, in order"
    assert sorted(answers) == sorted(f"answer {n}" for n in range(kit.amount(6, 3))), "each once"
    assert morning.outbox.trouble() == []
    assert morning.texts(other) == [f"{key} of 2026-03-22" for key in KEYS]
    if how == "503":
        assert asked <= 3 * 3600 / PROBE_S + 30, "one probe a minute, not one a message"
        figure(f"{platform}: {asked} requests in 3 h")


@pytest.mark.parametrize("how", ["503", "no connection"])
def test_37_slack_away_for_three_hours(morning, env, how, figure):
    """37: Slack is away for three hours: all comes once and in order when it is back.

    It answers 503, or not at all. `/digest now` does not claim that it was posted; one probe a minute meanwhile.
    """
    away_for_three_hours(morning, env, "slack", how, figure)


@pytest.mark.parametrize("how", ["503", "no connection"])
def test_38_telegram_away_for_three_hours(morning, env, how, figure):
    """38: the same for Telegram."""
    away_for_three_hours(morning, env, "telegram", how, figure)


def test_39_a_place_without_the_bot(morning):
    """39: a channel that the bot is not in: the digest comes after the invitation.

    Whole and in order. Until then it is undelivered, its papers not shown, and `/digest status` says what to do.
    """
    here = f"slack:{DIGESTS}"
    morning.slack.channel(DIGESTS).is_member = False
    morning.at(9)
    slot = f"digest|{here}|2026-03-22"
    assert morning.ticker.dispatcher.ledger.get(slot).state == "undelivered"
    assert morning.memory.known(here, PAPERS) == set()
    assert morning.memory.covered(here, "arxiv:cs.CV") == set()
    first = morning.intake.status(channel=here).splitlines()[0]
    assert "/invite" in first, first
    assert "/invite" in morning.intake.digest_now(channel=here).say
    assert any("Refused" in line and here in line for line in morning.lines())
    morning.slack.channel(DIGESTS).is_member = True
    morning.minutes(12)
    assert morning.texts(here) == [f"{key} of 2026-03-22" for key in KEYS]
    assert morning.ticker.dispatcher.ledger.get(slot).state == "done"
    assert morning.memory.known(here, PAPERS) == set(PAPERS)
    morning.minutes(30)
    assert len(morning.texts(here)) == len(KEYS), "once"


def test_39_the_invitation_comes_too_late(morning):
    """39: invited a day later: yesterday's papers come again, not yesterday's digest."""
    here = f"slack:{DIGESTS}"
    morning.slack.channel(DIGESTS).is_member = False
    morning.at(8, 5, 30)
    morning.at(23, 59, 60)
    morning.minutes(30, 10)  # midnight passes
    rows = morning.outbox.rows(f"digest|{here}|2026-03-22")
    assert {row.state for row in rows} == {"dead"}
    assert morning.ticker.dispatcher.ledger.get(f"digest|{here}|2026-03-22").state == "undelivered"
    morning.slack.channel(DIGESTS).is_member = True
    morning.channels.resume(here)  # what the event `member_joined_channel` does
    morning.at(8, 10, 60)
    assert morning.texts(here) == [f"{key} of 2026-03-23" for key in KEYS]


def test_39_whoever_asked_is_told(morning):
    """39: an answer refused on posting: the person is told privately, it comes later."""
    here = f"slack:{DIGESTS}"
    body = {"ok": False, "error": "restricted_action_read_only_channel"}
    morning.slack.fault("*chat.postMessage", body=body, status=200, times=10**6, when=lambda e: DIGESTS in str(e.data))
    morning.send_answer("ask|1", here, "answer 1", by=ALICE)
    morning.minutes(2)
    told = [e for e in morning.slack.calls("*chat.postMessage") if e.data.get("channel") == "U0ALICE"]
    assert len(told) == 1, "once"
    assert DIGESTS in told[0].data["text"]
    assert "restricted_action_read_only_channel" in told[0].data["text"]
    morning.slack.faults.clear()
    morning.minutes(12)
    assert morning.texts(here) == ["answer 1"]


@pytest.mark.parametrize(("platform", "code"), [("slack", "brand_new_code"), ("telegram", "Bad Request: BRAND_NEW")])
def test_40_a_code_that_nobody_knows(morning, platform, code):
    """40: an unknown refusal kills no message: it waits, the operator reads the words."""
    here = f"slack:{DIGESTS}" if platform == "slack" else f"telegram:{CHAT}"
    slack = platform == "slack"
    body = {"ok": False, "error": code} if slack else {"ok": False, "error_code": 400, "description": code}
    double = morning.slack if slack else morning.telegram
    where = DIGESTS if slack else str(CHAT)
    double.fault("*Message", status=200 if slack else 400, body=body, times=10**6, when=lambda e: where in str(e.data))
    morning.at(8, 30)
    assert {row.state for row in morning.outbox.rows(f"digest|{here}|2026-03-22")} == {"pending"}
    wanted = code.partition(": ")[2] or code
    assert any(wanted.lower() in line.lower() for line in morning.lines()), morning.lines()
    double.faults.clear()
    morning.minutes(12)
    assert morning.texts(here) == [f"{key} of 2026-03-22" for key in KEYS]


def test_41_redis_refuses_writes_for_a_while(server, redis, env):
    """41: READONLY on an open connection: the client connects anew until it can write."""
    other = kit.Server(server.folder / "b")
    gate = kit.Gate(server)
    try:
        with gate:
            client = connect(gate.url, retries=30)
            dispatcher = Dispatcher(client)
            assert dispatcher.open("ask|1", "ask", {"n": 1})
            redis.config_set("min-replicas-to-write", 0)
            redis.execute_command("REPLICAOF", "127.0.0.1", "1")  # it is a replica of nobody now: READONLY
            back = threading.Timer(kit.amount(5, 1), lambda: redis.execute_command("REPLICAOF", "NO", "ONE"))
            back.start()
            assert dispatcher.open("ask|2", "ask", {"n": 2}), "waited out"
            back.join()
            quick = connect(gate.url, retries=0)
            assert quick.set("pb:x", "1")
            assert {"ask|1", "ask|2"} <= set(dispatcher.ledger.open_keys())
            client.close()
            quick.close()
    finally:
        other.close()


def test_42_people_ask_while_the_clock_is_away(crew, redis, redis_url, env, doubles):
    """42: no scheduler runs: what a listener has handed out is delivered, in turn."""
    slack, _ = doubles
    settings = settings_of(env, doubles, REDIS_URL=redis_url)
    crew.env |= {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url}
    crew.worker("delivery")
    intake, outbox = Intake(redis, settings, time.time), Outbox(redis)
    count = kit.amount(20, 4)
    for n in range(count):
        with redis.pipeline() as pipe:
            part = Part(key="answer", payload={"text": f"answer {n}"})
            outbox.put(pipe, f"ask|{n}", f"slack:{DIGESTS}", [part], time.time())
            pipe.execute()
        intake.dispatcher.ledger.open(
            f"delivery|ask|{n}", "delivery", time.time(), {"delivery": f"ask|{n}"}, turn="pb:turn:slack:C:1"
        )
        intake.hand_out([f"delivery|ask|{n}"])
    kit.until(lambda: len(slack.messages(DIGESTS)) == count, "every answer", 120)
    assert [m["text"] for m in slack.messages(DIGESTS)] == [f"answer {n}" for n in range(count)]


def test_43_the_embedded_server_is_killed_again_and_again(server, figure):
    """43: killed while `up` runs, it is there again at once, every record with it."""
    times = kit.amount(20, 3)
    with ServerWatch(server.folder) as keeper:
        for n in range(times):
            client = connect(server.url, retries=30)
            client.set(f"pb:kept:{n}", "1")
            number = int((server.folder / "redis.pid").read_text())
            os.kill(number, signal.SIGKILL)
            kit.until(lambda n=n: keeper.started == n + 1, "its start")
            assert all(client.get(f"pb:kept:{m}") for m in range(n + 1))
            client.close()
    assert embedded.running(server.folder)
    figure(f"killed {times} times: {times} of {times} records there")
