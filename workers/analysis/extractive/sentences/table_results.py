"""Reads results from a paper's tables: best own value beside best other.

One row for each metric.

Only of tables whose grid is sure, of columns of which it is known whether more or less is better, and of rows that can
be compared: what other columns say in words must be the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workers.analysis.extractive.sentences.own_work import OwnWork
from workers.analysis.extractive.sentences.zones import zones
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.grounding.text.sentences import words_of
from workers.models import Evidence, ResultRow
from workers.reading.text import Table, TableRow

PER_TABLE, MOST = 2, 4
"""Most results of one table, and of a paper."""

_NUMBER = re.compile(r"^[*†‡§(\s]*(-?\d{1,4}(?:,\d{3})*(?:\.\d+)?)\s*%?(?:\s*(?:±|\+/-)\s*[\d.]+)?[*†‡§)\s]*$")
_HIGHER = words_of(
    r"""\b(?:(?<!self-)BLEU|ROUGE\S*|METEOR|CIDEr|SPICE|PSNR|SSIM|m?IoU|mAP\S*|AP\d*|AUC|AUROC|AUPRC|F-?1|F-?score|acc|accuracy|
    recall\S*|precision|[PR]@\d+|n?DCG\S*|MRR|MAP|EM|exact match|hits@\d+|
    success(?: rate)?|pass@\w+|top-?\d|dice|win rate|TEDS|UAS|LAS)(?!\w)|↑"""
)
_LOWER = words_of(
    r"\b(?:LPIPS|FID|FVD|MAE|RMSE|MSE|WER|CER|perplexity|PPL|error(?: rate)?|EPE|ATE|latency|NLL|bpd|bpc)(?!\w)|↓"
)
_ASIDE = words_of(
    r"ablat|variation|statistic|hyper-?param|without|effect of|impact of|sensitivity|number of|examples? of"
)
_MATHS = re.compile(r"\$[^$]*\$|\\[a-z]+")
_OURS = words_of(r"\b(?:ours?|this work|this paper|proposed)\b")
_NO_RIVAL = words_of(r"\b(?:human|oracle|upper bound|ground truth|random|chance)\b")
_DATASET = re.compile(
    r"\b(?:on|for) (?:the )?([A-Z][\w-]*[A-Z0-9][\w-]*(?: (?:test|validation|dev) set)?)"
    r"(?= data ?set| benchmark|[.)]|$)"
)
"""A data set that a caption names."""


@dataclass(frozen=True)
class _Value:
    row: TableRow
    text: str
    number: float


def result_rows(given: PaperContext, subject: OwnWork) -> tuple[ResultRow, ...]:
    """Up to MOST results, in the order of the tables."""
    places = {p.section.id: p for p in zones(given.text.sections)}
    found = list[ResultRow]()
    for table in given.text.tables:
        place = places.get(table.section)
        aside = place is None or place.zone in ("aside", "introduction") or place.section.appendix
        if table.sure and not aside and not _ASIDE.search(table.caption):
            found += list(_of_table(table, given, place.section.title if place else "", subject))[:PER_TABLE]
    return tuple(found[:MOST])


def _of_table(table: Table, given: PaperContext, where: str, subject: OwnWork) -> Iterator[ResultRow]:
    columns = list(dict.fromkeys(c.column for row in table.rows for c in row.cells))
    own = [row for row in table.rows if _OURS.search(row.label) or subject.named(row.label)]
    other = [row for row in table.rows if row not in own and row.label and not _NO_RIVAL.search(row.label)]
    if len(columns) != len(table.rows[0].cells if table.rows else ()):
        return  # two columns of one name: which is meant would be a guess
    for column in columns:
        sign = _better(column) or _better(table.caption)
        if not sign or re.search(r"cost|time|param|flops", column, re.IGNORECASE):
            continue
        ours = _best(_values(own, column), sign)
        if ours is None:
            continue
        group = _words(ours.row)
        rivals = _best(_values([row for row in other if _words(row) == group], column), sign)
        if rivals is None:
            continue
        named = [name for name in _DATASET.findall(table.caption) if not _better(name)]
        what = f"{column} ({', '.join(group)})" if group else column
        yield ResultRow(
            what=what,
            ours=ours.text,
            other=rivals.text,
            other_name=rivals.row.label,
            dataset=named[0].strip() if len(named) == 1 else "",
            evidence=tuple(_evidence(v, column, table, given, where) for v in (ours, rivals)),
        )


def _better(text: str) -> int:
    """1 where more is better, -1 where less is; 0: not known."""
    up, down = _HIGHER.search(text) is not None, _LOWER.search(text) is not None
    return up - down


def _values(rows: list[TableRow], column: str) -> Iterator[_Value]:
    for row in rows:
        for cell in row.cells:
            number = _NUMBER.match(cell.text) if cell.column == column else None
            if number:
                yield _Value(row, cell.text.strip(), float(number[1].replace(",", "")))


def _best(values: Iterator[_Value], sign: int) -> _Value | None:
    return max(values, key=lambda v: sign * v.number, default=None)


def _words(row: TableRow) -> tuple[str, ...]:
    """What a row's cells say in words: rows compare where this is the same."""
    return tuple(c.text for c in row.cells if re.search(r"[A-Za-z]{3}", _MATHS.sub("", c.text)))


def _evidence(value: _Value, column: str, table: Table, given: PaperContext, where: str) -> Evidence:
    return Evidence(
        quote=value.text,
        paragraph=value.row.id,
        where=where,
        anchor=given.anchors.get(value.row.id, ""),
        page=value.row.page or table.page,
        table=table.label,
        row=value.row.label,
        column=column,
    )
