"""A. Delivery: every message once and in order, whoever dies on the way."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from rq import Queue

from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble
from tests.promises import kit
from workers.papers import Part
from workers.queue import DELIVERY, KINDS, Hands, OurJob
from workers.store.channels import Channels
from workers.store.outbox import Outbox
from workers.store.redis import connect
from workers.ticker import Ticker

CHANNELS, CHAT = ("C0ONE", "C0TWO"), -1001000000001

KEYS = {"quick": None, "pick:1": None, "analysis:1:0": "pick:1", "pick:2": None, "analysis:2:0": "pick:2"}
"""The five parts of a digest and what each hangs under."""


def parts(where, number):
    """A digest of five parts; every text says whose it is."""
    about = {"text": "", "unfurl_links": False, "unfurl_media": False} if where.startswith("slack") else {}
    return [Part(key=k, parent=p, payload=about | {"text": f"{k} of {number}"}) for k, p in KEYS.items()]


class Post:
    """Both platforms, and digests of five parts for two Slack channels and a Telegram group."""

    def __init__(self, stack, crew, redis, clock):
        self.slack = stack.enter_context(SlackDouble(channels={c: c.lower() for c in CHANNELS}, pace=False))
        self.telegram = stack.enter_context(TelegramDouble(pace=False))
        self.crew, self.drive = crew, kit.Drive(redis, clock)
        self.trap = kit.Trap(self.slack, self.telegram)
        self.addresses = [*(f"slack:{c}" for c in CHANNELS), f"telegram:{CHAT}"]
        crew.env |= {
            "SLACK_BOT_TOKEN": self.slack.bot_token, "SLACK_API_URL": self.slack.api_url,
            "TELEGRAM_BOT_TOKEN": self.telegram.token, "TELEGRAM_API_URL": self.telegram.url,
        }  # fmt: skip
        self.number = 0
        self.pid = crew.worker(DELIVERY)

    def open(self):
        """A new digest for each channel."""
        self.number += 1
        self.keys = []
        for address in self.addresses:
            name = f"{self.number}|{address}"
            with self.drive.hands.redis.pipeline() as pipe:
                self.drive.outbox.put(pipe, name, address, parts(address, self.number), self.drive.clock())
                pipe.execute()
            self.drive.hands.open(f"delivery|{name}", "delivery", {"delivery": name})
            self.keys.append(f"delivery|{name}")

    def finish(self):
        """Drive until all is sent, with a new worker when ours has died."""
        self.drive.until(lambda: not self.drive.hands.ledger.open_keys(), self.pids, "the end of the deliveries")

    def pids(self):
        if not kit.alive(self.pid):
            self.crew.bury(self.pid)
            self.pid = self.crew.worker(DELIVERY)
        return [self.pid]

    def strike(self):
        """Kill the worker with its child."""
        kit.kill_tree(self.pid)

    def posts(self):
        """Every request to post, oldest first."""
        return [*self.slack.calls("*/chat.postMessage"), *self.telegram.calls("*/sendMessage")]

    def texts(self, address):
        """What stands in a channel of this round, in order of the timestamps."""
        mine = f" of {self.number}"
        if address.startswith("slack"):
            found = self.slack.messages(address.partition(":")[2])
        else:
            found = self.telegram.messages(CHAT, mine=True)
        return [m["text"].removesuffix(mine) for m in found if m["text"].endswith(mine)]

    def check(self, why):
        """Slack: each part once, in order. Telegram: at most once, what is missing is uncertain. How many are."""
        for address in self.addresses:
            rows = {row.key: row.state for row in self.drive.outbox.rows(f"{self.number}|{address}")}
            texts = self.texts(address)
            if address.startswith("slack"):
                assert texts == list(KEYS), f"{why}: {address} has {texts}"
                assert set(rows.values()) == {"sent"}, f"{why}: {rows}"
            else:
                wanted = [key for key in KEYS if key in texts]
                assert texts == wanted, f"{why}: {address} has {texts}"
                assert all(rows[key] == "uncertain" for key in KEYS if key not in texts), f"{why}: {texts}, {rows}"
                assert set(rows.values()) <= {"sent", "uncertain"}, f"{why}: {rows}"
                shown = {(r.delivery, r.key) for r in self.drive.outbox.trouble()}
                open_ = [k for k, state in rows.items() if state == "uncertain"]
                assert all((f"{self.number}|{address}", key) in shown for key in open_), why
                return len(open_)
        return 0


@pytest.fixture
def post(shifted_crew, redis, clock):
    with ExitStack() as stack:
        yield Post(stack, shifted_crew, redis, clock)


def test_01_killed_at_every_redis_command(post, gate, figure):
    """1: a worker and its child killed as any command is on the way to Redis, or its reply on the way back."""
    gate.aim(10**9, post.strike)
    post.open()
    post.finish()
    post.check("nobody killed")
    points = [(way, n) for way in ("asked", "answered") for n in range(1, gate.count + 1)]
    chosen, uncertain = kit.sample(points, 12), 0
    for way, number in chosen:
        gate.aim(number, post.strike, way)
        post.open()
        post.finish()
        uncertain += post.check(f"killed at command {number} {gate.struck}")
    figure(f"{len(chosen)} Redis points: 0 lost, 0 doubled, {uncertain} `uncertain` on Telegram")


def test_01_killed_at_every_http_phase(post, figure):
    """1: the same at the six phases of each request that posts a part."""
    points = [(phase, n) for phase in kit.PHASES for n in range(1, len(KEYS) * len(post.addresses) + 1)]
    chosen, uncertain = kit.sample(points, 14), 0
    for phase, number in chosen:
        post.trap.aim(phase, number, post.strike)
        post.open()
        post.finish()
        assert post.trap.struck, f"nobody was killed at {phase} {number}"
        uncertain += post.check(f"killed at {phase} of request {number}")
    figure(f"{len(chosen)} HTTP points, {uncertain} `uncertain`")


@pytest.mark.parametrize("end", ["killed", "frozen"])
def test_02_a_post_accepted_late(post, clock, figure, end):
    """2: a post hangs; its worker is killed, or frozen with its child and thawed later; the service accepts it 40 s
    after it came (the lease is 60 s); another worker takes over: one copy."""
    began = clock()
    held = [d.fault("*essage", hold=lambda: clock() > began + 40) for d in (post.slack, post.telegram)]
    post.open()
    kit.until(lambda: post.posts(), "a post")
    old = post.pid
    if end == "killed":
        kit.kill(old)  # the parent alone; its child goes with it
        kit.until(lambda: not kit.alive(old), "the end of the worker")
    else:
        tree = [old, *kit.children(old)]
        [kit.kill(pid, signal.SIGSTOP) for pid in tree]
        post.pid = post.crew.worker(DELIVERY)
    clock.skip(39)
    post.drive.hands.hand_out(post.keys[0])
    assert not any(p.accepted for p in post.posts())
    clock.skip(2)
    kit.until(lambda: any(p.accepted for p in post.posts()), "the late acceptance")
    post.finish()
    if end == "frozen":
        [kit.kill(pid, signal.SIGCONT) for pid in tree]
        kit.until(lambda: not kit.children(old), "the end of the frozen job")
    post.check(end)
    assert sum(fault.times == 0 for fault in held) >= 1
    figure(f"{end}: 1 copy")


def test_02_a_post_accepted_late_in_real_time(redis, crew, figure):
    """2: the same by the real commands and the real clock (a full run only; a sample has a fast second of it)."""
    late = kit.amount(40, 1)
    with SlackDouble(pace=False) as slack:
        crew.env |= {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url}
        slack.fault("*chat.postMessage", delay=late)
        old = crew.command("worker", "--queue", "delivery")
        hands, outbox = Hands(redis), Outbox(redis)
        with redis.pipeline() as pipe:
            outbox.put(pipe, "d", "slack:C0DIGEST", parts("slack", 0), time.time())
            pipe.execute()
        hands.open("delivery|d", "delivery", {"delivery": "d"})
        kit.until(lambda: slack.calls("*chat.postMessage"), "the post")
        crew.command("worker", "--queue", "delivery")
        crew.command("scheduler")
        old.kill()
        if not kit.full():  # what the lease's end does after a minute
            kit.until(lambda: any(c.accepted for c in slack.calls("*chat.postMessage")), "the late acceptance")
            attempt = hands.ledger.get("delivery|d").attempt
            hands.ledger.later("delivery|d", attempt, time.time())
        kit.until(lambda: len(slack.messages("C0DIGEST")) == len(KEYS), "the digest", 150)
        kit.until(lambda: not hands.ledger.open_keys(), "the end")
        assert [m["text"].removesuffix(" of 0") for m in slack.messages("C0DIGEST")] == list(KEYS)


class Twice(Hands):
    """Gives RQ each attempt twice, under two names: two workers have it at once."""

    def enqueue(self, key, kind, attempt):
        """As it does, and again."""
        super().enqueue(key, kind, attempt)
        how = KINDS[kind]
        queue = Queue(how.queue, connection=self.redis, serializer="json", job_class=OurJob)
        queue.enqueue_call(how.function, args=(key, attempt), timeout=how.timeout, result_ttl=60, failure_ttl=60)


def test_03_two_workers_with_the_same_job(post, redis, clock, figure):
    """3: each attempt is in the queue twice and two workers take one each: nothing doubled, nothing lost."""
    post.drive.hands = Twice(redis, clock)
    other, runs = post.crew.worker(DELIVERY), kit.amount(200, 8)
    both = post.pids
    post.pids = lambda: [*both(), other]
    for _ in range(runs):
        post.open()
        post.finish()
        assert post.check("two workers") == 0
    figure(f"{runs} runs: 0 lost, 0 doubled")


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai")
"""Two with an hour of daylight saving, one with half an hour, one without."""


def test_04_one_digest_a_local_day(redis, env, figure):
    """4: 50 ticks a slot by two schedulers at once, clocks that jump two hours either way, both clock changes, and a
    channel that moves its hour on the day itself: one digest per channel and local date."""
    settings = env(SLACK_BOT_TOKEN="xoxb-x", DIGEST_TIME="02:30")
    channels = Channels(redis)
    for zone in ZONES:
        channels.subscribe(f"slack:{zone}")
        channels.change(f"slack:{zone}", {"timezone": zone})
    rounds, wanted = 0, set()
    days = kit.amount(30, 17)
    for first in (datetime(2027, 3, 12, tzinfo=UTC), datetime(2027, 10, 29, tzinfo=UTC)):
        now = [first.timestamp()]
        clients = [connect(str(settings.redis_url.get_secret_value()), retries=0) for _ in range(2)]
        both = [Ticker(client, settings, clock=lambda now=now: now[0]) for client in clients]
        both[0].tick()
        for day in range(days if first.month == 3 else 12):
            for step in range(0, 25, kit.amount(1, 5)):
                now[0] = (first + timedelta(days=day, hours=step)).timestamp() + (7200, -7200, 0)[step % 3]
                many = 25 if (day, step) == (1, 5) else 1
                together([ticker.tick for ticker in both] * many)
                rounds += 2 * many
            ledger = both[0].hands.ledger
            [ledger.end(key, ledger.get(key).attempt, now[0]) for key in ledger.open_keys()]
            if day == 5:
                channels.change(f"slack:{ZONES[0]}", {"time": "14:00"})
        wanted |= {(zone, (first + timedelta(days=n)).date()) for zone in ZONES for n in range(1, 10)}
        [client.close() for client in clients]
    slots = [key.decode().split("|")[1:3] for key in redis.keys("pb:task:digest|*")]
    assert len(slots) == len({tuple(slot) for slot in slots}), "two digests for a channel and date"
    missing = {(f"slack:{zone}", str(day)) for zone, day in wanted} - {tuple(slot) for slot in slots}
    assert not missing, f"no digest: {sorted(missing)}"
    figure(f"{rounds} ticks, {len(slots)} local days: one digest each")


def together(calls):
    """Run all at once; the first error is raised."""
    with ThreadPoolExecutor(len(calls)) as pool:
        [future.result() for future in [pool.submit(call) for call in calls]]


def test_05_a_lost_reply(post, figure):
    """5: the service accepts and closes, at each part in turn. Slack: found with at most two reads, one copy.
    Telegram: never sent again, and visible."""
    reads = 0
    for key in KEYS:
        word = f"{key} of {post.number + 1}"
        lost = [
            double.fault("*essage", drop="after", when=lambda e, w=word: e.data.get("text") == w, times=3)
            for double in (post.slack, post.telegram)
        ]
        before = len(post.slack.calls("*conversations.*"))
        post.open()
        post.finish()
        assert post.check(f"the reply to {key} lost") == 1, "the one on Telegram is uncertain"
        assert [f.times for f in lost] == [1, 2], "one send to each channel"
        here = (len(post.slack.calls("*conversations.*")) - before) / len(CHANNELS)
        assert here <= 2
        reads = max(reads, here)
    figure(f"Slack: {reads:g} read per lost reply; Telegram: 0 sent again")


def test_06_a_digest_that_fails_in_the_middle(post):
    """6: part 3 of 5 fails twice with 500: parts 1 and 2 are not sent again, the order stays."""
    for double in (post.slack, post.telegram):
        body = {"ok": False, "error_code": 500, "description": "Internal Server Error"}
        double.fault(
            "*essage", status=500, body=body, times=2, when=lambda e: e.data.get("text") == "analysis:1:0 of 1"
        )
    post.open()
    post.finish()
    assert post.check("500") == 0
    sent = [entry.data["text"] for entry in post.posts()]
    for key in KEYS:
        more = 4 if key == "analysis:1:0" else 0
        assert sent.count(f"{key} of 1") == len(post.addresses) + more
