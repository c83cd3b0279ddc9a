"""The record of one paper that no list has shown, by whichever way answers: no single service is needed for it.

The abstract page first (a static page, richer than the API and well when the API is not), then the query API, OAI-PMH
and DataCite, each within a few seconds. Which way it was is in the record.
"""

import hashlib
from collections.abc import Callable

from workers.arxiv_id import ArxivId
from workers.errors import BadInput, SourceFailed
from workers.models import Paper
from workers.paper_key import abs_url
from workers.settings import Settings
from workers.sources import abstract_page, datacite, oai
from workers.sources.arxiv import KNOWN_S, papers_by_id
from workers.sources.http import Door
from workers.store.fetch_state import Cached, Fetches

WAY_S = 5.0
"""Seconds for each way: a person waits; a service that is well answers in one."""

PAGE_BYTES = 4 * 2**20
"""Most bytes of an abstract page: one with 3,000 authors has 1 MB."""


def find_record(http: Door, fetches: Fetches, settings: Settings, ref: ArxivId) -> Paper:
    """The record of `ref`, known for KNOWN_S seconds. `found_by` says how it was found.

    BadInput where the services that answer do not know it; SourceFailed, of the first way, where none answers.
    """
    name = f"record:{hashlib.sha256(settings.arxiv_url.encode()).hexdigest()[:8]}:{ref}"
    if kept := fetches.get(name):
        return Paper.model_validate(kept.value)
    ways: list[tuple[str, Callable[[], Paper | None]]] = [
        ("abs", lambda: _page(http, settings, ref)),
        ("api", lambda: papers_by_id(http, fetches, settings, [ref], total_s=WAY_S)[0].get(ref.base)),
        ("oai", lambda: oai.record(http, settings, ref, total_s=WAY_S)),
        ("datacite", lambda: datacite.record(http, settings, ref, total_s=WAY_S)),
    ]
    failures, unknown = list[SourceFailed](), 0
    for way, ask in ways:
        try:
            paper = ask()
        except SourceFailed as error:
            failures.append(error)
            continue
        if paper is None:
            unknown += 1
            if unknown > 1:  # a mirror's 404 alone may mean the mirror
                break
            continue
        found = paper.model_copy(update={"found_by": way})
        fetches.put(name, Cached(found.model_dump(mode="json", exclude_defaults=True)), KNOWN_S)
        return found
    if unknown:
        raise BadInput(f"arXiv knows no paper {ref.canonical}: check the number.")
    raise failures[0]


def _page(http: Door, settings: Settings, ref: ArxivId) -> Paper | None:
    url = abs_url(ref.canonical, settings.arxiv_url)
    reply = http.get(url, name="arXiv", max_bytes=PAGE_BYTES, total_s=WAY_S, ok=(200, 404))
    if reply.status == 404:
        return None
    paper = abstract_page.paper_of(reply.body, ref)
    if paper is None:
        raise SourceFailed("arXiv sent an abstract page without a record.", source="arxiv", kind="garbage")
    return paper
