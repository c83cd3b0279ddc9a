"""Checks that evidence names the cause and the comparison a statement gives."""

import re
from collections.abc import Sequence

from workers.analysis.grounding.doubts.comparisons import Compared, comparisons, one_sided, parties
from workers.analysis.grounding.evidence.find import Facts, Found
from workers.analysis.grounding.text.lexicon import OURS, THEIRS
from workers.analysis.grounding.text.terms import Term, keys_of, shares, squeezed, terms

_CAUSE = re.compile(
    r"\b(?:because(?: of)?|due to|owing to|thanks to|caused by|as a (?:result|consequence) of|results? from|"
    r"stems? from|attribut\w+ (?:\w+ ){0,4}?to|explained by|explanation (?:\w+ ){0,5}?(?:is|that)|"
    r"reasons? (?:\w+ ){0,6}?(?:is|that|why)|driven by)\b|是?因为|由于|归因于|得益于|源于|缘于|原因是",
    re.IGNORECASE,
)
_END = re.compile(r"[;.:](?=\s|$)|[。；，]|,\s(?=(?:which|but|while|so|and)\b)")

_OBJECT = re.compile(
    r"\b(?:\w+er|more|less|worse)\b[^,.;()]{0,60}?\bthan\s(?P<than>[^,.;()]{2,70})"
    r"|\b(?:outperform|surpass|beat|exceed)(?:s|ed|ing|en)?\s(?P<verb>[^,.;()]{2,70})"
    r"|\b(?:improv|gain|increas|rais|rise|rose|boost|better|higher|lead)\w*[^,.;()]{0,80}?"
    r"\b(?:over|against|compared (?:to|with))\s"
    r"(?P<over>[^,.;()]{2,70})"
    r"|(?:比|优于|超过|胜过|高于|低于|相比于?|不如)(?P<han>[^，。；,;]{1,30}?)(?=高|低|快|慢|好|差|多|少|强|弱|提升|提高|下降|[，。；]|$)",
    re.IGNORECASE,
)
_HEAD = re.compile(r"\b(?:in|on|by|with|for|at|do|does|did|is|are|was|were|has|have|when|where|of|on)\b", re.IGNORECASE)

_NOBODY = re.compile(
    r"(?:expected|before|usual|half|an? |one |\d|average|chance|random|anticipated|ever|possible|necessary|hoped)\b"
)
"""What one is compared with that is nobody."""

HALF = 0.5
"""More than this share of the words for what something is compared with must stand near the evidence."""


def other_cause(text: str, places: Sequence[str], found: Sequence[Found], facts: Facts) -> bool:
    """True where the evidence gives another cause.

    Or where it gives none, and no word of the statement's cause stands near it.
    """
    mine = _causes(text, facts.own)
    if not mine:
        return False
    theirs = {key for place in places for key in keys_of(_causes(place, facts.own))}
    if theirs:
        return not any(shares(t, theirs) for t in mine)
    near = _around(found, facts)
    return not any(shares(t, near) for t in mine)


def _causes(text: str, own: frozenset[str]) -> list[Term]:
    out = list[Term]()
    for m in _CAUSE.finditer(text):
        stop = _END.search(text, m.end())
        out += terms(f"x {text[m.end() : stop.start() if stop else len(text)]}")
    return [t for t in out if squeezed(t.words) not in own]


def other_rival(text: str, found: Sequence[Found], facts: Facts) -> bool:
    """True where what a statement compares with is not near its evidence."""
    near: set[str] = set()
    for m in _OBJECT.finditer(text):
        what = _HEAD.split(m["than"] or m["verb"] or m["over"] or m["han"], maxsplit=1)[0]
        rival = [t for t in terms(f"x {what}") if squeezed(t.words) not in facts.own]
        if not rival or THEIRS.search(what) or OURS.search(what) or _NOBODY.match(what):
            continue
        near = near or _around(found, facts)
        told = [t for t in rival if t.name] or rival
        if sum(shares(t, near) for t in told) <= HALF * len(told):
            return True
    return False


def _around(found: Sequence[Found], facts: Facts) -> set[str]:
    near = set[str]().union(*(keys_of(facts.terms(k)) for one in found for k in one.scope))
    return near.union(*(facts.aliases[key] for key in near & facts.aliases.keys()))


def gains_turned(text: str, places: Sequence[str], facts: Facts) -> bool:
    """True where a statement puts behind what gains in the evidence.

    The other side of the statement is named there as well.
    """
    said = [t for t in terms(text) if not t.name]
    for c in comparisons(text, facts.own):
        for place in places:
            for clause, who, up in one_sided(place, facts.own):
                words = keys_of(terms(clause))
                turned = _same(who, c.object, facts.own) and not _same(who, c.subject, facts.own)
                there = _named(c, place, facts.own)
                if turned and up == c.up and there and sum(shares(t, words) for t in said) >= 2:
                    return True
    return False


def _same(one: frozenset[str], other: frozenset[str], own: frozenset[str]) -> bool:
    ours = {"=ours", *own}
    return bool(one & other) or bool(one & ours and other & ours)


def _named(c: Compared, place: str, own: frozenset[str]) -> bool:
    return _same(c.subject, parties(place, own), own)
