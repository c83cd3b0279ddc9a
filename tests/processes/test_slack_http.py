"""HTTP mode: what Slack has signed passes, everything else is refused at once."""

import contextlib
import json
import os
import signal
import socket
import threading
import time
from urllib.parse import urlencode

import httpx
import pytest

from tests.doubles.slack import SlackDouble
from tests.doubles.slack_state import BOT_USER, TEAM
from tests.forked import Bot
from tests.services.test_slack_listener import LINK, Running, tasks
from tests.waiting import HANG_S, until
from workers.store.tasks.ledger import Ledger
from workers.words import words

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
EN = words("en")
MARK = "a-word-that-must-not-be-logged"


@pytest.fixture
def slack():
    with SlackDouble(pace=False) as double:
        yield double


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def port(env, slack):
    """Port of a running listener in HTTP mode."""
    number = free_port()
    settings = env(
        SLACK_API_URL=slack.api_url,
        SLACK_BOT_TOKEN=slack.bot_token,
        SLACK_SIGNING_SECRET=SECRET,
        HTTP_PORT=number,
        DIGEST_PROFILE="cv-daily-en",
    )
    with Running(settings):
        until(lambda: answers(number))
        yield number


def answers(number):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", number), 1):
        return True
    return False


def command(slack, text=LINK, name="/deepdive"):
    """Body of a slash command."""
    about = {"team_id": TEAM, "channel_id": "C0DIGEST", "user_id": "U0ALICE", "command": name, "text": text}
    return urlencode({**about, "trigger_id": f"{time.monotonic_ns()}.t", "response_url": f"{slack.url}/response/r"})


def post(port, body, headers, path="/slack/events"):
    url = f"http://127.0.0.1:{port}{path}"
    return httpx.post(url, content=body, headers=headers, timeout=HANG_S, verify=False)


def event(text, ts="1.000100", **more):
    inner = {"type": "app_mention", "user": "U0ALICE", "channel": "C0DIGEST", "ts": ts, "text": text, **more}
    return json.dumps({"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": inner})


# -- who is let in -------------------------------------------------------------------------------------------------

BODY = f"command=%2Fdeepdive&text={MARK}&team_id=T&channel_id=C1&user_id=U1&trigger_id=1.2"
GOOD = SlackDouble.signed(BODY, SECRET)
STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"


def without(name):
    return {n: v for n, v in GOOD.items() if n != name}


def altered(name, value):
    return {**GOOD, name: value}


def flipped(body):
    return body[:-1] + chr(ord(body[-1]) ^ 1)


MALFORMED = {
    "another secret": (BODY, lambda: SlackDouble.signed(BODY, "another")),
    "one flipped byte": (flipped(BODY), lambda: SlackDouble.signed(BODY, SECRET)),
    "301 s old": (BODY, lambda: SlackDouble.signed(BODY, SECRET, int(time.time()) - 301)),
    "302 s ahead": (BODY, lambda: SlackDouble.signed(BODY, SECRET, int(time.time()) + 302)),
    "no timestamp": (BODY, lambda: without(STAMP)),
    "no signature": (BODY, lambda: without(SIGNATURE)),
    "timestamp in words": (BODY, lambda: altered(STAMP, "yesterday")),
    "empty timestamp": (BODY, lambda: altered(STAMP, "")),
    "timestamp of 5,000 digits": (BODY, lambda: altered(STAMP, "1" * 5000)),
    "signature not ASCII": (BODY, lambda: altered(SIGNATURE, "v0=ü☃".encode())),
    "empty signature": (BODY, lambda: altered(SIGNATURE, "")),
    "invalid UTF-8": (b"text=\xff\xfe" + MARK.encode(), lambda: SlackDouble.signed(BODY, SECRET)),
    "timestamp not ASCII": (BODY, lambda: altered(STAMP, "１７".encode())),
    "timestamp infinite": (BODY, lambda: altered(STAMP, "inf")),
    "no headers": (BODY, dict),
    "empty body": (b"", lambda: SlackDouble.signed(BODY, SECRET)),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_requests_are_401_and_leave_no_trace(port, redis, caplog, capfd, name):
    body, headers = MALFORMED[name]
    before = sorted(redis.scan_iter())
    assert post(port, body, headers()).status_code == 401
    assert sorted(redis.scan_iter()) == before
    out, err = capfd.readouterr()
    assert MARK not in caplog.text + out + err


@pytest.mark.parametrize("age", [-290, 0, 290])
def test_a_signature_of_the_last_five_minutes_passes(port, slack, redis, age):
    body = command(slack)
    reply = post(port, body, SlackDouble.signed(body, SECRET, int(time.time()) + age))
    assert (reply.status_code, reply.text) == (200, "On it: 2601.00007v2.")
    assert len(tasks(Ledger(redis))) == 1


# -- what then happens ---------------------------------------------------------------------------------------------


def test_events_commands_and_the_challenge(port, slack, redis):
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "t"})
    assert post(port, body, SlackDouble.signed(body, SECRET)).json() == {"challenge": "abc"}
    body = event(f"<@{BOT_USER}> <{LINK}>")
    for number in range(3):
        headers = SlackDouble.signed(body, SECRET) | {"X-Slack-Retry-Num": str(number)}
        assert post(port, body, headers).status_code == 200
    assert [t.data["reply_to"] for t in tasks(Ledger(redis))] == ["1.000100"]
    until(lambda: slack.ephemerals)
    assert [e["text"] for e in slack.ephemerals] == ["On it: 2601.00007v2."]
    body = command(slack, "help", "/digest")
    assert "/digest now" in post(port, body, SlackDouble.signed(body, SECRET)).text
    payload = {"type": "block_actions", "team": {"id": TEAM}, "user": {"id": "U0ALICE"}, "actions": [
        {"type": "button", "action_id": "of_an_old_version", "block_id": "b", "value": "x"}]}  # fmt: skip
    body = urlencode({"payload": json.dumps(payload)})
    assert post(port, body, SlackDouble.signed(body, SECRET)).status_code == 200


def test_an_event_that_cannot_be_stored_is_not_acknowledged(port, slack, redis):
    redis.set("pb:channel:slack:C0DIGEST", "no hash")  # so that Redis refuses the whole call
    body = event(LINK)
    for number in range(2):
        headers = SlackDouble.signed(body, SECRET) | ({"X-Slack-Retry-Num": "1"} if number else {})
        assert post(port, body, headers).status_code == 503
    until(lambda: slack.ephemerals)
    assert [e["text"] for e in slack.ephemerals] == [EN.away]
    redis.delete("pb:channel:slack:C0DIGEST")
    assert post(port, body, SlackDouble.signed(body, SECRET)).status_code == 200
    assert len(tasks(Ledger(redis))) == 1


@pytest.mark.parametrize("body", ["{", "payload=%7B", "payload=1", '{"type":"event_callback"}', "[]", '"x"', "a=b"])
def test_signed_nonsense_ends_in_an_answer(port, body):
    assert post(port, body, SlackDouble.signed(body, SECRET)).status_code in (200, 400, 404)


def test_other_paths_and_methods(port):
    assert post(port, BODY, GOOD, "/other").status_code == 404
    assert post(port, BODY, GOOD, "/").status_code == 405
    assert httpx.get(f"http://127.0.0.1:{port}/slack/events").status_code == 405


# -- too large, too slow -------------------------------------------------------------------------------------------


def reply_of(connection):
    connection.settimeout(10)
    got = b""
    with contextlib.suppress(ConnectionError):
        while chunk := connection.recv(4096):
            got += chunk
    return got


def test_too_large_is_413_before_it_is_read(port):
    head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head + b"Content-Length: 1048577\r\n\r\n")
        assert reply_of(connection).startswith(b"HTTP/1.1 413")
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
        sent = 0
        with contextlib.suppress(ConnectionError, TimeoutError):
            connection.settimeout(3)
            while sent < 64 * 2**20:
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                sent += 65536
        assert sent < 16 * 2**20, "what is in flight fills the kernel's buffers, no more"
        assert reply_of(connection).startswith((b"HTTP/1.1 413", b""))
    body = "text=" + "x" * (2**20 - 5)
    assert post(port, body, GOOD).status_code == 401, "one megabyte is read and then refused"
    assert post(port, body + "x", GOOD).status_code == 413


# -- starting and stopping -----------------------------------------------------------------------------------------


def test_the_process_stops_at_sigterm_and_finishes_what_it_does(env, slack, redis, tmp_path):
    number = free_port()
    env(
        SLACK_API_URL=slack.api_url,
        SLACK_BOT_TOKEN=slack.bot_token,
        SLACK_SIGNING_SECRET=SECRET,
        HTTP_PORT=number,
        LOG_LEVEL="DEBUG",
    )
    process = Bot(("slack",), dict(os.environ), tmp_path)
    try:
        until(lambda: answers(number))
        bodies = [command(slack, f"{LINK} {MARK}") for _ in range(3)]
        for body in bodies:
            assert post(number, body, SlackDouble.signed(body, SECRET)).status_code == 200
        assert post(number, BODY, {}).status_code == 401
        idle = socket.create_connection(("127.0.0.1", number))
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate()
    idle.close()
    assert process.returncode == 0, err
    assert MARK not in out + err, "no body in the logs, even when they tell everything"
    assert SECRET not in out + err
    assert len(tasks(Ledger(redis))) == 3


def test_a_taken_port_is_one_clear_line(env, slack, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        env(
            SLACK_API_URL=slack.api_url,
            SLACK_BOT_TOKEN=slack.bot_token,
            SLACK_SIGNING_SECRET=SECRET,
            HTTP_PORT=taken.getsockname()[1],
        )
        done = Bot(("slack",), dict(os.environ), tmp_path).completed()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("paperboy: HTTP_HOST and HTTP_PORT")


def test_fifty_commands_at_once_are_all_answered(port, slack, redis):
    status = []

    def one(n):
        body = command(slack, f"2601.{n:05d}").replace("U0ALICE", f"U{n}")
        reply = post(port, body, SlackDouble.signed(body, SECRET))
        status.append((reply.status_code, reply.text[:5]))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(1, 51)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(status) == {(200, "On it")}
    assert len(tasks(Ledger(redis))) == 50
