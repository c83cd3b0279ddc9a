"""A digest as Slack messages: quick view, picks, analyses in threads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workers.models import Digest, Part
from workers.paper_ids.paper_key import worn
from workers.render.digest import DigestDocument, DigestEntry, page
from workers.render.slack.blocks import MAX_ELEMENT, Element, Piece, inline, pieces
from workers.render.statements import ShownFigure
from workers.render.text.nodes import Span, plain
from workers.render.text.sanitize import category
from workers.render.text.truncate import pieces as text_pieces
from workers.render.text.truncate import shortened, units

MAX_SUM = 9_500
"""UTF-16 units over all blocks of a message. Undocumented: 12,000 is reported as the limit, 11,341 as refused and
9,597 as accepted (slackapi/bolt-js 2509 and 2867)."""

MAX_BLOCKS = 48
"""Blocks of a message; Slack takes 50 (docs.slack.dev)."""

MAX_HEADER = 150
"""Characters of a header block (slack_sdk)."""

MAX_PLAIN = 2_900
"""Characters of a plain text object; Slack takes 3,000 (slack_sdk)."""

MAX_ALT = 1_900
"""Characters of an image's alternative text; Slack takes 2,000 (docs.slack.dev)."""

MAX_TEXT = 300
"""Characters of the plain `text` for notifications."""

MAX_TABLES = 3
"""Table blocks of an analysis; each needs a message of its own (Slack takes one a message), the rest become text."""

OVERHEAD = 8
"""Counted for each element beside its text, since Slack keeps "a buffer for block containers"."""

Blocks = list[dict[str, Any]]


def messages(digest: Digest, *, arxiv_url: str) -> list[Part]:
    """Return the parts in posting order: `quick`, then those of each pick.

    These are `pick:<id>`, its `analysis:<id>:<n>`, the paper's words for it (`evidence:<id>:<n>`) and `figure:<id>`.
    `arxiv_url`: base of `/abs` and `/pdf`. A part's payload is what `chat.postMessage` takes beside channel and thread.
    """
    view = page(digest, arxiv_url=arxiv_url)
    parts = [_part(f"quick:{n}" if n else "quick", _told(view), blocks) for n, blocks in enumerate(_quick(view))]
    for entry in view.entries:
        name, own = entry.name, worn(entry.id)
        pick = f"pick:{own}"
        parts.append(_part(pick, f"{name} — {entry.brief}" if entry.brief else name, _head(entry, view)))
        parts += [
            _part(f"analysis:{own}:{n}", f"{view.words.deep_dive}{view.words.colon}{name}", blocks, pick)
            for n, blocks in enumerate(_analysis(entry))
        ]
        parts += [
            _part(f"evidence:{own}:{n}", f"{view.words.evidence}{view.words.colon}{name}", blocks, pick)
            for n, blocks in enumerate(_evidence(entry, view))
        ]
        if entry.figure and entry.figure.image:
            parts.append(_part(f"figure:{own}", entry.figure.label, _figure(entry.figure), pick))
    return parts


def _told(view: DigestDocument) -> str:
    """The quick view for a notification: the titles, or why there are none."""
    titles = view.words.semicolon.join(entry.name for entry in view.entries)
    return f"{view.title} — {titles or view.status}"


def _part(key: str, text: str, blocks: Blocks, parent: str | None = None) -> Part:
    text = shortened(text, MAX_TEXT)
    payload = {"text": escaped(text), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}
    return Part(key=key, parent=parent, payload=payload)


def escaped(text: str) -> str:
    """Escape plain text for a field that Slack reads as mrkdwn.

    No control sequence can come of it.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quick(view: DigestDocument) -> list[Blocks]:
    packer = Packer()
    packer.block(header(f"🚀 {view.title}"))
    if view.notice:
        packer.block(context(f"🧪 {view.notice}"))
    packer.piece(_line([Span(f"🤖 {view.status}")]))
    if view.entries:
        packer.piece(_line([Span(view.words.quick_view, bold=True)]))
    for entry in view.entries:
        spans = (Span(entry.title, href=entry.abs_url), Span(f" — {entry.brief}"))
        number = None if entry.alone else entry.number
        packer.piece(Piece("list", inline(spans), units(plain(spans)), number=number))
    for text in text_pieces(view.receipt, MAX_PLAIN):
        packer.block(context(text))
    return packer.messages()


def _head(entry: DigestEntry, view: DigestDocument) -> Blocks:
    w = view.words
    about = [entry.warning, entry.why, *([f"{w.matched}{w.colon}{entry.matched}"] if entry.matched else [])]
    source = " · ".join([f"{w.source}{w.colon}{entry.source}", *entry.labels])
    spans = [Span(entry.mark, bold=True), Span(entry.title, bold=True, href=entry.abs_url)]
    spans += [Span(f"\n{entry.authors}", italic=True)] if entry.authors else []
    spans += [Span(f"\n🎯 {entry.verdict}", bold=True)] if entry.verdict else []
    spans += [Span(f"\n{line}") for line in about if line]
    spans += [Span("\n"), *entry.relation] if entry.relation else []
    if entry.advice[0]:
        spans += [Span(f"\n📖 {entry.advice[0]}", bold=True), Span(f"{w.colon}{entry.advice[1]}")]
    spans += [Span(f"\n{source}\n"), *entry.links(w)]
    return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(inline(tuple(spans)))}]}]


def _analysis(entry: DigestEntry) -> list[Blocks]:
    packer, tables = Packer(), 0
    for section in entry.sections:
        packer.block(header(section.heading), keep_with_next=True)
        for piece in pieces(section.blocks):
            tables += piece.kind == "table"
            for part in piece.as_text() if piece.kind == "table" and tables > MAX_TABLES else [piece]:
                packer.piece(part)
    if entry.figure and not entry.figure.image:
        packer.piece(_line([Span("🖼 "), Span(entry.figure.label, href=entry.figure.url)]))
    if entry.footer:
        packer.block(context("\n".join(entry.footer)[:MAX_PLAIN]))
    return packer.messages()


def _evidence(entry: DigestEntry, view: DigestDocument) -> list[Blocks]:
    """Return the paper's words in messages of their own, below the analysis."""
    packer = Packer()
    if entry.evidence:
        packer.block(header(view.words.evidence), keep_with_next=True)
        for piece in pieces(entry.evidence):
            packer.piece(piece)
    return packer.messages()


def _figure(figure: ShownFigure) -> Blocks:
    """Return a figure in a message of its own.

    Where Slack cannot fetch the image, it refuses the message, and the words go alone.
    """
    image = {"type": "image", "image_url": figure.image, "alt_text": figure.words[:MAX_ALT] or figure.label}
    return [image, context(f"{figure.words}\n{figure.credit}"[:MAX_PLAIN])]


def header(text: str) -> dict[str, Any]:
    """A header block."""
    text = category(text if len(text) <= MAX_HEADER else text[: MAX_HEADER - 1] + "…")
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}


def context(text: str) -> dict[str, Any]:
    """Small grey text, read as plain text."""
    return {"type": "context", "elements": [{"type": "plain_text", "text": category(text), "emoji": False}]}


def _line(spans: Iterable[Span]) -> Piece:
    spans = tuple(spans)
    return Piece("section", inline(spans), units(plain(spans)))


@dataclass
class Packer:
    """Fills messages with blocks and pieces in order.

    Opens the next one where a limit is near.
    """

    done: list[Blocks] = field(default_factory=list)
    blocks: Blocks = field(default_factory=list)
    size: int = 0
    waiting: Blocks = field(default_factory=list)
    """Headers that must not be the last thing of a message."""

    def block(self, block: dict[str, Any], *, keep_with_next: bool = False) -> None:
        """Add a finished block of plain text."""
        if keep_with_next:
            self.waiting.append(block)
            return
        self._room(_plain_size(block))
        self._put(block, _plain_size(block))

    def piece(self, piece: Piece) -> None:
        """Add a piece of an analysis."""
        size = piece.size + OVERHEAD * (1 + len(piece.elements))
        has_table = any(b["type"] == "table" for b in self.blocks)
        self._room(size, full=piece.kind == "table" and has_table)
        if piece.kind == "table":
            self._put(piece.elements[0], size)
            return
        if not self.blocks or self.blocks[-1]["type"] != "rich_text" or self.waiting:
            self._put({"type": "rich_text", "elements": []}, 0)
        _append(self.blocks[-1]["elements"], piece)
        self.size += size

    def messages(self) -> list[Blocks]:
        """All messages; the packer is spent."""
        self._flush()
        return self.done

    def _room(self, size: int, *, full: bool = False) -> None:
        waiting = sum(map(_plain_size, self.waiting))
        blocks = len(self.blocks) + len(self.waiting) + 1
        if self.blocks and (full or self.size + waiting + size > MAX_SUM or blocks > MAX_BLOCKS):
            self._flush()

    def _put(self, block: dict[str, Any], size: int) -> None:
        self.size += sum(map(_plain_size, self.waiting)) + size
        self.blocks += [*self.waiting, block]
        self.waiting = []

    def _flush(self) -> None:
        if self.blocks:
            self.done.append(self.blocks)
        self.blocks, self.size = [], 0


def _plain_size(block: dict[str, Any]) -> int:
    texts: Sequence[dict[str, Any]] = block.get("elements") or [block["text"]]
    return OVERHEAD + sum(2 * len(text["text"]) for text in texts)


def _append(elements: list[Element], piece: Piece) -> None:
    """Add a piece to a rich_text block.

    Paragraphs run on in one section, items in one list.
    """
    last = elements[-1] if elements else None
    kind = f"rich_text_{piece.kind}"
    if piece.kind == "list":
        section = {"type": "rich_text_section", "elements": list(piece.elements)}
        if last and last["type"] == kind and _continues(last, piece):
            last["elements"].append(section)
            return
        style = "bullet" if piece.number is None else "ordered"
        listing = {"type": kind, "style": style, "indent": piece.indent, "elements": [section]}
        elements.append(listing | ({"offset": piece.number - 1} if piece.number and piece.number > 1 else {}))
        return
    if piece.kind == "section" and last:
        gap = "\n\n" if last["type"] == kind else "\n"
        first = {"type": "text", "text": gap}
        if last["type"] == kind and _length(last) + piece.size < MAX_ELEMENT:
            last["elements"] += [first, *piece.elements]
            return
        elements.append({"type": kind, "elements": [first, *piece.elements]})
        return
    elements.append({"type": kind, "elements": list(piece.elements)})


def _continues(last: Element, piece: Piece) -> bool:
    if last["indent"] != piece.indent:
        return False
    if piece.number is None:
        return bool(last["style"] == "bullet")
    return bool(last["style"] == "ordered" and last.get("offset", 0) + len(last["elements"]) + 1 == piece.number)


def _length(element: Element) -> int:
    return sum(units(e.get("text", "")) for e in element["elements"])
