"""Telegram brings updates to us.

Only who knows the secret is heard, and 200 means that the store has it.
"""

import http.client
import json
import os
import signal
import socket

import httpx
import pytest

from tests.telegram_listener import ALICE, GROUP, Listener
from tests.waiting import HANG_S, until
from workers.store.server import embedded

SECRET = "the-secret_of-this-test"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def settings(port, **more):
    return {
        "HTTP_PORT": str(port), "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram/webhook",
        "TELEGRAM_WEBHOOK_SECRET": SECRET, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory, redis_dir):
    url = f"unix://{embedded.socket_path(redis_dir.absolute())}"
    port = free_port()
    with Listener(tmp_path_factory.mktemp("webhook"), url, **settings(port)) as listener:
        listener.port = port
        yield listener
        listener.err = listener.stop()
        assert listener.code == 0
        for line in (SECRET, "another-secret", "Traceback", listener.telegram.token):
            assert line not in listener.err


@pytest.fixture
def bot(running, redis):
    for chat in (GROUP, ALICE):
        running.telegram.chat(chat).messages.clear()
    return running


def post(bot, body, secret=SECRET, path="/telegram/webhook", method="POST", **headers):
    """One request as a stranger could make it; its status."""
    connection = http.client.HTTPConnection("127.0.0.1", bot.port, timeout=HANG_S)
    try:
        headers = {"Content-Type": "application/json", **headers} | ({} if secret is None else {HEADER: secret})
        connection.request(method, path, body if isinstance(body, bytes) else json.dumps(body), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def update(number, text="/deepdive 2601.12345", chat=ALICE):
    who = {"id": ALICE, "is_bot": False, "first_name": "Alice"}
    about = {"id": chat, "type": "private", "first_name": "Alice"}
    return {"update_id": number, "message": {"message_id": 1, "date": 1, "chat": about, "from": who, "text": text}}


def test_updates_are_brought_in_order_and_answered(bot):
    assert bot.telegram.webhook == {"url": bot.more["TELEGRAM_WEBHOOK_URL"], "secret_token": SECRET}
    assert "callback_query" in bot.telegram.allowed
    for n in range(1, 4):
        bot.telegram.play_message(ALICE, f"/deepdive 2601.{n:05}")
    assert bot.telegram.deliver_webhook() == [200, 200, 200]
    assert [t.data["id"] for t in bot.tasks()] == ["2601.00001", "2601.00002", "2601.00003"]
    assert len(bot.said(ALICE)) == 3
    assert not bot.telegram.calls("*/getUpdates")


@pytest.mark.parametrize(
    "secret",
    [None, "", "another-secret", SECRET[:-1], SECRET + "x", SECRET.upper(), "a" * 257, "the-secret_of-this-tes\xfc"],
)
def test_without_the_secret_nobody_is_heard(bot, secret):
    assert post(bot, update(5), secret) == 403
    assert post(bot, b"x" * 100_000, secret) == 403
    assert bot.tasks() == []
    assert not [key for key in bot.client.keys("pb:*") if not key.startswith(b"pb:beat:")]


def test_what_is_no_update(bot):
    for body in (b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"update_id": "1"}', b"\xff\xfe", b"[" * 100_000):
        assert post(bot, body) == 400
    for body in ({"update_id": 1}, {"update_id": 2, "message": 5}, {"update_id": 3, "message": {"text": 1}}):
        assert post(bot, body) == 200, "Telegram would bring it for a whole day"
    assert post(bot, update(7), method="PUT") == 405
    assert post(bot, update(7), path="/other") == 404 and post(bot, update(7), path="/") == 405
    assert bot.tasks() == []
    assert post(bot, update(8)) == 200
    assert len(bot.tasks()) == 1


def test_a_body_beyond_a_megabyte_is_refused(bot):
    url, headers = f"http://127.0.0.1:{bot.port}/telegram/webhook", {HEADER: SECRET}
    large = httpx.post(url, json=update(9, text="x" * 2**20), headers=headers)  # which reads although it is hung up on
    assert large.status_code == 413
    assert post(bot, update(10) | {"unknown": "x" * 900_000}) == 200


def test_the_same_update_again_is_one_task_and_one_answer(bot):
    for _ in range(4):
        assert post(bot, update(11)) == 200
    assert len(bot.tasks()) == 1
    assert len(bot.said(ALICE)) == 1


def test_a_store_that_is_away_is_not_acknowledged(tmp_path, redis_url):
    folder, port = tmp_path / "r", free_port()
    url = embedded.start(folder)
    try:
        with Listener(tmp_path, url, **settings(port)) as bot:
            bot.telegram.play_message(ALICE, "/help")
            assert bot.telegram.deliver_webhook() == [200]
            embedded.stop(folder)
            bot.telegram.play_message(ALICE, "/deepdive 2601.12345")
            assert bot.telegram.deliver_webhook(timeout=HANG_S) == [503]
            assert "try again" in bot.said(ALICE)[-1]
            os.kill(bot.process.pid, signal.SIGKILL)
            bot.kill()
            embedded.start(folder)
            bot.telegram.webhook = {}
            bot.start(wait=False)
            until(lambda: bot.telegram.webhook)
            assert bot.telegram.deliver_webhook() == [200]
            assert len(bot.tasks()) == 1
            assert bot.said(ALICE)[-1] == "On it: 2601.12345."
    finally:
        embedded.stop(folder)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"TELEGRAM_WEBHOOK_SECRET": ""}, "TELEGRAM_WEBHOOK_SECRET"),
        ({"TELEGRAM_WEBHOOK_SECRET": "not good!"}, "TELEGRAM_WEBHOOK_SECRET"),
        ({"TELEGRAM_WEBHOOK_URL": "example.org/hook"}, "TELEGRAM_WEBHOOK_URL"),
        ({"TELEGRAM_WEBHOOK_URL": "http://example.org/hook"}, "TELEGRAM_WEBHOOK_URL"),
    ],
)
def test_a_webhook_that_cannot_work_is_one_clear_line(tmp_path, redis_url, more, named):
    listener = Listener(tmp_path, redis_url, **settings(free_port(), **more))
    with listener.telegram:
        listener.start(wait=False)
        until(lambda: listener.process.poll() is not None)
        err = listener.stop()
    listener.client.close()
    assert listener.code == 1
    line = err.strip().splitlines()[-1]
    assert line.startswith("paperboy: ")
    assert named in line
    assert "not good" not in err


def test_a_port_in_use_is_one_clear_line_and_polling_takes_the_webhook_down(tmp_path, redis_url, bot):
    listener = Listener(tmp_path, redis_url, **settings(bot.port))
    with listener.telegram:
        listener.start(wait=False)
        until(lambda: listener.process.poll() is not None)
        assert "HTTP_PORT" in listener.stop()
        assert listener.telegram.webhook == {}
        listener.telegram.webhook = {"url": "https://example.org", "secret_token": ""}
        listener.more = {}
        listener.start()
        assert listener.telegram.webhook == {}
        listener.play(ALICE, "/help")
        listener.stop()
    listener.client.close()
