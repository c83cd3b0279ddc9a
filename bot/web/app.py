"""`python -m bot http`: one process for all webhooks and for health.

A platform that cannot be heard yet (its token is refused, it is away) does not keep the others from being served: its
path answers 503, its line is in the log, and it is tried again.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from bot.web.server import Handler, Server, needs
from workers.errors import PaperboyError
from workers.operations.health import report
from workers.platforms import SLACK_PATH
from workers.settings import Settings

log = logging.getLogger(__name__)

AGAIN_S, AGAIN_MOST_S = 1.0, 60.0
"""Seconds until a platform is tried again: doubled each time, at most the second."""

Room = Callable[[Settings, dict[str, Handler]], AbstractAsyncContextManager[None]]


def run(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM."""

    async def until_signal() -> None:
        stopping = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        await serve(settings, stopping)

    asyncio.run(until_signal())


async def serve(settings: Settings, stopping: asyncio.Event) -> None:
    """Serve until `stopping` is set.

    BadSetting where a webhook needs the port and cannot have it.
    """
    server = Server(settings, needs(settings), report.configured(settings))
    async with server.listening():
        hearing = [asyncio.create_task(_hear(settings, server, path)) for path in server.paths]
        try:
            await stopping.wait()
        finally:
            for task in hearing:
                task.cancel()
            if hearing:
                await asyncio.wait(hearing)


async def _hear(settings: Settings, server: Server, path: str) -> None:
    """Hear one platform, again and again until cancelled."""
    wait = AGAIN_S
    while True:
        try:
            async with _room(path)(settings, server.handlers):
                wait = AGAIN_S
                await asyncio.Event().wait()
        except PaperboyError as error:
            log.error("not_listening", extra={"path": path, "reason": str(error), "again_in": wait})  # noqa: TRY400
        except Exception as error:  # noqa: BLE001 - the other platform and the health go on
            log.error("not_listening", extra={"path": path, "error": type(error).__name__, "again_in": wait})  # noqa: TRY400
        await asyncio.sleep(wait)
        wait = min(wait * 2, AGAIN_MOST_S)


def _room(path: str) -> Room:
    """What receives the requests of a path from its platform.

    The platform's library is loaded only where it is needed.
    """
    if path == SLACK_PATH:
        from bot.slack.app import serving as slack

        return slack
    from bot.telegram.app import serving as telegram

    return telegram
