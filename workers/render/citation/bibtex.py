"""BibTeX with arXiv's fields: eprint, archivePrefix, primaryClass, DOI."""

from workers.models import Paper
from workers.render.citation.fields import link_of, on_arxiv, published_doi, venue_of, written, year_of
from workers.render.citation.latex import escaped, title
from workers.render.citation.names import name_of


def entry(paper: Paper, key: str, arxiv_url: str) -> str:
    """One `@misc`, or `@article` of another journal or server than arXiv."""
    arxiv, venue = on_arxiv(paper), venue_of(paper)
    journal = written(paper.journal_ref or "")
    fields = {
        "title": title(paper.title),
        "author": " and ".join(map(_author, paper.authors)),
        "year": year_of(paper),
        "journal": escaped(venue),
        "eprint": paper.id if arxiv else "",
        "archivePrefix": "arXiv" if arxiv else "",
        "primaryClass": paper.categories[0] if arxiv and paper.categories else "",
        "doi": published_doi(paper),
        "note": escaped(journal),
        "url": link_of(paper, arxiv_url),
    }
    lines = [f"      {name}={{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{'article' if venue else 'misc'}{{{key},", *lines, "}"]) + "\n"


def _author(text: str) -> str:
    """Write a name, `Ashish Vaswani`; a group stands in braces.

    With commas, family name first, where BibTeX would else split it wrongly.
    """
    name = name_of(text)
    if name.literal:
        return f"{{{escaped(name.literal)}}}"
    if name.suffix or " " in name.family or _lower(name.given) or _lower(name.family):
        return escaped(", ".join(filter(None, [name.last, name.suffix, name.given])))
    return escaped(f"{name.given} {name.last}")


def _lower(words: str) -> bool:
    """True where a word begins with a small letter: BibTeX takes it for a particle."""
    return any(word[0].islower() for word in words.split())
