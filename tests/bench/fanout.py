"""(e) Many channels at once.

The time to send everything, over the platforms' own pace; lost, doubled, refused.

Telegram twice: each part as one request, and as a silent placeholder that is edited (as scheduled digests are), which
are two requests to Telegram's limits.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.fanout_ends import addresses, ends
from tests.bench.figures import Figure, Report
from tests.bench.house import at_work, settled, wait_for
from workers.models import Part
from workers.queueing.dispatcher import Dispatcher
from workers.queueing.kinds import DELIVERY
from workers.store.delivery.outbox import Outbox

CHANNELS, WORKERS, MESSAGES = 500, 4, 3
"""Slack channels (and as many Telegram chats), delivery workers, and messages for each; the first two are options."""

LIMIT = 1.05
"""Largest ratio to the platforms' pace that is meant to be kept."""

CHAT_GAP_S = 1.0
"""Seconds between two messages in one channel or chat (Slack's rate limits; telegram.constants.FloodLimit)."""

TELEGRAM_PER_S = 30
"""Requests a second over all of Telegram's chats (telegram.constants.FloodLimit.MESSAGES_PER_SECOND)."""

LONGEST_S = 60.0
"""Seconds that sending may take, beyond ten times the platforms' pace, before the measurement gives up."""

LINE = "in preparation"
"""What stands in a chat until the text does."""

WAYS = {"one request": ("ask", 1), "placeholder, then edit": ("placeholder", 2)}
"""Way of sending to Telegram -> the setting TELEGRAM_UNCERTAIN, and requests for a message."""


def words(address: str, number: int) -> str:
    """The text of one message; no two are the same."""
    return f"message {number} for {address}"


def pace_s(count: int, requests: int = MESSAGES) -> float:
    """Seconds that the platforms' limits alone ask for, from first to last request.

    Every chat's gap, and Telegram's overall rate after a second's worth at once. `requests`: for each chat, within a
    group's minute.
    """
    return max((requests - 1) * CHAT_GAP_S, (count * requests - TELEGRAM_PER_S) / TELEGRAM_PER_S)


@dataclass(frozen=True)
class Sent:
    """What our workers made of it."""

    seconds: float
    lost: int
    doubled: int
    asked_to_wait: int
    """Requests that a platform answered with 429."""
    attempts: int
    """Times that a delivery was handed out."""
    cpu: dict[str, float]
    """Seconds of CPU: of the workers with their jobs, of the services, of Redis; the clock is in this process."""


def children() -> set[int]:
    """Processes that this one has started and that run."""
    pids = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(pid) for path in pids for pid in path.read_text().split()}


def cpu_of(pids: set[int]) -> float:
    """Seconds of CPU of processes and of the children that they have waited for.

    Reads /proc.
    """
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split() for pid in pids]
    return sum(int(value) for found in fields for value in found[11:15]) / os.sysconf("SC_CLK_TCK")


def ours(count: int, workers: int, way: str) -> Sent:
    """Let `workers` workers send a delivery to every address, all queued at once."""
    with ends(count) as both, settled(both.env | {"TELEGRAM_UNCERTAIN": WAYS[way][0]}) as settings:
        before = children() if Path("/proc/self/task").exists() else None
        with at_work(settings, [DELIVERY] * workers) as redis:
            dispatcher, outbox = Dispatcher(redis), Outbox(redis)
            channels, chats = addresses(count)
            goals = [a for c, t in zip(channels, chats, strict=True) for a in (f"slack:{c}", f"telegram:{t}")]
            keys = [f"delivery|{address}" for address in goals]
            for address in goals:
                parts = [Part(key=f"part:{n}", payload={"text": words(address, n)}) for n in range(MESSAGES)]
                with redis.pipeline() as pipe:
                    outbox.put(pipe, address, address, parts, time.time(), placeholder=LINE)
                    pipe.execute()
            began, own = time.time(), time.process_time()
            for key, address in zip(keys, goals, strict=True):
                dispatcher.open(key, "delivery", {"delivery": address})
            limit = LONGEST_S + 10 * pace_s(count, MESSAGES * WAYS[way][1])
            wait_for(lambda: not dispatcher.ledger.next_due(), "every delivery", limit)
            tasks = [dispatcher.ledger.get(key) for key in keys]
            used, found = redis.info("cpu"), both.report()
            cpu = {"clock and measurement": time.process_time() - own, "services": found["cpu"]}
            cpu["Redis"] = float(used["used_cpu_user"]) + float(used["used_cpu_sys"])
            if before is not None:
                cpu["workers"] = cpu_of(children() - before)
    there, wanted = [tuple(one) for one in found["texts"]], {(a, words(a, n)) for a in goals for n in range(MESSAGES)}
    return Sent(
        seconds=max(post["at"] for post in found["posts"] if post["accepted"]) - began,
        lost=len(wanted - set(there)),
        doubled=len(there) - len(set(there)),
        asked_to_wait=sum(post["status"] == 429 for post in found["posts"]),
        attempts=sum(task.attempt for task in tasks if task),
        cpu=cpu,
    )


def measure(_runs: int, channels: int = CHANNELS, workers: int = WORKERS) -> Report:
    """One run of each way."""
    report = Report(
        "fanout",
        f"{channels} Slack channels and {channels} Telegram chats, {MESSAGES} messages each; {workers} workers",
        f"python -m tests.bench fanout --channels {channels} --workers {workers}",
        "the platforms' pace alone, as if sending took no time",
    )
    for way, (_, requests) in WAYS.items():
        sent, floor = ours(channels, workers, way), pace_s(channels, requests * MESSAGES)
        total = channels * MESSAGES * (1 + requests)
        report.figures += [
            Figure(f"Telegram by {way}", sent.seconds, "s", floor, limit=LIMIT, note=f"{total} requests"),
            Figure("lost", sent.lost, "", most=0),
            Figure("doubled", sent.doubled, "", most=0),
            Figure("429 caused by us", sent.asked_to_wait, "", most=0),
            Figure("times handed out", sent.attempts, "", 2.0 * channels, note="floor: one for each channel"),
        ]
        whole = sum(sent.cpu.values())
        shares = ", ".join(f"{name} {used:.1f} s ({used / whole:.0%})" for name, used in sorted(sent.cpu.items()))
        report.notes.append(f"{way}: CPU of {shares}; load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    report.notes.append(
        f"the pace: {CHAT_GAP_S:g} s between two requests in a channel, {TELEGRAM_PER_S} a second over all Telegram "
        "chats; both platforms at the same time. From the opening of the first delivery; one run of each."
    )
    return report
