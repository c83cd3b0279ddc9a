"""arXiv identifiers: every paper that a text names, however people paste it.

New style `YYMM.NNNNN` (four digits until 1412), old style `archive/YYMMNNN`; canonical is the base id plus version,
equality for memory is by base id alone. Impossible ids are refused, never repaired.
"""

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote

from workers.errors import BadInput
from workers.paper_ids.paper_key import PaperRef

FIRST_NEW, LAST_FOUR_DIGITS = (2007, 4), (2014, 12)
"""(year, month) of the first new-style id, and of the last with four digits (arXiv's identifier page)."""

FIRST_OLD, LAST_OLD = (1991, 7), (2007, 3)
"""(year, month) of the first and last old-style ids (the same page)."""

CLOCK_TOLERANCE = timedelta(days=1)
"""Somebody east of us may paste an id of a month that has not begun in UTC."""

DECODE_ROUNDS = 4
"""Times a link is percent-decoded: redirector inside redirector inside a mail filter is three."""

CONTEXT = 300
"""Characters before an id that are looked at for the DOI or host it belongs to; longer links count as plain."""

ARCHIVES = (
    "acc-phys",
    "adap-org",
    "alg-geom",
    "ao-sci",
    "astro-ph",
    "atom-ph",
    "bayes-an",
    "chao-dyn",
    "chem-ph",
    "cmp-lg",
    "comp-gas",
    "cond-mat",
    "cs",
    "dg-ga",
    "funct-an",
    "gr-qc",
    "hep-ex",
    "hep-lat",
    "hep-ph",
    "hep-th",
    "math",
    "math-ph",
    "mtrl-th",
    "nlin",
    "nucl-ex",
    "nucl-th",
    "patt-sol",
    "physics",
    "plasm-ph",
    "q-alg",
    "q-bio",
    "quant-ph",
    "solv-int",
    "supr-con",
)
"""Archives that gave old-style ids, those since merged included (arXiv's category taxonomy)."""

_HIDDEN = "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+"
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&nbsp;": " "}
_LINK = re.compile(r"://|%(?:25)*(?:2f|3a)", re.I)
_VERSION = r"(?:v(?P<v>[0-9]+))?(?![0-9A-Za-z])"
_OLD = re.compile(
    rf"(?<![A-Za-z0-9-])(?P<a>{'|'.join(sorted(ARCHIVES, key=len, reverse=True))})(?:\.[a-z]{{2,6}}(?:-[a-z]{{2,5}})?)?"
    rf"/+(?P<ym>[0-9]{{4}})(?P<n>[0-9]{{3}}){_VERSION}(?!\.[0-9])",
    re.I,
)
_NEW = re.compile(rf"(?<![0-9])(?P<ym>[0-9]{{4}})\.(?P<n>[0-9]{{4,5}}){_VERSION}", re.I)
_ADS = re.compile(
    r"(?<![0-9A-Za-z])20(?P<y>[0-9]{2})arXiv(?P<ym>(?P=y)[0-9]{2})(?P<n>\.[0-9]{4}|[0-9]{5})[A-Z.](?![0-9A-Za-z])"
)
_FOREIGN_DOI = re.compile(r"(?<![0-9.])10\.(?!48550/)[0-9]{4,9}/[^\s<>|\"')\],;]*$")
_ARXIV_MARK = re.compile(r"arxiv[\s:._/-]*$", re.I)
_NUMBER_BEFORE = re.compile(r"(?:[0-9][.+-]|[$€£¥₩₹+±≈−]|[=~<>!]=|tel:)$")
_NUMBER_AFTER = re.compile(r"\.[0-9]|-(?![0-9]{4}\.[0-9]{4,5}(?![0-9]))[0-9]+(?![0-9A-Za-z])")
_ID_BEFORE = re.compile(r"[0-9]{4}\.[0-9]{4,5}(?:v[0-9]+)?-$")
_HOST = re.compile(r".*://([^/\s|>]+)/\S*$", re.S)
_ID_HOSTS = re.compile(
    r"arxiv|lanl\.gov|ar5iv|huggingface|hf\.co|doi\.org|scirate|semanticscholar|catalyzex|papers\.cool|emergentmind"
    r"|adsabs|inspirehep",
    re.I,
)


ArxivId = PaperRef
"""One of arXiv's papers: a reference whose base is a bare id."""


def parse(text: str, today: date | None = None) -> list[ArxivId]:
    """All arXiv papers that `text` names, in order.

    Each base id once and as first written. `today` as in `find`.
    """
    once: dict[str, ArxivId] = {}
    for _, paper in find(clean(text), today):
        once.setdefault(paper.base, paper)
    return list(once.values())


def find(text: str, today: date | None = None) -> list[tuple[int, ArxivId]]:
    """(place, paper) for every naming of an arXiv paper, in order.

    `text` is `clean`. `today` (UTC; default now) decides which months are still to come; `date.max` lifts that check.
    """
    limit = today or datetime.now(UTC).date()
    limit = limit if limit > date.max - CLOCK_TOLERANCE else limit + CLOCK_TOLERANCE
    found = [(m.start(), _old(m, text)) for m in _OLD.finditer(text)]
    found += [(m.start(), _new(m, text, limit)) for m in _NEW.finditer(text)]
    found += [(m.start(), _numbered(m["ym"], m["n"].lstrip("."), limit, None)) for m in _ADS.finditer(text)]
    return sorted(((place, paper) for place, paper in found if paper), key=lambda pair: pair[0])


def one(text: str, today: date | None = None) -> ArxivId:
    """The one paper that `text` names.

    BadInput (one sentence for the person) where it names none or several.
    """
    found = parse(text, today)
    if not found:
        raise BadInput("No arXiv paper is named there: give a link or an id such as 2601.17058.")
    if len(found) > 1:
        names = ", ".join(p.canonical for p in found[:5]) + (" …" if len(found) > 5 else "")
        raise BadInput(f"That names {len(found)} papers ({names}): give one of them.")
    return found[0]


def exact(text: str, today: date | None = None) -> ArxivId | None:
    """The id that `text` is, letter by letter, else None.

    For ids that a service sent.
    """
    found = parse(text, today)
    return found[0] if len(found) == 1 and found[0].canonical == text else None


def clean(text: str) -> str:
    """`text` with links decoded, full-width forms narrowed, nothing invisible.

    Invisible characters between two ids become a space, others go.
    """
    for _ in range(DECODE_ROUNDS):
        before = text
        text = re.sub(rf"(?<=[0-9]){_HIDDEN}(?=[0-9]{{4}}\.[0-9]{{4}})", " ", text.translate(_WIDE))
        text = re.sub(_HIDDEN, "", text)
        text = re.sub(r"&(?:amp|lt|gt|quot|#39|nbsp);", lambda m: _ENTITIES[m[0]], text)
        text = re.sub(r"\S+", lambda m: unquote(m[0]) if _LINK.search(m[0]) else m[0], text)
        if text == before:
            break
    return text


def _new(m: "re.Match[str]", text: str, limit: date) -> ArxivId | None:
    before, after = text[max(0, m.start() - CONTEXT) : m.start()], text[m.end() : m.end() + 20]
    marked = _ARXIV_MARK.search(before)
    if before[-1:].isascii() and before[-1:].isalpha() and not marked:
        return None
    if _NUMBER_BEFORE.search(before) and not _ID_BEFORE.search(before) and not (before[-1] == "$" and after[:1] == "$"):
        return None
    if m["v"] is None and _NUMBER_AFTER.match(after):
        return None
    if _FOREIGN_DOI.search(before) and not marked:
        return None
    return _numbered(m["ym"], m["n"], limit, m["v"])


def _numbered(ym: str, number: str, limit: date, version: str | None) -> ArxivId | None:
    when = (2000 + int(ym[:2]), int(ym[2:]))
    digits = 4 if when <= LAST_FOUR_DIGITS else 5
    if not FIRST_NEW <= when <= (limit.year, limit.month) or len(number) != digits:
        return None
    return _made(f"{ym}.{number}", when[1], number, version)


def _old(m: "re.Match[str]", text: str) -> ArxivId | None:
    before = text[max(0, m.start() - CONTEXT) : m.start()]
    host = _HOST.match(before)
    if (before.endswith(".") and not _ARXIV_MARK.search(before)) or (host and not _ID_HOSTS.search(host[1])):
        return None
    if _FOREIGN_DOI.search(before):
        return None
    year = int(m["ym"][:2])
    when = (1900 + year if year > 90 else 2000 + year, int(m["ym"][2:]))
    if not FIRST_OLD <= when <= LAST_OLD:
        return None
    return _made(f"{m['a'].lower()}/{m['ym']}{m['n']}", when[1], m["n"], m["v"])


def _made(base: str, month: int, number: str, version: str | None) -> ArxivId | None:
    """The id, unless month, number or version cannot exist."""
    if not 1 <= month <= 12 or not int(number) or (version is not None and (version[0] == "0" or len(version) > 3)):
        return None
    return ArxivId(base, int(version) if version else None)
