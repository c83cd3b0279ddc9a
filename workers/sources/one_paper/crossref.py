"""Crossref: records of DOIs, by DOI or by title."""

import html
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from workers.errors import SourceFailed
from workers.models import Paper
from workers.paper_ids.paper_key import PREPRINTS, doi_of, key_of, made
from workers.settings import Settings
from workers.sources.http.client import TOTAL_S, HttpClient
from workers.sources.listing.paper_list import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE, tidy

NAME = "Crossref"

MAX_BYTES = 8 * 2**20
"""Most bytes of a record: one with 3,000 authors and their institutions has 2 MB."""

HITS = 5
"""Records asked for by title."""

BATCH = 30
"""DOIs of one request: they fit an address."""

RETRACTED = "This article has been retracted."
"""What a record's comment says where the publisher has retracted the paper."""

_WORKS = (
    "journal-article", "posted-content", "proceedings-article", "book-chapter", "report", "dissertation", "monograph",
    "book", "reference-entry", "report-component", "proceedings", "other",
)  # fmt: skip
"""Types of records that are papers; not components, peer reviews, grants, data sets."""

_SAME = ("is-preprint-of", "has-preprint", "is-version-of", "has-version", "is-identical-to")
"""Relations between records of one paper."""

_HEADING = re.compile(r"<(?:jats:)?title>\s*(?:abstract|summary)\s*</(?:jats:)?title>", re.I)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")


def record(http: HttpClient, settings: Settings, id: str, *, total_s: float) -> Paper | None:
    """The record of the paper `id`, which has a DOI; None if Crossref has none.

    SourceFailed as HttpClient.get.
    """
    doi = doi_of(id)
    url = f"{settings.crossref_url}/works/{quote(doi, safe='')}"
    reply = http.get(url, name=NAME, headers=_JSON, total_s=total_s, ok=(200, 404), max_bytes=MAX_BYTES)
    if reply.status == 404:
        return None
    paper = _paper(_message(reply.body))
    if paper is None or paper.id != id:
        raise _failed("sent a record without a title, or another paper's")
    return paper


def by_title(http: HttpClient, settings: Settings, title: str, *, total_s: float = TOTAL_S) -> list[Paper]:
    """The records whose titles fit `title` best, in Crossref's order.

    SourceFailed as HttpClient.get.
    """
    return _listed(http, settings, {"query.title": title, "rows": HITS}, total_s)


def _listed(http: HttpClient, settings: Settings, query: dict[str, Any], total_s: float) -> list[Paper]:
    url = f"{settings.crossref_url}/works?{urlencode(query)}"
    found = _message(http.get(url, name=NAME, headers=_JSON, total_s=total_s, max_bytes=MAX_BYTES).body)
    items = found.get("items")
    papers = (_paper(item) for item in items if isinstance(item, dict)) if isinstance(items, list) else ()
    return [paper for paper in papers if paper]


def by_number(http: HttpClient, settings: Settings, number: str, *, total_s: float = TOTAL_S) -> list[Paper]:
    """The records that their publisher calls `number` (Elsevier's PII).

    SourceFailed as HttpClient.get.
    """
    return _listed(http, settings, {"filter": f"alternative-id:{number}", "rows": HITS}, total_s)


def abstracts(http: HttpClient, settings: Settings, dois: Sequence[str]) -> dict[str, str]:
    """DOI -> abstract, where Crossref has one. SourceFailed as HttpClient.get."""
    asked = [doi for doi in dois if "," not in doi]  # which ends a filter
    found: dict[str, str] = {}
    for start in range(0, len(asked), BATCH):
        batch = asked[start : start + BATCH]
        query = {"filter": ",".join(f"doi:{doi}" for doi in batch), "rows": BATCH}
        found |= {paper.doi: paper.abstract for paper in _listed(http, settings, query, TOTAL_S) if paper.doi}
    return {doi: text for doi, text in found.items() if text and doi in asked}


_JSON = {"Accept": "application/json"}


def _message(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)["message"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _failed("sent something that is not a record") from None
    if not isinstance(found, dict):
        raise _failed("sent something that is not a record")
    return found


def _paper(said: dict[str, Any]) -> Paper | None:
    id = made("doi", str(said.get("DOI", "")))
    title = plain(_first(said.get("title")), MAX_TITLE)
    if id is None or not title or said.get("type") not in _WORKS:
        return None
    doi = str(said["DOI"]).lower()
    venue = tidy(_first(said.get("container-title")), MAX_TITLE) or next(_named(said.get("institution")), "")
    retracted = any(one.get("type") == "retraction" for one in _dicts(said.get("updated-by")))
    return Paper(
        id=id,
        title=title,
        abstract=plain(said.get("abstract"), MAX_ABSTRACT),
        authors=tuple(_names(said)),
        published=_day(said),
        license=None if doi.startswith(PREPRINTS) else next(_licences(said), None),
        doi=doi,
        url=tidy(said.get("URL"), MAX_TITLE) or None,
        aliases=tuple(dict.fromkeys(key for key in _twins(said) if key != key_of(id))),
        venue=venue or tidy(said.get("group-title"), MAX_TITLE) or tidy(said.get("publisher"), MAX_TITLE) or None,
        comment=RETRACTED if retracted else None,
    )


def plain(text: object, limit: int) -> str:
    """A title or abstract without markup, on one line."""
    bare = _TAG.sub(" ", _HEADING.sub(" ", text)) if isinstance(text, str) else ""
    return re.sub(r"\s+([.,;:)])", r"\1", tidy(html.unescape(bare), limit))


def _names(said: dict[str, Any]) -> Iterator[str]:
    for one in _dicts(said.get("author"))[:MAX_AUTHORS]:
        given, family = tidy(one.get("given"), MAX_TITLE), tidy(one.get("family"), MAX_TITLE)
        if name := f"{given} {family}".strip() or tidy(one.get("name"), MAX_TITLE):
            yield name


def _day(said: dict[str, Any]) -> datetime | None:
    """The day that the record gives: of posting, else online, else in print.

    A missing month or day is the first.
    """
    for name in ("posted", "published-online", "published", "published-print", "issued"):
        try:
            year, month, day = [*map(int, said[name]["date-parts"][0]), 1, 1][:3]
            return datetime(year, month, day, tzinfo=UTC)
        except (KeyError, IndexError, TypeError, ValueError):
            continue
    return None


def _licences(said: dict[str, Any]) -> Iterator[str]:
    """Creative Commons licences, but for those of the accepted manuscript.

    Other licences only say whom to ask.
    """
    for one in _dicts(said.get("license")):
        if "creativecommons.org" in (url := tidy(one.get("URL"), MAX_TITLE)) and one.get("content-version") != "am":
            yield url


def _twins(said: dict[str, Any]) -> Iterator[str]:
    relations = said.get("relation")
    for kind in _SAME if isinstance(relations, dict) else ():
        for one in _dicts(relations.get(kind)):  # type: ignore[union-attr]
            name, of = str(one.get("id", "")), one.get("id-type")
            id = made("doi", name) if of == "doi" else made("arxiv", name.lower()) if of == "arxiv" else None
            if id:
                yield key_of(id)


def _named(found: object) -> Iterator[str]:
    yield from filter(None, (tidy(one.get("name"), MAX_TITLE) for one in _dicts(found)))


def _first(found: object) -> object:
    return found[0] if isinstance(found, list) and found else found


def _dicts(found: object) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _failed(what: str) -> SourceFailed:
    return SourceFailed(f"{NAME} {what}.", source="crossref", kind="garbage")
