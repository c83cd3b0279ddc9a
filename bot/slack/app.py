"""The Slack listener: connects by Socket Mode, or serves signed HTTP where a signing secret is set.

A wrong token is one clear line before anything connects: the Socket Mode client itself would try again for ever.
"""

import asyncio
import functools
import logging
import signal
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp import ClientError, web
from redis import Redis
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.listeners import Listeners
from workers.errors import BadSetting, Retryable
from workers.intake import Intake
from workers.platforms import SLACK_PATH
from workers.settings import Settings
from workers.store.embedded import ensure
from workers.store.redis import connect

log = logging.getLogger(__name__)

PREFLIGHT_TIMEOUT_S = 10
"""Seconds for each of the two checks of the tokens; Slack answers in well under one."""

REDIS_S = 0.7
"""Seconds to connect to Redis and for one answer of it; a person is told to try again within a second."""

CONNECTIONS = 8
"""Connections to Redis opened ahead: the round trips that a burst of fifty commands is gathered into, and some more."""

MOST_BYTES = 2**20
"""Bytes of a request; Slack's own are a few kilobytes, a form with long texts tens of them."""

HEADERS_S = 8.0
"""Seconds until the headers of a request must be complete; and for its body."""


def run(settings: Settings) -> None:
    """Listen until SIGINT or SIGTERM. BadSetting for a token that is missing or refused."""
    if not settings.slack_bot_token.get_secret_value():
        raise BadSetting("SLACK_BOT_TOKEN is not set: put the bot token (xoxb-…) there.")
    if not (settings.slack_app_token.get_secret_value() or settings.slack_signing_secret.get_secret_value()):
        raise BadSetting(
            "SLACK_APP_TOKEN is not set: put the app-level token (xapp-…) with connections:write there, "
            "or SLACK_SIGNING_SECRET for HTTP."
        )

    async def until_signal() -> None:
        stopping = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        await listen(settings, stopping)

    asyncio.run(until_signal())


async def listen(settings: Settings, stopping: asyncio.Event) -> None:
    """Listen until `stopping` is set: over HTTP where there is a signing secret, else by Socket Mode."""
    client = AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url, timeout=PREFLIGHT_TIMEOUT_S
    )
    secret, app_token = settings.slack_signing_secret.get_secret_value(), settings.slack_app_token.get_secret_value()
    me = await preflight(client, "" if secret else app_token)
    redis = connect(await asyncio.to_thread(ensure, settings), retries=0, socket_timeout=REDIS_S)
    redis.connection_pool.connection_kwargs["socket_connect_timeout"] = REDIS_S
    intake = Intake(redis, settings, time.time)
    await asyncio.to_thread(intake.warm)
    await asyncio.to_thread(_warm, redis)
    listeners = Listeners(intake, client, str(me.bot_user_id))
    app = build(settings, me, listeners)
    try:
        if secret:
            await _serve(settings, door(app, secret), stopping)
        else:
            await _connect(settings, app, app_token, stopping)
    finally:
        await listeners.close()
        redis.close()


def _warm(redis: "Redis") -> None:
    """Open some connections, so that the first burst of commands does not wait for them.

    Side by side: with a Redis that takes half a second for each answer they would else take a quarter of a minute.
    """
    pool = redis.connection_pool
    with ThreadPoolExecutor(CONNECTIONS) as hands:
        for connection in list(hands.map(lambda _: pool.get_connection(), range(CONNECTIONS))):
            pool.release(connection)


async def preflight(client: AsyncWebClient, app_token: str) -> AuthorizeResult:
    """Ask Slack whether the tokens are good, and who we are. BadSetting names the one that is not."""
    checks = {"SLACK_BOT_TOKEN": client.auth_test}
    if app_token:
        checks["SLACK_APP_TOKEN"] = functools.partial(client.apps_connections_open, app_token=app_token)
    replies = {}
    for name, check in checks.items():
        try:
            replies[name] = await check()
        except SlackApiError as error:
            code = error.response.get("error", "unknown")
            raise BadSetting(f"{name} is refused by Slack ({code}): check it on the app's page.") from None
        except (ClientError, OSError, TimeoutError):
            raise Retryable("Slack cannot be reached: check SLACK_API_URL and the network.") from None
    return AuthorizeResult.from_auth_test_response(
        bot_token=client.token, auth_test_response=replies["SLACK_BOT_TOKEN"]
    )


def build(settings: Settings, me: AuthorizeResult, listeners: Listeners) -> AsyncApp:
    """The Bolt app. It knows already who we are, so that no event waits for Slack to tell."""

    async def authorize() -> AuthorizeResult:
        return me

    app = AsyncApp(
        client=AsyncWebClient(base_url=settings.slack_api_url, timeout=PREFLIGHT_TIMEOUT_S),
        authorize=authorize,
        process_before_response=True,  # our listeners end with the acknowledgement; else Bolt looks for it every 10 ms
        request_verification_enabled=False,  # `door` has verified; Socket Mode needs none
        ssl_check_enabled=False,
    )
    listeners.register(app)
    return app


async def _connect(settings: Settings, app: AsyncApp, app_token: str, stopping: asyncio.Event) -> None:
    client = AsyncWebClient(base_url=settings.slack_api_url, timeout=PREFLIGHT_TIMEOUT_S)
    handler = AsyncSocketModeHandler(app, app_token, web_client=client)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    log.info("slack_connected")
    await stopping.wait()
    await handler.close_async()  # type: ignore[no-untyped-call]


# -- HTTP ----------------------------------------------------------------------------------------------------------


def door(app: AsyncApp, secret: str) -> web.Application:
    """The web application for HTTP mode: nothing passes without Slack's signature, and nothing of it is logged."""
    verifier = SignatureVerifier(secret)

    async def events(request: web.Request) -> web.Response:
        try:
            body = await asyncio.wait_for(_body(request), HEADERS_S)
        except TimeoutError:
            return _refusal(408)
        except Exception:  # noqa: BLE001 - a body that is no body
            return _refusal(400)
        if body is None:
            return _refusal(413)
        if not signed(verifier, body, request.headers):
            log.warning("signature_refused")
            return _refusal(401)
        try:
            asked = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=dict(request.headers))
        except Exception:  # noqa: BLE001 - signed, and yet not as Slack writes
            return _refusal(400)
        return await to_aiohttp_response(await app.async_dispatch(asked))

    http = web.Application()
    http.router.add_post(SLACK_PATH, events)
    return http


def signed(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> bool:
    """True if Slack has signed this body within the last five minutes; anything odd is False."""
    try:
        return verifier.is_valid_request(body, dict(headers))
    except Exception:  # noqa: BLE001 - headers are a stranger's: whatever they break, they are refused
        return False


async def _body(request: web.Request) -> bytes | None:
    """The raw body, or None as soon as it is too large."""
    if (request.content_length or 0) > MOST_BYTES:
        return None
    got = bytearray()
    async for chunk in request.content.iter_any():
        got += chunk
        if len(got) > MOST_BYTES:
            return None
    return bytes(got)


def _refusal(status: int) -> web.Response:
    response = web.Response(status=status)
    response.force_close()
    return response


async def _serve(settings: Settings, http: web.Application, stopping: asyncio.Event) -> None:
    quiet = logging.getLogger(f"{__name__}.http")
    quiet.disabled = True  # it would quote what strangers send
    how: dict[str, Any] = {"keepalive_timeout": HEADERS_S, "lingering_time": 0, "auto_decompress": False}
    how["logger"] = quiet
    runner = web.AppRunner(http, access_log=None, shutdown_timeout=HEADERS_S, **how)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.http_host, settings.http_port).start()
        log.info("slack_listening", extra={"address": f"{runner.addresses[0][0]}:{runner.addresses[0][1]}"})
        await stopping.wait()
    except OSError as error:
        raise BadSetting(f"HTTP_HOST and HTTP_PORT cannot be listened on ({error.strerror}).") from None
    finally:
        await runner.cleanup()
