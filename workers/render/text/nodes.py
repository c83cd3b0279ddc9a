"""The tree between Markdown and writers: nested blocks, flat styled text."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. `text` may hold newlines (hard breaks)."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    href: str | None = None
    """Target, one of ours."""
    tex: str | None = None
    """The LaTeX this text was made from; `code` is set where it could not be put faithfully."""


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, level 1-6."""

    level: int
    spans: Spans


@dataclass(frozen=True, slots=True)
class List:
    """A list; each item is a run of blocks.

    `start`: number of the first item, None for bullets.
    """

    items: tuple[tuple["Block", ...], ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quotation."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Preformatted lines."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Math:
    """A displayed formula.

    `text`: in Unicode, or (`faithful` false) its readable source.
    """

    tex: str
    text: str
    faithful: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first row is its head."""

    rows: tuple[tuple[Spans, ...], ...]
    narrow: str = ""
    """The same as lines, for where a table is too wide; empty: the rows aligned."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line."""


Block = Paragraph | Heading | List | Quote | Code | Math | Table | Rule


def flat(block: Block) -> Spans:
    """All spans of a block in reading order, for where only a line has room."""
    match block:
        case Paragraph(spans) | Heading(_, spans):
            return spans
        case List(items):
            return tuple(s for item in items for b in item for s in (*flat(b), Span(" ")))
        case Quote(blocks):
            return tuple(s for b in blocks for s in (*flat(b), Span(" ")))
        case Code(text):
            return (Span(text, code=True),)
        case Math(tex, text, faithful):
            return (Span(text, code=not faithful, tex=tex),)
        case Table(rows, _):
            return tuple(s for row in rows for cell in row for s in (*cell, Span(" ")))
    return ()


def plain(spans: Iterable[Span]) -> str:
    """The words alone."""
    return "".join(s.text for s in spans)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Neighbours of one style as one span."""
    out: list[Span] = []
    for span in spans:
        if out and span.tex is None and out[-1].tex is None and replace(out[-1], text="") == replace(span, text=""):
            out[-1] = replace(span, text=out[-1].text + span.text)
        else:
            out.append(span)
    return out
