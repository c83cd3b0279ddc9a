"""Finds what supports each number: evidence, context, arithmetic."""

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from workers.analysis.grounding.evidence.find import Facts, Found, Mention
from workers.analysis.grounding.evidence.index import Location
from workers.analysis.grounding.evidence.locate import scope, widened
from workers.analysis.grounding.numbers import derived as grounding_derived
from workers.analysis.grounding.numbers.pairs import thing
from workers.analysis.grounding.numbers.read import OTHER, Number, missing, placed
from workers.analysis.grounding.numbers.units import converted, inverse
from workers.analysis.grounding.text.lexicon import COMMON_NAMES
from workers.analysis.grounding.text.terms import Term, shares, terms
from workers.analysis.schema import EVIDENCE_MAX, DerivedAnswer
from workers.models.deepdive import Derived

COUNTED_MAX = 12
"""Highest number of things that a statement may have counted itself."""

SMALL = 12
"""Whole numbers up to it stand in every paper: elsewhere than in the evidence, more must speak for them."""

TIMES = frozenset(("s", "ms", "us", "min", "h", "day", "week", "month", "year"))
"""Units of time: 76 papers are not 76 hours."""

NEAR = 0.12
"""Share by which a number that was rounded may differ from what it was."""

PLACES_TOLD, TOLD_MAX = 3, 200
"""Places named to the writer for a number, and characters of each."""


@dataclass
class Borne:
    """What bears the numbers of one statement out."""

    missing: list[str] = field(default_factory=list)
    """Numbers that nothing bears out."""
    stray: list[str] = field(default_factory=list)
    """Numbers that stand in the paper, but where other things are spoken of."""
    derived: list[Derived] = field(default_factory=list)
    added: list[Found] = field(default_factory=list)
    """Further places that code found for numbers."""
    mentions: dict[str, list[Mention]] = field(default_factory=dict)
    """Value -> where it was found."""
    wrong_sums: list[str] = field(default_factory=list)


class Support:
    """The numbers of one statement, looked up."""

    def __init__(self, text: str, bare: Sequence[tuple[int, Number]], found: Sequence[Found], facts: Facts) -> None:
        self.text, self.bare, self.found, self.facts = text, bare, found, facts
        self.scope = list(dict.fromkeys(k for f in found for k in f.scope))

    @cached_property
    def terms(self) -> list[Term]:
        """Its telling words."""
        return terms(self.text)

    def bear(self, derived: Iterable[DerivedAnswer]) -> Borne:
        """Look all numbers up."""
        out = Borne()
        sums, out.wrong_sums = grounding_derived.written(self.text)
        told = {d.value: d for d in self._told(derived, out)} | {d.value: d for d in sums}
        values = {n.value for d in told.values() for n in _numbers(d.value)}
        late = list[tuple[int, Number]]()
        for at, number in self.bare:
            about = self._about(at, number)
            here = self._here(number, about)
            if here:
                out.mentions.setdefault(number.value, []).extend(here)
            elif number.value in values:
                continue
            else:
                late.append((at, number))
        out.derived += [d for d in told.values() if d not in out.derived]
        for at, number in late:
            self._elsewhere(at, number, out)
        out.stray = [words for words in out.stray if not self._in_column(words, out)]
        return out

    def _in_column(self, words: str, out: Borne) -> bool:
        """True where a number stands in a column of a table with one found there.

        The place is then added to `out.mentions`.
        """
        there = {m.paragraph for row in out.mentions.values() for m in row}
        columns = {(self._table(k), c) for k in there for v in out.mentions for c in self._columns_of(k, v)}
        for number in _numbers(words)[:1]:
            for m in self._anywhere(number, about=False):
                same = {(self._table(m.paragraph), c) for c in self._columns_of(m.paragraph, number.value)}
                if same & columns:
                    out.mentions.setdefault(number.value, []).append(m)
                    return True
        return False

    def _table(self, k: int) -> str:
        table = self.facts.tables.get(self.facts.index.paragraphs[k][1].id)
        return table.id if table else ""

    def _columns_of(self, k: int, value: str) -> list[str]:
        row = self.facts.rows.get(self.facts.index.paragraphs[k][1].id)
        plain = value.removesuffix("%")
        return (
            [c.column for c in row.cells if any(n.value.removesuffix("%") == plain for n in _numbers(c.text))]
            if row
            else []
        )

    def _told(self, derived: Iterable[DerivedAnswer], out: Borne) -> list[Derived]:
        """The computed numbers that come out, of operands that the paper has."""
        right = list[Derived]()
        for d in derived:
            made = grounding_derived.given(d.value, d.op, d.operands)
            known = all(self._known(n) for o in d.operands for n in _numbers(o))
            if made and known:
                right.append(made)
            elif d.operands:
                out.wrong_sums.append(d.value)
        return right

    def _known(self, number: Number) -> bool:
        return bool(self.facts.mentions.get(number.value.removesuffix("%")))

    def _about(self, at: int, number: Number) -> bool:
        before, after = self.text[max(0, at - 16) : at], self.text[at + len(number.words) :]
        return bool(grounding_derived.ABOUT.search(before) or grounding_derived.BEHIND.match(after))

    def _here(self, number: Number, about: bool) -> list[Mention]:
        """Where it stands in the evidence's paragraphs and tables."""
        return [
            Mention(k, at, n) for k in self.scope for at, n in self.facts.numbers[k] if borne(number, n, about=about)
        ]

    def _elsewhere(self, at: int, number: Number, out: Borne) -> None:
        about = self._about(at, number)
        others = [n for _, n in self.bare if n is not number]
        places = self._anywhere(number, about=about)
        best = max(places, key=lambda m: self._likeness(m, at), default=None)
        likeness = self._likeness(best, at) if best else 0.0
        if best and likeness >= (2 if _tiny(number) else 1):
            out.mentions.setdefault(number.value, []).append(best)
            self._add(best, out)
            return
        made = grounding_derived.inferred(number, others, about=about) or grounding_derived.inferred(
            number, self._near(), about=about
        )
        if made:
            out.derived.append(made)
        elif counted(number) and self._counted_otherwise(at, number):
            out.missing.append(number.words)
        elif counted(number) and (self.found or not number.words[:1].isdigit()):
            return
        elif best and not self.found and not _tiny(number) and number.unit != "USD":
            out.mentions.setdefault(number.value, []).append(best)
        elif best:
            out.stray.append(number.words)
        else:
            out.missing.append(number.words)

    def _counted_otherwise(self, at: int, number: Number) -> bool:
        """True where the evidence has another number of the same things."""
        mine = thing(self.text, at + len(number.words))
        there = ((self.facts.plain(k), m_at, n) for k in self.scope for m_at, n in self.facts.numbers[k])
        return bool(mine) and any(thing(text, m_at + len(n.words)) == mine for text, m_at, n in there)

    def _near(self) -> list[Number]:
        """Numbers of the quoted words themselves."""
        return list(dict.fromkeys(n for f in self.found for n in _numbers(f.words)))

    def _anywhere(self, number: Number, *, about: bool) -> list[Mention]:
        exact = [m for m in self.facts.mentions.get(number.value.removesuffix("%"), ()) if borne(number, m.number)]
        if _tiny(number):
            return [m for m in exact if number.unit in ("", OTHER, m.number.unit)]
        if exact:
            return exact
        size = grounding_derived.value_of(number)
        if size is None:
            return []
        found = list[Mention]()
        for factor in (1, 100) if number.unit == "%" else (1,):
            low, high = abs(float(size)) / factor * (1 - NEAR), abs(float(size)) / factor * (1 + NEAR)
            at = bisect.bisect_left(self.facts.sizes, (low, ""))
            while at < len(self.facts.sizes) and self.facts.sizes[at][0] <= high:
                rows = self.facts.mentions[self.facts.sizes[at][1]]
                found += [m for m in rows if borne(number, m.number, about=about)]
                at += 1
        return found

    def _likeness(self, mention: Mention, at: int) -> float:
        """How much of the statement near the number stands near the mention.

        Names and metrics count 1, other words a half.
        """
        near = [t for t in self.terms if abs(t.at - at) < 90]
        around = self.facts.around(mention)
        names = {t.words for t in near if (t.metric or (t.name and not t.keys & COMMON_NAMES)) and shares(t, around)}
        words = {t.words for t in near if t.words not in names and shares(t, around)}
        return len(names) + len(words) / 2

    def _add(self, mention: Mention, out: Borne) -> None:
        """Name that place among the evidence, where there is room."""
        index, k = self.facts.index, mention.paragraph
        if len(self.found) + len(out.added) >= EVIDENCE_MAX or any(k in f.scope for f in out.added):
            return
        section, paragraph = index.paragraphs[k]
        at = paragraph.text.find(mention.number.words)
        if at < 0:
            return
        place = Location(paragraph.id, section, at, at + len(mention.number.words), paragraph.id, paragraph.page)
        made = Found(place, index.words(place), scope([k], self.facts), added=True)
        out.added.append(widened(made, index))

    def places(self, words: str) -> list[tuple[str, str]]:
        """(paragraph id, words there) of a number in the paper, the likeliest first.

        At most PLACES_TOLD of them.
        """
        out = list[tuple[str, str]]()
        at = max(0, self.text.find(words))
        for number in _numbers(words)[:1]:
            ranked = sorted(self._anywhere(number, about=True), key=lambda m: -self._likeness(m, at))
            for m in ranked[:PLACES_TOLD]:
                start, end = self.facts.sentence(m.paragraph, m.at)
                id = self.facts.index.paragraphs[m.paragraph][1].id
                out.append((id, self.facts.plain(m.paragraph)[start:end][:TOLD_MAX]))
        return out


def borne(said: Number, there: Number, *, about: bool = False) -> bool:
    """True where `there` is the number that is `said`: the same, or what was rounded."""
    if said.unit in TIMES and there.unit == OTHER:
        return False
    if not missing([said], [there]):
        return True
    if inverse(said, there):
        return True
    if _about_share(said, there):
        return True
    if said.small or there.small or "/" in said.value or "/" in there.value:
        return False
    if said.unit != there.unit and not ({"", OTHER} & {said.unit, there.unit}):
        return _converted(said, there, about=about)
    if (said.unit == "%") != (there.unit == "%") and there.unit not in ("", "%") and said.unit not in ("", "%"):
        return False
    one, other = grounding_derived.value_of(said), grounding_derived.value_of(there)
    if one is None or other is None or (one < 0) != (other < 0):
        return False
    if (
        said.unit == "%"
        and there.unit == ""
        and abs(other) <= 1
        and grounding_derived.agrees(one, 100 * other, about=about)
    ):
        return True
    return grounding_derived.agrees(one, other, about=about)


SHARE_NEAR = 2
"""Points of a percentage within which a share in words stands for it: two thirds for 65 %."""


def _about_share(said: Number, there: Number) -> bool:
    if "/" not in said.value or said.words[:1].isdigit() or there.unit != "%" or "/" in there.value:
        return False
    one, other = grounding_derived.value_of(said), grounding_derived.value_of(there)
    return one is not None and other is not None and abs(100 * one - other) <= SHARE_NEAR


def _converted(said: Number, there: Number, *, about: bool) -> bool:
    one, other = grounding_derived.value_of(said), grounding_derived.value_of(there)
    if one is None or other is None:
        return False
    ways = converted(other, there.unit, said.unit)
    return any(grounding_derived.agrees(one, way, about=about) for way in ways)


def counted(number: Number) -> bool:
    """True for a small whole number of things: plain counting."""
    value = number.value
    return (
        value.isdigit()
        and int(value) <= COUNTED_MAX
        and number.unit in (OTHER, "", "step", "layer")
        and "%" not in value
    )


def _tiny(number: Number) -> bool:
    value = number.value
    return value.isdigit() and int(value) <= SMALL


def _numbers(text: str) -> list[Number]:
    return [n for _, n in placed(text)]
