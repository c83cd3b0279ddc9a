"""Chooses a paper's id (arXiv's, DOI, the source's own) and its aliases."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from workers.paper_ids.paper_key import key_of, kind_of, made

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"<>]+")
_TRAILING = ".,;:!?'\")]}"
_TRACKING = re.compile(r"utm_\w+|dgcid|rss\w*|af|ref|source|mc_\w+|fbclid|gclid", re.I)
"""Words of an address's query that say how somebody came there, and not where."""


def doi_of(text: object) -> str:
    """The DOI in `text`, in lower case; "" where there is none.

    In forms like `doi:10.1038/x`, `https://doi.org/10.1038/x`.
    """
    found = _DOI.search(text) if isinstance(text, str) else None
    doi = found[0] if found else ""
    while doi and doi[-1] in _TRAILING and not (doi[-1] == ")" and doi.count("(") >= doi.count(")")):
        doi = doi[:-1]
    return doi.lower()


def identity(*, doi: str = "", url: str = "", own: str = "", also: tuple[str, ...] = ()) -> dict[str, Any]:
    """`id`, `doi`, `url` and `aliases` of a Paper, from what a source says of it.

    `own`: the id that the source's own number makes. `also`: DOIs and ids by which it is known, too, such as that of
    its journal version. ValueError where nothing names it.
    """
    names = [*filter(None, (_id(one) for one in (doi, *also))), own]
    ids = list(dict.fromkeys(name for name in names if name)) or [one for one in (_page(url),) if one]
    if not ids:
        raise ValueError("nothing names this paper")
    id = next((one for one in ids if kind_of(one) == "arxiv"), ids[0])
    mine = next((one.removeprefix("doi:") for one in ids if kind_of(one) == "doi"), None)
    return {"id": id, "doi": mine, "url": url or None, "aliases": tuple(key_of(one) for one in ids if one != id)}


def _id(text: str) -> str | None:
    """The id of a DOI or of what is one already."""
    if doi := doi_of(text):
        return made("doi", doi)
    kind, _, name = text.partition(":")
    return made(kind_of(text), name or kind) if text else None


def _page(url: str) -> str | None:
    """The id of a paper that only has a page: its address.

    Without what trackers add to it.
    """
    try:
        parts = urlsplit(url)
        host = parts.netloc.lower()
    except ValueError:
        return None
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)])
    return made("url", f"{host}{parts.path or '/'}{'?' if query else ''}{query}") if host else None
