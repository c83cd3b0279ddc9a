"""Recomputes numbers that a statement derives, at the precision written."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, DivisionByZero, InvalidOperation
from itertools import permutations
from typing import cast, get_args

from workers.analysis.grounding.numbers.read import Number, numbers
from workers.models.deepdive import Derived, Operation

LOOSE = Decimal("0.06")
"""Share by which a number that is said to be about so much may differ, where it has no more than two digits that
count."""

POOL_MAX = 24
"""Numbers of which pairs are tried."""

SUM_MAX = 6
"""Most numbers that are added up."""

ABOUT = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|approx\.?|nearly|almost|over|more than|some|up to|under|less than|"
    r"close to|at least|just)|[~≈∼><≥≤]|约|大约|近|接近|超过|大概|不到|逾|多达|将近)\s*\$?$",
    re.IGNORECASE,
)
BEHIND = re.compile(r"^\s?(?:左右|上下|多|余|以上|or so|\+)")
_WRITTEN = (
    "add + plus + sum sum subtract - minus - − - – - difference - diff - multiply * × * x * times * product * divide / "
    "÷ / : / percent % share % average mean avg mean relative percent_change change percent_change points diff_points "
    "percentage_points diff_points"
)
_SYMBOLS = dict(zip(_WRITTEN.split()[::2], _WRITTEN.split()[1::2], strict=True))
_SUM = re.compile(
    r"(?P<left>\d[\d.,]*\s?%?)\s*(?P<op>[-+*/×x÷−–·]|\\times|\\cdot)\s*(?P<right>\d[\d.,]*\s?%?)\s*(?:=|≈|≃|\\approx|is|为|等于|约为)\s*"
    r"(?P<value>[-−]?\d[\d.,]*\s?%?)"
)


def operation(written: str) -> Operation | None:
    """The operation that is meant; None for another."""
    word = written.strip().lower().replace(" ", "_").replace("-change", "_change")
    word = _SYMBOLS.get(word, word)
    return cast(Operation, word) if word in get_args(Operation) else None


def computed(op: Operation, operands: Sequence[Decimal]) -> list[Decimal]:
    """The result of an operation on numbers.

    More than one where the order is open; [] where it cannot be computed.
    """
    if not operands or (op not in ("sum", "mean", "count", "+", "*") and len(operands) != 2):
        return []
    a, b = operands[0], operands[-1]
    try:
        if op in ("+", "sum"):
            return [sum(operands, Decimal(0))]
        if op == "mean":
            return [sum(operands, Decimal(0)) / len(operands)]
        if op == "count":
            return [Decimal(len(operands))]
        if op == "*":
            out = Decimal(1)
            for value in operands:
                out *= value
            return [out]
        if op == "-":
            return [a - b]
        if op == "diff_points":
            return [a - b, 100 * (a - b)]
        if op in ("/", "ratio"):
            return [a / b, b / a] if op == "ratio" and a else [a / b]
        if op == "%":
            return [100 * a / b]
        return [100 * (a - b) / b, 100 * (b - a) / a] if a else [100 * (a - b) / b]
    except (DivisionByZero, InvalidOperation, ZeroDivisionError):
        return []


def value_of(number: Number) -> Decimal | None:
    """Its value without the unit; a third as .333…"""
    try:
        if "/" in number.value:
            top, _, low = number.value.rstrip("%").partition("/")
            return Decimal(top) / Decimal(low)
        return Decimal(number.value.rstrip("%"))
    except (InvalidOperation, ZeroDivisionError):
        return None


def agrees(said: Decimal, found: Decimal, *, about: bool = False) -> bool:
    """True where `found`, rounded to the places that `said` has, is `said`.

    Signs do not count. With `about` it may also be cut to those places, or differ by LOOSE where `said` has no more
    than two digits that count.
    """
    said, found = abs(said), abs(found)
    if said == found:
        return True
    for written in (said.normalize(), said):  # 240 million is told to ten millions, 40 to ones
        exponent, digits = int(written.as_tuple().exponent), len(written.as_tuple().digits)
        step = Decimal(1).scaleb(exponent)
        if digits >= 2 or exponent < 0 or (exponent == 0 and said > 2):
            if abs(said - found) <= step / 2 * Decimal("1.0001"):
                return True
            if about and said < found < said + step:
                return True
    digits = len(said.normalize().as_tuple().digits)
    return about and digits <= 2 and abs(said - found) <= LOOSE * found


def written(text: str) -> tuple[list[Derived], list[str]]:
    """(sums that a text writes out and that come out, results of those that do not)."""
    right, wrong = list[Derived](), list[str]()
    for m in _SUM.finditer(text):
        op = operation(m["op"].replace("\\times", "*").replace("\\cdot", "*").replace("·", "*"))
        made = _checked(m["value"], op, [m["left"], m["right"]])
        if made:
            right.append(made)
        elif op:
            wrong.append(m["value"].strip())
    return right, wrong


def given(value: str, op: str, operands: Sequence[str]) -> Derived | None:
    """What a writer says to have computed, where it comes out."""
    return _checked(value, operation(op), operands)


def _checked(value: str, op: Operation | None, operands: Sequence[str]) -> Derived | None:
    said, of = _first(value), [_first(o) for o in operands]
    if op is None or said is None or None in of:
        return None
    about = bool(re.search(r"[~≈约]|about", value))
    scale = 100 if op in ("/", "ratio") and "%" in value else 1
    found = [scale * one for one in computed(op, [d for d in of if d is not None])]
    if any(agrees(said, one, about=about) for one in found):
        return Derived(value=value.strip(), op=op, operands=tuple(o.strip() for o in operands))
    return None


def _first(text: str) -> Decimal | None:
    found = numbers(text.replace("−", "-"))
    return value_of(found[0]) if found else None


def inferred(said: Number, pool: Iterable[Number], *, about: bool = False) -> Derived | None:
    """How `said` comes of two numbers of `pool` by one simple operation.

    None where it does not. It may also be 100% less one number, or the sum of all where they are few.
    """
    target, words = value_of(said), said.words
    values = list(
        dict.fromkeys((v, n.words, n.unit) for n in pool if (v := value_of(n)) is not None and n.value != said.value)
    )
    if target is None or len(values) > POOL_MAX:
        return None
    share = said.unit == "%"
    part = "/" in said.value
    target = 100 * target if part else target
    about = about or part
    for value, x, unit in values:
        if share and unit == "%" and agrees(target, 100 - value):
            return Derived(value=words, op="-", operands=("100%", x))
    if 2 < len(values) <= SUM_MAX and sum(value for value, _, _ in values) == target:
        return Derived(value=words, op="sum", operands=tuple(x for _, x, _ in values))
    for (a, x, ua), (b, y, ub) in permutations(values, 2):
        if not a or not b:
            continue
        tries: list[tuple[Operation, Decimal]] = []
        if said.unit == "x":
            tries = [("/", a / b)] if a > b else []
        else:
            if a > b and (ua == ub or "" in (ua, ub)):
                tries.append(("-", a - b))
                if share and a <= 1:
                    tries.append(("diff_points", 100 * (a - b)))
            if share:
                tries += [("percent_change", 100 * (a - b) / b), ("%", 100 * a / b)]
                tries += [("+", a + b)] if ua == ub == "%" and x < y else []
            elif x < y:
                tries += [("*", a * b), ("+", a + b)]
            if a > b:
                tries.append(("/", a / b))
        for op, found in tries:
            if agrees(target, found, about=about or op == "/") or (part and abs(target - found) <= LOOSE / 2 * found):
                return Derived(value=words, op=op, operands=(x, y))
    return None
