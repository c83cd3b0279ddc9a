"""Writes the tree as HTML, every text escaped."""

from collections.abc import Sequence
from html import escape

from workers.render.site.maths import mathml
from workers.render.text.nodes import Block, Code, Heading, List, Math, Paragraph, Quote, Rule, Span, Spans, Table

HIGHEST = 4
"""Headings of an analysis stay below the page's own."""


def html(blocks: Sequence[Block]) -> str:
    """Blocks as HTML."""
    return "\n".join(_block(block) for block in blocks)


def inline(spans: Spans) -> str:
    """Spans as HTML."""
    return "".join(map(_span, spans))


def _block(block: Block) -> str:
    match block:
        case Paragraph(spans):
            return f"<p>{inline(spans)}</p>"
        case Heading(level, spans):
            tag = f"h{min(6, HIGHEST + level - 1)}"
            return f"<{tag}>{inline(spans)}</{tag}>"
        case List(items, start):
            tag, first = ("ul", "") if start is None else ("ol", f' start="{start}"')
            return f"<{tag}{first}>" + "".join(f"<li>{html(item)}</li>" for item in items) + f"</{tag}>"
        case Quote(blocks):
            return f"<blockquote>{html(blocks)}</blockquote>"
        case Code(text):
            return f"<pre><code>{escape(text)}</code></pre>"
        case Math(tex, text, _):
            return mathml(tex, display=True) or f'<p class="math" title="{escape(tex)}">{escape(text)}</p>'
        case Table(rows, _):
            return _table(rows)
        case Rule():
            return "<hr>"


def _table(rows: Sequence[Sequence[Spans]]) -> str:
    head = "".join(f"<th>{inline(cell)}</th>" for cell in rows[0]) if rows else ""
    body = "".join("<tr>" + "".join(f"<td>{inline(cell)}</td>" for cell in row) + "</tr>" for row in rows[1:])
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _span(span: Span) -> str:
    text = escape(span.text).replace("\n", "<br>")
    if span.tex is not None:
        text = mathml(span.tex) or f'<span class="math" title="{escape(span.tex)}">{text}</span>'
    elif span.code:
        text = f"<code>{text}</code>"
    for on, tag in ((span.bold, "strong"), (span.italic, "em"), (span.strike, "s")):
        text = f"<{tag}>{text}</{tag}>" if on else text
    return f'<a href="{escape(span.href)}" rel="noreferrer">{text}</a>' if span.href else text
