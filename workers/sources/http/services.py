"""Which service an address belongs to, so that each is paused for itself."""

import contextlib
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

import httpx

from workers.settings import Settings
from workers.sources.spec import feed_hosts

HUGGINGFACE, DATACITE, BIORXIV, PUBMED, OPENALEX = "huggingface", "datacite", "biorxiv", "pubmed", "openalex"
CROSSREF, SEMANTICSCHOLAR, OPENREVIEW = "crossref", "semanticscholar", "openreview"
API, FEED, PAGES, OAI = "arxiv-api", "arxiv-feed", "arxiv-pages", "arxiv-oai"

SIBLINGS = (
    (PAGES, "https://arxiv.org"),
    (PAGES, "https://www.arxiv.org"),
    (PAGES, "https://export.arxiv.org"),
    (API, "https://export.arxiv.org/api"),
    (FEED, "https://rss.arxiv.org"),
)
"""arXiv's hosts send each other's readers around; allowed together, and only where the settings name one of them."""

OAI_URL = "https://oaipmh.arxiv.org/oai"
"""arXiv's OAI-PMH service (its help page, since March 2025)."""

DATACITE_URL = "https://api.datacite.org"
"""Where arXiv registers a DOI for each paper: open, 1,000 requests in five minutes."""

SITES = {
    "www.biorxiv.org": "biorxiv-pages",
    "www.medrxiv.org": "medrxiv-pages",
    "openreview.net": "openreview-pages",
    "aclanthology.org": "acl",
    "proceedings.mlr.press": "pmlr",
    "openaccess.thecvf.com": "cvf",
    "proceedings.neurips.cc": "neurips",
}
"""Sites whose pages of papers are read, and the service that each is. A publisher's page is never fetched."""

Origin = tuple[str, str, int]

FEED_HOST = "feed-"
"""Begins the service of a feed's host."""

PACE_S = {
    BIORXIV: 1.0, PUBMED: 0.35, OPENALEX: 0.2, CROSSREF: 0.35, SEMANTICSCHOLAR: 1.1, OPENREVIEW: 0.5,
    **dict.fromkeys(SITES.values(), 1.0),
}  # fmt: skip
"""Seconds from one request to the next. bioRxiv: no rule, half a second to one is asked of harvesters in threads of
2026; PubMed: three a second without a key (its E-utilities guide); Crossref: three lists a second (its headers, 2026);
Semantic Scholar: one a second over all endpoints, with a key; OpenReview: no rule, two a second;
sites of papers: no rule, one a second."""

FEED_PACE_S = 1.0
"""Seconds between two requests to the host of a feed."""


def origin(url: str) -> Origin:
    """(scheme, host, port) of `url`.

    ValueError where it is none, is not http(s) or carries a user name.
    """
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, TypeError):
        raise ValueError("not a URL") from None
    if parts.scheme not in ("http", "https") or not parts.host or parts.userinfo:
        raise ValueError("not a plain http or https URL")
    return parts.scheme, parts.host.lower(), parts.port or (443 if parts.scheme == "https" else 80)


def at_arxiv(settings: Settings) -> bool:
    """True where one of the addresses set is arXiv's own.

    Not a mirror's or a test's.
    """
    own = {origin(url) for _, url in SIBLINGS}
    return any(origin(url) in own for url in (settings.arxiv_api_url, settings.arxiv_feed_url, settings.arxiv_url))


def oai_url(settings: Settings) -> str:
    """The OAI-PMH service to ask; '' where there is none.

    Whoever uses another arXiv has named none of its own.
    """
    return settings.arxiv_oai_url or (OAI_URL if at_arxiv(settings) else "")


def datacite_url(settings: Settings) -> str:
    """The DataCite API to ask; '' as in `oai_url`."""
    return settings.datacite_url or (DATACITE_URL if at_arxiv(settings) else "")


def at_site(settings: Settings, url: str) -> str:
    """`url`, an address at one of SITES, where the settings have that site.

    PAPER_SITES may name another place for it: a mirror, a test.
    """
    parts = urlsplit(url)
    place = _moved(settings).get(parts.hostname or "")
    return f"{place}{parts.path}{'?' if parts.query else ''}{parts.query}" if place else url


def _moved(settings: Settings) -> dict[str, str]:
    named = (entry.partition("=") for entry in settings.paper_sites)
    return {host.strip().lower(): url.strip().rstrip("/") for host, _, url in named}


class Services:
    """The addresses that may be asked, and what they belong to."""

    def __init__(self, settings: Settings) -> None:
        named = [
            (PAGES, settings.arxiv_url),
            (API, settings.arxiv_api_url),
            (FEED, settings.arxiv_feed_url),
            (OAI, oai_url(settings)),
            (DATACITE, datacite_url(settings)),
            (HUGGINGFACE, settings.hf_endpoint),
            (BIORXIV, settings.biorxiv_api_url),
            (PUBMED, settings.pubmed_api_url),
            (OPENALEX, settings.openalex_api_url),
            (SEMANTICSCHOLAR, settings.semanticscholar_api_url),
            (OPENREVIEW, settings.openreview_api_url),
            *_feeds(settings),
            (CROSSREF, settings.crossref_url),
            *((service, at_site(settings, f"https://{host}")) for host, service in SITES.items()),
        ]
        self._places = list(_places([*named, *(SIBLINGS if at_arxiv(settings) else ())]))
        self.origins = {place for _, place, _ in self._places}

    def of(self, url: str) -> str | None:
        """The service of `url`; None where it is not on the list.

        That with the longest address that `url` begins with, else its host's.
        """
        try:
            where, path = origin(url), f"{httpx.URL(url).path}/"
        except ValueError:
            return None
        mine = [(service, start) for service, place, start in self._places if place == where]
        fits = [(len(start), service == PAGES, service) for service, start in mine if path.startswith(start)]
        if fits:
            return max(fits)[2]
        return next((service for service, _ in mine if service == PAGES), mine[0][0] if mine else None)


def pace_s(service: str) -> float:
    """Seconds that two requests to `service` are apart; arXiv has its own turn."""
    return FEED_PACE_S if service.startswith(FEED_HOST) else PACE_S.get(service, 0.0)


def _feeds(settings: Settings) -> Iterator[tuple[str, str]]:
    for host in feed_hosts(settings.feed_hosts):
        for scheme in ("http", "https"):
            with contextlib.suppress(ValueError):
                origin(f"{scheme}://{host}")
                yield f"{FEED_HOST}{host}", f"{scheme}://{host}"


def _places(named: Iterable[tuple[str, str]]) -> Iterable[tuple[str, Origin, str]]:
    for service, url in named:
        if url:
            yield service, origin(url), f"{urlsplit(url).path.rstrip('/')}/"
