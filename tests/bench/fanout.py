"""(e) Many channels at once: the time to send everything, over the platforms' own pace; lost, doubled, refused."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx

from tests.bench.figures import Figure, Report
from tests.bench.house import at_work, settled, wait_for
from tests.doubles.base import Entry
from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import TelegramDouble
from workers.papers import Part
from workers.queue import DELIVERY, Hands
from workers.store.outbox import Outbox

CHANNELS, WORKERS, MESSAGES = 20, 2, 3
"""Slack channels (and as many Telegram chats), delivery workers, and messages for each; the first two are options."""

LIMIT = 1.1
"""Largest ratio to the platforms' pace that is meant to be kept (by the larger run: 500 channels, 4 workers)."""

CHAT_GAP_S = 1.0
"""Seconds between two messages in one channel or chat (Slack's rate limits; telegram.constants.FloodLimit)."""

TELEGRAM_PER_S = 30
"""Messages a second over all of Telegram's chats (telegram.constants.FloodLimit.MESSAGES_PER_SECOND)."""

FIRST_CHAT = -1002000000000
LONGEST_S = 60.0
"""Seconds that sending may take, beyond ten times the platforms' pace, before the measurement gives up."""


@dataclass(frozen=True)
class Ends:
    """The two services and the addresses in each."""

    slack: SlackDouble
    telegram: TelegramDouble
    channels: list[str]
    chats: list[int]

    def texts(self) -> list[tuple[str, str]]:
        """(address, text) of everything that stands in any channel or chat."""
        found = [(f"slack:{c}", m["text"]) for c in self.channels for m in self.slack.messages(c)]
        return found + [(f"telegram:{c}", m["text"]) for c in self.chats for m in self.telegram.messages(c)]

    def posts(self) -> list[Entry]:
        """Every request to post, oldest first."""
        return [*self.slack.calls("*/chat.postMessage"), *self.telegram.calls("*/sendMessage")]


def ends(count: int, stack: ExitStack) -> Ends:
    """Both services, started, strict about their pace, with `count` addresses each."""
    channels = [f"C0FAN{n:04d}" for n in range(count)]
    chats = [FIRST_CHAT - n for n in range(count)]
    slack = SlackDouble(channels={c: c.lower() for c in channels})
    telegram = TelegramDouble(chats={c: {"type": "supergroup", "title": f"Lab {c}"} for c in chats})
    return Ends(stack.enter_context(slack), stack.enter_context(telegram), channels, chats)


def words(address: str, number: int) -> str:
    """The text of one message; no two are the same."""
    return f"message {number} for {address}"


def pace_s(count: int, messages: int = MESSAGES) -> float:
    """Seconds that the platforms' limits alone ask for: every chat's gap, and Telegram's overall rate."""
    a_round = (min(count, TELEGRAM_PER_S) - 1) / TELEGRAM_PER_S
    return max((messages - 1) * CHAT_GAP_S + a_round, (count * messages - 1) / TELEGRAM_PER_S)


def bare(count: int) -> float:
    """Seconds of the same messages sent bare, one thread for each address, at the platforms' pace."""
    with ExitStack() as stack:
        both = ends(count, stack)
        turn, lock = [time.perf_counter()], threading.Lock()

        def post(url: str, body: dict[str, Any], token: str) -> None:
            if "bot" in url:
                with lock:
                    turn[0] = at = max(turn[0] + 1 / TELEGRAM_PER_S, time.perf_counter())
                time.sleep(max(0.0, at - time.perf_counter()))
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            client.post(url, json=body, headers=headers).raise_for_status()

        def send(address: str, url: str, token: str, **where: Any) -> None:
            began = time.perf_counter()
            for number in range(MESSAGES):
                time.sleep(max(0.0, began + number * CHAT_GAP_S - time.perf_counter()))
                post(url, {"text": words(address, number), **where}, token)

        slack, telegram = (
            f"{both.slack.api_url}chat.postMessage",
            f"{both.telegram.base_url}{both.telegram.token}/sendMessage",
        )
        client = stack.enter_context(httpx.Client(limits=httpx.Limits(max_connections=None), timeout=LONGEST_S))
        pool = stack.enter_context(ThreadPoolExecutor(2 * count))
        began = time.perf_counter()
        tasks = [pool.submit(send, f"slack:{c}", slack, both.slack.bot_token, channel=c) for c in both.channels]
        tasks += [pool.submit(send, f"telegram:{c}", telegram, "", chat_id=c) for c in both.chats]
        for task in tasks:
            task.result()
        return time.perf_counter() - began


@dataclass(frozen=True)
class Sent:
    """What our workers made of it."""

    seconds: float
    lost: int
    doubled: int
    asked_to_wait: int
    """Requests that a platform answered with 429."""
    attempts: int
    """Jobs that were run."""


def ours(count: int, workers: int) -> Sent:
    """Put a delivery for every address into the outbox at once and let `workers` workers send them all."""
    with ExitStack() as stack:
        both = ends(count, stack)
        env = {
            "SLACK_BOT_TOKEN": both.slack.bot_token,
            "SLACK_API_URL": both.slack.api_url,
            "TELEGRAM_BOT_TOKEN": both.telegram.token,
            "TELEGRAM_API_URL": both.telegram.url,
        }
        settings = stack.enter_context(settled(env))
        redis = stack.enter_context(at_work(settings, [DELIVERY] * workers))
        hands, outbox = Hands(redis), Outbox(redis)
        addresses = [f"slack:{c}" for c in both.channels] + [f"telegram:{c}" for c in both.chats]
        keys = [f"delivery|{address}" for address in addresses]
        began = time.time()
        for address in addresses:
            parts = [Part(key=f"part:{n}", payload={"text": words(address, n)}) for n in range(MESSAGES)]
            with redis.pipeline() as pipe:
                outbox.put(pipe, address, address, parts, began)
                pipe.execute()
        for key, address in zip(keys, addresses, strict=True):
            hands.open(key, "delivery", {"delivery": address})
        wait_for(lambda: not hands.ledger.open_keys(), "every delivery", LONGEST_S + 10 * pace_s(count))
        tasks = [hands.ledger.get(key) for key in keys]
        posts = both.posts()
        there, wanted = both.texts(), {(a, words(a, n)) for a in addresses for n in range(MESSAGES)}
        return Sent(
            seconds=max(p.at for p in posts if p.accepted) - began,
            lost=len(wanted - set(there)),
            doubled=len(there) - len(set(there)),
            asked_to_wait=sum(p.status == 429 for p in posts),
            attempts=sum(task.attempt for task in tasks if task),
        )


def measure(_runs: int, channels: int = CHANNELS, workers: int = WORKERS) -> Report:
    """One run of ours, one bare."""
    sent, floor = ours(channels, workers), bare(channels)
    report = Report(
        "fanout",
        f"{channels} Slack channels and {channels} Telegram chats, {MESSAGES} messages each; {workers} workers",
        f"python -m tests.bench fanout --channels {channels} --workers {workers}",
        "the same messages sent bare, a thread for each channel, at the platforms' pace",
    )
    total = 2 * channels * MESSAGES
    report.figures += [
        Figure("time to the last message", sent.seconds, "s", floor, limit=LIMIT, note=f"{total} messages"),
        Figure("lost", sent.lost, "", most=0),
        Figure("doubled", sent.doubled, "", most=0),
        Figure("429 caused by us", sent.asked_to_wait, "", most=0),
        Figure("jobs run", sent.attempts, "", 2.0 * channels, note="floor: one for each channel"),
        Figure("messages a second", total / sent.seconds, "", total / floor),
    ]
    report.notes.append(
        f"the pace alone asks for {pace_s(channels):.2f} s: {CHAT_GAP_S:g} s between two messages in a channel, "
        f"{TELEGRAM_PER_S} a second over all Telegram chats. One run; the limit is meant for 500 channels, 4 workers."
    )
    return report
