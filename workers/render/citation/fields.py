"""Dates, addresses and identifiers of a citation, for every format."""

from workers.models import Paper
from workers.paper_ids import paper_key
from workers.render.text.latex import tex_text
from workers.render.text.sanitize import no_html, visible


def written(text: str) -> str:
    """Return a text of the paper on one line, without TeX and markup.

    Its own signs stay (`Phys.Rev.`), as reference managers keep them. What would
    link or mention in a chat stays, too: citations go there as code.
    """
    return one_line(tex_text(text))


def one_line(text: str) -> str:
    """The same of a text without TeX."""
    return " ".join(visible(no_html(text)).split())


def title_of(paper: Paper) -> str:
    """The whole title, never empty."""
    return written(paper.title) or paper.id


def published_of(paper: Paper) -> tuple[int, ...]:
    """Return (year, month, day) of the first version, where it is known.

    Else (year, month) by the arXiv id; () where that does not tell.
    """
    if paper.published:
        day = paper.published.date()
        return (day.year, day.month, day.day)
    number = paper.id.rpartition("/")[2]
    if not on_arxiv(paper) or not number[:4].isdigit():
        return ()
    year, month = int(number[:2]), int(number[2:4])
    return (1900 + year if year > 90 else 2000 + year, month)


def year_of(paper: Paper) -> str:
    """Year of the first version, or '' where nothing tells."""
    return "".join(map(str, published_of(paper)[:1]))


def on_arxiv(paper: Paper) -> bool:
    """True for a paper of arXiv."""
    return paper_key.kind_of(paper.id) == "arxiv"


def published_doi(paper: Paper) -> str:
    """The DOI of what was published, or '' where none is known."""
    return paper.doi or ("" if on_arxiv(paper) else paper_key.doi_of(paper.id))


def doi_of(paper: Paper) -> str:
    """The DOI to cite: the published one where there is one, else arXiv's."""
    return paper.doi or paper_key.doi_of(paper.id)


def venue_of(paper: Paper) -> str:
    """Journal, conference or server of a paper that is not arXiv's, or ''."""
    return "" if on_arxiv(paper) else written(paper.venue or "")


def link_of(paper: Paper, arxiv_url: str) -> str:
    """The paper's page."""
    return paper_key.abs_url(paper.id, arxiv_url.rstrip("/"))
