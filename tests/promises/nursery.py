"""Forks processes of the bot whenever it is told to, from one that has imported everything: a start costs 20 ms.

A line of JSON on stdin asks for one: {"run": "worker", "queue": …} or {"run": "scheduler" | "slack" | "telegram"},
with "env", "cwd", "log", "clock" (a file of `clock.Clock`, or absent for the real time) and "hurried" (no pause between
two requests to arXiv). The answer is its pid. {"over": pid} waits until that one is gone. It runs exactly what the
command of that name runs.
"""

import json
import logging
import os
import sys
from pathlib import Path

import anthropic

import bot.slack.app
import bot.telegram.app
import workers.analysis.model.claude
import workers.conversations.messages
import workers.delivery.deliver
import workers.delivery.select
import workers.digest.make
import workers.jobs
from tests.promises.clock import SWITCH, Clock
from workers import logs
from workers.processes import scheduler, worker
from workers.processes.supervisor import die_with_parent
from workers.settings import load
from workers.store import fetch_state

WARM = anthropic, workers.jobs, workers.digest.make, workers.conversations.messages, workers.analysis, workers.delivery
"""Imported before the fork."""


def child(order: dict) -> None:
    """Be the process that was asked for."""
    os.setpgrp()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    handle = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    if order.get("clock"):
        SWITCH.now = Clock(Path(order["clock"]))
    if order.get("hurried"):
        fetch_state.ARXIV_GAP_S = 0.0
    settings = load()
    logs.setup(settings.log_level, settings.log_format, ())
    logging.captureWarnings(True)
    run = {
        "worker": lambda: worker.work(order["queue"], settings, warm=False),
        "scheduler": lambda: scheduler.serve(settings),
        "slack": lambda: bot.slack.app.run(settings),
        "telegram": lambda: bot.telegram.app.run(settings),
    }
    run[order["run"]]()


def main() -> None:
    """Serve orders until stdin ends."""
    for name in {name for names in worker.WARM.values() for name in names}:
        worker._import(name)
    parent = os.getpid()
    for line in sys.stdin:
        order = json.loads(line)
        if "over" in order:
            print(os.waitpid(order["over"], 0)[1], flush=True)
            continue
        pid = os.fork()
        if pid:
            print(pid, flush=True)
            continue
        die_with_parent(parent)
        code = 1
        try:
            child(order)
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        except BaseException:  # the log has it
            logging.getLogger().exception("died")
        os._exit(code)
