"""A. Delivery: every message once and in order, whatever is killed."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from redis.exceptions import RedisError
from rq import Queue

from tests.doubles.arxiv import make_item as make_announced
from tests.doubles.huggingface import make_item
from tests.doubles.slack import SlackDouble
from tests.promises import kit
from tests.promises.post import KEYS, SLACK, parts
from tests.world import World
from workers.models import Part
from workers.processes.scheduler import Scheduler
from workers.queueing.dispatcher import Dispatcher
from workers.queueing.kinds import DELIVERY, KINDS
from workers.queueing.rq_job import PaperboyJob
from workers.store.channels.memory import Memory
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import Outbox
from workers.store.server.connection import connect
from workers.words import words


@pytest.mark.parametrize("end", ["killed", "frozen"])
def test_02_a_post_accepted_late(post, clock, figure, end):
    """2: a post that hangs while its worker dies and is accepted late: one copy.

    Its worker is killed, or frozen with its child and thawed later. The service accepts the post 40 s after it came
    (the lease is 60 s). Another worker takes over.
    """
    began = clock()
    for double in (post.slack, post.telegram):
        double.fault("*Message", hold=lambda: clock() > began + 40)
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
    clock.skip(25)  # well before, however slow this machine is
    post.drive.dispatcher.hand_out(post.keys[0])
    assert not any(p.accepted for p in post.posts())
    clock.skip(20)
    kit.until(lambda: any(p.accepted for p in post.posts()), "the late acceptance")
    post.finish()
    if end == "frozen":
        [kit.kill(pid, signal.SIGCONT) for pid in tree]
        kit.until(lambda: not kit.children(old), "the end of the frozen job")
    post.check(end)
    figure(f"{end}: 1 copy")


def test_02_a_post_accepted_late_in_real_time(redis, crew, figure):
    """2: the same by the real commands and clock (a sample has a fast second of it)."""
    late = kit.amount(40, 1)
    with SlackDouble(pace=False) as slack:
        crew.env |= {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url}
        slack.fault("*chat.postMessage", delay=late)
        old = crew.fork("worker", "--queue", "delivery")
        dispatcher, outbox = Dispatcher(redis), Outbox(redis)
        with redis.pipeline() as pipe:
            outbox.put(pipe, "d", "slack:C0DIGEST", parts(SLACK, 0), time.time())
            pipe.execute()
        dispatcher.open("delivery|d", "delivery", {"delivery": "d"})
        kit.until(lambda: slack.calls("*chat.postMessage"), "the post")
        crew.fork("worker", "--queue", "delivery")
        crew.fork("scheduler")
        kit.kill(old)
        if not kit.full():  # what the lease's end does after a minute
            kit.until(lambda: any(c.accepted for c in slack.calls("*chat.postMessage")), "the late acceptance")
            attempt = dispatcher.ledger.get("delivery|d").attempt
            dispatcher.ledger.later("delivery|d", attempt, time.time())
        kit.until(lambda: len(slack.messages("C0DIGEST")) == len(KEYS), "the digest")
        kit.until(lambda: dispatcher.ledger.get("delivery|d").state == "done", "the end")
        assert [m["text"].removesuffix(" of 0") for m in slack.messages("C0DIGEST")] == list(KEYS)


class Twice(Dispatcher):
    """Gives RQ each attempt twice, under two names: two workers have it at once."""

    def enqueue(self, key, kind, attempt):
        """As it does, and again."""
        super().enqueue(key, kind, attempt)
        how = KINDS[kind]
        queue = Queue(how.queue, connection=self.redis, serializer="json", job_class=PaperboyJob)
        queue.enqueue_call(how.function, args=(key, attempt), timeout=how.timeout, result_ttl=60, failure_ttl=60)


def test_03_two_workers_with_the_same_job(post, redis, clock, figure):
    """3: two workers take each attempt once: nothing doubled, nothing lost.

    Each attempt is in the queue twice.
    """
    post.drive.dispatcher = Twice(redis, clock)
    other, runs = post.crew.worker(DELIVERY), kit.amount(200, 2)
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
    """4: one digest per channel and local date, while clocks jump.

    50 ticks a slot by two schedulers at once, clocks that jump two hours either way, both clock changes, and a channel
    that moves its hour on the day itself.
    """
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
        both = [Scheduler(client, settings, clock=lambda now=now: now[0]) for client in clients]
        both[0].tick()
        for day in range(days if first.month == 3 else 12):
            for step in range(0, 25, kit.amount(1, 5)):
                now[0] = (first + timedelta(days=day, hours=step)).timestamp() + (7200, -7200, 0)[step % 3]
                many = 25 if (day, step) == (1, 5) else 1
                together([ticker.tick for ticker in both] * many)
                rounds += 2 * many
            ledger = both[0].dispatcher.ledger
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
    """5: the service accepts each part in turn and closes without a reply.

    Slack: found with at most two reads, one copy. Telegram: never sent again, and visible; an edit is made again, which
    changes nothing.
    """
    reads = 0
    for key in kit.sample(KEYS, 2):
        word = f"{key} of {post.number + 1}"
        lost = [
            double.fault(path, drop="after", when=lambda e, w=word: e.data.get("text") == w)
            for double, path in (
                (post.slack, "*postMessage"), (post.telegram, "*sendMessage"), (post.telegram, "*editMessageText"),
            )
        ]  # fmt: skip
        before = len(post.slack.calls("*conversations.*"))
        post.open()
        post.finish()
        assert post.check(f"the reply to {key} lost") == 1, "the one that nobody can ask for"
        assert [f.times for f in lost] == [0, 0, 0]
        sent = [entry.path.rpartition("/")[2] for entry in post.posts() if entry.data["text"] == word]
        assert sorted(sent) == ["chat.postMessage", "editMessageText", "editMessageText", "sendMessage"]
        reads = max(reads, len(post.slack.calls("*conversations.*")) - before)
        assert reads <= 2
    figure(f"Slack: {reads} read per lost reply; Telegram: 0 sent again")


def test_06_a_digest_that_fails_in_the_middle(post):
    """6: part 3 of 5 fails twice with 500: the order stays, no part is repeated."""
    body = {"ok": False, "error_code": 500, "description": "Internal Server Error"}
    for double, path in (
        (post.slack, "*postMessage"),
        (post.telegram, "*sendMessage"),
        (post.telegram, "*editMessage*"),
    ):
        double.fault(path, status=500, body=body, times=2, when=lambda e: e.data.get("text") == "analysis:1:0 of 1")
    post.open()
    post.finish()
    assert post.check("500") == 0
    sent = [entry.data["text"] for entry in post.posts()]
    for key in KEYS:
        assert sent.count(f"{key} of 1") == (9 if key == "analysis:1:0" else 3)


def test_07_redis_killed_while_digests_go_out(post, server, redis, figure):
    """7: Redis is killed while digests go out: each part once, none repeated.

    At any phase of any request; it comes back a second later.
    """
    patient = connect(server.url)
    post.drive = kit.Drive(patient, post.drive.clock)
    points = post.points()
    chosen, uncertain = kit.sample(points, 2), 0
    for phase, number in chosen:
        timers = []

        def strike(timers=timers):
            server.kill()
            timers.append(threading.Timer(1.0, server.start))
            timers[0].start()

        post.trap.aim(phase, number, strike)
        post.open()
        kit.until(
            lambda timers=timers, phase=phase: timers or (phase == "connect" and over(post)) or step(post),
            f"a kill at {phase} {number}",
        )
        if post.trap.struck:
            kit.until(lambda timers=timers: timers and timers[0].ident, "the timer")
            timers[0].join()
        post.finish()
        uncertain += post.check(f"Redis killed at {phase} of request {number}")
    patient.close()
    figure(f"Redis killed {len(chosen)} times: 0 lost, 0 repeated, {uncertain} `uncertain`")


def over(post):
    """True when all is out: a connection that is used again is not made again."""
    with suppress(RedisError):
        return post.sent()


def step(post):
    """One look of the ticker; nothing if Redis is away."""
    with suppress(RedisError):
        post.drive.step(post.pids)


def test_07_people_are_told_while_redis_is_away(crew, server, figure):
    """7: meanwhile a command is answered "try again" within a second."""
    with SlackDouble(pace=False) as slack:
        tokens = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token}
        crew.fork("slack", SLACK_API_URL=slack.api_url, DIGEST_PROFILE="cv-daily-en", **tokens)
        slack.wait_connected(kit.LONGEST_S)
        server.kill()
        began = time.monotonic()
        envelope = slack.play_slash("/deepdive", "https://arxiv.org/abs/2601.00007")
        ack = slack.ack_of(envelope)
        kit.until(lambda: slack.ephemerals, "an answer")
        took = time.monotonic() - began
        assert slack.ephemerals[0]["text"] == words("en").away, ack
        assert kit.kept(took, 1)
    figure(f"people told after {took:.2f} s")


def test_08_a_killed_workers_task_starts_again(post, clock, figure):
    """8: a worker and its child are killed while posting; a peer has it within 120 s."""
    post.slack.fault("*postMessage", hold=lambda: post.slack.calls("*conversations.history"), drop="before")
    peer = post.crew.worker(DELIVERY)
    post.crew.fork("scheduler")
    post.open()
    kit.until(lambda: post.slack.calls("*postMessage"), "the post")
    busy = next(pid for pid in (post.pid, peer) if kit.children(pid))
    post.crew.kill(busy)
    post.pid = peer if busy == post.pid else post.pid
    key, killed = post.keys[0], clock()
    skipped = 0
    while post.drive.dispatcher.ledger.get(key).attempt == 1:
        clock.skip(1)
        skipped += 1
        assert skipped <= 120, "seconds of the clock, however long this machine takes for one"
        post.drive.dispatcher.ledger.wake()
        time.sleep(0.03)
    kit.until(lambda: post.slack.calls("*conversations.history"), "the second attempt")
    took = clock() - killed
    post.finish()
    post.check("killed")
    figure(f"again after {took:.0f} s")


@pytest.mark.parametrize("both", [False, True])
def test_09_sigterm_at_every_phase(post, figure, both):
    """9: SIGTERM at every phase: the worker is gone in time with status 0.

    It goes to the worker and, as systemd does, to its child. Nothing is half recorded, another worker goes on.
    """
    points = post.points()
    chosen, slowest, uncertain = kit.sample(points, 2, seed=kit.SEED + both), 0.0, 0
    for phase, number in chosen:
        at = []

        def strike(at=at):
            at.append(time.monotonic())
            for pid in [*(kit.children(post.pid) if both else []), post.pid]:
                kit.kill(pid, signal.SIGTERM)

        post.trap.aim(phase, number, strike)
        old = post.pid
        post.open()
        kit.until(lambda at=at, phase=phase: at or (phase == "connect" and over(post)) or step(post), "a signal")
        if not at:
            continue
        kit.until(lambda old=old: not kit.alive(old), "the end of the worker")
        slowest = max(slowest, time.monotonic() - at[0])
        post.finish()
        post.pids()
        assert post.ended.pop() == 0, post.crew.log()
        uncertain += post.check(f"SIGTERM at {phase} of request {number}")
    assert kit.kept(slowest, 25)
    assert both or not uncertain, "what the worker may finish is not in doubt"
    figure(f"{len(chosen)} points{' with the child' if both else ''}: gone after {slowest:.1f} s at most")


def test_09_sigterm_while_a_request_hangs(post, figure):
    """9: SIGTERM while the service hangs: gone within 25 s (a request ends by 15 s)."""
    hang = kit.amount(60, 3)
    post.slack.fault("*postMessage", delay=hang)
    post.open()
    kit.until(lambda: post.slack.calls("*postMessage"), "the post")
    began, old = time.monotonic(), post.pid
    kit.kill(old, signal.SIGTERM)
    kit.until(lambda: not kit.alive(old), "the end of the worker")
    took = time.monotonic() - began
    assert kit.kept(took, 25)
    post.finish()
    post.pids()
    assert post.ended == [0]
    post.check("SIGTERM while the service hangs")
    figure(f"a request that hangs {hang} s: gone after {took:.1f} s")


POISON, FIT = "Poison", "Flow Matching for Image Restoration with Diffusion"


def test_10_a_poison_delivery(post, clock, figure):
    """10: a message that kills its sender is parked after 5 attempts.

    It is told of once. The others wait for nothing.
    """
    bad = f"{POISON} of 1"
    post.slack.fault("*postMessage", drop="before", times=100, when=lambda e: e.data.get("text") == bad)
    post.slack.phase_hook = lambda phase, entry: (
        [kit.kill(child) for child in kit.children(post.pid)]
        if phase == "body" and entry.data.get("text") == bad
        else None
    )
    key, outbox = "delivery|poison", post.drive.outbox
    with outbox.redis.pipeline() as pipe:
        outbox.put(
            pipe, "poison", SLACK, [Part(key=k, payload={"text": f"{k} of 1"}) for k in (POISON, "next")], clock()
        )
        pipe.execute()
    ledger = post.drive.dispatcher.ledger
    post.drive.dispatcher.open(key, "delivery", {"delivery": "poison"})
    post.number = 1
    kit.until(lambda: ledger.get(key).fails or step(post), "the first crash")
    opened = clock()
    post.open()
    post.finish()
    late = min(entry.at for entry in post.posts() if entry.path.endswith("sendMessage")) - opened
    assert late <= 5
    assert post.check("beside a poisoned one") == 0
    tries = [e for e in post.slack.calls("*postMessage") if e.data.get("text") == bad]
    assert ledger.get(key).state == "dead"
    assert len(tries) <= 5
    kit.until(lambda: post.crew.log().count("task_parked") == 1, "one line in the log")
    known = {(POISON, "uncertain"), ("next", "dead")}
    kit.until(lambda: {(r.key, r.state) for r in outbox.trouble()} == known, "a word on each message")
    figure(f"parked after {len(tries)} attempts; others began {late:.1f} s later")


def test_10_a_poison_paper(shifted_crew, redis, clock, tmp_path, figure):
    """10: a paper kills each job that asks about it: only its own digest is parked."""
    with World(tmp_path, shifted_crew.env["REDIS_URL"], key=True) as world:
        shifted_crew.env |= world.env
        ids = {"llm-agents-en": "2601.00666", "cv-daily-zh": "2601.00001"}
        day = datetime.fromtimestamp(clock(), UTC).date()
        for back in range(4):
            world.hf.days[str(day - timedelta(days=back))] = [make_item(ids["cv-daily-zh"], FIT, summary=FIT)]
        title = f"{POISON} for Agents That Use Tools"
        world.arxiv.announced = [make_announced(ids["llm-agents-en"], title, categories=("cs.CL",))]
        pid = shifted_crew.worker("digest")
        world.model.phase_hook = lambda phase, entry: (
            [kit.kill(child) for child in kit.children(pid)]
            if phase == "body" and POISON.encode() in entry.body
            else None
        )
        drive, keys = kit.Drive(redis, clock, expire=True), {}
        for profile in ids:
            keys[profile] = f"digest|slack:{profile}|{day}"
            order = {"channel": f"slack:{profile}", "profile": profile, "day": str(day)}
            drive.dispatcher.open(keys[profile], "digest", order)
        ledger = drive.dispatcher.ledger
        began = clock()
        drive.until(lambda: ledger.get(keys["cv-daily-zh"]).state == "done", lambda: [pid], "the other digest")
        waited = clock() - began
        drive.until(lambda: ledger.get(keys["llm-agents-en"]).state == "dead", lambda: [pid], "the end of the tries")
        attempts = ledger.get(keys["llm-agents-en"]).attempt
        assert attempts <= 5
        assert [task.key for task in ledger.dead()] == [keys["llm-agents-en"]]
        kit.until(lambda: shifted_crew.log().count("task_parked") == 1, "one line in the log")
        assert ids["cv-daily-zh"] in {p.paper.id for p in Memory(redis).digest(keys["cv-daily-zh"]).picks}
    figure(f"a poison paper: {attempts} attempts, the other digest done after {waited:.1f} s")
