"""Sentences of a whole paper by what they do: what is new, how it works, what came out, what its limits are.

Where a sentence stands says most (a section called "Limitations", the opening of a method's section), its words the
rest. Nothing is written, only chosen; a text without the usual section titles is judged by place alone.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from workers.analysis.extractive.rank import matches
from workers.analysis.extractive.roles import (
    FIRST_PERSON,
    HOW,
    HOWEVER,
    LIMIT,
    LINK,
    NAMED,
    NEW,
    NUMBER,
    OTHERS,
    RESULT,
)
from workers.analysis.grounding.paper import PaperContext
from workers.analysis.grounding.sentences import sentences, words_of
from workers.models import SectionName

LEAST, MOST = 45, 360
"""Characters of a sentence that can stand alone and is read in a chat."""

CONTRIBUTIONS, METHODS, RESULTS, LIMITS = 2, 4, 3, 3
"""Most sentences per section."""

PER_SECTION = 2
"""Most sentences of one section of the paper for one of ours: a reader wants the whole way, not one step of it."""

EARLY, LATE = 0.35, 0.6
"""Shares of a text without telling titles that speak of the problem, and of results and limits."""

_INTRODUCTION = words_of(r"abstract|introduct|overview|motivation|contribution")
_METHOD = words_of(
    r"""method|approach|model|architect|framework|algorithm|proposed|our |pipeline|training|formulation|design|system|
    network|objective|implementation|procedure|construction"""
)
_RESULTS = words_of(r"experiment|evaluat|result|ablat|analys|benchmark|finding|compari|performance|case stud")
_LIMITS = words_of(r"limitation|failure|threats to validity|broader impact")
_END = words_of(r"conclu|discuss|future|summary")
_ASIDE = words_of(r"related|background|prior work|preliminar|acknowledg|reference|ethic|notation")
_POINTING = words_of(
    r"""^(?:let \S+ (?:be|denote)\b|as (?:shown|seen|illustrated)|(?:see )?(?:fig|table|eq|sec|appendix)\w*\b|here,
    |note that)"""
)
_LEANING = words_of(
    r"""^(?:(?:this|these|it|they|such|however|moreover|furthermore|also|thus|therefore|hence|then|besides)\b
    |we (?:therefore|thus|hence|then|also)\b)"""
)
_HANGING = words_of(r"^we (?:\w+ ){1,2}(?:it|them|this)\b")
"""A sentence that speaks of something named in the one before, and only there."""

_CITED = re.compile(r"\[\d+(?:[,–-]\s*\d+)*\]|\([A-Z]\w+ et al\.?,? \d{4}")
_SIGNS = re.compile(r"[=∑∏∫≤≥∈→|{}\\^_Œ]|: :")
_CELLS = re.compile(r"\d\.\d+ +\d+\.\d")
"""Two decimals in a row: a table's cells that ran into a sentence."""


@dataclass(frozen=True)
class Extract:
    """One sentence that was picked."""

    text: str
    paragraph: str = ""
    """Id of its paragraph, where it is known."""


@dataclass(frozen=True)
class _Sentence:
    text: str
    paragraph: str
    section: str
    """Title of the section with those it stands in."""
    share: float
    """Place in the text, 0 to 1."""
    first: bool
    """It opens its paragraph."""

    def under(self, titles: re.Pattern[str]) -> bool:
        return titles.search(self.section) is not None


def choose(given: PaperContext, matched: Sequence[str]) -> dict[SectionName, list[Extract]]:
    """Up to a few sentences for each of our sections, none twice. `matched`: interests that results may name."""
    left = [s for s in _sentences(given) if LEAST <= len(s.text) <= MOST and not LINK.search(s.text)]
    title = given.paper.title
    name = title.partition(":")[0] if ":" in title else ""
    admitted = any(s.under(_LIMITS) and _limit(s) > 0 for s in left)  # a conclusion's sentences may sound like limits
    rows: dict[SectionName, list[Extract]] = {
        "contribution": _take(left, CONTRIBUTIONS, lambda s: _new(s, name)),
        "limitations": _take(
            left, LIMITS, lambda s: _limit(s) if s.under(_LIMITS) or not (admitted and s.under(_END)) else 0.0
        ),
        "takeaway": _take(left, RESULTS, lambda s: _result(s, matched)),
        "methodology": _take(left, METHODS, _how),
    }
    return {section: rows[section] for section in ("contribution", "methodology", "takeaway", "limitations")}


def _sentences(given: PaperContext) -> Iterator[_Sentence]:
    text = given.text
    whole = max(1, sum(len(p.text) for s in text.sections for p in s.paragraphs))
    for n, sentence in enumerate(sentences(text.abstract)):
        yield _Sentence(sentence, "abstract", "Abstract", 0.0, n == 0)
    at, titles = 0, dict[int, str]()
    for section in text.sections:
        titles = {level: title for level, title in titles.items() if level < section.level} | {
            section.level: section.title
        }
        path = " / ".join(titles.values())
        for paragraph in section.paragraphs:
            if not section.appendix:
                for n, sentence in enumerate(sentences(paragraph.text)):
                    yield _Sentence(sentence, paragraph.id, path, at / whole, n == 0)
            at += len(paragraph.text)


def _take(left: list[_Sentence], most: int, worth: Callable[[_Sentence], float]) -> list[Extract]:
    """Remove the up to `most` worthiest sentences (worth above 0, few from one section) and give them in their
    order."""
    chosen: list[_Sentence] = []
    for value, _, sentence in sorted(
        ((worth(s), -i, s) for i, s in enumerate(left)), key=lambda row: row[:2], reverse=True
    ):
        if value <= 0 or len(chosen) == most:
            break
        again = any(c.text == sentence.text for c in chosen)
        if not again and sum(c.section == sentence.section for c in chosen) < PER_SECTION:
            chosen.append(sentence)
    places = [i for i, s in enumerate(left) if s in chosen]
    found = [Extract(left[i].text, left[i].paragraph) for i in places]
    taken = {s.text for s in chosen}
    left[:] = [s for s in left if s.text not in taken]
    return found


def _clear(s: _Sentence) -> float:
    """What takes from a sentence's worth alone: it leans on the one before, points at a figure, is mostly signs."""
    loss = 0.7 if _LEANING.search(s.text) else 0.0
    loss += 1.5 if _HANGING.search(s.text) else 0.0
    loss += 0.6 if _POINTING.search(s.text) else 0.0
    loss += 0.4 if _CITED.search(s.text) else 0.0
    loss += 2.0 if _CELLS.search(s.text) or len(_SIGNS.findall(s.text)) > 4 or not s.text[:1].isalnum() else 0.0
    return loss + (1.0 if s.text.rstrip()[-1:] not in ".!。！" else 0.0)


def _new(s: _Sentence, name: str) -> float:
    if not (s.under(_INTRODUCTION) or (s.share < EARLY and not s.under(_ASIDE))):
        return 0.0
    worth = 2.0 if NAMED.search(s.text) else 1.0 if NEW.search(s.text) else 0.0
    worth += 1.0 if name and name in s.text else 0.0
    worth += 0.8 if FIRST_PERSON.search(s.text) and worth else 0.0
    worth += 0.3 if s.paragraph == "abstract" else 0.0
    return worth - _clear(s) - (0.5 if RESULT.search(s.text) else 0.0) - (0.8 if OTHERS.search(s.text) else 0.0)


def _how(s: _Sentence) -> float:
    told = s.under(_METHOD) and not s.under(_RESULTS) and not s.under(_ASIDE)
    if not told and not (
        EARLY <= s.share < LATE and not s.under(_RESULTS) and not s.under(_ASIDE) and not s.under(_END)
    ):
        return 0.0
    worth = (
        (1.5 if told else 0.5) + (1.0 if HOW.search(s.text) else 0.0) + (0.5 if FIRST_PERSON.search(s.text) else 0.0)
    )
    worth += 0.4 if s.first else 0.0
    return worth - _clear(s) - (0.8 if RESULT.search(s.text) else 0.0) - (0.8 if OTHERS.search(s.text) else 0.0)


def _result(s: _Sentence, matched: Sequence[str]) -> float:
    if (
        not RESULT.search(s.text)
        or s.under(_ASIDE)
        or not (s.under(_RESULTS) or s.under(_END) or s.paragraph == "abstract")
    ):
        return 0.0
    worth = (
        1.0 + (1.5 if NUMBER.search(_CITED.sub("", s.text)) else 0.0) + (0.5 if FIRST_PERSON.search(s.text) else 0.0)
    )
    worth += 0.5 if s.under(_END) or s.paragraph == "abstract" else 0.0
    worth += 0.7 if matched and matches(s.text, matched) else 0.0
    return worth - _clear(s) - (0.5 if OTHERS.search(s.text) else 0.0)


def _limit(s: _Sentence) -> float:
    own = s.under(_LIMITS)
    late = s.under(_END) or s.under(_RESULTS) or s.share > LATE
    if s.under(_ASIDE) or not (own or (late and LIMIT.search(s.text))):
        return 0.0
    worth = 3.0 if own else 1.0
    worth += 1.0 if LIMIT.search(s.text) else 0.0
    worth += 0.5 if HOWEVER.search(s.text) else 0.0
    worth += 0.4 if s.first else 0.0
    return worth - _clear(s) * 0.7 - (0.8 if NAMED.search(s.text) else 0.0)
