"""A. Delivery: every message once and in order, whoever dies on the way."""

from contextlib import ExitStack

import pytest

from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble
from tests.promises import kit
from workers.papers import Part
from workers.queue import DELIVERY

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
        kit.kill_tree(self.pid)

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
    commands = gate.count
    uncertain = 0
    points = [(way, n) for way in ("asked", "answered") for n in range(1, commands + 1)]
    chosen = kit.sample(points, 16)
    for way, number in chosen:
        gate.aim(number, post.strike, way)
        post.open()
        post.finish()
        uncertain += post.check(f"killed at command {number} {gate.struck}")
    figure(f"{len(chosen)} Redis points, {uncertain} uncertain on Telegram")
