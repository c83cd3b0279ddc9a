"""Copies of one process.

They end with it, are made again, lose no signal, and share what was imported.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT
from tests.waiting import HANG_S, until

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")

PROGRAM = """
import signal, sys, time
from pathlib import Path
from workers.processes import supervisor

supervisor.RESTART_FIRST_S = 0.1

def work(name):
    if name == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path(sys.argv[1], f"{name}.{__import__('os').getpid()}").touch()
    if name == "short":
        raise ValueError("broken")
    signal.pause()

supervisor.STOP_S = 1.0
supervisor.WorkerPool([(name,) for name in sys.argv[2:]], work=work).run()
"""


@pytest.fixture
def crew(tmp_path):
    running = []

    def start(*names):
        command = [sys.executable, "-c", PROGRAM, str(tmp_path), *names]
        running.append(subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def born(folder, name):
    return sorted(int(path.suffix[1:]) for path in folder.glob(f"{name}.*"))


def alive(pid):
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "Z (zombie)" not in status.read_text()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_copies_end_with_it(crew, tmp_path, ending):
    parent = crew("one", "two", "two")
    pids = until(lambda: len(found := born(tmp_path, "one") + born(tmp_path, "two")) == 3 and found)
    assert [Path(f"/proc/{pid}/comm").read_text().strip() for pid in pids] == ["one", "two", "two"]
    assert len({os.getpgid(pid) for pid in [parent.pid, *pids]}) == 4, "Ctrl-C reaches the first one only"
    parent.send_signal(ending)
    assert parent.wait(HANG_S) == (-ending if ending == signal.SIGKILL else 0)
    until(lambda: not any(map(alive, pids)))


def test_one_that_will_not_end_is_killed(crew, tmp_path):
    parent = crew("stubborn", "one")
    (pid,) = until(lambda: born(tmp_path, "one") and born(tmp_path, "stubborn"))
    parent.terminate()
    assert parent.wait(HANG_S) == 0
    assert not alive(pid)


def test_one_that_ends_is_made_again(crew, tmp_path):
    crew("one", "short")
    (first,) = until(lambda: born(tmp_path, "one"))
    os.kill(first, signal.SIGKILL)
    until(lambda: len(born(tmp_path, "one")) == 2)
    until(lambda: len(born(tmp_path, "short")) == 3)


def forked(work):
    """A copy of a process without threads, made in one: what became of it."""
    program = (
        "import os, signal, sys\nfrom workers.processes.supervisor import Forked\n"
        f"def work():\n    {work}\nprint(Forked('x', work).wait(20))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("work", "code"),
    [
        ("pass", "0"), ("raise ValueError('broken')", "1"), ("sys.exit(3)", "3"), ("sys.exit('a sentence')", "1"),
        ("os.kill(os.getpid(), signal.SIGTERM)", "-15"), ("os.abort()", "-6"),
    ],
)  # fmt: skip
def test_how_it_ended(work, code):
    assert forked(work) == code


def test_waiting_has_an_end():
    program = (
        "import signal, subprocess\nfrom workers.processes.supervisor import Forked\n"
        "child = Forked('x', signal.pause)\n"
        "try:\n    child.wait(0.1)\nexcept subprocess.TimeoutExpired:\n    child.kill()\n    print(child.wait())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.stdout.strip() == "-9", done.stderr
