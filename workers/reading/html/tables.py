"""Reads tables of a page into grids: LaTeXML's tables and spans."""

import re
from collections.abc import Iterator
from functools import lru_cache

from workers.reading.html.metadata import Element, words
from workers.reading.table.slots import Grid, Slot
from workers.reading.text import clean

MOST_SLOTS = 20_000
"""Slots of one grid: the largest tables of papers have 2,000."""

MOST_SPAN = 200
"""Rows or columns that one cell covers at most."""

_SPAN = {kind: re.compile(rf"\bltx_{kind}_(\d{{1,3}})\b") for kind in ("rowspan", "colspan")}
_TEX_SIMPLE = re.compile(
    r"\\(?:math(?:bf|rm|it|sf|tt|bb|cal|normal)|bm|boldsymbol|text(?:bf|it|rm|sf|tt|normal|up)?|underline|uline|emph|mbox|hbox|operatorname)\s*"
    r"\{([^{}]*)\}"
)
_TEX_SIGNS = {
    r"\pm": "±", r"\times": "×", r"\cdot": "·", r"\%": "%", r"\uparrow": "↑", r"\downarrow": "↓", r"\checkmark": "✓",
    r"\leq": "≤", r"\geq": "≥", r"\le": "≤",
    r"\ge": "≥", r"\sim": "~", r"\approx": "≈", r"\dagger": "†", r"\ddagger": "‡",
    r"\ast": "*", r"\star": "*", r"\rightarrow": "→",
    r"\to": "→", r"\infty": "∞", r"\Delta": "Δ", r"\bf": "", r"\,": " ",
    r"\;": " ", r"\:": " ", r"\!": "", r"\ ": " ", r"\#": "#", r"\&": "&", r"\_": "_", r"\-": "",
}  # fmt: skip
_TEX_WORD = re.compile(r"\\(?:[a-zA-Z]+|[^a-zA-Z])")
_PLUS_MINUS = re.compile(r"_\{\s*±\s*(?=[\d.]+\}$)|\s*±\s*")
_FORMULA = re.compile(r"\$([^$]+)\$")
_BRACKETED = re.compile(r"\s*[\[(].*[\])]\s*[.,]?\s*|\s*[\w:./+-]+\s*", re.S)


def is_tabular(element: Element) -> bool:
    """True for a table that is no displayed equation."""
    names = element.get("class", "")
    if "ltx_tabular" in names.split():
        return True
    return element.tag == "table" and not any(n in names for n in ("ltx_eq", "ltx_math", "ltx_align"))


def tabulars(element: Element) -> list[Element]:
    """Return the tables in `element`.

    Those in cells of another only where that one does no more than lay them out.
    """
    found, seen = list[Element](), list[Element]()
    for one in element.iter("table", "span", "div"):
        if is_tabular(one) and not (seen and any(a in seen for a in one.iterancestors())):
            seen.append(one)
            inner = [t for t in one.iter("table", "span", "div") if t is not one and is_tabular(t) and is_large(t)]
            outer = [t for t in inner if not any(a in inner for a in t.iterancestors())]
            found += outer if _only_lays_out(one, outer) else [one]
    return found


def is_large(table: Element) -> bool:
    """True where `table` has more than one row and more than one column."""
    rows = [len(list(cells_of(tr))) for tr in _trs(table)]
    return len(rows) > 1 and max(rows) > 1


def _only_lays_out(table: Element, inner: list[Element]) -> bool:
    if not inner:
        return False
    cells = [cell for tr in _trs(table) for cell in cells_of(tr)]
    own = [c for c in cells if not any(c in t.iterancestors() for t in inner) and clean(words(c))]
    return len(own) <= 2 * len(inner)


def _trs(table: Element) -> Iterator[Element]:
    """The rows of `table`, not those of tables in its cells."""
    for child in table:
        if not isinstance(child.tag, str):
            continue
        names = child.get("class", "").split()
        if child.tag == "tr" or "ltx_tr" in names:
            yield child
        elif child.tag != "caption" and child.tag not in ("td", "th") and "ltx_td" not in names:
            yield from _trs(child)


def cells_of(tr: Element) -> Iterator[Element]:
    """The cells of a row."""
    for child in tr:
        if isinstance(child.tag, str) and (child.tag in ("td", "th") or "ltx_td" in child.get("class", "").split()):
            yield child


def grid_of(table: Element) -> Grid:
    """The slots of `table`, spans spread."""
    grid, below, number, made = list[list[Slot]](), dict[int, tuple[int, Slot]](), 0, 0
    ruled_next = False
    for tr in _trs(table):
        row = list[Slot]()
        in_head = _in_head(tr, table)
        cells = list(cells_of(tr))
        plain = any(c.tag == "th" and "ltx_" not in c.get("class", "") for c in cells)
        datas = plain and any(not _is_th(c) and clean(words(c)) for c in cells)
        ends_ruled = bool(cells)

        for cell in cells:
            _hold(row, below)
            number += 1
            names = cell.get("class", "")
            wide, tall = _span(cell, "colspan", names), _span(cell, "rowspan", names)
            slot = _slot(cell, names, number, in_head, datas)
            slot.wide, slot.tall = wide, tall
            slot.ruled = slot.ruled or ruled_next
            ends_ruled = ends_ruled and _told(names)[4]
            made += wide
            if made > MOST_SLOTS:
                return grid
            if tall > 1:
                under = Slot(slot.text, slot.name, number, wide, tall, False, slot.head, slot.side, False, slot.bold)
                below |= {len(row) + k: (tall - 1, under) for k in range(wide)}
            row += [slot] * wide
        _hold(row, below)
        ruled_next = ends_ruled
        grid.append(row)
    return grid


def _hold(row: list[Slot], below: dict[int, tuple[int, Slot]]) -> None:
    """Put the cells that reach down into `row` where it has come to."""
    while len(row) in below:
        at = len(row)
        left, slot = below[at]
        if left > 1:
            below[at] = (left - 1, slot)
        else:
            del below[at]
        row.append(slot)


def _in_head(tr: Element, table: Element) -> bool:
    for around in tr.iterancestors():
        if around is table:
            return False
        if around.tag == "thead" or "ltx_thead" in around.get("class", "").split():
            return True
    return False


def _is_th(cell: Element) -> bool:
    return cell.tag == "th" or _told(cell.get("class", ""))[0]


def _slot(cell: Element, names: str, number: int, in_head: bool, datas: bool) -> Slot:
    th, column, row, ruled, _ = _told(names)
    text = cell_text(cell)
    style = cell.get("style", "")
    head = side = False
    if th or cell.tag == "th":
        scope = cell.get("scope", "")
        told = column or row or scope
        head = column or scope.startswith("col") or (not told and (in_head or not datas))
        side = (row and not column) or scope.startswith("row") or (not told and not head)
    plain = not len(cell)
    return Slot(
        text, text if plain else _named(cell, text), number, head=head or (in_head and not side),
        side=side and not in_head, ruled=ruled or "border-top" in style, bold=not plain and _is_bold(cell, text),
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _told(names: str) -> tuple[bool, bool, bool, bool, bool]:
    """What a cell's classes say: a header, of a column, of a row; ruled above, below."""
    known = names.split()
    return (
        "ltx_th" in known,
        "ltx_th_column" in known,
        "ltx_th_row" in known,
        "ltx_border_t" in names,
        "ltx_border_b" in names,
    )


def _is_bold(cell: Element, text: str) -> bool:
    if not text or text[0] == "$":
        return False
    bold = [
        e
        for e in cell.iter("b", "strong", "span", "em")
        if e.tag in ("b", "strong") or "ltx_font_bold" in e.get("class", "")
    ]
    return bool(bold) and sum(len(clean(words(e))) for e in bold) >= len(text) * 0.6


def _span(cell: Element, kind: str, names: str) -> int:
    told = cell.get(kind)
    if told is None:
        if kind not in names:
            return 1
        m = _SPAN[kind].search(names)
        if m is None:
            return 1
        told = m[1]
    return min(MOST_SPAN, max(1, int(told))) if told.isascii() and told.isdigit() else 1


def cell_text(cell: Element) -> str:
    """Return what a cell says, on one line.

    Formulas that are no more than a number stand without TeX.
    """
    if not len(cell):
        return plain_formulas(clean(cell.text or ""))
    said = list[str]()
    if cell.find(".//img") is not None:
        said = [a for e in cell.iter("img") if (a := clean(e.get("alt", ""))) and a.casefold() != "refer to caption"]
    inner = (
        [e for e in cell.iter("tr", "span", "div") if e.tag == "tr" or "ltx_tr" in e.get("class", "").split()]
        if len(cell)
        else []
    )
    text = " ".join(words(c) for tr in inner for c in cells_of(tr)) if inner else words(cell)
    return plain_formulas(clean(" ".join([text, *said])))


def _named(cell: Element, text: str) -> str:
    """`text` without citations, unless nothing else is in it."""
    if cell.find(".//cite") is None:
        return text
    cites = [c for c in cell.iter("cite") if _BRACKETED.fullmatch(words(c))]
    for cite in cites:
        said = plain_formulas(clean(words(cite)))
        if said and (left := clean(text.replace(said, " ", 1))):
            text = left
    return re.sub(r"\s+([,;:.])", r"\1", text).strip() if cites else text


def plain_formulas(text: str) -> str:
    """Write formulas that are plain without TeX so: `$\\mathbf{28.4}$` is 28.4."""
    return " ".join(_FORMULA.sub(_untexed, text).split()) if "$" in text else text


def _untexed(formula: "re.Match[str]") -> str:
    tex = formula[1]
    for _ in range(3):
        tex = _TEX_SIMPLE.sub(r"\1", tex)
    known = True

    def sign(m: "re.Match[str]") -> str:
        nonlocal known
        known = known and m[0] in _TEX_SIGNS
        return _TEX_SIGNS.get(m[0], m[0])

    plain = _PLUS_MINUS.sub("±", _TEX_WORD.sub(sign, tex))
    plain = plain.removesuffix("}") if plain.count("}") > plain.count("{") else plain
    if not known or any(c in plain for c in "^_{}\\"):
        return formula[0]
    return " ".join(plain.split())
