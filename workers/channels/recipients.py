"""Who gets a digest, when, and of which profile."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from prompts import Profile, load_profile
from workers.models.tasks import DigestData
from workers.settings import Settings
from workers.settings.values import parse_days
from workers.store.channels.settings import Channels, ChannelSettings

TERMINAL = "terminal"
"""The channel that is used where no other is configured: shown, not sent."""

LEAST_USE_S = 3600.0
"""Seconds for which a digest is of use though its day is over: one that is made just before midnight."""

OF_PROFILE = (
    "title", "sources", "interests", "not_wanted", "must", "never", "follow", "persona", "audience", "language",
    "picks", "min_score", "quiet",
)  # fmt: skip
"""Settings of a channel that override its profile's."""

OF_SCHEDULE = ("time", "timezone", "days")
"""Settings of a channel that override the default schedule."""


@dataclass(frozen=True)
class Target:
    """One channel with its schedule.

    Names of channels are `slack:C123`, `telegram:-100123/7`, `terminal:cv-daily-zh`.
    """

    channel: str
    profile: str
    at: time
    zone: ZoneInfo
    weekdays: frozenset[int]

    def slot(self, day: date, variant: str = "") -> str:
        """Key of the digest of one local date.

        There is one a day, also where its hour is moved that day. `variant` sets the sample day apart.
        """
        return f"digest|{self.channel}|{day.isoformat()}" + (f"|{variant}" if variant else "")

    def order(self, day: date) -> DigestData:
        """The task's data: what to make for whom."""
        return {"channel": self.channel, "profile": self.profile, "day": day.isoformat()}


def targets(
    settings: Settings, channels: Channels, profile: str | None = None, *, paused: bool = False
) -> Iterator[Target]:
    """Every channel that gets the digest.

    `profile` overrides all others. `paused`: also those that refused us.
    """
    for goal, _ in targets_with(settings, channels, profile, paused=paused):
        yield goal


def targets_with(
    settings: Settings, channels: Channels, profile: str | None = None, *, paused: bool = False
) -> Iterator[tuple[Target, ChannelSettings]]:
    """The same, each with what it has chosen; four round trips, however many they are."""
    named, known = _named(settings, channels), channels.known()
    names = list(dict.fromkeys([*named, *known]))
    of_settings = set(named)
    for channel, chosen in zip(names, channels.many(names), strict=True):
        if _wanted(settings, channel, chosen, named=channel in of_settings) and (paused or not chosen.paused):
            yield target(settings, channel, chosen, profile), chosen


def gets(settings: Settings, channels: Channels, channel: str) -> bool:
    """True if this channel gets the digest; two round trips, however many others do."""
    chosen = channels.get(channel)
    named = chosen.subscribed is None and channel in _named(settings, channels)
    return _wanted(settings, channel, chosen, named=named) and not chosen.paused


def _named(settings: Settings, channels: Channels) -> list[str]:
    """Channels of the settings, where they are now."""
    named = [f"slack:{c}" for c in settings.slack_channels] + [f"telegram:{c}" for c in settings.telegram_chats]
    return channels.addresses(named)


def _wanted(settings: Settings, channel: str, chosen: ChannelSettings, *, named: bool) -> bool:
    """True if the channel's platform is set up and it wants the digest.

    `named`: a setting names the channel.
    """
    tokens = {"slack": settings.slack_bot_token, "telegram": settings.telegram_bot_token}
    token = tokens.get(channel.partition(":")[0])
    return bool(token and token.get_secret_value()) and (named if chosen.subscribed is None else chosen.subscribed)


def terminal(settings: Settings, profile: str | None = None) -> Target:
    """The target where nothing is configured: each profile has a memory of its own."""
    return target(settings, f"{TERMINAL}:{profile or settings.digest_profile}", ChannelSettings(), profile)


def target(settings: Settings, channel: str, chosen: ChannelSettings, profile: str | None = None) -> Target:
    """The target of one channel: its own schedule where it has one."""
    mine = chosen.changes
    return Target(
        channel,
        profile or chosen.profile or settings.digest_profile,
        time.fromisoformat(mine["time"]) if "time" in mine else settings.digest_time,
        ZoneInfo(mine["timezone"]) if "timezone" in mine else settings.zone,
        parse_days(mine["days"]) if "days" in mine else settings.weekdays,
    )


def day_end(goal: Target, now: float) -> float:
    """Until when a digest that is made now is of use, in seconds since 1970.

    That is the end of the channel's local day, but an hour at least.
    """
    local = datetime.fromtimestamp(now, UTC).astimezone(goal.zone)
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=goal.zone)
    return max(midnight.timestamp(), now + LEAST_USE_S)


def profile_of(name: str, chosen: ChannelSettings) -> Profile:
    """The profile as the channel wants it.

    PromptError where the channel's settings make no sense.
    """
    mine = {n: v for n, v in chosen.changes.items() if n in OF_PROFILE}
    return load_profile(name).override(**mine) if mine else load_profile(name)
