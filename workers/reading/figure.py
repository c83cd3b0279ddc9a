"""Chooses the figure that may be shown, with its credit; else says why none.

arXiv's figures follow the paper's licence: about 40 % of cs.CV (CC BY, CC BY-SA, CC0) may be reposted with credit.
Where the licence is not known, nothing is shown.
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from workers.models import Record
from workers.reading.licence import may_show_figure
from workers.reading.text import Figure, PaperText

Why = Literal["", "withdrawn", "licence", "licence_unknown", "no_figure", "no_image", "no_caption"]
"""'' where there is a figure. no_figure: the paper has none; no_image: none whose image has an address in a format that
chats show (a PDF's have none); no_caption: none of them says what it is."""

SHOWN = (".png", ".jpg", ".jpeg", ".gif", ".webp")
"""Formats of images that Slack and Telegram show; both refuse SVG."""

_CREATIVE = re.compile(r"/licenses/(by(?:-(?:nc|sa|nd))*)/(\d\.\d)")


class Credit(Record):
    """What an attribution line has to tell.

    CC licences ask for authors, title, source and licence.
    """

    ref: str
    title: str
    authors: tuple[str, ...]
    """Empty where they are not known: then the paper stands for them."""
    licence: str
    """`CC BY 4.0`."""
    licence_url: str


@dataclass(frozen=True)
class ShowableFigure:
    """A figure that may be shown with its credit, or why there is none."""

    figure: Figure | None = None
    credit: Credit | None = None
    why: Why = ""


def first_figure(text: PaperText) -> ShowableFigure:
    """Return the first figure of `text` that may be shown, or why there is none.

    One of the body comes before one of an appendix, a whole one before one of many panels.
    Its `image` is an absolute address on arXiv under the version that was read.
    """
    if "withdrawn" in text.flags:
        return ShowableFigure(why="withdrawn")
    if not text.figures:
        return ShowableFigure(why="no_figure")
    if not may_show_figure(text.license):
        return ShowableFigure(why="licence" if text.license else "licence_unknown")
    pictured = [f for f in text.figures if f.image and urlsplit(f.image).path.lower().endswith(SHOWN)]
    told = [f for f in pictured if f.caption]
    if not told:
        return ShowableFigure(why="no_caption" if pictured else "no_image")
    late = {s.id for s in text.sections if s.appendix}
    figure = min(told, key=lambda f: (f.section in late, f.images > 1))
    url = text.license or ""
    credit = Credit(ref=text.ref, title=text.title, authors=text.authors, licence=licence_name(url), licence_url=url)
    return ShowableFigure(figure, credit)


def licence_name(url: str) -> str:
    """Return the short name of a licence by its URL; '' for an unknown one.

    `CC BY-SA 4.0`, `CC0 1.0`, `arXiv licence`.
    """
    parts = urlsplit(url.strip().lower())
    host = (parts.hostname or "").removeprefix("www.")
    if host == "creativecommons.org":
        if m := _CREATIVE.match(parts.path):
            return f"CC {m[1].upper()} {m[2]}"
        return "CC0 1.0" if parts.path.startswith("/publicdomain/zero/") else ""
    return "arXiv licence" if host == "arxiv.org" and parts.path.startswith("/licenses/nonexclusive") else ""
