"""Categories of arXiv and areas of bioRxiv and medRxiv, with names; bundled.

Ids and names are theirs; the words beside them are ours and only serve to propose where to look.
"""

import difflib
import functools
import re
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "categories.tsv"
COLLECTIONS = Path(__file__).parent / "collections.tsv"
TERMS = Path(__file__).parent / "terms.tsv"

MOST_UNKNOWN = 0.34
"""Share of a phrase's Chinese and Japanese signs that may be unknown."""

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_FILLING = re.compile("[のとやにおけるをための的与和及在中于]")
"""Signs that join nouns."""

NEAR = 3
"""Categories that are named where one is not known."""


@dataclass(frozen=True)
class Category:
    """One category: `cs.CL`, Computation and Language."""

    id: str
    """`cs.CL`, or the whole source where it is not arXiv's: `biorxiv:neuroscience`."""
    name: str
    words: str
    """What papers there are about, semicolons between."""


ALIASES = ("cs.NA", "cs.SY", "math.IT", "math.MP", "q-fin.EC", "stat.TH")
"""Second names that arXiv has for a category: their papers are in the other one, too."""


@functools.cache
def categories() -> dict[str, Category]:
    """Every category by its id, in arXiv's order of archives."""
    return {id_: Category(id_, name, words) for id_, name, words in _rows(FILE)}


@functools.cache
def collections() -> dict[str, Category]:
    """The subject areas of bioRxiv and medRxiv by their sources."""
    return {id_: Category(id_, name, words) for id_, name, words in _rows(COLLECTIONS)}


@functools.cache
def _terms() -> tuple[re.Pattern[str], dict[str, str]]:
    known = dict(_rows(TERMS))
    return re.compile("|".join(sorted(map(re.escape, known), key=len, reverse=True))), known


def in_english(phrase: str) -> str:
    """What papers call a Chinese or Japanese phrase; '' if too little is known.

    Also '' where it has no Chinese or Japanese signs.
    """
    pattern, known = _terms()
    parts, rest = pattern.findall(phrase), pattern.sub("", phrase)
    latin, left = re.findall(r"[A-Za-z][A-Za-z0-9-]*", rest), len(_CJK.findall(_FILLING.sub("", rest)))
    if not parts or left > MOST_UNKNOWN * len(_CJK.findall(phrase)):
        return ""
    found = pattern.sub(lambda m: f" {known[m[0]]} ", phrase) if latin else " ".join(known[part] for part in parts)
    return " ".join(re.sub(r"[^\x00-\x7f]+", " ", found).split())


def _rows(file: Path) -> list[list[str]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def search(text: str) -> list[Category]:
    """Categories whose id, name or words fit what somebody types, best first."""
    typed = " ".join(text.casefold().split())
    if not typed:
        return list(categories().values())
    found = [
        (place, c)
        for c in categories().values()
        for place, where in enumerate((c.id, c.name, c.words))
        if where.casefold().startswith(typed) or (len(typed) > 1 and typed in where.casefold())
    ]
    best = list(dict.fromkeys(c for _, c in sorted(found, key=lambda pair: pair[0])))
    if best:
        return best
    ids = {c.id.casefold(): c for c in categories().values()}
    return [ids[name] for name in difflib.get_close_matches(typed, ids, n=NEAR, cutoff=0.6)]
