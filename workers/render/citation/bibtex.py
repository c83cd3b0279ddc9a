"""BibTeX with arXiv's fields: eprint, archivePrefix, primaryClass, DOI."""

from workers.models import Paper
from workers.render.citation.fields import link_of, on_arxiv, published_doi, venue_of, written, year_of
from workers.render.citation.latex import escaped, title
from workers.render.citation.names import Name, name_of


def entry(paper: Paper, key: str, arxiv_url: str) -> str:
    """One `@misc`, or `@article` of another place than arXiv, with a final newline."""
    arxiv = on_arxiv(paper)
    journal = written(paper.journal_ref or "")
    fields = {
        "title": title(paper.title),
        "author": " and ".join(map(_author, paper.authors)),
        "year": str(year_of(paper)),
        "journal": escaped(venue_of(paper)),
        "eprint": paper.id if arxiv else "",
        "archivePrefix": "arXiv" if arxiv else "",
        "primaryClass": paper.categories[0] if arxiv and paper.categories else "",
        "doi": published_doi(paper),
        "note": escaped(journal),
        "url": link_of(paper, arxiv_url),
    }
    lines = [f"      {name}={{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{'misc' if arxiv else 'article'}{{{key},", *lines, "}"]) + "\n"


def _author(text: str) -> str:
    """Write a name, `Ashish Vaswani`; a group stands in braces.

    With commas, family name first, where BibTeX would else split it wrongly.
    """
    name = name_of(text)
    if name.literal:
        return f"{{{escaped(name.literal)}}}"
    if name.suffix or " " in name.family:
        return escaped(", ".join(filter(None, [name.last, name.suffix, name.given])))
    return escaped(_in_order(name))


def _in_order(name: Name) -> str:
    return f"{name.given} {name.last}"
