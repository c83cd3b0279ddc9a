"""Joins several papers into one text to answer from, places by paper."""

from collections.abc import Sequence
from dataclasses import dataclass

from workers.analysis.grounding.citations import ABSTRACT, Passage
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.models import Grounds, Paper
from workers.reading.text import PaperText, Paragraph, Section, Table

BETWEEN = "|"
"""Between the number of a paper and the id of a passage of it."""


@dataclass(frozen=True)
class Named:
    """One of the papers."""

    name: str
    """How it is called in the answer: `1. Old Maps`."""
    given: PaperContext


def together(papers: Sequence[Named], title: str) -> PaperContext:
    """One context of the passages of all papers.

    Their ids are `<number from 0>|<id>`. `title`: what they are together, in English: it goes into the prompt.
    """
    sections: list[Section] = []
    tables: list[Table] = []
    passages: list[Passage] = []
    for number, paper in enumerate(papers):
        text, passed = paper.given.text, f"{number}{BETWEEN}"
        head = Section(id=f"{passed}{ABSTRACT}", title=paper.name, paragraphs=_abstract(paper, passed))
        sections.append(head)
        for section in text.sections:
            inside = [p.model_copy(update={"id": passed + p.id}) for p in section.paragraphs]
            sections.append(section.model_copy(update={"id": passed + section.id, "paragraphs": tuple(inside)}))
        for table in text.tables:
            rows = tuple(row.model_copy(update={"id": passed + row.id}) for row in table.rows)
            where = {"section": passed + table.section, "after": passed + table.after if table.after else table.after}
            tables.append(table.model_copy(update={"id": passed + table.id, "rows": rows, **where}))
        passages += [Passage(passed + p.id, p.where, p.text, paper.name) for p in paper.given.passages]
    texts = [paper.given.text for paper in papers]
    coverage = min([text.coverage for text in texts], default=1.0)
    whole = PaperText(ref="", read_from="html", sections=tuple(sections), tables=tuple(tables), coverage=coverage)
    grounds = Grounds(ref="", coverage=coverage)
    return PaperContext(Paper(id="", title=title, abstract=""), whole, tuple(passages), grounds, several=True)


def _abstract(paper: Named, passed: str) -> tuple[Paragraph, ...]:
    """What is said of the paper outside of its sections.

    Its title, and its abstract or what stands for it.
    """
    words = paper.given.text.abstract or paper.given.paper.abstract
    found = [Paragraph(id=f"{passed}title", text=paper.given.paper.title)]
    return tuple(found + ([Paragraph(id=f"{passed}abstract", text=words)] if words else []))
