"""Makes every link to a place in a paper."""

from urllib.parse import quote

from workers.models import ReadFrom
from workers.paper_ids.paper_key import abs_url, html_url, pdf_url

ANCHOR = "._-~:"
"""Signs of an id that stay as they are in an address; a page may call its sections anything."""


def place_url(ref: str, read_from: ReadFrom, arxiv_url: str, *, anchor: str = "", page: int | None = None) -> str:
    """Return the URL of a passage in the text that was read.

    A section or paragraph of the HTML page, a page of the PDF, else the abstract's page.
    `ref`: id and version read. `anchor`: id of a section or paragraph; `abstract` stands on the abstract's page.
    """
    if read_from == "html" and anchor and anchor != "abstract" and (html := html_url(ref, arxiv_url)):
        return f"{html}#{quote(anchor, safe=ANCHOR)}"
    if read_from == "pdf" and (pdf := pdf_url(ref, arxiv_url)):
        return f"{pdf}#page={page}" if page else pdf
    return abs_url(ref, arxiv_url)
