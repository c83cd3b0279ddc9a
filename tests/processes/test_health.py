"""The HTTP server.

Health and metrics of the whole, all webhooks on one port, and nothing for hostile visitors.
"""

import asyncio
import contextlib
import os
import re
import signal
import socket
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from rq import Queue

from bot.web import server
from bot.web.app import serve
from tests.doubles.arxiv import make_item as announced
from tests.doubles.slack import SlackDouble
from tests.doubles.slack_state import TEAM
from tests.waiting import HANG_S, until
from tests.world import CHANNEL, CHAT, World
from workers.operations import status
from workers.operations.alerts import Alerts
from workers.operations.health import metrics, report
from workers.processes.worker import SafeWorker
from workers.queueing.kinds import CREW, DIGEST, QUEUES
from workers.sources.listing.list_days import arxiv_day
from workers.store.channels.settings import Channels
from workers.store.operations.heartbeats import Heartbeats
from workers.store.server import embedded
from workers.store.server.connection import connect
from workers.store.sources.fetch_state import Fetches
from workers.store.tasks.ledger import Ledger

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
HOOK_SECRET = "the-secret_of-this-test"
EVERYTHING = frozenset(report.PARTS)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, path, **more):
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=HANG_S, verify=False, **more)
    return None


def healthy(port):
    reply = get(port, "/healthz")
    return reply is not None and reply.status_code == 200


def samples(text):
    """(name, sorted labels) -> value."""
    families = text_string_to_metric_families(text)
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def hooks(port):
    return {
        "HTTP_PORT": str(port), "SLACK_SIGNING_SECRET": SECRET, "TELEGRAM_WEBHOOK_SECRET": HOOK_SECRET,
        "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}",
    }  # fmt: skip


def slash(world, port, text):
    about = {"team_id": TEAM, "channel_id": CHANNEL, "user_id": "U0ALICE", "command": "/digest", "text": text}
    body = urlencode({**about, "trigger_id": "1.2", "response_url": f"{world.slack.url}/response/r"})
    url = f"http://127.0.0.1:{port}/slack/events"
    return httpx.post(url, content=body, headers=SlackDouble.signed(body, SECRET), timeout=HANG_S, verify=False)


@pytest.fixture
def world(tmp_path, redis_url):
    with World(tmp_path, redis_url, key=True) as found:
        yield found


class Serving:
    """`python -m bot http` in a thread of this process, until the end of the `with`."""

    def __init__(self, settings):
        self.settings, self.error = settings, None
        self.loop, self.stopping, self.ready = None, None, threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        async def go():
            self.loop, self.stopping = asyncio.get_running_loop(), asyncio.Event()
            self.ready.set()
            await serve(self.settings, self.stopping)

        try:
            asyncio.run(go())
        except Exception as error:
            self.error = error

    def __enter__(self):
        self.thread.start()
        assert self.ready.wait(5)
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join(15)
        assert not self.thread.is_alive(), "it did not stop"
        assert self.error is None, self.error


# -- the whole -------------------------------------------------------------------------------------------------------


def test_up_serves_both_webhooks_and_the_health_of_all_on_one_port(world, redis):
    port = free_port()
    world.env |= hooks(port)
    up = world.process("up")
    try:
        until(lambda: healthy(port))
        until(lambda: get(port, "/healthz").json()["workers"] == Counter(CREW))
        found = get(port, "/healthz").json()
        assert (found["ok"], found["reasons"], found["redis"]["ok"]) == (True, [], True)
        assert {name: (one["ok"], one["how"]) for name, one in found["listeners"].items()} == {
            "slack": (True, "HTTP"), "telegram": (True, "webhook"),
        }  # fmt: skip
        assert found["clock"]["age_s"] < 60
        assert "/digest now" in slash(world, port, "help").text
        assert world.telegram.webhook["url"] == f"http://127.0.0.1:{port}/telegram/webhook"
        world.telegram.play_message(4242, "/digest help")
        assert world.telegram.deliver_webhook() == [200]
        until(lambda: world.telegram.messages(4242, mine=True))
        started = re.findall(r"process_started child=(\w+)", (world.folder / "log.txt").read_text())
        assert sorted(set(started) - set(QUEUES)) == ["http", "scheduler", "worker"]
        told = samples(get(port, "/metrics").text)
        assert told["paperboy_redis_up", ()] == 1
        assert {told["paperboy_part_up", (("part", p),)] for p in ("clock", "slack", "telegram")} == {1}
        assert told["paperboy_workers", (("queue", DIGEST),)] == CREW.count(DIGEST)
        at = told["paperboy_next_digest_timestamp_seconds", (("channel", f"slack:{CHANNEL}"),)]
        assert 0 < at - time.time() <= 86_400
        shown = get(port, "/metrics").text + get(port, "/healthz").text
        for secret in (SECRET, HOOK_SECRET, world.slack.bot_token, world.telegram.token, world.model.key):
            assert secret not in shown
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(40)
    log = (world.folder / "log.txt").read_text()
    assert up.returncode == 0, log
    assert "Traceback" not in log
    assert Heartbeats(redis).get("slack") is Heartbeats(redis).get("telegram") is None, "those who leave say so"


def test_a_platform_that_cannot_be_heard_takes_nothing_else_down(world, env):
    port = free_port()
    settings = env(**{**world.env, **hooks(port), "SLACK_BOT_TOKEN": "xoxb-wrong-wrong"})
    with Serving(settings):
        until(lambda: world.telegram.webhook)
        world.telegram.play_message(4242, "/digest help")
        assert world.telegram.deliver_webhook() == [200]
        reply = slash(world, port, "help")
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "2")
        found = get(port, "/healthz")
        assert found.status_code == 503
        assert "no sign of life of slack" in found.json()["reasons"]
        assert found.json()["listeners"]["telegram"]["ok"] is True


def test_a_listener_alone_answers_for_itself(world):
    port = free_port()
    world.env |= {"HTTP_PORT": str(port), "SLACK_APP_TOKEN": world.slack.app_token}
    slack = world.process("slack")
    try:
        until(lambda: healthy(port))
        found = get(port, "/healthz").json()
        assert found["listeners"]["slack"]["how"] == "Socket Mode"
        assert found["clock"]["ok"] is False, "told, but not its business"
        assert samples(get(port, "/metrics").text)["paperboy_part_up", (("part", "clock"),)] == 0
        assert httpx.post(f"http://127.0.0.1:{port}/slack/events").status_code == 404, "no webhook here"
        telegram = world.process("telegram")
        try:
            log = world.folder / "log.txt"
            until(lambda: world.telegram.calls("*/getUpdates"))
            until(lambda: "http_not_listening" in log.read_text())
            assert log.read_text().count("http_not_listening") == 1
            assert telegram.poll() is None, "a taken port does not keep it from listening"
        finally:
            telegram.send_signal(signal.SIGTERM)
            assert telegram.wait(20) == 0
    finally:
        slack.send_signal(signal.SIGTERM)
        assert slack.wait(20) == 0
    assert "Traceback" not in log.read_text()


def test_a_listener_leaves_the_port_to_the_webhook_of_the_other(world, env):
    settings = env(**{**world.env, **hooks(free_port()), "SLACK_SIGNING_SECRET": ""})

    async def look():
        async with server.beside(settings, "slack", wanted=True):
            return healthy(settings.http_port)

    assert asyncio.run(look()) is False


def test_a_port_that_becomes_free_is_taken(world, env, monkeypatch, caplog):
    monkeypatch.setattr(server, "RETRY_S", 0.2)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with Serving(env(**world.env | {"HTTP_PORT": port})):
            until(lambda: [r for r in caplog.records if r.msg == "http_not_listening"], "a first try")
            taken.close()
            until(lambda: get(port, "/healthz"))


def test_any_free_port_is_named_in_the_log(world, env, caplog):
    caplog.set_level("INFO")
    with Serving(env(**world.env)):
        line = until(lambda: next((r for r in caplog.records if r.msg == "http_listening"), None))
        assert line.paths == "/ /healthz /metrics"
        assert get(int(line.address.rpartition(":")[2]), "/healthz").status_code == 503


# -- what it tells ---------------------------------------------------------------------------------------------------


def test_each_part_that_is_missing_is_a_reason(env, redis):
    settings = env(SLACK_BOT_TOKEN="xoxb-test")
    found = report.collect(redis, settings, EVERYTHING)
    assert found["ok"] is False
    assert len(found["reasons"]) == 3 + len(QUEUES), "clock, slack, telegram and the workers"
    assert report.collect(redis, settings, frozenset())["ok"] is True
    beats = Heartbeats(redis)
    beats.beat("clock")
    beats.beat("slack", well=False, how="Socket Mode")
    assert report.collect(redis, settings, frozenset({"clock", "slack"}))["reasons"] == ["slack is not connected"]
    beats.beat("slack", how="Socket Mode")
    assert report.collect(redis, settings, frozenset({"clock", "slack"}))["ok"] is True
    redis.pexpire("pb:beat:clock", 1)
    until(lambda: not redis.exists("pb:beat:clock"))
    assert report.collect(redis, settings, frozenset({"clock"}))["reasons"] == ["no sign of life of clock"]
    assert report.configured(settings) == EVERYTHING - {"telegram"}


def test_a_job_that_nobody_takes_is_a_reason(env, redis):
    queue = Queue(DIGEST, connection=redis, serializer="json")
    queue.enqueue_call("workers.jobs.make_digest", args=("x", 1), job_id="old-job")
    job = queue.fetch_job("old-job")
    job.enqueued_at = datetime.now(UTC) - timedelta(seconds=report.STUCK_S + 60)
    job.save()
    found = report.collect(redis, env(), frozenset({DIGEST}))
    assert (found["queues"][DIGEST], found["oldest_job_s"] > report.STUCK_S) == (1, True)
    assert any("has waited" in reason for reason in found["reasons"])
    redis.delete("rq:job:old-job")
    assert report.collect(redis, env(), frozenset())["oldest_job_s"] == 0.0


def test_redis_away_is_503_soon_and_metrics_say_so(tmp_path, world, env):
    folder, port = tmp_path / "r", free_port()
    url = embedded.start(folder)
    try:
        with Serving(env(**{**world.env, "REDIS_URL": url, "HTTP_PORT": port})):
            assert until(lambda: get(port, "/healthz")).json()["redis"]["ok"] is True
            embedded.stop(folder)
            reply = get(port, "/healthz")
            assert (reply.status_code, reply.json()["redis"]["ok"]) == (503, False)
            assert samples(get(port, "/metrics").text)["paperboy_redis_up", ()] == 0
            embedded.start(folder)
            until(lambda: get(port, "/healthz").json()["redis"]["ok"])
    finally:
        embedded.stop(folder)


def test_a_redis_that_was_never_there_and_a_store_that_makes_no_sense(world, env, redis):
    port = free_port()
    with Serving(env(**{**world.env, "REDIS_URL": "redis://127.0.0.1:9", "HTTP_PORT": port})):
        until(lambda: get(port, "/healthz"))
        assert get(port, "/healthz").status_code == 503
        assert samples(get(port, "/metrics").text)["paperboy_redis_up", ()] == 0
    redis.set("pb:beat:clock", "no JSON")
    with Serving(env(**{**world.env, "HTTP_PORT": port})):
        until(lambda: get(port, "/healthz"))
        assert (get(port, "/healthz").status_code, get(port, "/metrics").status_code) == (503, 200)


def test_a_redis_that_hangs_is_503_within_the_time(tmp_path, world, env):
    folder, port = tmp_path / "r", free_port()
    url = embedded.start(folder)
    pid = int((folder / "redis.pid").read_text())
    try:
        with Serving(env(**{**world.env, "REDIS_URL": url, "HTTP_PORT": port})):
            until(lambda: get(port, "/healthz"))
            os.kill(pid, signal.SIGSTOP)
            assert get(port, "/healthz").status_code == 503
    finally:
        os.kill(pid, signal.SIGCONT)
        embedded.stop(folder)


def test_metrics_tell_of_digests_messages_money_and_sources(world, env, redis):
    world.telegram.kick(CHAT)
    world.env["CONTACT"] = "me@example.org"
    made = world.digest("--sample", check=False)
    assert [one["ok"] for one in made] == [True, False]
    settings = env(**world.env)
    Fetches(redis).failed("arxiv", "timeout")
    Fetches(redis).failed("arxiv", "timeout")
    Channels(redis).pause(f"telegram:{CHAT}", "forbidden")
    Fetches(redis).cool("arxiv", 60)
    told = samples(metrics.exposition(redis, settings).decode())

    def value(name, **labels):
        return told[f"paperboy_{name}", tuple(sorted(labels.items()))]

    last = value("last_digest_timestamp_seconds", channel=f"slack:{CHANNEL}#sample", profile="cv-daily-zh")
    assert abs(last - time.time()) < 300
    assert value("last_digest_papers", channel=f"slack:{CHANNEL}#sample", profile="cv-daily-zh") == 2
    assert value("messages_finished_total", state="sent") == 6, "the head, two papers, two analyses, the quotes of one"
    assert value("messages", state="dead") == 0, "a chat that is closed holds its messages"
    assert value("messages", state="uncertain") == 0
    assert 0 < value("model_spend_usd") < value("model_budget_usd") == 5
    assert value("model_calls") > 2
    assert value("model_tokens", kind="in") + value("model_tokens", kind="cache_write") > 100
    assert value("source_failures_total", source="arxiv", kind="timeout") == 2
    assert 0 < value("source_cooling_seconds", source="arxiv") <= 60
    Fetches(redis).cool("arxiv-api", 600)
    told = samples(metrics.exposition(redis, settings).decode())
    assert {value("source_cooling_seconds", source=s) for s in ("huggingface", "datacite")} == {0}
    assert 60 < value("source_cooling_seconds", source="arxiv-api") <= 600
    assert value("channel_paused", channel=f"telegram:{CHAT}") == 1
    assert value("channel_paused", channel=f"slack:{CHANNEL}") == 0
    assert value("tasks", state="open") == len(Ledger(redis).open_keys())
    assert told["paperboy_build_info", tuple(sorted(world_build().items()))] == 1


def world_build():
    import platform
    import sys

    return {"version": report.version(), "python": platform.python_version(), "platform": sys.platform}


def test_failures_at_a_source_are_counted(world, redis):
    world.arxiv.announced, world.arxiv.day = [announced("2601.00001")], arxiv_day(datetime.now(UTC))
    world.hf.fault("*", status=200, body="<html>", times=1)
    world.digest("--profile", "cv-daily-en", check=False)
    assert Fetches(redis).failures() == {("huggingface", "garbage"): 1}
    world.hf.fault("*", status=404, times=1)
    world.env["TELEGRAM_CHATS"] = ""
    world.digest("--date", "2026-01-25", check=False)
    assert Fetches(redis).failures()["huggingface", "status"] == 1


def test_every_series_has_a_name_a_help_and_no_surprise(env, redis):
    text = metrics.exposition(redis, env()).decode()
    families = list(text_string_to_metric_families(text))
    assert all(f.name.startswith("paperboy_") and f.documentation.endswith(".") for f in families)
    assert len({f.name for f in families}) == len(families) > 15
    assert samples(metrics.away().decode())["paperboy_redis_up", ()] == 0


# -- hostile visitors ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def door(tmp_path_factory, redis_dir):
    """Port of a server with both webhooks, for strangers."""
    from workers import settings as settings_module

    port, url = free_port(), f"unix://{embedded.socket_path(redis_dir.absolute())}"
    with World(tmp_path_factory.mktemp("door"), url) as world:
        names = {n.lower(): v for n, v in {**world.env, **hooks(port)}.items()}
        with Serving(settings_module.Settings(**names)):
            until(lambda: world.telegram.webhook)
            until(lambda: slash(world, port, "help").status_code == 200)
            yield port


def raw(port, head, then=b""):
    """What comes back to bytes that a stranger sends, until the connection is closed."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=HANG_S) as line:
        line.sendall(head + then)
        with contextlib.suppress(ConnectionError):
            while part := line.recv(65536):
                got += part
    return got


PATHS = ("/slack/events", "/telegram/webhook")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404), ("GET", "/.env", 404), ("GET", "/healthz/../.env", 404), ("GET", "//healthz", 404),
        ("POST", "/healthz", 405), ("DELETE", "/metrics", 405), ("PUT", "/slack/events", 405),
        ("GET", "/slack/events", 405), ("GET", "/telegram/webhook", 405), ("HEAD", "/healthz", 503),
        ("OPTIONS", "*", 404), ("TRACE", "/metrics", 405), ("GET", "/healthz?x=" + "y" * 7000, 503),
        ("GET", "/" + "y" * 70_000, 400), ("BREW", "/", 400), ("POST", "/nowhere", 404),
    ],
)  # fmt: skip
def test_other_paths_and_methods(door, method, path, status):
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode()
    got = raw(door, head)
    assert got.startswith(b"HTTP/1."), got[:100]
    assert int(got.split()[1]) == status
    if status != 400:  # what is no HTTP never comes as far as our own answers
        assert b"aiohttp" not in got


@pytest.mark.parametrize("path", [*PATHS, "/nowhere", "/healthz"])
def test_a_body_beyond_a_megabyte_is_not_read(door, path):
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nX-Telegram-Bot-Api-Secret-Token: {HOOK_SECRET}\r\n"
    got = raw(door, f"{head}Content-Length: {2**20 + 1}\r\n\r\n".encode(), b"x" * 1000)
    assert int(got.split()[1]) == (413 if path in PATHS else 404 if path == "/nowhere" else 405)
    sent, limit = 0, 16 * 2**20
    with socket.create_connection(("127.0.0.1", door), timeout=5) as line:
        line.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        with contextlib.suppress(ConnectionError, TimeoutError):
            while sent < limit:
                line.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                sent += 65536
    assert sent < limit, "what is in flight fills the kernel's buffers, no more"


@pytest.mark.parametrize("length", [2**20, 2**20 + 1])
@pytest.mark.parametrize("path", PATHS)
def test_the_limit_is_a_megabyte_to_the_byte(door, path, length):
    headers = {"X-Telegram-Bot-Api-Secret-Token": HOOK_SECRET}
    body = b"x" * length
    reply = httpx.post(f"http://127.0.0.1:{door}{path}", content=body, headers=headers, timeout=HANG_S, verify=False)
    refused = {"/slack/events": 401, "/telegram/webhook": 400}[path]
    assert reply.status_code == (413 if length > 2**20 else refused)


DRIPS = {
    "nothing": b"",
    "a letter": b"G",
    "a header": b"GET /healthz HTTP/1.1\r\nX-A: ",
    "a header of no path": b"GET /nowhere HTTP/1.1\r\nX-A: ",
    "a body for Slack": b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n",
    "a body for Telegram": b"POST /telegram/webhook HTTP/1.1\r\nHost: x\r\nX-Telegram-Bot-Api-Secret-Token: "
    + HOOK_SECRET.encode() + b"\r\nContent-Length: 500\r\n\r\n",
    "a body for nobody": b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n",
}  # fmt: skip


def test_dripping_requests_are_closed(door):
    closed = []

    def drip(name):
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", door)) as line:
            line.settimeout(0.5)
            line.sendall(DRIPS[name])
            with contextlib.suppress(ConnectionError):
                while time.monotonic() - began < HANG_S:
                    line.sendall(b"a") if DRIPS[name] else None
                    try:
                        if not line.recv(4096):
                            break
                    except TimeoutError:
                        continue
                else:
                    return
        closed.append(name)

    threads = [threading.Thread(target=drip, args=(name,)) for name in DRIPS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(closed) == DRIPS.keys()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00" * 4096,
        b"GET /healthz HTTP/9.9\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(5000)) + b"\r\n",
        b"GET /healthz HTTP/1.1\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
)
def test_garbage_is_refused_and_nothing_of_it_is_said_again(door, garbage, caplog, capfd):
    got = raw(door, garbage)
    assert not got or int(got.split()[1]) == 400
    assert not got or b"Content-Type: text/plain" in got
    out, err = capfd.readouterr()
    assert "yyyy" not in caplog.text + out + err
    assert "Traceback" not in caplog.text + out + err
    assert get(door, "/healthz") is not None


def test_a_flood_is_sent_away_and_does_not_queue_up(door):
    with httpx.Client(timeout=HANG_S) as client:

        def ask(found):
            with contextlib.suppress(httpx.HTTPError):
                found.append(client.get(f"http://127.0.0.1:{door}/metrics").status_code)

        found: list[int] = []
        threads = [threading.Thread(target=ask, args=(found,)) for _ in range(80)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 80
    assert set(found) <= {200, 503}
    assert 200 in found
    assert get(door, "/metrics").status_code == 200


def test_beats_are_gone_by_themselves(redis):
    Heartbeats(redis).beat("clock", how="x")
    assert 0 < redis.ttl("pb:beat:clock") <= 60
    found = Heartbeats(redis).get("clock")
    assert (found.well, found.how, found.age_s < 5) == (True, "x", True)
    Heartbeats(redis).stop("clock")
    assert Heartbeats(redis).get("clock") is None
    client = connect("unix:///nowhere/r.sock", retries=0)
    client.close()


def test_workers_that_were_killed_are_counted_by_nobody(env, redis):
    settings = env()
    for queue in QUEUES:
        worker = SafeWorker([queue], connection=redis)
        worker.register_birth()
        until(lambda queue=queue: report.queue(redis, queue)["workers"] == 1)
        redis.delete(worker.key)  # what the end of its time does; nobody is left to sweep RQ's list
    found = report.collect(redis, settings, frozenset(QUEUES))
    assert set(found["workers"].values()) == {0}
    assert {one["workers"] for one in status.collect(settings)["queues"].values()} == {0}
    assert {t.about["queue"] for t in Alerts(redis, settings).present().values() if t.kind == "worker"} == set(QUEUES)
