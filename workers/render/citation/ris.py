"""RIS for EndNote, Mendeley and Zotero: one tag a line, CR LF."""

from workers.models import Paper
from workers.render.citation.fields import doi_of, link_of, on_arxiv, published_of, title_of, venue_of, written, year_of
from workers.render.citation.names import name_of

PREPRINT = "UNPB"
"""Type of a preprint (unpublished work), as Zotero writes it."""


def entry(paper: Paper, key: str, arxiv_url: str) -> str:
    """One reference, from TY to ER."""
    said, arxiv = published_of(paper), on_arxiv(paper)
    day = "/".join(f"{part:02}" for part in said)
    rows = [
        ("TY", PREPRINT if arxiv else "JOUR"),
        ("ID", key),
        ("TI", title_of(paper)),
        *(("AU", name_of(author).inverted) for author in paper.authors),
        ("PY", year_of(paper)),
        ("DA", day + "/" * (3 - len(said)) if said else ""),
        ("PB", "arXiv" if arxiv else ""),
        ("AN", f"arXiv:{paper.id}" if arxiv else ""),
        ("T2", venue_of(paper)),
        ("DO", doi_of(paper)),
        ("UR", link_of(paper, arxiv_url)),
        ("AB", written(paper.abstract)),
        *(("KW", category) for category in paper.categories),
        ("N1", written(paper.journal_ref or "")),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in rows if value) + "ER  - \r\n"
