"""Splits columns of numbers that stand close together."""

from collections.abc import Sequence

from workers.reading.pdf.page.words import Word, pieces_of
from workers.reading.table.slots import MOSTLY, is_number

TIGHT_EM = 0.2
"""Least white between two columns of numbers that stand close, in sizes of the type."""

LISTED_LEAST = 3
"""Rows of a list of values, and"""

VALUE_CHARS = 16
"""characters of one of its values at most."""

_SIGNS = frozenset("/±×–−-:|")
"""What joins two numbers to one value: 2 / 44."""


def tight(rows: list[list[Word]], columns: Sequence[tuple[float, float]], size: float) -> list[float]:
    """Where columns of numbers stand so close that they look like one.

    Places with white in every row of more than one number.
    """
    found = list[float]()
    for left, right in columns:
        inside = [[w for w in row if left - 1 <= w.middle <= right + 1] for row in rows]
        told = [row for row in inside if sum(is_number(w.text) for w in row) > 1]
        if len(told) < max(2, MOSTLY * sum(map(bool, inside))):
            continue
        spans = sorted(span for row in told for span in _spans(row))
        reach = spans[0][1]
        for a, b in spans:
            if a - reach >= TIGHT_EM * size and _numbers_at(told, a, size):
                found.append((a + reach) / 2)
            reach = max(reach, b)
    return found


def _spans(row: list[Word]) -> list[tuple[float, float]]:
    """Left and right edges of the words of a row; what a sign joins is one."""
    out, joined = list[tuple[float, float]](), False
    for w in row:
        sign = w.text in _SIGNS
        if out and (sign or joined):
            out[-1] = (out[-1][0], w.right)
        else:
            out.append((w.left, w.right))
        joined = sign
    return out


def _numbers_at(rows: list[list[Word]], left: float, size: float) -> bool:
    """True where most of the words that begin at `left` are numbers.

    Else they are words of names that stand in line.
    """
    there = [w for row in rows for w in row if left <= w.left < left + size]
    return sum(is_number(w.text) for w in there) > MOSTLY * len(there)


def cut(row: list[Word], cuts: Sequence[float]) -> list[Word]:
    """The pieces of a row, none of which goes over a cut between two words."""
    parts, edges = list[Word](), [*cuts, float("inf")]
    begin = float("-inf")
    for edge in sorted(edges):
        parts += pieces_of([w for w in row if begin <= w.middle < edge])
        begin = edge
    return parts


def is_list(pieces: list[list[Word]]) -> bool:
    """True for names with one value each: under a header or without one."""
    told = [row for row in pieces if len(row) == 2 and valued(row[1].text) and not valued(row[0].text)]
    return len(told) >= LISTED_LEAST and len(told) >= len(pieces) - 1 and pieces[1:] == told[-len(pieces) + 1 :]


def valued(text: str) -> bool:
    """True for a number with what belongs to it: 11 / 44, 28.9M (35.6%)."""
    return is_number(text) or (text[:1].isdigit() and len(text) <= VALUE_CHARS)
