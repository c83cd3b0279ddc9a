"""Reads arXiv's HTML (LaTeXML), maths as `$TeX$`.

The quality gate is the notes': an abstract, three sections (or one and a bibliography), a body of 10,000 characters and
few conversion errors; a page that fails it is a failed conversion, and the PDF is read instead.
"""

import re
from dataclasses import dataclass

from lxml import etree

from workers.reading.coverage import closed, named_only, share
from workers.reading.html import hidden
from workers.reading.html.collected import Collected
from workers.reading.html.floats import is_float, lift, read_float, take_note
from workers.reading.html.metadata import Element, author_names, encoding, joined, license_url, version, words
from workers.reading.html.tables import is_tabular
from workers.reading.text import MAX_REFERENCES, PaperText, Section, clean, screened, smuggled, without_collector

MIN_BODY_CHARS = 10_000
"""Least characters of a body (quality gate of the notes; a four-page paper has 12,000)."""

MIN_SECTIONS, MIN_SECTIONS_WITH_BIBLIOGRAPHY = 3, 1
"""Least top-level sections, appendices not counted (the same gate)."""

CHARS_PER_ERROR = 2_000
"""One `.ltx_ERROR` is forgiven per so many characters of body: an undefined macro now and then."""

END_BYTES = 2_000
"""Bytes at the end of a page among which it is closed."""

MAX_DEPTH = 150
"""Nesting of elements that is followed; real pages reach 30. What is deeper is not read."""

_CONTROLS = bytes({*range(32), 127} - {9, 10, 13})
_LEVELS = {
    "ltx_part": 1, "ltx_chapter": 1, "ltx_section": 1, "ltx_appendix": 1,
    "ltx_subsection": 2, "ltx_subsubsection": 3, "ltx_paragraph": 4, "ltx_subparagraph": 5,
}  # fmt: skip
_FURNITURE = (
    "dialog", "nav", "header", "footer", "script", "style", "noscript", "template", "form", "textarea", "button",
    "iframe", "object",
)  # fmt: skip
_APART = re.compile(
    r"\bltx_(abstract|bibliography|authors|dates|tag_item|note|ERROR|listing_data|rdf|pagination|tabular)(?![\w-])"
)
"""What is read on its own, and what is no text: macros that were not understood, the link to a listing's source, …"""
_FOLDED = re.compile(r"(?<!\\)%\s*\n\s*|\\displaystyle(?![a-zA-Z])|\\[hv]?phantom\s*\{[^{}]*\}")
"""Where LaTeXML folds a long formula, and what it puts before each cell of an aligned one."""
_VERSIONED = re.compile(r"v\d+$")


@dataclass(frozen=True)
class HtmlRead:
    """A page as it was read; `reason`: why it must not be used, '' where it is good."""

    text: PaperText
    reason: str = ""
    missing: bool = False
    """True for arXiv's "No HTML for …" page."""


def read_html(data: bytes, url: str, ref: str = "") -> HtmlRead:
    """Read the paper in the page `data`. Never raises for bad pages: see `reason`.

    `url`: where the page came from (for the addresses of images; '' for a file).
    `ref`: what was asked for; the version is the page's own where it tells one.
    """
    with without_collector():
        return _parsed(data.translate(None, _CONTROLS), url, ref)


def _parsed(data: bytes, url: str, ref: str) -> HtmlRead:
    try:
        root = etree.fromstring(data, parser=etree.HTMLParser(encoding=encoding(data), remove_pis=True))
        if root is not None:
            return _read(root, data, url, ref)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        pass  # ValueError: characters that XML has no place for
    return HtmlRead(PaperText(ref=ref, read_from="html"), "the page is empty or not HTML")


def _read(root: Element, data: bytes, url: str, ref: str) -> HtmlRead:
    heading = root.find(".//h1")
    if heading is not None and words(heading).strip().startswith("No HTML for"):
        return HtmlRead(PaperText(ref=ref, read_from="html"), "arXiv has no HTML of it", missing=True)
    white = _maths(root)
    base = root.find(".//base[@href]")
    mark, licence, authors = version(root, ref), license_url(root), author_names(root)
    out_of_sight = white + hidden.strip(root, data)
    article = _article(root)
    if article is None:
        return HtmlRead(PaperText(ref=ref, read_from="html"), "the page has no article")
    out_of_sight += [found] if not data.isascii() and (found := smuggled(words(article))) else []
    own = base.get("href", "") if base is not None else f"/html/{mark}/" if _VERSIONED.search(mark) else ""
    page = Collected(url, joined(url, own).geturl() or url, mark)
    read = _paper(article, page).model_copy(update={"license": licence, "authors": authors})
    text = screened(read, out_of_sight, clean(" ".join(page.apart)))
    return HtmlRead(text, _broken_off(data) or gate(text, data.count(b"ltx_ERROR")))


def _article(root: Element) -> Element | None:
    """The paper on the page; older pages have it in a `div`."""
    found = root.find(".//article[@class]")
    if found is None:
        boxes = (e for e in root.iter("div") if "ltx_document" in e.get("class", "").split())
        found = next((e for e in boxes if e.get("role") != "status"), None)
    return found if found is not None else root.find(".//body")


def _broken_off(data: bytes) -> str:
    """Why the page is not all there, '' where it is."""
    if b"had a Fatal error and exited" in data:
        return "its conversion broke off"
    return "" if b"</html" in data[-END_BYTES:].lower() else "the page ends in the middle"


def _sections(count: int) -> str:
    return f"{count or 'no'} section{'s' if count != 1 else ''}"


def gate(text: PaperText, errors: int) -> str:
    """Say why `text` is a failed conversion; '' where it is good.

    `errors`: `.ltx_ERROR` elements of the page.
    """
    top = sum(s.level == 1 and not s.appendix for s in text.sections)
    body = text.body_chars
    if not text.abstract:
        return "the page has no abstract"
    if top < (MIN_SECTIONS_WITH_BIBLIOGRAPHY if text.bibliography else MIN_SECTIONS):
        return f"the page has {_sections(top)} and {text.bibliography or 'no'} references"
    if body < MIN_BODY_CHARS:
        return f"the page has only {body:,} characters of text"
    if errors * CHARS_PER_ERROR > body:
        return f"the conversion left {errors} errors"
    return ""


def _paper(article: Element, page: Collected) -> PaperText:
    _inline(article)
    abstract, references, listed = "", 0, ""
    for node in list(article.iter(*_FURNITURE)):
        hidden.drop(node)
    kinds = dict[str, str]()
    boxes = [(e, _kind(e.get("class", ""), kinds)) for e in article.iter("div", "section", "span", "table")]
    bare = [e for e, kind in boxes if kind == "tabular" or (e.tag == "table" and not kind and is_tabular(e))]
    for part, kind in boxes:
        if not kind or kind == "tabular":
            continue
        if kind == "note":
            take_note(part)
            continue
        if kind == "abstract":
            for head in [c for c in part if "ltx_title" in c.get("class", "")]:
                hidden.drop(head)
            abstract = abstract or clean(words(part))
        elif kind == "bibliography":
            references += sum("ltx_bibitem" in e.get("class", "").split() for e in part.iter("li", "div", "p"))
            listed += words(part) + "\n"
        if kind in ("bibliography", "authors"):
            page.apart.append(words(part))
        hidden.drop(part)
    title = article.find(".//h1[@class]")
    name = clean(words(title)) if title is not None else ""
    if title is not None:
        hidden.drop(title)
    for table in bare:
        lift(table)
    there = len(clean(words(article))) + len(abstract)
    page.count(abstract)
    _walk(article, page, 0)
    if page.open:  # a letter without sections, or text before the first
        page.sections.insert(0, Section(id="front", title="", paragraphs=tuple(page.open)))
    text = PaperText(
        ref=page.ref, read_from="html", title=name, abstract=abstract, sections=tuple(page.sections),
        figures=tuple(page.figures), tables=tuple(page.tables), bibliography=references,
        references=clean(listed)[:MAX_REFERENCES],
    )  # fmt: skip
    return text.model_copy(
        update={"coverage": share(page.chars, there - page.apart_chars), "missing": named_only(text)}
    )


def _kind(names: str, known: dict[str, str]) -> str:
    """Return the kind of element to put apart, by its classes; `known` keeps kinds."""
    kind = known.get(names)
    if kind is None:
        m = _APART.search(names)
        kind = known[names] = m[1] if m else ""
    return kind


def _maths(root: Element) -> list[str]:
    """Put `$TeX$` in place of each formula; return the words that are white on white."""
    white = list[str]()
    for math in root.iter("math"):
        tex = math.get("alttext") or next(
            (words(a) for a in math.iter("annotation") if "tex" in a.get("encoding", "")), ""
        )
        text = f"${' '.join(_FOLDED.sub('', tex).split())}$" if tex else words(math)
        math.clear(keep_tail=True)
        math.text = text
        if "color" in text and hidden.white_tex(text, math):
            white.append(clean(text))
            math.text = ""
    return white


def _inline(article: Element) -> None:
    """Make words() read right: a space after blocks and cells."""
    for block in article.iter("p", "div", "td", "th", "tr", "br", "li", "dt", "dd", "figcaption", "pre"):
        block.tail = " " + (block.tail or "")


def _walk(element: Element, page: Collected, depth: int) -> None:
    """Read the children of `element` in order into `page`."""
    for child in element:
        _one(child, element, page, depth)


def _one(child: Element, parent: Element, page: Collected, depth: int) -> None:
    if depth > MAX_DEPTH:
        return
    names = child.get("class", "").split()
    level = next((_LEVELS[n] for n in names if n in _LEVELS), 0) if child.tag in ("section", "div") else 0
    if level:
        _section(child, page, level, depth)
    elif is_float(child, names):
        inside = [s for s in child.iter("section") if any(n in _LEVELS for n in s.get("class", "").split())]
        rest = [s for s in inside if not any(a in inside for a in s.iterancestors("section"))]
        for section in rest:  # the conversion did not see where the float ends
            hidden.drop(section)
        read_float(child, page, names, lambda panel, around: _one(panel, around, page, depth + 1))
        for section in rest:
            _one(section, child, page, depth + 1)
    elif "ltx_para" in names:
        _para(child, page, depth + 1)
    elif "ltx_title" in names or child.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        page.lead = clean(words(child))
    elif child.tag in ("p", "pre", "aside") or "ltx_listing" in names or not len(child):
        page.add(child.get("id", "") or parent.get("id", ""), words(child))
    elif child.tag == "table":
        page.add(child.get("id", ""), words(child))
    else:
        _walk(child, page, depth + 1)


def _section(element: Element, page: Collected, level: int, depth: int) -> None:
    title = next((c for c in element if "ltx_title" in c.get("class", "").split()), None)
    name = clean(words(title)) if title is not None else ""
    page.count(name)
    if title is not None:
        element.remove(title)
    inherited = any(
        "ltx_appendix" in a.get("class", "").split() for a in (element, *element.iterancestors("section", "div"))
    )
    outer, outer_id, place = page.open, page.section, len(page.sections)
    page.open, page.section = [], element.get("id") or f"x{place + 1}"
    mine = page.section
    page.sections.append(Section(id=mine, title=name, level=level, appendix=inherited))
    _walk(element, page, depth + 1)
    page.sections[place] = page.sections[place].model_copy(update={"paragraphs": tuple(page.open)})
    page.open, page.section = outer, outer_id


def _para(element: Element, page: Collected, depth: int) -> None:
    """Read a LaTeXML paragraph: its sentences and displayed maths together.

    Lists and floats inside come on their own.
    """
    id, pieces, floats = element.get("id", ""), [element.text or ""], list[Element]()

    def flush() -> None:
        page.add(id, "".join(pieces))
        for box in floats:
            _one(box, element, page, depth)
        pieces.clear()
        floats.clear()

    for child in element:
        if child.tag not in ("ul", "ol", "dl", "figure") and (child.tag == "p" or not _nested(child)):
            pieces += [words(child), child.tail or ""]
        elif is_float(child, child.get("class", "").split()) and not closed("".join(pieces)):
            floats.append(child)  # the sentence goes on behind it
            pieces.append(f" {child.tail or ''}")
        else:
            flush()
            _one(child, element, page, depth)
            pieces.append(child.tail or "")
        if floats and closed("".join(pieces)):
            flush()
    flush()


def _nested(element: Element) -> bool:
    """True where paragraphs or floats of their own are inside."""
    return any(e.tag == "figure" or "ltx_para" in e.get("class", "").split() for e in element.iter("div", "figure"))
