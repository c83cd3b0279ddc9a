"""A paper's id, its key, and the addresses built from them. Pure.

A bare id is arXiv's (`2601.17058`, `math/0309136`); every other begins with its kind: `doi:10.1101/2026.01.02.123456`,
`openreview:rhgIgTSSxW`, `acl:2024.acl-long.1`, `pmlr:v139/radford21a`, `cvf:content/CVPR2023/A_Title_CVPR_2023_paper`,
`neurips:2023/<hash>-Conference`; and where nobody gave it a better name, PubMed's `pmid:40123456` or its page,
`url:journal.example/2026/7`. The key is the same with arXiv named.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, get_args
from unicodedata import normalize
from urllib.parse import quote, unquote

Kind = Literal["arxiv", "doi", "openreview", "acl", "pmlr", "cvf", "neurips", "pmid", "url"]
"""Where ids come from."""

MAX_ID = 200
"""Characters of an id; the longest DOIs in use are below 150."""

MOST_BYTES = 48
"""Bytes of an id that is written as it is where there is little room (a button of Telegram has 64 with its verb)."""

ARXIV_DOI = "10.48550/arxiv."
"""DOI that arXiv gives its papers, before their id: no paper of its own."""

ACL_DOI = "10.18653/v1/"
"""DOI of the ACL Anthology, before its id."""

PREPRINTS = ("10.1101/", "10.64898/")
"""DOIs of bioRxiv and medRxiv (the second since December 2025): theirs have versions, one DOI for all."""

LEAST_TITLE = 20
"""Letters of a title that says which paper it is: `Editorial` and `Reply` do not."""

SAFE = "/._-()"
"""Signs of an id that stay as they are where it is part of a name of ours."""

_SHAPES: dict[str, str] = {
    "doi": r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[!-~]+",
    "openreview": r"[A-Za-z0-9_-]{5,40}",
    "acl": r"[0-9]{4}\.[a-z0-9_]+-[a-z0-9_]+\.[0-9]{1,4}|[A-Z][0-9]{2}-[0-9]{4,5}",
    "pmid": r"[1-9][0-9]{0,8}",
    "url": r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?/[A-Za-z0-9._~/?!$&()*+,;=%-]*",
    "cvf": r"content[A-Za-z0-9_]*(?:/[A-Za-z0-9_-]+){1,3}_paper",
    "neurips": r"[0-9]{4}/[0-9a-f]{32}(?:-[A-Za-z_]{4,40})?",
    "pmlr": r"(?:v|r)[0-9]{1,4}/[a-z0-9-]+[0-9]{2}[a-z]{0,2}",
}
_TAGS = re.compile(r"</?[A-Za-z][^<>]{0,100}>")
_BARE = re.compile(r"[0-9]{4}\.[0-9]{4,5}|[a-z]+(?:-[a-z]+)*/[0-9]{7}")
_VERSION = re.compile(r"(?P<id>.+[0-9])v(?P<v>[1-9][0-9]{0,2})")
_HANDLE = re.compile(r"~[0-9a-f]{20}")


@dataclass(frozen=True)
class PaperRef:
    """One paper as somebody named it. `version` is None where no version was named."""

    base: str
    """Its id, without version."""
    version: int | None = None

    @property
    def canonical(self) -> str:
        """Id plus version where there is one.

        2601.17058v2, math/0309136, doi:10.1101/2026.01.02.123456v2.
        """
        return f"{self.base}v{self.version}" if self.version else self.base

    @property
    def kind(self) -> Kind:
        """Where its id comes from."""
        return kind_of(self.base)

    def __str__(self) -> str:
        return self.canonical


def kind_of(id: str) -> Kind:
    """Where an id comes from."""
    head, colon, _ = id.partition(":")
    kinds: tuple[Kind, ...] = get_args(Kind)
    return next((kind for kind in kinds if colon and kind == head), "arxiv")


def name_of(id: str) -> str:
    """An id as its origin writes it: the DOI, the forum's id."""
    return id if kind_of(id) == "arxiv" else id.partition(":")[2]


def key_of(id: str) -> str:
    """An id's key: `arxiv:2601.17058`, else the id itself."""
    return f"arxiv:{id}" if kind_of(id) == "arxiv" else id


def id_of(key: str) -> str:
    """The id of a key."""
    return key.removeprefix("arxiv:")


def made(kind: Kind, name: str) -> str | None:
    """The id of what `kind` calls `name`, normalised; None where it is no name.

    A DOI of arXiv or of the ACL Anthology is the id there.
    """
    name = name.strip()
    if kind == "arxiv":
        return name if _BARE.fullmatch(name) else None
    if kind in ("doi", "pmlr"):
        name = name.lower()
    if len(name) > MAX_ID or not re.fullmatch(_SHAPES[kind], name):
        return None
    if kind == "doi" and name.startswith(ARXIV_DOI):
        return made("arxiv", split(name.removeprefix(ARXIV_DOI)).base)
    if kind == "doi" and name.startswith(ACL_DOI):
        rest = name.removeprefix(ACL_DOI)
        return made("acl", rest.upper() if re.match(r"[a-z][0-9]{2}-", rest) else rest) or f"doi:{name}"
    return f"{kind}:{name}"


def valid(id: str) -> bool:
    """True for an id letter by letter as `made` makes them."""
    return made(kind_of(id), name_of(id)) == id


def versioned(id: str) -> bool:
    """True for ids whose papers have versions under one id."""
    return kind_of(id) == "arxiv" or is_preprint(id)


def is_preprint(id: str) -> bool:
    """True for a paper of bioRxiv or medRxiv.

    Also for those of Cold Spring Harbor's journals, which had their prefix first.
    """
    return kind_of(id) == "doi" and name_of(id).startswith(PREPRINTS)


def split(ref: str) -> PaperRef:
    """Id and version of `ref`, an id with its version or without."""
    found = _VERSION.fullmatch(ref)
    return PaperRef(found["id"], int(found["v"])) if found and versioned(found["id"]) else PaperRef(ref)


def doi_of(id: str) -> str:
    """The DOI of a paper by its id; '' without one.

    Its own, or the one that arXiv or the ACL Anthology registers.
    """
    kind, name = kind_of(id), name_of(id)
    if kind == "arxiv":
        return f"10.48550/arXiv.{name}"
    return name if kind == "doi" else f"{ACL_DOI}{name}" if kind == "acl" else ""


def abs_url(ref: str, arxiv_url: str) -> str:
    """The page that tells of `ref`, an id with its version or without.

    `arxiv_url`: a root without trailing slash.
    """
    kind, name = kind_of(ref), name_of(split(ref).base)
    if kind == "doi":
        return f"https://doi.org/{quote(name, safe=SAFE + ':;')}"
    if kind == "openreview":
        return f"https://openreview.net/forum?id={name}"
    if kind == "acl":
        return f"https://aclanthology.org/{name}/"
    if kind in ("pmid", "url"):
        return f"https://pubmed.ncbi.nlm.nih.gov/{name}/" if kind == "pmid" else f"https://{name}"
    if kind == "cvf":
        return f"https://openaccess.thecvf.com/{_in(name, 'html')}.html"
    if kind == "neurips":
        return f"https://proceedings.neurips.cc/paper_files/paper/{_neurips(name, 'hash', 'Abstract')}.html"
    return f"https://proceedings.mlr.press/{name}.html" if kind == "pmlr" else f"{arxiv_url}/abs/{ref}"


def html_url(ref: str, arxiv_url: str) -> str:
    """The HTML page of `ref`; '' where its kind has none.

    Half of all arXiv's papers have none.
    """
    return f"{arxiv_url}/html/{ref}" if kind_of(ref) == "arxiv" else ""


def pdf_url(ref: str, arxiv_url: str) -> str:
    """The PDF of `ref`; '' where it cannot be told from an id."""
    kind, name = kind_of(ref), name_of(ref)
    if kind == "openreview":
        return f"https://openreview.net/pdf?id={name}"
    if kind == "acl":
        return f"https://aclanthology.org/{name}.pdf"
    if kind == "cvf":
        return f"https://openaccess.thecvf.com/{_in(name, 'papers')}.pdf"
    if kind == "neurips":
        return f"https://proceedings.neurips.cc/paper_files/paper/{_neurips(name, 'file', 'Paper')}.pdf"
    if kind == "pmlr":
        return f"https://proceedings.mlr.press/{name}/{name.partition('/')[2]}.pdf"
    return f"{arxiv_url}/pdf/{ref}" if kind == "arxiv" else ""


def _in(name: str, folder: str) -> str:
    """The path of a CVF paper's page or PDF: `content/CVPR2023/html/Example_…_paper`."""
    place, _, file = name.rpartition("/")
    return f"{place}/{folder}/{file}"


def _neurips(name: str, folder: str, what: str) -> str:
    """The path of a NeurIPS paper's page or PDF.

    `2023/hash/<hash>-Abstract-Conference`.
    """
    year, _, rest = name.partition("/")
    mark, dash, track = rest.partition("-")
    return f"{year}/{folder}/{mark}-{what}{dash}{track}"


def worn(id: str) -> str:
    """An id as part of a name of ours (a part's or a task's key).

    Without the signs that separate such parts.
    """
    return quote(id, safe=SAFE)


def unworn(text: str) -> str:
    """The id that was written so."""
    return unquote(text)


def short(id: str) -> str:
    """An id for where there is little room.

    Itself, or a handle under which the store knows it.
    """
    return id if len(id.encode()) <= MOST_BYTES else f"~{sha256(id.encode()).hexdigest()[:20]}"


def is_handle(text: str) -> bool:
    """True for what `short` makes of a long id."""
    return bool(_HANDLE.fullmatch(text))


def title_mark(title: str, author: str) -> str:
    """`title:<hash>` of a title and its first author's family name.

    The title counts letter for letter: case, accents, punctuation, markup and spaces do not count. '' where both say
    too little.
    """
    name, plain = _family_name(author), letters(_TAGS.sub("", title))
    if not name or len(plain) < LEAST_TITLE:
        return ""
    return f"title:{sha256(f'{plain} {name}'.encode()).hexdigest()[:24]}"


def _family_name(author: str) -> str:
    """`Jane Q. Doe`, `Doe, Jane` and `Doe JQ` are all doe."""
    last, comma, _ = author.partition(",")
    if comma:
        return letters((last.split() or [""])[-1])
    words = author.replace(".", ". ").split()
    while len(words) > 1 and (words[-1].endswith(".") or (len(words[-1]) <= 3 and words[-1].isupper())):
        words.pop()
    return letters(words[-1]) if words else ""


def letters(text: str) -> str:
    """Letters and digits of a text, without case and accents."""
    return "".join(c for c in normalize("NFKD", text).casefold() if c.isalnum())
