"""Reads PDF pages by pypdfium2, hidden text told apart.

Every text object of a page is looked at; what it is painted on only where a page has white letters.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import sub

import pypdfium2

from workers.reading.injection import addresses_model
from workers.reading.pdf.page import pdfium
from workers.reading.pdf.page.pdfium import BLACK, Box, Colour, Matrix, Thing
from workers.reading.text import clean

TINY_PT = 2.0
"""Font size in points below which nobody reads (notes on injection); footnotes and indices have 5 and more."""

WHITE = 242
"""Least value, 0 to 255, of the darkest channel of a white fill (0.95, the same notes)."""

CLEAR = 13
"""Alpha, 0 to 255, below which a fill is not seen (0.05)."""

OFF_PT = 1.0
"""Points by which a piece must lie outside the page to count as off it."""

GROUND_PT = 2.0
"""Least height and width in points of an area that letters may stand on: lines and markers are none."""

SCAN_SHARE = 0.5
"""Share of the page that one image must cover for invisible text over it to be the scan's own OCR."""

SCAN_VISIBLE_CHARS = 250
"""Visible characters up to which a page with such an image is a scan: arXiv's stamp and a library's note have 150."""

MAX_FORMS = 8
"""Nesting of forms (figures in figures) that is followed."""

_INVISIBLE = frozenset((3, 7))
"""Text render modes that paint nothing: invisible, and clip only."""
_OUTLINE, _FILL_AND_OUTLINE = frozenset((1, 5)), frozenset((2, 6))
"""Modes that draw the letters' outline, in a colour of its own; alone, and with the fill."""
_HOLDING = frozenset((pdfium.IMAGE, pdfium.FORM))

_UNMOVED: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass
class Page:
    """One page as it is seen.

    `text` is pdfium's: lines end in CRLF, U+0002 or U+FFFE stands for a line-end hyphen.
    """

    number: int
    page: int
    """Address of the page, and of its text page."""
    seen: int = 0
    text: str = ""
    wide: list[int] = field(default_factory=list)
    """Places in `text` of letters that pdfium counts twice: those of formulas, beyond U+FFFF."""
    hidden: str = ""
    """What a reader of the page would not see and is not in `text`."""
    scan: bool = False
    """An image with no text of its own, or only the OCR's."""
    light: bool = False
    """White letters on a dark ground were kept."""

    def see(self) -> None:
        """Take the text of what is on the page now."""
        before, self.seen = self.seen, pdfium.see(self.page)
        self.text = pdfium.text(self.seen)
        beyond = max(self.text, default="") > "\uffff"
        self.wide = [k for k, c in enumerate(self.text) if c > "\uffff"] if beyond else []
        if before:
            pdfium.unsee(before)

    def close(self) -> None:
        """Let go of the page, before its document is closed; `text` stays."""
        pdfium.close_page(self.page, self.seen)
        self.page = self.seen = 0

    def style(self, at: int) -> tuple[float, bool]:
        """(size in points, bold) of the letter at `at` in `text`."""
        return pdfium.style(self.seen, self._place(at))

    def size(self, at: int) -> float:
        """Size in points of the letter at `at` in `text`."""
        return pdfium.letter_size(self.seen, self._place(at))

    def height(self, at: int) -> float:
        """Points up the page at which the letter at `at` stands, 0.0 where not known."""
        return pdfium.height(self.seen, self._place(at)) or 0.0

    def drop(self, at: int, to: int) -> float:
        """Points from the letter at `at` down to the one at `to`, 0.0 where not known."""
        start, end = pdfium.height(self.seen, self._place(at)), pdfium.height(self.seen, self._place(to))
        return start - end if start is not None and end is not None else 0.0

    def spans(self, runs: Sequence[tuple[int, int]]) -> list[tuple[float, float, float]]:
        """(left, right, baseline height) of each run (first, last) of `text`."""
        if self.wide:
            runs = [(self._place(first), self._place(last)) for first, last in runs]
        return pdfium.spans(self.seen, runs)

    def left(self, at: int) -> float:
        """Left edge, in points, of the letter at `at` in `text`."""
        return self.spans([(at, at)])[0][0]

    def _place(self, at: int) -> int:
        """Where pdfium counts the letter at `at` in `text`."""
        return at + bisect_left(self.wide, at) if self.wide else at


@dataclass
class _Scan:
    """What is found on one page."""

    box: Box
    painting: bool
    """Whether to keep `grounds`: only a page with white letters needs them."""
    suspects: list[tuple[Thing, Thing, str]] = field(default_factory=list)
    """(object, the form it is in or 0, why)."""
    grounds: list[Box] = field(default_factory=list)
    """Dark or unknown areas painted so far."""
    pictured: bool = False
    """An image covers SCAN_SHARE of the page."""


def load(document: pypdfium2.PdfDocument, number: int) -> Page:
    """Page `number` (from 0) of `document`, to be closed.

    Raises pypdfium2.PdfiumError where it is broken.
    """
    page = Page(number + 1, pdfium.open_page(document, number))
    try:
        return _read(page)
    except BaseException:
        page.close()
        raise


def _read(page: Page) -> Page:
    """`page` with its visible text, and what is told of the rest."""
    here = page.page
    box = pdfium.page_box(here)
    found = _look(here, 0, _UNMOVED, _Scan(box, False), 0)
    if any(why == "white" for _, _, why in found.suspects):
        found = _look(here, 0, _UNMOVED, _Scan(box, True), 0)
    page.see()
    if not found.suspects:
        page.scan = found.pictured and len(page.text.strip()) <= SCAN_VISIBLE_CHARS
        return page
    words = [(thing, form, why, pdfium.words(thing, page.seen)) for thing, form, why in found.suspects]
    visible = len(page.text) - sum(len(w[3]) for w in words)
    page.scan = found.pictured and visible <= SCAN_VISIBLE_CHARS
    light = addresses_model(clean(" ".join(w[3] for w in words if w[2] == "ground")))
    page.light = not light and any(w[2] == "ground" for w in words)
    drop = [w for w in words if not (page.scan and w[2] == "invisible") and (light or w[2] != "ground")]
    if drop:
        for thing, form, _, _ in drop:
            pdfium.remove(thing, here, form)
        page.see()
        page.hidden = clean(" ".join(w[3] for w in drop))
    return page


def _look(container: int, form: Thing, matrix: Matrix, found: _Scan, depth: int) -> _Scan:
    """Look at the objects of a page (`form` 0) or form; returns `found`."""
    things = pdfium.things(container, bool(form))
    if not things or not _scale(matrix):
        return found
    modes = pdfium.modes(things)
    places, others, texts = list(range(len(things))), list[int](), things
    kinds = dict[int, int]()
    if any(modes) and pdfium.NO_TEXT in modes:
        places = [i for i, mode in enumerate(modes) if mode != pdfium.NO_TEXT]
        rest = [i for i, mode in enumerate(modes) if mode == pdfium.NO_TEXT]
        kinds = dict(zip(rest, pdfium.kinds([things[i] for i in rest]), strict=True))
        others = [i for i, kind in kinds.items() if kind in _HOLDING or (found.painting and kind != pdfium.TEXT)]
        texts, modes = [things[i] for i in places], [modes[i] for i in places]
    reasons = _suspicious(texts, modes, matrix, found) if texts else {}
    if not (reasons or others):
        return found
    suspicious = {places[k]: why for k, why in reasons.items()}
    for i in sorted([*others, *suspicious]) if suspicious else others:
        thing = things[i]
        if i in suspicious:
            why = suspicious[i]
            if why == "white" and found.grounds:
                box = _moved(pdfium.box(thing), matrix)
                why = "ground" if any(_inside(box, g) for g in found.grounds) else why
            found.suspects.append((thing, form, why))
        elif kinds[i] == pdfium.FORM and depth < MAX_FORMS:
            _look(thing, thing, _product(pdfium.matrix(thing), matrix), found, depth + 1)
        else:
            _ground(thing, kinds[i], _moved(pdfium.box(thing), matrix), found)
    return found


def _suspicious(texts: list[Thing], modes: list[int], matrix: Matrix, found: _Scan) -> dict[int, str]:
    """Place among `texts` -> why it may not be seen.

    The reasons are invisible, off, clear, white and tiny.
    """
    scale = _scale(matrix)
    x0, y0, x1, y1 = pdfium.boxes(texts)
    left, low, right, high = _moved(found.box, _inverse(matrix))
    off, tiny = OFF_PT / scale, TINY_PT / scale
    left, low, right, high = left - off, low - off, right + off, high + off
    why = dict[int, str]()
    if fills := pdfium.fills(texts):
        why |= {k: seen for k, colour in enumerate(fills) if colour != BLACK and (seen := _unseen(colour))}
    if any(modes):
        why |= {k: "invisible" for k, mode in enumerate(modes) if mode in _INVISIBLE}
        drawn = [k for k, mode in enumerate(modes) if mode in _OUTLINE | _FILL_AND_OUTLINE]
        lines = pdfium.strokes([texts[k] for k in drawn]) or [BLACK] * len(drawn)
        for k, line in zip(drawn, lines, strict=True):
            seen = _unseen(line)
            if not seen:
                why.pop(k, None)
            elif modes[k] in _OUTLINE:
                why[k] = seen
    if min(map(sub, y1, y0)) < tiny:
        low_ones = [k for k, height in enumerate(map(sub, y1, y0)) if height < tiny]
        why = {k: "tiny" for k in low_ones if _points(texts[k], matrix) < TINY_PT} | why
    if min(x1) < left or max(x0) > right or min(y1) < low or max(y0) > high:
        edges = enumerate(zip(x0, y0, x1, y1, strict=True))
        why |= {k: "off" for k, (a, b, c, d) in edges if c < left or a > right or d < low or b > high}
    return {k: reason for k, reason in why.items() if x1[k] > x0[k]}


def _unseen(colour: Colour) -> str:
    """clear, white or nothing."""
    return "clear" if colour[3] < CLEAR else "white" if min(colour[:3]) >= WHITE else ""


def _ground(thing: Thing, kind: int, area: Box, found: _Scan) -> None:
    """A path, image or shading: note what it paints."""
    x0, y0, x1, y1 = area
    if kind == pdfium.IMAGE:
        left, low, right, high = found.box
        seen = max(0.0, min(x1, right) - max(x0, left)) * max(0.0, min(y1, high) - max(y0, low))
        found.pictured = found.pictured or seen > SCAN_SHARE * (right - left) * (high - low)
    if not found.painting or x1 - x0 < GROUND_PT or y1 - y0 < GROUND_PT:
        return
    if kind == pdfium.PATH:
        fill = pdfium.fill(thing)
        if fill[3] < CLEAR or not pdfium.filled(thing):
            return
        if min(fill[:3]) >= WHITE:  # a white area painted over a dark one
            found.grounds = [g for g in found.grounds if not _inside(g, area)]
            return
    found.grounds.append(area)


def _points(thing: Thing, matrix: Matrix) -> float:
    """Font size on the page, in points."""
    a, b, c, d, _, _ = _product(pdfium.matrix(thing), matrix)
    return abs(pdfium.size(thing)) * min(math.hypot(a, b), math.hypot(c, d))


def _scale(m: Matrix) -> float:
    """By how much `m` enlarges; 0.0 where it flattens everything."""
    return math.sqrt(abs(m[0] * m[3] - m[1] * m[2]))


def _inverse(m: Matrix) -> Matrix:
    """The way back from `m`, which flattens nothing."""
    a, b, c, d, e, f = m
    area = a * d - b * c
    return d / area, -b / area, -c / area, a / area, (c * f - d * e) / area, (b * e - a * f) / area


def _product(m: Matrix, n: Matrix) -> Matrix:
    """First `m`, then `n`."""
    a, b, c, d, e, f = m
    g, h, i, j, k, o = n
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + o


def _moved(box: Box, m: Matrix) -> Box:
    """The box around `box` seen through `m`."""
    if m is _UNMOVED:
        return box
    points = [(x * m[0] + y * m[2] + m[4], x * m[1] + y * m[3] + m[5]) for x in box[::2] for y in box[1::2]]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def _inside(inner: Box, outer: Box) -> bool:
    """True where the middle of `inner` lies in `outer`."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]
