"""Reads a bioRxiv or medRxiv page (HighWire's markup)."""

import re

from lxml import etree

from workers.reading.html import hidden
from workers.reading.html.metadata import Element, encoding, words
from workers.reading.html.read import HtmlRead
from workers.reading.text import (
    Figure,
    PaperText,
    Paragraph,
    Section,
    clean,
    label_of,
    screened,
    smuggled,
    without_collector,
)

MIN_BODY_CHARS, MIN_SECTIONS = 6_000, 2
"""Least characters and sections of a full text: a page of the abstract alone has neither; short reports have 8,000."""

MAX_DEPTH = 60
"""Nesting of sections and boxes that is followed; real pages reach 20."""

_APART = ("ref-list", "fn-group", "ack", "kwd-group")
_FURNITURE = ("script", "style", "nav", "form", "noscript", "template", "iframe", "button")
_CONTROLS = bytes({*range(32), 127} - {9, 10, 13})
_HEADS = ("h1", "h2", "h3", "h4", "h5", "h6")
_UNTITLED = re.compile(r"abstract|summary", re.I)


def read_highwire(data: bytes, ref: str) -> HtmlRead:
    """Read the paper in the page `data`, labelled `ref`.

    Never raises for bad pages: `reason` says why it is none.
    """
    with without_collector():
        try:
            data = data.translate(None, _CONTROLS)
            root = etree.fromstring(data, parser=etree.HTMLParser(encoding=encoding(data), remove_pis=True))
            article = None if root is None else _article(root)
            if root is None or article is None:
                return HtmlRead(PaperText(ref=ref, read_from="html"), "the page has no full text")
            unseen = hidden.strip(root, data)
            unseen += [found] if not data.isascii() and (found := smuggled(words(article))) else []
            text = screened(_Page(ref).read(article), unseen)
        except (etree.XMLSyntaxError, ValueError, LookupError):
            return HtmlRead(PaperText(ref=ref, read_from="html"), "the page is empty or not HTML")
    if len(text.sections) < MIN_SECTIONS or text.body_chars < MIN_BODY_CHARS:
        return HtmlRead(text, "the page has no full text")
    return HtmlRead(text)


def _article(root: Element) -> Element | None:
    return next((e for e in root.iter("div") if "fulltext-view" in e.get("class", "").split()), None)


class _Page:
    """One page while it is read."""

    def __init__(self, ref: str) -> None:
        self.ref, self.abstract, self.references = ref, "", 0
        self.sections, self.figures = list[Section](), list[Figure]()

    def read(self, article: Element) -> PaperText:
        for node in list(article.iter(*_FURNITURE)):
            hidden.drop(node)
        for block in article.iter("p", "div", "li", "td", "th", "tr", "br", *_HEADS):
            block.tail = " " + (block.tail or "")
        self._inside(article, 1, 0)
        return PaperText(
            ref=self.ref, read_from="html", abstract=self.abstract, sections=tuple(self.sections),
            figures=tuple(self.figures), bibliography=self.references,
        )  # fmt: skip

    def _inside(self, element: Element, level: int, depth: int) -> None:
        for child in element:
            names = child.get("class", "").split() if isinstance(child.tag, str) else []
            if not isinstance(child.tag, str) or depth > MAX_DEPTH:
                continue
            if set(names) & set(_APART):
                self.references += sum(1 for _ in child.iter("li")) if "ref-list" in names else 0
            elif "abstract" in names:
                self.abstract = self.abstract or _text(list(child.iter("p")))
            elif "fig" in names:
                self._figure(child)
            elif child.tag == "div" and {"section", "subsection"} & set(names):
                self._section(child, level, depth)
            elif child.tag == "div":
                self._inside(child, level, depth + 1)
            elif child.tag in ("p", "ul", "ol", "dl"):
                self._loose(child)

    def _section(self, element: Element, level: int, depth: int) -> None:
        head = next((c for c in element if c.tag in _HEADS), None)
        title = clean(words(head)) if head is not None else ""
        id, place = element.get("id") or f"x{len(self.sections) + 1}", len(self.sections)
        if not self.abstract and level == 1 and _UNTITLED.fullmatch(title):
            self.abstract = _text(list(element.iter("p")))
            return
        self.sections.append(Section(id=id, title=title, level=level))
        own = [c for c in element if c.tag in ("p", "ul", "ol", "dl")]
        paragraphs = tuple(p for n, c in enumerate(own, 1) if (p := _paragraph(c, f"{id}.{n}")))
        self.sections[place] = self.sections[place].model_copy(update={"paragraphs": paragraphs})
        for child in own:
            element.remove(child)
        self._inside(element, level + 1, depth + 1)

    def _loose(self, element: Element) -> None:
        """Read a paragraph that stands in no section.

        It is of the front matter, or of a paper without sections.
        """
        if paragraph := _paragraph(element, f"front.{len(self.sections)}"):
            if not self.sections:
                self.sections.append(Section(id="front", title=""))
            last = self.sections[-1]
            self.sections[-1] = last.model_copy(update={"paragraphs": (*last.paragraphs, paragraph)})

    def _figure(self, element: Element) -> None:
        box = next((e for e in element.iter("div") if "fig-caption" in e.get("class", "").split()), element)
        caption = clean(words(box))
        if caption:
            section = self.sections[-1].id if self.sections else ""
            id = element.get("id") or f"F{len(self.figures) + 1}"
            self.figures.append(Figure(id=id, caption=caption, label=label_of(caption), section=section))


def _paragraph(element: Element, id: str) -> Paragraph | None:
    text = clean(words(element))
    return Paragraph(id=element.get("id") or id, text=text) if text else None


def _text(paragraphs: list[Element]) -> str:
    return clean(" ".join(words(p) for p in paragraphs))
