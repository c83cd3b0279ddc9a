"""HTML of a tree."""

import html
from collections.abc import Iterable, Sequence

from tests.demo.tree import SAFE_SCHEMES, Item, Node, Run, unknown

TAGS = {"bold": "b", "italic": "i", "underline": "u", "strike": "s", "code": "code"}
"""Styles with an HTML element of their own; every other style becomes a span of that class."""


def runs_html(runs: Iterable[Run]) -> str:
    parts = []
    for run in runs:
        out = html.escape(run.text)
        for style in reversed(run.styles):
            tag = TAGS.get(style)
            if tag:
                out = f"<{tag}>{out}</{tag}>"
            elif style in ("spoiler", "mention", "ping", "unknown"):
                out = f'<span class="{style}">{out}</span>'
            else:
                out = f'<span class="unknown">[unknown: {html.escape(style)}]</span>{out}'
        parts.append(_linked(out, run.href))
    return "".join(parts)


def _linked(inner: str, href: str | None, css: str = "") -> str:
    if href is None:
        return inner
    if not href.lower().startswith(SAFE_SCHEMES):
        return f'{inner}<span class="unknown">[bad link: {html.escape(href)}]</span>'
    look = f' class="{css}"' if css else ""
    return f'<a{look} href="{html.escape(href)}" rel="noopener noreferrer nofollow">{inner}</a>'


def _list_html(items: Sequence[Item]) -> str:
    out, stack = [], []
    for item in items:
        tag = "ol" if item.ordered else "ul"
        while len(stack) > item.indent + 1 or (len(stack) == item.indent + 1 and stack[-1] != tag):
            out.append(f"</li></{stack.pop()}>")
        if len(stack) == item.indent + 1:
            out.append("</li>")
        while len(stack) <= item.indent:
            out.append(f'<{tag} class="level{len(stack) % 3}">')
            stack.append(tag)
            if len(stack) <= item.indent:
                out.append('<li class="bare">')
        value = f' value="{item.start}"' if item.ordered and item.start else ""
        out.append(f"<li{value}>{runs_html(item.runs)}")
    out += [f"</li></{tag}>" for tag in reversed(stack)]
    return "".join(out)


def _table_html(node: Node) -> str:
    rows = []
    for number, row in enumerate(node.rows):
        tag = "td" if number else "th"
        aligns = [*node.aligns, *["left"] * len(row)]
        cells = (
            f'<{tag} style="text-align:{html.escape(aligns[n])}">{runs_html(cell)}</{tag}>'
            for n, cell in enumerate(row)
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f'<div class="scroll"><table>{"".join(rows)}</table></div>'


def button_html(run: Run) -> str:
    if "unknown" in run.styles:
        return runs_html([run])
    css = " ".join(["button", *(s for s in run.styles if s in ("primary", "danger"))])
    arrow = ' <span class="out">↗</span>' if run.href else ""
    inner = html.escape(run.text) + arrow
    return _linked(inner, run.href, css) if run.href else f'<span class="{css}">{inner}</span>'


def nodes_html(nodes: Iterable[Node]) -> str:
    """HTML of a tree."""
    return "".join(_node_html(node) for node in nodes)


def _node_html(node: Node) -> str:
    match node.kind:
        case "heading":
            return f'<h3 class="heading">{runs_html(node.runs)}</h3>'
        case "para":
            return f'<div class="para">{runs_html(node.runs)}</div>'
        case "small":
            return f'<span class="small">{runs_html(node.runs)}</span>'
        case "row":
            return f'<div class="row">{nodes_html(node.children)}</div>'
        case "divider":
            return "<hr>"
        case "buttons":
            return f'<div class="buttons">{"".join(map(button_html, node.runs))}</div>'
        case "list":
            return _list_html(node.items)
        case "quote":
            return f"<blockquote>{nodes_html(node.children)}</blockquote>"
        case "fold":
            inner = f'<div class="clamp">{nodes_html(node.children)}</div>'
            return f'<details class="fold"><summary>{inner}</summary></details>'
        case "pre":
            name = f'<span class="lang">{html.escape(node.name)}</span>' if node.name else ""
            return f"<pre>{name}<code>{runs_html(node.runs)}</code></pre>"
        case "table":
            return _table_html(node)
        case "media":
            return f'<span class="media">[{html.escape(node.name)}: {runs_html(node.runs)}]</span>'
    return f'<div class="para">{runs_html([unknown(node.name or node.kind)])}</div>'
