"""The webhook: Telegram brings each update; it is acknowledged when the store has it, so it is brought again if not."""

import asyncio
import hmac
import json
import logging
from http import HTTPStatus

from aiohttp import web
from telegram import Bot

from bot.telegram.inbox import Inbox, parsed
from workers.errors import BadSetting
from workers.platforms import TELEGRAM_PATH, telegram_webhook
from workers.settings import Settings

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name

BODY_MOST = 2**20
"""Bytes of one request; an update holds at most one message of 4096 characters and what it replies to."""

SLOW_S = 5.0
"""Seconds in which the head of a request, and then its body, must have come."""

STORE_S = 3.0
"""Seconds to wait for the store before Telegram is asked to come again."""

AGAIN_S = 2
"""Seconds after which it shall come again."""


def check(settings: Settings) -> tuple[str, str]:
    """(URL to give to Telegram, secret). BadSetting where they cannot work."""
    secret = settings.telegram_webhook_secret.get_secret_value()
    return telegram_webhook(settings.telegram_webhook_url, secret), secret


def application(bot: Bot, inbox: Inbox, secret: str) -> web.Application:
    """The web application; `secret` is what Telegram must show."""

    async def receive(request: web.Request) -> web.Response:
        shown = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, secret.encode()):
            log.warning("webhook_refused")
            return web.Response(status=HTTPStatus.FORBIDDEN)
        if (request.content_length or 0) > BODY_MOST:  # at once: the library would wait for so much to come
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            async with asyncio.timeout(SLOW_S):
                raw = await request.read()
            given = json.loads(raw)
        except TimeoutError:
            return web.Response(status=HTTPStatus.REQUEST_TIMEOUT)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict) or not isinstance(given.get("update_id"), int):
            log.warning("webhook_garbage")
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        update = parsed(given, bot)
        if update is None:
            return web.Response()
        task = inbox.put(update)
        await asyncio.wait({task}, timeout=STORE_S)
        if task.done() and not task.cancelled():
            return web.Response()
        return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(AGAIN_S)})

    app = web.Application(client_max_size=BODY_MOST)
    app.router.add_post(TELEGRAM_PATH, receive)
    return app


async def listen(settings: Settings, app: web.Application) -> web.AppRunner:
    """Serve on HTTP_HOST:HTTP_PORT."""
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=SLOW_S, lingering_time=0, shutdown_timeout=STORE_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.http_host, settings.http_port).start()
    except OSError as error:
        await runner.cleanup()
        raise BadSetting(f"HTTP_HOST:HTTP_PORT cannot be listened on ({error.strerror}): choose another.") from None
    return runner
