"""The operator's channel.

One line for each new trouble and one when it is over, delivered for real to the doubles.
"""

import threading
from datetime import UTC, datetime

import pytest
from rq import Queue

from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble
from tests.waiting import until
from workers.delivery.choose_poster import poster
from workers.delivery.deliver import Deliverer
from workers.errors import BadInput
from workers.models import Part
from workers.operations import status
from workers.operations.alerts import PROBE_S, Alerts
from workers.operations.operator_actions import AGAIN, LEAVE, Resolver, payload
from workers.processes.scheduler import Scheduler
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import Outbox
from workers.store.operations.incidents import Incidents
from workers.store.operations.spend import Spend
from workers.store.tasks.ledger import MAX_FAILS

DIGESTS, OPS, CHAT, OPS_CHAT = "C0DIGEST", "C0OPS", -1001000000001, -1001000000009
SOON_S = 4.0
"""Seconds: longer than any pace of one message, shorter than any back-off."""

START = datetime(2026, 3, 22, 7, 0, tzinfo=UTC).timestamp()


@pytest.fixture(params=["slack", "telegram"])
def platform(request):
    return request.param


@pytest.fixture
def doubles():
    channels = {DIGESTS: "digest", OPS: "ops"}
    with SlackDouble(channels=channels, pace=False) as slack, TelegramDouble(pace=False) as telegram:
        telegram.add_chat(OPS_CHAT, type="supergroup", title="Ops")
        yield slack, telegram


class Office:
    """The clock and one delivery worker, played by the test; it lets the time pass."""

    def __init__(self, redis, settings, doubles, where):
        self.redis, self.settings, self.where, self.now = redis, settings, where, START
        self.slack, self.telegram = doubles
        self.ticker = Scheduler(redis, settings, clock=lambda: self.now)
        self.outbox, self.channels, self.troubles = Outbox(redis), Channels(redis), Incidents(redis)
        self.resolver = Resolver(redis, settings, lambda: self.now)

    def minutes(self, count=1, each=1):
        """Let time pass, `each` so many minutes, everything due being done."""
        for _ in range(0, count, each):
            self.now += 60 * each
            self.ticker.tick()
            self.deliver()

    def deliver(self):
        """Do what RQ was handed, and what comes due within seconds of it (the pace)."""
        ledger = self.ticker.dispatcher.ledger
        for _ in range(2000):
            Queue("delivery", connection=self.redis, serializer="json").empty()
            keys = [k for k in ledger.open_keys() if k.startswith("delivery|")]
            soon = [k for k in keys if ledger.get(k).held or ledger.waits_until(k) <= self.now + SOON_S]
            if not soon:
                return
            task = ledger.get(soon[0])
            if not task.held:
                self.now = max(self.now, ledger.waits_until(task.key))
            attempt = task.attempt if task.held else ledger.take(task.key, self.now, 60)
            assert ledger.start(task.key, attempt, self.now + 60)
            deliverer = Deliverer(self.redis, self.settings, lambda: self.now, poster)
            outcome = deliverer.run(task.data["delivery"], attempt, task.fails, lambda: True)
            if outcome.done:
                ledger.end(task.key, attempt, self.now, error=outcome.error)
            else:
                ledger.later(task.key, attempt, outcome.at, outcome.error, most=0)
        raise AssertionError("the deliveries do not end")

    def send(self, name, channel, count=1):
        parts = [Part(key=f"part:{n}", payload={"text": f"{name} {n}"}) for n in range(count)]
        with self.redis.pipeline() as pipe:
            self.outbox.put(pipe, name, channel, parts, self.now)
            pipe.execute()
        self.ticker.dispatcher.send(name)

    def send_answer(self, name, channel, text, by=""):
        """One message that somebody (`by`) asked for."""
        with self.redis.pipeline() as pipe:
            self.outbox.put(pipe, name, channel, [Part(key="answer", payload={"text": text})], self.now, by=by)
            pipe.execute()
        self.ticker.dispatcher.open(f"delivery|{name}", "delivery", {"delivery": name})

    def lines(self):
        """What stands in the operator channel, but for missing workers: none are here."""
        if self.where.startswith("slack"):
            found = [m["text"] for m in self.slack.messages(OPS, deleted=False)]
        else:
            found = [m["text"] for m in self.telegram.messages(OPS_CHAT, deleted=False, mine=True)]
        return [text for text in found if "worker" not in text]

    def buttons(self):
        """(what it does, row) of the buttons of the last line that has any."""
        if self.where.startswith("slack"):
            found = [m.get("blocks") or [] for m in self.slack.messages(OPS)]
            rows = [
                [(e["action_id"], e["value"]) for e in b["elements"]] for bs in found for b in bs if "elements" in b
            ]
        else:
            found = [m["reply_markup"] or {} for m in self.telegram.messages(OPS_CHAT)]
            rows = [[tuple(b["callback_data"].split(":", 1)) for b in k["inline_keyboard"][0]] for k in found if k]
        return rows[-1] if rows else []


@pytest.fixture
def office(env, redis, doubles, platform):
    slack, telegram = doubles
    where = f"slack:{OPS}" if platform == "slack" else f"telegram:{OPS_CHAT}"
    settings = env(
        SLACK_BOT_TOKEN=slack.bot_token, SLACK_APP_TOKEN=slack.app_token, SLACK_API_URL=slack.api_url,
        SLACK_CHANNELS=DIGESTS, TELEGRAM_BOT_TOKEN=telegram.token, TELEGRAM_API_URL=telegram.url,
        TELEGRAM_CHATS=str(CHAT), DIGEST_TIME="08:00", DIGEST_TIMEZONE="UTC", DIGEST_PROFILE="cv-daily-en",
        OPERATOR_CHANNEL=where, ANTHROPIC_API_KEY="sk-ant-test",
    )  # fmt: skip
    return Office(redis, settings, doubles, where)


def lose_one(office):
    office.telegram.fault("*/sendMessage", drop="after", when=lambda e: b"ask" in e.body)
    office.send("ask|1", f"telegram:{CHAT}")
    office.minutes(2)


def copies(office):
    return [m["text"] for m in office.telegram.messages(CHAT)].count("ask|1 0")


# -- each kind ---------------------------------------------------------------------------------------------------------


def test_a_digest_that_is_late_is_told_once_and_once_more_when_it_is_out(office):
    office.minutes(85, each=5)
    office.minutes(4)  # 08:29
    assert office.lines() == []
    office.minutes(2)
    late = office.lines()
    assert len(late) == 2, "one for each channel"
    assert all("Late" in line and "2026-03-22" in line for line in late)
    assert any(f"slack:{DIGESTS}" in line for line in late)
    office.minutes(30, each=5)
    assert office.lines() == late
    for slot in (f"digest|slack:{DIGESTS}|2026-03-22", f"digest|telegram:{CHAT}|2026-03-22"):
        ledger = office.ticker.dispatcher.ledger
        office.now += 61
        attempt = ledger.take(slot, office.now, 60)
        office.send(slot, slot.split("|")[1])
        assert ledger.end(slot, attempt, office.now)
    office.minutes(2)
    assert sum("Out:" in line for line in office.lines()) == 2
    assert len(office.lines()) == 4
    office.minutes(5)
    assert len(office.lines()) == 4


def test_a_message_that_may_not_have_arrived_is_posted_again_by_a_button_once(office):
    lose_one(office)
    (line,) = office.lines()
    assert "Uncertain" in line
    assert f"telegram:{CHAT}" in line
    assert "part:0" in line
    assert copies(office) == 1
    (does, token), _ = office.buttons()
    assert does == AGAIN
    pressed = [office.resolver.pressed(AGAIN, token, office.where, may=True) for _ in range(2)]
    assert pressed == [("Posted again.", False), ("That has been dealt with.", False)]
    office.minutes(3)
    assert office.resolver.pressed(AGAIN, token, office.where, may=True)[0] == "That has been dealt with."
    office.minutes(2)
    assert copies(office) == 2
    first, over = office.lines()
    assert "→ Posted again." in first
    assert "Settled" in over
    assert office.buttons() == []
    assert office.outbox.trouble() == []


def test_a_message_that_is_there_is_left_alone(office):
    lose_one(office)
    _, (does, token) = office.buttons()
    assert does == LEAVE
    assert office.resolver.pressed(LEAVE, token, office.where, may=True) == ("Settled by hand.", False)
    office.minutes(2)
    assert copies(office) == 1
    assert "Settled by hand" in office.lines()[0]
    assert [row.state for row in office.outbox.rows("ask|1")] == ["sent"]


def test_a_message_that_is_lost_twice_gets_a_new_line_with_buttons_of_its_own(office):
    lose_one(office)
    old = office.buttons()[0][1]
    office.telegram.fault("*/sendMessage", drop="before", when=lambda e: b"ask" in e.body)
    office.resolver.pressed(AGAIN, old, office.where, may=True)
    office.minutes(2)
    assert sum("Uncertain" in line for line in office.lines()) == 2
    assert not any("Settled" in line for line in office.lines())
    new = office.buttons()[0][1]
    assert office.resolver.pressed(AGAIN, old, office.where, may=True)[0] == "That has been dealt with."
    office.resolver.pressed(AGAIN, new, office.where, may=True)
    office.minutes(2)
    assert copies(office) == 2
    assert sum("Settled" in line for line in office.lines()) == 1


@pytest.mark.parametrize(("where", "may"), [("slack:C0OTHER", True), ("telegram:-5", True), (None, False)])
def test_only_in_the_operator_channel_and_only_those_who_may(office, where, may):
    lose_one(office)
    said, refused = office.resolver.pressed(AGAIN, office.buttons()[0][1], where or office.where, may=may)
    assert refused
    assert "Only those who run me" in said
    office.minutes()
    assert copies(office) == 1


@pytest.mark.parametrize("token", ["", ":", "x:1", f"{'0' * 32}:1", f"{'0' * 32}:x", "a:b:c"])
def test_a_forged_button_does_nothing(office, token):
    lose_one(office)
    assert office.resolver.pressed(AGAIN, token, office.where, may=True) == ("That has been dealt with.", False)
    assert [row.state for row in office.outbox.rows("ask|1")] == ["uncertain"]


def test_refused_messages_are_one_line_and_one_button(office):
    body = {"ok": False, "error_code": 400, "description": "Bad Request: MESSAGE_TOO_LONG"}
    office.telegram.fault("*/sendMessage", status=400, body=body, times=2, when=lambda e: b"ask" in e.body)
    office.send("ask|1", f"telegram:{CHAT}", 2)
    office.minutes(2)
    (line,) = office.lines()
    assert "2 messages of ask|1" in line
    office.resolver.pressed(*office.buttons()[0], office.where, may=True)
    office.minutes(2)
    assert [row.state for row in office.outbox.rows("ask|1")] == ["sent", "sent"]
    assert "Settled" in office.lines()[-1]


def test_a_channel_that_refuses_us_is_one_line_until_it_takes_messages_again(office):
    office.telegram.kick(CHAT)
    office.send("ask|1", f"telegram:{CHAT}", 5)
    office.minutes(3)
    (line,) = office.lines()
    assert "Refused" in line
    assert "forbidden" in line
    office.telegram.chat(CHAT).kicked, office.telegram.chat(CHAT).bot_member = False, True
    office.minutes(3)
    assert "takes messages again" in office.lines()[-1]
    assert len(office.lines()) == 2


@pytest.mark.parametrize("platform", ["telegram"])
def test_a_refused_token_is_one_line_whatever_it_holds_up(office):
    office.slack.fault("*chat.postMessage", body={"ok": False, "error": "token_revoked"}, status=200, times=10**6)
    for n in range(3):
        office.send(f"ask|{n}", f"slack:{DIGESTS}", 2)
    office.minutes(3)
    (line,) = office.lines()
    assert "Token refused by slack: 6 messages" in line
    office.slack.faults.clear()
    assert office.resolver.settle(AGAIN, office.resolver.rows("slack")) == 6
    office.minutes(2)
    assert len(office.slack.messages(DIGESTS)) == 6
    assert "slack: what the refused token held up is settled" in office.lines()[-1]


def test_a_source_that_fails_three_times_in_a_row(office):
    for _ in range(2):
        office.troubles.failed("source arxiv:cs.CV", "timeout", office.now)
    office.minutes()
    assert office.lines() == []
    office.troubles.failed("source arxiv:cs.CV", "timeout", office.now)
    office.minutes(2)
    assert "arxiv:cs.CV, 3 times in a row (timeout)" in office.lines()[0]
    office.troubles.worked("source arxiv:cs.CV")
    office.minutes(2)
    assert ["Source back" in line for line in office.lines()] == [False, True]


def test_many_channels_that_ask_the_same_source_are_one_failure(office):
    for _ in range(500):
        office.troubles.failed("source arxiv:cs.CV", "timeout", office.now, 600.0)
    assert [one.count for one in office.troubles.failing()] == [1]


class Used:
    tokens_in = tokens_out = cache_read = cache_write = 1


def test_the_budget_of_a_day(office):
    Spend(office.redis, lambda: office.now).add(datetime.fromtimestamp(office.now, UTC).date(), "m", Used, 5.0)
    office.minutes(2)
    assert "$5.00 of $5.00" in office.lines()[0]
    office.now += 17 * 3600
    office.minutes(2)
    assert any("A new day" in line for line in office.lines())


def test_a_task_that_always_fails_is_told_once(office):
    ledger = office.ticker.dispatcher.ledger
    ledger.open("ask|slack|T1|C1|9.9", "ask", office.now, {"text": "what a person wrote"})
    for fails in range(MAX_FAILS):
        attempt = ledger.take("ask|slack|T1|C1|9.9", office.now, 60)
        assert attempt == fails + 1
        ledger.later("ask|slack|T1|C1|9.9", attempt, office.now, "KeyError")
    office.minutes(10)
    (line,) = office.lines()
    assert "ask|slack|T1|C1|9.9 (KeyError)" in line
    assert f"after {MAX_FAILS} tries" in line
    assert "what a person wrote" not in line


def test_a_clock_that_stood_still(office):
    office.ticker.operator.away(office.now - 75, office.now)
    office.ticker.operator.away(office.now - 74, office.now + 1)
    office.minutes()
    (line,) = office.lines()
    assert "for 75 s until 07:00:00 UTC" in line


@pytest.mark.parametrize("platform", ["telegram"])
def test_the_clock_itself_notices_that_it_stood_still(office):
    stopping = threading.Event()
    running = threading.Thread(target=office.ticker.run, args=(stopping,), daemon=True)
    running.start()
    ledger = office.ticker.dispatcher.ledger

    def told():
        ledger.wake()
        return [k for k in ledger.open_keys() if "operator|away" in k]

    until(lambda: office.redis.exists("pb:operator:turn"), "the first tick")
    assert told() == []
    office.now += 75
    until(told, "the line")
    stopping.set()
    ledger.wake()
    running.join(10)
    assert not running.is_alive()
    office.deliver()
    assert sum("for 75 s" in line for line in office.lines()) == 1


# -- what it must not do -----------------------------------------------------------------------------------------------


def test_many_uncertain_messages_are_one_line(office):
    office.telegram.fault("*/sendMessage", drop="after", times=40, when=lambda e: b"ask" in e.body)
    for n in range(40):
        office.telegram.add_chat(9000 + n, title="someone")
        office.send(f"ask|{n}", f"telegram:{9000 + n}")
    office.deliver()
    office.minutes(3)
    (line,) = office.lines()
    assert "40 × uncertain message" in line
    assert office.buttons() == []


def test_a_channel_of_the_operator_s_that_is_broken_makes_no_trouble_of_its_own(office):
    refuse = office.where.startswith("telegram")
    if refuse:
        office.telegram.kick(OPS_CHAT)
    else:
        office.slack.channel(OPS).is_archived = True
    office.troubles.failed("model", "auth", office.now)
    office.troubles.failed("model", "auth", office.now)
    office.minutes(int(PROBE_S / 60) + 10, each=5)
    asked = office.telegram.calls("*/sendMessage") if refuse else office.slack.calls("*chat.postMessage")
    assert 1 <= len(asked) <= 3, "once, at once again, and once an hour"
    found = status.collect(office.settings)
    assert found["operator"]["state"].startswith("refuses us")
    assert {row["kind"] for row in found["present"]} >= {"model"}
    if refuse:
        office.telegram.chat(OPS_CHAT).kicked = False
        office.telegram.chat(OPS_CHAT).bot_member = True
    else:
        office.slack.channel(OPS).is_archived = False
    office.minutes(int(PROBE_S / 60) + 5, each=5)
    assert sum("The model fails" in line for line in office.lines()) == 1


def test_another_operator_channel_is_told_everything_that_is_wrong_now(office, env):
    lose_one(office)
    other = {"slack": f"telegram:{OPS_CHAT}", "telegram": f"slack:{OPS}"}[office.where.partition(":")[0]]
    moved = Office(office.redis, env(OPERATOR_CHANNEL=other), (office.slack, office.telegram), other)
    moved.now = office.now
    moved.minutes(2)
    assert ["Uncertain" in line for line in moved.lines()] == [True]


def test_two_clocks_tell_it_once(office):
    second = Scheduler(office.redis, office.settings, clock=lambda: office.now)
    office.troubles.failed("model", "auth", office.now)
    office.troubles.failed("model", "auth", office.now)
    for _ in range(4):
        second.tick()
        office.minutes()
        office.troubles.soon()
    assert len(office.lines()) == 1


def test_the_lines_are_in_the_channel_s_language(office):
    office.channels.change(office.where, {"language": "zh"})
    lose_one(office)
    assert "不确定" in office.lines()[0]


def test_a_line_holds_no_markup_that_came_from_outside(platform):
    made = payload(platform, "`<!channel>` & `x`")
    if platform == "slack":
        assert made["blocks"][0]["text"]["text"] == "`&lt;!channel&gt;` &amp; `x`"
    else:
        assert (made["text"], [e["offset"] for e in made["entities"]]) == ("<!channel> & x", [0, 13])


# -- without a channel -------------------------------------------------------------------------------------------------


def test_without_a_channel_status_tells_and_the_command_line_mends(office, env):
    lose_one(office)
    settings = env(OPERATOR_CHANNEL="")
    shown = status.text(status.collect(settings))
    name = office.outbox.trouble()[0].mark[:8]
    assert "nobody: set OPERATOR_CHANNEL" in shown
    assert shown.startswith("Needs a hand:")
    assert f"an answer in telegram:{CHAT} may or may not have arrived (lost)" in shown
    assert f"`python -m bot status --again {name}` posts it again" in shown
    with pytest.raises(BadInput, match="no message in trouble"):
        status.by_hand(settings, AGAIN, "deadbeef")
    assert status.by_hand(settings, AGAIN, name) == 1
    office.minutes(2)
    assert copies(office) == 2
    assert status.collect(settings)["trouble"] == []
    with pytest.raises(BadInput):
        status.by_hand(settings, AGAIN, name)


def test_status_shows_a_digest_that_is_late(office, env):
    office.minutes(60 + 35, each=5)
    office.settings = env(OPERATOR_CHANNEL="")
    made = status.collect(office.settings)
    assert [row["kind"] for row in made["present"]].count("late") == 0, "it goes by the real clock"

    late = [t for t in Alerts(office.redis, office.settings, lambda: office.now).present().values() if t.kind == "late"]
    assert {t.about["channel"] for t in late} == {f"slack:{DIGESTS}", f"telegram:{CHAT}"}


def test_without_an_operator_whoever_subscribed_is_told_once(env, redis, doubles, office):
    slack, telegram = doubles
    nobody = Office(redis, env(OPERATOR_CHANNEL=""), doubles, "")
    rooms = {f"slack:{DIGESTS}": "slack:U0ALICE", f"telegram:{CHAT}": "telegram:4242"}
    for room, by in rooms.items():
        nobody.channels.subscribe(room, None, by)
    nobody.minutes(100, each=5)  # 08:40, and no digest is out
    told = [e.data["text"] for e in slack.calls("*chat.postMessage") if e.data["channel"] == "U0ALICE"]
    told += [m["text"] for m in telegram.messages(4242, mine=True)]
    assert len(told) == 2 and all(place in said for place, said in zip((DIGESTS, str(CHAT)), told, strict=True)), told
    nobody.minutes(60, each=5)
    assert len(slack.calls("*chat.postMessage")) + len(telegram.calls("*sendMessage")) == 2, "once"
