"""arXiv's OAI-PMH: one paper's record, and the records of one day.

Its dates are those of modification, and it does not tell a new paper from a cross-list: a day is what was modified that
day and submitted shortly before, which is enough where nothing better answers.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from lxml import etree

from workers.errors import SourceFailed
from workers.models import Paper
from workers.paper_ids import arxiv_id
from workers.paper_ids.arxiv_id import ArxivId
from workers.settings import Settings
from workers.sources.http.client import HttpClient
from workers.sources.http.services import oai_url
from workers.sources.listing.paper_list import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE, Listing, doi_in, tidy

NAME = "arXiv OAI-PMH"

MAX_BYTES = 16 * 2**20
"""Decompressed bytes of one page: 1,000 and more records of about 3 kB."""

MAX_PAGES = 5
"""Pages of one day: its busiest category has 700 new papers and as many changed ones."""

NEW = timedelta(days=10)
"""A record submitted no longer before the day is a new paper: four days over a long weekend, and some for those that
moderators hold."""

GROUPS = {"astro-ph": "physics", "cond-mat": "physics", "gr-qc": "physics", "hep-ex": "physics", "hep-lat": "physics",
          "hep-ph": "physics", "hep-th": "physics", "math-ph": "physics", "nlin": "physics", "nucl-ex": "physics",
          "nucl-th": "physics", "quant-ph": "physics"}  # fmt: skip
"""Archive -> group, where the group is not called as the archive (arXiv's category taxonomy)."""

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_ARXIV = "{http://arxiv.org/OAI/arXiv/}"
_DTD = re.compile(rb"<!\s*(?:doctype|entity)", re.I)


def record(http: HttpClient, settings: Settings, ref: ArxivId, *, total_s: float) -> Paper | None:
    """The latest version's record of `ref`; None where there is no such paper.

    SourceFailed as HttpClient.get.
    """
    query = {"verb": "GetRecord", "metadataPrefix": "arXiv", "identifier": f"oai:arXiv.org:{ref.base}"}
    root = _asked(http, settings, query, total_s)
    code = next((e.get("code") for e in root.iter(f"{_OAI}error")), None)
    if code == "idDoesNotExist":
        return None
    papers = [paper for paper, _ in _records(root) if paper.id == ref.base]
    if not papers:
        raise _failed(f"answered with an error ({code})" if code else "sent no record", "garbage")
    return papers[0]


def new_on(http: HttpClient, settings: Settings, category: str, day: date, *, total_s: float) -> Listing:
    """The papers of `category` modified on `day` and submitted shortly before.

    Up to MAX_PAGES: SourceFailed of kind too_large for more.
    """
    first = {"verb": "ListRecords", "metadataPrefix": "arXiv", "set": set_of(category)}
    query = first | {"from": day.isoformat(), "until": day.isoformat()}
    papers: dict[str, Paper] = {}
    for _ in range(MAX_PAGES):
        root = _asked(http, settings, query, total_s)
        code = next((e.get("code") for e in root.iter(f"{_OAI}error")), None)
        if code == "noRecordsMatch":
            break
        if code:
            raise _failed(f"answered with an error ({code})", "garbage")
        for paper, created in _records(root):
            if created is None or timedelta(0) <= day - created <= NEW:
                papers.setdefault(paper.id, paper.model_copy(update={"listed": day}))
        token = next((e.text for e in root.iter(f"{_OAI}resumptionToken") if e.text), None)
        if not token:
            break
        query = {"verb": "ListRecords", "resumptionToken": token}
    else:
        raise _failed("has more records of that day than are read", "too_large")
    return Listing(tuple(papers.values()), len(papers), 0, day)


def set_of(category: str) -> str:
    """The name of a category's set.

    `cs:cs:CV`, `physics:hep-th`, `physics:astro-ph:GA`.
    """
    archive, _, subject = category.partition(".")
    group = GROUPS.get(archive, archive)
    return ":".join(filter(None, [group, archive if archive != group or subject else "", subject]))


def _asked(http: HttpClient, settings: Settings, query: dict[str, str], total_s: float) -> etree._Element:
    where = oai_url(settings)
    if not where:
        raise _failed("is not set up", "refused")
    reply = http.get(f"{where}?{urlencode(query, safe=':')}", name="arXiv", max_bytes=MAX_BYTES, total_s=total_s)
    # no entities, no network, and lxml's own limits of depth and size
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = None if _DTD.search(reply.body) else etree.fromstring(reply.body, parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or root.tag != f"{_OAI}OAI-PMH":
        raise _failed("sent something that is not its XML", "garbage")
    return root


def _records(root: etree._Element) -> Iterator[tuple[Paper, date | None]]:
    """Each record that has metadata, and the day of its first submission."""
    for item in root.iter(f"{_ARXIV}arXiv"):
        ref = arxiv_id.exact(_text(item, "id"), date.max)
        title = tidy(_text(item, "title"), MAX_TITLE)
        if ref is None or not title:
            continue
        created = _day(_text(item, "created"))
        published = datetime(created.year, created.month, created.day, tzinfo=UTC) if created else None
        paper = Paper(
            id=ref.base,
            title=title,
            abstract=tidy(_text(item, "abstract"), MAX_ABSTRACT),
            authors=tuple(_authors(item))[:MAX_AUTHORS],
            categories=tuple(dict.fromkeys(_text(item, "categories").split())),
            published=published,
            license=tidy(_text(item, "license"), MAX_TITLE) or None,
            comment=tidy(_text(item, "comments"), MAX_ABSTRACT) or None,
            journal_ref=tidy(_text(item, "journal-ref"), MAX_ABSTRACT) or None,
            doi=doi_in(_text(item, "doi")),
        )
        yield paper, created


def _authors(item: etree._Element) -> Iterator[str]:
    for author in item.iter(f"{_ARXIV}author"):
        parts = (_text(author, "forenames"), _text(author, "keyname"), _text(author, "suffix"))
        if name := tidy(" ".join(parts), MAX_TITLE):
            yield name


def _text(item: etree._Element, name: str) -> str:
    found = item.find(f"{_ARXIV}{name}")
    return (found.text or "") if found is not None else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _failed(what: str, kind: str) -> SourceFailed:
    return SourceFailed(f"{NAME} {what}.", source="arxiv", kind=kind)
