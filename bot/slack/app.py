"""The Slack listener: connects by Socket Mode and answers `/digest help`.

A wrong token is one clear line before anything connects: the Socket Mode client itself would try again for ever.
"""

import asyncio
import functools
import logging
import signal
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.commands import digest_command
from prompts import load_profile
from workers.errors import BadSetting, Retryable
from workers.settings import Settings
from workers.words import words

log = logging.getLogger(__name__)

PREFLIGHT_TIMEOUT_S = 10
"""Seconds for each of the two checks of the tokens; Slack answers in well under one."""


def run(settings: Settings) -> None:
    """Listen until SIGINT or SIGTERM. BadSetting for a token that is missing or refused."""
    bot, app = settings.slack_bot_token.get_secret_value(), settings.slack_app_token.get_secret_value()
    if not bot:
        raise BadSetting("SLACK_BOT_TOKEN is not set: put the bot token (xoxb-…) there.")
    if not app:
        raise BadSetting("SLACK_APP_TOKEN is not set: put the app-level token (xapp-…) with connections:write there.")
    asyncio.run(_listen(settings, bot, app))


async def preflight(client: AsyncWebClient, app_token: str) -> None:
    """Ask Slack whether both tokens are good. BadSetting names the one that is not."""
    for name, check in (
        ("SLACK_BOT_TOKEN", client.auth_test),
        ("SLACK_APP_TOKEN", functools.partial(client.apps_connections_open, app_token=app_token)),
    ):
        try:
            await check()
        except SlackApiError as error:
            code = error.response.get("error", "unknown")
            raise BadSetting(f"{name} is refused by Slack ({code}): check it on the app's page.") from None
        except (OSError, TimeoutError):
            raise Retryable("Slack cannot be reached: check SLACK_API_URL and the network.") from None


def build(settings: Settings, client: AsyncWebClient) -> AsyncApp:
    """The Bolt app with its listeners."""
    app = AsyncApp(client=client, token=client.token, process_before_response=False)
    language = load_profile(settings.digest_profile).language

    @app.command("/digest")
    async def on_digest(ack: Any, command: dict[str, Any]) -> None:
        said = digest_command(command.get("text", ""))
        log.info("digest_command", extra={"verb": said.verb if said.known else "unknown"})
        await ack(words(language).help)

    @app.event("message")
    @app.event("app_mention")
    async def on_event(event: dict[str, Any]) -> None:
        """Acknowledged, so that Slack does not send it again; nothing listens to it yet."""
        log.debug("event_ignored", extra={"type": event.get("type")})

    return app


async def _listen(settings: Settings, bot: str, app_token: str) -> None:
    client = AsyncWebClient(token=bot, base_url=settings.slack_api_url, timeout=PREFLIGHT_TIMEOUT_S)
    await preflight(client, app_token)
    app_client = AsyncWebClient(base_url=settings.slack_api_url, timeout=PREFLIGHT_TIMEOUT_S)
    handler = AsyncSocketModeHandler(build(settings, client), app_token, web_client=app_client)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    log.info("slack_connected")
    await stopping.wait()
    await handler.close_async()  # type: ignore[no-untyped-call]
