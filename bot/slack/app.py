"""The Slack listener: Socket Mode, or signed HTTP with a signing secret.

A wrong token is one clear line before anything connects: the Socket Mode client itself would try again for ever.
"""

import asyncio
import functools
import logging
import signal
import time
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from aiohttp import ClientError, web
from redis import Redis
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.listeners import Listeners
from bot.web.heartbeat import heartbeat
from bot.web.server import Handler, Server, TooLarge, beside, body_of, refusal
from workers import network
from workers.errors import BadSetting, Retryable
from workers.intake import Intake
from workers.library.message_links import OF_SLACK
from workers.platforms import SLACK_PATH, slack_code
from workers.platforms.slack_codes import follow
from workers.platforms.token_kinds import mistaken
from workers.settings import Settings
from workers.store import schema
from workers.store.server.connection import connect
from workers.store.server.embedded import ensure

log = logging.getLogger(__name__)

PREFLIGHT_TIMEOUT_S = 10
"""Seconds for each of the two checks of the tokens; Slack answers in well under one."""

NAME = "bot_user_name"
"""Under which name of what `preflight` finds out it has how the bot is called."""

ROOT = "workspace_url"
"""Under which name it has the workspace's address, which links to messages begin with."""

REDIS_S = 0.7
"""Seconds to connect to Redis and for one answer of it; a person is told to try again within a second."""

NOT_REACHED = "check SLACK_API_URL and the network."

CONNECTIONS = 8
"""Connections to Redis opened ahead: the round trips that a burst of fifty commands is gathered into, and some more."""


def run(settings: Settings, *, health: bool = False) -> None:
    """Listen until SIGINT or SIGTERM.

    BadSetting for a token that is refused (missing: `required_settings`).
    `health`: serve `/healthz` and `/metrics` in Socket Mode, too; in HTTP mode they are beside the events.
    """

    async def until_signal() -> None:
        stopping = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        await listen(settings, stopping, health=health)

    asyncio.run(until_signal())


async def listen(settings: Settings, stopping: asyncio.Event, *, health: bool = False) -> None:
    """Listen until `stopping` is set.

    Over HTTP where there is a signing secret, else by Socket Mode.
    """
    if settings.slack_signing_secret.get_secret_value():
        server = Server(settings, frozenset({SLACK_PATH}), frozenset({"slack"}))
        async with serving(settings, server.handlers), server.listening():
            await stopping.wait()
        return
    async with _opened(settings) as (app, redis), beside(settings, "slack", wanted=health):
        await _connect(settings, app, redis, stopping)


@asynccontextmanager
async def serving(settings: Settings, handlers: dict[str, Handler]) -> AsyncIterator[None]:
    """Receive Slack's requests in HTTP mode during the `with`.

    They come through `handlers`, which a server serves.
    """
    async with _opened(settings) as (app, redis), heartbeat(redis, "slack", "HTTP"):
        handlers[SLACK_PATH] = endpoint(app, settings.slack_signing_secret.get_secret_value())
        try:
            yield
        finally:
            del handlers[SLACK_PATH]


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[AsyncApp, "Redis"]]:
    """The Bolt app with its listeners, and their connection to Redis."""
    client = _client(settings, settings.slack_bot_token.get_secret_value())
    over_http = bool(settings.slack_signing_secret.get_secret_value())
    me = await preflight(settings, client, "" if over_http else settings.slack_app_token.get_secret_value())
    redis = connect(await asyncio.to_thread(ensure, settings), retries=0, socket_timeout=REDIS_S)
    redis.connection_pool.connection_kwargs["socket_connect_timeout"] = REDIS_S
    await asyncio.to_thread(schema.check, redis)
    intake = Intake(redis, settings, time.time)
    await asyncio.to_thread(intake.warm)
    await asyncio.to_thread(_warm, redis)
    await asyncio.to_thread(intake.me.tell, "slack", me[NAME])
    await asyncio.to_thread(intake.me.tell, OF_SLACK, me[ROOT])
    listeners = Listeners(intake, client, str(me.bot_user_id), me[NAME])
    try:
        yield build(settings, me, listeners), redis
    finally:
        await listeners.close()
        redis.close()


def _client(settings: Settings, token: str | None = None) -> AsyncWebClient:
    client = AsyncWebClient(token=token, base_url=settings.slack_api_url, timeout=PREFLIGHT_TIMEOUT_S)
    return network.for_slack(client, settings)


def _warm(redis: "Redis") -> None:
    """Open connections to Redis, so that the first commands do not wait for them.

    Side by side: with a Redis that takes half a second for each answer they would else take a quarter of a minute.
    """
    pool = redis.connection_pool
    with ThreadPoolExecutor(CONNECTIONS) as dispatcher:
        for connection in list(dispatcher.map(lambda _: pool.get_connection(), range(CONNECTIONS))):
            pool.release(connection)


async def preflight(settings: Settings, client: AsyncWebClient, app_token: str) -> AuthorizeResult:
    """Ask Slack whether the tokens are good, and who we are.

    BadSetting names the one that is refused; Retryable where Slack cannot be reached.
    """
    checks = {"SLACK_BOT_TOKEN": client.auth_test}
    if app_token:
        checks["SLACK_APP_TOKEN"] = functools.partial(client.apps_connections_open, app_token=app_token)
    replies = {}
    for name, check in checks.items():
        try:
            replies[name] = await check()
        except SlackApiError as error:
            raise _not_taken(error, name, client.token if name == "SLACK_BOT_TOKEN" else app_token) from None
        except (ClientError, OSError, TimeoutError) as error:
            said, todo = network.why(error, settings, settings.slack_api_url)
            raise Retryable(f"Slack cannot be reached{said and f' ({said})'}: {todo or NOT_REACHED}") from None
    who = replies["SLACK_BOT_TOKEN"]
    found = AuthorizeResult.from_auth_test_response(bot_token=client.token, auth_test_response=who)
    found[NAME] = f"@{who.get('user')}" if who.get("user") else ""
    found[ROOT] = str(who.get("url") or "")
    return found


def _not_taken(error: SlackApiError, setting: str, token: str | None) -> Exception:
    """Why a token was not taken: it is wrong, or Slack is in trouble."""
    code = slack_code(error.response)
    if not code or follow(code) == "retry":
        what = code or f"HTTP {getattr(error.response, 'status_code', '?')}"
        return Retryable(f"Slack gives no answer of its own ({what}): {NOT_REACHED}")
    wrong = mistaken(setting, token or "") or "is refused by Slack"
    return BadSetting(f"{setting} {wrong} ({code}): check it on the app's page.")


def build(settings: Settings, me: AuthorizeResult, listeners: Listeners) -> AsyncApp:
    """Build the Bolt app.

    It knows already who we are, so that no event waits for Slack to tell.
    """

    async def authorize() -> AuthorizeResult:
        return me

    quiet = warning_client_prioritized_and_token_skipped()  # Bolt finds our token in the environment, too
    logging.getLogger("slack_bolt.AsyncApp").addFilter(lambda record: record.msg != quiet)
    app = AsyncApp(
        name="paperboy",  # else Bolt reads the source of every caller to find one: 0.3 s of processor a start
        client=_client(settings),
        authorize=authorize,
        process_before_response=True,  # our listeners end with the acknowledgement; else Bolt looks for it every 10 ms
        request_verification_enabled=False,  # `endpoint` has verified; Socket Mode needs none
        ssl_check_enabled=False,
    )
    listeners.register(app)
    return app


async def _connect(settings: Settings, app: AsyncApp, redis: "Redis", stopping: asyncio.Event) -> None:
    client = _client(settings)
    app_token = settings.slack_app_token.get_secret_value()
    handler = AsyncSocketModeHandler(app, app_token, web_client=client)
    handler.client.proxy = client.proxy
    await handler.connect_async()  # type: ignore[no-untyped-call]
    log.info("slack_connected")
    async with heartbeat(redis, "slack", "Socket Mode", handler.client.is_connected):
        await stopping.wait()
    await handler.close_async()  # type: ignore[no-untyped-call]


# -- HTTP ----------------------------------------------------------------------------------------------------------


def endpoint(app: AsyncApp, secret: str) -> Handler:
    """Build the handler that passes on requests with Slack's signature only.

    It logs nothing of a request.
    """
    verifier = SignatureVerifier(secret)

    async def events(request: web.Request) -> web.StreamResponse:
        try:
            body = await body_of(request)
        except TooLarge:
            return refusal(413)
        except TimeoutError:
            return refusal(408)
        except Exception:  # noqa: BLE001 - a body that is no body
            return refusal(400)
        if not signed(verifier, body, request.headers):
            log.warning("signature_refused")
            return refusal(401)
        try:
            asked = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=dict(request.headers))
        except Exception:  # noqa: BLE001 - signed, and yet not as Slack writes
            return refusal(400)
        return await to_aiohttp_response(await app.async_dispatch(asked))

    return events


def signed(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> bool:
    """True if Slack has signed this body within the last five minutes.

    False where the headers cannot be read.
    """
    try:
        return verifier.is_valid_request(body, dict(headers))
    except Exception:  # noqa: BLE001 - headers are a stranger's: whatever they break, they are refused
        return False
