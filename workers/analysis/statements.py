"""From what a model says of a paper to what may be shown: each quote and number looked up, and the rest left out.

A statement may be shown where its quote stands in the paper, letter for letter, and every number of it in the passage
it quotes (a name with a number, such as GPT-4, anywhere in the paper). Only `takeaway` and `limitations` may
hold statements without a quote; they are marked as our reading.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from workers.analysis.gate import Claim, failures, measure
from workers.analysis.given import Given
from workers.analysis.grounding import Index, Place, spelled
from workers.analysis.replies import ClaimAnswer, DeepdiveAnswer, FixedAnswer, section, visible
from workers.analysis.squeeze import numbers, without_symbols
from workers.papers import SECTIONS, Grounds, SectionName, Statement

READINGS: tuple[SectionName, ...] = ("takeaway", "limitations")
"""Sections in which a statement may do without a quote."""

NEEDED: tuple[SectionName, ...] = ("contribution", "methodology")
"""Sections that must not end up empty: without them there is nothing to show."""

NO_QUOTE, NOT_FOUND, NO_NUMBER = "no_quote", "not_found", "no_number"
"""What can be wrong with a statement."""

_WHY = {
    NO_QUOTE: "it has no quote",
    NOT_FOUND: "its quote does not stand in the paper, letter for letter",
    NO_NUMBER: "these numbers are not in the paragraph it quotes: {}",
}

_NAME = re.compile(r"(?<![A-Za-z0-9_\\])[A-Za-z]+-?\d+(?:\.\d+)*[A-Za-z]*")
"""A name with a number in it: GPT-4, ResNet50, A100s."""


@dataclass(frozen=True)
class Checked:
    """One statement as it was given, and what was found of it."""

    section: SectionName
    claim: ClaimAnswer
    place: Place | None
    wrong: str = ""
    """One of NO_QUOTE, NOT_FOUND, NO_NUMBER; empty: it may be shown."""
    missing: tuple[str, ...] = ()
    """Numbers, and names with one, that were not found, as often as they are said."""


def check(answer: DeepdiveAnswer, given: Given) -> list[Checked]:
    """Every statement of an answer, looked up."""
    return [_check(name, claim, given) for name in SECTIONS for claim in getattr(answer, name)]


def mended(checked: Sequence[Checked], fixes: Sequence[FixedAnswer], given: Given) -> list[Checked]:
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


def statements_of(checked: Sequence[Checked], given: Given) -> tuple[Statement, ...]:
    """What may be shown, with its places."""
    return tuple(statement(c.section, section(c.claim.text), c.place, given) for c in checked if not c.wrong)


def statement(name: SectionName, text: str, place: Place | None, given: Given) -> Statement:
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


def grounds_of(shown: Sequence[Statement], checked: Sequence[Checked], given: Given) -> Grounds:
    """The counts of what was said (`checked`), and the gate and metrics of what is `shown`."""
    texts = [without_symbols(c.claim.text) for c in checked]
    said = [[*numbers(text), *spelled(text)] for text in texts]
    counts = {
        "quotes": sum(bool(c.claim.quote) for c in checked),
        "quotes_found": sum(c.place is not None for c in checked),
        "numbers": sum(map(len, said)),
        "numbers_found": sum(max(0, len(n) - len(c.missing)) for n, c in zip(said, checked, strict=True)),
        "dropped": sum(bool(c.wrong) for c in checked),
    }
    return gated(shown, given).model_copy(update=counts)


def gated(shown: Sequence[Statement], given: Given) -> Grounds:
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


def _check(name: SectionName, claim: ClaimAnswer, given: Given) -> Checked:
    index: Index = given.index
    quote = visible(claim.quote).strip()
    claim = claim.model_copy(update={"quote": quote})
    text = without_symbols(claim.text)
    names, bare = index.unnamed(_NAME.findall(text)), numbers(_NAME.sub(" ", text))
    names += index.missing(spelled(text))
    missing = (*names, *index.missing(bare))
    if not quote:
        found = Checked(name, claim, None, "" if name in READINGS else NO_QUOTE)
    else:
        numbered = 1 <= claim.paragraph <= len(given.passages)
        near = given.passages[claim.paragraph - 1].id if numbered else ""
        place = index.locate(quote, near)
        found = Checked(name, claim, place, "" if place else NOT_FOUND)
        missing = (*names, *index.missing(bare, place)) if place else missing
    return replace(found, missing=missing, wrong=found.wrong or (NO_NUMBER if missing else ""))
