"""The Telegram listener's process: polling, or the webhook.

The offset moves only over updates that the store has, so a process killed at any point is given the rest again.
Of several pollers, on one machine or many, one polls at a time (`Lease`): Telegram refuses a second one.
"""

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import timedelta
from typing import Any

from redis import Redis
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
    User,
)
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.required_settings import webhook as webhook_setting
from bot.telegram import webhook
from bot.telegram.handlers import Handlers
from bot.telegram.inbox import Inbox, parsed
from bot.web.heartbeat import heartbeat
from bot.web.leader import alone
from bot.web.server import Handler, Server, beside
from workers import network
from workers.errors import BadSetting, Retryable
from workers.intake import Intake
from workers.platforms import TELEGRAM_PATH
from workers.platforms.token_kinds import mistaken
from workers.settings import Settings
from workers.store import schema
from workers.store.server import embedded
from workers.store.server.connection import connect
from workers.words import DEFAULT_LANGUAGE, LANGUAGES, words

log = logging.getLogger(__name__)

KINDS = ["message", "edited_message", "channel_post", "callback_query", "my_chat_member"]
"""Updates that we ask for."""

POLL_S = 25
"""Seconds the server may hold a poll open (it allows 50; proxies often cut at 30)."""

READ_SLACK_S = 10
"""Seconds the client waits beyond POLL_S."""

LOOK_S = 0.4
"""Seconds between two looks for new updates while earlier ones still wait for the store."""

AGAIN_S, AGAIN_MOST_S = 1.0, 60.0
"""Seconds to wait after a failed poll: doubled each time, at most the second."""

STORE_TIMEOUT_S = 0.8
"""Seconds for one answer of Redis: a person is told within a second that it is away."""

DEAF_S = 90.0
"""Seconds without an answered poll from which the listener counts as not connected: three polls."""

CLOSE_S = 5.0
"""Seconds to finish what was begun when the process is told to stop."""

NOT_REACHED = "check TELEGRAM_API_URL and the network."

CONFLICTS_MOST = 3
"""Polls in a row that Telegram may call one too many before we give up: one that died may still be open there."""

CONNECTIONS = 16
"""Requests to Telegram at the same time."""


class RawUpdateBot(Bot):
    """The library's bot, with updates as Telegram sent them.

    The library's own way to get updates fails whole where one cannot be read.
    """

    async def updates(self, offset: int, hold: int) -> list[dict[str, Any]]:
        """Confirm what lies below `offset` and wait up to `hold` seconds for more."""
        about = {"offset": offset, "timeout": hold, "allowed_updates": KINDS}
        found: Any = await self._post("getUpdates", about, read_timeout=READ_SLACK_S + hold)
        return list(found)


class LastPoll:
    """When Telegram last answered a poll."""

    def __init__(self) -> None:
        self.at = time.monotonic()

    async def lately(self) -> bool:
        """True unless the polls have failed for a while."""
        return time.monotonic() - self.at < DEAF_S


def run(settings: Settings, *, health: bool = False) -> None:
    """Listen until SIGINT or SIGTERM.

    BadSetting for a token that is refused or in use elsewhere.
    `health`: serve `/healthz` and `/metrics` when polling, too; a webhook has them beside it.
    """

    async def until_signal() -> None:
        stopping = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        work = asyncio.create_task(listen(settings, health=health))
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        for task in (work, stop):
            task.cancel()
        await asyncio.wait({work})
        if not work.cancelled():
            work.result()

    asyncio.run(until_signal())


async def listen(settings: Settings, *, health: bool = False) -> None:
    """Listen until cancelled: by the webhook where its URL is set, else by polling."""
    if settings.telegram_webhook_url:
        server = Server(settings, frozenset({TELEGRAM_PATH}), frozenset({"telegram"}))
        async with serving(settings, server.handlers, server.listening()):
            await asyncio.Event().wait()
    heard = LastPoll()
    async with (
        _opened(settings) as (bot, inbox, redis),
        beside(settings, "telegram", wanted=health),
    ):

        async def poll() -> None:
            async with heartbeat(redis, "telegram", "polling", heard.lately):
                await _poll(bot, inbox, heard)

        await alone(redis, f"telegram:{bot.id}@{settings.telegram_api_url}", poll)


@asynccontextmanager
async def serving(
    settings: Settings, handlers: dict[str, Handler], server: AbstractAsyncContextManager[Any] | None = None
) -> AsyncIterator[None]:
    """Receive Telegram's updates by its webhook during the `with`.

    They come through `handlers`, which `server` (or another one) serves.
    """
    url, secret = webhook_setting(settings)
    async with _opened(settings) as (bot, inbox, redis):
        handlers[TELEGRAM_PATH] = webhook.endpoint(bot, inbox, secret)
        try:
            async with server or nullcontext(), heartbeat(redis, "telegram", "webhook"):
                try:
                    await bot.set_webhook(url, secret_token=secret, allowed_updates=KINDS, drop_pending_updates=False)
                except TelegramError as error:
                    kind = type(error).__name__
                    raise BadSetting(f"TELEGRAM_WEBHOOK_URL is refused by Telegram ({kind}).") from None
                log.info("webhook_set")
                yield
        finally:
            del handlers[TELEGRAM_PATH]
            await inbox.close(CLOSE_S)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[RawUpdateBot, Inbox, "Redis"]]:
    """The bot, known to Telegram, and where its updates go."""
    token = settings.telegram_bot_token.get_secret_value()
    redis = connect(await asyncio.to_thread(embedded.ensure, settings), retries=0, socket_timeout=STORE_TIMEOUT_S)
    redis.connection_pool.connection_kwargs["socket_connect_timeout"] = STORE_TIMEOUT_S
    await asyncio.to_thread(schema.check, redis)
    out = network.for_httpx(settings, settings.telegram_api_url)
    request = HTTPXRequest(connection_pool_size=CONNECTIONS, pool_timeout=READ_SLACK_S, httpx_kwargs=out)
    polling = HTTPXRequest(connection_pool_size=1, read_timeout=READ_SLACK_S, httpx_kwargs=out)
    bot = RawUpdateBot(token, base_url=f"{settings.telegram_api_url}/bot", request=request, get_updates_request=polling)
    try:
        intake = Intake(redis, settings, time.time)
        await asyncio.to_thread(intake.warm)
        me = await _register(bot, settings)
        await asyncio.to_thread(intake.me.tell, "telegram", f"@{me.username}")
        yield bot, Inbox(Handlers(bot, intake, me)), redis
    finally:
        await request.shutdown()
        await polling.shutdown()
        redis.close()


def _bad_token(settings: Settings) -> BadSetting:
    wrong = mistaken("TELEGRAM_BOT_TOKEN", settings.telegram_bot_token.get_secret_value())
    return BadSetting(f"TELEGRAM_BOT_TOKEN {wrong or 'is refused by Telegram'}: check it with @BotFather.")


async def _register(bot: Bot, settings: Settings) -> User:
    """Check the token and tell Telegram our commands.

    They are told for each kind of chat in each language.
    """
    try:
        me = await bot.get_me()
    except InvalidToken:
        raise _bad_token(settings) from None
    except TelegramError as error:
        said, todo = network.why(error, settings, settings.telegram_api_url)
        raise Retryable(f"Telegram cannot be reached{said and f' ({said})'}: {todo or NOT_REACHED}") from None
    log.info("telegram_connected", extra={"bot": me.username, "sees_all": bool(me.can_read_all_group_messages)})
    try:
        for scope, names in _scopes():
            for language in LANGUAGES:
                w = words(language)
                menu = [BotCommand(name.partition("_")[0], w[f"command_{name}"]) for name in names]
                await bot.set_my_commands(menu, scope, None if language == DEFAULT_LANGUAGE else language)
    except TelegramError as error:  # they are a convenience; the commands work without
        log.warning("commands_not_set", extra={"error": type(error).__name__})
    return me


def _scopes() -> list[tuple[BotCommandScope, tuple[str, ...]]]:
    return [
        (BotCommandScopeDefault(), ("deepdive", "digest")),
        (BotCommandScopeAllPrivateChats(), ("deepdive", "digest_admin", "subscribe", "settings", "help", "cancel")),
        (BotCommandScopeAllGroupChats(), ("deepdive", "digest", "help")),
        (BotCommandScopeAllChatAdministrators(), ("deepdive", "digest_admin", "subscribe", "settings", "help")),
    ]


async def _poll(bot: RawUpdateBot, inbox: Inbox, heard: LastPoll) -> None:
    try:
        await bot.delete_webhook(drop_pending_updates=False)
    except TelegramError:
        raise Retryable(f"Telegram cannot be reached: {NOT_REACHED}") from None
    nothing = asyncio.create_task(asyncio.sleep(0))
    offset, wait, conflicts = 0, AGAIN_S, 0
    waiting: dict[int, asyncio.Task[None]] = {}
    try:
        while True:
            try:
                for raw in await bot.updates(offset, 0 if waiting else POLL_S):
                    if raw["update_id"] not in waiting:
                        update = parsed(raw, bot)
                        waiting[raw["update_id"]] = inbox.put(update) if update else nothing
                wait, heard.at, conflicts = AGAIN_S, time.monotonic(), 0
            except Conflict:
                conflicts += 1
                if conflicts > CONFLICTS_MOST:
                    raise BadSetting(
                        "TELEGRAM_BOT_TOKEN is polled elsewhere or has a webhook: stop the other one."
                    ) from None
                await asyncio.sleep(AGAIN_S)
            except InvalidToken:
                raise BadSetting("TELEGRAM_BOT_TOKEN is refused by Telegram: check it with @BotFather.") from None
            except RetryAfter as error:
                after: Any = error.retry_after
                await asyncio.sleep(after.total_seconds() if isinstance(after, timedelta) else after)
            except NetworkError as error:
                log.warning("poll_failed", extra={"error": type(error).__name__})
                await asyncio.sleep(wait)
                wait = min(wait * 2, AGAIN_MOST_S)
            if waiting:
                await asyncio.wait(waiting.values(), timeout=LOOK_S)
            offset = _over(waiting, offset)
    finally:
        await inbox.close(CLOSE_S)
        await _confirm(bot, _over(waiting, offset))


def _over(waiting: "dict[int, asyncio.Task[None]]", offset: int) -> int:
    """The offset moved over those at the head that are done."""
    for number, task in list(waiting.items()):
        if not task.done() or task.cancelled():
            break
        del waiting[number]
        offset = number + 1
    return offset


async def _confirm(bot: RawUpdateBot, offset: int) -> None:
    """Tell Telegram what is done, so that the next process is not given it again."""
    try:
        if offset:
            await bot.updates(offset, 0)
    except TelegramError as error:
        log.info("confirm_failed", extra={"error": type(error).__name__})
