"""The embedded server.

One per DATA_DIR however many start at once, private, durable, gone when released.
"""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from redis.exceptions import AuthenticationError

from tests import ROOT
from tests.waiting import HANG_S
from workers.errors import BadSetting, StoreAway
from workers.store.server import embedded
from workers.store.server.connection import connect


@pytest.fixture
def folder():
    path = Path(tempfile.mkdtemp(prefix="pb-e-"))
    yield path
    embedded.stop(path)
    shutil.rmtree(path, ignore_errors=True)


def pids(folder):
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(embedded.socket_path(folder)).encode() in words and b"unixsocket" in words:
                found.append(int(entry.name))
    return found


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="counts processes in /proc")
def test_four_processes_at_once_get_one_server(folder):
    starts = "from workers.store.server import embedded; print(embedded.start(pathlib.Path(sys.argv[1])))"
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", f"import sys, pathlib; {starts}", str(folder)], env=env, stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    urls = {p.communicate()[0] for p in started}
    assert len(urls) == 1
    assert all(p.returncode == 0 for p in started)
    assert len(pids(folder)) == 1


def test_the_socket_is_private_and_nothing_is_forgotten_after_sigkill(folder):
    url = embedded.start(folder)
    assert stat.S_IMODE(embedded.socket_path(folder).stat().st_mode) == 0o700
    client = connect(url, retries=0)
    assert client.config_get("appendfsync")["appendfsync"] == "always"
    assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
    client.set("k", "v")
    os.kill(int((folder / "redis.pid").read_text()), signal.SIGKILL)
    client.close()
    client = connect(embedded.start(folder), retries=0)
    assert client.get("k") == b"v"
    client.close()


def test_a_released_server_stops_unless_others_use_it(folder):
    other = connect(embedded.start(folder), retries=0)
    other.ping()
    embedded.release(folder)
    assert embedded.running(folder)
    other.close()
    embedded.release(folder)
    assert not embedded.running(folder)


def test_a_long_data_dir_works(folder):
    deep = folder / ("a" * 60) / ("b" * 60)
    client = connect(embedded.start(deep), retries=0)
    assert client.ping()
    client.close()
    embedded.stop(deep)


def test_a_server_that_is_away_is_named_without_its_password():
    with pytest.raises(StoreAway, match="REDIS_URL") as caught:
        embedded.check("redis://:hunter2@127.0.0.1:9/0")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["nonsense", "http://h/0", "redis://h:port", "redis://[::1", "redis://h:99999/0"])
def test_an_address_that_is_none_is_a_setting_that_is_wrong(url):
    with pytest.raises(BadSetting, match="REDIS_URL is not usable"):
        embedded.check(url)


def test_a_server_that_says_nothing_is_not_waited_for_without_end(monkeypatch):
    monkeypatch.setattr(embedded, "CHECK_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(StoreAway, match="does not answer"):
        embedded.check(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")


def test_a_password_that_is_refused_and_rights_that_lack_are_told_as_that(folder):
    url = embedded.start(folder)
    client = connect(url, retries=0)
    client.execute_command("ACL", "SETUSER", "some", "on", ">word", "+ping")
    with pytest.raises(BadSetting, match="password"):
        embedded.check(url.replace("unix://", "unix://some:hunter2@"))
    with pytest.raises(BadSetting, match="allow it all commands"):
        embedded.check(url.replace("unix://", "unix://some:word@"))
    client.close()


def test_a_given_server_that_forgets_is_warned_about(folder, caplog):
    url = embedded.start(folder)
    client = connect(url, retries=0)
    assert embedded.check(url) == []
    client.config_set("appendonly", "no")
    client.config_set("maxmemory-policy", "allkeys-lru")
    assert len(embedded.check(url)) == 2
    client.close()


def test_a_server_that_is_too_old_is_refused(old_server):
    with pytest.raises(BadSetting, match=r"6\.2"):
        embedded.check(old_server)


@pytest.fixture
def old_server():
    """Answers like a Redis 5: enough of the protocol for INFO."""
    import threading

    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            while data := peer.recv(4096):
                body = b"# Server\r\nredis_version:5.0.14\r\n"
                for line in data.split(b"*")[1:]:
                    if b"INFO" in line.upper() and b"SETINFO" not in line.upper():
                        peer.sendall(b"$%d\r\n%s\r\n" % (len(body), body))
                    elif b"HELLO" in line.upper():
                        peer.sendall(b"-ERR unknown command\r\n")
                    elif b"CONFIG" in line.upper():
                        peer.sendall(b"*0\r\n")
                    else:
                        peer.sendall(b"+OK\r\n")
            peer.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
    listener.close()


def test_a_password_that_was_renewed_is_read_anew_from_its_file(folder, env, tmp_path):
    url = embedded.start(folder)
    admin, file = connect(url, retries=0), tmp_path / "redis-url"
    admin.config_set("requirepass", "first-word")
    file.write_text(url.replace("unix://", "unix://:first-word@") + "\n")
    client = connect(embedded.ensure(env(REDIS_URL="", REDIS_URL_FILE=file)), retries=1)
    assert client.ping()
    admin.config_set("requirepass", "second-word")
    admin.client_kill_filter(_type="normal", skipme=True)
    with pytest.raises(AuthenticationError):
        client.ping()
    file.write_text(url.replace("unix://", "unix://:second-word@") + "\n")
    assert client.ping()
    client.close()
    admin.config_set("requirepass", "")
    admin.close()


def test_a_server_that_ends_as_it_starts_is_not_waited_for(folder, monkeypatch, tmp_path):
    """As on a full disk: its parent says that all is well, and nobody is there."""
    fake = tmp_path / "redis-server"
    fake.write_text("#!/bin/sh\n[ \"$1\" = --version ] && echo 'Redis server v=7.2.0 sha=0'\nexit 0\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(embedded, "START_WAIT_S", 10 * HANG_S)
    with pytest.raises(StoreAway, match="ended as it started"):
        embedded.start(folder)
    monkeypatch.undo()
    assert connect(embedded.start(folder), retries=0).ping()
