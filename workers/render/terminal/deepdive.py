"""One paper's analysis in a terminal, for the `deepdive` command."""

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from workers.models import Analysis, Paper
from workers.render.page import alert, labels, sections, title_of
from workers.render.statements import footer
from workers.render.terminal.digest import blocks
from workers.words import words


def show(paper: Paper, analysis: Analysis, language: str, console: Console, *, arxiv_url: str) -> None:
    """Print the title, the link, how it was written, and the four sections."""
    w = words(language)
    head = [
        Text(title_of(paper), style="bold"),
        Text(f"{arxiv_url}/abs/{paper.id}", style="underline", overflow="fold"),
        Text(alert(analysis, w), style="bold yellow"),
        Text(" · ".join(labels(analysis, w, fictional=paper.fictional)), style="dim"),
    ]
    body: list[RenderableType] = [line for line in head if line.plain]
    for section in sections(analysis, w, arxiv_url):
        body += [Text(""), Text(section.heading, style="bold cyan"), *blocks(section.blocks)]
    body += [Text(""), *(Text(line, style="dim") for line in footer(analysis, w))]
    console.print(Panel(Group(*body)))
