"""Finds hidden text of a page: CSS-hidden, white, tiny, off-screen.

White text on a ground of another colour is shown to readers and stays, unless it addresses a language model.
"""

import re

from lxml import etree

from workers.reading.injection import addresses_model
from workers.reading.text import clean

TINY_PX = 1.0
"""Font size in CSS pixels up to which nobody can read (notes on injection: 0 to 1 px)."""

WHITE = 0.95
"""Least value of a colour's darkest channel, 0 to 1, that counts as white (the same notes)."""

OFF_SCREEN_PX = 500
"""Negative offset in pixels from which text is off the page."""

PX = {"": 1.0, "px": 1.0, "pt": 1.33, "em": 16.0, "rem": 16.0, "ex": 8.0, "%": 0.16, "mm": 3.78, "cm": 37.8, "in": 96.0}
"""CSS pixels in one unit; em and % of a browser's 16 px."""

_DECLARATION = re.compile(r"\s*([\w-]+)\s*:\s*([^;]+)")
_GROUND = re.compile(r"(?:background(?:-color)?|--ltx-bg-color)\s*:\s*([^;]+)")
_LENGTH = re.compile(r"(-?[\d.]+)\s*(px|pt|r?em|ex|%|mm|cm|in)?$")
_PARTS = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)%?")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_CLIPPED = re.compile(r"scale\(\s*0|rect\(\s*0[\w ,]*\)|inset\(\s*(?:[5-9]\d|100)%|circle\(\s*0")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"[\w-]*[.#]([\w-]+)$")
_SUSPECT = {name: etree.XPath(f"//@{name}/..") for name in ("style", "hidden", "aria-hidden", "color")}
_WHITE_TEX = re.compile(r"\\(?:text)?color(?:\[rgb\]\{1(?:\.0)?,1(?:\.0)?,1(?:\.0)?\}|\{white\})")


def strip(root: etree._Element, data: bytes) -> list[str]:
    """Take hidden elements and comments out of `root`; return their text.

    That is what a reader of the page does not see; of comments only what addresses a model.
    `data`: the page it was made of, which tells what need not be looked for.
    """
    low = data.lower()
    found = list[str]()
    for comment in list(root.iter(etree.Comment)):
        text = clean(comment.text or "")
        if addresses_model(text):
            found.append(text)
        drop(comment)
    classes = _hiding_names(root)
    suspects = [e for name, find in _SUSPECT.items() if name.encode() in low for e in find(root)]
    if classes:
        suspects += [e for e in root.iter() if classes & _names(e)]
    for element in suspects:
        reason = _reason(element, classes)
        if not reason or element.getparent() is None or element.tag in ("html", "body"):
            continue
        text = clean(_text(element))
        if reason == "white" and _on_colour(element) and not addresses_model(text):
            continue
        if any(c.isalnum() for c in text) and ("ltx_phantom" not in _around(element) or addresses_model(text)):
            found.append(text)
        drop(element)
    return found


def white_tex(tex: str, math: etree._Element) -> bool:
    """Tell whether the formula `tex` writes in white on a ground left white.

    Nothing around `math` paints another one.
    """
    return bool(_WHITE_TEX.search(tex)) and not _on_colour(math)


def _reason(element: etree._Element, classes: set[str]) -> str:
    """Why a browser does not show `element`: 'hidden', 'white' or ''."""
    if element.get("hidden") is not None or classes & _names(element):
        return "hidden"
    if element.get("aria-hidden", "").lower() == "true" and element.tag not in ("math", "svg"):
        return "hidden"
    if _white(element.get("color", "")):
        return "white"
    return _hides(element.get("style", ""))


def _hides(style: str) -> str:
    """What a style attribute does to its text: 'hidden', 'white' or ''."""
    if "/*" in style or "\\" in style:
        style = _CSS_ESCAPE.sub(lambda m: chr(int(m[1], 16) % 0x10000), _CSS_COMMENT.sub("", style))
    css = {m[1].lower(): m[2].strip().lower().removesuffix("!important").strip() for m in _DECLARATION.finditer(style)}
    if css.get("display") == "none" or css.get("visibility") in ("hidden", "collapse"):
        return "hidden"
    size, opacity = _px(css.get("font-size", "")), _px(css.get("opacity", ""))
    if (size is not None and size <= TINY_PX) or (opacity is not None and opacity <= 1 - WHITE):
        return "hidden"
    offsets = [_px(css.get(name, "")) for name in ("left", "top", "text-indent", "margin-left", "right", "bottom")]
    if any(offset is not None and offset <= -OFF_SCREEN_PX for offset in offsets):
        return "hidden"
    extents = [_px(css.get(name, "")) for name in ("height", "max-height", "width", "max-width")]
    clipping = " ".join(css.get(name, "") for name in ("transform", "clip", "clip-path"))
    if (css.get("overflow") == "hidden" and 0.0 in extents) or _CLIPPED.search(clipping):
        return "hidden"
    if _px(css.get("zoom", "")) == 0.0 or re.match(r"0[a-z%]{0,3}(?:/|\s|$)", css.get("font", "")):
        return "hidden"
    filled = css.get("-webkit-text-fill-color", "")
    colour = css.get("color", "") if not css.get("color", "").startswith("var(") else ""
    if "transparent" in (colour, filled, css.get("--ltx-fg-color")):
        return "hidden"
    return "white" if _white(colour) or _white(filled) or _white(css.get("--ltx-fg-color", "")) else ""


def _white(colour: str) -> bool:
    """Tell whether a colour is white or cannot be told from it.

    A colour without opacity counts, too.
    """
    colour = colour.strip().lower()
    if colour in ("white", "snow", "ivory", "ghostwhite", "floralwhite", "mintcream", "azure"):
        return True
    if m := re.fullmatch(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", colour):
        digits = m[1] if len(m[1]) > 4 else "".join(c * 2 for c in m[1])
        values = [int(digits[i : i + 2], 16) / 255 for i in range(0, len(digits), 2)]
        return min(values[:3]) > WHITE or (len(values) == 4 and values[3] == 0)
    if m := re.fullmatch(r"rgba?\(([^)]*)\)", colour):
        parts = _PARTS.findall(m[1])
        scale = [float(p.rstrip("%")) / (100 if p.endswith("%") else 255) for p in parts[:3]]
        return (len(scale) == 3 and min(scale) > WHITE) or (len(parts) == 4 and float(parts[3].rstrip("%")) == 0)
    if m := re.fullmatch(r"hsla?\(([^)]*)\)", colour):
        parts = _PARTS.findall(m[1])
        return len(parts) > 2 and float(parts[2].rstrip("%")) > WHITE * 100
    return False


def _px(value: str) -> float | None:
    """A CSS length (or plain number) in pixels; None where it is none."""
    m = _LENGTH.match(value)
    try:
        return float(m[1]) * PX[m[2] or ""] if m else None
    except ValueError:
        return None


def _on_colour(element: etree._Element) -> bool:
    """True where `element` or one around it paints a ground that is not white."""
    for one in (element, *element.iterancestors()):
        style = one.get("style", "").lower()
        found = [*_GROUND.findall(style), one.get("bgcolor", "")]
        grounds = [g.strip() for g in found if g.strip() and g.strip() not in ("none", "transparent", "inherit")]
        if grounds:
            return not _white(grounds[-1]) and "var(" not in grounds[-1]
    return False


def _hiding_names(root: etree._Element) -> set[str]:
    """Classes and ids that the page's own style blocks hide."""
    names = set[str]()
    for block in root.iter("style"):
        for selectors, body in _RULE.findall(_CSS_COMMENT.sub("", block.text or "")):
            if _hides(body):
                names |= {m[1] for s in selectors.split(",") if (m := _SIMPLE.fullmatch(s.strip()))}
    return names


def _names(element: etree._Element) -> set[str]:
    return {*element.get("class", "").split(), element.get("id", "")} - {""}


def _around(element: etree._Element) -> str:
    parent = element.getparent()
    return element.get("class", "") + " " + (parent.get("class", "") if parent is not None else "")


def _text(element: etree._Element) -> str:
    return " ".join(element.itertext())


def drop(node: etree._Element) -> None:
    """Remove `node` from its tree but not the text after it."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)
