"""Forks processes of the bot from one that has imported everything.

A start costs 20 ms, not a second of processor.

A line of JSON on stdin asks for one, {"words": […]}, which then does what `python -m bot <words>` does, with "env"
(its whole environment), "cwd", files for "out" and "err" (appended to), "given" (a file for its stdin, or ""), "clock"
(a file of `clock.Clock`, or "" for the real time) and "hurried" (no pause between two requests to arXiv, or between two
messages in a chat). The answer is its pid. {"look": pid} is answered with its wait status, or null while it runs. Where
such a process starts `python -m bot`, that is a fork too.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

import bot.__main__
from tests.clock import SWITCH, Clock
from workers import network, settings
from workers.delivery import slack, telegram
from workers.processes import worker
from workers.processes.supervisor import Forked, die_with_parent
from workers.store.sources import fetch_state
from workers.words import languages

COMMAND = [sys.executable, "-m", "bot"]
PACKAGES = ("bot", "workers", "prompts")
LATER = ("typer.rich_utils", "slack_bolt.adapter.socket_mode", "feedparser", "lxml.html", "pypdfium2", "rich.table")
"""Modules of others that ours import only when they are first used."""

CHAT_GAP_S = 0.01
"""Seconds between two messages of a hurried process in a chat."""

OURS = 2
"""The highest descriptor that a new process gets: stderr."""


class Popen(subprocess.Popen):
    """Starts any other program as ever, and `python -m bot` as a copy of this process."""

    def __new__(cls, command: Any, *args: Any, **named: Any) -> Any:
        if list(command[:3]) != COMMAND:
            return super().__new__(cls)
        sys.stdout.flush()
        return Forked("bot", lambda: be([str(word) for word in command[3:]]))


def be(words: list[str]) -> None:
    """Be `python -m bot <words>`, to the end."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in [int(name) for name in os.listdir("/dev/fd")]:
        if number > OURS and number != nowhere and Path(f"/dev/fd/{number}").exists():
            os.dup2(nowhere, number)  # not closed: its owner here may yet close it by its number
    sys.argv[1:] = words
    settings.load.cache_clear()
    if {"SSL_CERT_FILE", "SSL_CERT_DIR"} & os.environ.keys():
        network.tls.cache_clear()
    code: object = 1
    try:
        bot.__main__.app(words, prog_name="python -m bot")
    except SystemExit as leaving:
        code = leaving.code
    except BaseException:
        traceback.print_exc()
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def child(order: dict[str, Any]) -> None:
    """Be the process that was asked for."""
    os.setpgrp()
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    os.dup2(os.open(order["given"] or os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, order["out"]), (2, order["err"])):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    if order["clock"]:
        SWITCH.now = Clock(Path(order["clock"]))
    if order["hurried"]:
        fetch_state.ARXIV_GAP_S, slack.GAP_S, telegram.GAP_S = 0.0, CHAT_GAP_S, CHAT_GAP_S
    subprocess.Popen = Popen
    be(order["words"])


def look(pid: int) -> int | None:
    """Its wait status, or None while it runs."""
    gone, status = os.waitpid(pid, os.WNOHANG)
    return status if gone else None


def import_all() -> None:
    """Import every module of ours, and what they import when they are first used."""
    for package in PACKAGES:
        folder = importlib.import_module(package).__path__
        for found in pkgutil.walk_packages(folder, f"{package}."):
            importlib.import_module(found.name)
    for name in {*LATER, *(name for names in worker.WARM.values() for name in names)}:
        importlib.import_module(name)


def main() -> None:
    """Serve orders until stdin ends."""
    import_all()
    network.tls()
    languages()
    gc.collect()
    gc.freeze()
    parent = os.getpid()
    for line in sys.stdin:
        order = json.loads(line)
        if "look" in order:
            print(json.dumps(look(order["look"])), flush=True)
            continue
        pid = os.fork()
        if pid:
            print(pid, flush=True)
            continue
        try:
            die_with_parent(parent)
            child(order)
        except BaseException:
            traceback.print_exc()
        os._exit(1)
