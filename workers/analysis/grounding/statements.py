"""From what a model says of a paper to what may be shown: each quote and number looked up, and the rest left out.

A statement may be shown where its quote stands in the paper, letter for letter, and every number of it, in digits or in
words, in that quote (a name with a number, such as GPT-4, anywhere in the paper). Where a number stands in the rest of
the quoted sentence, or a "not" was left out of it, the whole sentence is quoted, so that the reader sees it. Only
`takeaway` and `limitations` may hold statements without a quote; they are marked as our reading.
"""

import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from workers.analysis.grounding.answer_check import unquoted
from workers.analysis.grounding.index import MIN_QUOTE, Index, Location
from workers.analysis.grounding.metrics import Claim, failures, measure
from workers.analysis.grounding.normalize import without_symbols
from workers.analysis.grounding.numbers import Number
from workers.analysis.grounding.numbers import stated_numbers as numbers_said
from workers.analysis.grounding.paper import PaperContext
from workers.analysis.grounding.polarity import turned
from workers.analysis.grounding.sentences import SENTENCE_MAX
from workers.analysis.schema import ClaimAnswer, DeepdiveAnswer, FixedAnswer, section, visible
from workers.models import SECTIONS, Grounds, SectionName, Statement

READINGS: tuple[SectionName, ...] = ("takeaway", "limitations")
"""Sections in which a statement may do without a quote."""

NEEDED: tuple[SectionName, ...] = ("contribution", "methodology")
"""Sections that must not end up empty: without them there is nothing to show."""

NO_QUOTE, NOT_FOUND, NO_NUMBER, TURNED = "no_quote", "not_found", "no_number", "turned"
"""What can be wrong with a statement."""

_WHY = {
    NO_QUOTE: "it has no quote",
    NOT_FOUND: "its quote does not stand in the paper, letter for letter",
    NO_NUMBER: "these numbers are not in the sentence it quotes: {}",
    TURNED: "it says the opposite of its quote",
}

_NAME = re.compile(
    r"(?<![A-Za-z0-9_\\])(?:[A-Za-z]+-?\d+(?:\.\d+)*[A-Za-z]*(?:-\d+(?:\.\d+)*[A-Za-z]*)*|\d-?D(?![A-Za-z]))"
)
"""A name with a number in it: GPT-4, ResNet50, A100s, Qwen2.5-7B, 3D."""


_MARKS = re.compile(r"\*{2,3}|`|(?<!\d)\*|\*(?!\d)")
_ESCAPED = re.compile(r"\\([.,%~_-])")
_CLOSED = re.compile(r"(?<=\d)\$(?=\s?\S)")
"""What ends mathematics behind a number: its unit may follow."""


@dataclass(frozen=True)
class Checked:
    """One statement as it was given, and what was found of it."""

    section: SectionName
    claim: ClaimAnswer
    place: Location | None
    wrong: str = ""
    """One of NO_QUOTE, NOT_FOUND, NO_NUMBER, TURNED; empty: it may be shown."""
    missing: tuple[str, ...] = ()
    """Numbers, and names with one, that were not found, as often as they are said."""


def check(answer: DeepdiveAnswer, given: PaperContext) -> list[Checked]:
    """Every statement of an answer, looked up."""
    return [_check(name, claim, given) for name in SECTIONS for claim in getattr(answer, name)]


def mended(checked: Sequence[Checked], fixes: Sequence[FixedAnswer], given: PaperContext) -> list[Checked]:
    """The statements with those written anew in the place of the wrong ones (numbered from 1); a fix that is given
    up, or no better, changes nothing."""
    out = list(checked)
    for fix in fixes:
        at = fix.number - 1
        if 0 <= at < len(out) and out[at].wrong and fix.text.strip():
            new = _check(out[at].section, fix, given)
            out[at] = new if not new.wrong else out[at]
    return out


def problems(checked: Sequence[Checked]) -> str:
    """The wrong statements, for the one who wrote them."""
    lines = []
    for number, found in enumerate(checked, 1):
        if found.wrong:
            why = _WHY[found.wrong].format(", ".join(dict.fromkeys(found.missing)))
            what = json.dumps({"text": found.claim.text, "quote": found.claim.quote}, ensure_ascii=False)
            lines.append(f"{number}. ({found.section}) {why}: {what}")
    return "\n".join(lines)


def empty(checked: Sequence[Checked]) -> bool:
    """True where too little may be shown."""
    return any(not any(c.section == name and not c.wrong for c in checked) for name in NEEDED)


def statements_of(checked: Sequence[Checked], given: PaperContext) -> tuple[Statement, ...]:
    """What may be shown, with its places."""
    return tuple(statement(c.section, section(c.claim.text), c.place, given) for c in checked if not c.wrong)


def statement(name: SectionName, text: str, place: Location | None, given: PaperContext) -> Statement:
    """A statement that stands at `place`, in the paper's own letters; None: our reading."""
    if place is None:
        return Statement(section=name, text=text)
    return Statement(
        section=name,
        text=text,
        quote=given.index.words(place),
        paragraph=place.paragraph,
        where=place.section,
        anchor=given.anchors.get(place.paragraph, ""),
        page=place.page,
    )


def grounds_of(shown: Sequence[Statement], checked: Sequence[Checked], given: PaperContext) -> Grounds:
    """The counts of what was said (`checked`), and the gate and metrics of what is `shown`."""
    said = [_count(_judged(c.claim.text, given)) for c in checked]
    counts = {
        "quotes": sum(bool(c.claim.quote) for c in checked),
        "quotes_found": sum(c.place is not None for c in checked),
        "numbers": sum(said),
        "numbers_found": sum(max(0, n - len(c.missing)) for n, c in zip(said, checked, strict=True)),
        "dropped": sum(bool(c.wrong) for c in checked),
    }
    return gated(shown, given).model_copy(update=counts)


def gated(shown: Sequence[Statement], given: PaperContext) -> Grounds:
    """What is known of the reading, with the gate's checks and the metrics of what is shown; its counts are the
    shown's."""
    quotes = [(s.quote,) if s.quote else () for s in shown]
    claims = [
        Claim(text=without_symbols(s.text or s.quote), quotes=quote, near=s.paragraph)
        for s, quote in zip(shown, quotes, strict=True)
    ]
    metrics, abstract = measure(claims, given.index), given.text.read_from == "abstract"
    more = {
        "quotes": metrics.quotes,
        "quotes_found": metrics.quotes_found,
        "numbers": metrics.numbers,
        "numbers_found": metrics.numbers_found,
        "failed": tuple(name for name in failures(metrics) if not (abstract and name == "sections")),
        "metrics": metrics.document(),
    }
    return given.grounds.model_copy(update=more)


def as_sections(shown: Sequence[Statement]) -> dict[str, str]:
    """The four sections as Markdown: a statement in its own words or, where it has none, in the paper's."""
    rows = {name: [s.text or f"“{s.quote}”" for s in shown if s.section == name] for name in SECTIONS}
    listed = {name: "\n".join(f"- {row}" for row in found) for name, found in rows.items()}
    return {name: "".join(found) if len(found) < 2 else listed[name] for name, found in rows.items()}


def _check(name: SectionName, claim: ClaimAnswer, given: PaperContext) -> Checked:
    index: Index = given.index
    quote = visible(claim.quote).strip()
    claim = claim.model_copy(update={"quote": quote, "text": unquoted(claim.text, index)[0]})
    text = _judged(claim.text, given)
    names, bare = _said(text)
    lost = index.unnamed(names)
    if not quote:
        found = Checked(name, claim, None, "" if name in READINGS else NO_QUOTE, (*lost, *_words(index.missing(bare))))
    else:
        numbered = 1 <= claim.paragraph <= len(given.passages)
        near = given.passages[claim.paragraph - 1].id if numbered else ""
        place = _bearing(bare, index.locate(quote, near), index)
        wrong = "" if place is None else TURNED if turned(text, index.words(place)) else ""
        found = Checked(
            name,
            claim,
            place,
            wrong if place else NOT_FOUND,
            (*lost, *_words(index.missing(bare, place))),
        )
    return replace(found, wrong=found.wrong or (NO_NUMBER if found.missing else ""))


def _judged(text: str, given: PaperContext) -> str:
    """What of a statement is judged, as a reader sees it: no Markdown, not the paper's own name, nor indices of
    symbols."""
    for title in (given.paper.title, given.text.title):
        text = text.replace(title, "…") if len(title) >= MIN_QUOTE else text  # a title of "8.2" clears no 8.2
    text = _ESCAPED.sub(r"\1", _MARKS.sub("", html.unescape(text)))
    return _CLOSED.sub("", without_symbols(text))


def _said(text: str) -> tuple[list[str], list[Number]]:
    """(names with a number in them, all other numbers) of a statement."""
    return _NAME.findall(text), numbers_said(_NAME.sub("x", text))


def _count(text: str) -> int:
    names, bare = _said(text)
    return len(names) + len(bare)


def _bearing(said: Sequence[Number], place: Location | None, index: Index) -> Location | None:
    """`place`, or the whole sentences it is in where only they have all numbers that are said, or a "not" that the
    quote left out; None where that would be too long to show."""
    if place is None or not ((lost := index.missing(said, place)) or index.denied(place)):
        return place
    wide = index.wider(place)
    if len(index.words(wide)) > SENTENCE_MAX:
        return place if lost else None
    return place if lost and index.missing(said, wide) else wide


def _words(numbers: Sequence[Number]) -> tuple[str, ...]:
    return tuple(n.words for n in numbers)
