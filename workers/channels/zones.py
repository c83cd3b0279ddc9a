"""Finds the time zone people mean: "new york", "EST", "UTC+8", "Beijing".

Names are those of the tz database on this machine; abbreviations are what it says for January and July. Pure but for
reading that database once.
"""

import functools
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
"""First parts of names that stand for places; the others are old spellings and fixed offsets."""

LEADING = (
    "Asia/Shanghai", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Europe/London",
    "Europe/Berlin", "Europe/Helsinki", "Europe/Moscow", "Asia/Kolkata", "Asia/Tokyo", "Asia/Singapore",
    "Australia/Sydney", "America/Sao_Paulo", "Asia/Hong_Kong", "Asia/Seoul", "Pacific/Auckland",
)  # fmt: skip
"""Zones that an abbreviation means first: "EST" is New York before Panama, "CST" Chicago before Shanghai."""

FIRST = {"cst": "America/Chicago", "cdt": "America/Chicago", "ist": "Asia/Kolkata", "bst": "Europe/London"}
"""Abbreviations that several of those share, and whom they mean."""

PLACES = {
    "Asia/Shanghai": "beijing china shenzhen hangzhou guangzhou nanjing wuhan chengdu 北京 上海 中国 深圳 杭州 广州",
    "Asia/Hong_Kong": "香港",
    "Asia/Taipei": "taiwan 台北 台湾",
    "Asia/Tokyo": "japan osaka kyoto 东京 日本",
    "Asia/Seoul": "korea daejeon 首尔 韩国",
    "Asia/Singapore": "新加坡",
    "Asia/Kolkata": "india delhi mumbai bangalore",
    "Asia/Jerusalem": "israel haifa",
    "America/New_York": "eastern boston washington philadelphia pittsburgh princeton baltimore atlanta 纽约 波士顿",
    "America/Chicago": "central austin houston dallas 芝加哥",
    "America/Denver": "mountain boulder",
    "America/Los_Angeles": "pacific seattle stanford berkeley san_francisco san_diego 旧金山 西雅图 洛杉矶",
    "America/Toronto": "montreal ottawa 多伦多",
    "America/Sao_Paulo": "brazil rio",
    "Europe/London": "uk england britain oxford cambridge edinburgh 伦敦 英国",
    "Europe/Berlin": "germany munich hamburg cologne heidelberg 柏林 慕尼黑 德国",
    "Europe/Paris": "france grenoble 巴黎 法国",
    "Europe/Zurich": "switzerland geneva lausanne 苏黎世",
    "Europe/Amsterdam": "netherlands delft leiden",
    "Australia/Sydney": "canberra 悉尼",
}
"""Places that name no zone of their own, and some in Chinese."""

_OFFSET = re.compile(r"(?:utc|gmt)\s*([+-−])\s*(\d{1,2})(?::?00)?", re.I)


@functools.cache
def zones() -> tuple[str, ...]:
    """Every zone of a place, and UTC, in order."""
    return ("UTC", *sorted(z for z in available_timezones() if z.partition("/")[0] in AREAS and "/" in z))


def label(zone: str) -> str:
    """A zone for people: `New York (EST/EDT)`."""
    place = zone.partition("/")[2].replace("_", " ") or zone
    short = [s for s in _short(zone) if s.isalpha() and s != place]
    return f"{place} ({'/'.join(short)})" if short else place


def find(text: str) -> list[str]:
    """Zones that `text` may mean, best first; none where it means nothing."""
    typed = _plain(text)
    if offset := _OFFSET.fullmatch(typed):
        hours = int(offset[2]) * (1 if offset[1] == "+" else -1)
        name = f"Etc/GMT{-hours:+d}" if hours else "UTC"  # in these names the sign is the other way round
        return [name] if name in available_timezones() | {"UTC"} else []
    if len(typed) < 2:
        return []
    exact = {_plain(z): z for z in available_timezones()}
    ranked: list[tuple[int, int, str]] = []
    for zone in zones():
        place = _plain(zone.rpartition("/")[2])
        others = [_plain(word) for word in PLACES.get(zone, "").split()]
        if typed in [s.casefold() for s in _short(zone)]:
            rank = 0
        elif typed == place or typed in others:
            rank = 1
        elif place.startswith(typed) or any(o.startswith(typed) for o in others):
            rank = 2
        elif typed in _plain(zone):
            rank = 3
        else:
            continue
        lead = LEADING.index(zone) if zone in LEADING else len(LEADING)
        ranked.append((rank, -1 if FIRST.get(typed) == zone else lead, zone))
    best = [zone for *_, zone in sorted(ranked)]
    named = exact.get(typed)
    old = named in ("EST", "MST", "HST", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT", "CET", "MET", "EET", "WET")
    return list(dict.fromkeys([*([named] if named and not old else []), *best]))


def resolve(text: str) -> str:
    """The zone that `text` means, or nothing where it may be several or none."""
    found, typed = find(text), _plain(text)
    if not found:
        return ""
    first = found[0]
    names = {first, first.rpartition("/")[2], *_short(first), *PLACES.get(first, "").split()}
    return first if len(found) == 1 or typed in map(_plain, names) else ""


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())


@functools.cache
def _short(zone: str) -> tuple[str, ...]:
    """What the clock calls it in winter and summer of this year."""
    here, year = ZoneInfo(zone), datetime.now(UTC).year
    days = (datetime(year, 1, 15, tzinfo=UTC), datetime(year, 7, 15, tzinfo=UTC))
    return tuple(dict.fromkeys(name for day in days if (name := day.astimezone(here).tzname())))
