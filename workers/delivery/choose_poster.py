"""Which poster speaks to which platform."""

from workers.delivery.poster import Poster
from workers.delivery.slack import SlackPoster
from workers.delivery.telegram import TelegramPoster
from workers.errors import BadSetting
from workers.settings import Settings


def poster(platform: str, settings: Settings) -> Poster:
    """The poster of `slack` or `telegram`; BadSetting if its token is not set."""
    if platform == "slack":
        if not settings.slack_bot_token.get_secret_value():
            raise BadSetting("SLACK_BOT_TOKEN is not set: nothing can be posted to Slack.")
        return SlackPoster(settings)
    if platform == "telegram":
        if not settings.telegram_bot_token.get_secret_value():
            raise BadSetting("TELEGRAM_BOT_TOKEN is not set: nothing can be posted to Telegram.")
        return TelegramPoster(settings)
    raise BadSetting(f"there is no platform {platform!r}.")
