"""DataCite: the record that arXiv registers with a paper's DOI, some hours after it is announced."""

import json
from collections.abc import Iterator
from typing import Any

from workers.arxiv_id import ArxivId
from workers.errors import SourceFailed
from workers.models import Paper
from workers.settings import Settings
from workers.sources.abstract_page import codes
from workers.sources.http import Door
from workers.sources.listing import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE, moment, tidy
from workers.sources.services import datacite_url

NAME = "DataCite"

PREFIX = "10.48550/arXiv."
"""DOI of an arXiv paper, before its id."""


def record(http: Door, settings: Settings, ref: ArxivId, *, total_s: float) -> Paper | None:
    """The record of `ref`'s DOI; None where DataCite does not know it (yet). SourceFailed as Door.get."""
    where = datacite_url(settings)
    if not where:
        raise _failed("is not set up", "refused")
    url = f"{where}/dois/{PREFIX}{ref.base}"
    reply = http.get(url, name=NAME, headers={"Accept": "application/vnd.api+json"}, total_s=total_s, ok=(200, 404))
    if reply.status == 404:
        return None
    try:
        said = json.loads(reply.body)["data"]["attributes"]
        doi, title = str(said["doi"]), tidy(_dicts(said, "titles")[0]["title"], MAX_TITLE)
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise _failed("sent something that is not the paper's record", "garbage") from None
    if not title or doi.lower() != f"{PREFIX}{ref.base}".lower():
        raise _failed("sent a record without a title, or another paper's", "garbage")
    texts = [d.get("description") for d in _dicts(said, "descriptions") if d.get("descriptionType") == "Abstract"]
    dates = [d.get("date") for d in _dicts(said, "dates") if d.get("dateType") == "Submitted"]
    rights = [tidy(r.get("rightsUri"), MAX_TITLE) for r in _dicts(said, "rightsList")]
    subjects = "; ".join(tidy(s.get("subject"), MAX_TITLE) for s in _dicts(said, "subjects"))
    return Paper(
        id=ref.base,
        title=title,
        abstract=tidy(texts[0] if texts else "", MAX_ABSTRACT),
        authors=tuple(_names(said)),
        categories=codes(subjects),
        published=min(filter(None, map(moment, dates)), default=None),
        license=next(filter(None, rights), None),
    )


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
