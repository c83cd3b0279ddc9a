"""Runs several processes under one command, restarts and stops them.

Each child is in a process group of its own, so that Ctrl-C reaches only us and they are stopped in order; on Linux
the kernel ends them if we are killed (`die_with_parent`).

A `WorkerPool` does the same with copies of its own process: what was imported before they were made is in memory once.
"""

import ctypes
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Protocol

log = logging.getLogger(__name__)

RESTART_FIRST_S, RESTART_MOST_S = 1.0, 60.0
"""Seconds before a process that exited is started again: doubled each time, at most the second."""

STEADY_S = 60.0
"""Seconds a process must live for its restarts to count from the first again."""

STOP_S = 24.0
"""Seconds between SIGTERM and SIGKILL: workers leave within 20 (`runner.GRACE_S`), all of us within 25 (promise 9),
platforms kill us after 30."""

PR_SET_PDEATHSIG = 1
"""Linux prctl: the kernel sends us a signal when our parent dies."""

PR_SET_NAME = 15
"""Linux prctl: the name that `ps` and `top` show, of at most 15 bytes."""

LOOK_S = 0.2
"""Seconds between two looks at the children."""

END_LOOK_S = 0.02
"""Seconds between two looks whether one that was told to end has ended."""


def die_with_parent(parent: int) -> None:
    """End this child with SIGTERM when `parent` dies (Linux; elsewhere nothing)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit("the process that started this one has ended")


class Process(Protocol):
    """What is needed of a process; `subprocess.Popen` has it."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None:
        """Its exit status, or None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status; subprocess.TimeoutExpired after `timeout` seconds."""

    def terminate(self) -> None:
        """Send it SIGTERM."""

    def kill(self) -> None:
        """Send it SIGKILL."""


class Forked:
    """A copy of this process that does `work`, then exits with 0, or 1 if it raised.

    Not for a process with threads. The copy has none of our signal handlers, a process group of its own, and ends when
    we die (`die_with_parent`).
    """

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self.returncode: int | None = None
        parent, ours = os.getpid(), {signal.SIGINT, signal.SIGTERM}
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ours)  # no signal is lost between fork and handlers
        self.pid = os.fork()
        if self.pid == 0:
            self._live(parent, name, work, before)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _live(self, parent: int, name: str, work: Callable[[], None], mask: "set[signal.Signals | int]") -> None:
        code = 1
        try:
            os.setpgid(0, 0)
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            if sys.platform.startswith("linux"):
                ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode()[:15])
            die_with_parent(parent)
            work()
            code = 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 1
        except BaseException:
            log.exception("process_failed", extra={"child": name})
        finally:
            logging.shutdown()
            os._exit(code)

    def poll(self) -> int | None:
        """Its exit status (negative: the signal that ended it), or None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status; subprocess.TimeoutExpired after `timeout` seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if end is not None and time.monotonic() >= end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            time.sleep(END_LOOK_S)
        return code

    def terminate(self) -> None:
        """Send it SIGTERM."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """Send it SIGKILL."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


@dataclass
class Child:
    """One process: `python -m bot <words>`."""

    words: tuple[str, ...]
    process: Process | None = None
    started: float = 0.0
    wait: float = RESTART_FIRST_S
    again_at: float = 0.0

    @property
    def name(self) -> str:
        """For logs: `worker --queue digest`."""
        return " ".join(self.words)


@dataclass
class Supervisor:
    """Keeps `commands` running until `stopping` is set.

    SIGINT and SIGTERM set it, see `run`.
    """

    commands: list[tuple[str, ...]]
    stopping: threading.Event = field(default_factory=threading.Event)
    quiet: bool = False
    """Children log errors only: a person watches the command, not the log."""

    def __post_init__(self) -> None:
        self.children = [Child(words) for words in self.commands]

    def run(self) -> None:
        """Run until a signal; always leaves no process behind."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._signalled)
        self.start()
        try:
            while not self.stopping.wait(LOOK_S):
                self.look()
        finally:
            self.stop()

    def start(self) -> None:
        """Start every child."""
        for child in self.children:
            self._spawn(child)

    def look(self) -> None:
        """Start again what has exited and waited long enough."""
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                code, child.process = child.process.returncode, None
                if now - child.started > STEADY_S:
                    child.wait = RESTART_FIRST_S
                child.again_at = now + child.wait
                log.warning("process_exited", extra={"child": child.name, "code": code, "again_in": child.wait})
                child.wait = min(child.wait * 2, RESTART_MOST_S)
            if child.process is None and now >= child.again_at:
                self._spawn(child)

    def stop(self) -> None:
        """SIGTERM to all, SIGKILL to what is left after `STOP_S`."""
        running = [c.process for c in self.children if c.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_S
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _spawn(self, child: Child) -> None:
        child.started = time.monotonic()
        child.process = self.launch(child)
        log.info("process_started", extra={"child": child.name, "pid": child.process.pid})

    def launch(self, child: Child) -> Process:
        """Start one child."""
        quiet = ["--quiet"] if self.quiet else []
        command = [sys.executable, "-m", "bot", *child.words, "--leash", str(os.getpid()), *quiet]
        return subprocess.Popen(command, process_group=0)

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()


@dataclass
class WorkerPool(Supervisor):
    """Keeps copies of this process running: each does `work` with its words."""

    work: Callable[..., None] = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        gc.collect()
        gc.freeze()  # the collector of a copy then leaves our pages alone, and they stay shared

    def launch(self, child: Child) -> Process:
        """Make one copy."""
        return Forked(child.name, lambda: self.work(*child.words))
