"""What the platforms must grant, for listeners and `doctor` alike."""

import re
from urllib.parse import urlsplit

from workers.errors import BadSetting
from workers.settings import Settings

SLACK_PATH = "/slack/events"
"""Where Slack sends everything in HTTP mode."""

TELEGRAM_PATH = "/telegram/webhook"
"""Where Telegram brings updates, if TELEGRAM_WEBHOOK_URL names no path."""

SLACK_SCOPES: dict[str, str] = {
    "app_mentions:read": "mentions",
    "channels:history": "replies in public channels; looking for a message of ours after a lost answer",
    "channels:read": "public channels that are archived, deleted, left or joined",
    "chat:write": "every message",
    "commands": "slash commands and the message shortcut",
    "groups:history": "the same in private channels",
    "groups:read": "the same of private channels",
    "im:history": "direct messages",
    "mpim:history": "direct messages of several people",
    "users:read": "who is an admin, where ADMINS_ONLY is on",
}
"""Bot scopes that the code needs, and for what; `slack-manifest.yaml` asks for these and no others."""

SLACK_OPTIONAL: dict[str, str] = {
    "groups:history": "private channels: replies without a mention; a lost answer there is not looked up",
    "groups:read": "private channels: that one was archived or left is learned only when posting fails",
    "mpim:history": "direct messages of several people are not heard",
    "users:read": "ADMINS_ONLY knows only those in ADMINS",
}
"""Scopes that only some features need, and what is lost without each; `bot_optional` of the manifest."""


def telegram_webhook(url: str, secret: str) -> str:
    """The URL to give to Telegram. BadSetting where it or the secret cannot work."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise BadSetting("TELEGRAM_WEBHOOK_SECRET is not usable: set 1 to 256 letters, digits, _ or -.")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise BadSetting("TELEGRAM_WEBHOOK_URL is not usable: it must be an https URL.")
    return url.rstrip("/") + TELEGRAM_PATH if urlsplit(url).path in ("", "/") else url


def slack_code(response: object) -> str:
    """Return the error code of Slack's reply, or "".

    Of a page that is no JSON the SDK puts the whole text in its place.
    """
    data = getattr(response, "data", response)
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,79}", code) else ""


def direct(channel: str) -> bool:
    """True for a chat between the bot and one person: `slack:D1`, `telegram:4242`."""
    platform, _, address = channel.partition(":")
    return (platform == "slack" and address[:1] == "D") or (platform == "telegram" and address.isdigit())


def stranger(channel: str, settings: Settings) -> bool:
    """Tell whether a channel is a private Telegram chat with an unnamed person.

    Unnamed by the settings, where anybody may write to us.
    """
    platform, _, person = channel.partition(":")
    named = (*settings.admins, *settings.telegram_chats, settings.operator_channel.removeprefix("telegram:"))
    return platform == "telegram" and person.isdigit() and not settings.allowed and person not in named


def listens(platform: str, settings: Settings) -> bool:
    """Tell whether a listener of that platform can run with these settings.

    Only then is a pressed button handled.
    """
    if platform == "slack":
        return bool(settings.slack_app_token.get_secret_value() or settings.slack_signing_secret.get_secret_value())
    return platform == "telegram"
