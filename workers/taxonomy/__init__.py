"""arXiv's categories with their names, bundled: which exist, and what papers there are about.

Ids and names are arXiv's (category taxonomy); the words beside them are ours and only serve to propose categories.
"""

import difflib
import functools
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "categories.tsv"

NEAR = 3
"""Categories that are named where one is not known."""


@dataclass(frozen=True)
class Category:
    """One category: `cs.CL`, Computation and Language."""

    id: str
    name: str
    words: str
    """What papers there are about, semicolons between."""


@functools.cache
def categories() -> dict[str, Category]:
    """Every category by its id, in arXiv's order of archives."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {id_: Category(id_, name, words) for id_, name, words in rows}


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
