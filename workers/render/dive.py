"""One paper's analysis in a terminal, for the `deepdive` command."""

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from workers.papers import Analysis, Paper
from workers.render.page import labels, sections, title_of
from workers.render.statements import footer
from workers.render.terminal import blocks
from workers.words import words


def show(paper: Paper, analysis: Analysis, language: str, console: Console, *, arxiv_url: str) -> None:
    """Print the title, the link, how it was written, and the four sections."""
    w = words(language)
    body: list[RenderableType] = [
        Text(f"{arxiv_url}/abs/{paper.id}", style="underline"),
        Text(" · ".join(labels(analysis, w, fictional=paper.fictional)), style="dim"),
    ]
    for section in sections(analysis, w, arxiv_url):
        body += [Text(""), Text(section.heading, style="bold cyan"), *blocks(section.blocks)]
    body += [Text(""), *(Text(line, style="dim") for line in footer(analysis, w))]
    console.print(Panel(Group(*body), title=Text(title_of(paper), style="bold"), title_align="left"))
