"""Several processes under one command: starts them, restarts what exits, stops them all within the grace period.

Each child is in a process group of its own, so that Ctrl-C reaches only us and they are stopped in order; on Linux
the kernel ends them if we are killed (`leash`).
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from types import FrameType

log = logging.getLogger(__name__)

RESTART_FIRST_S, RESTART_MOST_S = 1.0, 60.0
"""Seconds before a process that exited is started again: doubled each time, at most the second."""

STEADY_S = 60.0
"""Seconds a process must live for its restarts to count from the first again."""

STOP_S = 25.0
"""Seconds between SIGTERM and SIGKILL: workers leave within 20 (`runner.GRACE_S`), platforms kill us after 30."""

PR_SET_PDEATHSIG = 1
"""Linux prctl: the kernel sends us a signal when our parent dies."""

LOOK_S = 0.2
"""Seconds between two looks at the children."""


def leash(parent: int) -> None:
    """Called by a child: end with SIGTERM when `parent` dies (Linux; elsewhere nothing)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit("the process that started this one has ended")


@dataclass
class Child:
    """One process: `python -m bot <words>`."""

    words: tuple[str, ...]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    wait: float = RESTART_FIRST_S
    again_at: float = 0.0

    @property
    def name(self) -> str:
        """For logs: `worker --queue digest`."""
        return " ".join(self.words)


@dataclass
class Supervisor:
    """Keeps `commands` running until `stop` is set (SIGINT and SIGTERM set it, see `run`)."""

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
        quiet = ["--quiet"] if self.quiet else []
        command = [sys.executable, "-m", "bot", *child.words, "--leash", str(os.getpid()), *quiet]
        child.process = subprocess.Popen(command, process_group=0)
        log.info("process_started", extra={"child": child.name, "pid": child.process.pid})

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()
