"""Which settings each listener needs, checked before its SDK is loaded.

Loading one takes a second of the processor.
"""

from workers.errors import BadSetting
from workers.platforms import telegram_webhook
from workers.settings import Settings


def slack(settings: Settings) -> None:
    """Check what Slack requires. BadSetting names the token that is missing."""
    if not settings.slack_bot_token.get_secret_value():
        raise BadSetting("SLACK_BOT_TOKEN is not set: put the bot token (xoxb-…) there.")
    if not (settings.slack_app_token.get_secret_value() or settings.slack_signing_secret.get_secret_value()):
        raise BadSetting(
            "SLACK_APP_TOKEN is not set: put the app-level token (xapp-…) with connections:write there, "
            "or SLACK_SIGNING_SECRET for HTTP."
        )


def telegram(settings: Settings) -> None:
    """Check what Telegram requires.

    BadSetting names what is missing, or the part of the webhook that cannot work.
    """
    if not settings.telegram_bot_token.get_secret_value():
        raise BadSetting("TELEGRAM_BOT_TOKEN is not set: put the token from @BotFather there.")
    if settings.telegram_webhook_url:
        webhook(settings)


def webhook(settings: Settings) -> tuple[str, str]:
    """(URL to give to Telegram, secret). BadSetting where they cannot work."""
    secret = settings.telegram_webhook_secret.get_secret_value()
    return telegram_webhook(settings.telegram_webhook_url, secret), secret
