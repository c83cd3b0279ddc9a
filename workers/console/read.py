"""What `read` prints: the text as JSON, or an outline."""

import re
from pathlib import Path
from typing import Any

from redis import Redis
from rich.console import Console
from rich.text import Text

from workers.paper_ids import in_text
from workers.paper_ids.paper_key import abs_url, split, valid
from workers.reading.figure import first_figure, licence_name
from workers.reading.licence import may_show_figure
from workers.reading.read import read, read_file
from workers.reading.text import PaperText
from workers.settings import Settings
from workers.sources.http.client import HttpClient
from workers.store.papers.texts import Texts
from workers.store.sources.fetch_state import Fetches

OPENING_CHARS = 160
"""Characters shown of a section's first paragraph."""

_READ_FROM = {"html": "the HTML page", "pdf": "the PDF", "abstract": "the abstract only"}
_NO_FIGURE = {
    "withdrawn": "the paper was withdrawn", "licence": "its licence does not allow it", "no_figure": "it has none",
    "licence_unknown": "its licence is not known", "no_image": "none has an image that chats show",
    "no_caption": "none says what it is",
}  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def fetch(settings: Settings, redis: "Redis", ref_or_file: str) -> PaperText:
    """Return the text of what a person named.

    A file where there is one of that name, else an id or a link.
    BadInput where it is neither, SourceFailed where nobody can be asked.
    """
    path = Path(ref_or_file)
    if is_file(ref_or_file):
        return read_file(path)
    fetches = Fetches(redis)
    return read(in_text.one(ref_or_file), HttpClient(settings, fetches), fetches, settings, Texts(redis))


def is_file(ref_or_file: str) -> bool:
    """Tell whether a file of that name is there.

    Then no Redis and no network is needed.
    """
    try:
        return Path(ref_or_file).is_file()
    except (OSError, ValueError):
        return False


def document(text: PaperText) -> dict[str, Any]:
    """Return `text` as JSON-able values.

    With it `chars` (of the body), `may_show_figure`, and `first_figure`: id and credit of the one that may be shown, or
    why there is none.
    """
    shown = first_figure(text)
    first = {
        "id": shown.figure.id if shown.figure else None,
        "credit": shown.credit.model_dump(mode="json") if shown.credit else None,
        "why": shown.why,
    }
    more = {"chars": text.body_chars, "may_show_figure": may_show_figure(text.license), "first_figure": first}
    return {**text.model_dump(mode="json"), **more}


def show(text: PaperText, console: Console, arxiv_url: str = "") -> None:
    """Print an outline.

    Foreign text is printed as it is: no markup, no links, no control characters.
    """

    def line(words: str, style: str = "") -> None:
        console.print(Text(_CONTROL.sub(" ", words), style=style), soft_wrap=False)

    line(text.title or "(no title)", "bold")
    pages = f", {text.pages} page{'s' if text.pages > 1 else ''}" if text.pages else ""
    line(f"{text.ref} · read from {_READ_FROM[text.read_from]}{pages} · {text.body_chars:,} characters", "dim")
    may = " (figures may be shown)" if may_show_figure(text.license) else ""
    line(f"Licence: {licence_name(text.license or '') or text.license or 'not known'}{may}")
    if arxiv_url and valid(split(text.ref).base):
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
            count = len(section.paragraphs)
            line(f"{'  ' * section.level}{opening} ({count} {'paragraph' if count == 1 else 'paragraphs'})")
    line("")
    line(f"{len(text.figures)} figures, {len(text.tables)} tables, {text.bibliography} references")
    shown = first_figure(text)
    if shown.figure and shown.credit:
        by = ", ".join(shown.credit.authors) or "the authors"
        line(f"May be shown: {shown.figure.label or shown.figure.id}, {by}, {shown.credit.licence}")
        line(f"  {shown.figure.image}", "dim")
    elif text.figures:
        line(f"No figure may be shown: {_NO_FIGURE[shown.why]}")
    captions = [(f.id, f.caption) for f in text.figures] + [(t.id, t.caption) for t in text.tables]
    for id, caption in captions:
        line(f"  {id}: {caption}")
