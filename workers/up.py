"""Everything that is configured, under one command; and the workers of one queue or of all."""

import logging

from workers.queue import QUEUES
from workers.runner import work as work_one
from workers.settings import Settings
from workers.store import embedded
from workers.supervisor import Supervisor

log = logging.getLogger(__name__)


def commands(settings: Settings) -> list[tuple[str, ...]]:
    """The processes of this set-up: the clock, a worker for each queue, a listener for each platform with a token."""
    found = [("scheduler",), *(("worker", "--queue", queue) for queue in QUEUES)]
    if settings.slack_bot_token.get_secret_value():
        found.append(("slack",))
    if settings.telegram_bot_token.get_secret_value():
        found.append(("telegram",))
    return found


def run(settings: Settings) -> None:
    """Run until a signal; then stop every process, and the embedded server if this command started it."""
    ours = not settings.redis_url.get_secret_value() and not embedded.running(settings.data_dir)
    embedded.ensure(settings)
    try:
        Supervisor(commands(settings)).run()
    finally:
        if ours:
            embedded.release(settings.data_dir)


def work(settings: Settings, queue: str) -> None:
    """Work on one queue in this process, or on all with a process each."""
    if queue == "all":
        embedded.ensure(settings)
        Supervisor([("worker", "--queue", name) for name in QUEUES]).run()
    else:
        work_one(queue, settings)
