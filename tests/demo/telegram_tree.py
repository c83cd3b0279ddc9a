"""Makes trees of what Telegram holds: texts with entities, keyboards."""

import itertools
import json
from collections.abc import Iterable
from typing import NamedTuple

from tests.demo.tree import Message, Node, Run, unknown

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
REPLYING = ("force_reply", "selective", "input_field_placeholder")
"""Fields of a markup that opens a reply."""
TELEGRAM_LINKS = ("text_link", "url", "email")


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
    markup = _markup(message)
    rows = [[Run(b["text"], (), b.get("url")) for b in row] for row in markup.get("inline_keyboard", [])]
    known = ("inline_keyboard", *(REPLYING if asks_reply(message) else ()))
    return rows + [[unknown(key)] for key in markup if key not in known]


def asks_reply(message: Message) -> bool:
    """True where Telegram opens a reply to the message by itself."""
    return bool(_markup(message).get("force_reply"))


def _markup(message: Message) -> Message:
    markup = message.get("reply_markup") or {}
    found: Message = json.loads(markup) if isinstance(markup, str) else markup
    return found
