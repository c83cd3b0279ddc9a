"""Truth: statements that should pass and statements that should not.

Put through the checks that a deep dive gets.

`python -m tests.bench truth [FILE.jsonl] [--papers DIR] [--judge]`; a row: `{paper, kind: true|lie, what, text,
quotes: [..]}`, with `derived` and `evidence` as a model sends them where it has any. A truth counts as dropped where it
would be left out; a lie as shown where it would stand there as checked: neither left out nor labelled.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from workers.analysis.grounding.evidence.numbered_paper import PaperContext, paper_context
from workers.analysis.grounding.statements import Checked, check_claim
from workers.analysis.schema import ClaimAnswer
from workers.models import Paper
from workers.reading.read import read_file
from workers.settings import Settings

DATA = Path(__file__).parents[1] / "data" / "truth"
"""Our own sets, about papers that are not kept here: `--papers` says where it lies."""

DROPPED_MAX, SHOWN_MAX, SHOWN_MAX_JUDGED = 0.05, 0.50, 0.10
"""Targets: most truths dropped; most lies shown by code alone, and with a judge (issue 11)."""

NAMES = ("{}.html", "{}.pdf", "latexml_{}.html", "html/{}.html", "html/latexml_{}.html", "pdf/{}.pdf")
"""Where the paper of a row may lie in the folder of papers."""

DROPPED, LABELLED, SHOWN = "dropped", "labelled", "shown"


@dataclass(frozen=True)
class Row:
    """One statement of a set and what became of it."""

    kind: str
    what: str
    verdict: str
    """DROPPED, LABELLED or SHOWN."""
    why: str = ""


def main(words: list[str] | None = None) -> int:
    """Check a file of statements and return the exit status.

    1: past the targets. 2: a paper cannot be found or read.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.bench truth", description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=DATA / "literature.jsonl", metavar="FILE.jsonl")
    parser.add_argument("--papers", type=Path, metavar="DIR", help="<id>.html, <id>.pdf (default: beside FILE)")
    parser.add_argument("--judge", action="store_true", help="ask the configured model, too")
    parser.add_argument("--times", action="store_true", help="say how long the checks of each paper took")
    asked = parser.parse_args(words)
    try:
        rows = [json.loads(line) for line in asked.file.read_text("utf-8").splitlines() if line.strip()]
        judge = _judge() if asked.judge else None
        found = list(measured(rows, asked.papers or asked.file.parent, judge, times=asked.times))
    except (OSError, ValueError, LookupError) as error:
        print(f"truth: {error}", file=sys.stderr)
        return 2
    for row in found:
        print(f"{row.verdict:8}  {row.kind:4}  {row.what}{': ' + row.why if row.why else ''}")
    return summary(found, SHOWN_MAX_JUDGED if judge else SHOWN_MAX)


def summary(found: Sequence[Row], shown_max: float) -> int:
    """Say what came of it; 1 past the targets."""
    truths = [row.verdict for row in found if row.kind == "true"]
    lies = [row.verdict for row in found if row.kind == "lie"]
    labelled, dropped, shown = truths.count(LABELLED), truths.count(DROPPED), lies.count(SHOWN)
    print(f"truths labelled {labelled} of {len(truths)} ({_percent(labelled, truths)} %)")
    print(
        f"truths dropped {dropped} of {len(truths)} ({_percent(dropped, truths)} %), "
        f"lies shown {shown} of {len(lies)} ({_percent(shown, lies)} %)"
    )
    return int(dropped > DROPPED_MAX * len(truths) or shown > shown_max * len(lies))


Judge = Callable[[Sequence[Checked], PaperContext], Sequence[Checked]]


def measured(
    rows: Iterable[dict[str, Any]], papers: Path, judge: Judge | None, *, times: bool = False
) -> Iterator[Row]:
    """Every row with its verdict, paper by paper."""
    load = cache(lambda id: _paper(papers, id))
    by_paper: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for place, row in enumerate(rows):
        by_paper.setdefault(str(row["paper"]), []).append((place, row))
    found = dict[int, Row]()
    for id, told in by_paper.items():
        paper = load(id)
        start = time.perf_counter()
        checked = [check_claim("takeaway", claim_of(row), paper) for _, row in told]
        if times:
            spent = 1000 * (time.perf_counter() - start)
            print(f"{id}: {len(told)} statements, {paper.text.body_chars} characters, {spent:.0f} ms", file=sys.stderr)
        checked = list(judge(checked, paper)) if judge else checked
        for (place, row), one in zip(told, checked, strict=True):
            why = ", ".join(filter(None, [one.wrong, *one.missing, *one.suspect]))
            verdict = DROPPED if one.wrong else LABELLED if one.suspect else SHOWN
            found[place] = Row(str(row["kind"]), str(row.get("what") or row["text"]), verdict, why)
    yield from (found[place] for place in sorted(found))


def claim_of(row: dict[str, Any]) -> ClaimAnswer:
    """The row as a model would send it."""
    quotes = [{"quote": quote} for quote in row.get("quotes", ())]
    evidence = [*quotes, *row.get("evidence", [])]
    return ClaimAnswer.model_validate({"text": row["text"], "evidence": evidence, "derived": row.get("derived", [])})


def _paper(folder: Path, id: str) -> PaperContext:
    for name in NAMES:
        path = folder / name.format(id)
        if path.is_file():
            text = read_file(path)
            if not text.sections:
                raise LookupError(f"{path.name} cannot be read: {', '.join(text.flags)}")
            about = Paper(id=id, title=text.title, abstract=text.abstract)
            return paper_context(about, text)
    raise LookupError(f"there is no {NAMES[0].format(id)} or {NAMES[1].format(id)} in {folder}")


def _judge() -> Judge:
    """The judge with the configured model."""
    try:
        from workers.analysis.model import judge
    except ImportError as error:
        raise LookupError(f"no judge: {error}") from None
    return judge.for_bench(Settings())  # type: ignore[attr-defined, no-any-return]


def _percent(part: int, whole: Sequence[str]) -> str:
    return f"{100 * part / len(whole):.0f}" if whole else "0"
