"""The webhook: an update is acknowledged once the store has it."""

import asyncio
import hmac
import json
import logging
from http import HTTPStatus

from aiohttp import web
from telegram import Bot

from bot.telegram.inbox import Inbox, parsed
from bot.web.server import Handler, TooLarge, body_of, refusal

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name

STORE_S = 3.0
"""Seconds to wait for the store before Telegram is asked to come again."""

AGAIN_S = 2
"""Seconds after which it shall come again."""


def endpoint(bot: Bot, inbox: Inbox, secret: str) -> Handler:
    """What answers a request; `secret` is what Telegram must show."""

    async def receive(request: web.Request) -> web.StreamResponse:
        shown = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, secret.encode()):
            log.warning("webhook_refused")
            return refusal(HTTPStatus.FORBIDDEN)
        try:
            given = json.loads(await body_of(request))
        except TooLarge:
            return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except TimeoutError:
            return refusal(HTTPStatus.REQUEST_TIMEOUT)
        except (ValueError, RecursionError):
            given = None
        except Exception:  # noqa: BLE001 - a body that is no body
            return refusal(HTTPStatus.BAD_REQUEST)
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

    return receive
