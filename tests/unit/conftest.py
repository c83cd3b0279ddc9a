"""What a unit test may not have: a server, a process, Redis."""

import socket
import subprocess

import pytest

from tests.doubles.base import Double

AWAY = "redis://127.0.0.1:9"
"""An address where no Redis is, for settings that must have one."""


@pytest.fixture
def store_url():
    """`env` names a Redis that is not there."""
    return AWAY


@pytest.fixture(scope="session")
def redis_dir():
    """No Redis here."""
    raise AssertionError("a unit test asks for Redis: it belongs in tests/services")


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    """No socket, no process and no double."""

    def refused(*_, **__):
        raise AssertionError("a unit test opens a connection or starts a process: it belongs in another layer")

    for where, name in ((socket.socket, "connect"), (socket.socket, "bind"), (subprocess, "Popen"), (Double, "start")):
        monkeypatch.setattr(where, name, refused)
