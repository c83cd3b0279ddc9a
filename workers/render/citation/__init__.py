"""Citations for reference managers: BibTeX, RIS, CSL-JSON. Pure."""

from collections.abc import Sequence

from workers.models import Paper
from workers.render.citation import bibtex, csl, ris
from workers.render.citation.keys import keys_of

FORMATS = ("bibtex", "ris", "csl")
"""What `--format` takes."""


def entries(papers: Sequence[Paper], kind: str, *, arxiv_url: str) -> list[str]:
    """Write one entry for each paper, in order.

    `kind`: one of FORMATS; `arxiv_url`: base of `/abs`.
    """
    keys = keys_of(papers)
    write = {"bibtex": bibtex.entry, "ris": ris.entry, "csl": csl.entry}[kind]
    return [write(paper, keys[paper.id], arxiv_url) for paper in papers]


def joined(found: Sequence[str], kind: str) -> str:
    """Entries as one file of that format."""
    if kind == "csl":
        return "[\n" + ",\n".join(found) + "\n]\n"
    return ("\n" if kind == "bibtex" else "").join(found)
