"""PDF pages by pypdfium2: visible text in reading order, hidden text taken out and told apart.

Every object of a page is looked at once. pypdfium2's wrappers and their type checks would cost more than the extraction
itself, so the five calls per object go to pdfium's functions directly, by address and without releasing the GIL.
"""

import ctypes
import struct
import sys
from ctypes import c_double, c_float, c_int, c_uint, c_ulong, c_void_p
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pypdfium2.raw as raw

from workers.reading.phrases import addresses_model
from workers.reading.text import clean

TINY_PT = 2.0
"""Font size in points below which nobody reads (notes on injection); footnotes and indices have 5 and more."""

WHITE = 242
"""Least value, 0 to 255, of the darkest channel of a white fill (0.95, the same notes)."""

CLEAR = 13
"""Alpha, 0 to 255, below which a fill is not seen (0.05)."""

OFF_PT = 1.0
"""Points by which a piece must lie outside the page to count as off it."""

SCAN_SHARE = 0.5
"""Share of the page that one image must cover for invisible text over it to be the scan's own OCR."""

SCAN_VISIBLE_CHARS = 250
"""Visible characters up to which a page with such an image is a scan: arXiv's stamp and a library's note have 150."""

MAX_FORMS = 8
"""Nesting of forms (figures in figures) that is followed."""

_TEXT, _PATH, _IMAGE, _FORM = 1, 2, 3, 5
_INVISIBLE = (3, 7)
"""Text render modes that paint nothing: invisible, and clip only."""
_STROKED = (1, 2, 5, 6)
"""Modes that draw the letters' outline, in a colour of its own."""

Box = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]
_UNMOVED: Matrix = (1, 0, 0, 1, 0, 0)


def _address(pointer: Any) -> int:
    return ctypes.cast(pointer, c_void_p).value or 0


def _call(name: str, result: Any, *arguments: Any) -> Any:
    return ctypes.PYFUNCTYPE(result, *arguments)(_address(getattr(raw, name)))


_V, _U, _F = c_void_p, (c_uint * 4)(), (c_float * 6)()
_u0, _f0 = ctypes.addressof(_U), ctypes.addressof(_F)
_PAIRS, _FOUR = memoryview(_U).cast("B").cast("Q"), struct.Struct("4f")
_BLACK = 255 << 32 if sys.byteorder == "little" else 255
"""Blue 0 and alpha 255, as `_PAIRS[1]` shows them."""
_count, _get = _call("FPDFPage_CountObjects", c_int, _V), _call("FPDFPage_GetObject", _V, _V, c_int)
_form_count = _call("FPDFFormObj_CountObjects", c_int, _V)
_form_get = _call("FPDFFormObj_GetObject", _V, _V, c_ulong)
_type, _mode = _call("FPDFPageObj_GetType", c_int, _V), _call("FPDFTextObj_GetTextRenderMode", c_int, _V)
_fill = _call("FPDFPageObj_GetFillColor", c_int, _V, _V, _V, _V, _V)
_bounds = _call("FPDFPageObj_GetBounds", c_int, _V, _V, _V, _V, _V)
_matrix, _size = _call("FPDFPageObj_GetMatrix", c_int, _V, _V), _call("FPDFTextObj_GetFontSize", c_int, _V, _V)
_object_text = _call("FPDFTextObj_GetText", c_ulong, _V, _V, _V, c_ulong)
_draw_mode = _call("FPDFPath_GetDrawMode", c_int, _V, _V, _V)
_remove, _form_remove = _call("FPDFPage_RemoveObject", c_int, _V, _V), _call("FPDFFormObj_RemoveObject", c_int, _V, _V)
_index = _call("FPDFText_GetCharIndexFromTextIndex", c_int, _V, c_int)
_char_size = _call("FPDFText_GetFontSize", c_double, _V, c_int)
_weight = _call("FPDFText_GetFontWeight", c_int, _V, c_int)
_font = _call("FPDFText_GetFontInfo", c_ulong, _V, c_int, _V, c_ulong, _V)


@dataclass
class Page:
    """One page as it is seen. `text` is pdfium's, lines end in CRLF, U+0002 or U+FFFE stands for a line-end hyphen."""

    number: int
    text: str
    seen: pypdfium2.PdfTextPage
    hidden: str = ""
    """What a reader of the page would not see and is not in `text`."""
    scan: bool = False
    """An image with no text of its own, or only the OCR's."""
    light: bool = False
    """White letters on a dark ground were kept."""

    def style(self, at: int) -> tuple[float, bool]:
        """(size in points, bold) of the letter at `at` in `text`."""
        handle = _address(self.seen.raw)
        where = _index(handle, at)
        if where < 0:
            return 0.0, False
        name = ctypes.create_string_buffer(80)
        used = _font(handle, where, ctypes.addressof(name), 80, _u0)
        low = name.raw[: min(used, 80)].lower()
        bold = b"bold" in low or b"bx" in low or b"medi" in low or b"-b" in low or _weight(handle, where) >= 600
        return float(_char_size(handle, where)), bold


@dataclass
class _Scan:
    """What is found on one page."""

    box: Box
    painting: bool
    """Whether to keep `grounds`: only a page with white letters needs them."""
    suspects: list[tuple[int, int, str]] = field(default_factory=list)
    """(object, the form it is in or 0, why)."""
    grounds: list[Box] = field(default_factory=list)
    """Dark or unknown areas painted so far."""
    pictured: bool = False
    """An image covers SCAN_SHARE of the page."""


def load(document: pypdfium2.PdfDocument, number: int) -> Page:
    """Page `number` (from 0) of `document`. pypdfium2.PdfiumError where it is broken."""
    page = document[number]
    here = _address(page.raw)
    box = _page_box(page)
    found = _look(here, 0, _UNMOVED, _Scan(box, False), 0)
    if any(why == "white" for _, _, why in found.suspects):
        found = _look(here, 0, _UNMOVED, _Scan(box, True), 0)
    seen = page.get_textpage()
    if not found.suspects:
        text = seen.get_text_range()
        return Page(number + 1, text, seen, scan=found.pictured and len(text.strip()) <= SCAN_VISIBLE_CHARS)
    words = [(thing, form, why, _text_of(thing, seen)) for thing, form, why in found.suspects]
    visible = len(seen.get_text_range()) - sum(len(w[3]) for w in words)
    scan = found.pictured and visible <= SCAN_VISIBLE_CHARS
    light = addresses_model(clean(" ".join(w[3] for w in words if w[2] == "ground")))
    drop = [w for w in words if not (scan and w[2] == "invisible") and (light or w[2] != "ground")]
    for thing, form, _, _ in drop:
        _form_remove(form, thing) if form else _remove(here, thing)
    seen = page.get_textpage() if drop else seen
    hidden = clean(" ".join(w[3] for w in drop))
    kept_light = not light and any(w[2] == "ground" for w in words)
    return Page(number + 1, seen.get_text_range(), seen, hidden, scan, kept_light)


def _look(container: int, form: int, matrix: Matrix, found: _Scan, depth: int) -> _Scan:
    """Look at each object of a page (`form` 0) or form; returns `found`."""
    count, get = (_form_count, _form_get) if form else (_count, _get)
    back, scale = _inverse(matrix)
    if not scale:
        return found
    left, low, right, high = _moved(found.box, back)
    off, tiny = OFF_PT / scale, TINY_PT / scale
    left, low, right, high = left - off, low - off, right + off, high + off
    for i in range(count(container)):
        thing = get(container, i)
        mode = _mode(thing)
        if mode < 0:
            _ground(thing, matrix, found, depth)
            continue
        _fill(thing, _u0, _u0 + 4, _u0 + 8, _u0 + 12)
        _bounds(thing, _f0, _f0 + 4, _f0 + 8, _f0 + 12)
        x0, y0, x1, y1 = _FOUR.unpack_from(_F)
        why = ""
        if mode in _INVISIBLE:
            why = "invisible"
        elif x1 < left or x0 > right or y1 < low or y0 > high:
            why = "off"
        elif (_PAIRS[0] or _PAIRS[1] != _BLACK) and mode not in _STROKED and (_U[3] < CLEAR or min(_U[:3]) >= WHITE):
            on = any(_inside(_moved((x0, y0, x1, y1), matrix), g) for g in found.grounds)
            why = "clear" if _U[3] < CLEAR else "ground" if on else "white"
        elif y1 - y0 < tiny and _points(thing, matrix) < TINY_PT:
            why = "tiny"
        if why and x1 > x0:
            found.suspects.append((thing, form, why))
    return found


def _ground(thing: int, matrix: Matrix, found: _Scan, depth: int) -> None:
    """A path, image, shading or form: note what it paints, look into it."""
    kind = _type(thing)
    if kind == _FORM and depth < MAX_FORMS:
        _matrix(thing, _f0)
        _look(thing, thing, _product(tuple(_F), matrix), found, depth + 1)
        return
    if kind != _IMAGE and not found.painting:
        return
    if kind == _PATH:
        _draw_mode(thing, _u0, _u0 + 4)
        filled = _U[0]
        _fill(thing, _u0, _u0 + 4, _u0 + 8, _u0 + 12)
        if not filled or _U[3] < CLEAR:
            return
        white = min(_U[:3]) >= WHITE
    else:
        white = False
    _bounds(thing, _f0, _f0 + 4, _f0 + 8, _f0 + 12)
    x0, y0, x1, y1 = _moved((_F[0], _F[1], _F[2], _F[3]), matrix)
    if kind == _IMAGE:
        left, low, right, high = found.box
        share = (min(x1, right) - max(x0, left)) * (min(y1, high) - max(y0, low)) / ((right - left) * (high - low))
        found.pictured = found.pictured or (share >= SCAN_SHARE and x1 > left and y1 > low)
    if white:  # a white area painted over a dark one
        found.grounds = [g for g in found.grounds if not _inside(g, (x0, y0, x1, y1))]
    else:
        found.grounds.append((x0, y0, x1, y1))


def _points(thing: int, matrix: Matrix) -> float:
    """Font size on the page, in points."""
    _size(thing, _f0)
    size = float(_F[0])
    _matrix(thing, _f0)
    a, b, c, d, _, _ = _product(tuple(_F), matrix)
    return float(abs(size) * min((a * a + b * b) ** 0.5, (c * c + d * d) ** 0.5))


def _inverse(m: Matrix) -> tuple[Matrix, float]:
    """The way back from `m`, and by how much `m` enlarges; 0.0 where it flattens everything."""
    a, b, c, d, e, f = m
    area = a * d - b * c
    if not area:
        return _UNMOVED, 0.0
    return (d / area, -b / area, -c / area, a / area, (c * f - d * e) / area, (b * e - a * f) / area), abs(area) ** 0.5


def _product(m: Any, n: Matrix) -> Matrix:
    """First `m`, then `n`."""
    a, b, c, d, e, f = m
    g, h, i, j, k, o = n
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + o


def _moved(box: Box, m: Matrix) -> Box:
    """The box around `box` seen through `m`."""
    points = [(x * m[0] + y * m[2] + m[4], x * m[1] + y * m[3] + m[5]) for x in box[::2] for y in box[1::2]]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def _inside(inner: Box, outer: Box) -> bool:
    """True where the middle of `inner` lies in `outer`."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _page_box(page: pypdfium2.PdfPage) -> Box:
    """What a viewer shows: crop box within media box."""
    m, c = page.get_mediabox(), page.get_cropbox()
    return max(m[0], c[0]), max(m[1], c[1]), min(m[2], c[2]), min(m[3], c[3])


def _text_of(thing: int, page: pypdfium2.PdfTextPage) -> str:
    size = _object_text(thing, _address(page.raw), None, 0)
    space = ctypes.create_string_buffer(size)
    _object_text(thing, _address(page.raw), ctypes.addressof(space), size)
    return space.raw.decode("utf-16-le", "ignore").rstrip("\0")
