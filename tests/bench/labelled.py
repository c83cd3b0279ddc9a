"""Reads labelled days for `rank FILE.jsonl` and `taste FILE.jsonl`.

A row: `{date, id, title, abstract, label, source?}`, in any order. A day is a date of one source. A label is 0 to 3 (a
number, as text too, or true and false); what is beyond counts as 0 or 3. Where a file has none above 1, its labels are
shares of 3: of a file of yes and no, yes is 3. A missing title, abstract or label counts as empty or 0.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.models import Paper

MOST = 3.0
"""The highest label."""

WORDS = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0, "": 0.0, "none": 0.0, "null": 0.0}
"""Labels that are no numbers, in small letters."""


class BadFileError(ValueError):
    """The file cannot be used; says which line is wrong, and what."""


@dataclass(frozen=True)
class Labelled:
    """One day's papers and what they are worth."""

    date: str
    source: str
    papers: list[Paper]
    labels: dict[str, float]


def read_days(file: Path) -> list[Labelled]:
    """The days of a file in order of date."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadFileError(f"{file} cannot be read: {error}") from error
    days: dict[tuple[str, str], dict[str, tuple[Paper, float]]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            day = days.setdefault((str(row["date"]), _text(row, "source")), {})
            paper = Paper(id=str(row["id"]), title=_text(row, "title"), abstract=_text(row, "abstract"))
            before = day.get(paper.id, (paper, 0.0))[1]
            day[paper.id] = paper, max(before, _label(row.get("label")))
        except KeyError as error:
            raise BadFileError(f"{file}, line {number}: there is no {error.args[0]}") from error
        except (ValueError, TypeError, AttributeError) as error:
            raise BadFileError(f"{file}, line {number}: {error}") from error
    if not days:
        raise BadFileError(f"{file} has no rows")
    times = MOST if max(label for day in days.values() for _, label in day.values()) <= 1 else 1.0
    return [
        Labelled(date, source, [p for p, _ in day.values()], {i: min(MOST, times * x) for i, (_, x) in day.items()})
        for (date, source), day in sorted(days.items(), key=_when)
    ]


def _text(row: Mapping[str, object], name: str) -> str:
    found = row.get(name)
    return "" if found is None else str(found)


def _label(value: object) -> float:
    word = str(value).strip().casefold()
    number = WORDS[word] if word in WORDS else float(word)
    if not math.isfinite(number):
        raise ValueError(f"a label is 0 to {MOST:.0f}, not {value}")
    return max(0.0, number)


def _when(day: tuple[tuple[str, str], object]) -> tuple[Sequence[int], str, str]:
    """2026-1-5 is before 2026-01-12."""
    date, source = day[0]
    return [int(n) for n in re.findall(r"\d+", date)], date, source
