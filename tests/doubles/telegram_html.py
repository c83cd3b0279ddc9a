"""Telegram's HTML parse mode.

Tags in, plain text and entities out, with the server's own error sentences.

Behaviour and sentences follow the public server source (tdlib/td, MessageEntity.cpp, 2026-05). Two things surprise:
an unknown named entity such as `&nbsp;` is no error but stays in the text as typed (a warning is noted), and an `<a>`
whose address is unusable silently becomes plain text (another warning).
"""

import re
from typing import Any

from tests.doubles.telegram_links import usable_link

NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
"""The only named character references Telegram decodes (core.telegram.org/bots/api#html-style)."""

MAX_REFERENCE = 10
"""Characters of a numeric reference from which on it is kept as text (server source)."""

PLAIN_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
"""Tag -> entity type; anything else is "Unsupported start tag"."""

_SPACE = " \t\r\n\v\0"
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]*)|#([0-9]*)|([A-Za-z]+))")
_ATTRIBUTE = re.compile(r"[^ \t\r\n\v\0=>/\"']*")
_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")

Entity = dict[str, Any]


class ParseError(ValueError):
    """Markup the server refuses; the text follows "Can't parse entities: "."""


def utf16(text: str) -> int:
    """Length in UTF-16 code units, the unit of every offset and limit of the Bot API."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class _Reader:
    """One pass over the source; `at` is the current character, NUL stands for the end."""

    def __init__(self, source: str) -> None:
        self.source, self.text, self.at = source, source + "\0", 0
        self.out = ""
        self.entities: list[Entity] = []
        self.stack: list[tuple[str, dict[str, str], int]] = []
        self.warnings: list[str] = []

    def byte(self, at: int) -> int:
        """Byte offset of a character, as errors give it."""
        return len(self.source[:at].encode())

    def reference(self) -> str | None:
        """Decode the character reference here and step over it.

        None when it is just an ampersand.
        """
        found = _REFERENCE.match(self.text, self.at)
        if not found:
            return None
        hexadecimal, decimal, name = found.groups()
        if name is not None:
            char = NAMED.get(name)
            if char is None:
                if self.text[found.end()] == ";":
                    self.warnings.append(f"unknown named entity &{name}; stays in the text")
                return None
        else:
            digits, base = (hexadecimal, 16) if hexadecimal is not None else (decimal, 10)
            code = int(digits or "0", base)
            if code == 0 or code >= 0x10FFFF or len(found.group()) >= MAX_REFERENCE:
                return None
            if 0xD800 <= code <= 0xDFFF:
                raise ParseError(
                    "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
                    "surrogate code units"
                )
            char = chr(code)
        self.at = found.end() + (self.text[found.end()] == ";")
        return char

    def skip_space(self) -> None:
        while self.text[self.at] in _SPACE and self.at < len(self.source):
            self.at += 1

    def word(self) -> str:
        """Everything up to white space or '>'."""
        start = self.at
        while self.text[self.at] not in _SPACE and self.text[self.at] != ">":
            self.at += 1
        return self.source[start : self.at]

    def ended(self) -> bool:
        return self.at >= len(self.source)

    def open_tag(self, begin: int) -> None:
        tag = self.word().lower()
        if self.ended():
            raise ParseError(f"Unclosed start tag at byte offset {self.byte(begin)}")
        if tag not in PLAIN_TAGS:
            raise ParseError(f'Unsupported start tag "{tag}" at byte offset {self.byte(begin)}')
        attributes: dict[str, str] = {}
        while self.text[self.at] != ">":
            self.skip_space()
            if self.text[self.at] == ">":
                break
            found = _ATTRIBUTE.match(self.text, self.at)
            name = found.group() if found else ""
            self.at += len(name)
            if not name:
                raise ParseError(f'Empty attribute name in the tag "{tag}" at byte offset {self.byte(begin)}')
            self.skip_space()
            if self.text[self.at] == "=" and not self.ended():
                self.at += 1
                self.skip_space()
                if not self.ended():
                    attributes[name] = self.value()
            else:
                attributes[name] = "1"
            if self.ended():
                raise ParseError(f'Unclosed start tag "{tag}" at byte offset {self.byte(begin)}')
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise ParseError(f'Tag "span" must have class "tg-spoiler" at byte offset {self.byte(begin)}')
        self.at += 1
        self.stack.append((tag, attributes, len(self.out)))

    def value(self) -> str:
        quote = self.text[self.at]
        if quote not in "\"'":
            start, found = self.at, _TOKEN.match(self.text, self.at)
            token = found.group() if found else ""
            self.at += len(token)
            if self.text[self.at] not in _SPACE and self.text[self.at] != ">":
                raise ParseError(f"Unexpected end of name token at byte offset {self.byte(start)}")
            return token.lower()
        self.at += 1
        value = ""
        while self.text[self.at] != quote and not self.ended():
            char = self.reference() if self.text[self.at] == "&" else None
            if char is None:
                char = self.text[self.at]
                self.at += 1
            value += char
        self.at += not self.ended()
        return value

    def close_tag(self, begin: int) -> None:
        if not self.stack:
            raise ParseError(f"Unexpected end tag at byte offset {self.byte(begin)}")
        self.at += 1
        found = self.word().lower()
        self.skip_space()
        if self.text[self.at] != ">":
            raise ParseError(f"Unclosed end tag at byte offset {self.byte(begin)}")
        self.at += 1
        tag, attributes, start = self.stack.pop()
        if found and found != tag:
            raise ParseError(
                f'Unmatched end tag at byte offset {self.byte(begin)}, expected "</{tag}>", found "</{found}>"'
            )
        if len(self.out) > start:
            self.add(tag, attributes, start)

    def add(self, tag: str, attributes: dict[str, str], start: int) -> None:
        offset = utf16(self.out[:start])
        entity: Entity = {"type": PLAIN_TAGS[tag], "offset": offset, "length": utf16(self.out) - offset}
        previous = self.entities[-1] if self.entities else {}
        same = (previous.get("offset"), previous.get("length")) == (offset, entity["length"])
        if tag == "a":
            url = attributes.get("href") or self.out[start:]
            user = re.fullmatch(r"tg://user\?id=(\d+)", url)
            if user:
                entity |= {"type": "text_mention", "user": {"id": int(user.group(1))}}
            elif usable_link(url):
                entity["url"] = url
            else:
                self.warnings.append(f"link to {url!r} dropped: not an address Telegram accepts")
                return
        elif tag == "blockquote" and "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        elif tag == "tg-emoji":
            if not attributes.get("emoji-id", "").isdigit():
                raise ParseError("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = attributes["emoji-id"]
        elif tag == "tg-time":
            entity["unix_time"] = int(attributes.get("unix", "0"))
        elif tag == "code":
            language = attributes.get("class", "").removeprefix("language-") if "class" in attributes else ""
            if previous.get("type") == "pre" and same and language:
                previous["language"] = language
                return
            entity["language"] = language
        elif tag == "pre" and previous.get("type") == "code" and same and previous.get("language"):
            previous["type"] = "pre"
            return
        self.entities.append(entity)


def parse_html(source: str) -> tuple[str, list[Entity], list[str]]:
    """(plain text, entities, warnings) of Telegram's HTML.

    ParseError as the server would refuse. Offsets in UTF-16 units.
    """
    reader = _Reader(source)
    while not reader.ended():
        char = reader.text[reader.at]
        if char == "<":
            begin = reader.at
            reader.at += 1
            (reader.close_tag if reader.text[reader.at] == "/" else reader.open_tag)(begin)
            continue
        decoded = reader.reference() if char == "&" else None
        if decoded is None:
            decoded = char
            reader.at += 1
        reader.out += decoded
    if reader.stack:
        raise ParseError(f'Can\'t find end tag corresponding to start tag "{reader.stack[-1][0]}"')
    for entity in reader.entities:
        if entity["type"] == "code" or not entity.get("language", "x"):
            entity.pop("language", None)
    return reader.out, reader.entities, reader.warnings
