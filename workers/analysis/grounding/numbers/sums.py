"""Sums that an answer writes out ("0.862 - 0.722 = 0.14"), computed again by code.

The numbers that go in must stand in the paper like any other; what comes out of a right sum needs no place. A sum that
does not come out is an error, and told as one.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation

from workers.analysis.grounding.numbers.read import numbers

_UNIT = (
    r"(?:\s?(?:%|％|percent\b|per cent\b))?"
    r"(?:\s?(?:(?!and\b|to\b|vs\b|is\b|equals\b|minus\b|plus\b|times\b|divided\b|over\b|x\b)[A-Za-z]{1,10}(?:@\d+)?"
    r"(?:\s(?:points?|hours?)\b)?|个?百分点|万亿|[倍分天年个万亿步层张]|小时|分钟))?"
)
_N = rf"[-\u2212+]?(?:\d[\d,]*(?:\.\d+)?|\.\d+){_UNIT}"
_OP = r"\s*(?:[-+*/\u2212\u2013\u00d7\u00f7\u00b7]|x(?=\s?\d)|minus|plus|times|divided by|减去?|加上?|乘以?|除以)\s*"
_LEFT, _RIGHT = r"[(（\[]*\s*", r"\s*[)）\]]*"
_SUM = rf"{_LEFT}{_N}{_RIGHT}(?:{_OP}{_LEFT}{_N}{_RIGHT})+(?:[*\u00d7]\s*100\s?%)?"
_EQUAL = (
    r"\s*(?P<equal>=|＝|≈|≃|\bequals\b|\bis (?:about |roughly )?|等于|约等于|约为)\s*(?:about\s|roughly\s|约|~)?\s*"
)
_FORMS = (
    re.compile(rf"(?<![\w.])(?P<sum>{_SUM}){_EQUAL}(?P<result>{_N})"),
    re.compile(rf"(?<![\w.])(?P<result>{_N}){_EQUAL}(?P<sum>{_SUM})"),
    re.compile(rf"(?<![\w.])(?P<result>{_N})\s*[(（](?P<sum>{_SUM})[)）](?P<equal>)"),
)
_FIRM = ("=", "＝", "≈", "≃", "equals", "等于", "约等于")
"""What says that a sum is meant; any other form is only believed where it comes out ("12 (10 - 20)" is a range)."""

_TOKEN = re.compile(
    rf"(?P<op>{_OP.strip()})(?=[\s(（\[]*[-\u2212]?[\d.])|(?P<n>{_N})|(?P<open>[(（\[])|(?P<close>[)）\]])"
)
_OPS = {
    "+": "+", "plus": "+", "加": "+", "加上": "+", "-": "-", "\u2212": "-", "\u2013": "-", "minus": "-", "减": "-",
    "减去": "-", "*": "*", "\u00d7": "*", "\u00b7": "*", "x": "*", "times": "*", "乘": "*", "乘以": "*", "/": "/",
    "\u00f7": "/", "divided by": "/", "除以": "/",
}  # fmt: skip
_TEX = ((r"\times", "×"), (r"\cdot", "·"), (r"\div", "÷"), (r"\approx", "≈"), (r"\%", "%"), ("{,}", ","), ("$", ""))
_CONSTANT = re.compile(r"\d|10|100\s?%?")
"""What a mean is divided by and a share multiplied with: no number that a paper need have."""

_BOLD = re.compile(r"\*\*|__|`")

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Sum:
    """One sum as it was written."""

    text: str
    operands: tuple[str, ...]
    result: str
    right: bool
    value: str
    """What comes out, with as many decimals as `result` has."""


def plain(text: str) -> str:
    """The text with TeX's signs of arithmetic as signs, without bold."""
    for tex, sign in _TEX:
        text = text.replace(tex, sign)
    return _BOLD.sub("", text)


def sums(text: str) -> tuple[list[Sum], str]:
    """(sums of a text, the text with their operands alone in their place)."""
    text, found = plain(text), list[Sum]()

    def put(match: re.Match[str]) -> str:
        one = _sum(match)
        if one is None or (not one.right and match["equal"].strip() not in _FIRM):
            return match[0]
        found.append(one)
        return f" {'; '.join(n for n in one.operands if not _CONSTANT.fullmatch(n))} "

    for form in _FORMS:
        text = form.sub(put, text)
    return found, text


def _sum(match: re.Match[str]) -> Sum | None:
    tokens = list(_TOKEN.finditer(match["sum"]))
    operands = tuple(t["n"].strip() for t in tokens if t["n"])
    try:
        value = _Reader(tokens).whole()
        said = _value(match["result"])
    except (ValueError, IndexError, InvalidOperation, DivisionByZero):
        return None
    places = len(found[1]) if (found := re.search(r"\.(\d+)", match["result"])) else 0
    step = Decimal(1).scaleb(-places)
    slack = step * (Decimal("0.999") if match["equal"].strip() in ("≈", "≃", "约等于", "约为") else Decimal("0.5001"))
    sized = _scale(match["result"])
    ways = (value, value * HUNDRED) if "%" in match["result"] or "百分" in match["result"] else (value,)
    best = min(ways, key=lambda way: abs(way - said))
    shown = f"{(best / sized).quantize(step)}" if sized else f"{best}"
    return Sum(" ".join(match[0].split()), operands, match["result"].strip(), abs(best - said) <= slack * sized, shown)


def _value(number: str) -> Decimal:
    """The value of a written number, its size (万, K) included.

    A percentage as it is written. Raises ValueError where there is no number.
    """
    number = number.strip()
    sign = -1 if number[:1] in "-\u2212" else 1
    found = numbers(number.lstrip("-\u2212+"))
    if not found:
        raise ValueError(number)
    return sign * Decimal(found[0].value.rstrip("%").lstrip("-"))


def _scale(number: str) -> Decimal:
    """By how much a number's size multiplies its digits."""
    digits = re.search(r"\d[\d,]*(?:\.\d+)?|\.\d+", number)
    bare = Decimal(digits[0].replace(",", "")) if digits else Decimal(0)
    return abs(_value(number)) / bare if bare else Decimal(1)


class _Reader:
    """Reads sums with brackets, product before sum."""

    def __init__(self, tokens: list[re.Match[str]]) -> None:
        self.tokens, self.at = tokens, 0

    def whole(self) -> Decimal:
        value = self._added()
        if self.at != len(self.tokens):
            raise ValueError
        return value

    def _op(self, which: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at]["op"]:
            op = _OPS.get(" ".join(self.tokens[self.at]["op"].split()), "")
            if op and op in which:
                self.at += 1
                return op
        return ""

    def _added(self) -> Decimal:
        value = self._multiplied()
        while op := self._op("+-"):
            value = value + self._multiplied() if op == "+" else value - self._multiplied()
        return value

    def _multiplied(self) -> Decimal:
        value = self._one()
        while op := self._op("*/"):
            value = value * self._one() if op == "*" else value / self._one()
        return value

    def _one(self) -> Decimal:
        token = self.tokens[self.at]
        self.at += 1
        if token["open"]:
            value = self._added()
            if not self.tokens[self.at]["close"]:
                raise ValueError
            self.at += 1
            return value
        if not token["n"]:
            raise ValueError
        return _value(token["n"])
