"""Refuses channel settings that make no sense, and says why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from prompts import MAX_PICKS, PromptError, profiles
from workers.channels import zones
from workers.channels.recipients import OF_PROFILE, OF_SCHEDULE, profile_of, target
from workers.channels.roundups import ROUNDUP
from workers.errors import BadInput
from workers.models import SCORE_MAX, SCORE_MIN
from workers.settings import Settings
from workers.settings.values import parse_days
from workers.sources.spec import feed_hosts, known
from workers.store.channels.settings import ChannelSettings
from workers.words import Words, languages

ALL = ("profile", *OF_PROFILE[:-1], *OF_SCHEDULE, "quiet", "answers", "roundup")
"""Every setting of a channel, in the order in which it is shown."""

ANSWERS = ("mention", "all")
"""When the bot answers in a paper's thread on Slack."""

MOST_INTERESTS, LONGEST_INTEREST = 30, 120
"""Interests of a channel, and characters of one: phrases. They stand in every scoring prompt and in the settings."""

NEAR = 4
"""Zones that are named where a word may mean several."""

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
        near = zones.find(str(self.value))[:NEAR] if self.name == "timezone" else []
        why = how_to(w, self.name) + (w.say("bad_near", names=w["and"].join(near)) if near else "")
        return w.say("setting_bad", value=_shown(self.value), name=said, why=why)


def how_to(w: Words, name: str) -> str:
    """How the value of a setting is written."""
    names = {"profile": profiles(), "language": languages(), "answers": ANSWERS, "roundup": ROUNDUP}
    lists = dict.fromkeys(("not_wanted", "must", "never", "follow"), "phrases")
    kinds = lists | {"title": "line", "persona": "line", "audience": "line"}
    choices = w["and"].join(names.get(name, ()))
    limits = {"picks": (1, MAX_PICKS), "min_score": (SCORE_MIN, SCORE_MAX)}
    low, high = limits.get(name, (0, 0))
    key = "number" if name in limits else "choice" if choices else kinds.get(name, name)
    most = {"most": MOST_INTERESTS, "longest": LONGEST_INTEREST}
    return w.variant("bad", key, choices=choices, low=low, high=high, **most)


def wrong(settings: Settings, before: ChannelSettings, profile: str | None, changes: Mapping[str, Any]) -> list[Wrong]:
    """The changes that make no sense, each once.

    `profile`: the new one, or None. None as a value means the default.
    """
    return list(_wrong(settings, before, profile, changes))


def _wrong(
    settings: Settings, before: ChannelSettings, profile: str | None, changes: Mapping[str, Any]
) -> Iterator[Wrong]:
    if profile and profile not in profiles():
        yield Wrong("profile", profile)
        profile = None
    for name, value in changes.items():
        if name not in (*OF_PROFILE, *OF_SCHEDULE, "answers", "roundup"):
            yield Wrong(name, value)
        elif value is not None and name == "sources" and (bad := _unknown(value)):
            yield Wrong(name, bad)
        elif value is not None and name == "sources" and (bad := _closed(settings, value)):
            yield Wrong("feed", bad)
        elif value is not None and not _fits(settings, before, profile, name, value):
            yield Wrong(name, _too_long(value) or value)


def _fits(settings: Settings, before: ChannelSettings, profile: str | None, name: str, value: Any) -> bool:
    if name in ("answers", "roundup"):
        return value in (ANSWERS if name == "answers" else ROUNDUP)
    if name in ("interests", "not_wanted", "must", "never", "follow", "sources") and not _phrases(value):
        return False
    if name in ("title", "persona", "audience") and not (isinstance(value, str) and len(value) <= LONGEST_INTEREST):
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


def _unknown(sources: Any) -> str:
    """The first of the sources that there is not, or nothing."""
    for source in sources if isinstance(sources, list | tuple) else ():
        try:
            known(str(source))
        except BadInput:
            return str(source)
    return ""


def _closed(settings: Settings, sources: Any) -> str:
    """The first feed on a host that the operator did not name, or nothing.

    A chat opens no way to a new host.
    """
    for spec in map(known, map(str, sources)):
        if spec.kind == "feed" and urlsplit(spec.what).netloc.lower() not in feed_hosts(settings.feed_hosts):
            return spec.text
    return ""


def _too_long(value: Any) -> str:
    """The first phrase of a list that is too long, or nothing."""
    found = value if isinstance(value, list | tuple) else ()
    return next((str(one) for one in found if len(str(one)) > LONGEST_INTEREST), "")


def _phrases(value: Any) -> bool:
    return len(value) <= MOST_INTERESTS and all(len(str(phrase)) <= LONGEST_INTEREST for phrase in value)


def _shown(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
