"""What an analyst gets: a paper's record, reading, and numbered passages.

A deep dive and the questions after it are given the same passages, so that a service with a cache reads them once.
"""

from dataclasses import dataclass, field
from functools import cached_property

from workers.analysis.grounding.citations import Passage, passages_of
from workers.analysis.grounding.evidence.find import Facts
from workers.analysis.grounding.evidence.index import Index
from workers.analysis.prices import count
from workers.analysis.schema import visible
from workers.models import FirstFigure, Grounds, Paper
from workers.reading.figure import first_figure, licence_name
from workers.reading.shorten import shortened
from workers.reading.text import Figure, PaperText

PAPER_TOKENS = 80_000
"""Tokens of the paper that are sent, by `prices.count`: Haiku 5.5 costs five times as much above 100,000 in all."""

AUTHORS = 3
"""Authors named in a figure's credit before "et al."."""


@dataclass(frozen=True)
class PaperContext:
    """One paper as it goes to an analyst. Made by `paper_context`."""

    paper: Paper
    text: PaperText
    """All that was read: quotes are looked up here."""
    passages: tuple[Passage, ...]
    """What is shown to a model, in reading order; never without words."""
    grounds: Grounds
    """What is known of the reading before anything is written."""
    anchors: dict[str, str] = field(default_factory=dict)
    """Paragraph, figure, table and row id -> id of its section, a place on arXiv's HTML page; empty for a PDF."""
    several: bool = False
    """True where it is passages of several papers (`several_papers`)."""

    @cached_property
    def index(self) -> Index:
        """The text, ready to look quotes up."""
        return Index(self.text)

    @cached_property
    def facts(self) -> Facts:
        """Its numbers, names and tables, ready for the checks of meaning."""
        return Facts(self.index)


def paper_context(paper: Paper, text: PaperText, most: int = PAPER_TOKENS) -> PaperContext:
    """The paper with what fits into `most` tokens of it, by section.

    Its abstract goes sentence by sentence.
    """
    licence = licence_name(text.license or "")
    grounds = Grounds(
        ref=text.ref, flags=text.flags, phrases=text.phrases, license=text.license, licence=licence,
        figure=_figure(paper, text), coverage=text.coverage, missing=text.missing,
    )  # fmt: skip
    if text.read_from == "abstract":
        alone = passages_of(paper.model_copy(update={"abstract": text.abstract or paper.abstract}))
        return PaperContext(paper, text, alone, grounds)
    fit = shortened(text, most, lambda words: count(shown(Passage("", "", words))))
    passages = tuple(Passage(p.id, where, p.text) for where, p in fit.paragraphs if p.text.strip())
    read = {"sections": fit.sections, "sections_read": fit.sections_read, "left_out": (*fit.left_out, *fit.cut)}
    return PaperContext(paper, text, passages, grounds.model_copy(update=read), _anchors(text))


def shorter(given: PaperContext, share: float) -> PaperContext | None:
    """The paper with `share` of what was shown of it, again by section.

    None where that is nothing less, where only the abstract was read, and for several papers.
    """
    if given.text.read_from == "abstract" or given.several:
        return None
    most = int(share * sum(count(shown(p)) for p in given.passages))
    less = paper_context(given.paper, given.text, most)
    return less if less.passages and len(less.passages) < len(given.passages) else None


def _figure(paper: Paper, text: PaperText) -> FirstFigure | None:
    """The first figure to show, with its credit; else the first one to link.

    None where there is none.
    """
    found = first_figure(text)
    if found.figure and found.credit:
        names = found.credit.authors or paper.authors
        authors = ", ".join(names[:AUTHORS]) + (" et al." if len(names) > AUTHORS else "")
        credit = " · ".join(filter(None, [authors, found.credit.title, f"arXiv:{text.ref}", found.credit.licence]))
        figure = found.figure
        label, caption = _caption(figure)
        return FirstFigure(label=label, caption=caption, image=figure.image or "", credit=credit, anchor=figure.id)
    if not text.figures or "withdrawn" in text.flags:
        return None
    figure = text.figures[0]
    return FirstFigure(
        label=_caption(figure)[0], anchor=figure.id if text.read_from == "html" else "", page=figure.page
    )


def _caption(figure: Figure) -> tuple[str, str]:
    """(`Figure 1`, what it says)."""
    return figure.label or "Figure", figure.caption.removeprefix(figure.label).lstrip(" .:：|")


def _anchors(text: PaperText) -> dict[str, str]:
    if text.read_from != "html":
        return {}
    found = {p.id: s.id for s in text.sections for p in s.paragraphs}
    found |= {figure.id: figure.section for figure in text.figures}
    return found | {id: t.section for t in text.tables for id in (t.id, *(row.id for row in t.rows))}


def part_read(found: PaperContext) -> float:
    """How much of the paper a model was shown, 0 to 1.

    0 where it was the abstract alone.
    """
    if found.text.read_from == "abstract":
        return 0.0
    whole = sum(len(p.text) for _, p in found.text.paragraphs())
    shown = sum(len(p.text) for p in found.passages)
    return found.text.coverage * min(1.0, shown / whole if whole else 1.0)


def shown(passage: Passage) -> str:
    """A passage as the model reads it: its section's name, and the text.

    The name is there so that "section 3" can be found.
    """
    where = f"{passage.paper}: {passage.where}" if passage.paper else passage.where
    return f"({visible(where)}) {visible(passage.text)}"
