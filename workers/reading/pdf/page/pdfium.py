"""The calls to pdfium that are made for every object of a page.

pypdfium2's wrappers and their type checks would cost more than the extraction itself, so these go to pdfium's functions
directly, by address and without releasing the GIL. Colours and boxes are asked for many objects at a time: `map` over
places in one buffer, made once, which spares the conversion of four of five arguments.
"""

import ctypes
import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from ctypes import c_char, c_double, c_float, c_int, c_uint, c_ulong, c_void_p
from itertools import repeat
from typing import Any

import pypdfium2
import pypdfium2.raw as raw

AT_ONCE = 1024
"""Objects whose colours or boxes are asked for at once; most pages have fewer."""

TEXT, PATH, IMAGE, SHADING, FORM = 1, 2, 3, 4, 5
"""Types of page objects."""

NO_TEXT = -1
"""What pdfium answers when it is asked for the text render mode of something else."""

Colour = tuple[int, int, int, int]
"""Red, green, blue, alpha; 0 to 255."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""

Matrix = tuple[float, float, float, float, float, float]

BLACK: Colour = (0, 0, 0, 255)

Thing = int
"""A page object, by its address."""


def address(pointer: Any) -> int:
    """Where a pypdfium2 handle points to."""
    return ctypes.cast(pointer, c_void_p).value or 0


def _call(name: str, result: Any, *arguments: Any) -> Any:
    return ctypes.PYFUNCTYPE(result, *arguments)(address(getattr(raw, name)))


_V = c_void_p
_U, _F = (c_uint * (4 * AT_ONCE))(), (c_float * (4 * AT_ONCE))()
_UINTS, _FLOATS = memoryview(_U).cast("B").cast("I"), memoryview(_F).cast("B").cast("f")
_u = [[ctypes.byref(_U, 16 * i + 4 * k) for i in range(AT_ONCE)] for k in range(4)]
_f = [[ctypes.byref(_F, 16 * i + 4 * k) for i in range(AT_ONCE)] for k in range(4)]
_u0, _f0 = ctypes.addressof(_U), ctypes.addressof(_F)
_ALL_BLACK = memoryview(bytes((c_uint * 4)(*BLACK)) * AT_ONCE).cast("I")
_NOWHERE = memoryview(bytes(16 * AT_ONCE)).cast("f")
_make: Callable[[Iterable[int]], object] = deque[int](maxlen=0).extend
"""Makes all calls and keeps no result."""

_count, _get = _call("FPDFPage_CountObjects", c_int, _V), _call("FPDFPage_GetObject", _V)
_form_count, _form_get = _call("FPDFFormObj_CountObjects", c_int, _V), _call("FPDFFormObj_GetObject", _V)
"""Only the first argument of `_fill`, `_stroke` and `_bounds` is converted, none of `_get` and `_form_get`: half the
cost of a call."""
_type, _mode = _call("FPDFPageObj_GetType", c_int, _V), _call("FPDFTextObj_GetTextRenderMode", c_int, _V)
_fill, _stroke = _call("FPDFPageObj_GetFillColor", c_int, _V), _call("FPDFPageObj_GetStrokeColor", c_int, _V)
_bounds = _call("FPDFPageObj_GetBounds", c_int, _V)
_matrix, _size = _call("FPDFPageObj_GetMatrix", c_int, _V, _V), _call("FPDFTextObj_GetFontSize", c_int, _V, _V)
_object_text = _call("FPDFTextObj_GetText", c_ulong, _V, _V, _V, c_ulong)
_draw_mode = _call("FPDFPath_GetDrawMode", c_int, _V, _V, _V)
_remove, _form_remove = _call("FPDFPage_RemoveObject", c_int, _V, _V), _call("FPDFFormObj_RemoveObject", c_int, _V, _V)
_load, _close = _call("FPDF_LoadPage", _V, _V, c_int), _call("FPDF_ClosePage", None, _V)
_bounding, _rotation = _call("FPDF_GetPageBoundingBox", c_int, _V, _V), _call("FPDFPage_GetRotation", c_int, _V)
_turn = _call("FPDFPage_SetRotation", None, _V, c_int)
_see, _unsee = _call("FPDFText_LoadPage", _V, _V), _call("FPDFText_ClosePage", None, _V)
_letters, _letter_of = (
    _call("FPDFText_CountChars", c_int, _V),
    _call("FPDFText_GetTextIndexFromCharIndex", c_int, _V, c_int),
)
_text = _call("FPDFText_GetText", c_int, _V, c_int, c_int, _V)
_index = _call("FPDFText_GetCharIndexFromTextIndex", c_int, _V, c_int)
_char_size = _call("FPDFText_GetFontSize", c_double, _V, c_int)
_letter_matrix = _call("FPDFText_GetMatrix", c_int, _V, c_int, _V)
_char_box = _call("FPDFText_GetCharBox", c_int, _V, c_int, _V, _V, _V, _V)
_origin = _call("FPDFText_GetCharOrigin", c_int, _V, c_int, _V, _V)
_weight = _call("FPDFText_GetFontWeight", c_int, _V, c_int)
_font = _call("FPDFText_GetFontInfo", c_ulong, _V, c_int, _V, c_ulong, _V)
_places = list(map(c_ulong.from_param, range(AT_ONCE)))
_X, _Y = c_double(), c_double()
_D = (c_double * 4)()
_d = [ctypes.addressof(_D) + 8 * k for k in range(4)]
_NAME = ctypes.create_string_buffer(80)
_TEXT_BYTES = 4096
_WORDS = ctypes.create_string_buffer(_TEXT_BYTES)


def open_page(document: pypdfium2.PdfDocument, number: int) -> int:
    """Address of page `number` (from 0), its writing upright.

    To be closed before `document` is. Raises pypdfium2.PdfiumError where it is broken.
    """
    page = _load(address(document.raw), number)
    if not page:
        raise pypdfium2.PdfiumError("The page is damaged.")
    if _rotation(page):
        _turn(page, 0)  # letters of a page that lies on its side would come in another order
    return int(page)


def close_page(page: int, seen: int = 0) -> None:
    """Let go of a page and of its text page `seen`."""
    if seen:
        unsee(seen)
    _close(page)


def page_box(page: int) -> Box:
    """What a viewer shows of a page: crop box within media box.

    The page may have them from the pages around it.
    """
    _bounding(page, _f0)  # left, top, right, bottom
    return _F[0], _F[3], _F[2], _F[1]


def see(page: int) -> int:
    """Address of a new text page of `page`, to be closed. Raises PdfiumError."""
    seen = _see(page)
    if not seen:
        raise pypdfium2.PdfiumError("The text of the page is damaged.")
    return int(seen)


def unsee(seen: int) -> None:
    """Let go of a text page."""
    _unsee(seen)


def text(seen: int) -> str:
    """All that a text page says."""
    first, last = 0, _letters(seen) - 1
    while first <= last and _letter_of(seen, first) < 0:  # letters without a character at the begin and the end
        first += 1
    while first < last and _letter_of(seen, last) < 0:
        last -= 1
    if first > last:
        return ""
    space = ctypes.create_string_buffer(2 * (_letter_of(seen, last) - _letter_of(seen, first) + 2))
    used = _text(seen, first, last - first + 1, ctypes.addressof(space))
    return ctypes.string_at(space, 2 * max(0, used - 1)).decode("utf-16-le", "ignore")


def things(container: int, form: bool) -> list[Thing]:
    """The objects of a page (by its address) or form, in the order they are painted."""
    here = ctypes.byref(c_char.from_address(container))
    if not form:
        return list(map(_get, repeat(here), range(_count(container))))
    count = _form_count(container)
    _places.extend(map(c_ulong.from_param, range(len(_places), count)))
    return list(map(_form_get, repeat(here), _places[:count]))


def modes(of: Sequence[Thing]) -> list[int]:
    """Text render modes; NO_TEXT for what is no text."""
    return list(map(_mode, of))


def kinds(of: Sequence[Thing]) -> list[int]:
    """TEXT, PATH, …"""
    return list(map(_type, of))


def fills(of: Sequence[Thing]) -> list[Colour]:
    """Colours of fill; black where there is none. Empty where all of them are black."""
    return _colours(_fill, of)


def strokes(of: Sequence[Thing]) -> list[Colour]:
    """As `fills`, of the outline."""
    return _colours(_stroke, of)


def _colours(call: Callable[..., int], of: Sequence[Thing]) -> list[Colour]:
    found, plain = list[Colour](), True
    for k in range(0, len(of), AT_ONCE):
        part = of[k : k + AT_ONCE]
        told, black = _UINTS[: 4 * len(part)], _ALL_BLACK[: 4 * len(part)]
        told[:] = black  # which stays where pdfium has no answer
        _make(map(call, part, *_u))
        if told.tobytes() == black.tobytes():
            found += [BLACK] * len(part)
        else:
            plain = False
            values = told.tolist()
            found += zip(values[0::4], values[1::4], values[2::4], values[3::4], strict=True)
    return [] if plain else found


def boxes(of: Sequence[Thing]) -> tuple[Sequence[float], ...]:
    """Left, bottom, right and top edges, in the space of what holds the objects."""
    edges = list[float]()
    for k in range(0, len(of), AT_ONCE):
        part = of[k : k + AT_ONCE]
        _FLOATS[: 4 * len(part)] = _NOWHERE[: 4 * len(part)]  # which stays where pdfium has no answer
        _make(map(_bounds, part, *_f))
        edges += _FLOATS[: 4 * len(part)].tolist()
    return edges[0::4], edges[1::4], edges[2::4], edges[3::4]


def fill(thing: Thing) -> Colour:
    """Colour of fill; black where there is none."""
    there = _fill(thing, *(places[0] for places in _u))
    return (_U[0], _U[1], _U[2], _U[3]) if there else BLACK


def box(thing: Thing) -> Box:
    """Edges in the space of what holds `thing`; of no extent where it has none."""
    there = _bounds(thing, *(places[0] for places in _f))
    return (_F[0], _F[1], _F[2], _F[3]) if there else (0.0, 0.0, 0.0, 0.0)


def filled(path: Thing) -> bool:
    """True where `path` paints its inside."""
    _draw_mode(path, _u0, _u0 + 4)
    return bool(_U[0])


def matrix(thing: Thing) -> Matrix:
    """From the object's own space to that of what holds it."""
    _matrix(thing, _f0)
    a, b, c, d, e, f = _FLOATS[:6].tolist()
    return a, b, c, d, e, f


def size(text: Thing) -> float:
    """Font size before the matrix."""
    _size(text, _f0)
    return float(_F[0])


def words(text: Thing, page: int) -> str:
    """What a text object says. `page`: address of the text page."""
    space = _WORDS
    size = _object_text(text, page, ctypes.addressof(space), _TEXT_BYTES)
    if size > _TEXT_BYTES:
        space = ctypes.create_string_buffer(size)
        _object_text(text, page, ctypes.addressof(space), size)
    return space.raw[:size].decode("utf-16-le", "ignore").rstrip("\0")


def remove(thing: Thing, page: int, form: Thing) -> None:
    """Take an object out of `page` or of the form that holds it."""
    _form_remove(form, thing) if form else _remove(page, thing)


def style(page: int, at: int) -> tuple[float, bool]:
    """(size in points, bold) of the letter at `at` of a text page's text."""
    where = _index(page, at)
    if where < 0:
        return 0.0, False
    used = _font(page, where, ctypes.addressof(_NAME), 80, _u0)
    low = _NAME.raw[: min(used, 80)].lower()
    bold = b"bold" in low or b"bx" in low or b"medi" in low or b"-b" in low or _weight(page, where) >= 600
    return _letter_size(page, where), bold


def letter_size(page: int, at: int) -> float:
    """Size in points of the letter at `at`, 0.0 where there is none."""
    where = _index(page, at)
    return _letter_size(page, where) if where >= 0 else 0.0


def _letter_size(page: int, where: int) -> float:
    """Font size as it is seen: many writers put the size into the matrix and say 1."""
    scale = math.hypot(_F[2], _F[3]) if _letter_matrix(page, where, _f0) else 1.0
    return float(_char_size(page, where)) * (scale or 1.0)


def height(page: int, at: int) -> float | None:
    """Points up the page at which the letter at `at` stands; None if not known."""
    there = _origin(page, _index(page, at), ctypes.addressof(_X), ctypes.addressof(_Y))
    return _Y.value if there else None


def spans(page: int, places: Sequence[tuple[int, int]]) -> list[tuple[float, float, float]]:
    """(left, right, baseline height) of each run (first, last) of a page's text."""
    found = list[tuple[float, float, float]]()
    for start, last in places:
        first = _index(page, start)
        end = _index(page, last) if last > start else first
        left = right = base = 0.0
        if _char_box(page, first, *_d):
            left, right = _D[0], _D[1]
        if end != first and _char_box(page, end, *_d):
            right = max(right, _D[1])
        if _origin(page, first, ctypes.addressof(_X), ctypes.addressof(_Y)):
            base = _Y.value
        found.append((left, right, base))
    return found
