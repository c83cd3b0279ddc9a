"""Finds the paper that one link names, without fetching it. Pure.

Either a DOI stands in its path, or the site makes its DOIs from what does, as publishers and servers document it.
"""

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from workers.paper_ids.paper_key import Kind, PaperRef, made, split

DOI = re.compile(r"(?:(?<![0-9A-Za-z.])|(?<=doi))10\.[0-9]{4,9}(?:\.[0-9]+)*/[!#-;=?-{}~]+", re.I)

NEW_PREFIX_FROM = "2025.12"
"""Month from which on bioRxiv and medRxiv make DOIs with their own prefix."""

_HOST = re.compile(r"(?:https?://)?(?:[^/@\s]*@)?([a-z0-9.-]+)", re.I)
_TAIL = re.compile(
    r"(?:[./](?:full(?:[.-]?text)?|abstract|abs|short|e?pdf|epub|pdfft|pdf\+html|html?|xml(?:/nlm)?|meta|summary"
    r"|(?:figures?|tables?)(?:/[0-9]+)?|references|metrics|supplementary-material|supplemental|suppl(?:_file)?/.*"
    r"|svg|reader|article-info|tab-[a-z-]+|citations?|similar|comments))+/?$",
    re.I,
)
"""What publishers put behind a DOI in the addresses of its pages."""

_ENDS = ".,;:!?*_'`~…>"
_PAIRS = {")": "(", "]": "[", "}": "{"}

_OPENREVIEW = re.compile(r"[?&]id=([A-Za-z0-9_-]+)")
_ACL = re.compile(
    r"/(?:anthology/)?(?:[A-Z]/[A-Z][0-9]{2}/)?([A-Za-z0-9_]+[.-][A-Za-z0-9_.-]*?[0-9]+)(?:v[0-9]+)?(?:\.[a-z]+)?/?$"
)
_PMLR = re.compile(r"/((?:v|r)[0-9]+/[a-z0-9-]+?)(?:\.html|/[a-z0-9-]+(?:-supp)?\.pdf)?/?$")
_CVF = re.compile(r"/(content[^/]*(?:/[^/]+){0,2})/(?:html|papers)/([^/]+_paper)\.(?:html|pdf)$")
_NEURIPS = re.compile(
    r"/paper/([0-9]{4})/(?:hash|file)/([0-9a-f]{32})(?:-[A-Z][a-z]+)?(-[A-Z][A-Za-z_]+)?\.(?:html|pdf)$"
)
_PUBMED = re.compile(r"/(?:pubmed/)?([1-9][0-9]{0,8})/?$")
_EARLY = re.compile(r"/(?:content/(?:(?:bio|med)rxiv/)?early/(?:[0-9]+/)+|cgi/content/[a-z]+/)([0-9.]+[0-9])(v[0-9]+)?")
_BEHIND = re.compile(r"/[0-9]{5,}(?:/[^/]*)?$")
_MDPI = re.compile(r"/([0-9]{4}-[0-9]{3}[0-9X])/([0-9]{1,3})/([0-9]{1,2})/([0-9]{1,5})(?:[/?]|$)", re.I)

Reader = Callable[[str], PaperRef | None]


class _Rule(NamedTuple):
    """How a site makes its DOIs."""

    host: str
    path: str
    """Pattern of its addresses; its groups fill `doi`."""
    doi: str


_RULES = (
    _Rule("nature.com", r"/articles/([a-z0-9-]+)(?=[./_?]|$)", "10.1038/{}"),
    _Rule("nature.com", r"/journal/v[0-9]+/[^/]+/[a-z]+/([a-z]+[0-9]{3,6})(?![0-9])", "10.1038/{}"),
    _Rule("elifesciences.org", r"/(?:articles|reviewed-preprints|content/[0-9]+)/e?([0-9]{3,7})", "10.7554/elife.{}"),
    _Rule("zenodo.org", r"/records?/([0-9]{3,10})(?![0-9])", "10.5281/zenodo.{}"),
    _Rule("ssrn.com", r"[/?&]abstract(?:_?id)?=([0-9]{4,9})(?![0-9])", "10.2139/ssrn.{}"),
    _Rule("researchsquare.com", r"/(rs-[0-9]{4,9})/v([0-9]{1,2})(?![0-9])", "10.21203/rs.3.{}/v{}"),
    _Rule("researchsquare.com", r"/(rs-[0-9]{4,9})(?![0-9])", "10.21203/rs.3.{}/v1"),
    _Rule("preprints.org", r"/manuscript/([0-9]{6}\.[0-9]{4})/v([0-9]{1,2})(?![0-9])", "10.20944/preprints{}.v{}"),
    _Rule("preprints.org", r"/manuscript/([0-9]{6}\.[0-9]{4})(?![0-9])", "10.20944/preprints{}.v1"),
    _Rule("psyarxiv.com", r"/([2-9a-hjkmnp-z]{5}(?:_v[0-9]+)?)/?(?:\?|$)", "10.31234/osf.io/{}"),
    _Rule("osf.io", r"/preprints/psyarxiv/([2-9a-hjkmnp-z]{5}(?:_v[0-9]+)?)", "10.31234/osf.io/{}"),
    _Rule("osf.io", r"/preprints/socarxiv/([2-9a-hjkmnp-z]{5}(?:_v[0-9]+)?)", "10.31235/osf.io/{}"),
    _Rule("osf.io", r"/preprints/(?:osf/)?([2-9a-hjkmnp-z]{5}(?:_v[0-9]+)?)(?:[/?]|$)", "10.31219/osf.io/{}"),
    _Rule("techrxiv.org", r"/articles/(?:[^/]+/)+([0-9]{7,9})(?![0-9])", "10.36227/techrxiv.{}"),
    _Rule("figshare.com", r"/articles/(?:[^/]+/)+([0-9]{6,9})(?![0-9])", "10.6084/m9.figshare.{}"),
    _Rule("dl.acm.org", r"/(?:citation|ft_gateway)\.cfm\?(?:[^#]*&)?id=([0-9]+(?:\.[0-9]+)?)", "10.1145/{}"),
    _Rule("pubs.rsc.org", r"/article[a-z]*/[0-9]{4}/[a-z0-9]{2}/([a-z][0-9][a-z]{2}[0-9]{5}[a-z])", "10.1039/{}"),
    _Rule("pnas.org", r"/content/(?:pnas/)?(?:early/)?[0-9]+/[0-9]+/e([0-9]{10})", "10.1073/pnas.{}"),
    _Rule("peerj.com", r"/articles/([0-9]{1,6})(?![0-9])", "10.7717/peerj.{}"),
    _Rule("peerj.com", r"/articles/cs-([0-9]{1,6})(?![0-9])", "10.7717/peerj-cs.{}"),
    _Rule("bmj.com", r"/content/(?:[0-9]+/)?(bmj-[0-9]{4}-[0-9]{6})", "10.1136/{}"),
    _Rule("ijcai.org", r"/proceedings/([0-9]{4})/([0-9]{1,4})(?![0-9])", "10.24963/ijcai.{}/{}"),
    _Rule("nber.org", r"/papers/(w[0-9]{1,5})(?![0-9])", "10.3386/{}"),
    _Rule("hindawi.com", r"/journals/[a-z]+/([0-9]{4}/[0-9]{5,8})", "10.1155/{}"),
    _Rule("rupress.org", r"/(j[a-z]{2})/article(?:-[a-z]+)?/[0-9]+/[0-9]+/e([0-9]{9})(?:/|$)", "10.1083/{}.{}"),
    _Rule(
        "academic.oup.com", r"/([a-z]+)/(?:advance-)?article(?:-[a-z]+)?/(?:[0-9]+/[0-9]+/)?([a-z]{2,8}[0-9]{2,5})/",
        "10.1093/{}/{}",
    ),
)  # fmt: skip
"""Documented or plain from their DOIs; where the first rule of a site does not fit, the next is tried."""

_NUMBERED = ("academic.oup.com", "direct.mit.edu", "rupress.org", "journals.biologists.com", "ashpublications.org",
             "pubs.aip.org", "aacrjournals.org", "pubs.geoscienceworld.org")  # fmt: skip
"""Sites whose links have a number of theirs, and the title, behind the DOI."""


def linked(url: str) -> PaperRef | None:
    """The paper that a link leads to; None where nothing in it says so."""
    url = url.partition("#")[0]
    found = _HOST.match(url)
    host = found[1].lower() if found else ""
    return next((paper for site, read in _SITES if _at(host, site) and (paper := read(url))), None) or (
        None if any(_at(host, site) for site in _OWN) else with_doi(url)
    )


def by_doi(doi: str) -> PaperRef | None:
    """The paper of a DOI; None for what is no DOI, and for arXiv's own.

    Those are found by their ids.
    """
    bare = split(f"doi:{doi.lower().rstrip('/')}")
    id = made("doi", bare.base.removeprefix("doi:"))
    return PaperRef(id, bare.version) if id and ":" in id else None


def with_doi(url: str) -> PaperRef | None:
    """By the DOI in a link's path, without what publishers put behind it."""
    found = DOI.search(url)
    if not found or "10.48550/arxiv." in found[0].lower():
        return None
    bare = re.split(r"[?&#]", found[0])[0]
    while bare != (bare := trimmed(_TAIL.sub("", bare))):
        pass
    return by_doi(bare)


def trimmed(text: str) -> str:
    """Without punctuation and brackets that the sentence around it ends with."""
    while text:
        if text[-1] in _ENDS or (text[-1] in _PAIRS and text.count(text[-1]) > text.count(_PAIRS[text[-1]])):
            text = text[:-1]
        else:
            break
    return text


def _at(host: str, site: str) -> bool:
    """True for a host of `site`: its own, one below it, or a library's proxy.

    A proxy's: `www-nature-com.proxy.example`.
    """
    return host == site or host.endswith(f".{site}") or f".{site}." in f".{host.replace('-', '.')}."


def _numbered(url: str) -> PaperRef | None:
    return with_doi(_BEHIND.sub("", url.partition("?")[0]))


def _preprint(url: str) -> PaperRef | None:
    early = _EARLY.search(url)
    if early:
        prefix = "10.64898" if early[1].count(".") == 3 and early[1] >= NEW_PREFIX_FROM else "10.1101"
        return by_doi(f"{prefix}/{early[1]}{early[2] or ''}")
    return None


def _mdpi(url: str) -> PaperRef | None:
    """By the journal's ISSN, volume, issue and number."""
    found = _MDPI.search(url)
    code = _mdpi_codes().get(found[1].upper()) if found else None
    return by_doi(f"10.3390/{code}{found[2]}{int(found[3]):02}{int(found[4]):04}") if found and code else None


@functools.cache
def _mdpi_codes() -> dict[str, str]:
    rows = (Path(__file__).parent / "mdpi.tsv").read_text(encoding="ascii").splitlines()
    return dict(row.split("\t")[:2] for row in rows)


def _by(kind: Kind, pattern: "re.Pattern[str]", between: str = "") -> Reader:
    """By what the groups of `pattern` find in a link, with `between` between them."""

    def read(url: str) -> PaperRef | None:
        found = pattern.search(url if kind == "openreview" else url.partition("?")[0])
        id = made(kind, between.join(part or "" for part in found.groups())) if found else None
        return PaperRef(id) if id else None

    return read


def _ruled(rule: _Rule) -> Reader:
    pattern = re.compile(rule.path, re.I)

    def read(url: str) -> PaperRef | None:
        found = None if DOI.search(url) else pattern.search(url)
        return by_doi(rule.doi.format(*found.groups())) if found else None

    return read


def _neurips(url: str) -> PaperRef | None:
    found = _NEURIPS.search(url.partition("?")[0])
    id = made("neurips", f"{found[1]}/{found[2]}{found[3] or ''}") if found else None
    return PaperRef(id) if id else None


def _openreview(url: str) -> PaperRef | None:
    shown = re.search(r"/(?:forum|pdf|references/pdf|attachment|revisions)\?", url)
    return _by("openreview", _OPENREVIEW)(url) if shown else None


_SITES: tuple[tuple[str, Reader], ...] = (
    ("openreview.net", _openreview),
    ("aclanthology.org", _by("acl", _ACL)),
    ("aclweb.org", _by("acl", _ACL)),
    ("proceedings.mlr.press", _by("pmlr", _PMLR)),
    ("openaccess.thecvf.com", _by("cvf", _CVF, "/")),
    ("neurips.cc", _neurips),
    ("papers.nips.cc", _neurips),
    ("pubmed.ncbi.nlm.nih.gov", _by("pmid", _PUBMED)),
    ("ncbi.nlm.nih.gov", _by("pmid", re.compile(r"/pubmed/([1-9][0-9]{0,8})/?$"))),
    ("europepmc.org", _by("pmid", re.compile(r"/MED/([1-9][0-9]{0,8})/?$", re.I))),
    ("biorxiv.org", _preprint),
    ("medrxiv.org", _preprint),
    ("mdpi.com", _mdpi),
    *((rule.host, _ruled(rule)) for rule in _RULES),
    *((site, _numbered) for site in _NUMBERED),
)
"""Sites whose links name a paper in a way of their own."""

_OWN = (
    "openreview.net", "aclanthology.org", "aclweb.org", "proceedings.mlr.press", "openaccess.thecvf.com", "neurips.cc",
    "papers.nips.cc",
)  # fmt: skip
"""Sites whose papers have ids of their own: a DOI in such a link is not the paper's."""
