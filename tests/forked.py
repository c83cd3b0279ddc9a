"""Processes of the bot that cost no start.

Copies of one process that has imported everything (`fork_server.py`).

`Bot(words, env, folder)` does what `python -m bot <words>` does, and has as much of `subprocess.Popen` as tests use. A
test that is about the start itself, a terminal or an encoding starts the real command.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from functools import cache
from itertools import count
from pathlib import Path

from tests import INHERITED, ROOT
from tests.waiting import HANG_S

BEGIN = "from tests.clock import switch; switch(); from tests.fork_server import main; main()"

LOOK_S = 0.02
"""Seconds between two looks whether a process has ended."""


def inherited() -> dict[str, str]:
    """What every process of the bot gets of our environment."""
    return {n: v for n, v in os.environ.items() if n in INHERITED} | {"PYTHONPATH": str(ROOT)}


class Server:
    """The process that is copied; it ends with ours."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", BEGIN], env=inherited(), cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._lock = threading.Lock()
        self.folder, self.started = Path(tempfile.mkdtemp(prefix="pb-out-")), count(1)
        """Where the output is kept of those that have no log."""

    def close(self) -> None:
        """End it and all that it forked."""
        self._process.communicate(timeout=HANG_S)
        shutil.rmtree(self.folder, ignore_errors=True)

    def tell(self, **order: object) -> int | None:
        """Give one order; the number it answers, if any."""
        with self._lock:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())


@cache
def server() -> Server:
    """The one of this test process."""
    return Server()


def end() -> None:
    """End it, if there is one."""
    if server.cache_info().currsize:
        server().close()
        server.cache_clear()


class Bot:
    """One process of the bot.

    What it writes goes to `log`, or is what `communicate` returns.
    """

    def __init__(
        self,
        words: tuple[str, ...],
        env: dict[str, str],
        folder: Path,
        *,
        log: Path | None = None,
        given: str = "",
        clock: Path | None = None,
        hurried: bool = False,
    ) -> None:
        """Starts the process.

        `given`: its stdin. `clock`: the file of a `clock.Clock`. `hurried`: no pause for arXiv or a chat.
        """
        self.args, self.returncode = words, None
        mine = server().folder / str(next(server().started))
        self._out, self._err = (log, log) if log else (mine.with_suffix(".out"), mine.with_suffix(".err"))
        for file in (self._out, self._err):
            file.touch()
        if given:
            mine.write_text(given)
        self.pid = server().tell(
            words=[str(word) for word in words], env=inherited() | env, cwd=str(folder), out=str(self._out),
            err=str(self._err), given=str(mine) if given else "", clock=str(clock or ""), hurried=hurried,
        )  # fmt: skip

    def poll(self) -> int | None:
        """Its exit status (negative: the signal that ended it), or None while it runs."""
        if self.returncode is None and (status := server().tell(look=self.pid)) is not None:
            self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float = HANG_S) -> int:
        """Its exit status; subprocess.TimeoutExpired after `timeout` seconds."""
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(list(self.args), timeout)
            time.sleep(LOOK_S)
        return code

    def communicate(self, timeout: float = HANG_S) -> tuple[str, str]:
        """Wait for its end; what it wrote to its stdout and stderr."""
        self.wait(timeout)
        return self._out.read_text(), self._err.read_text()

    def completed(self) -> subprocess.CompletedProcess[str]:
        """Wait for its end, and say what `subprocess.run` would."""
        out, err = self.communicate()
        return subprocess.CompletedProcess(list(self.args), self.returncode, out, err)

    def send_signal(self, number: int) -> None:
        """Signal it, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send it SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send it SIGKILL."""
        self.send_signal(signal.SIGKILL)
