"""Finds one paper's record by whichever service answers.

Of arXiv's: the abstract page first (a static page, richer than the API and well when the API is not), then the query
API, OAI-PMH and DataCite. Others by DOI at bioRxiv, Crossref and DataCite, by number at PubMed, or by their own page at
sites that we know; at OpenReview first by its API, where there is an account. Each way has a few seconds; which one it
was is in the record.
"""

import hashlib
from collections.abc import Callable, Sequence

from workers.errors import BadInput, SourceFailed
from workers.models import Paper
from workers.paper_ids.paper_key import PaperRef, abs_url, is_preprint
from workers.settings import Settings
from workers.sources import biorxiv, openreview, pubmed
from workers.sources.arxiv import abstract_page as arxiv_abstract_page
from workers.sources.arxiv import oai
from workers.sources.arxiv.feed_and_api import KNOWN_S, papers_by_id
from workers.sources.http.client import HttpClient
from workers.sources.one_paper import crossref, datacite, landing_page
from workers.store.sources.fetch_state import Cached, Fetches

WAY_S = 5.0
"""Seconds for each way: a person waits; a service that is well answers in one."""

PAGE_BYTES = 4 * 2**20
"""Most bytes of an abstract page: one with 3,000 authors has 1 MB."""


def find_record(http: HttpClient, fetches: Fetches, settings: Settings, ref: PaperRef) -> Paper:
    """The record of `ref`, known for KNOWN_S seconds.

    `found_by` says how it was found. BadInput where the services that answer do not know it; SourceFailed, of the first
    way, where none answers.
    """
    name = f"record:{hashlib.sha256(settings.arxiv_url.encode()).hexdigest()[:8]}:{ref}"
    if kept := fetches.get(name):
        return Paper.model_validate(kept.value)
    failures, unknown = list[SourceFailed](), 0
    for way, ask, sure in _ways(http, fetches, settings, ref):
        try:
            paper = ask()
        except SourceFailed as error:
            failures.append(error)
            continue
        if paper is None:
            unknown += 1
            if sure or unknown > 1:  # a mirror's 404 alone may mean the mirror
                break
            continue
        found = paper.model_copy(update={"found_by": way})
        fetches.put(name, Cached(found.model_dump(mode="json", exclude_defaults=True)), KNOWN_S)
        return found
    if unknown or not failures:
        if ref.kind == "arxiv":
            raise BadInput(f"arXiv knows no paper {ref.canonical}: check the number.")
        raise BadInput(f"Nobody who was asked knows a paper {ref.canonical}: check the link.")
    raise failures[0]


def _ways(
    http: HttpClient, fetches: Fetches, settings: Settings, ref: PaperRef
) -> Sequence[tuple[str, Callable[[], Paper | None], bool]]:
    """The ways to find `ref`, in the order in which they are tried.

    Each is (name, way, whether its "unknown" is the last word).
    """
    if ref.kind == "arxiv":
        return (
            ("abs", lambda: _page(http, settings, ref), False),
            ("api", lambda: papers_by_id(http, fetches, settings, [ref], total_s=WAY_S)[0].get(ref.base), False),
            ("oai", lambda: oai.record(http, settings, ref, total_s=WAY_S), False),
            ("datacite", lambda: datacite.record(http, settings, ref, total_s=WAY_S), False),
        )
    if is_preprint(ref.base):
        first = ("biorxiv", lambda: biorxiv.record(http, settings, ref, total_s=WAY_S), False)
        return first, ("crossref", lambda: crossref.record(http, settings, ref.base, total_s=WAY_S), False)
    if ref.kind == "pmid":
        return (("pubmed", lambda: pubmed.record(http, settings, ref, total_s=WAY_S), True),)
    if ref.kind not in landing_page.SITES | {"doi": ""}:
        return ()  # known by nothing but its page, which is nobody's whom we read
    by_account = ("openreview", lambda: openreview.record(http, settings, ref, total_s=WAY_S), False)
    by_page = ("page", lambda: landing_page.record(http, settings, ref, total_s=WAY_S), ref.kind != "acl")
    by_doi = (
        ("crossref", lambda: crossref.record(http, settings, ref.base, total_s=WAY_S), False),
        ("datacite", lambda: datacite.record(http, settings, ref, total_s=WAY_S), False),
    )
    if ref.kind == "openreview" and openreview.has_account(settings):
        return by_account, by_page
    return by_doi if ref.kind == "doi" else (by_page, by_doi[0]) if ref.kind == "acl" else (by_page,)


def _page(http: HttpClient, settings: Settings, ref: PaperRef) -> Paper | None:
    url = abs_url(ref.canonical, settings.arxiv_url)
    reply = http.get(url, name="arXiv", max_bytes=PAGE_BYTES, total_s=WAY_S, ok=(200, 404))
    if reply.status == 404:
        return None
    paper = arxiv_abstract_page.paper_of(reply.body, ref)
    if paper is None:
        raise SourceFailed("arXiv sent an abstract page without a record.", source="arxiv", kind="garbage")
    return paper
