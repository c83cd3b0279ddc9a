"""Reads a paper's page at OpenReview, the ACL Anthology or PMLR."""

from datetime import UTC, datetime

from workers.errors import SourceFailed
from workers.models import Paper
from workers.paper_ids.paper_key import Kind, PaperRef, abs_url, doi_of, key_of, kind_of, made
from workers.settings import Settings
from workers.sources.arxiv.abstract_page import Element, having, names, parsed, words
from workers.sources.http.client import HttpClient
from workers.sources.http.services import at_site
from workers.sources.listing.paper_list import MAX_ABSTRACT, MAX_TITLE, tidy
from workers.sources.one_paper.crossref import plain

PAGE_BYTES = 4 * 2**20
"""Most bytes of a page; real ones are below 1 MB."""

SITES: dict[Kind, str] = {
    "openreview": "OpenReview", "acl": "ACL Anthology", "pmlr": "PMLR", "cvf": "CVF Open Access", "neurips": "NeurIPS",
}  # fmt: skip
"""Kinds of ids whose pages are read, and what people call the site."""

_ABSTRACTS = ("acl-abstract", "paper-abstract", "abstract")
"""Classes and ids of the abstract's element where no tag has it."""

CC_BY = "https://creativecommons.org/licenses/by/4.0/"

ACL_OPEN = 2016
"""Year from which on the Anthology's papers are CC BY (its copyright notice)."""


def record(http: HttpClient, settings: Settings, ref: PaperRef, *, total_s: float) -> Paper | None:
    """The record of `ref`; None where its site has no such page.

    SourceFailed as HttpClient.get, garbage for another page.
    """
    name = SITES[ref.kind]
    url = at_site(settings, abs_url(ref.base, ""))
    reply = http.get(url, name=name, max_bytes=PAGE_BYTES, total_s=total_s, ok=(200, 404))
    if reply.status == 404:
        return None
    paper = paper_of(reply.body, ref)
    if paper is None:
        raise SourceFailed(f"{name} sent a page without a record.", source=ref.kind, kind="garbage")
    return paper


def paper_of(body: bytes, ref: PaperRef) -> Paper | None:
    """The record on the page of `ref`; None where the page is not that paper's."""
    root = parsed(body)
    if root is None:
        return None
    tags: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        tags.setdefault(meta.get("name") or meta.get("property") or "", []).append(meta.get("content", ""))

    def first(*kinds: str) -> str:
        return next((found for kind in kinds for found in tags.get(kind, []) if found.strip()), "")

    title, doi = plain(first("citation_title"), MAX_TITLE), first("citation_doi").strip().lower()
    own = made("doi", doi) if doi else None
    if not title or (own and kind_of(own) == ref.kind and own != ref.base):
        return None
    return Paper(
        id=ref.base,
        title=title,
        abstract=plain(first("citation_abstract"), MAX_ABSTRACT) or _abstract(root),
        authors=tuple(names(tags.get("citation_author", []))),
        published=_day(first("citation_publication_date", "citation_online_date", "citation_date")),
        license=CC_BY if ref.kind == "acl" and _year(ref.base) >= ACL_OPEN else None,
        doi=doi_of(ref.base).lower() or (doi if own else None),
        url=abs_url(ref.base, ""),
        aliases=(key_of(own),) if own and own != ref.base else (),
        venue=tidy(first("citation_conference_title", "citation_journal_title"), MAX_TITLE) or SITES[ref.kind],
    )


def _year(id: str) -> int:
    """The year of an id of the Anthology: 2024.acl-long.1, P19-1001."""
    name = id.partition(":")[2]
    if name[:4].isdecimal():
        return int(name[:4])
    short = int(name[1:3]) if name[1:3].isdecimal() else 0
    return 2000 + short if short < 60 else 1900 + short


def _abstract(root: Element) -> str:
    boxes = [box for name in _ABSTRACTS for box in having(root, name)]
    boxes += [e for e in root.iter("div") if e.get("id") == "abstract"]
    boxes += [p for e in root.iter("h4") if words(e) == "Abstract" for p in e.itersiblings()]
    text = next((text for box in boxes if (text := words(box, MAX_ABSTRACT))), "")
    return text.removeprefix("Abstract").strip()


def _day(text: str) -> datetime | None:
    parts = [int(part) for part in text.strip().replace("-", "/").split("/") if part.isdecimal()]
    try:
        year, month, day = [*parts, 1, 1][:3]
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
