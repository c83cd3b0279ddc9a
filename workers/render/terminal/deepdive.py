"""One paper's analysis in a terminal, for the `deepdive` command."""

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from workers.models import Analysis, Paper
from workers.paper_ids.paper_key import abs_url
from workers.render.digest import advice, alert, labels, sections, title_of
from workers.render.evidence import folded
from workers.render.statements import footer, is_brief, phrases_of, record_lines
from workers.render.terminal import digest
from workers.words import words


def show(paper: Paper, analysis: Analysis, language: str, console: Console, *, arxiv_url: str) -> None:
    """Print the title, the link, how it was written, and the sections."""
    w = words(language)
    head = [
        Text(title_of(paper), style="bold"),
        Text(abs_url(paper.id, arxiv_url), style="underline", overflow="fold"),
        Text(alert(analysis, w), style="bold yellow"),
        *(Text(phrase, style="yellow") for phrase in phrases_of(analysis.grounds, w)),
        Text(" · ".join(labels(analysis, w, fictional=paper.fictional)), style="dim"),
    ]
    body: list[RenderableType] = [line for line in head if line.plain]
    words_of_the_paper = () if is_brief(analysis) else folded(analysis, w, arxiv_url)
    body += digest.analysis(advice(analysis, w), sections(analysis, w, arxiv_url), words_of_the_paper, w)
    body += [Text(""), *(Text(line, style="dim") for line in (*record_lines(paper, w), *footer(analysis, w)))]
    console.print(Panel(Group(*body)))
