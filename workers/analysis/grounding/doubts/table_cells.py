"""Checks that a statement's number stands in the row and column it names."""

import re
from collections.abc import Sequence

from workers.analysis.grounding.evidence.find import Facts
from workers.analysis.grounding.evidence.number_support import Borne
from workers.analysis.grounding.numbers.pairs import segments
from workers.analysis.grounding.numbers.read import Number, numbers
from workers.analysis.grounding.text.normalize import squashed
from workers.analysis.grounding.text.terms import keys_of, terms


def other_cell(text: str, bare: Sequence[tuple[int, Number]], borne: Borne, facts: Facts) -> bool:
    """True where a number stands in other rows or columns than those named.

    It stands in a table only in those rows, or only in those columns.
    """
    parted = {m["whole"] for m in _PARTITIVE.finditer(text)}
    for segment, number in segments(text, bare):
        if number.words.split()[0] in parted or _START.search(segment[: segment.find(number.words)]):
            continue
        written = re.sub(r"[^\d.]", "", number.words).lstrip("0.")
        if len(written.replace(".", "")) < (DISTINCT - 1 if "." in number.words else DISTINCT):
            continue
        mentions = borne.mentions.get(number.value, [])
        if not mentions and any(d.value == number.words for d in borne.derived):
            mentions = facts.mentions.get(number.value.removesuffix("%"), [])
        ids = [facts.index.paragraphs[m.paragraph][1].id for m in mentions]
        rows = [facts.rows[id] for id in ids if id in facts.rows]
        if not rows or len(rows) < len(ids):
            continue
        table = facts.tables[rows[0].id]
        if not table.sure or any(facts.tables[r.id] is not table for r in rows):
            continue
        segment = _before_rival(segment, number)
        here, others = {_plain_label(r.label) for r in rows}, {_plain_label(r.label) for r in table.rows}
        if _only_other(squashed(segment), here, others):
            return True
        if _only_other_words(segment, {r.label for r in rows}, {r.label for r in table.rows}, facts):
            return True
        columns = {c.column for r in rows for c in r.cells if number.value.removesuffix("%") in _values(c.text)}
        every = {c.column for r in table.rows for c in r.cells}
        if columns and _only_other_column(segment, columns, every, facts):
            return True
    return False


_CITED = re.compile(r"\s*[(\[][^()\[\]]*\d[^()\[\]]*[)\]]")
"""A citation in a row's label, which no statement repeats: BM25 (1995)."""

_PARTITIVE = re.compile(r"(?<![\w@.])\d\S*\s(?:out )?of (?:the |all )?(?P<whole>\d[\d.,]*\d|\d)")
"""The whole of which something is a part: 6.8 of 21.9."""

_START = re.compile(r"(?:\bfrom|从|由)\s?$", re.IGNORECASE)
"""What stands before the number that a change begins with: it is of another row than the one that is named."""

_RIVAL = re.compile(r"\b(?:than|over|against|compared (?:to|with)|versus|vs\.?)\b")


def _before_rival(segment: str, number: Number) -> str:
    """What is said of a number, without what it is then compared with."""
    at = segment.find(number.words)
    cut = _RIVAL.search(segment, at + len(number.words)) if at >= 0 else None
    return segment[: cut.start()] if cut else segment


DISTINCT = 3
"""Digits that count of a number which stands for one cell of a table: 25.5, not 4."""


def _values(cell: str) -> set[str]:
    return {n.value.removesuffix("%") for n in numbers(cell)}


def _plain_label(label: str) -> str:
    return squashed(_CITED.sub("", label))


def _only_other(said: str, here: set[str], others: set[str]) -> bool:
    """True where a label of another row is named, and none of these rows.

    Of labels within each other, the longest that fits counts.
    """
    named = [label for label in others if len(label) > 3 and not label.isdigit() and label in said]
    longest = [a for a in named if not any(a != b and a in b for b in named)]
    return bool(longest) and not any(
        label and (label in said or any(n in label or label in n for n in longest)) for label in here
    )


def _only_other_words(segment: str, here: set[str], every: set[str], facts: Facts) -> bool:
    """True where words of other rows' labels are said, and none of these rows'.

    Only words count that tell the two apart.
    """
    said = keys_of(terms(segment.lower()))

    def keys(labels: set[str]) -> set[str]:
        own = {k for label in labels for k in keys_of(terms(label.lower()))}
        return own | {k for key in own for k in facts.aliases.get(key, ())}

    mine, others = keys(here), keys(every - here)
    shared = mine & others
    return bool(shared & said) and bool(said & (others - mine)) and not said & (mine - others) and bool(mine - others)


_HEAD = re.compile(r"\b(?:[Bb]efore|[Aa]fter|[Ff]irst|[Ss]econd|[Ww]ith|[Ww]ithout|[A-Z]{2,5})\b")


def _heads(text: str) -> set[str]:
    """Words of a column's header that tell nothing elsewhere: After, ALL."""
    return {f"={m[0].lower() if not m[0].isupper() else m[0]}" for m in _HEAD.finditer(text)}


def _only_other_column(text: str, here: set[str], every: set[str], facts: Facts) -> bool:
    """True where words of other columns alone are said, and none of these alone."""
    said = keys_of(terms(text)) | keys_of(terms(text.lower())) | _heads(text)

    def keys(columns: set[str]) -> set[str]:
        own = {k for column in columns for k in keys_of(terms(column.lower())) | _heads(column)}
        return own | {k for key in own for k in facts.aliases.get(key, ())}

    def named(words: set[str]) -> bool:
        return any(k in said or (len(k) > 2 and any(s.startswith(k) for s in said)) for k in words)

    mine, others = keys(here), keys(every - here)
    return bool(mine) and named(others - mine) and not named(mine - others) and bool(mine - others)
