"""`doctor` against broken set-ups, one fault each.

The first line that it prints names the true cause.
"""

import io
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from tests.doubles.s3 import S3Double
from tests.waiting import listens, until
from tests.world import CHANNEL, CHAT, World
from workers import network
from workers.errors import BadSetting
from workers.operations.doctor import run, show
from workers.platforms import SLACK_SCOPES
from workers.settings import load
from workers.store.server import embedded
from workers.store.server.connection import connect

NOBODY = "127.0.0.1:9"


class Servers:
    """Starts Redis servers with other options, and what is none."""

    def __init__(self):
        self.folder, self.running, self.listeners = Path(tempfile.mkdtemp(prefix="pb-")), [], []

    def redis(self, *options, tcp=False):
        """URL of a server: a socket, or a port of this machine."""
        path = self.folder / f"{len(self.running)}.sock"
        port = free_port() if tcp else 0
        words = [embedded.binary(), "--port", str(port), "--unixsocket", str(path), "--dir", str(self.folder)]
        words += ["--cluster-config-file", f"{len(self.running)}.conf", "--loglevel", "warning"]
        self.running.append(subprocess.Popen([*words, *options], stdout=subprocess.DEVNULL))
        until(lambda: listens(path), "the server")
        return f"redis://127.0.0.1:{port}/0" if tcp else f"unix://{path}"

    def listening(self, answer):
        """Port of something that answers `answer(connection)`."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.listeners.append(listener)

        def serve():
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(peer,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]

    def tls(self, target=0):
        """(port of a TLS server with an authority of its own, that authority's file).

        What it gets is passed on to `target`.
        """
        if not shutil.which("openssl"):
            pytest.skip("no openssl here")
        key, cert = self.folder / "key.pem", self.folder / "cert.pem"
        words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        words += ["-keyout", str(key), "-out", str(cert), "-days", "2", "-subj", "/CN=localhost"]
        subprocess.run(
            [*words, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)

        def answer(peer):
            try:
                with context.wrap_socket(peer, server_side=True) as link:
                    link.settimeout(5)
                    with socket.create_connection(("127.0.0.1", target)) as behind:
                        behind.settimeout(5)
                        while data := link.recv(65536):
                            behind.sendall(data)
                            link.sendall(behind.recv(65536))
            except OSError:
                peer.close()

        return self.listening(answer), cert

    def close(self):
        for listener in self.listeners:
            listener.close()
        for process in self.running:
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def http(status, body=b""):
    """Answers every connection with one HTTP reply."""

    def answer(peer):
        with peer:
            peer.recv(65536)
            peer.sendall(
                b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status, len(body), body)
            )

    return answer


@pytest.fixture
def place(tmp_path, redis_url, env, monkeypatch, no_pace):
    servers = Servers()
    with World(tmp_path, redis_url, chats=False, CONTACT="me@example.org") as world:
        world.slack.scopes = tuple(SLACK_SCOPES)
        yield SimpleNamespace(
            world=world, servers=servers, env=env, put=monkeypatch.setenv, folder=tmp_path, url=redis_url
        )
    servers.close()
    network.tls.cache_clear()


def first_line(place, **more):
    """What `doctor` prints first for these settings."""
    try:
        place.env(**{**place.world.env, **more})
    except BadSetting as error:
        found = run.unusable(error)
    else:
        found = run.run(load())
    console = Console(width=240, highlight=False, record=True, file=io.StringIO())
    show.show(found, console)
    return console.export_text().splitlines()[0]


def file(name, raw):
    def arrange(p):
        (p.folder / name).write_bytes(raw)
        return {}

    return arrange


def variable(**values):
    def arrange(p):
        for name, value in values.items():
            p.put(name, value.format(here=p.folder))
        return {}

    return arrange


def slack(change=lambda s: None, **more):
    def arrange(p):
        double = p.world.slack
        change(double)
        return {
            "SLACK_BOT_TOKEN": double.bot_token, "SLACK_APP_TOKEN": double.app_token, "SLACK_CHANNELS": CHANNEL
        } | more  # fmt: skip

    return arrange


def telegram(change=lambda t: None, **more):
    def arrange(p):
        change(p.world.telegram)
        return {"TELEGRAM_BOT_TOKEN": p.world.telegram.token, "TELEGRAM_CHATS": str(CHAT)} | more

    return arrange


def model(*words, **trouble):
    def arrange(p):
        if words:
            p.world.model.fail(*words, **trouble)
        return {"ANTHROPIC_API_KEY": p.world.model.key}

    return arrange


def settings(**values):
    return lambda p: values


def server(*options, number=0, after=None):
    def arrange(p):
        url = p.servers.redis(*options)
        client = connect(url, retries=0)
        for words in after or ():
            client.execute_command(*words)
        client.close()
        return {"REDIS_URL": url + (f"?db={number}" if number else "")}

    return arrange


def acl(*rights):
    def arrange(p):
        url = server(after=[("ACL", "SETUSER", "bot", "on", ">word", *rights)])(p)["REDIS_URL"]
        return {"REDIS_URL": url.replace("unix://", "unix://bot:word@")}

    return arrange


def socket_of(answer, scheme="redis"):
    return lambda p: {"REDIS_URL": f"{scheme}://127.0.0.1:{p.servers.listening(answer)}/0"}


def proxied(answer, user=""):
    def arrange(p):
        p.put("HTTPS_PROXY", f"http://{user}127.0.0.1:{p.servers.listening(answer)}")
        return {"HF_ENDPOINT": "https://hf.example.org"}

    return arrange


def full(p):
    def arrange(url):
        client = connect(url, retries=0)
        client.config_set("maxmemory", 1)
        client.close()
        return {"REDIS_URL": url}

    return arrange(p.servers.redis())


def closed(name):
    def arrange(p):
        (p.folder / "file").write_text("no folder")
        return {name: str(p.folder / "file" / "below")} | ({"REDIS_URL": ""} if name == "DATA_DIR" else {})

    return arrange


def wrong_password(p):
    return {"REDIS_URL": p.servers.redis("--requirepass", "word").replace("unix://", "unix://:no@")}


def no_list(p):
    p.world.hf.fault("*", status=200, body="<html>")
    return {}


def fault(double, where="*", **what):
    def arrange(p):
        getattr(p.world, double).fault(where, times=9, **what)
        return {}

    return arrange


def both(first, *more):
    return lambda p: {name: value for one in (first, *more) for name, value in one(p).items()}


def profile(source):
    def arrange(p):
        head = 'title = "T"\nlanguage = "en"\ninterests = ["a"]\npersona = "p"\naudience = "a"\n'
        (p.folder / "own.toml").write_text(f'{head}sources = ["{source}"]\nmin_score = 50\npicks = 3\n')
        return {"PROFILES_DIR": str(p.folder), "DIGEST_PROFILE": "own"}

    return arrange


def bucket(p):
    with S3Double() as s3:
        for name, value in s3.env().items():
            p.put(name, value)
    return {"ARCHIVE_DIR": "s3://papers/digests"}  # nothing answers there any more


REFUSED = {"ok": False, "error": "account_inactive"}

BROKEN = {
    # settings and what stands around them
    "a time that is none": (settings(DIGEST_TIME="8am"), "Settings.*DIGEST_TIME"),
    "a zone that is none": (settings(DIGEST_TIMEZONE="Mars/Base"), "Settings.*DIGEST_TIMEZONE"),
    "latin-1": (file(".env", b"CONTACT=M\xfcller@x.org\n"), r"CONTACT in \.env is not UTF-8"),
    "utf-16": (file(".env", "CONTACT=a".encode("utf-16")), r"\.env is written in UTF-16"),
    "a line without =": (file(".env", b"A=1\nSLACK_BOT_TOKEN: x\n"), r"\.env cannot be read in line 2"),
    "a folder for .env": (lambda p: (p.folder / ".env").mkdir() or {}, r"\.env is a folder"),
    "a name that is none": (file(".env", b"SLACK_TOKEN=xoxb-1\n"), "SLACK_TOKEN.*did you mean|SLACK_TOKEN.*no setting"),
    "a proxy in .env": (file(".env", b"HTTPS_PROXY=http://p:1\n"), "HTTPS_PROXY.*nobody reads it"),
    "a secret's file": (settings(SLACK_BOT_TOKEN_FILE="/nowhere"), "SLACK_BOT_TOKEN_FILE cannot be read"),
    "tokens exchanged": (slack(SLACK_BOT_TOKEN="xapp-1"), "SLACK_BOT_TOKEN holds an app-level"),
    "a blank in a key": (settings(ANTHROPIC_API_KEY="sk-ant 1"), "ANTHROPIC_API_KEY.*blank"),
    "no authority": (variable(SSL_CERT_FILE="/nonexistent/cacert.pem"), "SSL_CERT_FILE"),
    "no authorities": (variable(SSL_CERT_DIR="/nonexistent"), "SSL_CERT_DIR"),
    "an unknown proxy": (variable(ALL_PROXY="ftp://h:1"), "ALL_PROXY.*must begin with"),
    "a proxy's odd sign": (settings(OUTBOUND_PROXY="http://me:a/b@h:1"), "OUTBOUND_PROXY.*%40"),
    "an empty file": (
        both(file("t", b"\n"), settings(SLACK_BOT_TOKEN_FILE="t")), "Settings.*SLACK_BOT_TOKEN_FILE.*empty file"
    ),
    "admins by name": (settings(ADMINS="alice"), "Settings.*ADMINS.*id of a user"),
    "no zone in TZ": (both(variable(TZ="Mars/Base"), settings(DIGEST_TIMEZONE="")), "Machine.*TZ is 'Mars/Base'"),
    # Redis
    "no redis": (settings(REDIS_URL=f"redis://{NOBODY}/0"), "REDIS_URL.*nothing listens"),
    "no host": (settings(REDIS_URL="redis://redis.invalid:6379/0"), "REDIS_URL.*host that cannot be found"),
    "no socket": (settings(REDIS_URL="unix:///nowhere/r.sock"), "REDIS_URL.*socket is not there"),
    "not redis": (socket_of(http(b"400 Bad Request", b"<html>")), "REDIS_URL.*is not a Redis"),
    "no address": (settings(REDIS_URL="http://example.org"), "REDIS_URL.*not the address"),
    "wrong password": (wrong_password, "REDIS_URL.*password"),
    "no password": (server("--requirepass", "word"), "REDIS_URL.*asks for a password"),
    "cluster": (server("--cluster-enabled", "yes"), "Redis.*is a Redis Cluster"),
    "cluster, database 1": (server("--cluster-enabled", "yes", number=1), "Redis.*Cluster|no database of that number"),
    "replica": (server("--replicaof", "127.0.0.1", "9"), "Redis.*read-only replica"),
    "maxmemory": (full, "Redis.*maxmemory is reached"),
    "no such database": (server(number=99), "REDIS_URL.*no database of that number"),
    "no scripts allowed": (acl("+@all", "-eval", "~*", "&*"), "Redis.*may not run EVAL"),
    "no keys allowed": (acl("+@all", "~other:*", "&*"), "Redis.*may not use our keys"),
    "no channels allowed": (acl("+@all", "~*", "resetchannels"), "Redis.*may not use our channels"),
    "nothing allowed": (acl("+ping"), "REDIS_URL.*may not run"),
    "too few replicas": (server("--min-replicas-to-write", "2"), "Redis.*too few of its replicas"),
    "evicts": (server("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"), "Redis.*eviction.*allkeys-lru"),
    "TLS where there is none": (
        lambda p: {"REDIS_URL": p.servers.redis(tcp=True).replace("redis:", "rediss:")}, "REDIS_URL.*does not speak TLS"
    ),
    "an authority of its own": (
        lambda p: {"REDIS_URL": f"rediss://127.0.0.1:{p.servers.tls()[0]}/0"}, "REDIS_URL.*certificate.*not trusted"
    ),
    "no TLS where there is": (
        lambda p: {"REDIS_URL": f"redis://127.0.0.1:{p.servers.tls()[0]}/0"}, "REDIS_URL.*closes the connection"
    ),
    # the way out
    "a dead proxy": (
        lambda p: variable(HTTPS_PROXY=f"http://{NOBODY}")(p) or {"HF_ENDPOINT": "https://hf.example.org"},
        "Network.*proxy that HTTPS_PROXY names does not answer",
    ),
    "a proxy's password": (proxied(http(b"407 Proxy Authentication Required")), "Network.*HTTPS_PROXY.*for a pass"),
    "a proxy's rule": (proxied(http(b"403 Forbidden")), "Network.*HTTPS_PROXY names lets nothing through"),
    "SOCKS for Slack": (
        slack(OUTBOUND_PROXY=f"socks5://{NOBODY}", SLACK_API_URL="https://slack.example.org/api/"),
        "Network.*OUTBOUND_PROXY names does not answer|SOCKS",
    ),
    "a certificate": (
        lambda p: {"HF_ENDPOINT": f"https://127.0.0.1:{p.servers.tls()[0]}"}, "Network.*certificate of 127.0.0.1 is not"
    ),
    "http for https": (
        lambda p: {"HF_ENDPOINT": f"https://127.0.0.1:{p.servers.listening(http(b'200 OK'))}"}, "Network.*not speak TLS"
    ),
    "no name": (settings(HF_ENDPOINT="https://hf.invalid"), "Network.*name of hf.invalid cannot be found"),
    # the platforms
    "slack's token": (slack(SLACK_BOT_TOKEN="xoxb-wrong"), "Slack.*SLACK_BOT_TOKEN is refused"),
    "slack's app token": (slack(SLACK_APP_TOKEN="xapp-wrong"), "Slack.*SLACK_APP_TOKEN is refused"),
    "not invited": (slack(lambda s: s.add_channel(CHANNEL, "d", is_member=False)), "Slack.*not in #d"),
    "archived": (slack(lambda s: s.add_channel(CHANNEL, "d", is_archived=True)), "Slack.*is archived"),
    "no such channel": (slack(SLACK_CHANNELS="C0NOWHERE"), "Slack.*knows no such channel"),
    "scopes": (slack(lambda s: setattr(s, "scopes", ("chat:write",))), "Slack.*missing: "),
    "no slack": (slack(SLACK_API_URL="http://127.0.0.1:9/api/"), "Network.*Slack.*nothing listens"),
    "channels without a token": (settings(SLACK_CHANNELS=CHANNEL), "Slack.*SLACK_CHANNELS is set, but no token"),
    "telegram's token": (telegram(TELEGRAM_BOT_TOKEN="123456:wrong"), "Telegram.*TELEGRAM_BOT_TOKEN is refused"),
    "no such chat": (telegram(TELEGRAM_CHATS="-100999"), "Telegram.*knows no such chat"),
    "kicked": (telegram(lambda t: setattr(t.chat(CHAT), "kicked", True)), "Telegram.*not in it"),
    "a webhook's secret": (
        telegram(TELEGRAM_WEBHOOK_URL="https://b.example.org", TELEGRAM_WEBHOOK_SECRET="not good"), "Telegram.*SECRET"
    ),
    "an operator nowhere": (settings(OPERATOR_CHANNEL="slack:C1"), "OPERATOR_CHANNEL is on Slack, but no token"),
    "a secret for a token": (slack(SLACK_BOT_TOKEN="8f742231b10e8888" * 2), "SLACK_BOT_TOKEN.*SLACK_SIGNING_SECRET"),
    "a token for a secret": (slack(SLACK_SIGNING_SECRET="xoxb-1"), "SLACK_SIGNING_SECRET holds a bot token"),
    "an app that was removed": (both(slack(), fault("slack", status=200, body=REFUSED)), "taken out of the workspace"),
    "slack in trouble": (both(slack(), fault("slack", status=503, body="<html>")), r"Slack is in trouble \(HTTP 503"),
    "telegram in trouble": (both(telegram(), fault("telegram", status=502, body="<html>")), "in trouble .HTTP 502"),
    "another's token": (telegram(TELEGRAM_BOT_TOKEN="xoxb-1"), "TELEGRAM_BOT_TOKEN holds a bot token of Slack"),
    "words of Telegram's": (telegram(lambda t: setattr(t.chat(CHAT), "kicked", True)), "“Forbidden: bot was kicked"),
    # model, sources, machine
    "no money": (both(model(), settings(MODEL_DAILY_BUDGET_USD="0")), "Model.*MODEL_DAILY_BUDGET_USD is 0"),
    "another's key": (settings(ANTHROPIC_API_KEY="sk-proj-1"), "ANTHROPIC_API_KEY is refused .it holds a key"),
    "a source that is none": (profile("arxive:cs.CV"), "Profiles own: There is no source 'arxive:cs.CV'"),
    "no such category": (profile("arxiv:cs.XX"), "Profiles own: arXiv has no category cs.XX"),
    "no folder of profiles": (settings(PROFILES_DIR="/nowhere"), "Profiles PROFILES_DIR: names no folder"),
    "no object store": (bucket, "Machine.*ARCHIVE_DIR.*nothing answers"),
    "a key": (lambda p: {"ANTHROPIC_API_KEY": "sk-ant-wrong"}, "Model.*ANTHROPIC_API_KEY is refused"),
    "no credit": (model("error", status=400, message="Your credit balance is too low"), "Model.*no credit left"),
    "a gateway": (model("page", status=403), "Model.*gateway"),
    "no list": (no_list, "Sources.*Hugging Face.*not with a"),
    "no archive": (closed("ARCHIVE_DIR"), "Machine.*ARCHIVE_DIR.*cannot be written"),
    "no data": (closed("DATA_DIR"), "DATA_DIR cannot be used"),
    "no profile": (settings(DIGEST_PROFILE="nobody-made-it"), "Profiles.*nobody-made-it"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_the_first_line_names_the_true_cause(place, name):
    arrange, cause = BROKEN[name]
    said = first_line(place, **arrange(place))
    assert re.search(cause, said), said
    assert said.startswith(("✗", "!"))


def test_there_are_more_than_thirty_and_a_good_one_has_none(place):
    assert len(BROKEN) > 30
    assert first_line(place).startswith("✓")
    copied = {"ANTHROPIC_BASE_URL": f"{place.world.model.url}/v1/messages"}
    copied["TELEGRAM_API_URL"] = f"{place.world.telegram.url}/bot/"
    assert first_line(place, **model()(place), **telegram()(place), **copied).startswith("✓")


def test_a_redis_with_an_authority_of_its_own_works_when_it_is_named(place, env):
    behind = place.servers.redis(tcp=True)
    port, authority = place.servers.tls(int(behind.rpartition(":")[2].partition("/")[0]))
    assert embedded.check(f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={authority}") is not None


@pytest.mark.parametrize("name", ["cluster", "replica", "maxmemory", "no scripts allowed", "an authority of its own"])
def test_start_up_says_which_it_is(place, name):
    arrange, cause = BROKEN[name]
    place.env(**place.world.env)
    with pytest.raises(Exception, match=cause.partition(".*")[2] or cause) as caught:
        embedded.check(arrange(place)["REDIS_URL"])
    assert str(caught.value).startswith("REDIS_URL ")
    assert os.linesep not in str(caught.value)
