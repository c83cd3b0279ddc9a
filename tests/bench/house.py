"""A folder for each measurement.

An empty folder, only the settings given, and nothing left behind.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from rq import Worker

from workers.console.run import working
from workers.settings import Settings
from workers.store.server import embedded
from workers.store.session import store

ROOT = Path(__file__).parents[2]

READY_S = 60.0
"""Seconds that processes may take until they are ready; they need about 2 on an idle machine."""

LOOK_S = 0.02
"""Seconds between two looks while waiting; the error of a time that is found by looking."""


@contextmanager
def settled(env: dict[str, str]) -> Iterator[Settings]:
    """Settings made of `env` alone, for this process and its children.

    They run in an empty folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="pb-bench-"))
    before, where = dict(os.environ), Path.cwd()
    names = {name.upper() for name in Settings.model_fields}
    try:
        for name in list(os.environ):
            if name.removesuffix("_FILE") in names:
                del os.environ[name]
        os.environ |= {"DATA_DIR": str(folder / "data"), "ARCHIVE_DIR": str(folder / "digests")}
        os.environ |= env | {"PYTHONPATH": str(ROOT)}
        os.chdir(folder)
        yield Settings()
    finally:
        embedded.stop(folder / "data")
        os.chdir(where)
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def at_work(settings: Settings, queues: list[str]) -> Iterator["Redis"]:
    """An embedded server, a worker for each of `queues` and the clock, all ready.

    As `python -m bot digest` works.
    """
    with store(settings) as redis, working(redis, settings, queues):
        wait_for(lambda: ready(redis) >= len(queues), "the workers to be registered")
        yield redis


def ready(redis: "Redis") -> int:
    """Workers that wait for a job."""
    return sum(worker.get_state() == "idle" for worker in Worker.all(connection=redis))


def wait_for(done: Callable[[], object], what: str, limit_s: float = READY_S) -> None:
    """Return when `done()` is true; TimeoutError after `limit_s`."""
    end = time.monotonic() + limit_s
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {limit_s:.0f} s for {what}")
        time.sleep(LOOK_S)
