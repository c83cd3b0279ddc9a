"""Looks each value of a deep dive's results up in its cell or sentence."""

import re
from collections.abc import Sequence

from workers.analysis.grounding.evidence.locate import find
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.grounding.statements import check_claim
from workers.analysis.schema import ClaimAnswer, ResultAnswer, one_line, visible
from workers.models import Evidence, ResultRow

ROWS_MAX = 4
"""Rows that are shown."""

SHORT = 80
"""Characters of a field of a row; longer ones are no field of a table."""

_TEX = re.compile(r"\\(?:mathbf|textbf|bm|mathrm|text|underline|emph)\b|[${}\\*]")


def results_of(rows: Sequence[ResultAnswer], given: PaperContext) -> tuple[tuple[ResultRow, ...], int]:
    """(rows whose values all stand in their evidence, how many were left out)."""
    found = [_row(row, given) for row in rows]
    kept = [row for row in found if row is not None]
    return tuple(kept[:ROWS_MAX]), len(found) - len(kept)


def _row(row: ResultAnswer, given: PaperContext) -> ResultRow | None:
    """The row with its places.

    None where a value is not in them, or a rival's value comes without the rival.
    """
    fields = {name: _field(getattr(row, name)) for name in ("what", "ours", "other", "other_name", "dataset")}
    values = [fields["ours"], *filter(None, [fields["other"]])]
    if not fields["what"] or not fields["ours"] or bool(fields["other"]) > bool(fields["other_name"]):
        return None
    places = [place for e in row.evidence if (place := find(e, given, given.facts))]
    evidence = tuple(place.record(given.anchors) for place in places)
    if len(evidence) < len(row.evidence) or max(map(len, fields.values())) > SHORT:
        return None
    if not all(any(_holds(e, value) for e in evidence) for value in values):
        return None
    checked = check_claim("takeaway", ClaimAnswer(text=_sentence(fields), evidence=row.evidence), given)
    return None if checked.wrong else ResultRow(**fields, evidence=evidence, suspect=checked.suspect)


def _sentence(fields: dict[str, str]) -> str:
    """The row in words, for the checks that statements go through."""
    against = f", against {fields['other']} for {fields['other_name']}" if fields["other"] else ""
    on = f" on {fields['dataset']}" if fields["dataset"] else ""
    return f"{fields['what']} is {fields['ours']}{on}{against}."


def _field(text: str) -> str:
    return one_line(text).strip("*` |")


def _holds(evidence: Evidence, value: str) -> bool:
    """True where `value` stands in the evidence as a whole: 8.4 is not in 28.4."""
    wanted = re.escape(_plain(value))
    return bool(re.search(rf"(?<![\w.]){wanted}(?!\w|\.\d)", _plain(evidence.quote)))


def _plain(text: str) -> str:
    return " ".join(_TEX.sub("", visible(text)).replace("−", "-").split()).casefold()
