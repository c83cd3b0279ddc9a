"""Citation keys: first author's name, year, first words of the title.

The year is that of the first version, so that a key does not change when a new one comes.
"""

import re
import unicodedata
from collections.abc import Sequence

from workers.models import Paper
from workers.render.citation.fields import year_of
from workers.render.citation.names import name_of
from workers.render.digest import title_of

WORDS_IN_KEY = 4
"""Words of the title in a key, as in arXiv's own BibTeX."""

_FUNCTION_WORDS = """
a all an and are as at be beyond by can do does for from how in into is it its of on or over that the their this to
towards toward under using via vs we what when where which who why with without you your
"""
_STOP = frozenset(_FUNCTION_WORDS.split())
_LETTERS = {"ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}


def keys_of(papers: Sequence[Paper]) -> dict[str, str]:
    """Return id -> key, each key once.

    Of papers with the same key the one with the lowest id has it; the others add their id.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for paper in sorted(papers, key=lambda paper: paper.id):
        key = _key(paper)
        key = f"{key}_{_ascii(paper.id)}" if key in taken and paper.id not in found else key
        taken.add(key)
        found[paper.id] = key
    return found


def _key(paper: Paper) -> str:
    name = name_of(paper.authors[0]) if paper.authors else None
    author = _ascii(name.family or name.literal) if name else ""
    words = [_ascii(word) for word in re.split(r"[\W_]+", title_of(paper).replace("'s", ""))]
    told = [word for word in words if word and word not in _STOP][:WORDS_IN_KEY]
    return f"{author or 'anonymous'}{year_of(paper)}{''.join(told)}" if told else f"{author}{_ascii(paper.id)}"


def _ascii(text: str) -> str:
    """Lower-case ASCII letters and digits of a text; accents fall off their letters."""
    text = "".join(_LETTERS.get(c, c) for c in text.lower())
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", text))
