"""A digest in a terminal, with rich; foreign text is never markup."""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule as Line
from rich.styled import Styled
from rich.table import Table as Grid
from rich.text import Text

from workers.models import Digest
from workers.render import receipt
from workers.render.digest import DigestDocument, DigestEntry, Section, page
from workers.render.text.nodes import Block, Code, Heading, List, Math, Paragraph, Quote, Spans, Table, flat, plain
from workers.render.text.sanitize import category
from workers.words import Words, words

ARXIV_URL = "https://arxiv.org"
"""Base of the addresses shown, unless the caller has another."""

GOOD, FAIR = 75, 60
"""Scores from which a number is green and yellow: the bands "solid fit" and "worth a look"."""


def show(digest: Digest, console: Console, *, arxiv_url: str = ARXIV_URL) -> None:
    """Print the digest: quick view, picks with their sections, receipt."""
    view = page(digest, arxiv_url=arxiv_url, chat=False)
    console.print(Line(Text(f"🚀 {view.title}", style="bold")))
    if view.notice:
        console.print(Text(f"🧪 {view.notice}", style="yellow"))
    console.print(Text(f"🤖 {view.status}"))
    if view.entries:
        console.print(_quick(view))
        for entry in view.entries:
            console.print(_entry(entry, view))
    console.print(receipt_panel(digest))


def receipt_panel(digest: Digest) -> RenderableType:
    """The run's receipt in a frame."""
    w = words(digest.language)
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in receipt.rows(digest):
        grid.add_row(Text(label), Text(text))
    return Panel(grid, title=Text(w.receipt), title_align="left", border_style="dim")


def _quick(view: DigestDocument) -> RenderableType:
    grid = Grid(title=Text(view.words.quick_view, style="bold"), title_justify="left", show_header=False)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for entry in view.entries:
        grid.add_row(Text(entry.score, style=_colour(entry)), Text(entry.name))
    return grid


def _entry(entry: DigestEntry, view: DigestDocument) -> RenderableType:
    w = view.words
    head = [
        Text(entry.name, style="bold"),
        Text(entry.authors, style="dim"),
        Text(f"🎯 {entry.verdict}", style=_colour(entry)),
        Text(entry.alert, style="bold yellow"),
        *(Text(phrase, style="yellow") for phrase in entry.phrases),
        Text(entry.why),
        Text(f"{w.matched}{w.colon}{entry.matched}" if entry.matched else ""),
        Text(plain(entry.relation)),
        Text(" · ".join([f"{w.source}{w.colon}{entry.source}", *entry.labels])),
        Text(entry.abs_url, style=f"underline link {entry.abs_url}", overflow="fold"),
    ]
    body: list[RenderableType] = [line for line in head if line.plain]
    body += analysis(entry.advice, entry.sections, entry.evidence, w)
    body += [Text(""), *(Text(line, style="dim") for line in entry.footer)] if entry.footer else []
    return Panel(Group(*body))


def analysis(
    advice: tuple[str, str], sections: Sequence[Section], evidence: Sequence[Block], w: Words
) -> list[RenderableType]:
    """The parts of a deep dive, the paper's words last."""
    body: list[RenderableType] = []
    if advice[0]:
        body += [Text(""), Text.assemble((f"📖 {advice[0]}", "bold"), f"{w.colon}{advice[1]}")]
    for section in sections:
        body += [Text(""), Text(section.heading, style="bold cyan"), *blocks(section.blocks)]
    if evidence:
        body += [Text(""), Text(w.evidence, style="bold dim"), Styled(Group(*blocks(evidence)), "dim")]
    return body


def _colour(entry: DigestEntry) -> str:
    value = entry.value or 0
    return "bold green" if value >= GOOD else "yellow" if value >= FAIR else "dim"


def blocks(tree: Sequence[Block]) -> list[RenderableType]:
    """Blocks as renderables."""
    return [_block(block) for block in tree]


def _block(block: Block) -> RenderableType:
    match block:
        case Heading(_, spans):
            return _text(spans, style="bold")
        case Paragraph() | Math():
            return _text(flat(block))
        case List(items, start):
            grid = Grid.grid(padding=(0, 1))
            grid.add_column(no_wrap=True)
            grid.add_column(overflow="fold")
            for index, item in enumerate(items):
                grid.add_row(Text("•" if start is None else f"{start + index}."), Group(*blocks(item)))
            return grid
        case Quote(inner):
            return Padding(Group(*blocks(inner)), (0, 0, 0, 2), style="italic")
        case Code(text):
            return Padding(Text(text, style="dim", overflow="fold"), (0, 0, 0, 2))
        case Table(rows, _):
            grid = Grid(show_header=True)
            for cell in rows[0]:
                grid.add_column(_text(cell), overflow="fold")
            for row in rows[1:]:
                grid.add_row(*(_text(cell) for cell in row))
            return grid
    return Text("")


def _text(spans: Spans, style: str = "") -> Text:
    text = Text(style=style, overflow="fold")
    for span in spans:
        styles = [name for name in ("bold", "italic", "strike") if getattr(span, name)]
        styles += ["cyan"] if span.code else []
        styles += [f"link {span.href}"] if span.href else []
        text.append(category(span.text), style=" ".join(styles))
    return text
