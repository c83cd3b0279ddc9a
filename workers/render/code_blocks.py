"""Text to copy, as code blocks in messages, split between entries only."""

from collections.abc import Sequence
from typing import Any

from workers.models import Part
from workers.render.slack.digest import MAX_TEXT, escaped
from workers.render.text.truncate import shortened, units

MAX_CODE = 3_500
"""UTF-16 units of a message of code: below Telegram's 4,096 and Slack's limits on a message's blocks."""


def code_parts(key: str, platform: str, entries: Sequence[str], *, between: str = "\n") -> list[Part]:
    """Build messages `key`, `key:1`, … with as many entries each as fit.

    `between` stands between two entries.
    """
    pages: list[str] = []
    for entry in (piece for whole in entries for piece in _pieces(whole.replace("\r\n", "\n").strip("\n"))):
        joined = f"{pages[-1]}{between}{entry}" if pages else ""
        if pages and units(joined) <= MAX_CODE:
            pages[-1] = joined
        else:
            pages.append(entry)
    write = _slack if platform == "slack" else _telegram
    return [Part(key=f"{key}:{n}" if n else key, payload=write(text)) for n, text in enumerate(pages)]


def _pieces(entry: str) -> list[str]:
    """Split an entry into pieces that fit a message.

    Only an entry with hundreds of authors needs two.
    """
    pieces = [""]
    for word in entry.split(" "):
        if units(f"{pieces[-1]} {word}") > MAX_CODE:
            pieces.append(word)
        else:
            pieces[-1] = f"{pieces[-1]} {word}" if pieces[-1] else word
    return pieces


def _slack(text: str) -> dict[str, Any]:
    code = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    blocks = [{"type": "rich_text", "elements": [code]}]
    return {"text": escaped(shortened(text, MAX_TEXT)), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _telegram(text: str) -> dict[str, Any]:
    entity = {"type": "pre", "offset": 0, "length": units(text)}
    return {"text": text, "entities": [entity], "link_preview_options": {"is_disabled": True}}
