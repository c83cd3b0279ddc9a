"""Reads who is compared with whom, and which way, in English and Chinese."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from workers.analysis.grounding.text.lexicon import OURS, THEIRS
from workers.analysis.grounding.text.terms import keys_of, names_of, squeezed, stem, terms

US, RIVAL = "=ours", "=theirs"
"""Parties without a name: the paper's own, and what it compares itself with."""

_UP = (
    r"outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|beat(?:s|en|ing)?|exceed(?:s|ed|ing)?|better|higher|more|larger|faster|stronger|superior|"
    r"improv(?:e|es|ed|ing|ement|ements)|gain(?:s|ed)?|greater|best|above|ahead|wins?|longer|advantage|boost(?:s|ed)?|easier|"
    r"speed-?\s?ups?|speedups?|(?:twice|thrice|times|\d+[x×]) as \w+"
)
_DOWN = (
    r"underperform(?:s|ed|ing)?|worse|lower|less|fewer|smaller|slower|weaker|inferior|below|behind|drop(?:s|ped)?|decreas(?:e|es|ed)|"
    r"lags?|trails?|shorter|loses?|lost|reduc(?:e|es|ed|tions?)|fraction|cheaper|poorer|declin(?:e|es|ed)|cuts?|lowers?|shrinks?|harder"
)
_WAY = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b", re.IGNORECASE)
_OBJECT = re.compile(
    r"\b(?:outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|beat(?:s|en|ing)?|exceed(?:s|ed|ing)?|underperform(?:s|ed|ing)?|trails?|"
    r"compared (?:to|with)|in comparison (?:to|with)|relative to|(?<=[x×e] )as \w+ as|(?<=times )as \w+ as|"
    r"than|over|against|versus|vs\.?|"
    r"(?:of|to) (?=the (?:previous|prior|best|strongest|existing|transformer)|[A-Z]))\b\s*",
    re.IGNORECASE,
)
_OBJECT_END = re.compile(r",|\b(?:by|in|on|with|for|and achieves|at|which)\b")
_OBJECT_ENDS_LATE = re.compile(r",|\b(?:and achieves|which)\b")
_SUPERLATIVES = ("best", "most")
"""Words that tell which rival is meant, not which way it goes: against the best baseline."""

_VERB = re.compile(r"\b(?:outperform|surpass|beat|exceed|underperform|trail)", re.IGNORECASE)
_HAN_THAN = re.compile(
    r"(?P<subject>[^，。；,;]{0,60}?)(?P<rel>相比于?|相较于?|相对于?|比起?|较之?|优于|超过|超越|胜过|高于|低于|不如|劣于|落后于|逊于|弱于|好于|差于)(?P<object>[^，。；,;]{1,60})"
)
_HAN_UP = re.compile(r"高|优|好|快|强|多|提升|提高|改善|超|胜|领先|增")
_HAN_DOWN = re.compile(r"低|差|劣|慢|弱|少|下降|降低|不如|落后|逊|减|短|小")
_CUT = re.compile(r"[;。；]|(?<!\d)[.](?=\s)|,\s(?:while|whereas|but)\b|，(?=而|但)")


@dataclass(frozen=True)
class Compared:
    """One comparison."""

    subject: frozenset[str]
    object: frozenset[str]
    up: bool
    """True where the subject is the better, higher or larger one."""
    amount: str = ""
    """Stem of what it has more or less of, where that is not how well it does: fewer parameters."""


Who = Callable[[str, frozenset[str]], frozenset[str]]
"""Tells the parties that a piece of text names."""


def comparisons(text: str, own: frozenset[str], who: Who | None = None) -> Iterator[Compared]:
    """The comparisons of a text whose two sides can be told.

    By names or by `who`. `own`: squeezed names of the paper's own work.
    """
    who = who or parties
    for clause in _CUT.split(text):
        yield from _chinese(clause, own, who) if re.search("[\u4e00-\u9fff]", clause) else _english(clause, own, who)


def _english(clause: str, own: frozenset[str], who: Who) -> Iterator[Compared]:
    for m in _OBJECT.finditer(clause):
        behind = clause[m.end() :]
        object_text = (_OBJECT_END if who is parties else _OBJECT_ENDS_LATE).split(behind, maxsplit=1)[0][:80]
        obj = who(object_text, own)
        verb = bool(_VERB.match(m[0]))
        if not obj:
            continue
        before, after = clause[: m.start()], behind[len(object_text) :]
        fronted = not _WAY.search(before) and not verb and not who(before, own)
        subject_text = after if fronted else before
        subj = who(subject_text, own) - obj
        ways = list(_WAY.finditer(clause[: m.end()] if verb or not fronted else clause))
        if not ways:
            ways = [w for w in _WAY.finditer(clause) if w[0].lower() not in _SUPERLATIVES or w.start() < m.start()]
        if not ways:
            continue
        way = ways[-1] if not fronted else ways[0]
        yield Compared(subj or frozenset([US]), obj, bool(way["up"]), "" if verb else _amount(clause, way))


_AMOUNT = re.compile(r"\b(?:more|less|fewer|larger|smaller|longer|shorter|higher|lower|greater)\b", re.IGNORECASE)
_WELL = "accura bleu f1 score precision recal perform qualit result psnr ssim"
_DONE_WELL = frozenset(_WELL.split())
"""Stems of what is the better the more there is of it."""


def _amount(clause: str, way: re.Match[str]) -> str:
    behind = re.match(r"\s(?:[a-z-]+\s)?(?!than\b)([a-z]{4,})", clause[way.end() :])
    what = stem(behind[1]) if behind and _AMOUNT.fullmatch(way[0]) else ""
    return "" if what in _DONE_WELL else what


def one_sided(text: str, own: frozenset[str]) -> Iterator[tuple[str, frozenset[str], bool]]:
    """(clause, who gains or loses in it, whether up) of each without a rival.

    That is, where nothing is named that it is compared with.
    """
    for clause in _CUT.split(text):
        way = _WAY.search(clause)
        if way is None or next(comparisons(clause, own), None):
            continue
        who = parties(clause[: way.start()], own)
        if who:
            yield clause, who, bool(way["up"])


def _chinese(clause: str, own: frozenset[str], who: Who) -> Iterator[Compared]:
    for m in _HAN_THAN.finditer(clause):
        rest = clause[m.end() :]
        rel, left, right = m["rel"], m["subject"], m["object"]
        left = left.removeprefix("与").removeprefix("和") if rel.startswith("相") else left
        if rel.startswith(("相", "比", "较")):
            wide = right + rest
            if (
                rel.startswith("相")
                and re.match(r".{0,40}[与和跟同]", m["subject"])
                and not who(m["object"].split("，")[0], own)
            ):
                left, right = rest, re.split("[与和跟同]", m["subject"])[-1]
            way_text = wide
        else:
            way_text = rel
        obj = who(_head(right), own)
        subj = who(left, own) - obj
        if not obj:
            continue
        down, up = _HAN_DOWN.search(way_text), _HAN_UP.search(way_text)
        if rel in ("不如", "劣于", "落后于", "逊于", "弱于", "差于", "低于"):
            up = None
        if not up and not down:
            continue
        positive = bool(up) and not (down and down.start() < up.start()) if up else False
        yield Compared(subj or frozenset([US]), obj, positive)
        return


def _head(text: str) -> str:
    """What a Chinese comparison is with: up to its predicate."""
    return re.split(r"高|低|快|慢|好|差|多|少|强|弱|提升|提高|下降|降低|在|达|获得|取得", text, maxsplit=1)[0]


def parties(text: str, own: frozenset[str]) -> frozenset[str]:
    """Who is named in a piece of text: names, US, RIVAL."""
    found = {key for t in names_of(terms(f". x {text}")) for key in _family(t.words)}
    found |= own & {squeezed(word) for word in re.findall(r"[\w@.-]+", text)}
    if THEIRS.search(text):
        found.add(RIVAL)
    if OURS.search(text):
        found.add(US)
    return frozenset(found)


def _family(name: str) -> set[str]:
    """A name, and of a model with its size the name without it.

    Llama 2 13B is a Llama 2 and a Llama.
    """
    head = re.sub(r"(?: v?\d(?:\.\d)?)? \d[\d.]*[BM]$", "", name)
    middle = re.sub(r" \d[\d.]*[BM]$", "", name)
    return {squeezed(one) for one in (name, middle, head)}


def mirrored(said: Compared, there: Compared) -> bool:
    """True where both say the same with their sides exchanged: A above B, B below A."""
    return bool(said.subject & there.object and said.object & there.subject) and said.up != there.up


def turned_round(said: Compared, there: Compared, own: frozenset[str]) -> bool:
    """True where both compare the same two, the one way and the other."""

    def same(one: frozenset[str], other: frozenset[str]) -> bool:
        if one & other:
            return True
        mine, theirs = _is_own(one, own), _is_own(other, own)
        return mine and theirs and (US in one or US in other)

    if said.amount != there.amount:
        return False
    straight = same(said.subject, there.subject) and same(said.object, there.object)
    crossed = same(said.subject, there.object) and same(said.object, there.subject)
    if straight == crossed:
        return False
    return (said.up != there.up) if straight else (said.up == there.up)


def turned_words(text: str, places: Sequence[str]) -> bool:
    """True where two things without names are compared the other way round.

    Each side of the comparison has words of its own.
    """
    theirs = [c for place in places for c in comparisons(place.replace(", while ", " while "), frozenset(), _words)]
    for a in comparisons(text, frozenset(), _words):
        for b in theirs:
            straight = (
                _meet(a.subject - a.object, b.subject - b.object),
                _meet(a.object - a.subject, b.object - b.subject),
            )
            crossed = (
                _meet(a.subject - a.object, b.object - b.subject),
                _meet(a.object - a.subject, b.subject - b.object),
            )
            if (all(crossed) and not any(straight) and a.up == b.up) or (
                all(straight) and not any(crossed) and a.up != b.up
            ):
                return True
    return False


def _words(text: str, own: frozenset[str]) -> frozenset[str]:
    return frozenset(keys_of(t for t in terms(f". x {text}") if not t.metric and not _WAY.fullmatch(t.words)))


def _meet(one: frozenset[str], other: frozenset[str]) -> bool:
    return any(
        a == b or (len(a) > 3 and b.startswith(a)) or (len(b) > 3 and a.startswith(b)) for a in one for b in other
    )


def _is_own(side: frozenset[str], own: frozenset[str]) -> bool:
    return US in side or any(name in own for name in side)
