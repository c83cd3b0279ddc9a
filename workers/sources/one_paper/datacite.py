"""DataCite: the record of an arXiv paper's DOI, and of other DOIs."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from workers.errors import SourceFailed
from workers.models import Paper
from workers.paper_ids.paper_key import PaperRef, doi_of, kind_of, made, name_of
from workers.settings import Settings
from workers.sources.arxiv.abstract_page import codes
from workers.sources.http.client import HttpClient
from workers.sources.http.services import datacite_url
from workers.sources.listing.paper_list import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE, moment, tidy

NAME = "DataCite"

HITS = 5
"""Records asked for by title."""

CLIENT = "arxiv.content"
"""arXiv's name at DataCite."""


def record(http: HttpClient, settings: Settings, ref: PaperRef, *, total_s: float) -> Paper | None:
    """The record of `ref`'s DOI; None where DataCite does not know it (yet).

    SourceFailed as HttpClient.get.
    """
    where = datacite_url(settings)
    if not where:
        raise _failed("is not set up", "refused")
    url = f"{where}/dois/{quote(doi_of(ref.base), safe='/')}"
    reply = http.get(url, name=NAME, headers=_JSON, total_s=total_s, ok=(200, 404))
    if reply.status == 404:
        return None
    paper = _paper(_data(reply.body))
    if paper is None or paper.id != ref.base:
        raise _failed("sent a record without a title, or another paper's", "garbage")
    return paper


def by_title(http: HttpClient, settings: Settings, title: str, *, total_s: float) -> list[Paper]:
    """arXiv's papers whose titles fit `title` best.

    For when arXiv's own search is down. SourceFailed as HttpClient.get.
    """
    where = datacite_url(settings)
    if not where:
        raise _failed("is not set up", "refused")
    words = " ".join(word for word in re.split(r"\W+", title) if word)
    query = urlencode({"query": f'titles.title:"{words}"', "client-id": CLIENT, "page[size]": HITS})
    found = _data(http.get(f"{where}/dois?{query}", name=NAME, headers=_JSON, total_s=total_s).body)
    papers = (_paper(one) for one in found if isinstance(one, dict)) if isinstance(found, list) else ()
    return [paper for paper in papers if paper]


_JSON = {"Accept": "application/vnd.api+json"}


def _data(body: bytes) -> Any:
    try:
        return json.loads(body)["data"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _failed("sent something that is not a record", "garbage") from None


def _paper(data: Any) -> Paper | None:
    """The paper of a record; None where it has no usable DOI or title."""
    try:
        said = data["attributes"]
        id, title = made("doi", str(said["doi"])), tidy(_dicts(said, "titles")[0]["title"], MAX_TITLE)
    except (KeyError, IndexError, TypeError):
        return None
    if id is None or not title:
        return None
    texts = [d.get("description") for d in _dicts(said, "descriptions") if d.get("descriptionType") == "Abstract"]
    dates = [d.get("date") for d in _dicts(said, "dates") if d.get("dateType") == "Submitted"]
    rights = [tidy(r.get("rightsUri"), MAX_TITLE) for r in _dicts(said, "rightsList")]
    subjects = "; ".join(tidy(s.get("subject"), MAX_TITLE) for s in _dicts(said, "subjects"))
    elsewhere = kind_of(id) != "arxiv"
    return Paper(
        id=id,
        title=title,
        abstract=tidy(texts[0] if texts else "", MAX_ABSTRACT),
        authors=tuple(_names(said)),
        categories=codes(subjects),
        published=min(filter(None, map(moment, dates)), default=None),
        license=next(filter(None, rights), None),
        doi=name_of(id) if elsewhere else None,
        venue=_publisher(said.get("publisher")) if elsewhere else None,
    )


def _publisher(said: object) -> str | None:
    """A name, or since 2024 a record with one."""
    return tidy(said.get("name") if isinstance(said, dict) else said, MAX_TITLE) or None


def _names(said: dict[str, Any]) -> Iterator[str]:
    for one in _dicts(said, "creators")[:MAX_AUTHORS]:
        given, family = tidy(one.get("givenName"), MAX_TITLE), tidy(one.get("familyName"), MAX_TITLE)
        if name := f"{given} {family}".strip() or tidy(one.get("name"), MAX_TITLE):
            yield name


def _dicts(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The entries of a list that may be missing, null or hold nulls."""
    found = said.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _failed(what: str, kind: str) -> SourceFailed:
    return SourceFailed(f"{NAME} {what}.", source="datacite", kind=kind)
