"""Reduces text to what a quote must share with its source.

That is letters, digits, numbers and their signs.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_MINUS = "-\u2212\u2013"
_RUNS = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]")
_KEPT = re.compile(rf"[^\W_]+|%|[.,{re.escape(_MINUS)}]")
_SYMBOL = re.compile(r"(?<=[A-Za-z)\]}])[_^](?:\{[^{}.]{1,20}\}|-?\w+)")
"""The index or power of a symbol, as in x_0 and p^{(2)}: no number that a paper could state."""


def normalize(text: str) -> tuple[str, list[int]]:
    """(what counts of `text`, for each kept character its place in `text`).

    NFKD without combining marks, case-folded; kept are letters, digits, `%`, the `.` and `,` of a number, a minus sign
    and the dash of a range: -0.3 differs from 0.3, 10–20 equals 10-20 but not 1020.
    """
    where: Sequence[int]
    if text.isascii():
        low, where = text.lower(), range(len(text))
    else:
        pieces, places = list[str](), list[int]()
        for m in _RUNS.finditer(text):
            folded = m[0].lower() if m[0].isascii() else _folded(m[0])
            pieces.append(folded)
            places.extend(range(m.start(), m.end()) if m[0].isascii() else [m.start()] * len(folded))
        low, where = "".join(pieces), places
    out, at = list[str](), list[int]()
    for m in _KEPT.finditer(low):
        c, k = m[0], m.start()
        if c in _MINUS:
            if (out and out[-1] == "-") or not _minus(low, k):
                continue
            c = "-"
        elif c in ".," and not _point(low, k):
            continue
        out.append(c)
        at.extend(where[k : m.end()])
    return "".join(out), at


@lru_cache(maxsize=20_000)
def squashed(text: str) -> str:
    """What counts of a short text: a row's label, a name.

    It is kept for the next time it is asked.
    """
    return normalize(text)[0]


@lru_cache(maxsize=2_000)
def _folded(ch: str) -> str:
    whole = unicodedata.normalize("NFKD", ch).casefold()
    return "".join(c for c in whole if unicodedata.category(c) != "Mn")


def _point(text: str, k: int) -> bool:
    """True where the `.` or `,` at `k` belongs to a number: 31.94, 1,000, .5."""
    before, after = text[k - 1 : k], text[k + 1 : k + 2]
    return after.isdigit() and (before.isdigit() or (text[k] == "." and before in ("", *" (=<>~$-\u2212\u2013")))


def _minus(text: str, k: int) -> bool:
    """True where the dash at `k` is a minus sign, or stands between two numbers."""
    after = text[k + 1 : k + 3]
    if after[:1].isdigit() or (after[:1] == "." and after[1:].isdigit()):
        return signs(text, k) or text[k - 1 : k].isdigit()
    return text[k + 1 : k + 8].lstrip()[:1].isdigit() and text[max(0, k - 6) : k].rstrip()[-1:].isdigit()


def signs(text: str, k: int) -> bool:
    """True where nothing stands before the dash at `k` that it could subtract from.

    Or join. A TeX command may stand there.
    """
    j = k
    while j and text[j - 1].isalpha():
        j -= 1
    before = text[j - 1 : j]
    return before == "\\" if j < k else not (before.isdigit() or before in tuple(")]}%"))


def without_symbols(text: str) -> str:
    """The text without indices and powers of symbols."""
    return _SYMBOL.sub(" ", text)
