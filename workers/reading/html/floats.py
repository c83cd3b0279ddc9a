"""Figures, tables and algorithms of an HTML page: captions without markup, rows, the address of the image."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from workers.reading.html.collected import Collected
from workers.reading.html.metadata import Element, joined, words
from workers.reading.text import Figure, Paragraph, Table, clean, label_of

NO_ALT = ("refer to caption", "[uncaptioned image]")
"""What LaTeXML writes where the paper gives no words for an image."""

_OWN_FOLDER = re.compile(r"/?(?:html/)?((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})v\d+)/")


def is_float(element: Element, names: list[str]) -> bool:
    """True for a figure, table or algorithm of any vintage of LaTeXML."""
    return element.tag == "figure" or (
        element.tag == "div" and any(n in ("ltx_figure", "ltx_table", "ltx_float") for n in names)
    )


def read_float(element: Element, page: Collected, names: list[str], read: Callable[[Element, Element], None]) -> None:
    """Put `element` into `page`. `read` takes (child, parent): the panels of a float that has no caption of its own."""
    caption = next((c for c in _captions(element) if _owner(c) is element), None)
    panels = [f for f in element.iter("figure") if f is not element and _owner(f) is element]
    if caption is None and panels:
        for panel in panels:
            read(panel, element)
        return
    legend = clean(words(caption)) if caption is not None else ""
    panel_words = [clean(words(c)) for c in _captions(element) if c is not caption]
    id = page.unique(element.get("id", ""))
    images = list(element.iter("img"))
    tabular = element.find(".//table") is not None
    if "ltx_table" in names or (tabular and not images and not legend.lower().startswith("fig")):
        rows = tuple(Paragraph(id=f"{id}.r{k}", text=row) for k, row in enumerate(rows_of(element), 1))
        page.tables.append(Table(id=id, caption=legend, rows=rows, section=page.section))
    elif "ltx_figure" in names:
        whole = " ".join((legend, *panel_words)).strip()
        found = [(url, i) for i in images if (url := address(i.get("src", ""), page))]
        url, image = found[0] if found else (None, None)
        alt = clean(image.get("alt", "")) if image is not None else ""
        page.figures.append(
            Figure(
                id=id, caption=whole, label=label_of(whole), image=url, section=page.section, images=len(found),
                alt="" if alt.casefold() in NO_ALT else alt,
            )
        )  # fmt: skip
    else:  # an algorithm or listing: text of the section
        page.add(id, words(element))


def _captions(element: Element) -> list[Element]:
    return [
        c for c in element.iter("figcaption", "div") if c.tag == "figcaption" or "ltx_caption" in c.get("class", "")
    ]


def _owner(element: Element) -> Element | None:
    """The float that `element` stands in."""
    return next((a for a in element.iterancestors("figure", "div") if is_float(a, a.get("class", "").split())), None)


def rows_of(element: Element) -> list[str]:
    """Rows of the tables in `element`, cells joined by ` | `."""
    rows = [" | ".join(filter(None, (clean(words(c)) for c in tr))) for tr in element.iter("tr")]
    return [row for row in rows if row]


def address(src: str, page: Collected) -> str | None:
    """The address of an image, on the page's own server; None for any other.

    arXiv gives a `<base>`, or begins each `src` with id and version, or neither: then it is the page's own folder.
    """
    if not src or not page.url or src.startswith("data:"):
        return None
    home = urlsplit(page.url)
    if (m := _OWN_FOLDER.match(src)) and page.ref and m[1].startswith(page.ref.partition("v")[0]):
        src = f"/html/{m[1]}/{src[m.end() :]}"
    where = joined(page.base, src)
    return where.geturl() if where.scheme in ("http", "https") and where.netloc == home.netloc else None
