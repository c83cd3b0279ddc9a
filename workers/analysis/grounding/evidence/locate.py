"""Finds where evidence stands: a paragraph, a table's row, or a cell."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from workers.analysis.grounding.evidence.find import EMPTY, Facts, Found
from workers.analysis.grounding.evidence.index import Index, Location
from workers.analysis.grounding.numbers.read import placed, plainly
from workers.analysis.grounding.text.normalize import squashed
from workers.analysis.grounding.text.sentences import SENTENCE_MAX
from workers.analysis.grounding.text.terms import stem
from workers.analysis.schema import EvidenceAnswer
from workers.reading.text import Table, TableRow

if TYPE_CHECKING:
    from workers.analysis.grounding.evidence.numbered_paper import PaperContext


def find(evidence: EvidenceAnswer, given: "PaperContext", facts: Facts) -> Found | None:
    """Where a piece of evidence stands; None where it does not."""
    if evidence.is_cell:
        return _cell(evidence, facts)
    near = given.passages[evidence.paragraph - 1].id if 1 <= evidence.paragraph <= len(given.passages) else ""
    index = facts.index
    place = index.locate(evidence.quote, near)
    if place is None:
        row = _row(evidence.quote, near, facts) or _in_table(evidence.quote, facts)
        return None if row is None else _of_row(row, facts)
    first, last = facts.ids[place.paragraph], facts.ids[place.last]
    return Found(place, index.words(place), scope(range(first, last + 1), facts))


def scope(paragraphs: Sequence[int], facts: Facts) -> tuple[int, ...]:
    """Those paragraphs, and for a row of a table its whole table."""
    out = dict.fromkeys(paragraphs)
    for k in paragraphs:
        table = facts.tables.get(facts.index.paragraphs[k][1].id)
        if table is not None:
            out |= dict.fromkeys(facts.ids[id] for id in (table.id, *(r.id for r in table.rows)) if id in facts.ids)
    return tuple(out)


def widened(found: Found, index: Index) -> Found:
    """The same with the whole of its sentences, where that is short enough to show."""
    wide = index.wider(found.place)
    words = index.words(wide)
    return found if len(words) > SENTENCE_MAX else Found(wide, words, found.scope, added=found.added)


def _of_row(row: TableRow, facts: Facts) -> Found:
    k = facts.ids[row.id]
    section, paragraph = facts.index.paragraphs[k]
    place = Location(row.id, section, 0, len(paragraph.text), row.id, paragraph.page)
    return Found(place, paragraph.text, scope([k], facts))


def cells_of(row: TableRow) -> list[str]:
    """The texts of a row, its header first.

    Of a row that was read without cells, what stands between its bars.
    """
    if row.cells:
        return [row.label, *(c.text for c in row.cells)]
    return [part.strip() for part in row.text.split("|")]


def _row(quote: str, near: str, facts: Facts) -> TableRow | None:
    """The row whose cells a quote lists, in order, empty ones left out."""
    asked = [_key(part) for part in quote.split("|")]
    asked = [part for part in asked if part]
    if len(asked) < 2:
        return None
    found = [row for row in facts.rows.values() if row.id in facts.ids and _lists(cells_of(row), asked)]
    return next((row for row in found if row.id == near), found[0] if found else None)


def _lists(cells: Sequence[str], asked: Sequence[str]) -> bool:
    kept = [key for key in map(_key, cells) if key]
    split = [key for cell in cells for part in cell.split(" / ") if (key := _key(part))]
    return any(
        row[k : k + len(asked)] == list(asked) for row in (kept, split) for k in range(len(row) - len(asked) + 1)
    )


def _in_table(quote: str, facts: Facts) -> TableRow | None:
    """The row that holds most of a quote which lists words and numbers of a table.

    All of the quote stands in one table, as a PDF's text has it.
    """
    asked = _words(quote)
    if sum(any(c.isdigit() for c in w) for w in asked) < NUMBERS_LEAST:
        return None
    for table in facts.index.text.tables:
        texts = [
            table.caption,
            *(f"{r.text} {r.label} {' '.join(c.column + ' ' + c.text for c in r.cells)}" for r in table.rows),
        ]
        if set(asked) <= set(_words(" ".join(texts))):
            rows = [r for r in table.rows if r.id in facts.ids]
            return max(rows, key=lambda r: len(set(_words(r.text)) & set(asked)), default=None)
    return None


NUMBERS_LEAST = 3
"""Numbers that a list of a table's words must hold to be one."""


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+|\d+(?:\.\d+)?|[^\W\d_]", text.lower())


def _key(cell: str) -> str:
    return squashed(" ".join(cell.split()))


def _cell(asked: EvidenceAnswer, facts: Facts) -> Found | None:
    """The cell that is meant by table, row and column.

    None where there is none or it holds another value.
    """
    for table in facts.index.text.tables:
        if asked.table and not _same_table(asked.table, table):
            continue
        for row in table.rows:
            if row.id not in facts.ids or not _like(asked.row, row.label or cells_of(row)[0]):
                continue
            for column, text in _columns(row):
                if _like(asked.column, column) and _worth(asked.value, text):
                    section, paragraph = facts.index.paragraphs[facts.ids[row.id]]
                    place = Location(row.id, section, 0, len(paragraph.text), row.id, paragraph.page)
                    label = table.label or _label(table)
                    return Found(place, text, scope([facts.ids[row.id]], facts), label, row.label, column)
    return None


def _columns(row: TableRow) -> Iterator[tuple[str, str]]:
    if row.cells:
        yield from ((c.column, c.text) for c in row.cells if c.text != EMPTY)
    else:
        yield from (("", text) for text in cells_of(row)[1:])


def _label(table: Table) -> str:
    found = re.match(r"(?:Table|Tab\.?)\s*[A-Z]?\d+", table.caption, re.IGNORECASE)
    return found[0] if found else ""


def _same_table(asked: str, table: Table) -> bool:
    number = re.findall(r"\d+", asked)
    there = re.findall(r"\d+", table.label or _label(table))
    return not number or not there or number[0] == there[0]


def _like(asked: str, there: str) -> bool:
    """True where all words asked for stand there.

    Nothing asked for, or nothing there to tell by, is like anything.
    """
    if not asked.strip() or not there.strip():
        return True
    words, known = (set(re.findall(r"[a-z0-9]+", " ".join([s.lower()]))) for s in (asked, there))
    return _key(asked) in _key(there) or words <= known or {stem(w) for w in words} <= {stem(w) for w in known}


def _worth(asked: str, text: str) -> bool:
    if not asked.strip():
        return True
    if _key(asked) == _key(text):
        return True
    one, other = placed(plainly(asked)), placed(plainly(text))
    return bool(one) and one[0][1].value.removesuffix("%") in {n.value.removesuffix("%") for _, n in other}
