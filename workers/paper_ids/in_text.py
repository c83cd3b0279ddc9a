"""Every paper that a text names, of any origin: arXiv ids, DOIs, and the links of sites that we know. Pure.

A link goes by what stands in it, never by fetching it: a DOI in its path, or the part of a DOI that some publishers put
there. A link to a paper in which neither stands names none, and the person is told so.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from urllib.parse import unquote

from workers.errors import BadInput
from workers.paper_ids import arxiv_id
from workers.paper_ids.paper_key import Kind, PaperRef, made, split, valid

MOST_TITLE, LEAST_LETTERS = 300, 8
"""Characters of a title that is looked up, and the letters that it has at least."""

_DOI = re.compile(r"(?<![0-9A-Za-z.])10\.[0-9]{4,9}(?:\.[0-9]+)*/[!#-;=?-{}~]+")
_WHOLE_DOI = re.compile(r"(?:doi:\s*|https?://(?:dx\.|www\.)?doi\.org/)?(10\.[0-9]{4,9}(?:\.[0-9]+)*/[!-~]+)", re.I)
_URL = re.compile(r"(?:https?://|(?<![A-Za-z0-9@/.-])(?=[a-z0-9.-]+\.(?:org|com|net|press)/))[^\s<>|\"]+", re.I)
_HOST = re.compile(r"(?:https?://)?(?:[^/@\s]*@)?([a-z0-9.-]+)", re.I)
_TAIL = re.compile(
    r"(?:[./](?:full(?:[.-]?text)?|abstract|abs|short|e?pdf|pdf\+html|html|meta|summary|figures|references|metrics"
    r"|supplementary-material|supplemental|reader|article-info|tab-[a-z-]+|citations?))+/?$",
    re.I,
)
"""What publishers put behind a DOI in the addresses of its pages."""

_ENDS = ".,;:!?*_'`~…>"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_EARLY = re.compile(r"/content/(?:bio|med)rxiv/early/(?:[0-9]+/)+([0-9.]+[0-9])(v[0-9]+)?")

_OPENREVIEW = re.compile(r"[?&]id=([A-Za-z0-9_-]+)")
_ACL = re.compile(
    r"/(?:anthology/)?(?:[A-Z]/[A-Z][0-9]{2}/)?([A-Za-z0-9_]+[.-][A-Za-z0-9_.-]*?[0-9]+)(?:v[0-9]+)?(?:\.[a-z]+)?/?$"
)
_PMLR = re.compile(r"/((?:v|r)[0-9]+/[a-z0-9-]+?)(?:\.html|/[a-z0-9-]+(?:-supp)?\.pdf)?/?$")
_PUBMED = re.compile(r"/([1-9][0-9]{0,8})/?$")
_PMID = re.compile(r"\bPMID:?\s*([1-9][0-9]{4,8})\b", re.I)
_PII = re.compile(r"/(?:PII)?(S[0-9]{4}-?[0-9]{3}[0-9X]\(?[0-9]{2}\)?[0-9]{5}-?[0-9X])(?![0-9A-Za-z])", re.I)
"""ScienceDirect, Cell, The Lancet: the number stands at Crossref beside the DOI."""

_NATURE = re.compile(r"/articles/([a-z0-9-]+?)(?:[._].*)?/?$")
_ELIFE = re.compile(r"/(?:articles|reviewed-preprints)/([0-9]{3,7})")

Found = tuple[int, PaperRef]


def parse(text: str, today: date | None = None) -> list[PaperRef]:
    """All papers that `text` names, in order, each once and as first written. `today` as in `arxiv_id.find`."""
    own = exact(text.strip()) if ":" in text else None
    if own and own.kind != "url":
        return [own]
    whole = _WHOLE_DOI.fullmatch(text.strip())
    text = arxiv_id.clean(text)
    found = [*arxiv_id.find(text, today), *(_alone(_trimmed(unquote(whole[1]))) if whole else _others(text))]
    once: dict[str, PaperRef] = {}
    for _, paper in sorted(found, key=lambda pair: pair[0]):
        once.setdefault(paper.base, paper)
    return list(once.values())


def one(text: str, today: date | None = None) -> PaperRef:
    """The one paper that `text` names. BadInput (one sentence for the person) where it names none or several."""
    found = parse(text, today)
    if not found:
        if links(text):
            raise BadInput("That link names no paper that I can tell: give its DOI, or its title.")
        raise BadInput("No paper is named there: give a link, a DOI, an id such as 2601.17058, or a title.")
    if len(found) > 1:
        names = ", ".join(p.canonical for p in found[:5]) + (" …" if len(found) > 5 else "")
        raise BadInput(f"That names {len(found)} papers ({names}): give one of them.")
    return found[0]


def exact(ref: str) -> PaperRef | None:
    """The paper that `ref` is, letter by letter as we write ids (in a button, in the store), else None."""
    found = split(ref)
    return arxiv_id.exact(ref) if found.kind == "arxiv" else found if valid(found.base) else None


def asked(text: str) -> PaperRef | str:
    """What a command was given: the one paper that `text` names, else a link or title to look up. BadInput as `one`."""
    if parse(text):
        return one(text)
    return text.strip() if pii_in(text) else title_in(text) or one(text)


def pii_in(text: str) -> str:
    """Elsevier's number of a paper in the first link that carries one (`S0092867426000012`); '' without one."""
    found = next(filter(None, map(_PII.search, links(text))), None)
    return re.sub("[^0-9SX]", "", found[1].upper()) if found else ""


def links(text: str) -> list[str]:
    """The links in a text."""
    return [m[0] for m in _URL.finditer(arxiv_id.clean(text))]


def title_in(text: str) -> str:
    """The title that `text` may be, on one line; '' where it is none: it holds a link, or is too short or too long."""
    line = " ".join(text.split()).strip(" \"'“”«»《》「」")
    letters = sum(c.isalpha() for c in line)
    wide = any(ord(c) > 0x2E80 for c in line)
    if "://" in line or len(line) > MOST_TITLE or letters < LEAST_LETTERS or not (" " in line or "-" in line or wide):
        return ""
    return line


def _others(text: str) -> Iterator[Found]:
    """What is not arXiv's: links first, then DOIs that stand in no link."""
    taken: list[tuple[int, int]] = []
    for m in _URL.finditer(text):
        if paper := _linked(_trimmed(_innermost(m[0]))):
            taken.append(m.span())
            yield m.start(), paper
    for m in _PMID.finditer(text):
        yield m.start(), PaperRef(f"pmid:{m[1]}")
    for m in _DOI.finditer(text):
        if not any(start <= m.start() < end for start, end in taken):
            yield from ((m.start(), paper) for _, paper in _alone(_trimmed(m[0])))


def _alone(doi: str) -> Iterator[Found]:
    """A DOI by itself; arXiv's own are found by their ids."""
    bare = split(f"doi:{doi.lower()}")
    if (id := made("doi", bare.base.removeprefix("doi:"))) and ":" in id:
        yield 0, PaperRef(id, bare.version)


def _linked(url: str) -> PaperRef | None:
    """The paper that a link leads to."""
    host = _HOST.match(url)
    name = host[1].lower() if host else ""
    for site, read in _SITES.items():
        if name == site or name.endswith(f".{site}"):
            return read(url.partition("#")[0])
    return _with_doi(url)


def _with_doi(url: str) -> PaperRef | None:
    """By the DOI in a link's path, without what publishers put behind it."""
    found = _DOI.search(url)
    if not found or "10.48550/arxiv." in found[0].lower():
        return None
    bare = re.split(r"[?&#]", found[0])[0]
    while bare != (bare := _trimmed(_TAIL.sub("", bare))):
        pass
    return next((paper for _, paper in _alone(bare)), None)


def _oxford(url: str) -> PaperRef | None:
    """Oxford's links have a number of theirs behind the DOI."""
    found = re.search(r"10\.1093/[A-Za-z]+/[A-Za-z0-9]+", url)
    return next((paper for _, paper in _alone(found[0])), None) if found else None


def _preprint(url: str) -> PaperRef | None:
    early = _EARLY.search(url)
    if early:
        return next((paper for _, paper in _alone(f"10.1101/{early[1]}{early[2] or ''}")), None)
    return _with_doi(url)


def _by(kind: Kind, pattern: "re.Pattern[str]", before: str = "") -> Callable[[str], PaperRef | None]:
    """By what `pattern` finds in a link, with `before` before it."""

    def read(url: str) -> PaperRef | None:
        found = pattern.search(url if kind == "openreview" else url.partition("?")[0])
        id = made(kind, before + found[1]) if found else None
        return PaperRef(id) if id else None

    return read


def _openreview(url: str) -> PaperRef | None:
    shown = re.search(r"/(?:forum|pdf|references/pdf|attachment|revisions)\?", url)
    return _by("openreview", _OPENREVIEW)(url) if shown else None


def _nature(url: str) -> PaperRef | None:
    return _with_doi(url) or _by("doi", _NATURE, "10.1038/")(url)


_SITES: dict[str, Callable[[str], PaperRef | None]] = {
    "openreview.net": _openreview,
    "aclanthology.org": _by("acl", _ACL),
    "aclweb.org": _by("acl", _ACL),
    "proceedings.mlr.press": _by("pmlr", _PMLR),
    "nature.com": _nature,
    "elifesciences.org": _by("doi", _ELIFE, "10.7554/elife."),
    "academic.oup.com": _oxford,
    "pubmed.ncbi.nlm.nih.gov": _by("pmid", _PUBMED),
    "ncbi.nlm.nih.gov": _by("pmid", re.compile(r"/pubmed/([1-9][0-9]{0,8})/?$")),
    "europepmc.org": _by("pmid", re.compile(r"/MED/([1-9][0-9]{0,8})/?$", re.I)),
    "biorxiv.org": _preprint,
    "medrxiv.org": _preprint,
}
"""Sites whose links name a paper in a way of their own."""


def _innermost(url: str) -> str:
    """The link that a redirector's link carries, else the link itself."""
    place = max(url.rfind("https://", 1), url.rfind("http://", 1))
    return url if place < 0 else re.split(r"&(?!id=)", url[place:])[0]


def _trimmed(text: str) -> str:
    """Without punctuation and brackets that the sentence around it ends with."""
    while text:
        if text[-1] in _ENDS or (text[-1] in _PAIRS and text.count(text[-1]) > text.count(_PAIRS[text[-1]])):
            text = text[:-1]
        else:
            break
    return text
