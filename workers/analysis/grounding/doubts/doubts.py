"""Doubts statements that do not say what their evidence says. Proves nothing.

Each has a name (`DOUBTS`). A statement that one doubts is shown with a label, not as checked.
"""

import re
from collections.abc import Sequence

from workers.analysis.grounding.doubts.causes import gains_turned, other_cause, other_rival
from workers.analysis.grounding.doubts.comparisons import comparisons, mirrored, turned_round, turned_words
from workers.analysis.grounding.doubts.contradiction import denied_there, exchanged, negated_alone, opposite
from workers.analysis.grounding.doubts.names import nameless, strangers
from workers.analysis.grounding.doubts.number_and_name import elsewhere
from workers.analysis.grounding.doubts.overclaiming import hedge, same, scope
from workers.analysis.grounding.doubts.ranks import (
    exchanged_ends,
    no_extreme,
    outranked,
    range_turned,
    weighed_otherwise,
)
from workers.analysis.grounding.doubts.swapped_numbers import exchanged_numbers
from workers.analysis.grounding.doubts.swaps import crossed_clauses, exchanged_lists, other_side, other_time, other_unit
from workers.analysis.grounding.doubts.table_cells import other_cell
from workers.analysis.grounding.doubts.who_did_it import other_doer, other_subject
from workers.analysis.grounding.evidence.find import Facts, Found
from workers.analysis.grounding.evidence.number_support import Borne
from workers.analysis.grounding.evidence.polarity import negated
from workers.analysis.grounding.numbers.pairs import Bound, crossed, other_number, pairs
from workers.analysis.grounding.numbers.read import Number
from workers.analysis.grounding.text.lexicon import CITES, DOWN, FINDS, OURS, PROPOSES, SPECIFIC, UP
from workers.analysis.grounding.text.terms import Term, keys_of, shares, squeezed, terms

DOUBTS = {
    "stray": "a number of it stands in the paper only where other things are spoken of",
    "no_place": "it states a number and names no place for it",
    "pairs": "its numbers go with other metrics, data sets or names in the evidence",
    "parts": "it joins what the evidence keeps apart",
    "time": "the evidence has another unit of time",
    "metric": "its number is of another metric in the evidence",
    "place": "its number stands nowhere with the name that it is given",
    "row": "its number stands in another row or column of the table",
    "direction": "the evidence compares the two the other way round",
    "change": "the evidence has a rise for a fall, or a fall for a rise",
    "hedge": "the evidence only supposes what it states as shown",
    "scope": "it speaks of all or none where the evidence does not",
    "rank": "it makes the first of what the evidence has as second or third",
    "size": "it calls large what the evidence calls small, or small what it calls large",
    "same": "it finds a difference where the evidence finds none, or none where there is one",
    "cause": "the evidence gives another cause, or none",
    "rival": "it compares with what the evidence does not speak of",
    "not": "a negation stands on one side only",
    "opposite": "it says one thing where the evidence has its opposite",
    "order": "it exchanges the parts of two that the evidence names",
    "owner": "it says that the authors made what the evidence does not say they made",
    "doer": "it says that others did it than those whom the evidence names",
    "unrelated": "it has no telling word in common with its evidence",
    "name": "a name in it does not stand in its evidence",
}
"""Name -> what is doubted, for the one who wrote the statement."""

UNRELATED_LEAST = 3
"""Telling words that a statement must have before it is asked whether the evidence has one of them."""


def suspects(
    text: str, found: Sequence[Found], borne: Borne, bare: Sequence[tuple[int, Number]], facts: Facts
) -> tuple[str, ...]:
    """Names of the checks that doubt a statement."""
    said = terms(text)
    bare = _unnamed(bare, said)
    own = facts.own
    if not found:
        computed = {d.value for d in borne.derived}
        bare_left = [n for _, n in bare if n.value not in borne.mentions and n.words not in computed]
        unplaced = bool(borne.stray) or any(n.words[:1].isdigit() for n in bare_left)
        return ("no_place",) if unplaced and not borne.derived else tuple(nameless(said, facts))
    out = ["stray"] if borne.stray else []
    found = [*found, *borne.added]
    places = _sentences(found, facts)
    near = " ".join(places)
    for name, fires in (
        (
            "pairs",
            lambda: (
                _paired(text, said, bare, borne, found, facts)
                or exchanged_numbers(text, bare, _prose(found, places, facts))
                or other_side(bare, text, borne, facts)
            ),
        ),
        ("parts", lambda: crossed_clauses(text, places) or exchanged_lists(text, places)),
        ("time", lambda: other_time(text, places) or other_unit(bare, borne, facts)),
        ("metric", lambda: _other_metric(said, bare, borne, facts)),
        ("place", lambda: elsewhere(text, said, bare, borne, facts)),
        ("row", lambda: other_cell(text, bare, borne, facts)),
        (
            "direction",
            lambda: _direction(text, places, own) or gains_turned(text, places, facts) or turned_words(text, places),
        ),
        (
            "change",
            lambda: (
                range_turned(text, places) or (not _mirrored(text, places, own) and _change(text, bare, borne, facts))
            ),
        ),
        ("hedge", lambda: hedge(text, places)),
        ("scope", lambda: scope(text, places)),
        ("rank", lambda: outranked(text, places) or no_extreme(text, places)),
        ("size", lambda: weighed_otherwise(text, places)),
        ("same", lambda: same(text, places)),
        ("cause", lambda: other_cause(text, places, found, facts)),
        ("rival", lambda: other_rival(text, found, facts)),
        ("not", lambda: negated_alone(text, said, bare, borne, places, facts) or denied_there(text, places)),
        ("opposite", lambda: opposite(text, near) or exchanged_ends(text, bare, borne, facts)),
        ("order", lambda: exchanged(text, said, places)),
        ("owner", lambda: _owner(text, near, facts)),
        (
            "doer",
            lambda: other_doer(text, places, _paragraphs(found, facts)) or other_subject(said, places, facts.own),
        ),
        ("unrelated", lambda: _unrelated(said, near, found, facts)),
    ):
        if fires():  # type: ignore[no-untyped-call]
            out.append(name)
    return (*out, *(nameless(said, facts) or strangers(said, found, bare, facts)))


def _unnamed(bare: Sequence[tuple[int, Number]], said: Sequence[Term]) -> list[tuple[int, Number]]:
    """The numbers that are not part of a name: not the 13B of Llama 2 13B."""
    inside = [(t.at, t.at + len(t.words)) for t in said if t.name]
    return [(at, n) for at, n in bare if not any(a <= at < b for a, b in inside)]


def _sentences(found: Sequence[Found], facts: Facts) -> list[str]:
    """The sentences that the evidence stands in."""
    out = []
    for one in found:
        index = facts.index
        out.append(one.words if one.table else index.words(index.wider(one.place)))
    return out


def _prose(found: Sequence[Found], places: Sequence[str], facts: Facts) -> list[str]:
    """The sentences of the evidence that are no rows, and all of them as one."""
    out = [place for one, place in zip(found, places, strict=True) if one.place.paragraph not in facts.tables]
    return [*out, " . ".join(out)] if len(out) > 1 else out


def _paragraphs(found: Sequence[Found], facts: Facts) -> str:
    """The paragraphs that the evidence stands in."""
    return " ".join(facts.index.paragraphs[k][1].text for k in sorted({k for one in found for k in one.scope}))


def _paired(
    text: str,
    said: Sequence[Term],
    bare: Sequence[tuple[int, Number]],
    borne: Borne,
    found: Sequence[Found],
    facts: Facts,
) -> bool:
    ours = pairs(text, bare, said)
    seen, good = False, False
    groups: dict[tuple[int, int, int], int] = {}
    for value in {n.value for _, n in bare}:
        for m in borne.mentions.get(value, ()):
            if facts.index.paragraphs[m.paragraph][1].id in facts.tables:
                continue
            key = (m.paragraph, *facts.sentence(m.paragraph, m.at))
            groups[key] = groups.get(key, 0) + 1
    for k, start, end in groups:
        theirs = _bound_there(facts, k, start, end)
        if len(theirs) < 2:
            continue
        seen, good = True, good or not (crossed(ours, theirs) or other_number(ours, theirs))
        if not good and len(groups) == 1:
            return True
    if (seen and not good) or _told_apart(ours, found, facts):
        return True
    single = [key for key in groups if len(_bound_there(facts, *key)) == 1]
    alone = all(len(borne.mentions.get(n.value, ())) == 1 for _, n in bare)
    together = [b for key in single for b in _bound_there(facts, *key)]
    return not seen and alone and len(together) > 1 and crossed(ours, together)


def _told_apart(ours: Sequence[Bound], found: Sequence[Found], facts: Facts) -> bool:
    """True where the quoted sentences together pair the numbers otherwise."""
    keys = list[tuple[int, int, int]]()
    for one in found:
        k = facts.ids[one.place.paragraph]
        if one.place.paragraph not in facts.tables and not one.added:
            keys += [(k, a, b) for a, b in facts.spans(k) if a < one.place.end and one.place.start < b]
    there = [b for key in dict.fromkeys(keys) for b in _bound_there(facts, *key)]
    return len(keys) > 1 and (crossed(ours, there) or other_number(ours, there))


def _bound_there(facts: Facts, k: int, start: int, end: int) -> list[Bound]:
    plain = facts.plain(k)[start:end]
    found = facts.terms(k, start, end)
    inside = [(t.at, t.at + len(t.words)) for t in found if t.name or t.metric]
    placed = [(at - start, n) for at, n in facts.numbers[k] if start <= at < end]
    return pairs(plain, [(at, n) for at, n in placed if not any(a <= at < b for a, b in inside)], found)


def _direction(text: str, places: Sequence[str], own: frozenset[str]) -> bool:
    theirs = [c for place in places for c in comparisons(place, own)]
    ours = list(comparisons(text, own))
    hits = [any(turned_round(a, b, own) for b in theirs) for a in ours]
    fine = any(a.subject & b.subject and a.object & b.object and a.up == b.up for a in ours for b in theirs)
    return any(hits) and not fine


def _other_metric(said: Sequence[Term], bare: Sequence[tuple[int, Number]], borne: Borne, facts: Facts) -> bool:
    """True where the one sentence that has a number has another metric."""
    mine = {k for t in said if t.metric for k in t.keys & SPECIFIC}
    for _, number in bare:
        mentions = borne.mentions.get(number.value, [])
        if len(mentions) != 1 or not mine or facts.index.paragraphs[mentions[0].paragraph][1].id in facts.tables:
            continue
        start, end = facts.sentence(mentions[0].paragraph, mentions[0].at)
        there = {k for t in facts.terms(mentions[0].paragraph, start, end) if t.metric for k in t.keys & SPECIFIC}
        if there and not mine & there:
            return True
    return False


def _mirrored(text: str, places: Sequence[str], own: frozenset[str]) -> bool:
    theirs = [c for place in places for c in comparisons(place, own)]
    return any(mirrored(a, b) for a in comparisons(text, own) for b in theirs)


def _change(text: str, bare: Sequence[tuple[int, Number]], borne: Borne, facts: Facts) -> bool:
    for at, number in bare:
        mentions = borne.mentions.get(number.value, [])
        mine = _way(text, at)
        theirs = {_way(facts.plain(m.paragraph), m.at) for m in mentions}
        theirs = {w for w in theirs if w}
        if mine and theirs and mine not in theirs:
            return True
    return False


WINDOW = (50, 30)
"""Characters before and after a number in which a word says whether it is a rise or a fall."""


def _way(text: str, at: int) -> str:
    """up or down: what is said of the number at `at`, where one of them only is said."""
    before = re.split(r"[;:,.，。；：](?=\D)", text[max(0, at - WINDOW[0]) : at])[-1]
    after = re.split(r"[;:,.，。；：](?=\D)| and | while | but |和|而", text[at : at + WINDOW[1]])[0]
    clause = before + after
    up, down = bool(UP.search(clause)), bool(DOWN.search(clause))
    if up == down or negated(clause):
        return ""
    return "up" if up else "down"


def _owner(text: str, near: str, facts: Facts) -> bool:
    ours = OURS.search(near) or {squeezed(w) for w in re.findall(r"[\w-]+", near)} & facts.own
    if FINDS.search(text) and CITES.search(near) and not ours:
        return True
    for m in PROPOSES.finditer(text):
        what = keys_of(terms(m["what"]))
        if what and not ours:
            return True
    return False


def _unrelated(said: Sequence[Term], near: str, found: Sequence[Found], facts: Facts) -> bool:
    telling = [t for t in said if squeezed(t.words) not in facts.own]
    if len(telling) < UNRELATED_LEAST or any(f.added for f in found):
        return False
    keys = keys_of(terms(near))
    if any(shares(t, keys) for t in telling):
        return False
    around = set[str]().union(*(keys_of(facts.terms(k)) for f in found for k in f.scope[:40]))
    return sum(shares(t, around) for t in telling) < 2
