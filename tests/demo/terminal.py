"""What Slack and Telegram hold, printed for a terminal.

Compact, replies indented under their message.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, tzinfo

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text

from tests.demo import slack_tree, telegram_tree, tree
from tests.demo.tree import Message, Node, Run

INDENT = 4
"""Columns by which a reply and its bar stand in from the message they answer."""
FOLD_LINES = 3
"""Lines shown of an expandable quote, as Telegram shows it closed."""

STYLES = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strike": "strike",
    "code": "cyan",
    "spoiler": "dim reverse",
    "mention": "blue",
    "ping": "bold black on yellow",
    "unknown": "bold white on red",
    "primary": "bold green",
    "danger": "bold red",
}
BAR = "▎ "
BULLETS = ("•", "◦", "▪")


def _text(runs: Iterable[Run], base: str = "") -> Text:
    out = Text(style=base)
    for run in runs:
        known = [STYLES[style] for style in run.styles if style in STYLES]
        style = Style.combine([Style.null(), *(Style.parse(name) for name in known)])
        if run.href:
            style += Style(underline=True, link=run.href if run.href.lower().startswith(tree.SAFE_SCHEMES) else None)
        out.append(run.text, style)
        for name in run.styles:
            if name not in STYLES:
                out.append(f"[unknown: {name}]", STYLES["unknown"])
        if run.href and not run.href.lower().startswith(tree.SAFE_SCHEMES):
            out.append(f"[bad link: {run.href}]", STYLES["unknown"])
    out.rstrip()
    return out


class _Barred:
    """A renderable with a bar along its left side.

    At most `most` of its lines are shown, then how many more there are.
    """

    def __init__(self, inner: RenderableType, style: str, most: int | None = None) -> None:
        self.inner, self.style, self.most = inner, Style.parse(style), most

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = console.render_lines(self.inner, options.update_width(options.max_width - len(BAR)), pad=False)
        for line in lines[: self.most]:
            yield from (Segment(BAR, self.style), *line, Segment.line())
        if self.most is not None and len(lines) > self.most:
            more = len(lines) - self.most
            told = f"… {more} more {'line' if more == 1 else 'lines'}"
            yield from (Segment(BAR, self.style), Segment(told, Style(dim=True)))
            yield Segment.line()


def _flat(nodes: Iterable[Node]) -> list[Text]:
    return [text for n in nodes for text in ([_text(n.runs)] if n.runs else _flat(n.children))]


def _list(node: Node) -> Group:
    rows: list[RenderableType] = []
    numbers: dict[int, int] = {}
    for item in node.items:
        numbers = {level: n for level, n in numbers.items() if level <= item.indent}
        numbers[item.indent] = item.start or numbers.get(item.indent, 0) + 1
        mark = f"{numbers[item.indent]}." if item.ordered else BULLETS[item.indent % len(BULLETS)]
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(ratio=1)
        grid.add_row(Text("  " * item.indent + mark, "dim"), _text(item.runs))
        rows.append(grid)
    return Group(*rows)


def _table(node: Node) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_header=bool(node.rows))
    head, *rows = node.rows or [[]]
    aligns = [*node.aligns, *["left"] * len(head)]
    for cell, align in zip(head, aligns, strict=False):
        table.add_column(_text(cell), justify=align if align in ("left", "center", "right") else "left")
    for row in rows:
        table.add_row(*(_text(cell) for cell in row))
    return table


def _buttons(runs: Sequence[Run]) -> Text:
    return Text("  ").join(
        _text([run]) if "unknown" in run.styles else Text.assemble("[", _text([run]), "]") for run in runs
    )


def _node(node: Node) -> RenderableType:
    match node.kind:
        case "heading":
            return _text(node.runs, "bold")
        case "para":
            return _text(node.runs)
        case "small":
            return _text(node.runs, "dim")
        case "row":
            return Text("  ").join(_flat(node.children))
        case "divider":
            return Rule(style="dim")
        case "buttons":
            return _buttons(node.runs)
        case "list":
            return _list(node)
        case "quote":
            return _Barred(_nodes(node.children), "dim")
        case "fold":
            return _Barred(_nodes(node.children), "blue", FOLD_LINES)
        case "pre":
            return _Barred(_text(node.runs, "cyan"), "cyan")
        case "table":
            return _table(node)
        case "media":
            return Text.assemble("[", node.name, ": ", _text(node.runs), "]", style="dim")
    return _text([tree.unknown(node.name or node.kind)])


def _nodes(nodes: Iterable[Node]) -> Group:
    return Group(*(_node(node) for node in nodes))


def _head(who: str, *more: str) -> Text:
    return Text.assemble((who, "bold magenta"), *((f"  {part}", "dim") for part in more if part))


def _slack_message(m: Message, zone: tzinfo) -> Group:
    head = _head(tree.author(m), tree.clock(m, zone), "edited" if m.get("edited") else "")
    body = Text("deleted", "dim italic") if m.get("deleted") else _nodes(slack_tree.slack_nodes(m))
    return Group(head, body)


def _telegram_message(m: Message, zone: tzinfo) -> Group:
    target = tree.reply_target(m)
    stamp = tree.clock(m, zone) or f"#{m['message_id']}"
    head = _head(tree.author(m), stamp, "edited" if m.get("edited") else "", f"answers #{target}" if target else "")
    body = Text("deleted", "dim italic") if m.get("deleted") else _nodes(telegram_tree.telegram_nodes(m))
    keys = [_buttons(row) for row in telegram_tree.telegram_buttons(m)]
    return Group(head, body, *keys, *([Text("↩ Reply …", "dim")] if telegram_tree.asks_reply(m) else []))


def show(
    slack_messages: Sequence[Message], telegram_messages: Sequence[Message], console: Console, *, zone: tzinfo = UTC
) -> None:
    """Print both services' messages, oldest first, times in `zone`."""
    for channel, found in tree.by_channel(slack_messages, "channel", "paper-digest").items():
        console.print(Rule(Text(f"Slack  #{channel}", "bold"), align="left", style="magenta"))
        for top, replies in slack_tree.slack_threads(found):
            console.print(_slack_message(top, zone) if top else _text([tree.unknown("thread without parent")]))
            for reply in replies:
                console.print(Padding(_slack_message(reply, zone), (0, 0, 0, INDENT)))
            console.print()
    for chat, found in tree.by_channel(telegram_messages, "chat", "Paper digest").items():
        console.print(Rule(Text(f"Telegram  {chat}", "bold"), align="left", style="blue"))
        for m in tree.by_topic(found):
            inset = INDENT if tree.reply_target(m) else 0
            console.print(Padding(_telegram_message(m, zone), (0, 0, 0, inset)))
            console.print()
