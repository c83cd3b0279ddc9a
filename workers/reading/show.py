"""What `read` prints: the whole text as JSON, or an outline for a person at a terminal."""

import re
from pathlib import Path
from typing import Any

from redis import Redis
from rich.console import Console
from rich.text import Text

from workers import arxiv_id
from workers.arxiv_id import abs_url
from workers.reading.read import read, read_file
from workers.reading.text import PaperText, may_show_figure
from workers.settings import Settings
from workers.sources.http import Door
from workers.store.fetches import Fetches
from workers.store.texts import Texts

OPENING_CHARS = 160
"""Characters shown of a section's first paragraph."""

_LABELS = {"html": "the HTML page", "pdf": "the PDF", "abstract": "the abstract only"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def fetch(settings: Settings, redis: "Redis", ref_or_file: str) -> PaperText:
    """The text of what a person named: a file where there is one of that name, else an arXiv id or link.

    BadInput where it is neither, SourceFailed where arXiv cannot be asked.
    """
    path = Path(ref_or_file)
    if is_file(ref_or_file):
        return read_file(path)
    fetches = Fetches(redis)
    return read(arxiv_id.one(ref_or_file), Door(settings, fetches), fetches, settings, Texts(redis))


def is_file(ref_or_file: str) -> bool:
    """True where a file of that name is there, so that no Redis and no network is needed."""
    try:
        return Path(ref_or_file).is_file()
    except (OSError, ValueError):
        return False


def document(text: PaperText) -> dict[str, Any]:
    """`text` as JSON-able values, and with it `chars` (of the body) and `may_show_figure`."""
    figure = may_show_figure(text.license)
    return {**text.model_dump(mode="json"), "chars": text.body_chars, "may_show_figure": figure}


def show(text: PaperText, console: Console, arxiv_url: str = "") -> None:
    """Print an outline. Foreign text is printed as it is: no markup, no links, no control characters."""

    def line(words: str, style: str = "") -> None:
        console.print(Text(_CONTROL.sub(" ", words), style=style), soft_wrap=False)

    line(text.title or "(no title)", "bold")
    pages = f", {text.pages} pages" if text.pages else ""
    line(f"{text.ref} · read from {_LABELS[text.read_from]}{pages} · {text.body_chars:,} characters", "dim")
    line(
        f"Licence: {text.license or 'not known'}" + (" (figures may be shown)" if may_show_figure(text.license) else "")
    )
    if arxiv_url and text.ref and arxiv_id.exact(text.ref):
        line(abs_url(text.ref, arxiv_url), "dim")
    if text.flags:
        line("Labels: " + ", ".join(text.flags), "yellow")
    for note in text.notes:
        line(f"  {note}", "yellow")
    if text.abstract:
        line("")
        line(text.abstract)
    for section in text.sections:
        line("")
        line(f"{'  ' * (section.level - 1)}{section.title or '(untitled)'}  [{section.id}]", "bold")
        if section.paragraphs:
            first = section.paragraphs[0].text
            opening = first if len(first) <= OPENING_CHARS else first[:OPENING_CHARS].rsplit(" ", 1)[0] + " …"
            line(f"{'  ' * section.level}{opening} ({len(section.paragraphs)} paragraphs)")
    line("")
    line(f"{len(text.figures)} figures, {len(text.tables)} tables, {text.bibliography} references")
    captions = [(f.id, f.caption) for f in text.figures] + [(t.id, t.caption) for t in text.tables]
    for id, caption in captions:
        line(f"  {id}: {caption}")
