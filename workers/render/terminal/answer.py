"""An answer in a terminal, for the `ask` command."""

from types import SimpleNamespace
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from workers.render.answer import doubts_of, label_of
from workers.render.terminal.digest import blocks
from workers.render.text.markdown_ast import parse
from workers.render.text.sanitize import visible


def show(answer: dict[str, Any], console: Console) -> None:
    """Print the answer, how it came about, and the passages it stands on.

    `answer`: the record `Answer` as data.
    """
    body: list[RenderableType] = []
    label = label_of(answer["language"], answer["error"], matched=answer["matched"]) if answer["error"] else ""
    if label:
        body += [Text(label, style="yellow"), Text("")]
    body += blocks(parse(answer["text"]))
    if answer["cites"] and not answer["error"]:
        body.append(Text(""))
        body += [Text(_place(c), style="dim") for c in answer["cites"]]
    if doubts := doubts_of(SimpleNamespace(**answer)):
        body += [Text(""), Text(doubts, style="yellow")]
    console.print(Panel(Group(*body), title=Text(answer["by"]), title_align="left"))


def _place(cite: dict[str, Any]) -> str:
    number = f"[{cite['number']}] " if cite["number"] else ""
    return f"{number}{visible(cite['where'])}: “{visible(cite['quote'])}”"
