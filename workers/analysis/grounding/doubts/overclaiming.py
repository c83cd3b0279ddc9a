"""Doubts statements surer or wider than their evidence: "all" for "most"."""

import re
from collections.abc import Sequence

from workers.analysis.grounding.doubts.clauses import clause_with, clauses, covered, likest, parts
from workers.analysis.grounding.evidence.polarity import negated
from workers.analysis.grounding.text.lexicon import ALL, BETTER, CERTAIN, HEDGED, SAME, SOME, WORSE

COVERS = 0.5
"""Share of a statement's telling words that a sentence must have to speak of the same."""

_WEAK = re.compile(
    r"\b(?:suspect|hypothesi[sz]e[sd]?|hypothesis|conjecture[sd]?|speculat\w+|may|might|could|should|would|"
    r"hopefully|potentially|possibl[ey]|perhaps|presumabl[ey]|future work|plan(?:s|ned)? to|aims? to|hopes? to|"
    r"remains? to be|avenues?|worth exploring)\b|可能|或许|也许|猜测|推测|怀疑|有望|希望|计划|未来",
    re.IGNORECASE,
)
"""Words that only suppose or plan."""

_OPEN = re.compile(
    rf"{HEDGED.pattern}|\b(?:should|would|will|can|cannot|plan\w*|aims?|hopes?|goal|want|propos\w+|recommend\w*|"
    r"advis\w+|future|open|if|limit\w*|signs?|says?|think|argue[sd]?|consider\w*)\b|应|想|将|会|计划|未来|打算|建议|"
    r"如果|拟|能|迹象",
    re.IGNORECASE,
)
"""Words with which a statement, too, says no more than that."""

_STRONG = re.compile(
    r"\b(?:always|never|every|any|everywhere|universally|perfect(?:ly)?|flawless(?:ly)?)\b|总是|始终|从不|任何|一切|所有情况|"
    r"完美",
    re.IGNORECASE,
)
_NONE_AT_ALL = re.compile(
    r"没有任何|毫无|无任何|丝毫[不没]|\bwithout any\b|\bno \w+ (?:at all|whatsoever)\b|\bnot? .{0,20}\bat all\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(r"\b(?:doubl|tripl|halv|increas|decreas|rais|chang)\w*|翻倍|减半|增加|变化", re.IGNORECASE)
_NEARLY_ALL = re.compile(
    r"\b(?:virtually|almost|nearly|next to|not) "
    r"(?:all|always|every|any|nothing|none|nobody|never)\b|几乎[所总]|并非所有"
)
_ONLY = re.compile(r"\b(?:only|solely|exclusively)\b|只能|只适用|只用于|仅限|仅能|仅适用|仅用于", re.IGNORECASE)
_BOTH = re.compile(r"\bboth\b[^.;]{2,60}\band\b|既[^，。；]{1,20}[又也]", re.IGNORECASE)
_EXCEPT = re.compile(
    r"\b(?:all|every|each|any|both|always)\b[^.;]{0,60}?\b(?:except|but|other than|apart from|save|excluding)\b"
    r"|\bexcept\b|\bwith the exception\b|除[^，。；]{1,20}[外之]|除了",
    re.IGNORECASE,
)
"""All but one."""
_ER = re.compile(r"\b(?!other|rather|either)[a-z]{3,}er\b[^.;]{0,60}?\bthan\b", re.IGNORECASE)
_COMPARED = re.compile(r"\b(?:more|less)\s[\w-]+\b[^.;]{0,80}?\bthan\b", re.IGNORECASE)


_SHOWN_POSSIBLE = re.compile(r"\bshow(?:s|n|ed)? that\b(?=(?:[^.]|\.\d)*?\b(?:could|may|might)\b)", re.IGNORECASE)
"""Words that are sure only that something is possible."""


def hedge(text: str, places: Sequence[str]) -> bool:
    """True where a statement is surer than its evidence.

    It uses certain or plain words for what every sentence of the evidence only supposes, or plans.
    """
    near = " ".join(places)
    sure, open_ = CERTAIN.search(text), HEDGED.search(text)
    if sure and HEDGED.search(near) and not open_ and not CERTAIN.search(_SHOWN_POSSIBLE.sub(" ", near)):
        return True
    if _OPEN.search(text):
        return False
    rows = [(covered(text, part), part) for part in parts(places)]
    best = max((share for share, _ in rows), default=0.0)
    of = [part for share, part in rows if share == best]
    return best >= COVERS and all(_WEAK.search(part) and not CERTAIN.search(part) for part in of)


def scope(text: str, places: Sequence[str]) -> bool:
    """All or none of what the evidence says of a part only."""
    near = _NEARLY_ALL.sub("most", " ".join(places))
    if _ONLY.search(text) and _BOTH.search(near) and not (_ONLY.search(near) or negated(text)):
        return True
    if _STRONG.search(text) and not ALL.search(near) and not negated(text):
        return True
    if _NONE_AT_ALL.search(text) and not negated(near):
        return True
    if (
        ALL.search(_NEARLY_ALL.sub("most", text))
        and _EXCEPT.search(near)
        and not (_EXCEPT.search(text) or SOME.search(text))
    ):
        return True
    partial = SOME.search(near) or re.search(r"\bbut\b|\bhowever\b|\bexcept\b", near)
    text = _NEARLY_ALL.sub("most", text)
    for m in ALL.finditer(text):
        if not ALL.search(near) and partial and not SOME.search(text):
            return True
        clause = clause_with(text, m.start())
        same = likest(clause, clauses(near))
        if same and not SOME.search(clause) and all(SOME.search(one) and not ALL.search(one) for one in same):
            return True
    return False


_TELLS = re.compile(
    r"(?P<not>\b(?:not|no|nor|without|n't)\b[^.,;:]{0,24}?|\bnon-?|\b(?=in)|[不无未]|没有[^，。；]{0,6})?"
    r"(?:\b|(?<=non)|(?<=-))(?P<in>in)?signific\w+|(?P<han>不|无|未|没有[^，。；]{0,6})?显著(?!高|低|优|好|快)",
    re.IGNORECASE,
)
"""Significance, found or not."""


def _significant(text: str) -> set[bool]:
    """Whether a text finds significance, for each time that it speaks of it."""
    return {not (m["not"] or m["in"] or m["han"]) for m in _TELLS.finditer(text)}


def same(text: str, places: Sequence[str]) -> bool:
    """A difference where the evidence finds none, or none where it finds one."""
    near = " ".join(places)
    if {frozenset(_significant(text)), frozenset(_significant(near))} == {frozenset([True]), frozenset([False])}:
        return True
    alike, differ = SAME.search(near), BETTER.search(near) or WORSE.search(near)
    says_alike = SAME.search(text)
    says_differ = BETTER.search(text) or WORSE.search(text) or (not negated(text) and _ER.search(text))
    if alike and not differ and says_differ and not says_alike:
        return True
    changed = says_differ or _CHANGED.search(text)
    nearest = likest(text, clauses(near)) if alike and changed and not says_alike else []
    if nearest and all(SAME.search(one) and not (BETTER.search(one) or WORSE.search(one)) for one in nearest):
        return True
    if alike or not says_alike or says_differ:
        return False
    large = differ and re.search(r"significant|substantial|large|clear", near)
    return bool(large or _COMPARED.search(near))
