"""Who gets a digest, when, and of which profile: the channels of the settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from workers.settings import Settings

TERMINAL = "terminal"
"""The channel that is used where no other is configured: shown, not sent."""


@dataclass(frozen=True)
class Target:
    """One channel with its schedule. Names: `slack:C123`, `telegram:-100123/7`, `terminal:cv-daily-zh`."""

    channel: str
    profile: str
    at: time
    zone: ZoneInfo
    weekdays: frozenset[int]

    def slot(self, day: date, variant: str = "") -> str:
        """Key of the digest of one local date: channel, date and wall time. `variant` sets the sample day apart."""
        return f"digest|{self.channel}|{day.isoformat()}|{self.at:%H%M}" + (f"|{variant}" if variant else "")

    def order(self, day: date, **more: Any) -> dict[str, Any]:
        """The task's data: what to make for whom."""
        return {"channel": self.channel, "profile": self.profile, "day": day.isoformat(), **more}


def targets(settings: Settings, profile: str | None = None) -> Iterator[Target]:
    """Every channel that is configured; `profile` overrides the default one."""
    channels = [f"slack:{c}" for c in settings.slack_channels if settings.slack_bot_token.get_secret_value()]
    channels += [f"telegram:{c}" for c in settings.telegram_chats if settings.telegram_bot_token.get_secret_value()]
    for channel in channels:
        yield target(settings, channel, profile)


def terminal(settings: Settings, profile: str | None = None) -> Target:
    """The target where nothing is configured: each profile has a memory of its own."""
    return target(settings, f"{TERMINAL}:{profile or settings.digest_profile}", profile)


def target(settings: Settings, channel: str, profile: str | None = None) -> Target:
    """The target of one channel by the default schedule."""
    return Target(channel, profile or settings.digest_profile, settings.digest_time, settings.zone, settings.weekdays)
