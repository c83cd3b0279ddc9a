"""Finds open full texts beyond arXiv: bioRxiv, medRxiv, proceedings."""

from collections.abc import Callable, Sequence

from workers.models import Paper
from workers.paper_ids.paper_key import PaperRef, id_of, is_preprint, kind_of, name_of, pdf_url, split
from workers.reading.html.highwire import read_highwire
from workers.reading.pdf.read import read_pdf
from workers.reading.text import PaperText
from workers.settings import Settings
from workers.sources import biorxiv
from workers.sources.http.client import MAX_TOTAL_S, HttpClient
from workers.sources.http.services import at_site
from workers.sources.one_paper.landing_page import SITES

HTML_BYTES = 15 * 2**20
"""Most bytes of a full-text page; real ones reach 2 MB."""

PDF_BYTES = 60 * 2**20
"""Most bytes of a PDF, as of arXiv's."""

RECORD_S = 5.0
"""Seconds for the record of a preprint, as of any record that a person waits for."""

Attempt = Callable[[], tuple[PaperText | None, str]]
"""Gives (text or None, flag that says why not). SourceFailed as HttpClient.get."""


def attempts(ref: PaperRef, http: HttpClient, settings: Settings, paper: Paper | None) -> list[Attempt]:
    """Return the ways to the full text of `ref`, best first.

    None where it is not open, as far as its record tells.
    """
    if ref.kind in SITES:
        return [lambda: _pdf(ref, http, settings)]
    if paper and is_preprint(ref.base) and paper.id != ref.base:
        return [lambda: _preprint_of(ref, http, settings)]
    return [lambda: _preprint(ref, http, settings, paper)] if paper and is_preprint(ref.base) and _cc(paper) else []


def _cc(paper: Paper) -> bool:
    return (paper.license or "").startswith(("http://creativec", "https://creativec"))


def closed(ref: PaperRef, paper: Paper) -> bool:
    """Tell whether the full text of `ref` is not open under any of its names."""
    preprint = is_preprint(ref.base) and bool(paper.license)
    return ref.kind != "arxiv" and ref.kind not in SITES and not preprint and not _sure(open_twins(paper))


def open_twins(paper: Paper | None) -> Sequence[PaperRef]:
    """The paper's other names under which its full text may be open, arXiv first."""
    ids = [id_of(key) for key in paper.aliases] if paper else []
    ids = [id for id in ids if kind_of(id) == "arxiv" or kind_of(id) in SITES or is_preprint(id)]
    return [PaperRef(id) for id in sorted(ids, key=lambda id: (kind_of(id) != "arxiv", is_preprint(id)))]


def _sure(twins: Sequence[PaperRef]) -> Sequence[PaperRef]:
    """Those that are open for sure: of a preprint only its own record tells."""
    return [twin for twin in twins if not is_preprint(twin.base)]


def _pdf(ref: PaperRef, http: HttpClient, settings: Settings) -> tuple[PaperText | None, str]:
    url = at_site(settings, pdf_url(ref.base, ""))
    reply = http.get(url, name=SITES[ref.kind], ok=(200, 404), max_bytes=PDF_BYTES, total_s=MAX_TOTAL_S)
    if reply.status == 404 or b"%PDF-" not in reply.body[:1024]:
        return None, "no_pdf"
    return read_pdf(reply.body, ref=ref.canonical), ""


def _preprint_of(ref: PaperRef, http: HttpClient, settings: Settings) -> tuple[PaperText | None, str]:
    """Read the HTML of the preprint of a paper that is known by another name.

    Only where its own record says that it is open.
    """
    paper = biorxiv.record(http, settings, ref, total_s=RECORD_S)
    return _preprint(ref, http, settings, paper) if paper and _cc(paper) else (None, "closed")


def _preprint(ref: PaperRef, http: HttpClient, settings: Settings, paper: Paper) -> tuple[PaperText | None, str]:
    """Read the HTML of a preprint under a Creative Commons licence.

    Others may only be read at their site.
    """
    server = "medrxiv" if (paper.venue or "").lower() == "medrxiv" else "biorxiv"
    version = ref.version or paper.version
    asked = PaperRef(ref.base, version)
    url = f"https://www.{server}.org/content/{name_of(ref.base)}{f'v{version}' if version else ''}.full"
    name = paper.venue or "bioRxiv"
    reply = http.get(at_site(settings, url), name=name, ok=(200, 404), max_bytes=HTML_BYTES, total_s=MAX_TOTAL_S)
    landed = split(f"doi:{reply.url.rpartition('/content/')[2].partition('.full')[0].lower()}")
    asked = landed if landed.base == ref.base and landed.version else asked
    page = read_highwire(reply.body, asked.canonical)
    if reply.status == 404 or page.reason:
        return None, "no_html" if reply.status == 404 else "conversion_failed"
    return page.text, ""
