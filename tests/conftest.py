"""Shared by all tests.

A real Redis of our own, a clean environment, and no way out but loopback.
"""

import gc
import importlib
import os
import shutil
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from tests import ROOT, forked
from workers import settings as settings_module
from workers.sources.http.services import SITES
from workers.store.server import embedded
from workers.store.server.connection import connect
from workers.store.sources import fetch_state

NOWHERE = "http://127.0.0.1:9"
"""Port 9 (discard) answers nobody: the default of every outside address in tests."""

OUTSIDE = (
    "HF_ENDPOINT", "ARXIV_API_URL", "ARXIV_FEED_URL", "ARXIV_URL", "ANTHROPIC_BASE_URL", "TELEGRAM_API_URL",
    "BIORXIV_API_URL", "PUBMED_API_URL", "OPENALEX_API_URL", "SEMANTICSCHOLAR_API_URL", "OPENREVIEW_API_URL",
    "CROSSREF_URL", "ZOTERO_API_URL",
)  # fmt: skip

AT_HOME = {"DIGEST_PROFILE": "cv-daily-zh", "DIGEST_TIMEZONE": "Asia/Shanghai"}
"""What tests take for granted, whatever the machine's locale and zone are; `INHERITED` gives it to processes."""

COLOURS = ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE")
"""What makes rich write colours into files, or none into terminals."""

REAL = Path(os.environ.get("PAPERBOY_REAL", ROOT.parent / "shared" / "real"))
"""Recorded replies of the real services; tests on them skip where the folder is absent."""

hypothesis_settings.register_profile("dev", max_examples=10, deadline=None)
hypothesis_settings.register_profile("ci", max_examples=25, deadline=None, print_blob=True)
"""Examples of a property: `ci` where CI is set, as every service for continuous integration does."""

SMALL = ROOT / "tests" / "data" / "recorded"
"""The same in small, with papers that do not exist; it is always there."""

_connect = socket.socket.connect


def _loopback_only(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6):
        host = address[0]
        if not (host.startswith("127.") or host in ("localhost", "::1")):
            raise AssertionError(f"a test tried to reach {host}")
    return _connect(self, address)


def pytest_configure():
    socket.socket.connect = _loopback_only
    for name in list(os.environ):
        if name.removesuffix("_FILE") in {n.upper() for n in settings_module.Settings.model_fields}:
            del os.environ[name]
    for name in OUTSIDE:
        os.environ[name] = NOWHERE
    for name in COLOURS:
        os.environ.pop(name, None)
    os.environ["PAPER_SITES"] = ",".join(f"{host}={NOWHERE}" for host in SITES)
    os.environ |= AT_HOME
    os.environ["SLACK_API_URL"] = f"{NOWHERE}/api/"
    hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_collection(session):
    """Lets each process of a parallel run begin with another part of the tests.

    What pytest makes of a file is kept for all. In a fresh clone, where nothing is kept yet, all would else make the
    same of the same file at the same time.
    """
    me = getattr(session.config, "workerinput", None)
    if not me:
        return
    files = sorted(file for given in session.config.args for file in Path(given).absolute().rglob("test_*.py"))
    begin = int(me["workerid"].removeprefix("gw")) * len(files) // me["workercount"]
    for file in files[begin:] + files[:begin]:
        with suppress(Exception, pytest.skip.Exception):  # pytest says it when it comes to the file
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))


def pytest_collection_finish():
    """Keeps what has been imported out of every search for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _forked_processes_end():
    """With the tests."""
    yield
    forked.end()


@pytest.fixture(scope="session")
def redis_dir():
    """DATA_DIR of one embedded server for the whole run.

    The path is short because Unix sockets have short names.
    """
    folder = Path(tempfile.mkdtemp(prefix="pb-"))
    embedded.start(folder)
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis_url(redis_dir):
    """URL of an empty Redis."""
    url = f"unix://{embedded.socket_path(redis_dir.absolute())}"
    client = connect(url, retries=0)
    client.flushall()
    client.close()
    return url


@pytest.fixture
def redis(redis_url):
    """A client of an empty Redis."""
    client = connect(redis_url, retries=0)
    yield client
    client.close()


@pytest.fixture
def store_url(redis_url):
    """What `env` sets for REDIS_URL.

    A folder whose tests need no Redis has another one.
    """
    return redis_url


@pytest.fixture
def env(monkeypatch, tmp_path, store_url):
    """Sets settings for this process and its children.

    `env(SLACK_CHANNELS="C1")` returns Settings.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("REDIS_URL", store_url)

    def put(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, str(value))
        settings_module.load.cache_clear()
        return settings_module.load()

    yield put
    settings_module.load.cache_clear()


@pytest.fixture
def no_pace(monkeypatch):
    """Lets this process ask arXiv without the three seconds between requests.

    For tests of something else.
    """
    monkeypatch.setattr(fetch_state, "ARXIV_GAP_S", 0.0)


@pytest.fixture(params=["small", "full"])
def real(request):
    """A folder of replies in the form of the real services.

    Once the small one made for these tests, once the recorded one.
    """
    return SMALL if request.param == "small" else recorded()


@pytest.fixture
def real_only():
    """The recorded folder alone, for what no small stand-in shows."""
    return recorded()


def recorded():
    """The folder of recorded replies; the test is skipped where it is absent."""
    if not REAL.is_dir():
        pytest.skip("no recorded replies here")
    return REAL
