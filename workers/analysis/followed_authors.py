"""Tells whether a followed person or group wrote a paper, by name.

People: accents do not count, a given name may be an initial on either side (`K. He` = `Kaiming He`), `He, Kaiming`,
`He K` and arXiv's author id `he_k_1` are read as well; titles, `Jr.` and what stands in brackets are passed over.
Groups: `Qwen Team`, `Team Qwen` and `Qwen` are one; `ATLAS Collaboration` is found beside its members. A name of one
word is a group.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from workers.models import Paper
from workers.render.text.latex import tex_text

GROUP = frozenset("team collaboration collaborations group consortium project lab the".split())  # noqa: SIM905
"""Words that say of a name that it is a group's, and tell groups not apart."""

PARTICLES = frozenset("van von der den de del della di da dos du la le al el bin ibn ter ten".split())  # noqa: SIM905
"""Words that belong to the family name behind them, or are left out of it."""

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
"""Letters that Unicode does not take apart."""

_UMLAUT = re.compile("[äöüÄÖÜ]")
_AUTHOR_ID = re.compile(r"(?:^|arxiv\.org/a/)([a-z]+(?:-[a-z]+)*)_([a-z])_\d+$", re.IGNORECASE)
_ASIDE = re.compile(r"\([^)]*\)|（[^）]*）")
_TITLE = re.compile(r"^(?:(?:prof|dr|professor|mr|mrs|ms)\.?\s+)+", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:^|[\s,])(?:jr|sr|ii|iii|iv)\.?$", re.IGNORECASE)
_INITIALS_LAST = re.compile(r"([^\W\d_][\w’'-]{2,}) ([A-Z]{1,3})")
_INITIALS_FIRST = re.compile(r"([A-Z]{2,3}) ([^\W\d_][\w’' -]{1,})")


def followed(paper: Paper, names: Iterable[str]) -> str:
    """The author or group, as the paper writes it, that one of `names` means.

    Empty for none.
    """
    wanted = [n for name in names if (n := spellings(name))]
    return next((author for author in paper.authors if any(_same(w, spellings(author)) for w in wanted)), "")


@lru_cache(maxsize=20_000)
def spellings(name: str) -> tuple[tuple[str, ...], ...]:
    """A name's words in plain small letters, given names first.

    Once for each way in which it may be read.
    """
    text = unicodedata.normalize("NFKC", tex_text(name))
    text = _TITLE.sub("", _ASIDE.sub(" ", text).strip())
    found = dict.fromkeys(words for one in _readings(text) if (words := _words(one)))
    return tuple(found)


def _readings(text: str) -> Iterator[str]:
    """The ways in which a name may be meant, each with the given names first."""
    if found := _AUTHOR_ID.search(text):
        yield f"{found[2]} {found[1]}"
        return
    if text.count(",") == 1:
        family, _, given = map(str.strip, text.partition(","))
        text = f"{family} {given}" if _SUFFIX.fullmatch(given) else f"{given} {family}"
    text = _SUFFIX.sub("", text.strip()).rstrip(", ")
    yield text
    yield _UMLAUT.sub(lambda m: m[0] + "e", text)
    if text.casefold().endswith("-ai"):
        yield text[: -len("-ai")]
    if found := _INITIALS_LAST.fullmatch(text):  # Hinton GE, as PubMed writes
        yield f"{' '.join(found[2])} {found[1]}"
    if found := _INITIALS_FIRST.fullmatch(text):  # JP Serre
        yield f"{' '.join(found[1])} {found[2]}"


def _words(text: str) -> tuple[str, ...]:
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    plain = "".join(c for c in apart if not unicodedata.combining(c)).replace("'", "").replace("’", "")
    return tuple(re.findall(r"\w+", plain))


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
    if wanted[1:] + wanted[:1] == author or author[1:] + author[:1] == wanted:  # the family name first
        return min(map(len, wanted)) > 1
    return first[-1] == last[-1] and all(_given(w, a) for w, a in zip(first[:-1], last[:-1], strict=False))


def _given(one: str, other: str) -> bool:
    """The same given name, or an initial of it."""
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])


def _group(wanted: tuple[str, ...], author: tuple[str, ...]) -> bool:
    """True where the author's entry is the group that `wanted` names.

    The telling words stand there in their order. A person's entry must be all of them.
    """
    telling = [w for w in wanted if w not in GROUP]
    there = [a for a in author if a not in GROUP]
    if not telling:
        return False
    if len(there) == len(author) and there != telling:
        return False  # a person's name has no word for a group: it must be all of it
    if GROUP & {*wanted} and there == telling[: len(there)] != []:
        return True  # "Gemini Team Google" follows "Gemini Team" as well
    return any(there[i : i + len(telling)] == telling for i in range(len(there)))
