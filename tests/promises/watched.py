"""A primary, its replica and three Sentinels that watch them.

Real processes, which the test may kill.
"""

import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError
from redis.retry import Retry

from tests.services.test_broken_setups import free_port
from tests.waiting import until
from workers.store.server.embedded import binary

NAME = "papers"
DOWN_MS = 2_000
"""Milliseconds of silence after which a Sentinel takes the primary for gone: more than a busy machine makes it wait.

The default is 30,000."""
FAILOVER_MS = 10_000
"""Milliseconds after which an election without a winner ends (Redis allows 10 s at most): a busy machine votes late.

The default is 180,000."""


class Watched:
    """Use as a context manager."""

    def __init__(self):
        self.folder, self.running = Path(tempfile.mkdtemp(prefix="pb-w-")), {}

    def __enter__(self):
        self.primary, self.replica = (self._server() for _ in range(2))
        one = Redis(port=self.replica)
        one.replicaof("127.0.0.1", self.primary)
        until(lambda: one.info("replication")["master_link_status"] == "up", "replication")
        self.sentinels = [self._sentinel() for _ in range(3)]
        until(lambda: all(self._ready(Redis(port=port)) for port in self.sentinels), "the Sentinels")
        return self

    def __exit__(self, *_):
        for process in self.running.values():
            process.kill()
            process.wait()
        rmtree(self.folder, ignore_errors=True)

    @property
    def url(self):
        """For REDIS_URL."""
        return f"redis+sentinel://{','.join(f'127.0.0.1:{port}' for port in self.sentinels)}/{NAME}/0"

    def kill(self, port):
        """SIGKILL the process that listens there."""
        self.running[port].kill()
        self.running[port].wait()

    def _server(self):
        port = free_port()
        folder = self.folder / str(port)
        folder.mkdir()
        words = ["--port", str(port), "--dir", str(folder), "--appendonly", "yes", "--save", ""]
        self._start(port, [*words, "--repl-diskless-sync-delay", "0"])
        return port

    def _sentinel(self):
        port = free_port()
        file = self.folder / f"{port}.conf"
        lines = [f"port {port}", f"sentinel monitor {NAME} 127.0.0.1 {self.primary} 2"]
        lines += [
            f"sentinel down-after-milliseconds {NAME} {DOWN_MS}",
            f"sentinel failover-timeout {NAME} {FAILOVER_MS}",
        ]
        file.write_text("\n".join(lines))
        self._start(port, [str(file), "--sentinel"])
        return port

    def _start(self, port, words):
        self.running[port] = subprocess.Popen([binary(), *words], stdout=subprocess.DEVNULL)
        until(lambda: _answers(port), "its answer")

    @staticmethod
    def _ready(sentinel):
        state = sentinel.sentinel_masters().get(NAME, {})
        return state.get("num-slaves") == 1 and state.get("num-other-sentinels") == 2


def _answers(port):
    with suppress(ConnectionError):
        return Redis(port=port, retry=Retry(NoBackoff(), 0)).ping()
