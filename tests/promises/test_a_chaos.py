"""A. Delivery under kills.

At random, all at once, and one by one at every point that there is.

At random: clocks, workers and the server are killed while digests fall due, are made and sent. There are three clocks,
two workers for digests, two for deliveries and one for the memory, under a time that runs six times as fast, so that a
lease of a minute ends in ten seconds. Whatever is killed is started again, as `up` does.
"""

import random
import statistics
import time
from datetime import UTC, datetime, timedelta

from tests.doubles.huggingface import make_item
from tests.promises import kit
from tests.world import World
from workers.store.channels.memory import Memory
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import Outbox
from workers.store.server.connection import connect
from workers.store.tasks.ledger import Ledger
from workers.words import words

RATE = 6.0
"""Times as fast. The lease (60 s) must stay above what a digest takes in real time, also on a busy machine."""

CREW = [("scheduler",)] * 3 + [
    ("worker", "--queue", queue) for queue in ("digest", "digest", "delivery", "delivery", "deepdive")
]
PROFILE, TITLE = "cv-daily-zh", "Flow Matching for Image Restoration with Diffusion"
A_MINUTE = 4
"""Channels whose digest falls due in the same minute; one of them on Telegram."""


MOST_PARKED = 0.13
"""Share of digests whose worker may happen to be killed five times in a row, which parks them: one in a sample. On an
idle machine it is none; where everything takes four times as long, a digest is at work when something is killed."""


def addresses(world, minutes):
    """Channels on both platforms, by the minute in which their digest is due."""
    found = {}
    for minute in range(minutes):
        for n in range(A_MINUTE - 1):
            world.slack.add_channel(f"C0M{minute:02}N{n}", f"m{minute}n{n}")
        chat = -1003000000000 - minute
        world.telegram.add_chat(chat, type="supergroup", title=f"Group {minute}")
        found[minute] = [*(f"slack:C0M{minute:02}N{n}" for n in range(A_MINUTE - 1)), f"telegram:{chat}"]
    return found


def test_01_chaos(server, clock, tmp_path, figure):
    """1: random SIGKILLs of clocks, workers and the server lose and repeat nothing.

    Each digest once, each of its messages once, in order.
    """
    seconds, dice = kit.amount(300, 14), random.Random(kit.SEED)
    with World(tmp_path, server.url, chats=False) as world:
        clock.skip(50 - datetime.fromtimestamp(clock(), UTC).second)
        due = dict(addresses(world, int(seconds * RATE / 60)).items())
        env = {
            "SLACK_BOT_TOKEN": world.slack.bot_token, "TELEGRAM_BOT_TOKEN": world.telegram.token,
            "DIGEST_TIMEZONE": "UTC", "DIGEST_PROFILE": PROFILE, "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        redis, start = connect(server.url), datetime.fromtimestamp(clock(), UTC)
        for back in range(5):
            day = str((start - timedelta(days=back)).date())
            papers = [make_item(f"26{back:02}.0000{n}", f"{TITLE} {n}", summary=TITLE) for n in range(1, 4)]
            world.hf.days[day] = papers
        wanted = {}
        for minute, channels in due.items():
            at = start.replace(second=0) + timedelta(minutes=minute + 1)
            for channel in channels:
                Channels(redis).subscribe(channel)
                Channels(redis).change(channel, {"time": f"{at:%H:%M}"})
                Memory(redis).move_cursor(channel, clock())
                wanted[f"digest|{channel}|{at.date()}"] = (channel, at.timestamp())
        crew = kit.Crew(tmp_path, world.env | env, clock)
        try:
            clock.run(RATE)
            lives = {i: crew.fork(*what) for i, what in enumerate(CREW)}
            kills = wreak(crew, lives, server, dice, seconds)
            kit.until(lambda: look_after(crew, lives) and finished(redis, wanted), "the end of all digests", 240)
        finally:
            crew.close()
        delays = check(redis, world, wanted)
        redis.close()
    p50, p99 = statistics.median(delays), sorted(delays)[int(len(delays) * 0.99)]
    parked = len(wanted) - len(delays)
    figure(
        f"chaos of {seconds} s: {kills} kills, {len(delays)} digests: 0 lost, 0 doubled"
        + f", {parked} parked" * bool(parked)
    )
    figure(f"out after {p50:.0f} s (median), {p99:.0f} s (p99)")


def wreak(crew, lives, server, dice, seconds):
    """Kill something every one to three seconds, and the server twice; how often."""
    end, kills = time.monotonic() + seconds, 0
    servers = [time.monotonic() + seconds * part for part in (0.35, 0.75)]
    while time.monotonic() < end:
        pause = time.monotonic() + dice.uniform(1.0, 3.0)
        kit.until(lambda pause=pause: look_after(crew, lives) and time.monotonic() > pause, "a pause")
        kills += 1
        if servers and time.monotonic() > servers[0]:
            servers.pop(0)
            server.kill()
            time.sleep(dice.uniform(0.1, 1.0))
            server.start()
        else:
            (kit.kill if dice.random() < 0.5 else kit.kill_tree)(dice.choice(list(lives.values())))
    return kills


def look_after(crew, lives):
    """Start again what has died."""
    for i, pid in lives.items():
        if not kit.alive(pid):
            crew.bury(pid)
            lives[i] = crew.fork(*CREW[i])
    return True


def finished(redis, wanted):
    """True when every digest is made and nothing is left to do."""
    ledger = Ledger(redis)
    tasks = [ledger.get(key) for key in wanted]
    return all(task and task.state != "open" for task in tasks) and not ledger.open_keys()


def check(redis, world, wanted):
    """Checks that each digest and each message came once, in order.

    Returns how long after it was due each digest was out.
    """
    delays, parked, line = [], [], words("zh").placeholder
    for slot, (channel, due) in wanted.items():
        task = Ledger(redis).get(slot)
        if task.state == "dead" and task.error in ("killed", "crashed"):  # its worker was killed five times running
            parked.append(slot)
            continue
        assert task.state == "done", task
        rows = Outbox(redis).rows(slot)
        assert rows, slot
        assert {row.state for row in rows} == {"sent"}, [(row.key, row.state) for row in rows]
        platform, _, address = channel.partition(":")
        if platform == "slack":
            there = world.slack.messages(address)
            marks = [m["metadata"]["event_payload"]["id"] for m in there]
            assert marks == [row.mark for row in rows], f"{slot}: {[m['text'][:20] for m in there]} for {rows}"
            calls = [c for c in world.slack.calls("*chat.postMessage", accepted=True) if c.data["channel"] == address]
        else:
            there = [m for m in world.telegram.messages(int(address), mine=True, deleted=False) if m["text"] != line]
            assert [str(m["message_id"]) for m in there] == [row.msg for row in rows], slot
            calls = [c for c in world.telegram.calls("*Message*") if str(c.data["chat_id"]) == address]
        delays.append(max(call.at for call in calls) - due)
    assert len(parked) <= MOST_PARKED * len(wanted), parked
    assert {task.key for task in Ledger(redis).dead()} == set(parked), "a digest that was given up is shown"
    return delays


def test_01_killed_at_every_redis_command(post, gate, figure):
    """1: a worker and its child are killed at every Redis command.

    As it is on the way to Redis, or its reply on the way back.
    """
    gate.aim(10**9, post.strike)
    post.open()
    post.finish()
    post.check("nobody killed")
    points = [(way, n) for way in ("asked", "answered") for n in range(1, gate.count + 1)]
    chosen, uncertain = kit.sample(points, 4), 0
    for way, number in chosen:
        gate.aim(number, post.strike, way)
        post.open()
        post.finish()
        uncertain += post.check(f"killed at command {number} {gate.struck}")
    figure(f"{len(chosen)} Redis points: 0 lost, 0 doubled, {uncertain} `uncertain` on Telegram")


def test_01_killed_at_every_http_phase(post, figure):
    """1: the same at the six phases of each request that posts a part."""
    points = post.points()
    chosen, uncertain = kit.sample(points, 4), 0
    for phase, number in chosen:
        post.trap.aim(phase, number, post.strike)
        post.open()
        post.finish()
        kit.until(lambda phase=phase: post.trap.struck or phase == "connect", f"a kill at {phase} {number}")
        uncertain += post.check(f"killed at {phase} of request {number}")
    figure(f"{len(chosen)} HTTP points, {uncertain} `uncertain`")
