"""Which live view a question gets."""

import logging
import time
from collections.abc import Callable

from workers.delivery.live.base import Live, Noted, Quiet
from workers.settings import Settings

log = logging.getLogger(__name__)


def live(
    platform: str,
    settings: Settings,
    address: str,
    reply_to: str,
    person_id: str = "",
    team_id: str = "",
    *,
    language: str = "en",
    earlier: str = "",
    noted: Noted | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Live:
    """The live view for a question.

    `address`: the channel without the platform. `reply_to`: Slack: ts of the thread's root; Telegram: id of the
    question's message. `person_id` and `team_id`: who asked; Slack streams into a channel for nobody else. `earlier`:
    the message that a run which was killed had begun, as it told `noted`.
    """
    try:
        if platform == "slack" and reply_to and settings.slack_bot_token.get_secret_value():
            from workers.delivery.live.slack import SlackLive

            return SlackLive(settings, address, reply_to, person_id, team_id, language, earlier, noted, clock)
        if platform == "telegram" and settings.telegram_bot_token.get_secret_value():
            from workers.delivery.live.telegram import TelegramDraft, TelegramEdits

            private = not address.startswith(("-", "@"))
            kind = TelegramDraft if private else TelegramEdits
            return kind(settings, address, reply_to, earlier, noted, clock)
    except Exception as error:  # noqa: BLE001 - as above
        log.info("live_failed", extra={"step": "open", "where": platform, "error": type(error).__name__})
    return Quiet()
