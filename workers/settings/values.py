"""Checks the value of each kind of setting: ids, addresses, hosts, days."""

import re
from typing import Annotated

from pydantic import AfterValidator
from pydantic_settings import NoDecode

from workers.settings.environment import plain_address

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

CHAT = r"-?\d+|@[A-Za-z]\w{3,}"
"""A chat of Telegram."""

PLACE = rf"slack:[CGDU][A-Z0-9_]+|telegram:({CHAT})(/\d+)?"
"""A channel or chat on either platform."""

PLACE_IS = "must be slack:<channel id>, telegram:<chat id or @name>, or the latter with /topic"


def shaped(pattern: str, must: str) -> AfterValidator:
    """Check a text, where there is one, against a pattern; `must`: what it must be."""

    def check(value: str) -> str:
        if value and not re.fullmatch(pattern, value):
            raise ValueError(must)
        return value

    return AfterValidator(check)


def each(pattern: str, must: str) -> AfterValidator:
    """Check that each name of a list is of this shape, and keep each once."""

    def check(values: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(pattern, value) for value in values):
            raise ValueError(must)
        return tuple(dict.fromkeys(values))

    return AfterValidator(check)


def _address(value: str) -> str:
    if not re.match(r"https?://[^/\s]+", value):
        raise ValueError("must be an http or https URL")
    return value.rstrip("/")


def _source(value: str) -> str:
    if not plain_address(value := _address(value)):
        raise ValueError("must be an address without a user name, with a port up to 65535 if it has one")
    return value


def _without(end: str) -> AfterValidator:
    """Cut an end that clients add by themselves, and that people copy along."""
    return AfterValidator(lambda value: re.sub(rf"{end}$", "", value))


def _lower(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.lower() for value in values))


def _prices(value: str) -> str:
    for entry in filter(None, (part.strip() for part in value.split(","))):
        if not re.fullmatch(r".+=[0-9]{1,4}(\.[0-9]{1,4})?/[0-9]{1,4}(\.[0-9]{1,4})?", entry):
            raise ValueError("must be prices such as my-model=0.5/2, comma separated")
    return value


def _days(value: str) -> str:
    parse_days(value)
    return value


def parse_days(text: str) -> frozenset[int]:
    """Return the weekdays (Monday = 0) of `mon-fri`, `mon,wed,fri` or a mixture.

    `sat-mon` wraps. ValueError for any other word.
    """
    days: set[int] = set()
    for word in text.lower().replace(" ", "").split(","):
        first, _, last = word.partition("-")
        if first not in DAY_NAMES or (last and last not in DAY_NAMES):
            raise ValueError("must be days such as mon-fri or mon,wed,fri")
        start, end = DAY_NAMES.index(first), DAY_NAMES.index(last or first)
        days |= {(start + i) % 7 for i in range((end - start) % 7 + 1)}
    return frozenset(days)


Names = Annotated[tuple[str, ...], NoDecode]

SlackChannels = Annotated[
    Names, each(r"[CGDU][A-Z0-9_]+", "each must be a channel id such as C0123ABCD, found under 'About' of the channel")
]
TelegramChats = Annotated[Names, each(rf"({CHAT})(/\d+)?", "each must be a chat id, an @name, or either with /topic")]
People = Annotated[
    Names, each(r"[A-Z][A-Z0-9_]+|\d+", "each must be the id of a user (U… on Slack, a number on Telegram)")
]
Teams = Annotated[
    Names, each(r"[A-Z][A-Z0-9_]+|-?\d+|@\w+", "each must be the id of a Slack workspace (T…) or a Telegram chat")
]
PublicChannels = Annotated[
    Names,
    each(
        r"slack:[CG][A-Z0-9_]+|telegram:(-\d+|@[A-Za-z]\w{3,})",
        "each must be slack:<channel id> or telegram:<chat id or @name>, no private chat",
    ),
]
Channel = Annotated[str, shaped(PLACE, PLACE_IS)]
Channels = Annotated[Names, each(PLACE, PLACE_IS)]
Hosts = Annotated[
    Names,
    each(
        r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?",
        "each must be a host such as www.nature.com, without https:// and path",
    ),
    AfterValidator(_lower),
]
Sites = Annotated[
    Names,
    each(
        r"[A-Za-z0-9.-]+=https?://[^@\s]+",
        "each must be a site and its other address: openreview.net=http://mirror",
    ),
    AfterValidator(_lower),
]
Address = Annotated[str, AfterValidator(_address)]
ModelAddress = Annotated[Address, _without(r"(/v1)*(/messages)?")]
TelegramAddress = Annotated[Address, _without(r"(/bot)?")]
SlackAddress = Annotated[str, shaped(r".*/api/", "must end in /api/")]
Source = Annotated[str, AfterValidator(_source)]
"""Address of a source of papers."""
DerivedSource = Annotated[str, AfterValidator(lambda value: _source(value) if value else value)]
"""May be empty: then arXiv's own, where arXiv's other addresses are its own, else none."""
ArchivePlace = Annotated[
    str,
    shaped(r"(?!.*://).*|(s3|gs|az)://[^/\s]+(/\S*)?", "must be a folder, or an address such as s3://bucket/folder"),
]
ZoteroLibrary = Annotated[
    str,
    shaped(
        r"(users|groups)/[1-9][0-9]{0,11}",
        "must be users/<number> or groups/<number>: zotero.org/settings/keys shows your number",
    ),
]
Prices = Annotated[str, AfterValidator(_prices)]
Days = Annotated[str, AfterValidator(_days)]
