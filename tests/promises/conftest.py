"""The kit as fixtures, and the results of the run by promise.

`figure("…")` notes a measured figure for the table. With PROMISES set (to `full` or `sample`) the results of the
promises that were tested are written to `promises-out/results.json` when the run ends; those of others stay there.
"""

import json
import os
import re
import shutil
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.promises import kit
from tests.promises.post import Post
from workers.store.server.connection import connect

OUT = Path(__file__).parents[2] / "promises-out" / "results.json"
NUMBER = re.compile(r"test_(\d\d)_")
RESULTS: dict[int, dict] = {}
"""Promise -> {"tests", "failed", "figures", "seconds"}."""


def number_of(item) -> int | None:
    """The promise that a test keeps."""
    found = NUMBER.match(item.name)
    return int(found[1]) if found else None


@pytest.fixture
def figure(request):
    """Notes a figure of this run for the promise of the test.

    `figure("412 kill points")`.
    """
    row = _row(number_of(request.node))
    return row["figures"].append


def _row(number):
    return RESULTS.setdefault(number, {"tests": 0, "failed": 0, "skipped": 0, "figures": [], "seconds": 0.0})


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Count each test for its promise."""
    report = (yield).get_result()
    number = number_of(item)
    if number is None or Path(__file__).parent not in Path(item.fspath).parents:
        return
    row = _row(number)
    row["seconds"] += report.duration
    row["tests"] += call.when == "call" or report.skipped
    row["failed"] += report.failed
    row["skipped"] += report.skipped


def pytest_collection_modifyitems(items):
    """A full sweep takes its time."""
    for item in items:
        if kit.full() and Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.timeout(7200))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Adds up what each process of a parallel run (pytest-xdist) hands over."""
    for number, found in getattr(node, "workeroutput", {}).get("promises", {}).items():
        row = _row(number)
        for name, value in found.items():
            row[name] += value


def pytest_sessionfinish(session):
    """Write the results down, or hand them over to the process that started this one."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["promises"] = RESULTS
    elif os.environ.get("PROMISES") and RESULTS:
        OUT.parent.mkdir(exist_ok=True)
        day = datetime.now(UTC).date().isoformat()
        known = json.loads(OUT.read_text()) if OUT.exists() else {}
        run = {str(number): row | {"full": kit.full(), "day": day} for number, row in RESULTS.items()}
        OUT.write_text(json.dumps(known | run, indent=1))


@pytest.fixture
def server():
    """A Redis of this test's own, which may be killed."""
    folder = Path(tempfile.mkdtemp(prefix="pb-p-"))
    made = kit.Server(folder)
    yield made
    made.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis_url(server):
    """Its URL: in this folder `redis` and `env` are about the test's own server."""
    return server.url


@pytest.fixture
def redis(server):
    """A client of it, not through the gate."""
    client = connect(server.url, retries=0)
    yield client
    client.close()


@pytest.fixture
def gate(server):
    """A proxy before it that counts and kills."""
    with kit.Gate(server) as made:
        yield made


@pytest.fixture
def clock(tmp_path, monkeypatch):
    """`time.time()` of this test, its doubles and its forked workers.

    `skip()` lets time pass.
    """
    made = kit.Clock(tmp_path / "clock")
    monkeypatch.setattr(time, "time", made)
    return made


@pytest.fixture
def crew(tmp_path, server):
    """Processes under the real time, talking to the test's server directly."""
    made = kit.Crew(tmp_path, {"REDIS_URL": server.url})
    yield made
    made.close()


@pytest.fixture
def shifted_crew(tmp_path, gate, clock):
    """Processes under the moved clock, talking to Redis through the gate."""
    made = kit.Crew(tmp_path, {"REDIS_URL": gate.url}, clock)
    yield made
    made.close()


@pytest.fixture
def post(shifted_crew, redis, clock):
    """Both platforms with three channels, a delivery worker, and digests for them."""
    with ExitStack() as stack:
        yield Post(stack, shifted_crew, redis, clock)
