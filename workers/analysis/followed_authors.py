"""Whether somebody who is followed wrote a paper: names as arXiv writes them, compared with care.

People: accents do not count, a given name may be an initial on either side (`K. He` = `Kaiming He`), `He, Kaiming` and
arXiv's author id `he_k_1` are read as well. Groups: `Qwen Team`, `Team Qwen` and `Qwen` are one; `ATLAS Collaboration`
is found beside its members. A name of one word is a group.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from workers.models import Paper

GROUP = frozenset("team collaboration collaborations group consortium project lab the".split())  # noqa: SIM905
"""Words that say of a name that it is a group's, and tell groups not apart."""

PARTICLES = frozenset("van von der den de del della di da dos du la le al el bin ibn ter ten".split())  # noqa: SIM905
"""Words that belong to the family name behind them, or are left out of it."""

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
"""Letters that Unicode does not take apart."""

_UMLAUT = re.compile("[äöü]")
_AUTHOR_ID = re.compile(r"([a-z]+(?:-[a-z]+)*)_([a-z])_\d+")

ORCID = re.compile(r"(?:https?://orcid\.org/)?\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


def followed(paper: Paper, names: Iterable[str]) -> str:
    """The author (or group), as the paper writes it, that one of `names` means; empty for none."""
    wanted = [n for name in names if (n := spellings(name))]
    return next((author for author in paper.authors if any(_same(w, spellings(author)) for w in wanted)), "")


@lru_cache(maxsize=20_000)
def spellings(name: str) -> tuple[tuple[str, ...], ...]:
    """A name's words in plain small letters, given names first; twice where an umlaut may be written as two letters."""
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    if found := _AUTHOR_ID.fullmatch(text):
        text = f"{found[2]} {found[1]}"
    if text.count(",") == 1:
        family, _, given = text.partition(",")
        text = f"{given} {family}" if given.strip() else family
    both = dict.fromkeys((text, _UMLAUT.sub(lambda m: {"ä": "ae", "ö": "oe", "ü": "ue"}[m[0]], text)))
    return tuple(words for one in both if (words := tuple(re.findall(r"\w+", _plain(one)))))


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(c for c in apart if not unicodedata.combining(c)).replace("'", "").replace("’", "")


def _same(wanted: Sequence[tuple[str, ...]], author: Sequence[tuple[str, ...]]) -> bool:
    return any(_one(w, a) for w in wanted for a in author)


def _one(wanted: tuple[str, ...], author: tuple[str, ...]) -> bool:
    if len(wanted) == 1 or GROUP & {*wanted, *author}:
        return _group(wanted, author)
    if "".join(wanted) == "".join(author):
        return True
    first, last = [w for w in wanted if w not in PARTICLES], [a for a in author if a not in PARTICLES]
    if len(first) < 2 or len(last) < 2:
        return False
    if wanted == author[::-1] and len(wanted) == 2 and min(map(len, wanted)) > 1:
        return True
    return first[-1] == last[-1] and all(_given(w, a) for w, a in zip(first[:-1], last[:-1], strict=False))


def _given(one: str, other: str) -> bool:
    """The same given name, or an initial of it."""
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])


def _group(wanted: tuple[str, ...], author: tuple[str, ...]) -> bool:
    """The telling words of a group stand in the author's entry, in their order, and it is an entry of a group."""
    telling = [w for w in wanted if w not in GROUP]
    there = [a for a in author if a not in GROUP]
    if not telling:
        return False
    if len(there) == len(author) and there != telling:
        return False  # a person's name has no word for a group: it must be all of it
    return any(there[i : i + len(telling)] == telling for i in range(len(there)))
