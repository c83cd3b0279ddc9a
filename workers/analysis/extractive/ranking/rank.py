"""Scores how well a paper fits a profile without a model: 0 to 100.

The number comes from where its text names the interests.

The number is a fixed function of one paper and the interests, never of the other papers of the day: per interest, the
strongest of

    exact phrase in the title      76, and up to 10 more for mentions in the abstract
    exact phrase in the abstract   61, 66, 68.5 ... below 71, by mentions
    its words close together       64 in the title, 48 in the abstract ("restoring degraded images")
    some of its words              5 to 45, by share and by how telling they are

then the best interest leads and each further one above 45 closes a part of the gap to 98; a phrase that is not wanted,
named as strongly, takes a part of the number away (`LOWER`). Words are compared by English stem (restoration =
restoring); hyphens and joined spellings do not matter (super-resolution = superresolution); a phrase of three words or
more is also found by its initials (RAG); Chinese, Japanese and Korean text is compared by character. The order, unlike
the number, also looks at the other papers given: see `feedback`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from workers.analysis.extractive.ranking.feedback import ordered
from workers.analysis.extractive.ranking.stems import TITLE_TIMES, stem, stems, words_of
from workers.analysis.extractive.ranking.vectors import Vector
from workers.models import Paper, Score
from workers.words import words

TITLE_PHRASE, TITLE_EXTRA = 76.0, 10.0
ABSTRACT_PHRASE, ABSTRACT_EXTRA = 56.0, 15.0
TITLE_NEAR, ABSTRACT_NEAR = 64.0, 48.0
FLOOR, PARTIAL, PARTIAL_ABSTRACT = 5.0, 40.0, 0.7
CEILING, JOIN = 98.0, 0.5
"""The map of the module's docstring. Saturation is n / (n + 2) for n mentions."""

LOWER = 0.6
"""Share of the number that a phrase which is not wanted takes away at full evidence: 80 with both in the title is 43,
below any usual bar; a mention in the abstract leaves 50."""

MATCHED_FROM = 45.0
"""An interest with at least this evidence is named as matched: its phrase, or its words close together."""

NEAR_SLACK = 3
"""Other words that may stand between the first word of an interest and each other one, for these to be "close"."""

COMMON_WEIGHT = 0.25
"""Weight of a word that papers of every topic use, against 1 for any other."""

_COMMON = """
agent analysi base code data deep detect efficient evalu featur framework generat graph human imag knowledg
languag larg learn mask match method model multi multimod network neural object plan process reason represent
retriev robust scene segment self semant state super system task test text tool train transform understand use
video vision visual world
"""
COMMON = frozenset(_COMMON.split())
"""Stems of such words."""

MIN_INITIALS = 3
"""Letters; shorter initials mean too many things."""

WHY_MAX = 200
"""Characters of the sentence."""

_ALTERNATIVES = re.compile(r"[()|;,]|\s/\s")


@dataclass(frozen=True)
class Ranked:
    """One paper's place."""

    id: str
    value: int
    """0-100."""
    matched: tuple[str, ...]
    """Interests it names, in the order given."""
    why: str
    """One sentence in the reader's language, at most 200 characters."""
    vector: Vector = field(default_factory=dict, compare=False, repr=False)
    """Stem -> weight by TF-IDF among the papers given, of length 1."""


@dataclass(frozen=True)
class _Phrase:
    stems: tuple[str, ...]
    joined: str
    initials: str


_Wanted = tuple[str, tuple[_Phrase, ...]]
"""A phrase as given, and what counts as naming it."""


@dataclass
class _Text:
    """One field of a paper: its stems in order and its words as written.

    `line`: the stems as text, for counting; `where`: stem -> its places.
    """

    stems: list[str]
    words: list[str]
    raw: frozenset[str]
    line: str = field(init=False)
    where: dict[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.line = f" {' '.join(self.stems)} "
        self.where = {}
        for i, found in enumerate(self.stems):
            self.where.setdefault(found, []).append(i)


def rank(
    papers: Sequence[Paper], interests: Sequence[str], language: str = "en", not_wanted: Sequence[str] = ()
) -> list[Ranked]:
    """Every paper with its number, best first.

    The order is by the number and by feedback from the best of these papers.
    `not_wanted`: phrases that lower the number of a paper which names one.
    """
    wanted = [(interest, _phrases(interest)) for interest in interests]
    barred = [(phrase, _phrases(phrase)) for phrase in not_wanted]
    ranked, counts = [], []
    for paper in papers:
        title, abstract = _text(paper.title), _text(paper.abstract)
        ranked.append(_judge(paper.id, title, abstract, wanted, barred, language))
        counts.append(Counter(title.stems * TITLE_TIMES + abstract.stems))
    query = {s for _, phrases in wanted for p in phrases for s in p.stems}
    order, vectors = ordered([r.value for r in ranked], counts, query)
    return [replace(ranked[i], vector=vectors[i]) for i in order]


def matches(text: str, interests: Iterable[str]) -> tuple[str, ...]:
    """Those interests whose phrase stands in the text."""
    body = _text(text)
    return tuple(i for i in interests if any(_mentions(body, p) for p in _phrases(i)))


def _judge(
    paper: str, title: _Text, abstract: _Text, wanted: list[_Wanted], barred: list[_Wanted], language: str
) -> Ranked:
    found = [(*_strongest(title, abstract, phrases), interest) for interest, phrases in wanted]
    strong = sorted((v for v, _, _ in found if v >= MATCHED_FROM), reverse=True)
    total = strong[0] if strong else max([FLOOR, *(v for v, _, _ in found)])
    for value in strong[1:]:
        total += (CEILING - total) * JOIN * value / 100
    matched = [(place, interest) for value, place, interest in found if value >= MATCHED_FROM]
    against = [(_strongest(title, abstract, phrases)[0], phrase) for phrase, phrases in barred]
    lowered = [(value, phrase) for value, phrase in against if value >= MATCHED_FROM]
    total *= 1 - LOWER * max((value for value, _ in lowered), default=0.0) / 100
    why = _why(matched, [phrase for _, phrase in lowered], language)
    return Ranked(paper, int(total), tuple(i for _, i in matched), why)


def _strongest(title: _Text, abstract: _Text, phrases: tuple[_Phrase, ...]) -> tuple[float, str]:
    return max((_evidence(title, abstract, p) for p in phrases), default=(0.0, ""))


def _evidence(title: _Text, abstract: _Text, phrase: _Phrase) -> tuple[float, str]:
    """(strength, where it stands) of one phrase in one paper.

    Strength is 0 to 100; where is `title`, `abstract`, `near` or empty.
    """
    below = _mentions(abstract, phrase)
    sure = below / (below + 2)
    if _mentions(title, phrase):
        return TITLE_PHRASE + TITLE_EXTRA * sure, "title"
    near = TITLE_NEAR if _near(title, phrase) else 0.0
    if below:
        return max(near, ABSTRACT_PHRASE + ABSTRACT_EXTRA * sure), "abstract"
    if near:
        return near, "near"
    if _near(abstract, phrase):
        return ABSTRACT_NEAR, "near"
    share = max(_share(title, phrase), PARTIAL_ABSTRACT * _share(abstract, phrase))
    return FLOOR + PARTIAL * share, ""


def _mentions(text: _Text, phrase: _Phrase) -> int:
    """How often the phrase stands in the text.

    By stems, else joined or split otherwise, else once by its initials.
    """
    hits = text.line.count(f" {' '.join(phrase.stems)} ")
    if not hits:
        hits = _joined(text, phrase)
    return hits or int(bool(phrase.initials) and phrase.initials in text.raw)


def _joined(text: _Text, phrase: _Phrase) -> int:
    head, hits = phrase.joined[:2], 0
    for i, word in enumerate(text.words):
        if word.startswith(head):
            grown = ""
            for part in text.words[i : i + len(phrase.stems) + 2]:
                grown += part
                if stem(grown) == phrase.joined:
                    hits += 1
                    break
                if len(grown) > len(phrase.joined) + 6:
                    break
    return hits


def _near(text: _Text, phrase: _Phrase) -> bool:
    """True where the words of the phrase stand close together, in any order.

    Each is fewer places from the first one than the phrase has words, plus NEAR_SLACK. Only for phrases of two words or
    more.
    """
    if len(phrase.stems) < 2 or any(s not in text.where for s in phrase.stems):
        return False
    if all(len(s) == 1 and not s.isascii() for s in phrase.stems):
        return False
    span = len(phrase.stems) + NEAR_SLACK
    rest = phrase.stems[1:]
    return any(all(any(abs(j - i) < span for j in text.where[s]) for s in rest) for i in text.where[phrase.stems[0]])


def _share(text: _Text, phrase: _Phrase) -> float:
    """Share of the phrase's words that the text has, by weight.

    Characters of CJK alone tell nothing.
    """
    weights = {s: COMMON_WEIGHT if s in COMMON else 1.0 for s in phrase.stems if len(s) > 1}
    full = sum(weights.values()) or 1.0
    return sum(w for s, w in weights.items() if s in text.where) / max(full, 1.0)


def _why(matched: list[tuple[str, str]], lowered: list[str], language: str) -> str:
    w, clauses = words(language), []
    for place in ("title", "abstract", "near"):
        if names := w["and"].join(interest for where, interest in matched if where == place):
            clauses.append(w.say(f"rank_{place}", names=names))
    if lowered:
        clauses.append(w.say("rank_not_wanted", names=w["and"].join(lowered)))
    if not clauses:
        return str(w.rank_nothing)
    text = w.semicolon.join(clauses)
    text = text[0].upper() + text[1:]
    return f"{text}{w.stop}" if len(text) < WHY_MAX else text[: WHY_MAX - 1] + "…"


@lru_cache(maxsize=256)
def _phrases(interest: str) -> tuple[_Phrase, ...]:
    """The phrases that count as naming the interest.

    Each part of "Retrieval-Augmented Generation (RAG)" is one.
    """
    found = []
    for part in _ALTERNATIVES.split(interest):
        words = [w.casefold() for w in words_of(part)]
        if words:
            initials = "".join(w[0] for w in words).upper() if len(words) >= MIN_INITIALS else ""
            found.append(_Phrase(tuple(stems(words)), stem("".join(words)), initials if initials.isascii() else ""))
    return tuple(found)


def _text(text: str) -> _Text:
    plain = words_of(text)
    words = [w.casefold() for w in plain]
    return _Text(stems(words), words, frozenset(plain))


def local_score(paper: Paper, found: Ranked) -> Score:
    """The ranker's number as a score."""
    return Score(
        id=paper.id,
        version=paper.version,
        state="scored",
        value=found.value,
        local=found.value,
        why=found.why,
        matched=found.matched,
    )
