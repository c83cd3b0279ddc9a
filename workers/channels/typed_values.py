"""Turns what a person typed for a setting into its value.

What makes no sense stays as it is.

Whether a value makes sense is said by `overrides`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from prompts.profile import phrases
from workers.channels import zones

LISTS = ("interests", "not_wanted", "must", "never", "follow", "sources")
NUMBERS = ("picks", "min_score")
CLEARED, NOTHING = (
    ("not_wanted", "must", "never", "follow"),
    ("none", "nothing", "-", "–", "无", "没有", "なし"),
)
"""Lists that may be empty, and how that is typed."""

YES = ("yes", "true", "on", "1", "是", "开", "はい", "オン", "ja")
NO = ("no", "false", "off", "0", "否", "不", "关", "いいえ", "オフ", "nein")

_TIME = re.compile(
    r"(?P<early>凌晨|早上|早晨|清晨|上午|午前|朝|明け方)?(?P<late>中午|下午|傍晚|晚上|午後|夕方|夜)?\s*(?P<hour>\d{1,2})\s*"
    r"(?:[:：.h点點时時]\s*(?P<minute>\d{2}|(?P<half>半))?)?\s*分?\s*(?P<half_day>am|pm|a\.m\.|p\.m\.)?(?:整|ごろ|頃|に)?",
    re.I,
)
_EXACT = re.compile(r"[:：.h点點时時]", re.I)
_WORKDAYS = ("weekdays", "workdays", "工作日", "平日", "每个工作日", "営業日")
_ALL_DAYS = ("every day", "everyday", "daily", "all", "每天", "天天", "每日", "毎日")
_WEEKEND = ("weekends", "weekend", "周末", "週末", "土日")
_DAY_WORDS = {
    "monday": "mon", "tuesday": "tue", "wednesday": "wed", "thursday": "thu", "friday": "fri", "saturday": "sat",
    "sunday": "sun", "周一": "mon", "周二": "tue", "周三": "wed", "周四": "thu", "周五": "fri", "周六": "sat",
    "周日": "sun", "周天": "sun", "星期日": "sun", "星期天": "sun",
    **{f"{week}{day}": short for week in ("星期", "礼拜", "週") for day, short in zip(
        "一二三四五六日", ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), strict=True)},
    **{f"{day}{more}": short for more in ("曜日", "曜") for day, short in zip(
        "月火水木金土日", ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), strict=True)},
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
    """`8:30 pm`, `晚上8点半`, `午後8時30分` as 20:30; anything else as it is."""
    found = _TIME.fullmatch(unicodedata.normalize("NFKC", text))
    if not found or (found["early"] and found["late"]):
        return text
    hour, minute = int(found["hour"]), 30 if found["half"] else int(found["minute"] or 0)
    half_day = (found["half_day"] or "").replace(".", "").lower()
    if half_day and not 1 <= hour <= 12:
        return text
    if half_day or ((found["early"] or found["late"]) and hour <= 12):
        late = half_day == "pm" or bool(found["late"])
        midnight = hour == 12 and found["late"] in ("晚上", "夜")
        hour = hour % 12 + (12 if late and not midnight else 0)
    sure = found["minute"] or half_day or _EXACT.search(text)
    return f"{hour:02}:{minute:02}" if sure and hour < 24 and minute < 60 else text


def _days(text: str) -> str:
    plain = " ".join(text.casefold().split())
    if plain in _WORKDAYS:
        return "mon-fri"
    if plain in _ALL_DAYS:
        return "mon-sun"
    if plain in _WEEKEND:
        return "sat,sun"
    plain = re.sub("(?:周|星期|礼拜)([一二三四五六日天]{2,})", lambda m: "".join(f"周{day}" for day in m[1]), plain)
    if re.fullmatch("[月火水木金土日][月火水木金土日・、,\\s~〜～から-]*(?:まで)?", plain):
        plain = re.sub("([月火水木金土日])", "\\1曜", plain)
    for word, short in sorted(_DAY_WORDS.items(), key=lambda pair: -len(pair[0])):
        plain = plain.replace(word, f" {short} ")
    plain = re.sub(r"(?:まで|每|毎週)", " ", plain).strip()
    plain = re.sub(r"\s*(?:-|–|—|~|〜|～|至|到|から|\bto\b)\s*", "-", plain)
    plain = re.sub(r"\s*(?:[,;，；、・和与と]|\band\b|\s)\s*", ",", plain)
    plain = re.sub(",+", ",", plain)
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
