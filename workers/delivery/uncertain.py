"""Decides what follows where nobody knows if a message arrived (Telegram).

    ask           at most once: the part is parked as uncertain, and the operator decides
    placeholder   a silent line first, then the text is edited in: at worst a line is left over, the text is there once,
                  and nothing ever rings
    ring          a digest: what rings (its first message) goes out with its text, at most once as with `ask`; what is
                  silent goes by placeholder
    repeat        at least once: the second copy says that it may be one

Slack can be asked, so there the message is looked for.
"""

from typing import Any, Literal

from prompts import load_profile
from workers.settings import Settings
from workers.store.channels.settings import Channels
from workers.words import Words, words

Way = Literal["look", "ask", "placeholder", "ring", "repeat"]

MAX_UNITS = 4096
"""UTF-16 units of a message (telegram.constants.MessageLimit.MAX_TEXT_LENGTH)."""


def way(platform: str, settings: Settings, placeholder: str) -> Way:
    """How a delivery is sent.

    `auto`: what has a placeholder (a digest) rings once, everything else at most once.
    """
    if platform != "telegram":
        return "look"
    if settings.telegram_uncertain == "auto":
        return "ring" if placeholder else "ask"
    return settings.telegram_uncertain


def words_for(channel: str, settings: Settings, channels: Channels) -> Words:
    """The words of the channel's language."""
    chosen = channels.get(channel)
    own = chosen.changes.get("language")
    return words(str(own) if own else load_profile(chosen.profile or settings.digest_profile).language)


def holding(line: str) -> dict[str, Any]:
    """A placeholder's payload.

    It does not ring, and neither does the edit that follows.
    """
    return {"text": line, "link_preview_options": {"is_disabled": True}, "disable_notification": True}


def repeated(payload: dict[str, Any], mark: str) -> dict[str, Any]:
    """Put the line `mark` before the text of a payload; entities move along.

    It says that this may be a second copy. The payload stays as it is where there is no room for it.
    """
    head = f"{mark}\n"
    shift = _units(head)
    if shift + _units(payload["text"]) > MAX_UNITS:
        return payload
    moved = [entity | {"offset": entity["offset"] + shift} for entity in payload.get("entities", [])]
    return payload | {"text": head + payload["text"]} | ({"entities": moved} if moved else {})


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
