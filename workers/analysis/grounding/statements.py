"""Makes shown statements from a model's: quotes and numbers looked up.

What fails is left out.

A statement may be shown where its quote stands in the paper, letter for letter, and every number of it, in digits or in
words, in that quote (a name with a number, such as GPT-4, anywhere in the paper). Where a number stands in the rest of
the quoted sentence, or a "not" was left out of it, the whole sentence is quoted, so that the reader sees it. Only
`takeaway` and `limitations` may hold statements without a quote; they are marked as our reading.
"""

import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from workers.analysis.grounding.answer_check import unquoted
from workers.analysis.grounding.doubts.doubts import DOUBTS, suspects
from workers.analysis.grounding.evidence.find import Found
from workers.analysis.grounding.evidence.index import MIN_QUOTE, Index, Location
from workers.analysis.grounding.evidence.locate import find, widened
from workers.analysis.grounding.evidence.number_support import Support
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.grounding.evidence.polarity import turned
from workers.analysis.grounding.numbers.read import NAME, POINTING, Number, placed, plainly
from workers.analysis.grounding.share_grounded import Claim, failures, measure
from workers.analysis.grounding.text.normalize import without_symbols
from workers.analysis.schema import ClaimAnswer, DeepdiveAnswer, FixedAnswer, section, visible
from workers.models import CORE_SECTIONS, Derived, Grounds, SectionName, Statement

READINGS: tuple[SectionName, ...] = ("takeaway", "limitations")
"""Sections in which a statement may do without a quote."""

STATED: tuple[SectionName, ...] = (*CORE_SECTIONS, "ideas")
"""Sections that are made of statements."""

NEEDED: tuple[SectionName, ...] = ("contribution", "methodology")
"""Sections that must not end up empty: without them there is nothing to show."""

CHECKS = ("quotes", "numbers", "names")
"""Names of the checks that code makes of every statement."""

SPLIT_MAX = 2
"""Statements that one may be split into."""

NO_QUOTE, NOT_FOUND, NO_NUMBER, TURNED, IDEA_NUMBER = "no_quote", "not_found", "no_number", "turned", "idea_number"
"""What can be wrong with a statement."""

_WHY = {
    NO_QUOTE: "it has no quote",
    NOT_FOUND: "its quote does not stand in the paper, letter for letter",
    NO_NUMBER: "these numbers are not in its evidence, nor do they come out of numbers that are: {}",
    IDEA_NUMBER: "an idea must not state numbers",
    TURNED: "it says the opposite of its quote",
}


_MARKS = re.compile(r"\*{2,3}|`|(?<!\d)\*|\*(?!\d)")
_ESCAPED = re.compile(r"\\([.,%~_-])")
_CLOSED = re.compile(r"(?<=\d)\$(?=\s?\S)")
"""What ends mathematics behind a number: its unit may follow."""


@dataclass(frozen=True)
class Checked:
    """One statement as it was given, and what was found of it."""

    section: SectionName
    claim: ClaimAnswer
    found: tuple[Found, ...] = ()
    """Places of its evidence, and those that code found for numbers."""
    wrong: str = ""
    """One of NO_QUOTE, NOT_FOUND, NO_NUMBER, TURNED; empty: it may be shown."""
    missing: tuple[str, ...] = ()
    """Numbers, and names with one, that were not found, as often as they are said."""
    suspect: tuple[str, ...] = ()
    """Checks of meaning that fired: it may be shown with a label."""
    derived: tuple[Derived, ...] = ()
    """Numbers of it that were computed."""
    stray: tuple[str, ...] = ()
    """Numbers that stand in the paper where other things are spoken of."""
    asked: int = 0
    """Places that it names as its evidence."""
    support: Support | None = field(default=None, compare=False, repr=False)
    """How its numbers were looked up."""

    @property
    def place(self) -> Location | None:
        """The first place it stands on."""
        return self.found[0].place if self.found else None


def check(answer: DeepdiveAnswer, given: PaperContext) -> list[Checked]:
    """Every statement of an answer, looked up."""
    return [check_claim(name, claim, given) for name in STATED for claim in getattr(answer, name)]


def mended(checked: Sequence[Checked], fixes: Sequence[FixedAnswer], given: PaperContext) -> list[Checked]:
    """The statements, with better ones for the wrong and the doubted.

    Fixes are numbered as the statements are, from 1; one statement may become two. A fix that is given up, or no
    better, changes nothing.
    """
    out = list[Checked]()
    for number, old in enumerate(checked, 1):
        new = [
            check_claim(old.section, fix, given)
            for fix in fixes
            if fix.number == number and fix.text.strip() and (old.wrong or old.suspect)
        ][:SPLIT_MAX]
        better = [one for one in new if not one.wrong and (old.wrong or len(one.suspect) < len(old.suspect))]
        whole = bool(old.wrong) or len(better) == len(new)
        out += better if better and whole else [old]
    return out


def problems(checked: Sequence[Checked], given: PaperContext) -> str:
    """The wrong and the doubted statements, for the one who wrote them.

    With the places of their numbers.
    """
    lines = []
    number_of = {passage.id: n for n, passage in enumerate(given.passages, 1)}
    for number, found in enumerate(checked, 1):
        if not found.wrong and not found.suspect:
            continue
        told = found.claim.model_dump(by_alias=True, exclude_unset=True, exclude={"number"})
        wrong = [_WHY[found.wrong].format(", ".join(dict.fromkeys(found.missing)))] if found.wrong else []
        why = "; ".join([*wrong, *(DOUBTS[name] for name in found.suspect)])
        lines.append(f"{number}. ({found.section}) {why}: {json.dumps(told, ensure_ascii=False)}")
        for words in dict.fromkeys((*found.missing, *found.stray)) if found.support else ():
            places = found.support.places(words) if found.support else []
            lines += [f"   {words} stands in [P{number_of[id]}]: {near}" for id, near in places if id in number_of]
    return "\n".join(lines)


def empty(checked: Sequence[Checked]) -> bool:
    """True where too little may be shown."""
    return any(not any(c.section == name and not c.wrong for c in checked) for name in NEEDED)


def statements_of(checked: Sequence[Checked], given: PaperContext) -> tuple[Statement, ...]:
    """What may be shown, with its places."""
    return tuple(_shown(c, given) for c in checked if not c.wrong)


def _shown(checked: Checked, given: PaperContext) -> Statement:
    plain = statement(checked.section, section(checked.claim.text), checked.place, given)
    evidence = tuple(found.record(given.anchors) for found in checked.found)
    first = {"quote": evidence[0].quote} if evidence else {}
    more = {"lead": " ".join(visible(checked.claim.lead).split()), "evidence": evidence, "derived": checked.derived}
    return plain.model_copy(update=first | more | {"suspect": checked.suspect})


def statement(name: SectionName, text: str, place: Location | None, given: PaperContext) -> Statement:
    """A statement with the paper's own words at `place`; our reading for None."""
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
    """The counts of what was said (`checked`); gate and metrics of what is `shown`."""
    said = [_count(_judged(c.claim.text, given)) for c in checked]
    counts = {
        "quotes": sum(c.asked for c in checked),
        "quotes_found": sum(sum(not f.added for f in c.found) for c in checked),
        "numbers": sum(said),
        "numbers_found": sum(max(0, n - len(c.missing)) for n, c in zip(said, checked, strict=True)),
        "dropped": sum(bool(c.wrong) for c in checked),
        "unchecked": sum(bool(c.wrong) for c in checked),
        "checks": CHECKS,
    }
    return gated(shown, given).model_copy(update=counts)


def gated(shown: Sequence[Statement], given: PaperContext) -> Grounds:
    """What is known of the reading, with gate, metrics and counts of what is shown."""
    claims = [
        Claim(
            text=without_symbols(s.text or s.quote),
            quotes=_quotes(s),
            near=s.paragraph,
            cells=tuple(e.paragraph for e in s.evidence if e.table),
            computed=tuple(d.value for d in s.derived),
        )
        for s in shown
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


def _quotes(s: Statement) -> tuple[str, ...]:
    """The passages that a statement rests on, cells aside."""
    if not s.evidence:
        return (s.quote,) if s.quote else ()
    return tuple(e.quote for e in s.evidence if not e.table)


def as_sections(shown: Sequence[Statement]) -> dict[str, str]:
    """The sections as Markdown, without results.

    A statement stands in its own words or, where it has none, in the paper's.
    """
    rows = {name: [s.text or f"“{s.quote}”" for s in shown if s.section == name] for name in STATED}
    listed = {name: "\n".join(f"- {row}" for row in found) for name, found in rows.items()}
    return {name: "".join(found) if len(found) < 2 else listed[name] for name, found in rows.items()}


def check_claim(name: SectionName, claim: ClaimAnswer, given: PaperContext) -> Checked:
    """One statement, its evidence, numbers and meaning looked up."""
    facts = given.facts
    if name == "ideas":
        return Checked(name, claim, wrong=IDEA_NUMBER if _said(_judged(claim.text, given))[1] else "")
    claim = claim.model_copy(update={"text": unquoted(claim.text, given.index)[0]})
    text = plainly(_judged(claim.text, given))
    asked = [e.model_copy(update={"quote": visible(e.quote).strip()}) for e in claim.grounds]
    names, bare = _said(text)
    found = [one for one in (find(e, given, facts) for e in asked) if one is not None]
    borne_out = [_bearing([n for _, n in bare], one, given.index) for one in found]
    found = [one for one in borne_out if one is not None]
    support = Support(text, bare, found, facts)
    borne = support.bear(claim.derived)
    missing = (*given.index.unnamed(names), *borne.missing, *borne.wrong_sums)
    wrong = ""
    if asked and not found:
        wrong = NOT_FOUND
    elif not asked and name not in READINGS:
        wrong = NO_QUOTE
    elif any(turned(text, one.words) for one in found):
        wrong = TURNED
    elif missing:
        wrong = NO_NUMBER
    doubts = () if wrong else suspects(text, found, borne, bare, facts)
    return Checked(
        name, claim, tuple(found + borne.added), wrong, missing, doubts, tuple(borne.derived), tuple(borne.stray),
        len(asked), support,
    )  # fmt: skip


def _judged(text: str, given: PaperContext) -> str:
    """The part of a statement that is judged, as a reader sees it.

    No Markdown, not the paper's title, no indices of symbols.
    """
    for title in (given.paper.title, given.text.title):
        text = text.replace(title, "…") if len(title) >= MIN_QUOTE else text  # a title of "8.2" clears no 8.2
    text = _ESCAPED.sub(r"\1", _MARKS.sub("", html.unescape(text)))
    return _CLOSED.sub("", without_symbols(text))


def _said(text: str) -> tuple[list[str], list[tuple[int, Number]]]:
    """(names with a number in them, all other numbers with places) of a statement."""
    bare = NAME.sub(lambda m: "x" * len(m[0]), POINTING.sub(lambda m: "x".ljust(len(m[0])), text))
    return NAME.findall(text), [(at, n) for at, n in placed(bare) if not n.small]


def _count(text: str) -> int:
    names, bare = _said(text)
    return len(names) + len(bare)


def _bearing(said: Sequence[Number], found: Found, index: Index) -> Found | None:
    """`found`, or the whole of its sentences where that is needed.

    Sentences are needed where they have more of the numbers that are said, or a "not" that the quote left out. None
    where a left out "not" would be too long to show.
    """
    if found.table:
        return found
    lost, denied = index.missing(said, found.place), index.denied(found.place)
    if not lost and not denied:
        return found
    wide = widened(found, index)
    if denied and wide is found:
        return None
    return found if not denied and len(index.missing(said, wide.place)) == len(lost) else wide
