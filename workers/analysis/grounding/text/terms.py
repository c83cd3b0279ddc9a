"""Finds a text's telling words with places: stems, names, Chinese terms."""

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import lru_cache

from workers.analysis.grounding.text.glossary import TRANSLATED
from workers.analysis.grounding.text.lexicon import COMMON_NAMES, METRICS

_IDLE_WORDS = (
    "a about across after against al all almost also although an and another any approximately are around as "
    "at author authors based be because been before being between both but by can cdot come comes compared "
    "did do does down during each et even few first for frac from further get gets give given gives had has "
    "have he hence her his how however i if in instead into is it its just kind least less like made make "
    "makes many mathrm may more most much nearly need needed needs new no not of off on one ones only or other our "
    "out over paper part per quite rather reach reaches respectively result results roughly same second set "
    "several she show shown shows since so some still such take taken takes text than that the their them "
    "then there therefore these they third this those though three through thus times to too two under up us "
    "use used using versus very via vs was way we well were what when where whereas which while who whose "
    "will with within without work works would yet you your "
)
_IDLE = frozenset(_IDLE_WORDS.split())
_PLAIN_NUMBER = re.compile(r"[\d./-]+|[\d.]+e-?\d+|[\d.]+[KMBTkex]")
_PARTS = re.compile(r"[@._/+-]")
_SIZED = r"[A-Z][A-Za-z-]*[A-Za-z](?: v?\d(?:\.\d)?)? \d{1,4}(?:\.\d+)?[BM](?!\w)"
"""A model's name with its size: Llama 2 13B."""

_NUMBERED = (
    r"(?:[Gg]roups?|[Cc]lass|[Tt]ypes?|[Pp]hase|[Cc]ohort|[Ss]tudy|[Ee]xperiment|[Tt]ask|[Cc]ondition|[Cc]luster|[Ss]cenario|"
    r"[Mm]odel|[Ss]ystem|[Aa]rm) (?:\d|[A-D]|I{1,3})(?![\w.,]\w|%)\b"
)
"""One of several that only a number tells apart: Group 2."""

_TOKEN = re.compile(rf"(?P<sized>{_SIZED}|{_NUMBERED})|\[[A-Za-z]{{3,}}\]|[A-Za-z0-9]+(?:[@.+/_-][A-Za-z0-9]+)*")
_DASH = re.compile("(?<=[A-Za-z])[\u2010\u2011\u2013](?=[A-Za-z0-9])")
"""A dash within a name, as some papers set it: SSK–T1."""

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]{2,}|层|头|步|轮|词|句|图|天|卡|帧|块|维|批")
_HAN_TERMS = re.compile("|".join(sorted(map(re.escape, TRANSLATED), key=len, reverse=True)))
_HAN_KINDS = {
    "组": "group",
    "类": "class",
    "型": "type",
    "阶段": "phase",
    "队列": "cohort",
    "实验": "experiment",
    "任务": "task",
}
_HAN_NUMBERED = re.compile(
    r"第\s?(?P<number>[一二三四五1-5])\s?(?P<kind>组|类|型|阶段|队列|实验|任务)(?!测)"
    r"|(?P<kind2>组|类型|实验|任务)\s?(?P<number2>[1-5])(?![\d.%])".replace("|类型", "|类")
)
_ENDINGS = "ization ations ation ingly ments ment ness ings ing ions ion ities ity ies ied ers ed es ly al er y s"
_ENDS = tuple(_ENDINGS.split())
_CODES = (
    "en english de german fr french zh chinese ro romanian ru russian cs czech ja japanese es spanish it italian "
    "fi finnish hi hindi ar arabic ko korean"
)
LANGUAGES = dict(zip(_CODES.split()[::2], _CODES.split()[1::2], strict=True))
"""Codes of languages as they stand in the names of translation tasks: En-De."""

_LANGUAGE_NAMES = frozenset(LANGUAGES.values())


@dataclass(frozen=True)
class Term:
    """One telling word."""

    at: int
    keys: frozenset[str]
    """Stems, any of which is this word."""
    name: bool = False
    """True for a name: capitals or digits within, [Expand], or a capital in the middle of a sentence."""
    metric: bool = False
    words: str = ""


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its ending, for comparing."""
    low = word.lower()
    if not low.isalpha() or len(low) < 4:
        return low
    for end in _ENDS:
        if low.endswith(end) and len(low) - len(end) >= 3 and not low.endswith("ss"):
            low = low.removesuffix(end)
            break
    if len(low) > 4 and low[-1] == low[-2] and low[-1] not in "ls":
        low = low[:-1]
    return low.removesuffix("e") if len(low) > 3 else low


_MEASURES = METRICS | {stem(word) for word in METRICS if len(word) > 6}


@lru_cache(maxsize=50_000)
def _word(word: str) -> tuple[frozenset[str], bool, bool, bool, frozenset[str]] | None:
    """What one word tells; None where it tells nothing.

    (stems, whether it measures something, whether a name in itself, whether one within a sentence, its squeezed form).
    """
    if _PLAIN_NUMBER.fullmatch(word):
        return None
    pair = [LANGUAGES.get(p.lower()) for p in word.split("-")]
    if len(pair) == 2 and pair[0] and pair[1]:
        both = frozenset([squeezed(word), *(p for p in pair[1:] if p)])
        return both, False, True, True, both
    low = word.lower().strip("[]")
    if low in _IDLE or (len(low) < 2 and low != "n"):
        return None
    parts = [p for p in _PARTS.split(low) if len(p) > 1 and not p.isdigit()]
    metric = bool({low, stem(low), *parts, *map(stem, parts)} & _MEASURES)
    keys: set[str] = {stem(p) for p in parts if p not in _IDLE} | {stem(low.replace("-", ""))}
    named = {squeezed(low), *[p for p in low.split("-") if p in _LANGUAGE_NAMES][-1:]}
    if metric and "@" not in low:
        measured = {p for p in (*parts, *map(stem, parts)) if p in _MEASURES}
        keys, named = keys | measured, named | measured
    capital = word[0].isupper() and len(word) > 1
    sure = word[0] == "[" or (
        not word[0].isdigit() and (any(c.isupper() for c in word[1:]) or any(c.isdigit() for c in word))
    )
    return frozenset(keys), metric, sure, capital, frozenset(named)


def terms(text: str) -> list[Term]:
    """The telling words of `text`, in order; pure numbers are none."""
    return list(_terms(text))


@lru_cache(maxsize=4_000)
def _terms(text: str) -> tuple[Term, ...]:
    out = list[Term]()
    text = text if text.isascii() else _DASH.sub("-", text)
    for m in _TOKEN.finditer(text):
        if m["sized"]:
            out.append(Term(m.start(), frozenset([squeezed(m[0])]), True, False, m[0]))
            continue
        known = _word(m[0])
        if known is None:
            continue
        keys, metric, sure, capital, named = known
        name = sure or (capital and _within(text, m.start()))
        plain = metric and "@" not in m[0]
        out.append(Term(m.start(), named if name else keys, name and not plain, metric, m[0]))
    for m in () if text.isascii() else _HAN_NUMBERED.finditer(text):
        kind, number = _HAN_KINDS[m["kind"] or m["kind2"]], m["number"] or m["number2"]
        number = str("一二三四五".index(number) + 1) if number in "一二三四五" else number
        out.append(Term(m.start(), frozenset([squeezed(f"{kind} {number}")]), True, False, m[0]))
    for run in () if text.isascii() else _HAN.finditer(text):
        for m in _HAN_TERMS.finditer(run[0]):
            if TRANSLATED[m[0]] == "-":
                continue
            keys = frozenset(k for word in TRANSLATED[m[0]].split() for k in (word, stem(word)))
            out.append(Term(run.start() + m.start(), keys, False, bool(keys & METRICS), m[0]))
    return tuple(sorted(out, key=lambda t: t.at))


def squeezed(word: str) -> str:
    """A name as it compares: without case, hyphens and plural."""
    low = re.sub(r"[^a-z0-9@+]", "", word.lower())
    return low[:-1] if low.endswith("s") and len(low) > 3 and not low.endswith("ss") else low


def _within(text: str, at: int) -> bool:
    """True where the word at `at` does not begin a sentence."""
    before = text[max(0, at - 4) : at].rstrip()
    return bool(before) and before[-1] not in '.!?:;。！？：；|"“”(（*#'


@lru_cache(maxsize=20_000)
def keys_in(text: str) -> frozenset[str]:
    """All stems of a text."""
    return frozenset(k for t in _terms(text) for k in t.keys)


def keys_of(found: Iterable[Term]) -> set[str]:
    """All stems of `found`."""
    return {k for t in found for k in t.keys}


def shares(term: Term, keys: Set[str]) -> bool:
    """True where one of the term's stems is among `keys`.

    Whole or as the beginning of a longer one (Chinese terms give beginnings).
    """
    if term.keys & keys:
        return True
    for k in term.keys:
        if len(k) <= (2 if term.name else 3):
            continue
        for o in keys:
            if o.startswith(k) or (term.name and len(o) > 3 and k.startswith(o)):
                return True
    return False


def names_of(found: Iterable[Term]) -> list[Term]:
    """The names among them that not every paper has."""
    return [t for t in found if t.name and not t.keys & COMMON_NAMES]
