"""Commands on machines that differ.

Proxies, certificates, encodings, folders, users. They work, or name the cure.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from tests import ROOT
from tests.doubles.huggingface import HuggingFace
from tests.doubles.socks import Socks
from tests.waiting import HANG_S, until
from tests.world import World
from workers.analysis.model.client import connect as connect_model
from workers.delivery.slack import SlackPoster
from workers.delivery.telegram import TelegramPoster
from workers.errors import Retryable
from workers.operations.doctor.network import connections
from workers.sources.http.client import HttpClient
from workers.store.sources.fetch_state import Fetches

OWN = "a fault of Paperboy's own"


@pytest.fixture
def world(tmp_path, redis_url):
    with World(tmp_path, redis_url) as found:
        yield found


class Proxy:
    """An HTTP proxy on loopback that leads nowhere.

    Notes what it is asked for. Wants `user` where one is given.
    """

    def __init__(self, user=""):
        self.want = f"Basic {base64.b64encode(user.encode()).decode()}" if user else ""
        self.asked = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link):
        with link:
            head = link.recv(65536).decode("latin-1")
            self.asked.append(head.partition("\r\n")[0])
            if self.want and self.want not in head:
                link.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            else:
                link.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


@pytest.mark.parametrize(
    ("words", "around", "sign"),
    [
        (("telegram",), {"ALL_PROXY": "socks5://127.0.0.1:9"}, "telegram_connected"),
        (("slack",), {"all_proxy": "socks://127.0.0.1:9"}, "slack_connected"),
        (("worker", "--queue", "delivery"), {"ALL_PROXY": "socks5://127.0.0.1:9"}, "worker_started"),
    ],
)
def test_a_proxy_in_the_environment_breaks_no_process(world, words, around, sign):
    world.env |= around | {"SLACK_APP_TOKEN": world.slack.app_token}
    process, log = world.process(*words), world.folder / "log.txt"
    try:
        until(lambda: sign in log.read_text() or process.poll() is not None)
        assert process.poll() is None, log.read_text()
    finally:
        process.terminate()
        process.wait(HANG_S)


@pytest.mark.parametrize("words", [("digest", "--sample"), ("doctor",), ("telegram",)])
def test_a_certificate_file_that_is_not_there_is_named(world, words):
    world.env |= {"SSL_CERT_FILE": "/nonexistent/cacert.pem"}
    done = world.command(*words, check=False)
    assert done.returncode == 1
    said = " ".join((done.stdout + done.stderr).split())
    assert "SSL_CERT_FILE" in said[:60] and "unset" in said
    assert OWN not in done.stderr


@pytest.fixture
def clients(env, redis):
    """Calls each of our clients once, as the bot builds them; what it raised."""

    def call(**settings):
        found = env(SLACK_BOT_TOKEN="xoxb-1", TELEGRAM_BOT_TOKEN="123456:AAA", ANTHROPIC_API_KEY="sk-ant-x", **settings)
        calls = {
            "Slack": lambda: SlackPoster(found).look("C1"),
            "Telegram": lambda: TelegramPoster(found).look("-1001"),
            "Model": lambda: connect_model(found).models.retrieve("x"),
            "Papers": lambda: HttpClient(found, Fetches(redis, gap_s=0)).get(
                f"{found.hf_endpoint}/x", name="Hugging Face"
            ),
        }
        raised = {}
        for name, one in calls.items():
            with pytest.raises(Exception) as caught:
                one()
            raised[name] = caught.value
        return found, raised

    return call


@pytest.mark.parametrize("setting", ["HTTPS_PROXY", "OUTBOUND_PROXY", "ALL_PROXY"])
def test_everything_goes_through_the_proxy_which_resolves_the_names(clients, monkeypatch, setting):
    with Proxy(user="me:hunt@er2") as proxy:
        where = proxy.url.removeprefix("http://")
        monkeypatch.setenv(setting, f"http://me:hunt%40er2@{where}")
        there = {
            "HF_ENDPOINT": "https://hf.example.org", "SLACK_API_URL": "https://slack.example.org/api/",
            "TELEGRAM_API_URL": "https://tg.example.org", "ANTHROPIC_BASE_URL": "https://model.example.org",
        }  # fmt: skip
        settings, raised = clients(**there)
        for host in ("hf", "slack", "tg", "model"):
            assert any(a.startswith(f"CONNECT {host}.example.org:443 ") for a in proxy.asked), proxy.asked
        assert f"the proxy that {setting} names" in str(raised["Papers"])
        assert isinstance(raised["Slack"], Retryable) and isinstance(raised["Telegram"], Retryable), "surely not sent"
        assert any("lets nothing through" in f.said and setting in f.said for f in connections(settings))
        monkeypatch.setenv(setting, f"http://me:wrong-word@{where}")
        settings, raised = clients(**there)
        assert any("asks for a password" in f.said and setting in f.todo for f in connections(settings))
        assert "wrong-word" not in repr(raised)


def test_plain_http_goes_through_it_too_and_this_machine_does_not(clients, monkeypatch):
    with Proxy() as proxy, Proxy() as beside:
        monkeypatch.setenv("HTTP_PROXY", beside.url)
        clients(OUTBOUND_PROXY="", SLACK_API_URL="http://127.0.0.1:9/api/")
        assert beside.asked == [], "addresses of this machine are asked directly"
        clients(OUTBOUND_PROXY=proxy.url, HF_ENDPOINT="http://hf.example.org")
        assert "GET http://hf.example.org/x HTTP/1.1" in proxy.asked
        assert beside.asked == []


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks"])
def test_papers_come_through_a_socks_proxy_which_resolves_the_names(env, redis, scheme):
    with HuggingFace() as hf, Socks(int(hf.url.rpartition(":")[2]), "me", "hunt@er2") as proxy:
        there = {"HF_ENDPOINT": "http://hf.example.org", "OUTBOUND_PROXY": f"{scheme}://me:hunt%40er2@{proxy.address}"}
        http = HttpClient(env(**there), Fetches(redis, gap_s=0))
        assert http.get("http://hf.example.org/api/daily_papers?date=2026-01-23", name="Hugging Face").status == 200
        assert proxy.asked == [("hf.example.org", 80)]


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_output_in_any_encoding(world, encoding):
    world.env |= {"PYTHONIOENCODING": encoding, "SLACK_BOT_TOKEN": "", "TELEGRAM_BOT_TOKEN": "", "SLACK_CHANNELS": ""}
    world.env |= {"TELEGRAM_CHATS": "", "DIGEST_PROFILE": "cv-daily-zh", "LANG": "C.UTF-8"}
    env = {n: os.environ[n] for n in ("PATH", "HOME") if n in os.environ} | world.env | {"PYTHONPATH": str(ROOT)}

    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "bot", *words], env=env, cwd=world.folder, capture_output=True, timeout=HANG_S
        )  # fmt: skip

    done = run("digest", "--sample")
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode(encoding)
    assert b"PYTHONIOENCODING" in done.stderr
    shown = run("profile", "show", "cv-daily-zh", "--json").stdout.decode(encoding)
    assert "论文" in json.dumps(json.loads(shown), ensure_ascii=False)


def test_lines_that_are_no_utf8_are_read_all_the_same(world):
    done = subprocess.run(
        [sys.executable, "-m", "bot", "ids"], input=b"caf\xe9 arXiv:1706.03762\n", capture_output=True, cwd=ROOT,
        timeout=HANG_S,
    )  # fmt: skip
    assert done.stdout == b"1706.03762\n"


def _run(folder: Path, env: dict[str, str], *words: str, before: tuple[str, ...] = ()):
    return subprocess.run(
        [*before, sys.executable, "-m", "bot", *words], env=env, cwd=folder, capture_output=True, text=True,
        timeout=HANG_S,
    )  # fmt: skip


def _bare(**more: str) -> dict[str, str]:
    """An environment without HOME, USER or anything else."""
    outside = dict.fromkeys(("HF_ENDPOINT", "ARXIV_API_URL", "ARXIV_FEED_URL", "ARXIV_URL"), "http://127.0.0.1:9")
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "HTTP_PORT": "0"} | outside | more


NAMELESS = ("unshare", "--user", "--map-user=54321", "--map-group=54321")
"""Runs what follows as a user id that no machine has a name for."""


def test_without_a_home_and_where_it_can_be_without_a_name(short):
    can = shutil.which("unshare") and not subprocess.run([*NAMELESS, "true"], capture_output=True).returncode
    done = _run(short, _bare(), "digest", "--sample", before=NAMELESS if can else ())
    assert done.returncode == 0, done.stderr


READ_ONLY = "/sys/paperboy"
"""A folder that nobody can make, whoever they are."""


@pytest.mark.skipif(not Path("/sys/kernel").exists(), reason="Linux only")
@pytest.mark.parametrize("name", ["DATA_DIR", "ARCHIVE_DIR"])
def test_a_folder_that_cannot_be_written_is_named_with_its_setting(short, name):
    env = _bare(**{name: READ_ONLY})
    done = _run(short, env, "digest", "--sample")
    assert (name == "ARCHIVE_DIR") == (done.returncode == 0), "a digest goes out without its file"
    assert name in done.stderr and OWN not in done.stderr and done.stderr.count("\n") == 1, done.stderr


@pytest.fixture
def short():
    """A folder with a short path: Unix sockets have short names."""
    folder = Path(tempfile.mkdtemp(prefix="pb-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
