"""Writes digests as Markdown files, and the tree as escaped Markdown."""

import re
from collections.abc import Sequence
from dataclasses import replace

from workers.models import Digest
from workers.render.digest import DigestDocument, DigestEntry, page
from workers.render.text.markdown_ast import show_math
from workers.render.text.nodes import (
    Block,
    Code,
    Heading,
    List,
    Math,
    Paragraph,
    Quote,
    Rule,
    Span,
    Spans,
    Table,
    flat,
    joined,
)
from workers.render.text.sanitize import category

ITEM = 4
"""Columns that a list mark takes up, its spaces included."""

LOWEST_HEADING = 4
"""Headings of an analysis stay below the archive's own."""

_SPECIAL = re.compile(r"([\\`*_$|]|~(?=~))")
_BRACKET = re.compile(r"\](?=[(:])")  # not as `\]`, which many read as a formula; nothing else makes a link
_LINE_START = re.compile(r"^(\s*)([#>+\-=]|~~~)", re.MULTILINE)
_NUMBER_START = re.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)", re.MULTILINE)
_ENTITY = re.compile(r"&(?=#?\w+;)")


def archive(digest: Digest, *, arxiv_url: str) -> str:
    """The file's text, ending with a line end. `arxiv_url`: base of `/abs`."""
    view = page(digest, arxiv_url=arxiv_url, chat=False, quotes=True)
    w = view.words
    out = [f"# 🚀 {escape(view.title, bars=False)}", f"> 🤖 {escape(view.status, bars=False)}"]
    out += [f"> 🧪 {escape(view.notice)}"] if view.notice else []
    out.append(f"## {w.quick_view}")
    out += [_contents_line(entry) for entry in view.entries] or [view.why_empty]
    out += ["", "---"]
    if view.entries:
        out.append(f"## {w.deep_dive}")
    for entry in view.entries:
        out += _entry(entry, view)
    out += [f"## {w.receipt}", *(f"- {_ours(line)}" for line in view.receipt_lines), ""]
    return "\n".join(out)


def _ours(line: str) -> str:
    """A line of our own words: its one dollar sign is money."""
    return escape(line).replace("\\$", "$")


def _contents_line(entry: DigestEntry) -> str:
    score = entry.value if entry.value is not None else "–"
    label = f" · {entry.score_label}" if entry.score_label else ""
    return f"- [{_label(escape(entry.title))}](#item-{entry.number - 1}) (Score: {score}){label}"


def _label(shown: str) -> str:
    """Return the text for the brackets of a link.

    Brackets are escaped where they do not match, which would end it.
    """
    bare = shown.replace("&#93;", "]")
    depth, lowest = 0, 0
    for sign in bare:
        depth += (sign == "[") - (sign == "]")
        lowest = min(lowest, depth)
    matched = depth == lowest == 0
    return shown if matched and "](" not in bare else bare.replace("[", "&#91;").replace("]", "&#93;")


def _entry(entry: DigestEntry, view: DigestDocument) -> list[str]:
    w = view.words
    label = w.say("brackets", text=entry.score_label) if entry.score_label else ""
    facts = [f"**{entry.alert}**"] if entry.alert else []
    facts += [escape(phrase) for phrase in entry.phrases]
    facts += [f"**{w.why}**{w.colon}{escape(entry.why)}"] if entry.why else []
    facts += [f"**{w.matched}**{w.colon}{escape(entry.matched)}"] if entry.matched else []
    facts += [inline(entry.relation)] if entry.relation else []
    facts += [f"*{escape(' · '.join(filter(None, [entry.authors, *entry.labels])))}*"]
    out = [
        f"### <a id='item-{entry.number - 1}'></a>{entry.number}. {escape(entry.title)}",
        f"**{w.source}**: {escape(entry.source)} | **{w.score}**: {entry.score}{label}",
        f"**{w.link}**: [{entry.abs_url}]({entry.abs_url})",
        "",
        "  \n".join(fact for fact in facts if fact != "**"),
        "",
        "---",
        "",
    ]
    if entry.advice[0]:
        out += [f"📖 **{escape(entry.advice[0])}**{w.colon}{escape(entry.advice[1])}", ""]
    for section in entry.sections:
        out += [f"### {section.heading}", "", write(section.blocks), ""]
    if entry.figure and entry.figure.image:
        figure = entry.figure
        out += [f"![{_label(escape(figure.label))}]({figure.image})", "", f"*{escape(figure.words)}*  "]
        out += [f"*{escape(figure.credit)}*", ""]
    elif entry.figure:
        out += [f"[{_label(escape(entry.figure.label))}]({entry.figure.url})", ""]
    out += ["  \n".join(f"*{escape(line)}*" for line in entry.footer), ""] if entry.footer else []
    return [*out, "---"]


def escape(text: str, *, bars: bool = True) -> str:
    """Escape text so that Markdown shows it as it is.

    `bars`: `|` too (not in the title line, where it stands for itself).
    """
    text = _ENTITY.sub("&amp;", _SPECIAL.sub(lambda m: m[1] if m[1] == "|" and not bars else f"\\{m[1]}", text))
    text = _BRACKET.sub("&#93;", category(text))
    text = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text)
    return _NUMBER_START.sub(r"\1\\\2", _LINE_START.sub(r"\1\\\2", text))


def write(blocks: Sequence[Block]) -> str:
    """Blocks as Markdown, a blank line between them."""
    return "\n\n".join(filter(None, (_block(block) for block in blocks)))


def _block(block: Block) -> str:
    match block:
        case Paragraph(spans):
            return inline(spans)
        case Heading(level, spans):
            return f"{'#' * min(6, max(LOWEST_HEADING, level))} {inline(spans)}"
        case List():
            return _list(block)
        case Quote(inner):
            return "\n".join(f"> {line}".rstrip() for line in write(inner).split("\n"))
        case Code(text, language):
            return _fenced(text, language)
        case Math(tex):
            return f"$$\n{tex}\n$$" if show_math(tex) else inline(flat(block))
        case Table(rows, _):
            return _table(rows)
        case Rule():
            return ""  # the archive's own lines part the papers


def _list(block: List) -> str:
    lines = []
    for index, item in enumerate(block.items):
        mark = "*" if block.start is None else f"{block.start + index}."
        mark = f"{mark} ".ljust(ITEM)
        parts = [_block(part) for part in item]
        tight = (
            all(isinstance(part, Paragraph | List) for part in item) and sum(isinstance(p, Paragraph) for p in item) < 2
        )
        body = ("\n" if tight else "\n\n").join(filter(None, parts))
        lines.append(mark + body.replace("\n", "\n" + " " * len(mark)))
    return re.sub(r"[ ]+$", "", "\n".join(lines), flags=re.MULTILINE)


def _table(rows: Sequence[Sequence[Spans]]) -> str:
    cells = [[inline(cell).replace("\n", " ") or " " for cell in row] for row in rows]
    cells.insert(1, ["---"] * len(cells[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def _fenced(text: str, language: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def inline(spans: Spans) -> str:
    """Spans as Markdown."""
    spans = tuple(joined(replace(s, tex=None) if _plain_maths(s) else s for s in spans))
    return "".join(_span(span, at_start=i == 0) for i, span in enumerate(spans))


_CLOSES_NOTHING = "：，、；"
"""Wide signs behind which a mark that is followed by a letter ends no emphasis."""


def _plain_maths(span: Span) -> bool:
    """Tell whether a formula reads better as text.

    One sign does (`4$\\times$`), and one inside bold, which `$` would break.
    """
    return span.tex is not None and not span.code and (len(span.text) == 1 or span.bold or span.italic or span.strike)


def _span(span: Span, *, at_start: bool) -> str:
    if span.tex is not None and show_math(span.tex):
        return f"${span.tex}$"
    if span.code:
        return _code(span.text)
    text = span.text.strip()
    if not text:
        return "  \n" if "\n" in span.text else span.text
    before, after = span.text[: len(span.text) - len(span.text.lstrip())], span.text[len(span.text.rstrip()) :]
    if (span.bold or span.italic) and len(text) > 1 and text[-1] in _CLOSES_NOTHING:
        text, after = text[:-1], text[-1] + after
    shown = escape(text) if at_start or "\n" in span.text else escape("x" + text)[1:]
    shown = shown.replace("\n", "  \n")
    for mark, on in (("~~", span.strike), ("*", span.italic), ("**", span.bold)):
        shown = f"{mark}{shown}{mark}" if on else shown
    shown = f"[{_label(shown)}]({span.href})" if span.href else shown
    return before.replace("\n", "  \n") + shown + after.replace("\n", "  \n")


def _code(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if text[:1] in "` " or text[-1:] in "` " else ""
    return f"{ticks}{pad}{' '.join(text.split()) if text.strip() else text}{pad}{ticks}"
