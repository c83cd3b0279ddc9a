"""Reads figures, tables and algorithms of a page, with their captions."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from lxml import etree

from workers.reading.html.collected import Collected
from workers.reading.html.hidden import drop
from workers.reading.html.metadata import Element, joined, words
from workers.reading.html.tables import grid_of, is_large, is_tabular, tabulars
from workers.reading.table.grid import rows_of
from workers.reading.text import Figure, Table, TableRow, clean, label_of

NO_ALT = ("refer to caption", "[uncaptioned image]")
"""What LaTeXML writes where the paper gives no words for an image."""

_NOTE_MARKS = ("ltx_note_mark", "ltx_tag ltx_tag_note")
_OWN_FOLDER = re.compile(r"/?(?:html/)?((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})v\d+)/")


def is_float(element: Element, names: list[str]) -> bool:
    """True for a figure, table or algorithm of any vintage of LaTeXML."""
    return element.tag == "figure" or (
        element.tag == "div" and any(n in ("ltx_figure", "ltx_table", "ltx_float") for n in names)
    )


def read_float(element: Element, page: Collected, names: list[str], read: Callable[[Element, Element], None]) -> None:
    """Put `element` into `page`.

    `read` takes (child, parent): the panels of a float that has no caption of its own.
    """
    mine = [c for c in _captions(element) if _owner(c) is element]
    panels = [f for f in element.iter("figure") if f is not element and _owner(f) is element]
    if not mine and panels:
        for panel in _with_loose(element, panels):
            read(panel, element)
        return
    tables = tabulars(element)
    if len({label_of(clean(words(c))) for c in mine} - {""}) > 1:
        for caption, own, images in _shared_out(element, mine, tables):
            _read_one(caption, [c for c in mine if c is caption], own, images, element, page, names)
        return
    first = mine[0] if mine else None
    panel_captions = [c for c in _captions(element) if c is not first]
    _read_one(first, panel_captions, tables, list(element.iter("img")), element, page, names)


def _read_one(
    caption: Element | None, others: list[Element], tables: list[Element], images: list[Element], element: Element,
    page: Collected, names: list[str],
) -> None:  # fmt: skip
    """Read one caption with the tables and images that are its own.

    `others`: captions of panels.
    """
    legend = clean(words(caption)) if caption is not None else ""
    whole = " ".join((legend, *(clean(words(c)) for c in others if c is not caption))).strip()
    label = label_of(whole)
    is_table = label[:3].casefold() == "tab" or (not label and "ltx_table" in names)
    if is_table or (tables and not images and not legend.lower().startswith("fig")):
        _add_table(caption, tables, element, page, whole)
    elif "ltx_figure" in names or label[:3].casefold() == "fig":
        id = page.unique(element.get("id", ""))
        found = [(url, i) for i in images if (url := address(i.get("src", ""), page))]
        url, image = found[0] if found else (None, None)
        alt = clean(image.get("alt", "")) if image is not None else ""
        page.count(whole)
        page.apart_chars += max(0, len(clean(words(element))) - len(whole))
        page.figures.append(
            Figure(
                id=id, caption=whole, label=label_of(whole), image=url, section=page.section, images=len(found),
                alt="" if alt.casefold() in NO_ALT else alt,
            )
        )  # fmt: skip
    else:  # an algorithm or listing: text of the section
        page.add(page.unique(element.get("id", "")), words(element))


def _add_table(caption: Element | None, tables: list[Element], element: Element, page: Collected, whole: str) -> None:
    id, label = page.unique(element.get("id", "")), label_of(whole)
    rows = list[TableRow]()
    number = 1
    page.count(whole)
    for table in tables:
        grid = grid_of(table)
        page.count(words(table))
        panel = next((clean(words(c)) for c in _panel_captions(table, element) if c is not caption), "")
        rows += rows_of(grid, id, label, number, panel)
        number += sum(any(s.text for s in row) for row in grid)
    for note in _notes(element, tabulars(element)):
        page.count(note)
        row_id, number = f"{id}.r{number}", number + 1
        rows.append(TableRow(id=row_id, text=f"{label or 'Table'}, note: {note}" if tables else note))
    page.tables.append(
        Table(id=id, caption=whole, rows=tuple(rows), section=page.section, label=label, after=page.last())
    )


def _with_loose(element: Element, panels: list[Element]) -> list[Element]:
    """Return the panels of a float without a caption, with what stands beside them.

    A loose table or image goes into a panel that is no more than a caption (a `captionof` in a wrapped float), else it
    is a float of its own.
    """
    things = [*tabulars(element), *element.iter("img")]
    loose = [t for t in things if not any(a in panels or is_tabular(a) for a in t.iterancestors())]
    bare = [p for p in panels if not any(p in t.iterancestors() for t in things)]
    alone = list[Element]()
    for thing in loose:
        panel = bare.pop(0) if len(bare) > 1 else bare[0] if bare else etree.Element("figure", {"class": "ltx_table"})
        drop(thing)
        thing.tail = None
        panel.append(thing)
        if panel not in panels and thing.tag != "img":
            alone.append(panel)
    return [*panels, *alone]


def _panel_captions(table: Element, element: Element) -> list[Element]:
    """Captions of the panel of `element` that `table` stands in."""
    for around in table.iterancestors():
        if around is element:
            break
        if found := _captions(around):
            return found
    return []


def _notes(element: Element, tables: list[Element]) -> list[str]:
    """What is said in a table's float outside its tables and captions, by blocks."""
    found = list[str]()

    def look(e: Element) -> str:
        if e in tables or e.tag in ("figcaption", "img", "caption") or "ltx_caption" in e.get("class", ""):
            return ""
        said = [e.text or ""]
        for child in e:
            if isinstance(child.tag, str):
                inner = look(child)
                if child.tag in ("p", "div", "li", "ul", "ol", "figure", "aside", "pre"):
                    found.append(inner)
                else:
                    said.append(inner)
            said.append(child.tail or "")
        return "".join(said)

    found.append(look(element))
    return [note for said in found if (note := clean(said)) and any(c.isalnum() for c in note)]


def _shared_out(
    element: Element, captions: list[Element], tables: list[Element]
) -> list[tuple[Element, list[Element], list[Element]]]:
    """Return (caption, its tables, its images) of a float with several captions.

    What stands in a box with one caption is its own; else what follows it, or comes before it where the first caption
    stands beneath.
    """
    order = {e: k for k, e in enumerate(element.iter())}
    things = [*tables, *(i for i in element.iter("img") if not any(t in tables for t in i.iterancestors()))]
    above = not things or order[captions[0]] < min(order[t] for t in things)
    own: dict[Element, Element] = {}
    for thing in things:
        boxes = [[c for c in captions if c in set(a.iter())] for a in thing.iterancestors() if a in order]
        nearest = next((box for box in boxes if box), captions)
        before = [c for c in captions if order[c] < order[thing]]
        after = [c for c in captions if order[c] > order[thing]]
        by_order = (before[-1:] or after[:1]) if above else (after[:1] or before[-1:])
        own[thing] = nearest[0] if len(nearest) == 1 else by_order[0]
    return [
        (c, [t for t in tables if own[t] is c], [i for i in things if i.tag == "img" and own[i] is c]) for c in captions
    ]


def take_note(note: Element) -> None:
    """Take a footnote out of its sentence and put it after the paragraph.

    Other notes (thanks, …) go.
    """
    body = next((e for e in note.iter("span") if "ltx_note_content" in e.get("class", "")), None)
    outer = list(note.iterancestors())
    table = next((a for a in reversed(outer) if is_tabular(a)), None)
    around = next((a for a in outer if "ltx_para" in a.get("class", "").split()), table)
    if body is not None and around is not None:
        for mark in [e for e in body.iter("sup", "span") if e.get("class") in _NOTE_MARKS]:
            drop(mark)
        apart = etree.Element("aside", id=note.get("id", ""))
        apart.text = words(body)
        around.addnext(apart)
    drop(note)


def lift(table: Element) -> None:
    """Put a table that stands in a sentence after it, as a float of its own.

    One of a single row or column is a piece of the sentence and stays.
    """
    around = list(table.iterancestors())
    if not around or any(is_float(a, a.get("class", "").split()) for a in around) or not is_large(table):
        return
    if any(is_tabular(a) or "ltx_eq" in a.get("class", "") for a in around):
        return
    place = table
    for a in around:
        if a.tag not in ("p", "span", "center") and "ltx_inline" not in a.get("class", ""):
            break
        place = a
    box = etree.Element("figure", {"class": "ltx_table", "id": table.get("id", "")})
    if place is table:
        table.addprevious(box)
        box.tail, table.tail = table.tail, None
    else:
        drop(table)
        table.tail = None
        place.addnext(box)
        box.tail, place.tail = place.tail, None
    box.append(table)


def _captions(element: Element) -> list[Element]:
    return [
        c
        for c in element.iter("figcaption", "div", "caption", "span")
        if c.tag in ("figcaption", "caption") or "ltx_caption" in c.get("class", "").split()
    ]


def _owner(element: Element) -> Element | None:
    """The float that `element` stands in."""
    return next((a for a in element.iterancestors("figure", "div") if is_float(a, a.get("class", "").split())), None)


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
