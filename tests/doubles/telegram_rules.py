"""What Telegram refuses in a message.

Text, entities and keyboards, as pure functions.

Sentences are those of the public server (tdlib/telegram-bot-api Client.cpp, tdlib/td), as a bot sees them after
"Bad Request: ". Where the server silently repairs or drops something, the double notes a warning on the message; two
such cases are refused instead (`strict`), because a writer that produces them is broken: entities that overlap without
nesting, and block quotes inside block quotes.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.telegram_html import Entity, ParseError, parse_html, utf16
from tests.doubles.telegram_links import detect, usable_link

MAX_TEXT = 4096
"""UTF-16 code units of a text after parsing (telegram.constants.MessageLimit.MAX_TEXT_LENGTH)."""
MAX_CAPTION = 1024
"""UTF-16 code units of a caption (MessageLimit.CAPTION_LENGTH)."""
MAX_RAW = 32_768
"""Bytes of the text before parsing (server source, get_formatted_text)."""
MAX_ENTITIES = 100
"""Entities that count; further ones are ignored (MessageLimit.MESSAGE_ENTITIES)."""
MAX_CALLBACK_DATA = 64
"""Bytes of callback_data (InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)."""
MAX_BUTTONS = 100
"""Buttons of one keyboard (InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER, undocumented)."""
MAX_ROW = 8
"""Buttons of one row (InlineKeyboardMarkupLimit.BUTTONS_PER_ROW, undocumented)."""
MAX_RICH = 32_768
"""Characters of a rich message (core.telegram.org/bots/api, Bot API 10.1)."""

SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES = ("blockquote", "expandable_blockquote")
LITERAL = ("pre", "code")
SOLID = (*LITERAL, "text_link", "text_mention", "custom_emoji", "date_time")
AUTOMATIC = ("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number")
_NEEDS = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id", "date_time": "unix_time"}
_GONE = "\r\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u0333\u033f\u030a"
"""Characters the server deletes from any text."""


class BadRequest(ValueError):
    """A refusal with status 400; the text follows "Bad Request: "."""


@dataclass
class Parsed:
    """A text as it will be shown."""

    text: str
    entities: list[Entity]
    """What the sender asked for, after the server's repairs."""
    detected: list[Entity]
    """What Telegram adds by itself outside code and links; each with the matched `text`."""
    warnings: list[str] = field(default_factory=list)
    """What was silently lost or changed."""


def _read_entities(given: Any) -> list[Entity]:
    """The `entities` argument, checked field by field."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return []
    entities = []
    for entity in given if isinstance(given, list) else []:

        def fail(why: str) -> BadRequest:
            return BadRequest(f"can't parse MessageEntity: {why}")

        if not isinstance(entity, dict):
            raise fail("expected an Object")
        for name in ("offset", "length"):
            if not isinstance(entity.get(name), int):
                raise fail(f'Can\'t find field "{name}"')
        kind = entity.get("type")
        if kind in AUTOMATIC:
            continue
        if kind not in (*SPLITTABLE, *QUOTES, *SOLID):
            raise fail("Unsupported type specified")
        if kind in _NEEDS and not entity.get(_NEEDS[kind]):
            raise fail(f'Can\'t find field "{_NEEDS[kind]}"')
        if kind == "text_link" and not usable_link(entity["url"]):
            raise BadRequest(f"entity URL '{entity['url']}' is invalid: Wrong HTTP URL")
        for name in ("offset", "length"):
            if entity[name] < 0:
                raise BadRequest(f"receive an entity with incorrect {name} {entity[name]}")
        if entity["length"]:
            entities.append({k: v for k, v in entity.items() if v is not None})
    return entities


def _check_bounds(text: str, entities: list[Entity]) -> None:
    starts, total, where = {}, 0, 0
    for char in text if entities else ():
        starts[total] = where
        total += 1 + (char > "\uffff")
        where += len(char.encode())
    starts[total] = where
    for entity in sorted(entities, key=lambda e: (e["offset"], -e["length"])):
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        if begin >= total:
            raise BadRequest(f"entity begins after the end of the text at UTF-16 offset {begin}")
        if begin not in starts:
            raise BadRequest(f"entity begins in a middle of a UTF-16 symbol at byte offset {starts[begin + 1]}")
        if end > total:
            raise BadRequest(
                f"entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16 offset {end}"
            )
        if end not in starts:
            raise BadRequest(
                f"entity beginning at UTF-16 offset {begin} ends in a middle of a UTF-16 symbol at byte offset "
                f"{starts[end + 1]}"
            )


def _clean(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Removes control characters and outer white space.

    Entities are moved along, empty ones dropped.
    """
    first = min((e["offset"] for e in entities), default=len(text) * 2)
    kept: list[str] = []
    size, moved, old = 0, {}, 0
    body = text.rstrip(" \n\t\r\v\f") if text.strip() else ""
    for index, char in enumerate(text):
        moved[old] = size
        width = 1 + (char > "\uffff")
        lead = not kept and old < first and char in " \n"
        if index < len(body) and char not in _GONE and not lead:
            kept.append(char if char >= " " or char == "\n" else " ")
            size += width
        old += width
    moved[old] = size
    result = []
    for entity in entities:
        begin, end = moved[entity["offset"]], moved[entity["offset"] + entity["length"]]
        if end > begin:
            result.append({**entity, "offset": begin, "length": end - begin})
    return "".join(kept), result


def _refuse_nesting(entities: list[Entity]) -> None:
    ordered = sorted(entities, key=lambda e: (e["offset"], -e["length"]))
    for number, outer in enumerate(ordered):
        end = outer["offset"] + outer["length"]
        for inner in ordered[number + 1 :]:
            if inner["offset"] >= end:
                break
            if inner["offset"] + inner["length"] > end:
                raise BadRequest(
                    f"can't parse entities: {outer['type']} at UTF-16 offset {outer['offset']} and {inner['type']} "
                    f"at {inner['offset']} overlap without nesting"
                )
            if outer["type"] in QUOTES and inner["type"] in QUOTES:
                raise BadRequest(f"can't parse entities: nested blockquote at UTF-16 offset {inner['offset']}")


def _without(ranges: list[tuple[int, int]], holes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    for low, high in holes:
        pieces = [piece for a, b in ranges for piece in ((a, min(b, low)), (max(a, high), b))]
        ranges = [(a, b) for a, b in pieces if a < b]
    return ranges


def _settle(entities: list[Entity], warnings: list[str]) -> list[Entity]:
    """Entities as the server keeps them.

    No formatting over code, no links over code, neighbours merged.
    """
    solid: list[Entity] = []
    rank = {kind: number for number, kind in enumerate(SOLID)}
    wanted = sorted(
        (e for e in entities if e["type"] in SOLID), key=lambda e: (e["offset"], -e["length"], rank[e["type"]])
    )
    for entity in wanted:
        if solid and entity["offset"] < solid[-1]["offset"] + solid[-1]["length"]:
            warnings.append(f"{entity['type']} inside {solid[-1]['type']} dropped at UTF-16 offset {entity['offset']}")
        else:
            solid.append(entity)
    result = [*solid, *(e for e in entities if e["type"] in QUOTES)]
    holes = [(e["offset"], e["offset"] + e["length"]) for e in solid if e["type"] in LITERAL]
    for kind in SPLITTABLE:
        merged: list[tuple[int, int]] = []
        for low, high in sorted((e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] == kind):
            if merged and low <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        left = _without(merged, holes)
        if left != merged:
            warnings.append(f"{kind} over code dropped")
        result += [{"type": kind, "offset": a, "length": b - a} for a, b in left]
    if len(result) > MAX_ENTITIES:
        warnings.append(f"{len(result) - MAX_ENTITIES} entities beyond {MAX_ENTITIES} ignored")
    order = {kind: number for number, kind in enumerate((*QUOTES, *SOLID, *SPLITTABLE))}
    return sorted(result[:MAX_ENTITIES], key=lambda e: (e["offset"], -e["length"], order[e["type"]]))


def read_text(
    text: str,
    parse_mode: str = "",
    entities: Any = None,
    *,
    limit: int = MAX_TEXT,
    too_long: str = "message is too long",
    may_be_empty: bool = False,
    strict: bool = True,
) -> Parsed:
    """A text argument as the server takes it; raises BadRequest as it refuses."""
    if not text and not may_be_empty:
        raise BadRequest("message text is empty")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_RAW:
        raise BadRequest("text is too long")
    warnings: list[str] = []
    if text and parse_mode and parse_mode.lower() != "none":
        if parse_mode.lower() != "html":
            raise BadRequest("unsupported parse_mode")
        if entities:
            warnings.append("entities ignored because parse_mode is given")
        try:
            text, wanted, more = parse_html(text)
        except ParseError as error:
            raise BadRequest(f"can't parse entities: {error}") from None
        warnings += more
    else:
        wanted = _read_entities(entities)
        _check_bounds(text, wanted)
    if strict:
        _refuse_nesting(wanted)
    text, wanted = _clean(text, wanted)
    if not text.strip() and not may_be_empty:
        raise BadRequest("text must be non-empty")
    kept = _settle(wanted, warnings)
    if utf16(text) > limit:
        raise BadRequest(too_long)
    solid = [(e["offset"], e["offset"] + e["length"]) for e in kept if e["type"] in SOLID]
    detected = [e for e in detect(text) if not any(e["offset"] < b and a < e["offset"] + e["length"] for a, b in solid)]
    return Parsed(text, kept, detected, warnings)


def read_keyboard(given: Any) -> dict[str, Any] | None:
    """A reply_markup argument, checked.

    Only inline keyboards (and the plain remove/force objects) are known.
    """
    if given in (None, ""):
        return None
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            raise BadRequest("can't parse reply keyboard markup JSON object") from None
    if not isinstance(given, dict):
        raise BadRequest("object expected as reply markup")
    rows = given.get("inline_keyboard")
    if rows is None:
        return given
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise BadRequest('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    for button in (button for row in rows for button in row):
        prefix = "can't parse inline keyboard button: "
        if not isinstance(button, dict):
            raise BadRequest(f"{prefix}InlineKeyboardButton must be an Object")
        if not isinstance(button.get("text"), str):
            raise BadRequest(f'{prefix}Can\'t find field "text"')
        if not button["text"].strip():
            raise BadRequest("BUTTON_TEXT_INVALID")
        data, url = button.get("callback_data"), button.get("url")
        if url:
            if not usable_link(url):
                raise BadRequest(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
        elif data is not None and len(str(data).encode()) > MAX_CALLBACK_DATA:
            raise BadRequest("BUTTON_DATA_INVALID")
        elif not data and not any(k in button for k in ("copy_text", "web_app", "switch_inline_query", "login_url")):
            raise BadRequest(f"{prefix}Text buttons are unallowed in the inline keyboard")
    if sum(map(len, rows)) > MAX_BUTTONS or any(len(row) > MAX_ROW for row in rows):
        raise BadRequest("reply markup is too long")
    return {"inline_keyboard": [row for row in rows if row]} if any(rows) else None
