"""Text with Telegram's entities, and how it is split. Offsets are UTF-16."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from workers.render.text.grid import aligned
from workers.render.text.nodes import (
    Block,
    Code,
    Heading,
    List,
    Math,
    Paragraph,
    Quote,
    Span,
    Spans,
    Table,
    flat,
    joined,
    plain,
)
from workers.render.text.sanitize import CATEGORY, category
from workers.render.text.truncate import cut_at, end_within, units

MAX_UNITS = 4_000
"""UTF-16 units of a message; Telegram takes 4,096 (telegram.constants.MessageLimit.MAX_TEXT_LENGTH)."""

MAX_ENTITIES = 100
"""Entities of a message; further ones are ignored (telegram.constants.MessageLimit.MESSAGE_ENTITIES)."""

MAX_LEVEL = 6
"""Levels of a list that are indented further."""

BULLETS = "•◦▪"
INDENT = "    "

Entity = dict[str, Any]


@dataclass(frozen=True)
class Mark:
    """An entity over `text[start:end]`, in code points."""

    start: int
    end: int
    entity: Entity


class TelegramText:
    """A long text with its marks, to be split into messages."""

    def __init__(self) -> None:
        self.text = ""
        self.marks: list[Mark] = []
        self.glued: set[int] = set()
        """Indexes after which a message must not end (behind a heading)."""

    def add(self, *spans: Span) -> None:
        """Append spans."""
        for span in (part for s in joined(replace(s, tex=None) for s in spans) for part in _coded(s)):
            start = len(self.text)
            self.text += span.text
            self.marks += [Mark(start, len(self.text), entity) for entity in _entities(span)]

    def heading(self, text: str) -> None:
        """A bold line that stays with what follows."""
        self.add(Span(text, bold=True), Span("\n"))
        self.glued.add(len(self.text))

    def quote(self, blocks: Sequence[Block]) -> None:
        """Blocks inside one expandable block quotation, and a line end."""
        start = len(self.text)
        self.blocks(blocks)
        self.text = self.text.rstrip()
        self.marks = [Mark(m.start, min(m.end, len(self.text)), m.entity) for m in self.marks]
        self.marks.append(Mark(start, len(self.text), {"type": "expandable_blockquote"}))
        self.text += "\n"

    def blocks(self, blocks: Sequence[Block], level: int = 0) -> None:
        """Add blocks as lines, each ending with a line end.

        Paragraphs are a blank line apart at the outer level.
        """
        for index, block in enumerate(blocks):
            after = blocks[index + 1] if index + 1 < len(blocks) else None
            match block:
                case Paragraph(spans):
                    self.add(*spans, Span("\n"))
                    if level == 0 and isinstance(after, Paragraph | Heading | Math | Code | Table):
                        self.add(Span("\n"))
                case Heading(_, spans):
                    self.add(*(Span(s.text, bold=True, href=s.href, code=s.code) for s in spans), Span("\n"))
                    self.glued.add(len(self.text))
                case List():
                    self.items(block, level)
                    if level == 0 and after is not None:
                        self.add(Span("\n"))
                case Quote(inner):
                    self.add(Span("❝ "))
                    self.blocks(inner, max(level, 1))
                case Code(text, language):
                    self.pre(text, language)
                case Math():
                    self.add(*flat(block), Span("\n"))
                case Table(rows, narrow):
                    self.pre(narrow or aligned([[plain(cell) for cell in row] for row in rows]))

    def items(self, block: List, level: int) -> None:
        """A list: its marks and indents are text, Telegram has none of its own."""
        indent = INDENT * min(level, MAX_LEVEL)
        for index, item in enumerate(block.items):
            mark = BULLETS[min(level, len(BULLETS) - 1)] if block.start is None else f"{block.start + index}."
            self.add(Span(f"{indent}{mark} "))
            if not item or not isinstance(item[0], Paragraph | Heading | Math):
                self.add(Span("\n"))
            for at, part in enumerate(item):
                if at and not isinstance(part, List):
                    self.add(Span(indent + INDENT))
                self.blocks([part], level + 1)

    def pre(self, text: str, language: str = "") -> None:
        """Preformatted lines."""
        start = len(self.text)
        self.text += text
        entity = {"type": "pre", "language": language} if language else {"type": "pre"}
        self.marks.append(Mark(start, len(self.text), entity))
        self.text += "\n"

    def messages(self) -> list[tuple[str, list[Entity]]]:
        """Return (text, entities) of each message, none empty, every limit kept.

        Marks that were cut are opened again.
        """
        out, start, marks = [], 0, sorted(self.marks, key=lambda m: (m.start, -m.end))
        while start < len(self.text):
            end = end_within(self.text, start, MAX_UNITS)
            inside = [m for m in marks if m.end > start and m.start < end]
            if len(inside) > MAX_ENTITIES:
                end = max(inside[MAX_ENTITIES].start, start + 1)
            end = cut_at(self.text, start, end, self.glued) if end < len(self.text) else end
            message = self._message(start, end, inside)
            if message:
                out.append(message)
            start = end
            marks = [m for m in marks if m.end > start]
        return out

    def _message(self, start: int, end: int, marks: Sequence[Mark]) -> tuple[str, list[Entity]] | None:
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        text = self.text[start:end]
        if not text:
            return None
        offsets = [0, *accumulate(units(char) for char in text)]
        entities = []
        for mark in marks:
            first, last = max(mark.start, start) - start, min(mark.end, end) - start
            if first < last and text[first:last].strip():
                span = {"offset": offsets[first], "length": offsets[last] - offsets[first]}
                entities.append({**mark.entity, **span})
        return text, entities


def _entities(span: Span) -> list[Entity]:
    """Return Telegram's entities for a span.

    Code takes no other style; a link is ours or absent.
    """
    if not span.text.strip():
        return []
    if span.code:
        return [{"type": "code"}]
    link = [{"type": "text_link", "url": span.href}] if span.href else []
    kinds = {"bold": span.bold, "italic": span.italic, "strikethrough": span.strike}
    return link + [{"type": kind} for kind, on in kinds.items() if on]


def _coded(span: Span) -> list[Span]:
    """Split a span so that arXiv's categories in it are code.

    Telegram looks for no addresses in code (`cs.CV` would be one).
    """
    if span.code or span.href or "․" not in span.text:
        return [span]
    out, at = [], 0
    for match in CATEGORY.finditer(span.text):
        out += [replace(span, text=span.text[at : match.start()]), Span(category(match[0]), code=True)]
        at = match.end()
    return [part for part in (*out, replace(span, text=span.text[at:])) if part.text]


def lines(*texts: str) -> Spans:
    """Each non-empty text as a line."""
    return tuple(Span(f"{text}\n") for text in texts if text)
