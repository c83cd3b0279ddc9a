"""(d) Memory of each process of `python -m bot up` with nothing to do.

Beside the least such a process can be.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.figures import Figure, Report, middle
from tests.bench.house import ready, settled, wait_for
from tests.doubles.model import ModelDouble
from tests.doubles.slack import SlackDouble
from tests.doubles.telegram import CHANNEL as CHAT
from tests.doubles.telegram import TelegramDouble
from workers.processes.supervisor import STOP_S
from workers.queueing.kinds import CREW
from workers.settings import Settings
from workers.store.server import embedded
from workers.store.server.connection import connect

CHANNEL = "C0DIGEST"
SETTLE_S = 3.0
"""Seconds after all is connected until the first look: nothing is being imported any more."""

LOOKS, BETWEEN_S = 5, 0.5
"""Looks of which the median counts, and seconds between them."""

KB_PER_MB = 1024
PROC = Path("/proc")

BARE = {"rq and redis": "import rq, redis, time; time.sleep(600)", "nothing": "import time; time.sleep(600)"}
"""Processes that do nothing: with the two libraries every process of ours has, and the interpreter alone."""

OWN_FLOOR = "the server"


@contextmanager
def process(*words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A child that is ended, by force if need be."""
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(STOP_S + 5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def memory(pid: int) -> tuple[float, float]:
    """(RSS, PSS) of a process in MB.

    RSS: all pages it has. PSS: its share of them where others have them too.
    """
    rows = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
    sizes = {name: float(rest.split()[0]) for name, _, rest in (row.partition(":") for row in rows)}
    return sizes["Rss"] / KB_PER_MB, sizes["Pss"] / KB_PER_MB


def children(pid: int) -> dict[str, int]:
    """Words after `-m bot` -> pid of each child.

    The copies that a child makes of itself are named after it.
    """
    found = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if parent == pid and "bot" in words:
            name = " ".join(words[words.index("bot") + 1 :])
            name = name.partition(" --leash")[0].strip()
            found[name] = int(folder.name)
            found |= {f"{name}, {copy}": number for copy, number in _copies(found[name])}
    return found


def _copies(pid: int) -> list[tuple[str, int]]:
    """(name, pid) of each child of a crew."""
    pids = [int(p) for p in (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()]
    names = [(PROC / str(p) / "comm").read_text().strip() for p in pids]
    return [(f"{name} {names[:i].count(name) + 1}", p) for i, (name, p) in enumerate(zip(names, pids, strict=True))]


def measure(_runs: int) -> Report:
    """Start everything with a model key set, wait until all is connected, and look."""
    report = Report(
        "idle",
        "memory of each process of `python -m bot up`, idle (Slack, Telegram, a model key, the embedded server)",
        "python -m tests.bench idle",
        "a process that imports rq and redis and sleeps; for the server, the same binary with no data and no disk",
    )
    if not (PROC / "self" / "smaps_rollup").exists():
        report.notes.append("not measured: this system has no /proc/<pid>/smaps_rollup")
        return report
    with ExitStack() as stack:
        slack, telegram, model = SlackDouble(), TelegramDouble(), ModelDouble()
        for double in (slack, telegram, model):
            stack.enter_context(double)
        env = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "SLACK_CHANNELS": CHANNEL,
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            "TELEGRAM_CHATS": str(CHAT),
            "ANTHROPIC_API_KEY": model.key,
            "ANTHROPIC_BASE_URL": model.url,
            "LOG_LEVEL": "ERROR",
        }
        settings = stack.enter_context(settled(env))
        up = stack.enter_context(process(sys.executable, "-m", "bot", "up"))
        bare = {name: stack.enter_context(process(sys.executable, "-c", code)) for name, code in BARE.items()}
        socket = str(settings.data_dir.parent / "bare.sock")
        options = ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no"]
        bare[OWN_FLOOR] = stack.enter_context(process(embedded.binary(), *options))
        wait_for(lambda: _connected(settings, slack, telegram), "everything to be connected")
        time.sleep(SETTLE_S)
        pids = {"up (the supervisor)": up.pid, **dict(sorted(children(up.pid).items()))}
        pids["embedded server"] = int((settings.data_dir / "redis.pid").read_text())
        floors = {name: child.pid for name, child in bare.items()}
        found = _looked(pids | {f"bare: {name}": pid for name, pid in floors.items()})
    for name in pids:
        floor = found[f"bare: {OWN_FLOOR}" if name == "embedded server" else "bare: rq and redis"]
        rss, pss = found[name]
        note = f"PSS {pss:.1f} MB, floor {floor[1]:.1f} MB, ratio {pss / floor[1]:.2f}"
        report.figures.append(Figure(f"{name}, RSS", rss, "MB", floor[0], note=note))
    rss, pss = (sum(found[name][i] for name in pids) for i in (0, 1))
    report.figures.append(
        Figure("all together, PSS", pss, "MB", note=f"the sum of RSS, {rss:.0f} MB, counts shared pages often")
    )
    rss, pss = found["bare: nothing"]
    report.notes.append(f"the interpreter alone: RSS {rss:.1f} MB, PSS {pss:.1f} MB; median of {LOOKS} looks.")
    return report


def _connected(settings: Settings, slack: SlackDouble, telegram: TelegramDouble) -> bool:
    """True when both listeners listen and all workers wait."""
    polled = any(call.path.lower().endswith("getupdates") for call in telegram.calls())
    if not (polled and slack._sockets and embedded.running(settings.data_dir)):
        return False
    redis = connect(f"unix://{embedded.socket_path(settings.data_dir.absolute())}", retries=0)
    try:
        return ready(redis) == len(CREW)
    finally:
        redis.close()


def _looked(pids: dict[str, int]) -> dict[str, tuple[float, float]]:
    looks = []
    for _ in range(LOOKS):
        looks.append({name: memory(pid) for name, pid in pids.items()})
        time.sleep(BETWEEN_S)
    return {name: tuple(middle(look[name][i] for look in looks) for i in (0, 1)) for name in pids}
