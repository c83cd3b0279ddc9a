"""Asks the cheap model whether evidence supports statements, in one call.

The judge sees statements and their evidence, never the paper. It can take away, never add: what it calls contradicted
is left out, what it calls absent is left out where a check by code doubts it as well, everything else of which it is
not sure is labelled. Its word is believed only where it names the deciding words and code finds them in the evidence,
and a judge that finds fault with most of what it sees is believed in nothing but labels. Without it (switched off, no
budget, failed, nonsense) the checks by code stand alone.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator

import prompts
from workers.analysis.budget import Meter
from workers.analysis.grounding.evidence.index import Index
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.grounding.statements import NEEDED, Checked, as_sections, gated, statements_of
from workers.analysis.grounding.text.normalize import normalize
from workers.analysis.grounding.text.sentences import spans
from workers.analysis.model.calls import THINKING_TOKENS, CallOptions, Calls, Conversation
from workers.errors import ModelDeclined, ModelFailed, OverBudget
from workers.models import Analysis, Evidence, Judged, Record, Statement
from workers.reading.text import clean
from workers.settings import Settings

JUDGE = "judge"
"""Name of this check in `Grounds.checks`."""

TIMEOUT_S = 30.0
"""Seconds for the call: 15 verdicts are about 700 tokens, 7 s at 100 tokens a second."""

TOKENS_EACH, TOKENS_AROUND = 80, 200
"""Output cap in tokens: a verdict with twenty words is about 50."""

ITEMS_MAX = 40
"""Statements of one call: four sections of eight, and some."""

PASSAGE_MAX, STATEMENT_MAX = 900, 800
"""Characters of a passage and of a statement that the judge is shown."""

WORDS_MIN = 10
"""Least kept characters of words that decide: shorter ones stand anywhere."""

REMOVE_SHARE = 1 / 3
"""Share of the judged statements that it may take away. Honest dives have far fewer faults; a judge that says
"contradicted" more often than this is more likely wrong than right, and then it only labels."""

NO_THINKING = "claude-haiku-"
"""Models whose thinking can be switched off."""


@dataclass(frozen=True)
class Item:
    """One statement as the judge sees it."""

    text: str
    evidence: tuple[str, ...]
    computed: tuple[str, ...] = ()
    """`0.14 = 0.862 - 0.722`."""


class Verdict(Record):
    """What the judge says of one item."""

    verdict: Judged
    words: str = ""
    """The deciding words of the evidence; empty where it named none that stand there."""


class VerdictAnswer(BaseModel):
    """One verdict as it is asked for."""

    number: int
    verdict: str
    words: Annotated[str, BeforeValidator(lambda value: value if isinstance(value, str) else "")] = ""


def _usable(value: Any) -> Any:
    """The rows that can be read; a judge that got one wrong may have the others right."""
    rows = value if isinstance(value, list) else [value]
    return [row for row in rows if isinstance(row, dict) and _number(row.get("number")) and _named(row.get("verdict"))]


def _named(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _number(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, str) and value.isdigit())


class JudgeAnswer(BaseModel):
    """What the judge's prompt asks for."""

    verdicts: Annotated[list[VerdictAnswer], BeforeValidator(_usable)]


SAYINGS: dict[str, Judged] = {name: name for name in get_args(Judged)} | {
    "partially supported": "partly",
    "partially": "partly",
    "not in the evidence": "absent",
    "not supported": "absent",
    "contradiction": "contradicted",
}
"""A verdict as small models may write it -> its name. Anything else is no verdict."""


class Judge:
    """Asks one model.

    `calls`: the run's, so that a service that is down is not asked by every part of it.
    """

    def __init__(self, settings: Settings, calls: Calls | None = None) -> None:
        self.model, self.on = settings.model_score, settings.model_judge
        self._calls = calls or Calls(settings)

    def verdicts(self, items: Sequence[Item], meter: Meter) -> list[Verdict | None]:
        """What the judge says of each item.

        None where it says nothing that can be used. One call; raises none of ModelFailed, ModelDeclined and OverBudget.
        """
        shown = items[:ITEMS_MAX]
        nothing: list[Verdict | None] = [None] * len(items)
        if not self.on or not shown:
            return nothing
        quiet = self.model.startswith(NO_THINKING)
        tokens = TOKENS_AROUND + TOKENS_EACH * len(shown) + (0 if quiet else THINKING_TOKENS)
        task = CallOptions(self.model, "low", TIMEOUT_S, tokens, think=not quiet, keep_system=True)
        said = Conversation.once(*prompts.load("judge").render(items=_as_json(shown)))
        try:
            answer = self._calls.ask(task, said, JudgeAnswer, meter, attempts=1)
        except (ModelFailed, ModelDeclined, OverBudget):
            return nothing
        return _of(answer, shown) + nothing[len(shown) :]


def _of(answer: JudgeAnswer, items: Sequence[Item]) -> list[Verdict | None]:
    """Verdicts in the order of the items; two that differ on the same item are none."""
    found: dict[int, set[Judged]] = {}
    words: dict[int, str] = {}
    for row in answer.verdicts:
        name = SAYINGS.get(" ".join(row.verdict.casefold().replace("_", " ").split()))
        if name and 1 <= row.number <= len(items):
            found.setdefault(row.number, set()).add(name)
            words[row.number] = standing(row.words, items[row.number - 1])
    return [
        Verdict(verdict=next(iter(found[n])), words=words[n]) if len(found.get(n, ())) == 1 else None
        for n in range(1, len(items) + 1)
    ]


def standing(words: str, item: Item) -> str:
    """`words`, where they stand in the item's evidence letter for letter; else ''."""
    kept = normalize(clean(words))[0]
    there = any(kept in normalize(clean(passage))[0] for passage in item.evidence)
    return clean(words) if len(kept) >= WORDS_MIN and there else ""


def _as_json(items: Sequence[Item]) -> str:
    rows = []
    for number, item in enumerate(items, 1):
        row: dict[str, Any] = {"number": number, "statement": item.text[:STATEMENT_MAX], "evidence": item.evidence}
        rows.append(row | ({"computed": item.computed} if item.computed else {}))
    return json.dumps(rows, ensure_ascii=False, indent=1)


def around(index: Index, quote: str, paragraph: str, captions: dict[str, str] | None = None) -> str:
    """The quoted words with a sentence before and behind.

    A table's row with its caption. At most PASSAGE_MAX characters.
    """
    text = next((p.text for _, p in index.paragraphs if p.id == paragraph), "")
    caption = (captions or {}).get(paragraph, "")
    if caption:
        return f"{text}\n({caption})"[:PASSAGE_MAX]
    place = index.locate(quote, paragraph)
    if place is None or place.paragraph != paragraph or not text:
        return (text or quote)[:PASSAGE_MAX]
    rows = spans(text)
    inside = [n for n, (start, end) in enumerate(rows) if start < place.end and end > place.start]
    if place.last != place.paragraph or not inside:
        return index.words(index.wider(place))[:PASSAGE_MAX]
    first, last = max(0, inside[0] - 1), min(len(rows) - 1, inside[-1] + 1)
    wide = text[rows[first][0] : rows[last][1]]
    return wide if len(wide) <= PASSAGE_MAX else index.words(index.wider(place))[:PASSAGE_MAX]


def captions_of(given: PaperContext) -> dict[str, str]:
    """Id of a table's row -> the table's caption."""
    return {row.id: table.caption for table in given.text.tables for row in table.rows}


def item_of(s: Statement, given: PaperContext) -> Item:
    """A statement of a deep dive for the judge."""
    places = s.evidence or (Evidence(quote=s.quote, paragraph=s.paragraph),)
    captions = captions_of(given)
    passages = []
    for e in places:
        words = around(given.index, e.quote, e.paragraph, captions)
        cell = f'{e.table}, row "{e.row}", column "{e.column}": {e.quote}' if e.table else ""
        passages.append("\n".join(filter(None, [cell, words])))
    computed = tuple(f"{d.value} = {d.op} of {', '.join(d.operands)}" for d in s.derived)
    text = f"{s.lead}: {s.text}" if s.lead else s.text
    return Item(clean(text), tuple(passages), computed)


def judged(analysis: Analysis, given: PaperContext, judge: Judge, meter: Meter) -> Analysis:
    """The analysis after the judge's look.

    Statements are left out or marked with `verdict`; the footer's counts are updated.
    """
    at = [n for n, s in enumerate(analysis.statements) if s.quote and s.text]
    found = judge.verdicts([item_of(analysis.statements[n], given) for n in at], meter)
    verdicts = {n: v for n, v in zip(at, found, strict=True) if v}
    if not verdicts or analysis.grounds is None:
        return analysis
    gone = _gone(analysis.statements, verdicts)
    shown = tuple(marked(s, verdicts.get(n)) for n, s in enumerate(analysis.statements) if n not in gone)
    now = gated(shown, given)
    more = {
        "judged": len(verdicts),
        "checks": tuple(dict.fromkeys((*analysis.grounds.checks, JUDGE))),
        "dropped": analysis.grounds.dropped + len(gone),
        "failed": now.failed,
        "metrics": now.metrics,
    }
    told = as_sections(shown) if gone else {}
    return analysis.model_copy(
        update={**told, "statements": shown, "grounds": analysis.grounds.model_copy(update=more)}
    )


def marked(s: Statement, verdict: Verdict | None) -> Statement:
    """The statement with what the judge says of it.

    Doubts of the code's own go only where the judge names the words that clear them.
    """
    if verdict is None:
        return s
    clear = {"suspect": ()} if verdict.verdict == "supported" and verdict.words else {}
    return s.model_copy(update={"verdict": verdict.verdict, **clear})


def _gone(statements: Sequence[Statement], verdicts: dict[int, Verdict]) -> set[int]:
    """Which statements the judge takes away.

    None where they are too many, never the last of a needed section.
    """
    gone = {n for n, v in verdicts.items() if _against(statements[n], v)}
    if len(gone) > max(1.0, REMOVE_SHARE * len(verdicts)):
        return set()
    for name in NEEDED:
        rows = [n for n, s in enumerate(statements) if s.section == name]
        if rows and gone.issuperset(rows):
            gone.discard(rows[0])
    return gone


def _against(s: Statement, v: Verdict) -> bool:
    return (v.verdict == "contradicted" and bool(v.words)) or (v.verdict == "absent" and bool(s.suspect))


def batches(items: Sequence[Item], judge: Judge, meter: Meter) -> list[Verdict | None]:
    """More items than one call takes, judged ITEMS_MAX at a time."""
    parts = [items[start : start + ITEMS_MAX] for start in range(0, len(items), ITEMS_MAX)]
    return [verdict for part in parts for verdict in judge.verdicts(part, meter)]


def for_bench(settings: Settings) -> Callable[[Sequence[Checked], PaperContext], list[Checked]]:
    """What the configured model makes of statements that passed the code's checks.

    For a truth set. Each verdict counts by itself: that a dive keeps most of its statements, whatever the judge says,
    is left out.
    """
    judge, meter = Judge(settings), Meter()

    def look(checked: Sequence[Checked], given: PaperContext) -> list[Checked]:
        at = [n for n, c in enumerate(checked) if c.place is not None and not c.wrong]
        shown = {n: statements_of([checked[n]], given)[0] for n in at}
        found = batches([item_of(shown[n], given) for n in at], judge, meter)
        out = list(checked)
        for n, verdict in zip(at, found, strict=True):
            if verdict is not None:
                out[n] = _as_checked(out[n], shown[n], verdict)
        return out

    return look


def _as_checked(c: Checked, s: Statement, v: Verdict) -> Checked:
    if _against(s, v):
        return replace(c, wrong=v.verdict)
    doubts = () if v.verdict == "supported" else (f"{JUDGE}: {v.verdict}",)
    return replace(c, suspect=(*marked(s, v).suspect, *doubts))
