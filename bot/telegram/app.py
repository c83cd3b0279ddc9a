"""The Telegram listener: polls for updates and answers `/digest help`.

The loop is our own: the offset moves only when an update has been dealt with.
"""

import asyncio
import logging
import os
import signal
from datetime import timedelta

from telegram import Bot, BotCommand, Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.commands import digest_command
from prompts import load_profile
from workers.errors import BadSetting, Retryable
from workers.settings import Settings
from workers.words import words

os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library then gives Retry-After as a timedelta, without a warning

log = logging.getLogger(__name__)

POLL_S = 25
"""Seconds the server may hold a poll open (it allows 50; proxies often cut at 30)."""

READ_SLACK_S = 10
"""Seconds the client waits beyond POLL_S."""

AGAIN_S, AGAIN_MOST_S = 1.0, 60.0
"""Seconds to wait after a failed poll: doubled each time, at most the second."""

LANGUAGES = ("en", "zh")


def run(settings: Settings) -> None:
    """Listen until SIGINT or SIGTERM. BadSetting for a token that is missing, refused or in use elsewhere."""
    token = settings.telegram_bot_token.get_secret_value()
    if not token:
        raise BadSetting("TELEGRAM_BOT_TOKEN is not set: put the token from @BotFather there.")
    asyncio.run(_listen(settings, token))


async def _listen(settings: Settings, token: str) -> None:
    request = HTTPXRequest(connection_pool_size=4)
    polling = HTTPXRequest(connection_pool_size=1, read_timeout=POLL_S + READ_SLACK_S)
    bot = Bot(token, base_url=f"{settings.telegram_api_url}/bot", request=request, get_updates_request=polling)
    try:
        await _register(bot)
        stopping = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        poll = asyncio.ensure_future(_poll(bot, settings))
        stop = asyncio.ensure_future(stopping.wait())
        await asyncio.wait({poll, stop}, return_when=asyncio.FIRST_COMPLETED)
        for task in (poll, stop):
            task.cancel()
        if poll.done() and not poll.cancelled():
            poll.result()
    finally:
        await request.shutdown()
        await polling.shutdown()


async def _register(bot: Bot) -> None:
    """Check the token and tell Telegram our commands in every language."""
    try:
        me = await bot.get_me()
        for language in LANGUAGES:
            commands = [BotCommand("digest", words(language).help.splitlines()[0])]
            await bot.set_my_commands(commands, language_code=None if language == LANGUAGES[0] else language)
        log.info("telegram_connected", extra={"bot": me.username})
    except InvalidToken:
        raise BadSetting("TELEGRAM_BOT_TOKEN is refused by Telegram: check it with @BotFather.") from None
    except NetworkError:
        raise Retryable("Telegram cannot be reached: check TELEGRAM_API_URL and the network.") from None


async def _poll(bot: Bot, settings: Settings) -> None:
    offset, wait = 0, AGAIN_S
    while True:
        try:
            updates = await bot.get_updates(offset=offset, timeout=POLL_S, allowed_updates=["message", "channel_post"])
            for update in updates:
                await _answer(bot, update, settings)
                offset = update.update_id + 1
            wait = AGAIN_S
        except Conflict:
            raise BadSetting("TELEGRAM_BOT_TOKEN is polled elsewhere or has a webhook: stop the other one.") from None
        except RetryAfter as error:
            after = error.retry_after
            await asyncio.sleep(after.total_seconds() if isinstance(after, timedelta) else after)
        except NetworkError as error:
            log.warning("poll_failed", extra={"error": type(error).__name__})
            await asyncio.sleep(wait)
            wait = min(wait * 2, AGAIN_MOST_S)


async def _answer(bot: Bot, update: Update, settings: Settings) -> None:
    message = update.effective_message
    text = (message.text or "") if message else ""
    command, _, rest = text.partition(" ")
    if message is None or command.partition("@")[0] not in ("/digest", "/start"):
        return
    said = digest_command(rest if command.startswith("/digest") else "")
    log.info("digest_command", extra={"verb": said.verb if said.known else "unknown"})
    language = load_profile(settings.digest_profile).language
    try:
        await bot.send_message(message.chat_id, words(language).help, message_thread_id=message.message_thread_id)
    except TelegramError as error:
        log.warning("answer_failed", extra={"error": type(error).__name__})
