"""Which line of a PDF begins a caption, and what number it has."""

import re

_NAME = r"(?:(?:Extended Data|Supplementary) )?(?:Figure|Fig\.?|FIGURE|FIG\.?|Table|TABLE)"
_CAPTION = re.compile(rf"{_NAME}\s*([A-Z]?\.?\d{{1,3}}(?:\.\d{{1,3}})?|[IVX]{{1,5}})\s*[:.|–—]\s*\S")
_DOTTED = re.compile(r"[\w ]+?\.?\s*(?:[A-Z]?\.?\d{1,3}(?:\.\d{1,3})?|[IVX]{1,5})\s*(?![:|–—])")
_BARE_CAPTION = re.compile(rf"{_NAME}\s*(\d{{1,3}}|[IVX]{{1,5}})(?:\s+[A-Z]|$)")
"""Without a sign after the number: one only where a paragraph ended before it."""


def begins_caption(text: str, ended: bool) -> bool:
    """True where a caption begins with the line `text`.

    `ended`: a paragraph ended before it.
    """
    return bool(_CAPTION.match(text) or (ended and _BARE_CAPTION.match(text)))


def number_of(text: str) -> str:
    """`3` of `Figure 3: ...`; '' where there is none."""
    m = _CAPTION.match(text) or _BARE_CAPTION.match(text)
    return m[1] if m else ""


def is_dotted(text: str) -> bool:
    """True where a stop or nothing stands after the number.

    A sentence may begin so as well.
    """
    return _DOTTED.match(text) is not None
