"""Reads a text's numbers and compares them by value, and by unit if both say."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from workers.analysis.grounding.numbers.spelt_out import share, spelled
from workers.analysis.grounding.text.normalize import signs
from workers.reading.text import clean

_SIZES = {
    "k": 3, "thousand": 3, "m": 6, "million": 6, "b": 9, "billion": 9, "trillion": 12, "t": 12,
    "百": 2, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8, "十亿": 9, "万亿": 12,
}  # fmt: skip
"""Powers of ten."""

_NUMBER = re.compile(
    r"(?<![\d.])(?P<of>百分之\s?)?(?P<sign>[-\u2212\u2013](?=[\d.]))?"
    r"(?P<digits>(?:\d{1,3}(?:,\d{3})+(?!\d)|(?<![,({] )\d{1,3}, \d{3}(?=\s(?!and\b|or\b)[a-z]{3})|\d+)"
    r"(?:\.\d+)?|\.\d+)"
    r"(?:[eE](?P<power>[-+]?\d{1,2})(?![\dA-Za-z.]))?"
    r"(?:\s?(?P<percent>\\?%|percent\b|per cent\b)|(?P<size>[KMBTk](?![A-Za-z]))"
    r"|[\s-]?(?P<word>thousand|million|billion|trillion)\b|(?P<whole>/[1-9]\d{0,2})(?![\d/.])"
    r"|\s?(?P<han>万亿|千万|百万|十亿|亿|万|千(?![克米兆瓦])|百(?!分))|\s?(?P<tenths>成(?![分员果功为型立长本像对熟])))?"
)
_TIMES_TEN = re.compile(
    r"(?P<front>\d+(?:\.\d+)?)?\s*(?P<times>\\cdot|\\times|[×·⋅]|(?<=\d)\s[x*](?=\s))?\s*(?:(?<![\dA-Za-z.])|(?<=cdot)|(?<=times))10\s?"
    r"(?:\^\s?\{?\s?(?P<power>[-+\u2212\u2013]?\s?\d{1,2})(?:\s?\})?|(?P<lost>[\u2212-]?\d{1,2}))(?![\d.])"
)
"""A power of ten: 10^{-5}, 3.3 \\cdot 10^{18}, and × 1018, which a PDF makes of it."""

_CITED = re.compile(r"\[(?:\d{1,3}(?:\s*[,–-]\s*)?)+\]|\b\d-?D\b")
"""Marks of citations, and the 3D of 3D scenes."""


NAME = re.compile(
    r"(?<![A-Za-z0-9_\\])(?:[A-Za-z]+-?\d+(?:\.\d+)*[A-Za-z]*(?:-\d+(?:\.\d+)*[A-Za-z]*)*|\d-?D(?![A-Za-z]))"
)
"""A name with a number in it: GPT-4, ResNet50, A100s, Qwen2.5-7B, 3D."""

POINTING = re.compile(
    r"\b(?:tables?|tab\.|figures?|figs?\.|sections?|sec\.|equations?|eqs?\.|appendix|algorithm|theorem|lemma)\s?\(?"
    r"\d+(?:\.\d+)*\)?|§\s?\d+(?:\.\d+)*|[表图式]\s?\(?\d+(?:\.\d+)*\)?|第\s?\d+(?:\.\d+)*|\b\d+(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
"""Where something stands, or which of several it is: Table 2, 第 3 节, the 2nd."""

_UNITS = {
    "dB": "dB|分贝", "ms": "ms|milliseconds?|毫秒", "s": "s|secs?|seconds?|秒", "min": "mins?|minutes?|分钟",
    "h": "h|hrs?|hours?|个?(?:小时|钟头)", "day": "days?|天", "week": "weeks?|周|星期", "month": "months?|个月",
    "year": "years?|年", "KB": "[Kk]i?B", "MB": "Mi?B", "GB": "Gi?B", "TB": "Ti?B", "PB": "Pi?B",
    "Hz": "Hz|赫兹", "kHz": "kHz|千赫", "MHz": "MHz|兆赫", "GHz": "GHz|吉赫", "mm": "mm|毫米", "cm": "cm|厘米",
    "km": "km|公里|千米", "us": "[µμ]s|microseconds?|微秒", "W": "watts?|W|瓦", "kW": "kW|千瓦",
    "degree": "degrees?|°|度", "USD": "dollars?|USD|美元", "fps": "fps|FPS|frames per second|帧每秒|帧/秒",
    "px": "px|pixels?|像素", "GPU": "GPUs?|[张块个台]?\\s?GPUs?", "step": "steps?|步", "layer": "layers?|层",
    "epoch": "epochs?|轮|个\\s?epochs?", "x": r"x|[×]|\\times|times|fold|倍",
}  # fmt: skip
"""Units that cannot stand for one another -> how they are written."""

_UNIT = re.compile(
    r"[\s\u00a0-]?(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _UNITS.items()) + r")(?![A-Za-z]|\s?\d)"
)
_THING = re.compile(
    r"[\s-]?(?!(?:and|or|to|vs|versus|of|for|on|in|at|from|with|by|compared|while|against|over|than|under|when|where|as|is|"
    r"are|was|were|which|but|respectively|points?|accuracy|recall|precision|percentage|after|before|without|using)\b)"
    r"[a-z]{3,}\b"
)
"""A word after a number that says what is counted: 85 images are not 85 %."""

KEPT = 4096
"""Texts whose numbers are kept: the paragraphs of a long paper, which each sentence is compared with."""

OTHER = "?"
"""`Number.unit` where something is counted or measured that has no name here."""


@dataclass(frozen=True)
class Number:
    """One number of a text."""

    value: str
    """Without thousands commas, leading and trailing zeros, with its size (7B as 7000000000); `50%`, `1/3` for a
    share."""
    unit: str = ""
    """A key of the units, `%`, OTHER, or empty where nothing stands behind it that it counts."""
    words: str = ""
    """As the text has it."""
    small: bool = False
    """True for zero, one and two of things spelled out, which say too little: "one of the two"."""


def numbers(text: str) -> list[Number]:
    """Numbers of `text` in digits and in words, in their order.

    Citation marks such as [12] and 3D are not counted.
    """
    return list(_numbers(text))


@lru_cache(KEPT)
def _numbers(text: str) -> tuple[Number, ...]:
    return tuple(number for _, number in placed(plainly(text)))


def plainly(text: str) -> str:
    """The text as numbers are looked for in it.

    Clean, marks of citations blank, powers of ten as 3.3e18.
    """
    plain = _CITED.sub(lambda m: " " * len(m[0]), clean(text))
    return _TIMES_TEN.sub(_e, plain) if "10" in plain else plain


def placed(plain: str) -> list[tuple[int, Number]]:
    """(place, number) of each number in a text of `plainly`, in their order."""
    found = [*_digits(plain), *_words(plain)]
    return sorted(found, key=lambda row: row[0])


def _e(m: re.Match[str]) -> str:
    if m["lost"] and not m["times"] and not _small_power(m):
        return m[0]
    if m["front"] and not m["times"]:
        return m[0]
    power = re.sub(r"[\u2212\u2013]", "-", m["power"] or m["lost"]).replace(" ", "")
    return f"{' ' if m[0][:1] == ' ' else ''}{m['front'] or 1}e{power}"


_RATE = re.compile(r"\b(?:rate|decay|epsilon|tolerance|order|factor)s?\b|[=~∼≈ε]\s?$|率", re.IGNORECASE)
RATE_NEAR = 40
"""Characters before 10-5 in which a word says that it is a power."""


def _small_power(m: re.Match[str]) -> bool:
    """True for 10\u22125, which a PDF makes of a power.

    With a minus sign, or behind a word for a rate.
    """
    if m["front"] or m["lost"][:1] not in "\u2212-":
        return False
    return m["lost"][:1] == "\u2212" or bool(_RATE.search(m.string[max(0, m.start() - RATE_NEAR) : m.start()]))


def stated_numbers(text: str) -> list[Number]:
    """Numbers of a statement that say how much or how many: they must be borne out."""
    return [n for n in numbers(POINTING.sub("x", clean(text))) if not n.small]


def missing(asked: Iterable[Number], there: Iterable[Number]) -> tuple[Number, ...]:
    """Those of `asked` that `there` does not bear out.

    It has another value, or the same one of something else. 85 % may stand as a bare 85 (tables do that) and 85 as 85
    %; half may stand as 50 %.
    """
    known: dict[str, set[str]] = {}
    for n in there:
        known.setdefault(n.value, set()).add(n.unit)
        if n.value.endswith("%"):
            known.setdefault(n.value[:-1], set()).add("%")

    def borne(n: Number) -> bool:
        units = known.get(n.value, set())
        if n.value.endswith("%"):
            return bool(units) or "" in known.get(n.value[:-1], ())
        return bool(units) and (n.unit in ("", OTHER) or bool(units & {"", OTHER, n.unit}))

    return tuple(n for n in asked if not borne(n))


def _digits(plain: str) -> Iterator[tuple[int, Number]]:
    for m in _NUMBER.finditer(plain):
        whole, _, part = m["digits"].replace(",", "").replace(" ", "").partition(".")
        value = (whole.lstrip("0") or "0") + (f".{part.rstrip('0')}" if part.rstrip("0") else "")
        power = int(m["power"] or 0)
        size = power + _SIZES.get((m["size"] or m["word"] or m["han"] or "").lower(), 0) + bool(m["tenths"])
        value = _plain(Decimal(value).scaleb(size)) if size else value
        sign = "-" if m["sign"] and value != "0" and signs(plain, m.start("sign")) else ""
        words = m.group().strip()
        if m["percent"] or m["of"] or m["tenths"]:
            yield m.start(), Number(f"{sign}{value}%", "%", words)
            continue
        unit = _unit(plain, m.end())
        if m["whole"] and not part and int(value) < int(m["whole"][1:]):
            yield m.start(), Number(share(int(value), int(m["whole"][1:])), "%", words)
            continue
        yield m.start(), Number(sign + value, unit, words)
        if m["whole"]:
            yield m.start("whole"), Number(m["whole"][1:], unit, m["whole"][1:])


def _words(plain: str) -> Iterator[tuple[int, Number]]:
    for value, start, end in spelled(plain):
        unit_end = found.end() if (found := _UNIT.match(plain, end)) else end
        words = plain[start:unit_end]
        if value[-1] in "x%" or "/" in value:
            unit, value = ("x", value[:-1]) if value[-1] == "x" else ("%", value)
        else:
            unit = _unit(plain, end)
        small = value in ("0", "1") or (value == "2" and unit in ("", OTHER, "step", "layer"))
        yield start, Number(value, unit, words, small)


def _unit(plain: str, at: int) -> str:
    found = _UNIT.match(plain, at)
    if found:
        return str(found.lastgroup)
    return OTHER if _THING.match(plain, at) else ""


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
