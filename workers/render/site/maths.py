"""Writes LaTeX as MathML, which browsers set themselves.

The library's tree is written anew, by a list of what may stand in it: it neither escapes what a formula says nor keeps
links out of it.
"""

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element

MOST_TEX = 1_000
"""Characters of a formula; a longer one stays text."""

_TAGS = """
math mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder
munderover menclose
"""
_ATTRIBUTES = """
accent columnalign display displaystyle fence form linethickness lspace mathvariant maxsize minsize movablelimits rspace
scriptlevel separator stretchy symmetric width
"""
TAGS, ATTRIBUTES = frozenset(_TAGS.split()), frozenset(_ATTRIBUTES.split())
"""What a formula may hold; formulas with other tags stay text, other attributes are left out."""

SPELLED = {
    r"\\operatorname\*?(?![a-z])": r"\\mathrm",
    r"\\(?:bm|boldsymbol)(?![a-z])": r"\\mathbf",
    r"\\sim(?![a-z])": "∼",
    r"(?<=\{)(?:aligned|gathered|split)(?=\})": "align*",
}
"""Patterns of spellings that the library, or browsers with what it makes of them, do not know -> those that they do."""


@lru_cache(maxsize=2_000)
def mathml(tex: str, *, display: bool = False) -> str:
    """A formula as MathML; empty where it cannot be put so."""
    if not tex.strip() or len(tex) > MOST_TEX:
        return ""
    from latex2mathml.converter import convert_to_element

    spelled = tex
    for unknown, known in SPELLED.items():
        spelled = re.sub(unknown, known, spelled)
    try:
        tree = convert_to_element(spelled, display="block" if display else "inline")
        return _written(tree)
    except Exception:  # noqa: BLE001 - the library has many errors of its own, and all mean that the text stays
        return ""


def _written(node: Element) -> str:
    """A node and what is in it. ValueError for what must not stand there."""
    if node.tag not in TAGS:
        raise ValueError(node.tag)
    said = unescape(node.text or "")
    if "\\" in said or "&" in said:
        raise ValueError(said)
    given = "".join(f' {name}="{escape(value)}"' for name, value in node.attrib.items() if name in ATTRIBUTES)
    return f"<{node.tag}{given}>{escape(said)}{''.join(map(_written, node))}</{node.tag}>"
