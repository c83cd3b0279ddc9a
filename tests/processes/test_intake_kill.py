"""A listener killed before its acknowledgement loses nothing, doubles nothing.

A proxy in front of Redis kills the listener (SIGKILL) as its Nth command is on the way there, or as the reply is on the
way back. Then a new one starts, the platform sends again what was never acknowledged, and the ledger must hold exactly
what every event asked for. Each event is another person's, whose limit allows it once: counted twice, it would be lost.
"""

import itertools
import os

import pytest
from slack_sdk import WebClient

from tests.bench.proxy import Proxy
from tests.doubles.slack import SlackDouble
from tests.doubles.slack_state import TEAM
from tests.doubles.telegram import TelegramDouble
from tests.forked import Bot
from tests.waiting import HANG_S, until
from workers.store.channels.settings import Channels
from workers.store.people.threads import ThreadPlace, Threads
from workers.store.people.votes import People
from workers.store.server import embedded
from workers.store.tasks.ledger import Ledger

CHANNEL, GROUP, FIRST = "C0DIGEST", -1001000000003, 5000
PAPER = "2601.00001"

FULL = bool(os.environ.get("PAPERBOY_FULL"))
POINTS, VOTE_POINTS = (120, 32) if FULL else (30, 8)
"""Kills of each platform's listener: at points of every kind of event, on the way to Redis first, then on the way back;
the larger number reaches them all. A kill and a new start take 0.2 s. Votes have fewer points."""

STEP = 1 if FULL else 3
"""Which points of a row are tried: each, or each third."""

WAIT_S = HANG_S
"""Seconds until something that takes milliseconds must have happened."""


class Lives:
    """One listener after the other, each killed by the proxy at a given command.

    Use as a context manager.
    """

    def __init__(self, platform, redis_dir, folder):
        self.platform, self.folder = platform, folder
        self.proxy = Proxy(str(embedded.socket_path(redis_dir.absolute())), look=self.look)
        self.count = self.at = 0
        self.phase = self.killed = ""
        self.bot = None

    def __enter__(self):
        self.proxy.start()
        return self

    def __exit__(self, *_):
        if self.bot:
            self.bot.kill()
            self.bury()
        self.proxy.stop()

    def start(self, **env):
        limits = {"QUESTIONS_PER_HOUR": "1", "DEEPDIVES_PER_HOUR": "3", "DIGEST_PROFILE": "cv-daily-en"}
        env = {"REDIS_URL": self.proxy.url, "LOG_LEVEL": "ERROR"} | limits | env
        self.killed = ""
        self.bot = Bot((self.platform,), env, self.folder, log=self.folder / "log.txt")

    def aim(self, phase, number):
        """Kill at the `number`th command from now on.

        On its way to Redis (`asked`) or back (`answered`).
        """
        self.count, self.phase, self.at = 0, phase, number

    def look(self, phase, names):
        if self.at and phase == self.phase:
            self.count += 1
            if self.count == self.at:
                self.at = 0
                self.bot.kill()
                self.killed = phase
                raise ConnectionResetError

    def bury(self):
        """Wait until it is gone."""
        self.bot.wait()
        self.bot, self.at = None, 0


def sweep(lives, world):
    """Kill so many listeners, one after the other.

    The last point of each row: just after the acknowledgement.
    """
    done = 0
    for phase, kind in itertools.cycle(itertools.product(("asked", "answered"), world.kinds)):
        for number in itertools.count(1, STEP):
            if done == world.points:
                return
            lives.aim(phase, number)
            mark = world.play(kind)
            until(lambda m=mark: lives.killed or world.told(m), f"{kind}, {phase}, command {number}")
            over = not lives.killed
            if over:
                lives.bot.kill()
            lives.bury()
            world.again()
            done += 1
            if over:
                assert number > 2, "nothing was killed"
                break


def expect(redis, wanted):
    """Each event's tasks stand in the ledger once, and nothing else does.

    A listener hands one out once at most.
    """
    ledger = Ledger(redis)
    opened = ledger.open_keys()
    assert sorted(opened) == sorted(key for keys in wanted.values() for key in keys)
    for key in opened:
        task = ledger.get(key)
        assert task.state == "open" and task.attempt in (0, 1), (key, task)
        assert task.data["channel"]


class Slack:
    """What people do on Slack, and what their events must have become.

    {event: keys of its tasks}.
    """

    kinds, points, votes = ("question", "reply", "three papers", "direct"), POINTS, 0

    def __init__(self, lives, redis):
        people = {f"U0P{n:04d}": f"p{n}" for n in range(POINTS)}
        self.lives, self.wanted, self.people = lives, {}, iter(people)
        self.slack = self.double = SlackDouble(members=people, pace=False).start()
        self.slack.add_channel("C0ALL", "all")
        Channels(redis).change("slack:C0ALL", {"answers": "all"})
        self.roots = {}
        client = WebClient(self.slack.bot_token, base_url=self.slack.api_url)
        for room in (CHANNEL, "C0ALL"):
            self.roots[room] = ts = str(client.chat_postMessage(channel=room, text="A paper")["ts"])
            Threads(redis).put(f"slack:{room}", ts, ThreadPlace(ts, PAPER, 1, "cv-daily-en"))

    def start(self):
        until(lambda: not self.slack._sockets, "the end of the old connection")
        tokens = {"SLACK_BOT_TOKEN": self.slack.bot_token, "SLACK_APP_TOKEN": self.slack.app_token}
        self.lives.start(SLACK_API_URL=self.slack.api_url, **tokens)
        self.slack.wait_connected(WAIT_S)

    def play(self, kind):
        person, ids = next(self.people), []
        if kind == "question":
            envelope = self.slack.play_mention("why?", CHANNEL, person, self.roots[CHANNEL])
        elif kind == "reply":
            envelope = self.slack.play_message("and how?", "C0ALL", person, self.roots["C0ALL"])
        else:
            number = len(self.wanted)
            ids = [f"2602.{number:04d}{n}" for n in range(3 if kind == "three papers" else 1)]
            links = " ".join(f"<https://arxiv.org/abs/{i}>" for i in ids)
            if kind == "direct":
                envelope = self.slack.play_message(links, "", person)
            else:
                envelope = self.slack.play_mention(links, CHANNEL, person)
        event = self.slack.payload_of(envelope)["event"]
        key = f"slack|{TEAM}|{event['channel']}|{event['ts']}"
        self.wanted[envelope] = [f"dive|{key}|{i}" for i in ids] or [f"ask|{key}"]
        return envelope

    def told(self, envelope):
        return envelope in self.slack.acks

    def again(self):
        """Starts a new listener, which is sent what was never acknowledged.

        At once, and once more.
        """
        self.start()
        for envelope in [*self.slack.redeliver(), *self.slack.redeliver()]:
            self.slack.ack_of(envelope)

    def said(self):
        """What people were told, apart from the two papers."""
        rooms = [m["text"] for n in list(self.slack._channels) for m in self.slack.messages(n) if m.get("bot_id")]
        return [e["text"] for e in self.slack.ephemerals] + [text for text in rooms if text != "A paper"]


class Telegram:
    """The same on Telegram."""

    kinds, points, votes = ("question", "private", "three papers", "button"), POINTS, 0

    def __init__(self, lives, redis):
        self.lives, self.wanted = lives, {}
        self.people = itertools.count(FIRST)
        self.telegram = self.double = TelegramDouble(pace=False).start()
        self.telegram.add_chat(GROUP, type="supergroup", title="Group")
        buttons = [{"text": data, "callback_data": f"{data}:{PAPER}"} for data in ("dive", "up")]
        keyboard = {"inline_keyboard": [buttons]}
        stored = self.telegram._store(self.telegram.chat(GROUP), True, text="A paper", reply_markup=keyboard)
        self.root = stored["message_id"]
        listed = self.telegram._store(self.telegram.chat(GROUP), True, text="A paper", reply_markup=keyboard)
        self.listed = listed["message_id"]  # a paper without a deep dive: its button asks for one
        place = ThreadPlace(str(self.root), PAPER, 1, "cv-daily-en")
        Threads(redis).put(f"telegram:{GROUP}", str(self.root), place)

    def start(self):
        asked = len(self.telegram.calls("*/getUpdates"))
        self.lives.start(TELEGRAM_BOT_TOKEN=self.telegram.token, TELEGRAM_API_URL=self.telegram.url)
        until(lambda: len(self.telegram.calls("*/getUpdates")) > asked, "polling")

    def play(self, kind):
        person, ids = next(self.people), []
        self.telegram.users[person] = {"id": person, "is_bot": False, "first_name": "P"}
        if kind == "question":
            update = self.telegram.play_message(GROUP, "why?", person, self.root)
        elif kind == "vote":
            update, self.votes = self.telegram.play_callback(GROUP, self.root, f"up:{PAPER}", person), self.votes + 1
        elif kind == "button":
            update, ids = self.telegram.play_callback(GROUP, self.listed, f"dive:{PAPER}", person), [PAPER]
        else:
            number = len(self.wanted)
            ids = [f"2602.{number:04d}{n}" for n in range(3 if kind == "three papers" else 1)]
            if kind == "private":
                self.telegram.add_chat(person, type="private", title="P")
                update = self.telegram.play_message(person, ids[0], person)
            else:
                update = self.telegram.play_message(GROUP, f"/deepdive {' '.join(ids)}", person)
        number = update["update_id"]
        key = f"telegram|{self.telegram.bot['id']}|{number}"
        self.wanted[number] = [f"dive|{key}|{i}" for i in ids] or ([] if kind == "vote" else [f"ask|{key}"])
        return number

    def told(self, number):
        return all(update["update_id"] != number for update in self.telegram.pending)

    def again(self):
        """A new listener, which is given what was never confirmed."""
        self.start()
        until(lambda: not self.telegram.pending, "confirmation")

    def said(self):
        """What people were told, apart from the paper."""
        chats = [GROUP, *(chat for chat in self.telegram._chats if chat >= FIRST)]
        ours = [(c, m) for c in chats for m in self.telegram.messages(c, mine=True) if m["text"] != "A paper"]
        replied = [(chat, m["reply_to"]) for chat, m in ours]
        assert len(set(replied)) == len(replied), "a message was answered twice"
        return [m["text"] for _, m in ours]


class Votes(Telegram):
    """Telegram again: nothing goes to the ledger, but each thumb counts, and once."""

    kinds, points = ("vote",), VOTE_POINTS


@pytest.mark.parametrize("platform", [Slack, Telegram, Votes])
def test_a_killed_listener_loses_nothing_and_doubles_nothing(platform, redis, redis_dir, tmp_path):
    with Lives("slack" if platform is Slack else "telegram", redis_dir, tmp_path) as lives:
        world = platform(lives, redis)
        try:
            world.start()
            sweep(lives, world)
            assert len(world.wanted) == world.points
            expect(redis, world.wanted)
            assert People(redis).votes(f"telegram:{GROUP}", PAPER) == (world.votes, 0)
            assert [text for text in world.said() if not text.startswith("On it: 260")] == []
        finally:
            world.double.stop()
