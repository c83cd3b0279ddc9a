"""The words of a piece of HTML, as in feeds and records."""

import re

from lxml import etree
from lxml import html as lxml_html

MAX_HTML = 400_000
"""Characters read; the longest abstract with its markup has a tenth of that."""

_MARKUP = re.compile(r"<[a-zA-Z/!]|&[#\w]+;")
_BLOCK = frozenset(
    {"p", "div", "br", "li", "ul", "ol", "table", "tr", "h1", "h2", "h3", "h4", "h5", "section", "title"}
)
_UNSEEN = frozenset({"script", "style", "img", "figure", "iframe", "head", "noscript", "svg", "object"})


def text_of(given: object) -> str:
    """The words in `given`, in one line; "" for what is no text.

    Twice escaped markup is undone, too.
    """
    text = given[:MAX_HTML] if isinstance(given, str) else ""
    for _ in range(2):
        if not _MARKUP.search(text):
            break
        text = _words(text)
    return " ".join(text.split())


def _words(text: str) -> str:
    try:
        root = lxml_html.fragment_fromstring(text, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return re.sub(r"<[^<>]{0,500}>", " ", text)
    found: list[str] = []

    def walk(element: "lxml_html.HtmlElement", depth: int) -> None:
        name = element.tag.rpartition(":")[2] if isinstance(element.tag, str) else ""
        if name and name not in _UNSEEN and depth < 100:
            found.append(" " if name in _BLOCK else "")
            found.append(element.text or "")
            for child in element:
                walk(child, depth + 1)
            found.append(" " if name in _BLOCK else "")
        found.append(element.tail or "")

    walk(root, 0)
    return "".join(found)
