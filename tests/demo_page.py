"""One HTML page that shows what Slack and Telegram hold, side by side.

As a person would see it.

Stored messages become a small tree of nodes (shared with `demo_terminal`), and the tree becomes HTML. What this file
does not know it shows as `[unknown: …]`, so that a fault in a renderer is seen and not hidden. The page needs no script
and loads nothing. Longer than 300 lines: both dialects, the tree they share and the style sheet are read together.
"""

import html
import itertools
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from rich.emoji import Emoji, NoEmoji

Message = dict[str, Any]

BOT_NAME = "Paperboy"
SAFE_SCHEMES = ("https://", "http://", "mailto:", "tg://")
"""Links of any other scheme are shown as text with a mark."""
PINGS = ("channel", "here", "everyone")

TAGS = {"bold": "b", "italic": "i", "underline": "u", "strike": "s", "code": "code"}
"""Styles with an HTML element of their own; every other style becomes a span of that class."""

TELEGRAM_STYLES = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strikethrough": "strike",
    "spoiler": "spoiler",
    "code": "code",
    "mention": "mention",
    "hashtag": "mention",
    "cashtag": "mention",
    "bot_command": "mention",
}
TELEGRAM_BLOCKS = {"blockquote": "quote", "expandable_blockquote": "fold", "pre": "pre"}
TELEGRAM_LINKS = ("text_link", "url", "email")


class Run(NamedTuple):
    """A stretch of text with one look."""

    text: str
    styles: tuple[str, ...] = ()
    """Outermost first: bold, italic, underline, strike, code, spoiler, mention, ping, unknown."""
    href: str | None = None


class Item(NamedTuple):
    """One list item; `start` is its number where it begins an ordered list."""

    indent: int
    ordered: bool
    runs: list[Run]
    start: int | None = None


class Node(NamedTuple):
    """One block of a message.

    `kind`: heading, para, small, divider, buttons, list, quote, fold, pre, table, media or unknown.
    """

    kind: str
    runs: Sequence[Run] = ()
    children: Sequence["Node"] = ()
    items: Sequence[Item] = ()
    rows: Sequence[Sequence[Sequence[Run]]] = ()
    aligns: Sequence[str] = ()
    name: str = ""
    """Language of a pre, or what is unknown."""


def unknown(name: object) -> Run:
    """The visible mark of something this page cannot show."""
    return Run(f"[unknown: {name}]", ("unknown",))


# -- Slack ---------------------------------------------------------------------------------------------------------

_MRKDWN = re.compile(
    r"<(?P<angle>[^<>\n]+)>|`(?P<code>[^`\n]+)`|(?<![\w*])\*(?P<bold>[^*\n]+)\*(?![\w*])"
    r"|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)|(?<![\w~])~(?P<strike>[^~\n]+)~(?![\w~])|:(?P<emoji>[a-z0-9_+-]+):"
)


def emoji(name: str, point: str | None = None) -> str:
    """The character of a Slack emoji name (or of its hex code points), else `:name:`."""
    if point:
        return "".join(chr(int(part, 16)) for part in point.split("-"))
    try:
        return str(Emoji(name.replace("-", "_")))
    except NoEmoji:
        return f":{name}:"


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _angle(inner: str, styles: tuple[str, ...]) -> Run:
    target, _, label = inner.partition("|")
    target, label = _unescape(target), _unescape(label)
    if target[0] == "!":
        word = target[1:].split("^")[0]
        if word in PINGS or word == "subteam":
            return Run("@" + (label.lstrip("@") or word), (*styles, "ping"))
        return Run(label, styles) if label else unknown(target)
    if target[0] in "@#":
        return Run(target[0] + (label or target[1:]), (*styles, "mention"))
    return Run(label or target, styles, target)


def mrkdwn(text: str, styles: tuple[str, ...] = ()) -> list[Run]:
    """Inline runs of Slack's own markup, as its clients read it."""
    runs, at = [], 0
    for found in _MRKDWN.finditer(text):
        runs.append(Run(_unescape(text[at : found.start()]), styles))
        at = found.end()
        kind, inner = found.lastgroup or "", found[found.lastgroup or 0]
        if kind == "angle":
            runs.append(_angle(inner, styles))
        elif kind == "emoji":
            runs.append(Run(emoji(inner), styles))
        elif kind == "code":
            runs.append(Run(_unescape(inner), (*styles, "code")))
        else:
            runs += mrkdwn(inner, (*styles, kind))
    runs.append(Run(_unescape(text[at:]), styles))
    return [run for run in runs if run.text]


def mrkdwn_nodes(text: str) -> list[Node]:
    """Blocks of Slack's own markup: fences, quotes and paragraphs."""
    nodes = []
    for number, part in enumerate(text.split("```")):
        if number % 2:
            nodes.append(Node("pre", [Run(_unescape(part.strip("\n")))]))
            continue
        for quoted, lines in _grouped(part.strip("\n").split("\n")):
            body = "\n".join(lines)
            if quoted:
                nodes.append(Node("quote", children=[Node("para", mrkdwn(body))]))
            elif body.strip():
                nodes.append(Node("para", mrkdwn(body)))
    return nodes


def _grouped(lines: Iterable[str]) -> list[tuple[bool, list[str]]]:
    groups: list[tuple[bool, list[str]]] = []
    for line in lines:
        mark = re.match(r"(?:>|&gt;) ?", line)
        if not groups or groups[-1][0] != bool(mark):
            groups.append((bool(mark), []))
        groups[-1][1].append(line[mark.end() :] if mark else line)
    return groups


def _text_object(value: Any) -> list[Run]:
    """Runs of a `plain_text` or `mrkdwn` object."""
    value = value or {}
    if value.get("type") == "mrkdwn":
        return mrkdwn(value.get("text", ""))
    if value.get("type") == "plain_text":
        return [Run(re.sub(r":([a-z0-9_+-]+):", lambda m: emoji(m[1]), value.get("text", "")))]
    return [unknown(value.get("type"))]


def _rich_runs(elements: Iterable[Message]) -> list[Run]:
    return [_rich_run(element) for element in elements]


def _rich_run(e: Message) -> Run:
    styles = tuple(name for name, on in (e.get("style") or {}).items() if on)
    match e.get("type"):
        case "text":
            return Run(e["text"], styles)
        case "link":
            return Run(e.get("text") or e["url"], styles, e["url"])
        case "emoji":
            return Run(emoji(e["name"], e.get("unicode")), styles)
        case "user":
            return Run("@" + e["user_id"], (*styles, "mention"))
        case "channel":
            return Run("#" + e["channel_id"], (*styles, "mention"))
        case "usergroup":
            return Run("@" + e["usergroup_id"], (*styles, "ping"))
        case "broadcast":
            return Run("@" + e["range"], (*styles, "ping"))
        case other:
            return unknown(other)


def _rich_nodes(block: Message) -> list[Node]:
    nodes: list[Node] = []
    for e in block.get("elements", []):
        kind, inner = e.get("type"), e.get("elements", [])
        if kind == "rich_text_section":
            nodes.append(Node("para", _rich_runs(inner)))
        elif kind == "rich_text_quote":
            nodes.append(Node("quote", children=[Node("para", _rich_runs(inner))]))
        elif kind == "rich_text_preformatted":
            nodes.append(Node("pre", _rich_runs(inner), name=e.get("language", "")))
        elif kind == "rich_text_list":
            ordered, first = e.get("style") == "ordered", e.get("offset", 0) + 1
            made = [
                Item(e.get("indent", 0), ordered, _rich_runs(line.get("elements", [])), first if n == 0 else None)
                for n, line in enumerate(inner)
            ]
            if nodes and nodes[-1].kind == "list":
                nodes[-1] = nodes[-1]._replace(items=[*nodes[-1].items, *made])
            else:
                nodes.append(Node("list", items=made))
        else:
            nodes.append(Node("unknown", name=str(kind)))
    return nodes


def _cell(cell: Message) -> list[Run]:
    if cell.get("type") in ("raw_text", "raw_number"):
        return [Run(str(cell.get("text", cell.get("value", cell.get("number", "")))))]
    if cell.get("type") == "rich_text":
        return [run for node in _rich_nodes(cell) for run in node.runs]
    return [unknown(cell.get("type"))]


def _button(e: Message) -> Run:
    if e.get("type") == "overflow":
        return Run("⋯")
    if e.get("type") != "button":
        return unknown(e.get("type"))
    look = (e["style"],) if e.get("style") else ()
    return _text_object(e.get("text"))[0]._replace(styles=look, href=e.get("url"))


def _image(e: Message) -> Node:
    return Node("media", [Run(e.get("alt_text") or "image")], name="image")


def _block(block: Message) -> list[Node]:
    match block.get("type"):
        case "header":
            return [Node("heading", _text_object(block.get("text")))]
        case "divider":
            return [Node("divider")]
        case "rich_text":
            return _rich_nodes(block)
        case "image":
            return [_image(block)]
        case "actions":
            return [Node("buttons", [_button(e) for e in block.get("elements", [])])]
        case "context":
            nodes = [
                _image(e) if e.get("type") == "image" else Node("small", _text_object(e))
                for e in block.get("elements", [])
            ]
            return [Node("row", children=nodes)]
        case "section":
            text, nodes = block.get("text") or {}, []
            if text.get("type") == "mrkdwn":
                nodes += mrkdwn_nodes(text.get("text", ""))
            elif text:
                nodes.append(Node("para", _text_object(text)))
            nodes += [Node("para", _text_object(field)) for field in block.get("fields") or []]
            if block.get("accessory"):
                nodes.append(Node("buttons", [_button(block["accessory"])]))
            return nodes
        case "table":
            settings = block.get("column_settings") or []
            aligns = [(setting or {}).get("align") or "left" for setting in settings]
            rows = [[_cell(cell) for cell in row] for row in block.get("rows", [])]
            return [Node("table", rows=rows, aligns=aligns)]
        case other:
            return [Node("unknown", name=str(other))]


def slack_nodes(message: Message) -> list[Node]:
    """The tree of one stored Slack message: its blocks, or its text where it has none."""
    blocks = message.get("blocks")
    if isinstance(blocks, str):
        blocks = json.loads(blocks)
    if not blocks:
        return mrkdwn_nodes(message.get("text") or "")
    return [node for block in blocks for node in _block(block)]


def slack_threads(messages: Sequence[Message]) -> list[tuple[Message | None, list[Message]]]:
    """Top-level messages with their replies, by time.

    Replies whose parent is missing come last, under None.
    """
    ordered = sorted(messages, key=lambda m: float(m["ts"]))
    tops = {m["ts"]: m for m in ordered if m.get("thread_ts") in (None, "", m["ts"])}
    replies: dict[str | None, list[Message]] = {}
    for m in ordered:
        if m["ts"] not in tops:
            parent = m["thread_ts"] if m["thread_ts"] in tops else None
            replies.setdefault(parent, []).append(m)
    threads: list[tuple[Message | None, list[Message]]] = [(m, replies.get(ts, [])) for ts, m in tops.items()]
    return threads + ([(None, replies[None])] if None in replies else [])


# -- Telegram ------------------------------------------------------------------------------------------------------


class _Span(NamedTuple):
    start: int
    end: int
    entity: Message


def telegram_nodes(message: Message) -> list[Node]:
    """The tree of one stored Telegram message.

    Offsets are UTF-16 code units; entities may nest and overlap.
    """
    data = (message.get("text") or "").encode("utf-16-le", "surrogatepass")
    total = len(data) // 2
    spans, bad = [], []
    for e in message.get("entities") or []:
        span = _Span(e["offset"], e["offset"] + e["length"], e)
        if 0 <= span.start < span.end <= total:
            spans.append(span)
        else:
            bad.append(Node("unknown", name=f"{e['type']} at {e['offset']}+{e['length']} of {total}"))
    return _telegram_range(data, 0, total, spans) + bad


def _clip(spans: Iterable[_Span], start: int, end: int) -> list[_Span]:
    cut = (_Span(max(s.start, start), min(s.end, end), s.entity) for s in spans)
    return [s for s in cut if s.start < s.end]


def _telegram_range(data: bytes, start: int, end: int, spans: list[_Span]) -> list[Node]:
    """Blocks of one range.

    The outermost block entity that starts first is taken, the rest goes inside or around it.
    """
    blocks = sorted((s for s in spans if s.entity["type"] in TELEGRAM_BLOCKS), key=lambda s: (s.start, -s.end))
    if not blocks:
        runs = _telegram_runs(data, start, end, spans)
        return [Node("para", runs)] if any(run.text.strip() for run in runs) else []
    block = blocks[0]
    others = [s for s in spans if s is not block]
    kind, language = TELEGRAM_BLOCKS[block.entity["type"]], block.entity.get("language", "")
    nodes = _trimmed(_telegram_range(data, start, block.start, _clip(others, start, block.start)), tail=True)
    within = _clip(others, block.start, block.end)
    if kind == "pre":
        nodes.append(Node("pre", _telegram_runs(data, block.start, block.end, within), name=language))
    else:
        nodes.append(Node(kind, children=_telegram_range(data, block.start, block.end, within)))
    return nodes + _trimmed(_telegram_range(data, block.end, end, _clip(others, block.end, end)), tail=False)


def _trimmed(nodes: list[Node], tail: bool) -> list[Node]:
    """Removes the line break of a text beside a block, which ends its line by itself."""
    index = -1 if tail else 0
    if nodes and nodes[index].kind == "para":
        runs = list(nodes[index].runs)
        text = runs[index].text
        runs[index] = runs[index]._replace(text=text.removesuffix("\n") if tail else text.removeprefix("\n"))
        nodes[index] = Node("para", runs)
    return nodes


def _telegram_runs(data: bytes, start: int, end: int, spans: list[_Span]) -> list[Run]:
    cuts = sorted({start, end, *(at for s in spans for at in (s.start, s.end) if start < at < end)})
    runs = []
    for a, b in itertools.pairwise(cuts):
        text = data[2 * a : 2 * b].decode("utf-16-le", "replace")
        styles, href = [], None
        for s in sorted((s for s in spans if s.start <= a and b <= s.end), key=lambda s: (s.start, -s.end)):
            kind = s.entity["type"]
            if kind in TELEGRAM_LINKS:
                whole = data[2 * s.start : 2 * s.end].decode("utf-16-le", "replace")
                href = s.entity.get("url") or ("mailto:" + whole if kind == "email" else _with_scheme(whole))
            elif kind in TELEGRAM_STYLES:
                styles.append(TELEGRAM_STYLES[kind])
            elif s.start == a:
                runs.append(unknown(kind))
        runs.append(Run(text, tuple(styles), href))
    return [run for run in runs if run.text]


def _with_scheme(url: str) -> str:
    return url if "://" in url else "http://" + url


def telegram_buttons(message: Message) -> list[list[Run]]:
    """Rows of the inline keyboard."""
    markup = message.get("reply_markup") or {}
    if isinstance(markup, str):
        markup = json.loads(markup)
    rows = [[Run(b["text"], (), b.get("url")) for b in row] for row in markup.get("inline_keyboard", [])]
    return rows + [[unknown(key)] for key in markup if key != "inline_keyboard"]


def reply_target(message: Message) -> int | None:
    """Id of the message this one answers."""
    target = message.get("reply_to") or message.get("reply_to_message")
    return target.get("message_id") if isinstance(target, dict) else target


def clock(message: Message, zone: tzinfo = UTC) -> str:
    """Time of day of a stored message, or an empty string where it carries none."""
    stamp = message.get("ts") or message.get("date")
    if stamp is None:
        return ""
    return datetime.fromtimestamp(float(stamp), zone).strftime("%H:%M")


def author(message: Message) -> str:
    """Who wrote it: the bot, or a person by the name or id that the service holds."""
    if message.get("by_bot"):
        return BOT_NAME
    sender = message.get("from") or {}
    sender = sender if isinstance(sender, dict) else {"id": sender}
    if message.get("username"):
        return str(message["username"])
    if sender and not sender.get("is_bot"):
        return str(sender.get("first_name") or sender.get("username") or sender.get("id"))
    return str(message["user"]) if message.get("user") and not message.get("bot_id") else BOT_NAME


def plain(nodes: Iterable[Node]) -> str:
    """Text of the first block that has any, for reply previews."""
    return next((text for node in nodes if (text := "".join(run.text for run in node.runs).strip())), "")


# -- HTML ----------------------------------------------------------------------------------------------------------


def _runs_html(runs: Iterable[Run]) -> str:
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
        out.append(f"<li{value}>{_runs_html(item.runs)}")
    out += [f"</li></{tag}>" for tag in reversed(stack)]
    return "".join(out)


def _table_html(node: Node) -> str:
    rows = []
    for number, row in enumerate(node.rows):
        tag = "td" if number else "th"
        aligns = [*node.aligns, *["left"] * len(row)]
        cells = (
            f'<{tag} style="text-align:{html.escape(aligns[n])}">{_runs_html(cell)}</{tag}>'
            for n, cell in enumerate(row)
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f'<div class="scroll"><table>{"".join(rows)}</table></div>'


def _button_html(run: Run) -> str:
    if "unknown" in run.styles:
        return _runs_html([run])
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
            return f'<h3 class="heading">{_runs_html(node.runs)}</h3>'
        case "para":
            return f'<div class="para">{_runs_html(node.runs)}</div>'
        case "small":
            return f'<span class="small">{_runs_html(node.runs)}</span>'
        case "row":
            return f'<div class="row">{nodes_html(node.children)}</div>'
        case "divider":
            return "<hr>"
        case "buttons":
            return f'<div class="buttons">{"".join(map(_button_html, node.runs))}</div>'
        case "list":
            return _list_html(node.items)
        case "quote":
            return f"<blockquote>{nodes_html(node.children)}</blockquote>"
        case "fold":
            inner = f'<div class="clamp">{nodes_html(node.children)}</div>'
            return f'<details class="fold"><summary>{inner}</summary></details>'
        case "pre":
            name = f'<span class="lang">{html.escape(node.name)}</span>' if node.name else ""
            return f"<pre>{name}<code>{_runs_html(node.runs)}</code></pre>"
        case "table":
            return _table_html(node)
        case "media":
            return f'<span class="media">[{html.escape(node.name)}: {_runs_html(node.runs)}]</span>'
    return f'<div class="para">{_runs_html([unknown(node.name or node.kind)])}</div>'


def _slack_message(m: Message, zone: tzinfo, css: str = "") -> str:
    who = author(m)
    badge = '<span class="app">APP</span>' if who == BOT_NAME else ""
    edited = '<span class="edited">(edited)</span>' if m.get("edited") else ""
    body = nodes_html(slack_nodes(m))
    if m.get("deleted"):
        body = '<div class="gone">This message was deleted.</div>'
    face = "🗞️" if who == BOT_NAME else html.escape(who[:1].upper())
    return (
        f'<div class="msg {css}"><div class="face">{face}</div><div class="body"><div class="by">'
        f"<b>{html.escape(who)}</b>{badge}<time>{clock(m, zone)}</time>{edited}</div>{body}"
    )


def _slack_channel(messages: Sequence[Message], zone: tzinfo) -> str:
    parts, day = [], ""
    for top, replies in slack_threads(messages):
        first = top or replies[0]
        date = datetime.fromtimestamp(float(first["ts"]), zone).strftime("%A, %-d %B %Y")
        if date != day:
            parts.append(f'<div class="day"><span>{date}</span></div>')
            day = date
        thread = "".join(_slack_message(reply, zone, "reply") + "</div></div>" for reply in replies)
        if top is None:
            parts.append(f'<div class="orphans">{_runs_html([unknown("replies to a missing message")])}{thread}</div>')
            continue
        parts.append(_slack_message(top, zone))
        if replies:
            count = f"{len(replies)} {'reply' if len(replies) == 1 else 'replies'}"
            parts.append(f'<details class="thread" open><summary>{count}</summary>{thread}</details>')
        parts.append("</div></div>")
    return "".join(parts)


def _slack(messages: Sequence[Message], zone: tzinfo) -> str:
    channels = by_channel(messages, "channel", "paper-digest")
    side = "".join(f'<li class="{"" if n else "on"}"># {html.escape(name)}</li>' for n, name in enumerate(channels))
    rooms = "".join(
        f"<header><b># {html.escape(name)}</b><span>{_count(found)}</span></header>"
        f'<div class="stream">{_slack_channel(found, zone)}</div>'
        for name, found in channels.items()
    )
    empty = '<p class="empty">No messages.</p>'
    return (
        '<section class="window slack" aria-label="Slack"><aside><div class="team">Research team</div>'
        f'<div class="label">Channels</div><ul>{side}</ul><div class="label">Apps</div><ul><li>🗞️ {BOT_NAME}</li></ul>'
        f'</aside><div class="room">{rooms or empty}</div></section>'
    )


def _bubble(m: Message, known: dict[int, Message], zone: tzinfo) -> str:
    target = reply_target(m)
    reply = ""
    if target is not None:
        text = plain(telegram_nodes(known[target])) if target in known else f"[unknown: message {target}]"
        who = html.escape(author(known.get(target, {})))
        first = html.escape(text.splitlines()[0] if text else "")
        reply = f'<div class="answer"><b>{who}</b><span>{first}</span></div>'
    body = '<div class="gone">Message deleted.</div>' if m.get("deleted") else nodes_html(telegram_nodes(m))
    rows = "".join(f'<div class="keys">{"".join(map(_button_html, row))}</div>' for row in telegram_buttons(m))
    stamp = " ".join(filter(None, ["edited" if m.get("edited") else "", clock(m, zone) or f"#{m['message_id']}"]))
    return (
        f'<div class="post"><div class="bubble"><b class="from">{html.escape(author(m))}</b>'
        f"{reply}{body}<time>{stamp}</time></div>{rows}</div>"
    )


def _telegram(messages: Sequence[Message], zone: tzinfo) -> str:
    rooms = []
    for name, found in by_channel(messages, "chat", "Paper digest").items():
        known = {m["message_id"]: m for m in found}
        posts, topic = [], None
        for m in by_topic(found):
            if m.get("message_thread_id") != topic:
                topic = m.get("message_thread_id")
                posts.append(f'<div class="day"><span>Topic {html.escape(str(topic))}</span></div>')
            posts.append(_bubble(m, known, zone))
        rooms.append(
            f'<header><div class="face">🗞️</div><div><b>{html.escape(name)}</b><span>channel · {_count(found)}</span>'
            f'</div></header><div class="stream">{"".join(posts)}</div>'
        )
    inner = "".join(rooms) or '<p class="empty">No messages.</p>'
    return f'<section class="window telegram" aria-label="Telegram">{inner}</section>'


def by_topic(messages: Sequence[Message]) -> list[Message]:
    """Messages of one chat, topic after topic, each in the order of sending."""
    return sorted(messages, key=lambda m: (m.get("message_thread_id") or 0, m["message_id"]))


def by_channel(messages: Sequence[Message], key: str, default: str) -> dict[str, list[Message]]:
    """Messages grouped by the name (or id) of their channel, in order of appearance."""
    groups: dict[str, list[Message]] = {}
    for m in messages:
        value = m.get(key)
        if isinstance(value, dict):
            value = value.get("title") or value.get("username") or value.get("id")
        groups.setdefault(str(value) if value not in (None, "") else default, []).append(m)
    return groups


def _count(messages: Sequence[Message]) -> str:
    return f"{len(messages)} message{'' if len(messages) == 1 else 's'}"


def page(
    slack_messages: Sequence[Message],
    telegram_messages: Sequence[Message],
    *,
    title: str,
    notes: str | Sequence[str] = (),
    zone: tzinfo = UTC,
) -> str:
    """The page: Slack left, Telegram right.

    `notes`: lines under the title. `zone`: of the times shown.
    """
    lines = [notes] if isinstance(notes, str) else notes
    head = "".join(f"<p>{html.escape(line)}</p>" for line in lines if line)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{html.escape(title)}</title><style>{CSS}</style></head>\n"
        f'<body><div class="top"><h1>{html.escape(title)}</h1>{head}</div>\n'
        f"<main>{_slack(slack_messages, zone)}\n{_telegram(telegram_messages, zone)}</main></body></html>\n"
    )


CSS = """
:root{--ink:#1d1c1d;--soft:#616061;--line:#e4e2e6;--blue:#1264a3;--tg:#3390ec;
--font:"Inter","Segoe UI",system-ui,-apple-system,"Helvetica Neue","PingFang SC","Noto Sans CJK SC","Noto Sans SC",
"Microsoft YaHei",sans-serif,"Noto Color Emoji";
--mono:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono","Noto Sans Mono CJK SC",monospace}
*{box-sizing:border-box}
body{margin:0;background:linear-gradient(160deg,#f6f4f1,#eef1f5);color:var(--ink);font:15px/1.55 var(--font);
-webkit-text-size-adjust:100%}
.top{max-width:1480px;margin:0 auto;padding:26px 24px 4px}
h1{font-size:24px;line-height:1.3;margin:0;letter-spacing:-.01em}
.top p{margin:4px 0 0;color:var(--soft);font-size:14px}
main{display:grid;grid-template-columns:minmax(0,1.22fr) minmax(0,1fr);gap:22px;max-width:1480px;margin:0 auto;
padding:18px 24px 40px;align-items:start}
.window{background:#fff;border-radius:14px;overflow:hidden;border:1px solid #0001;
box-shadow:0 1px 2px #0001,0 14px 40px -12px #1a1d2940}
.slack{display:grid;grid-template-columns:158px minmax(0,1fr)}
aside{background:#3f0e40;color:#d9c7da;padding:14px 10px;font-size:14px}
.team{color:#fff;font-weight:700;font-size:15px;padding:2px 8px 14px;margin:0 -10px 12px;
border-bottom:1px solid #ffffff1f;padding-left:18px}
.label{font-size:12.5px;padding:2px 8px;color:#bda6be}
aside ul{list-style:none;margin:2px 0 14px;padding:0}
aside li{padding:3px 8px;border-radius:6px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
aside li.on{background:#1164a3;color:#fff}
header{display:flex;align-items:center;gap:10px;padding:12px 18px;border-bottom:1px solid var(--line);background:#fff}
header b{font-size:16px}
header span{color:var(--soft);font-size:13px}
.slack header{justify-content:space-between;min-height:52px}
.slack .stream{padding:6px 18px 18px}
.day{display:flex;align-items:center;gap:10px;margin:8px 0;font-size:12.5px;font-weight:600}
.slack .day:before,.slack .day:after{content:"";flex:1;border-top:1px solid var(--line)}
.slack .day span{border:1px solid var(--line);border-radius:20px;padding:1px 12px}
.msg{display:grid;grid-template-columns:36px minmax(0,1fr);gap:10px;padding:8px 0}
.face{width:36px;height:36px;border-radius:8px;background:#f3e7d3;display:grid;place-items:center;font-size:20px}
.by{display:flex;align-items:baseline;gap:6px;line-height:1.3;margin-bottom:2px}
.app{font-size:10px;font-weight:700;background:#ececee;color:var(--soft);padding:1px 4px;border-radius:3px}
time{color:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}
.body{overflow-wrap:anywhere}
.para,blockquote,li{white-space:pre-wrap}
.slack .para{margin:0 0 4px}
.heading{font-size:18px;line-height:1.35;margin:12px 0 4px}.by+.heading{margin-top:2px}
.reply .heading{font-size:16.5px}
.row{display:flex;flex-wrap:wrap;gap:2px 10px;color:var(--soft);font-size:13px;margin:2px 0 6px}
hr{border:0;border-top:1px solid var(--line);margin:10px 0}
a{color:var(--blue);text-decoration:none}
a:hover{text-decoration:underline}
ul,ol{margin:2px 0 6px;padding-left:26px}
.body ul.level0{list-style:disc}.body ul.level1{list-style:circle}.body ul.level2{list-style:square}
.body ol.level1{list-style:lower-alpha}.body ol.level2{list-style:lower-roman}
li.bare{list-style:none}
blockquote{margin:4px 0 6px;padding:1px 0 1px 12px;border-left:4px solid #dcdadd}
code{font:.86em/1.5 var(--mono);background:#f3f2f4;border:1px solid #0000001a;border-radius:4px;
padding:1px 4px;color:#b3193f}
pre{position:relative;font:13px/1.5 var(--mono);background:#f8f7f9;border:1px solid var(--line);border-radius:6px;
padding:8px 10px;margin:4px 0 8px;white-space:pre-wrap;overflow-wrap:anywhere}
pre code{all:unset}
.lang{float:right;font:11px var(--font);color:var(--soft)}
.scroll{overflow-x:auto;margin:4px 0 8px}
table{border-collapse:collapse;font-size:14px}
th,td{border:1px solid var(--line);padding:5px 10px;vertical-align:top}
th{background:#f8f7f9}
.buttons{display:flex;flex-wrap:wrap;gap:8px;margin:6px 0 4px}
.slack .button{border:1px solid #c9c7cb;border-radius:7px;padding:3px 12px;font-size:13.5px;font-weight:600;
color:var(--ink);background:#fff}
.slack .primary{background:#007a5a;border-color:#007a5a;color:#fff}.slack .danger{color:#d0194b;border-color:#d0194b}
.out{font-size:.8em;opacity:.6}
.thread{margin-top:8px;border:1px solid var(--line);border-radius:10px;background:#fcfbfc}
.thread>summary{cursor:pointer;padding:6px 12px;color:var(--blue);font-weight:600;font-size:13.5px}
.reply{padding:8px 12px;grid-template-columns:26px minmax(0,1fr)}
.reply .face{width:26px;height:26px;border-radius:6px;font-size:14px}
.edited,.gone{color:var(--soft);font-size:13px}
.gone{font-style:italic}
.mention{background:#1d9bd11a;color:var(--blue);border-radius:3px;padding:0 2px}
.ping{background:#ffd84d;color:#7a2c00;font-weight:700;border-radius:3px;padding:0 3px}
.unknown{background:#ffe1e1;color:#b00020;font:600 .85em var(--mono);border-radius:3px;padding:0 4px}
.spoiler{background:#8a8d91;color:transparent;border-radius:3px}
.spoiler:hover{background:#8a8d9140;color:inherit}
.media{color:var(--soft);font-size:13px}
.orphans{border:2px dashed #e08;border-radius:8px;padding:8px;margin:10px 0}
.empty{padding:30px;color:var(--soft);text-align:center}
.telegram{background:#fff}
.telegram header .face{border-radius:50%;background:linear-gradient(#7ac3f5,#3d8fdd);width:40px;height:40px}
.telegram header div:last-child{display:grid;line-height:1.35}
.telegram .stream{padding:16px 16px 22px;background:
radial-gradient(circle at 20% 10%,#dbe8c4 0,transparent 45%),
linear-gradient(150deg,#d3e3c0,#bcd7c4 55%,#c4dbc9)}
.telegram .day{justify-content:center}
.telegram .day span{background:#4b7a5399;color:#fff;border-radius:20px;padding:2px 12px}
.post{max-width:560px;margin:0 0 12px}
.bubble{background:#fff;border-radius:14px 14px 14px 5px;padding:7px 12px 6px;box-shadow:0 1px 1px #0002;
overflow-wrap:anywhere;display:flow-root}
.from{color:#c2571a;font-size:14px;display:block}
.bubble time{float:right;margin:4px 0 0 12px;color:#8b959e}
.telegram a{color:#2481cc}
.telegram code{background:none;border:0;padding:0;color:#2b7a0b}
.telegram pre{background:#eef5ea;border:0;border-left:3px solid #5ca33b}
.telegram blockquote,.fold,.answer{margin:3px 0;border:0;border-left:3px solid var(--tg);border-radius:5px;
background:#3390ec14;padding:3px 10px 4px}
.fold summary{list-style:none;cursor:pointer;position:relative;padding-right:14px}
.fold summary::-webkit-details-marker{display:none}
.fold summary:after{content:"";position:absolute;right:0;bottom:5px;width:7px;height:7px;border:solid var(--tg);
border-width:0 2px 2px 0;transform:rotate(45deg)}
.fold[open] summary:after{transform:rotate(225deg);bottom:1px}
.fold:not([open]) .clamp{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;overflow:hidden}
.answer{display:grid;font-size:13.5px;line-height:1.35;color:var(--soft)}
.answer b{color:var(--tg)}
.answer span{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.keys{display:flex;gap:4px;margin-top:4px}
.telegram .button{flex:1;background:#4b7a5399;color:#fff;text-align:center;border-radius:9px;padding:6px 8px;
font-size:14px;font-weight:600;position:relative}
.telegram .button .out{position:absolute;top:2px;right:7px}
@media(max-width:980px){main{grid-template-columns:minmax(0,1fr);padding:14px}.top{padding:18px 16px 0}}
@media(max-width:620px){.slack{grid-template-columns:minmax(0,1fr)}aside{display:none}
.slack .stream{padding:4px 12px 12px}.telegram .stream{padding:10px}h1{font-size:20px}
.msg{grid-template-columns:30px minmax(0,1fr);gap:8px}.face{width:30px;height:30px;font-size:16px}
header{padding:10px 14px}.reply{grid-template-columns:minmax(0,1fr)}.reply .face{display:none}}
"""
