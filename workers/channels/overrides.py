"""Which new values of a channel's settings make no sense, and what to tell the person who gave them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from prompts import LANGUAGES, MAX_PICKS, PromptError, profiles
from workers.channels.targets import OF_PROFILE, OF_SCHEDULE, profile_of, target
from workers.models import SCORE_MAX, SCORE_MIN
from workers.settings import Settings, parse_days
from workers.store.channels import ChannelSettings
from workers.words import Words

ANSWERS = ("mention", "all")
"""When the bot answers in a paper's thread on Slack."""

MOST_INTERESTS, LONGEST_INTEREST = 30, 120
"""Interests of a channel, and characters of one: phrases. They stand in every scoring prompt and in the settings."""

MOST_SHOWN = 60
"""Characters of a refused value that are repeated to the person."""


@dataclass(frozen=True)
class Wrong:
    """A value that makes no sense."""

    name: str
    value: Any

    def say(self, w: Words) -> str:
        """What is wrong with it and what would be right, in the channel's language."""
        label = f"setting_{self.name}"
        said = w[label] if label in w else self.name  # noqa: SIM401 - Words has no get
        return w.say("setting_bad", value=_shown(self.value), name=said, why=how_to(w, self.name))


def how_to(w: Words, name: str) -> str:
    """How the value of a setting is written."""
    names = {"profile": profiles(), "language": LANGUAGES, "answers": ANSWERS}
    choices = w["and"].join(names.get(name, ()))
    limits = {"picks": (1, MAX_PICKS), "min_score": (SCORE_MIN, SCORE_MAX)}
    low, high = limits.get(name, (0, 0))
    key = "number" if name in limits else "choice" if choices else name
    most = {"most": MOST_INTERESTS, "longest": LONGEST_INTEREST}
    return w.variant("bad", key, choices=choices, low=low, high=high, **most)


def wrong(settings: Settings, before: ChannelSettings, profile: str | None, changes: Mapping[str, Any]) -> Wrong | None:
    """The first change that makes no sense. `profile`: the new one, or None; a change to None goes to the default."""
    for name in changes.keys() - {*OF_PROFILE, *OF_SCHEDULE, "answers"}:
        return Wrong(name, changes[name])
    if profile and profile not in profiles():
        return Wrong("profile", profile)
    for name, value in changes.items():
        if value is not None and not _fits(settings, before, profile, name, value):
            return Wrong(name, value)
    return None


def _fits(settings: Settings, before: ChannelSettings, profile: str | None, name: str, value: Any) -> bool:
    if name == "answers":
        return value in ANSWERS
    if name == "interests" and not _phrases(value):
        return False
    trial = replace(before, changes=before.changes | {name: value})
    try:
        if name == "days":
            parse_days(str(value))
        target(settings, "x", trial)
        profile_of(profile or before.profile or settings.digest_profile, trial)
    except (PromptError, ValueError, KeyError, TypeError, OSError):
        return False
    return True


def _phrases(value: Any) -> bool:
    return len(value) <= MOST_INTERESTS and all(len(str(phrase)) <= LONGEST_INTEREST for phrase in value)


def _shown(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
