"""What the promises are tested with.

A Redis of one's own, processes that can be killed anywhere, and a clock to move.

`Crew` starts processes of the bot (forked, in 20 ms) and kills them, alone or with their children. `Gate` stands before
Redis, counts the commands of whoever goes through it and kills somebody at the Nth. `Trap` does the same at the phases
of the doubles' HTTP. `Drive` plays the ticker and lets time pass.
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.bench.proxy import Proxy
from tests.clock import REAL, Clock
from tests.forked import Bot
from tests.waiting import HANG_S
from workers.queueing.dispatcher import Dispatcher
from workers.queueing.kinds import QUEUES
from workers.store.delivery.outbox import Outbox
from workers.store.server import embedded

ROOT = Path(__file__).parents[2]
SEED = 20_261_122
"""Of every sample: the same points in every run."""

LONGEST_S = HANG_S
"""Real seconds until something that takes milliseconds must have happened."""

LOOK_S, STEP_S = 0.02, 0.01
"""Seconds between two looks: at something that takes its time; at whether workers that are driven are idle."""

IDLE_LOOKS = 3
"""Looks that must all find nobody at work, and every worker waiting at Redis, before time is skipped."""

SHORT_MS = 3_600_000
"""Milliseconds that a lock or a pause lives at most; a record lives for days."""

PHASES = ("connect", "headers", "body", "accepted", "half", "sent")
"""Of a request, as a double tells them."""


def full() -> bool:
    """True for `make promises`: everything, not a sample."""
    return os.environ.get("PROMISES") == "full"


def sample(points: Sequence, size: int, seed: int = SEED) -> list:
    """All points in a full run, else `size` of them, always the same, in order."""
    points = list(points)
    if full() or len(points) <= size:
        return points
    return [points[i] for i in sorted(random.Random(seed).sample(range(len(points)), size))]


def amount(whole: int, part: int) -> int:
    """How often: `whole` in a full run, `part` in a sample."""
    return whole if full() else part


def kept(seconds: float, limit: float) -> bool:
    """True where a promised time is kept; a sample only shows that nothing hangs."""
    return seconds <= (limit if full() else HANG_S)


def until(true: Callable[[], object], what: str, seconds: float = LONGEST_S) -> object:
    """Wait until `true()` is; its value. Fails loudly, naming what did not happen."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, f"{what} did not happen in {seconds:g} s"
        time.sleep(LOOK_S)
    return found


def children(pid: int) -> list[int]:
    """Processes that it has forked."""
    try:
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def alive(pid: int) -> bool:
    """True unless it is gone or a zombie."""
    try:
        return "Z (zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def working(pid: int) -> bool:
    """True for a worker that has a child, or is running or ready to run."""
    try:
        return bool(children(pid)) or Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] == "R"
    except OSError:
        return False


def kill(pid: int, number: int = signal.SIGKILL) -> None:
    """Signal one process that may be gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def kill_tree(pid: int) -> None:
    """SIGKILL a process and its children at once."""
    for each in [*children(pid), pid]:
        kill(each)


class Crew:
    """Processes of the bot in one folder with one environment; `close()` ends all."""

    def __init__(self, folder: Path, env: dict[str, str], clock: Clock | None = None, *, hurried: bool = False) -> None:
        """`hurried`: no pause for arXiv, nor for a chat.

        Redis keeps arXiv's time, with a clock that is not moved.
        """
        self.folder, self.env, self.clock, self.hurried = folder, env, clock, hurried
        self.running: dict[int, Bot] = {}

    def fork(self, *words: str, **env: str) -> int:
        """A process that does what `python -m bot <words>` does; its pid."""
        clock = self.clock.path if self.clock else None
        bot = Bot(words, self.env | env, self.folder, log=self.logfile, clock=clock, hurried=self.hurried)
        self.running[bot.pid] = bot
        return bot.pid

    def worker(self, queue: str, **env: str) -> int:
        """A worker that waits for work; its pid."""
        before = self.log().count("worker_started")
        pid = self.fork("worker", "--queue", queue, **env)
        until(lambda: self.log().count("worker_started") > before or not alive(pid), f"a {queue} worker")
        assert alive(pid), self.log()
        return pid

    def bury(self, pid: int) -> int:
        """Wait until a process is gone; its exit status."""
        return self.running.pop(pid).wait()

    def kill(self, pid: int) -> None:
        """SIGKILL a process and its children, and wait for it."""
        kill_tree(pid)
        self.bury(pid)

    @property
    def logfile(self) -> Path:
        """Where all of them write."""
        return self.folder / "log.txt"

    def log(self) -> str:
        """What they wrote."""
        return self.logfile.read_text() if self.logfile.exists() else ""

    def close(self) -> None:
        """End what runs."""
        for pid in list(self.running):
            self.kill(pid)


class Server:
    """The embedded Redis of one folder, as the bot starts it; can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start()

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return embedded.socket_path(self.folder.absolute())

    @property
    def url(self) -> str:
        """For REDIS_URL."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it, if it does not run."""
        embedded.start(self.folder)

    def kill(self) -> None:
        """SIGKILL, and wait until it answers no more."""
        kill(int((self.folder / "redis.pid").read_text()))
        until(lambda: not embedded.running(self.folder), "the end of Redis")

    def close(self) -> None:
        """Shut it down."""
        embedded.stop(self.folder)


class Gate(Proxy):
    """A proxy before Redis: counts commands, at the `aim`ed one calls `strike`."""

    def __init__(self, server: Server) -> None:
        super().__init__(str(server.socket), look=self._look)
        self.strike: Callable[[], None] = lambda: None
        self.count = self.at = 0
        self.way = "asked"
        self.struck = ""

    def aim(self, number: int, strike: Callable[[], None], way: str = "asked") -> None:
        """Strike at the `number`th request from now.

        Before Redis gets it (`asked`) or as it has `answered`.
        """
        self.count, self.struck, self.way, self.strike, self.at = 0, "", way, strike, number

    def _look(self, phase: str, names: list[str]) -> None:
        if phase != self.way:
            return
        self.count += 1
        if self.count == self.at:
            self.at, self.struck = 0, f"{phase} {' '.join(names)}"
            self.strike()
            raise ConnectionResetError


class Trap:
    """Counts phases of requests to some doubles; at the `aim`ed one calls `strike`."""

    def __init__(self, *doubles: object) -> None:
        self.phase, self.at, self.count, self.struck = "", 0, 0, ""
        self.seen: Counter[str] = Counter()
        self.strike: Callable[[], None] = lambda: None
        self.paths: tuple[str, ...] = ()
        for double in doubles:
            double.phase_hook = self._look

    def aim(self, phase: str, number: int, strike: Callable[[], None]) -> None:
        """Strike at the `number`th time that a request reaches this phase, from now on."""
        self.count, self.struck, self.phase, self.strike, self.at = 0, "", phase, strike, number

    def _look(self, phase: str, entry: object) -> None:
        self.seen[phase] += 1
        if phase != self.phase:
            return
        self.count += 1
        if self.count == self.at:
            self.at, self.struck = 0, f"{phase} {entry.path}"
            self.strike()


class Drive:
    """Plays the scheduler for forked workers under a moved clock, and skips idle time."""

    def __init__(self, redis: object, clock: Clock, *, expire: bool = False) -> None:
        self.redis, self.clock, self.idle, self.expire = redis, clock, 0, expire
        self.dispatcher, self.outbox = Dispatcher(redis, clock), Outbox(redis)

    def until(self, done: Callable[[], object], pids: Callable[[], list[int]], what: str) -> None:
        """Hand out what is due until `done()`.

        Where nobody works, skip to when the next task is due. `pids()`: the workers that live (it may start new ones in
        the place of dead ones).
        """
        deadline, ledger = time.monotonic() + LONGEST_S, self.dispatcher.ledger
        while not done():
            assert time.monotonic() < deadline, f"{what} did not happen: {[ledger.get(k) for k in ledger.open_keys()]}"
            self.step(pids)

    def skip(self, seconds: float) -> None:
        """Let time pass; with `expire` also for our short-lived keys, which Redis times."""
        self.clock.skip(seconds)
        for key in self.redis.keys("pb:*") if self.expire else []:
            left = self.redis.pttl(key)
            if 0 < left < SHORT_MS:
                self.redis.pexpire(key, max(1, left - int(seconds * 1000)))

    def step(self, pids: Callable[[], list[int]]) -> None:
        """One look."""
        ledger = self.dispatcher.ledger
        for key in ledger.due(self.clock()):
            self.dispatcher.hand_out(key)
        live = pids()
        busy = any(working(pid) for pid in live) or self._queued(len(live))
        self.idle = 0 if busy else self.idle + 1
        due = ledger.next_due() if self.idle >= IDLE_LOOKS else None
        if due is not None and due > self.clock():
            self.skip(due - self.clock() + 0.001)
            self.idle = 0
        else:
            time.sleep(STEP_S)

    def _queued(self, workers: int) -> bool:
        """True where a job waits, or a worker has just taken one and waits for none."""
        with self.redis.pipeline(transaction=False) as asked:
            for queue in QUEUES:
                asked.llen(f"rq:queue:{queue}")
            *waiting, clients = asked.info("clients").execute()
        return any(waiting) or clients["blocked_clients"] < workers


__all__ = ["REAL", "Clock", "Crew", "Drive", "Gate", "Server", "Trap", "full", "sample", "until"]
