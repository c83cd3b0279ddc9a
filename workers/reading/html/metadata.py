"""Reads a page's own version, licence, encoding and authors."""

import codecs
import re
from datetime import date
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml import etree

from workers.paper_ids.arxiv_id import parse as ids_in
from workers.reading.text import clean

Element = etree._Element

_CREATIVE = re.compile(r"\bCC[ -]?(BY(?:-(?:NC|SA|ND))*)[ -]?(\d\.\d)?", re.I)
_NAME = re.compile(r"[^\W\d_][^\d@{}$\\]{2,58}")
_STRING = etree.XPath("string()")


def words(element: Element) -> str:
    """All text inside `element`, as it stands."""
    return str(_STRING(element)) if len(element) else element.text or ""


def encoding(data: bytes) -> str:
    """UTF-8, unless the page says otherwise in its first kilobyte."""
    m = re.search(rb'charset=["\']?\s*([\w-]+)', data[:1024])
    name = m[1].decode("ascii", "ignore") if m else "utf-8"
    try:
        codecs.lookup(name)
    except LookupError:
        return "utf-8"
    return name


def joined(base: str, address: str) -> SplitResult:
    """`address` as it is meant on a page at `base`; empty where it is none."""
    try:
        return urlsplit(urljoin(base, address))
    except ValueError:  # such as //[
        return urlsplit("")


def _by_id(root: Element, id: str) -> Element | None:
    found = root.xpath("id($id)", id=id)
    return found[0] if isinstance(found, list) and found else None


def version(root: Element, ref: str) -> str:
    """Id and version by the page's watermark, else `ref`."""
    mark = _by_id(root, "watermark-tr")
    found = ids_in(words(mark), date.max) if mark is not None else []
    return found[0].canonical if found else ref


def license_url(root: Element) -> str | None:
    """Return the licence's URL by the page's infobox.

    The link itself where it is not arXiv's help page.
    """
    link = _by_id(root, "license-tr")
    if link is None:
        return None
    label, href = clean(words(link)), link.get("href", "")
    if re.search(r"\bCC[ -]?(?:0|zero)\b", label, re.I):
        return "http://creativecommons.org/publicdomain/zero/1.0/"
    if m := _CREATIVE.search(label):
        return f"http://creativecommons.org/licenses/{m[1].lower()}/{m[2] or '4.0'}/"
    if re.search(r"non-?exclusive|arxiv\.org perpetual", label, re.I):
        return "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
    parts = joined("", href)
    return href if parts.scheme in ("http", "https") and not (parts.hostname or "").endswith("arxiv.org") else None


def author_names(root: Element) -> tuple[str, ...]:
    """Return the names of the authors, without their addresses.

    () where the page does not set the two apart.
    """
    found = list[str]()
    around = [e for e in root.iter("div") if "ltx_authors" in e.get("class", "").split()]
    for box in (span for div in around for span in div.iter("span")):
        if "ltx_personname" not in box.get("class", "").split():
            continue
        lines = [box.text or ""]
        for child in box:
            if not isinstance(child.tag, str):
                lines.append(child.tail or "")  # a comment
                continue
            marks = child.tag in ("sup", "math") or "ltx_note" in child.get("class", "")
            if child.tag == "br":
                break  # what follows are addresses
            lines += ["" if marks else words(child), child.tail or ""]
        names = re.split(r",|;|\band\b|&", clean("".join(lines)))
        found += [name for raw in names if _NAME.fullmatch(name := raw.strip(" *†‡§¶∗0123456789"))]
    return tuple(dict.fromkeys(found))
