"""Finds where a text may be cut: a line, a sentence, a space."""

import re
import unicodedata
from collections.abc import Container

LOOK_BACK = 2
"""A cut at a good place may shorten a piece to one half (1 / LOOK_BACK) of its room, not more."""

NEAR = 30
"""Characters before the end in which a space is looked for; the longest English words of titles have fewer."""

MAX_CLUSTER = 64
"""Code points; a longer run of joined characters is no character of any language and may be cut."""

_GOOD = (re.compile(r"\n\n"), re.compile(r"\n"), re.compile(r"[。！？；]|[.!?;](?=\s)"), re.compile(r"\s|[，、]"))
_JOINER = "\u200d"


def units(text: str) -> int:
    """Length in UTF-16 code units, as Telegram and JavaScript count (😀 = 2)."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def end_within(text: str, start: int, room: int) -> int:
    """The largest index such that `text[start:index]` has at most `room` UTF-16 units."""
    end = min(len(text), start + room)
    while units(text[start:end]) > room:
        end -= max(1, (units(text[start:end]) - room) // 2)
    return end


def cut_at(text: str, start: int, end: int, forbidden: Container[int] = ()) -> int:
    """Return the best index in (start, end] to cut at.

    `forbidden`: indexes where a line must not end (after a heading).
    """
    if end >= len(text):
        return len(text)
    lowest = start + (end - start) // LOOK_BACK
    for pattern in _GOOD:
        found = [m.end() for m in pattern.finditer(text, lowest, end) if m.end() > start and m.end() not in forbidden]
        if found:
            return whole_characters(text, start, found[-1])
    return whole_characters(text, start, end)


def whole_characters(text: str, start: int, end: int) -> int:
    """`end`, or a little before it where it would split a character people see as one."""
    for index in range(end, max(start, end - MAX_CLUSTER), -1):
        if index >= len(text) or not _joined(text, index):
            return index
    return end


def _joined(text: str, index: int) -> bool:
    """True where the characters on both sides of `index` belong together."""
    before, after = text[index - 1], text[index]
    if after == _JOINER or before == _JOINER or unicodedata.category(after) in ("Mn", "Mc", "Me"):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or (before, after) == ("\r", "\n"):
        return True
    if _flag(before) and _flag(after):
        run = 0
        while run < index and _flag(text[index - 1 - run]):
            run += 1
        return run % 2 == 1
    return _jamo(before) and "\u1160" <= after <= "\u11ff"


def _flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _jamo(char: str) -> bool:
    return "\u1100" <= char <= "\u11ff" or "\uac00" <= char <= "\ud7a3"


def shortened(text: str, most: int) -> str:
    """Return the text in at most `most` characters, with "…" where it was cut.

    Cut at a space where one is near, else between characters.
    """
    if len(text) <= most:
        return text
    end = whole_characters(text, 0, most - 1)
    space = text.rfind(" ", max(0, end - NEAR), end + 1)
    return text[: space if space > 0 else end].rstrip() + "…"


def pieces(text: str, room: int) -> list[str]:
    """Cut the text into pieces of at most `room` UTF-16 units.

    Joined again they are the text.
    """
    out, start = [], 0
    while start < len(text):
        end = cut_at(text, start, end_within(text, start, room))
        out.append(text[start:end])
        start = end
    return out


_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\[(“\"'])|(?<=[。！？])")
_CITED_END = re.compile(r"(?<=[.!?\]])\s+|(?<=[。！？])")
_WORD = re.compile(r"\d[\d.,]*\d|\d|[^\W\d_]{3,}")
_NUMBER_COUNTS = 3
"""A shared number tells more of where something stands than a shared word does."""


def sentences_with(text: str, mark: str) -> str:
    """The sentences of an answer that hold a mark such as `[1]`."""
    return " ".join(sentence for sentence in _CITED_END.split(text) if mark in sentence)


def excerpt(text: str, near: str, most: int) -> str:
    """Return the sentences of `text` that share most with `near`.

    Whole where they fit, at most `most` characters. What is left out on either side is told by an ellipsis; the
    beginning, where nothing is shared.
    """
    if len(text) <= most:
        return text
    wanted, rows = set(_WORD.findall(near.lower())), _SENTENCE_END.split(text)
    shared = [_weight(wanted.intersection(_WORD.findall(row.lower()))) for row in rows]
    first = max(range(len(rows)), key=lambda n: (shared[n], -n))
    last, length = first, len(rows[first])
    while last + 1 < len(rows) and length + 1 + len(rows[last + 1]) <= most:
        last += 1
        length += 1 + len(rows[last])
    found = " ".join(rows[first : last + 1])
    cut = found if len(found) <= most else f"{found[:most].rsplit(' ', 1)[0]} …"
    return ("… " if first else "") + cut + (" …" if last + 1 < len(rows) and not cut.endswith("…") else "")


def _weight(words: set[str]) -> int:
    return sum(_NUMBER_COUNTS if word[0].isdigit() else 1 for word in words)
