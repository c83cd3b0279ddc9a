"""Finds every paper that a text names: arXiv ids, DOIs, known links. Pure.

A link goes by what stands in it, never by fetching it: a DOI in its path, or the part of a DOI that some publishers put
there. A link to a paper in which neither stands names none, and the person is told so.
"""

import html
import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import unquote

from workers.errors import BadInput
from workers.paper_ids import arxiv_id
from workers.paper_ids.in_link import DOI, by_doi, linked, trimmed
from workers.paper_ids.paper_key import PaperRef, split, valid

MOST_TITLE, LEAST_LETTERS = 300, 8
"""Characters of a title that is looked up, and the letters that it has at least."""

_WHOLE_DOI = re.compile(
    r"(?:doi:?\s*|(?P<link>https?://(?:dx\.|www\.)?doi\.org/)(?:doi:)?)?(?P<doi>10\.[0-9]{4,9}(?:\.[0-9]+)*/[!-~]+)",
    re.I,
)
_TRACKED = re.compile(r"(?:[?&]|&amp;)(?:utm_\w+|[a-z]{1,3}clid|mc_[a-z]+|ref|source|via|sa|af)=[^?]*$", re.I)
"""How somebody came there, which people copy with a DOI."""

_URL = re.compile(
    r"(?:https?://|(?<![A-Za-z0-9@/.-])(?=[a-z0-9.-]+\.(?:org|com|net|press|gov|science|io|cc)/))[^\s<>|\"]+", re.I
)
_PMID = re.compile(r"\bPMID:?\s*([1-9][0-9]{4,8})\b", re.I)
_NUMBER = re.compile(
    r"(?:semanticscholar\.org/(?:paper|reader)/(?:[^/\s]+/)?|connectedpapers\.com/main/)([0-9a-f]{40})(?![0-9A-Za-z])|"
    r"[/=](?:PII)?(S[0-9]{4}-?[0-9]{3}[0-9X]\(?[0-9]{2}\)?[0-9]{5}-?[0-9X]|B978[0-9]{15}[0-9X]|PMC[1-9][0-9]{2,8})"
    r"(?![0-9A-Za-z])",
    re.I,
)
"""ScienceDirect, Cell, The Lancet: Elsevier's number, which stands at Crossref beside the DOI; PubMed Central's;
Semantic Scholar's hash."""

_SLUG = re.compile(
    r"researchgate\.net/publication/[0-9]+_([\w.%-]+)|paperswithcode\.com/paper/([a-z0-9-]+)"
    r"|(?:alphaxiv|scholar\.archive)\.org/title/([\w-]+)",
    re.I,
)
"""Links in which the title stands, its words joined."""

_SICI = re.compile(
    r"10\.[0-9]{4,9}/\(SICI\)[0-9X-]+\([0-9/]+\)[0-9:/.]+(?:<|&lt;|%3C)[0-9A-Z:-]+(?:>|&gt;|%3E)[0-9.]+CO;2-"
    r"(?:[0-9A-Z#]|%23)",
    re.I,
)
"""A DOI of the nineties, with angle brackets inside."""

_CITED = re.compile(
    r"\bdoi:\s*10\.\S+[.;]?\s+(?:e(?:pub|collection)\s[^.;\n]{4,25}[.;]\s*)?(?P<pmid>PMID)"
    r"|(?P<before>PMID):?\s*[0-9]+[.;]\s*(?:PMCID:?\s*PMC[0-9]+[.;]\s*)?doi:",
    re.I,
)
"""A citation as PubMed gives it: its PMID is the paper of its DOI."""

_QUOTED = re.compile(r"“[^“”\n]+”|\"[^\"\n]+\"|«[^«»\n]+»|《[^《》\n]+》|「[^「」\n]+」")
_WORDS = re.compile(r"\S+(?:\s+\S+){2}|[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]{6}")
"""As many words or signs as a title has at least: less in quotation marks is a term."""

Found = tuple[int, PaperRef]


def parse(text: str, today: date | None = None) -> list[PaperRef]:
    """All papers that `text` names, in order, each once and as first written.

    `today` as in `arxiv_id.find`.
    """
    own = exact(text.strip()) if ":" in text else None
    if own and own.kind != "url":
        return [own]
    whole = _WHOLE_DOI.fullmatch(text.strip())
    old = [] if whole else _bracketed(text)
    text = arxiv_id.clean(_SICI.sub(" ", text) if old else text)
    found = [*arxiv_id.find(text, today), *(_whole(whole) if whole else [*old, *_others(text)])]
    once: dict[str, PaperRef] = {}
    for _, paper in sorted(found, key=lambda pair: pair[0]):
        once.setdefault(paper.base, paper)
    return list(once.values())


def one(text: str, today: date | None = None) -> PaperRef:
    """The one paper that `text` names.

    BadInput (one sentence for the person) where it names none or several.
    """
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
    """The paper that `ref` is, letter by letter as we write ids, else None.

    We write them in buttons and in the store.
    """
    found = split(ref)
    return arxiv_id.exact(ref) if found.kind == "arxiv" else found if valid(found.base) else None


def asked(text: str) -> PaperRef | str:
    """The one paper that `text` names, else a link or title to look up.

    `text` was given to a command. BadInput as `one`.
    """
    if parse(text):
        return one(text)
    return text.strip() if number_in(text) else title_in(text) or slug_title(text) or one(text)


def number_in(text: str) -> str:
    """The number in the first link that has one instead of a DOI; '' without.

    `S0092867426000012`, `PMC9876543`.
    """
    found = next(filter(None, map(_NUMBER.search, links(text))), None)
    if not found:
        return ""
    return found[1] or re.sub("[^0-9A-Z]", "", found[2].upper())


def slug_title(text: str) -> str:
    """The title in the first link of `text`, as in ResearchGate's; '' without."""
    found = next(filter(None, map(_SLUG.search, links(text))), None)
    words = re.sub("[_-]+", " ", unquote(next(filter(None, found.groups())))) if found else ""
    return title_in(words)


def links(text: str) -> list[str]:
    """The links in a text."""
    return [m[0] for m in _URL.finditer(arxiv_id.clean(text))]


def title_in(text: str) -> str:
    """The title that `text` may be, on one line; '' where it is none.

    It is none where it holds a link, or is too short or too long.
    """
    line = " ".join(text.split()).strip(" \"'“”«»《》「」")
    letters = sum(c.isalpha() for c in line)
    wide = any(ord(c) > 0x2E80 for c in line)
    if "://" in line or len(line) > MOST_TITLE or letters < LEAST_LETTERS or not (" " in line or "-" in line or wide):
        return ""
    return line


def quoted_title(text: str) -> str:
    """The one title that stands in quotation marks in `text`.

    '' without, or with several.
    """
    found = [title for m in _QUOTED.finditer(text) if (title := title_in(m[0])) and (_WORDS.search(title))]
    return found[0] if len(found) == 1 else ""


def _others(text: str) -> Iterator[Found]:
    """What is not arXiv's: links first, then DOIs that stand in no link."""
    taken: list[tuple[int, int]] = []
    for m in _URL.finditer(text):
        if paper := linked(trimmed(_innermost(m[0]))):
            taken.append(m.span())
            yield m.start(), paper
    cited = {m.start(m.lastgroup or 0) for m in _CITED.finditer(text)}
    yield from ((m.start(), PaperRef(f"pmid:{m[1]}")) for m in _PMID.finditer(text) if m.start() not in cited)
    for m in DOI.finditer(text):
        if not any(start <= m.start() < end for start, end in taken) and (paper := by_doi(_plain(m[0]))):
            yield m.start(), paper


def _bracketed(text: str) -> list[Found]:
    """DOIs with angle brackets, which elsewhere end a link."""
    return [(m.start(), paper) for m in _SICI.finditer(text) if (paper := by_doi(html.unescape(unquote(m[0]))))]


def _whole(found: "re.Match[str]") -> Iterator[Found]:
    """A text that is a DOI and nothing else: any sign may stand in it."""
    doi = re.split(r"[?#|]|&(?:amp;)?(?=\w+=)", found["doi"])[0] if found["link"] else found["doi"]
    if paper := by_doi(_plain(arxiv_id.clean(unquote(doi)))):
        yield 0, paper


def _plain(doi: str) -> str:
    return trimmed(_TRACKED.sub("", doi))


def _innermost(url: str) -> str:
    """The link that a redirector's link carries, else the link itself."""
    place = max(url.rfind("https://", 1), url.rfind("http://", 1))
    return url if place < 0 else re.split(r"&(?!id=)", url[place:])[0]
