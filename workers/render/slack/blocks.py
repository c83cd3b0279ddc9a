"""Writes the tree as Slack's `rich_text` and tables, in pieces that fit.

`rich_text` needs no escaping and takes no control sequences: what is a text element can only ever be text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
from workers.render.text.sanitize import category
from workers.render.text.truncate import cut_at, end_within, units

MAX_ELEMENT = 2_800
"""UTF-16 units of one section, item, quote or preformatted element; a section block takes 3,000 (slack_sdk)."""

MAX_INDENT = 8
"""Deepest `indent` of a list that Slack's clients show."""

MAX_ROWS, MAX_COLUMNS = 100, 20
"""Rows and columns of a table block (docs.slack.dev table-block)."""

MAX_TABLE = 4_000
"""UTF-16 units of a table's text; Slack takes 10,000 over all cells, a message has to hold more than a table."""

Element = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """One thing that must stay in one message. `size`: UTF-16 units of its text."""

    kind: str
    """section, list, quote, preformatted or table."""
    elements: tuple[Element, ...]
    size: int
    indent: int = 0
    number: int | None = None
    """Of an ordered item, from 1; None for bullets."""
    fallback: str = ""
    """A table as lines of text."""

    def as_text(self) -> Iterator["Piece"]:
        """A table as preformatted pieces."""
        yield from _inline_pieces("preformatted", (Span(self.fallback),))


def inline(spans: Spans) -> tuple[Element, ...]:
    """Spans as rich_text elements; empty ones are left out, Slack refuses them."""
    return tuple(_element(span) for span in joined(replace(s, tex=None) for s in spans) if span.text)


def _element(span: Span) -> Element:
    style = {name: True for name in ("bold", "italic", "strike", "code") if getattr(span, name)}
    text = category(span.text)
    element: Element = {"type": "text", "text": text}
    if span.href:
        element = {"type": "link", "url": span.href, "text": text}
    return {**element, "style": style} if style else element


def cut_spans(spans: Spans, room: int = MAX_ELEMENT) -> list[Spans]:
    """The spans in runs of at most `room` UTF-16 units, cut at good places."""
    text, runs, start = plain(spans), [], 0
    while start < len(text):
        end = cut_at(text, start, end_within(text, start, room))
        runs.append(_slice(spans, start, end))
        start = end
    return runs


def _slice(spans: Spans, start: int, end: int) -> Spans:
    out, at = [], 0
    for span in spans:
        first, last = max(start - at, 0), min(end - at, len(span.text))
        if first < last:
            out.append(replace(span, text=span.text[first:last]))
        at += len(span.text)
    return tuple(out)


def pieces(blocks: Sequence[Block], indent: int = 0) -> Iterator[Piece]:
    """The blocks in reading order as pieces."""
    for block in blocks:
        match block:
            case Paragraph(spans):
                yield from _inline_pieces("section", spans)
            case Heading(_, spans):
                yield from _inline_pieces("section", tuple(replace(s, bold=True) for s in spans))
            case Math():
                yield from _inline_pieces("section", flat(block))
            case List():
                yield from _list(block, indent)
            case Quote(inner):
                for part in inner:
                    yield from _inline_pieces("quote", _quoted(part))
            case Code(text):
                yield from _inline_pieces("preformatted", (Span(text),))
            case Table():
                yield from _table(block)


def _inline_pieces(kind: str, spans: Spans) -> Iterator[Piece]:
    for run in cut_spans(spans):
        if plain(run).strip():
            yield Piece(kind, inline(run), units(plain(run)))


def _list(block: List, indent: int) -> Iterator[Piece]:
    for index, item in enumerate(block.items):
        number = None if block.start is None else block.start + index
        head = 0
        while head < len(item) and isinstance(item[head], Paragraph | Heading):
            head += 1
        spans: Spans = ()
        for part in item[:head]:
            spans += ((Span("\n"),) if spans else ()) + flat(part)
        for at, run in enumerate(cut_spans(spans)):
            if not plain(run).strip():
                continue
            if at == 0:
                yield Piece("list", inline(run), units(plain(run)), min(indent, MAX_INDENT), number)
            else:
                yield Piece("section", inline(run), units(plain(run)))
        yield from pieces(item[head:], indent + 1)


def _quoted(block: Block) -> Spans:
    """A block inside a quotation as lines."""
    if isinstance(block, List):
        first = block.start
        lines: Spans = ()
        for index, item in enumerate(block.items):
            mark = "• " if first is None else f"{first + index}. "
            lines += (Span(("\n" if lines else "") + mark),)
            for part in item:
                lines += _quoted(part)
        return lines
    if isinstance(block, Quote):
        lines = ()
        for part in block.blocks:
            lines += ((Span("\n"),) if lines else ()) + _quoted(part)
        return lines
    return flat(block)


def _table(table: Table) -> Iterator[Piece]:
    size = sum(units(plain(cell)) for row in table.rows for cell in row)
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    text = table.narrow or aligned([[plain(cell) for cell in row] for row in table.rows])
    piece = Piece("table", ({"type": "table", "rows": rows},), size, fallback=text)
    fits = len(rows) <= MAX_ROWS and max(map(len, rows)) <= MAX_COLUMNS and size <= MAX_TABLE
    yield from [piece] if fits else piece.as_text()


def _cell(spans: Spans) -> Element:
    if not plain(spans).strip():
        return {"type": "raw_text", "text": "–"}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(inline(spans))}]}
