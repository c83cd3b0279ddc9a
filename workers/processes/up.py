"""Starts all that is configured, or the workers of one queue or of all."""

import logging
from contextlib import AbstractContextManager, closing, nullcontext
from datetime import UTC, datetime

from workers.channels.recipients import targets
from workers.channels.schedule import next_slot
from workers.operations.upgrade import upgrade
from workers.processes.supervisor import Supervisor, WorkerPool
from workers.processes.worker import import_for
from workers.processes.worker import work as work_one
from workers.queueing.kinds import CREW
from workers.settings import Settings
from workers.store.channels.settings import Channels
from workers.store.server import embedded
from workers.store.server.connection import connect
from workers.store.server.embedded_watch import ServerWatch

log = logging.getLogger(__name__)


def commands(settings: Settings) -> list[tuple[str, ...]]:
    """Return the processes of this set-up.

    The clock, the crew of workers, the HTTP server, the listeners. A platform that comes by a webhook is served by the
    HTTP server, any other with a token has a listener of its own.
    """
    found: list[tuple[str, ...]] = [("scheduler",), ("worker",), ("http",)]
    if settings.slack_bot_token.get_secret_value() and not settings.slack_signing_secret.get_secret_value():
        found.append(("slack",))
    if settings.telegram_bot_token.get_secret_value() and not settings.telegram_webhook_url:
        found.append(("telegram",))
    return found


def run(settings: Settings) -> None:
    """Run until a signal, then stop every process.

    Also the embedded server, if this command started it.
    """
    ours = not settings.redis_url.get_secret_value() and not embedded.running(settings.data_dir)
    url = embedded.ensure(settings)
    keeper: AbstractContextManager[object] = ServerWatch(settings.data_dir)
    if settings.redis_url.get_secret_value():
        keeper = nullcontext()
    try:
        with closing(connect(url)) as redis:
            upgrade(settings, redis)
        tell(settings, url)
        with keeper:
            Supervisor(commands(settings)).run()
    finally:
        if ours:
            embedded.release(settings.data_dir)


def tell(settings: Settings, url: str) -> None:
    """Log who gets the next digest and when; or what to do where nobody does."""
    redis, now = connect(url), datetime.now(UTC)
    goals = list(targets(settings, Channels(redis)))
    redis.close()
    for goal in goals:
        _, due = next_slot(now, goal.at, goal.zone, goal.weekdays)
        when = due.astimezone(goal.zone).isoformat(timespec="minutes")
        log.info("next_digest", extra={"channel": goal.channel, "profile": goal.profile, "due": when})
    if not goals:
        hint = "set SLACK_CHANNELS or TELEGRAM_CHATS (and their token), or send /digest subscribe in a chat"
        log.warning("no_channel_gets_a_digest", extra={"hint": hint})


def work(settings: Settings, queue: str) -> None:
    """Work on one queue in this process, or on all with a crew.

    The crew shares the memory of what it imported.
    """
    if queue == "all":
        embedded.ensure(settings)
        import_for(CREW, settings)
        WorkerPool([(name,) for name in CREW], work=lambda name: work_one(name, settings, warm=False)).run()
    else:
        work_one(queue, settings)
