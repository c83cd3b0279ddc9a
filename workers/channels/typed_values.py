"""Turns what a person typed for a setting into its value.

What makes no sense stays as it is.

Whether a value makes sense is said by `overrides`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from prompts.profile import phrases
from workers.channels import zones

LISTS = ("interests", "not_wanted", "must", "never", "follow", "sources")
NUMBERS = ("picks", "min_score")
CLEARED, NOTHING = ("not_wanted", "must", "never", "follow"), ("none", "nothing", "-", "–", "无")
"""Lists that may be empty, and how that is typed."""

YES, NO = ("yes", "true", "on", "1", "是", "ja"), ("no", "false", "off", "0", "否", "nein")

_TIME = re.compile(r"(\d{1,2})\s*(?:[:：.h点时]\s*(\d{2})?)?\s*分?\s*(am|pm)?", re.I)
_WORKDAYS, _ALL_DAYS = ("weekdays", "workdays", "工作日"), ("every day", "daily", "all", "每天")
_DAY_WORDS = {
    "monday": "mon", "tuesday": "tue", "wednesday": "wed", "thursday": "thu", "friday": "fri", "saturday": "sat",
    "sunday": "sun", "周一": "mon", "周二": "tue", "周三": "wed", "周四": "thu", "周五": "fri", "周六": "sat",
    "周日": "sun", "周天": "sun",
}  # fmt: skip


def value(name: str, said: Any) -> Any:
    """Parse what a person typed as the value of a setting.

    It is a list, a number, a time as 08:00, a zone's name, days as mon-fri, or text.
    """
    if not isinstance(said, str):
        return said
    text = said.strip()
    if name in LISTS:
        return [] if text.casefold() in NOTHING and name in CLEARED else phrases(text)
    return _READ[name](text) if name in _READ else text


def _number(text: str) -> Any:
    return int(text) if text.isdecimal() else text


def _time(text: str) -> str:
    found = _TIME.fullmatch(text)
    if not found or (not found[2] and not found[3] and text.isdecimal() and len(text) > 2):
        return text
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return text
        hour = hour % 12 + (12 if found[3].lower() == "pm" else 0)
    sure = found[2] or found[3] or re.search(r"[:：.h点时]", text)
    return f"{hour:02}:{minute:02}" if sure and hour < 24 and minute < 60 else text


def _days(text: str) -> str:
    plain = " ".join(text.casefold().split())
    if plain in _WORKDAYS:
        return "mon-fri"
    if plain in _ALL_DAYS:
        return "mon-sun"
    for word, short in _DAY_WORDS.items():
        plain = plain.replace(word, short)
    plain = re.sub(r"\s*(?:–|—|~|至|到|\bto\b)\s*", "-", plain)
    plain = re.sub(r"\s*(?:[,;，；、]|\band\b|\s)\s*", ",", plain)
    return plain if re.fullmatch(r"[a-z]{3}(?:[-,][a-z]{3})*", plain) else text


def _flag(text: str) -> Any:
    plain = text.casefold()
    return True if plain in YES else False if plain in NO else text


_READ: Mapping[str, Callable[[str], Any]] = {
    "picks": _number,
    "min_score": _number,
    "time": _time,
    "timezone": lambda text: zones.resolve(text) or text,
    "days": _days,
    "quiet": _flag,
}
