"""Makes trees of what Slack holds: blocks and its own markup."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from rich.emoji import Emoji, NoEmoji

from tests.demo.tree import Item, Message, Node, Run, unknown

PINGS = ("channel", "here", "everyone")

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


def text_runs(value: Any) -> list[Run]:
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
    return text_runs(e.get("text"))[0]._replace(styles=look, href=e.get("url"))


def _image(e: Message) -> Node:
    return Node("media", [Run(e.get("alt_text") or "image")], name="image")


def block_nodes(block: Message) -> list[Node]:
    """The tree of one block."""
    match block.get("type"):
        case "header":
            return [Node("heading", text_runs(block.get("text")))]
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
                _image(e) if e.get("type") == "image" else Node("small", text_runs(e))
                for e in block.get("elements", [])
            ]
            return [Node("row", children=nodes)]
        case "section":
            text, nodes = block.get("text") or {}, []
            if text.get("type") == "mrkdwn":
                nodes += mrkdwn_nodes(text.get("text", ""))
            elif text:
                nodes.append(Node("para", text_runs(text)))
            nodes += [Node("para", text_runs(field)) for field in block.get("fields") or []]
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
    return [node for block in blocks for node in block_nodes(block)]


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
