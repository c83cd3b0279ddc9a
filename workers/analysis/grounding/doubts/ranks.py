"""Checks ranks, sizes and ranges: the second best, negligible, from 3 to 5."""

import re
from collections.abc import Sequence
from functools import lru_cache

from workers.analysis.grounding.evidence.find import Facts, Mention
from workers.analysis.grounding.evidence.number_support import Borne
from workers.analysis.grounding.numbers.pairs import segments
from workers.analysis.grounding.numbers.read import Number, placed, plainly
from workers.analysis.grounding.text.lexicon import OPPOSITES
from workers.analysis.grounding.text.terms import Term, keys_of, shares, stem, terms

_SECOND = re.compile(
    r"\b(?:second|third|fourth|next)[-\s](?:(?:most|least)\s(?P<most>\w+)|(?P<est>best|\w{3,}est)\b)"
    r"|\b(?:ranks?|ranked|placed|comes?|came|finish\w*)\s(?:second|third|fourth)\b|\b(?:second|third)\splace\b|\brunner-up\b"
    r"|第[二三四](?!个|项|步|节|章|阶段|类|组|种|层|次|轮|行|列|表|图)|次[优佳高快]|仅次于",
    re.IGNORECASE,
)
"""Words for the second or third of a ranking."""

_AHEAD = re.compile(r"(?:领先|超过|高于|优于|好于|比)第二名?|\bahead of the (?:second|next|runner-up)\b", re.IGNORECASE)
_FIRST = re.compile(
    r"\b(?:most|least)\s(?P<most>(?!of\b)\w+)|\b(?P<est>best|(?!inter|test|rest|request|suggest|latest|invest|forest|honest|modest)"
    r"\w{3,}est)\b|\b(?:ranks?|ranked|placed|comes?|came)\sfirst\b|\bfirst\splace\b|最[^后近终大小初]|第一名|排名第一|居首",
    re.IGNORECASE,
)
"""Words for the first."""

HAN_NEAR = 8
"""Characters around a Chinese superlative within which stands what it is the most of."""


def outranked(text: str, places: Sequence[str]) -> bool:
    """True where the second of a ranking in the evidence is told as the first."""
    near, text = " ".join(places), _AHEAD.sub(" ", text)
    second = _SECOND.search(near)
    if second is None or _SECOND.search(text):
        return False
    rank = stem(second["most"] or second["est"] or "")
    others = [m for m in _FIRST.finditer(near) if not second.start() <= m.start() < second.end()]
    for m in _FIRST.finditer(text):
        if not others:
            return True
        what = stem(m["most"] or m["est"] or "")
        around = terms(text[max(0, m.start() - HAN_NEAR) : m.end() + HAN_NEAR]) if not what else []
        if rank and (what == rank or any(shares(t, {rank}) for t in around)):
            return True
    return False


_LARGE = re.compile(
    r"\b(?:significant(?:ly)?|substantial(?:ly)?|considerabl[ey]|dramatic(?:ally)?|marked(?:ly)?|large|huge|major|strong(?:ly)?)\b"
    r"|显著|明显|大幅|巨大|很大",
    re.IGNORECASE,
)
_SMALL = re.compile(
    r"\b(?:negligibl[ey]|marginal(?:ly)?|minor|slight(?:ly)?|tiny|minimal(?:ly)?|insignificant|modest(?:ly)?|small|little|limited)\b"
    r"|可忽略|微小|微弱|轻微|很小|甚微|有限",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"(?:\bnot|n't|\bno|\bwithout(?: any)?|不|无|没有|并非)\s?(?:\w+ly\s|a\s|an\s|very\s|so\s|any\s|\w+\s(?:by\s)?)?$",
    re.IGNORECASE,
)
AROUND = 28
"""Characters on either side of such a word in which stands what it is said of."""


def weighed_otherwise(text: str, places: Sequence[str]) -> bool:
    """True where one side calls large what the other calls small."""
    ours, theirs = _weighed(text), [row for place in places for row in _weighed(place)]
    clash = any(large != other and _alike(one, two) for one, large in ours for two, other in theirs)
    return clash and not any(large == other and _alike(one, two) for one, large in ours for two, other in theirs)


def _weighed(text: str) -> list[tuple[list[Term], bool]]:
    """(what is spoken of, whether it is called large) for each such word of a text."""
    out = list[tuple[list[Term], bool]]()
    for pattern, large in ((_LARGE, True), (_SMALL, False)):
        for m in pattern.finditer(text):
            before = re.split(r"[,;:.，；。：]", text[max(0, m.start() - AROUND) : m.start()])[-1]
            behind = re.split(r"[,;:.，；。：]", text[m.end() : m.end() + AROUND])[0]
            what = terms(f". x {before} {behind}")
            out.append((what, large != bool(_NOT.search(text[: m.start()]))))
    return out


ALIKE = 2
"""Telling words in common that make two such phrases speak of the same; one is enough where one is all there is."""


def _alike(one: Sequence[Term], other: Sequence[Term]) -> bool:
    keys = keys_of(other)
    return sum(shares(t, keys) for t in one) >= min(ALIKE, len(one), len(other)) > 0


_MOST = re.compile(
    r"\b(?:(?P<high>highest|largest|greatest|longest|slowest|most)|(?P<low>lowest|smallest|least|fewest|shortest|fastest))\b"
    r"|(?P<han>最[高大长慢多])|(?P<han_low>最[低小短快少])",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:more|higher|larger|greater|longer|slower)\s(?:\w+\s){0,2}than\b|高于|多于|大于|长于|慢于", re.IGNORECASE
)
_LESS = re.compile(
    r"\b(?:less|lower|smaller|fewer|shorter|faster)\s(?:\w+\s){0,2}than\b|低于|少于|小于|短于|快于", re.IGNORECASE
)


def no_extreme(text: str, places: Sequence[str]) -> bool:
    """True where it calls least what the evidence has as more than another.

    Or the most of what it has as less; the evidence itself then names no extreme.
    """
    near = " ".join(places)
    if _MOST.search(near) or _FIRST.search(near):
        return False
    return any(
        bool((_MORE if m["low"] or m["han_low"] else _LESS).search(near)) and not _weighed_against(text, m)
        for m in _MOST.finditer(text)
    )


def _weighed_against(text: str, m: re.Match[str]) -> bool:
    """True for "at most" and "at least", "most of", which name no extreme."""
    return text[: m.start()].endswith("at ") or bool(re.match(r"\s(?:of\b|\w+ly\b)", text[m.end() :]))


_LEVELS = (
    (
        r"\bhigh(?:est|ly)?\b|(?<![提更升增最较])高(?![于达出])|最高",
        r"\blow(?:est)?\b|(?<![降更较减])低(?![于至到])|最低",
    ),
    (r"\bfast(?:est)?\b|最快|较快", r"\bslow(?:est)?\b|最慢|较慢"),
    (r"\bbest\b|最好|最优|最佳", r"\bworst\b|最差"),
    (r"\blargest\b|\bbiggest\b|最大", r"\bsmallest\b|最小"),
    (r"\bstrongest\b|最强", r"\bweakest\b|最弱"),
    (r"\blongest\b|最长", r"\bshortest\b|最短"),
    (r"\bearliest\b|最早", r"\blatest\b|最晚"),
)
LEVELS = [(re.compile(a, re.IGNORECASE), re.compile(b, re.IGNORECASE)) for a, b in _LEVELS]


def other_level(text: str, bare: Sequence[tuple[int, Number]], borne: Borne, facts: Facts) -> bool:
    """True where a number goes with "high" here, and only with "low" in the paper.

    The same for other pairs of opposite words; its tables do not count.
    """
    for at, number in bare:
        mine = _part(text, at)
        rows = [m for m in borne.mentions.get(number.value, ()) if not facts.in_table(m.paragraph)]
        whole = len(number.value.strip("-%0.")) >= TELLING
        for one, other in [*LEVELS, *OPPOSITES] if whole else LEVELS:
            side = _side(mine, one, other)
            if side and {_side(_around(m, facts, whole), one, other) for m in rows} - {0} == {-side}:
                return True
    return False


TELLING = 2
"""Digits from which a number stands for one thing, so that its whole sentence tells of what."""


def _around(mention: Mention, facts: Facts, whole: bool) -> str:
    plain = facts.plain(mention.paragraph)
    return plain[slice(*facts.sentence(mention.paragraph, mention.at))] if whole else _part(plain, mention.at)


@lru_cache(maxsize=20_000)
def _side(text: str, one: re.Pattern[str], other: re.Pattern[str]) -> int:
    """1 for the one word, -1 for the other, 0 for neither or both."""
    return bool(one.search(text)) - bool(other.search(text))


_PART = re.compile(r"[;；。，](?=\D|$)|[.](?=\s|$)|,\s")


def _part(text: str, at: int) -> str:
    start = max((m.end() for m in _PART.finditer(text, 0, at)), default=0)
    stop = _PART.search(text, at + 1)
    return text[start : stop.start() if stop else len(text)]


_ABOVE = re.compile(
    r"(?:\b(?:(?:higher|greater|larger|more) than|above|at least|exceed\w*)\b|[>≥]|大于|高于|超过|不低于|不少于|不小于|"
    r"至少)\D{0,16}$",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"(?:\b(?:(?:lower|less|smaller|fewer) than|below|under|at most)\b|[<≤]|小于|低于|不超过|不高于|不大于|"
    r"不多于|至多)\D{0,16}$",
    re.IGNORECASE,
)
BEFORE = 40
"""Characters before a number in which a word tells on which side of it something lies."""


def exchanged_ends(text: str, bare: Sequence[tuple[int, Number]], borne: Borne, facts: Facts) -> bool:
    """True where a number goes with the opposite of what it goes with in the paper."""
    return any(check(text, bare, borne, facts) for check in (other_level, other_side_of, other_piece))


def other_side_of(text: str, bare: Sequence[tuple[int, Number]], borne: Borne, facts: Facts) -> bool:
    """True where a number bounds from below here, and from above in the paper.

    Or the other way round, wherever the paper says on which side of it something lies.
    """
    for at, number in bare:
        side = _side(text[max(0, at - BEFORE) : at], _ABOVE, _BELOW)
        rows = borne.mentions.get(number.value, ()) if side and _exact(number) else ()
        there = {_side(facts.plain(m.paragraph)[max(0, m.at - BEFORE) : m.at], _ABOVE, _BELOW) for m in rows} - {0}
        if there == {-side}:
            return True
    return False


def _exact(number: Number) -> bool:
    """True for digits and for a whole number in words: not for half."""
    return number.words[:1].isdigit() or (number.value.isdigit() and not number.small)


def other_piece(text: str, bare: Sequence[tuple[int, Number]], borne: Borne, facts: Facts) -> bool:
    """True where a number is of training here, and only of test in the paper.

    By the words around it; the same for the other pairs of `_KINDS`.
    """
    for piece, number in segments(text, bare):
        rows = [m for m in borne.mentions.get(number.value, ()) if not facts.in_table(m.paragraph)]
        if len(number.value) < TELLING:
            continue
        for one, other in _KINDS:
            side = _side(piece, one, other)
            if side and {_side(_piece(m, facts), one, other) for m in rows} - {0} == {-side}:
                return True
    return False


def _piece(mention: Mention, facts: Facts) -> str:
    """What is said of a number of the paper in its sentence."""
    start, end = facts.sentence(mention.paragraph, mention.at)
    inside = [(at - start, n) for at, n in facts.numbers[mention.paragraph] if start <= at < end]
    sentence = facts.plain(mention.paragraph)[start:end]
    return next((piece for piece, n in segments(sentence, inside) if n is mention.number), "")


_KIND_WORDS = (
    (r"\btrain\w*|训练", r"\btest\w*|测试|\bevaluat\w*|评测"),
    (r"\bbefore\b|之前|前", r"\bafter\b|之后|后"),
    (r"\bpatients?\b|患者|病例", r"\bcontrols?\b|对照"),
    (r"\b(?:men|males?|boys)\b|男", r"\b(?:women|females?|girls)\b|女"),
    (r"\binputs?\b|输入", r"\boutputs?\b|输出"),
)
_KINDS = [(re.compile(a, re.IGNORECASE), re.compile(b, re.IGNORECASE)) for a, b in _KIND_WORDS]
"""Kinds that a number may be of, either of which excludes the other."""

_FROM_TO = re.compile(
    r"(?:\bfrom\b|从|由)(?P<a>[^,;。，；]{1,50}?)(?:\bto\b|到|至|(?<=[升降增减])为)(?P<b>[^,;。，；]{1,40})",
    re.IGNORECASE,
)


def range_turned(text: str, places: Sequence[str]) -> bool:
    """True where "from a to b" of the evidence is told as from b to a."""
    ours, theirs = _ranges(text), {row for place in places for row in _ranges(place)}
    return any((b, a) in theirs and (a, b) not in theirs for a, b in ours)


def _ranges(text: str) -> set[tuple[str, str]]:
    out = set[tuple[str, str]]()
    for m in _FROM_TO.finditer(plainly(text)):
        first, last = placed(m["a"]), placed(m["b"])
        if first and last:
            out.add((first[-1][1].value, last[0][1].value if len(last) == 1 else last[-1][1].value))
    return {row for row in out if row[0] != row[1]}
