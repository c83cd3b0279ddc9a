"""Checks an answer's quotations and numbers against the paper.

An answer cites by paragraph; whatever it puts in quotation marks beyond that must be the paper's own words, or the
question's, letter for letter. Marks around anything else are taken off, and the answer says so. A number is looked up
in what its sentence cites, then in the paper; one of a table, in the row and the column that are spoken of.
"""

import re
from dataclasses import dataclass, field

from workers.analysis.grounding.answer_tables import misread
from workers.analysis.grounding.citations import ABSTRACT, cited_in, pieces, unmarked
from workers.analysis.grounding.evidence.index import Index, telling
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.grounding.numbers.read import Number, missing, numbers
from workers.analysis.grounding.numbers.read import stated_numbers as numbers_said
from workers.analysis.grounding.numbers.sums import sums
from workers.analysis.grounding.text.normalize import normalize, without_symbols

_QUOTED = re.compile(
    r"“([^“”\n]{8,1200})”|「([^「」\n]{8,1200})」|『([^『』\n]{8,1200})』|«([^«»\n]{8,1200})»|„([^„“”\n]{8,1200})[“”]"
    r"|(?<!\w)‘((?:[^‘’\n]|’(?=\w)){8,1200})’(?!\w)|(?<![\w\"])\"([^\"\n]{8,1200})\"(?!\w)"
)
DENIED_WORDS = 4
"""Words before a quotation among which a "not" takes its sense away: "does not (yet) restore"."""

_BLOCK = re.compile(r"(?m)^[ \t]*>[ \t]?([^“”「」『』«»„\"\n]{8,1200})$")
"""A line that is set apart as somebody else's."""


_US = re.compile(
    r"^(?:(?:sorry|apologies|unfortunately)[,.!]? )?(?:but )?(?:I(?:[’']m| am| can| cannot| can[’']t| could| do not| "
    r"don[’']t| only| was| have only| answer| read)\b|my (?:task|job|purpose|role)\b|as an? (?:assistant|bot|AI)\b)"
    r"|^(?:抱歉|对不起|很遗憾)?[，,。]?(?:我|本助手|本机器人)(?:们)?(?:只|仅|是|不|无法|没|可以|能|在这里|的(?:任务|作用|职责))",
    re.IGNORECASE,
)
"""How a sentence begins in which the bot speaks of itself."""

_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True)
class Looked:
    """What was found."""

    text: str
    """The answer, without quotation marks around words that nobody wrote."""
    quotes: int = 0
    quotes_found: int = 0
    numbers: int = 0
    missing: tuple[str, ...] = ()
    """Numbers that neither the paper nor the question has, and that no written sum gives."""
    misplaced: tuple[str, ...] = ()
    """Numbers that the paper has, but not where the sentence says that it stands."""
    misread: tuple[str, ...] = ()
    """Numbers of another cell of a table than the one spoken of, with the cell they stand in."""
    unsure: tuple[str, ...] = ()
    """Numbers of a table whose grid was guessed."""
    wrong_sums: tuple[str, ...] = ()
    """Sums that do not come out: `0.862 - 0.722 = 0.15 (0.14)`."""


@dataclass
class _Found:
    """Lists that grow from sentence to sentence."""

    said: int = 0
    missing: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    misread: list[str] = field(default_factory=list)
    fit: set[str] = field(default_factory=set)
    """Numbers of tables that an earlier sentence took from their cell."""
    unsure: list[str] = field(default_factory=list)


def look(text: str, given: PaperContext, question: str) -> Looked:
    """Look up the quotations, numbers and sums of an answer with its marks.

    Each number is looked up first where its sentence says that it stands.
    """
    shown, quotes, found = unquoted(text, given.index, question)
    rows = [(sentence, *sums(without_symbols(unmarked(sentence)))) for sentence in pieces(text)]
    written = [one for _, several, _ in rows for one in several]
    computed = {n.value for one in written if one.right for n in numbers(one.result)}
    lists = _Found()
    for sentence, _, rest in rows:
        _sentence(sentence, rest, computed, given, question, lists)
    once = {name: tuple(dict.fromkeys(getattr(lists, name))) for name in ("missing", "misplaced", "misread", "unsure")}
    wrong = tuple(dict.fromkeys(f"{one.text} ({one.value})" for one in written if not one.right))
    return Looked(shown, quotes, found, lists.said, wrong_sums=wrong, **once)


def _sentence(sentence: str, rest: str, computed: set[str], given: PaperContext, question: str, lists: _Found) -> None:
    said = numbers_said(rest)
    lists.said += len(said)
    lost = missing(missing(given.index.missing(said), numbers(question)), _plain(computed))
    lists.missing += [n.words for n in lost]
    there = [n for n in said if n not in lost and n.value not in computed]
    cited = [given.passages[n - 1] for n in cited_in(sentence) if 1 <= n <= len(given.passages)]
    tables = [t for t in given.text.tables if {p.id for p in cited} & {t.id, *(row.id for row in t.rows)}]
    prose = [n for p in cited if not any(p.id == row.id for t in tables for row in t.rows) for n in numbers(p.text)]
    if any(p.where == ABSTRACT for p in cited):
        prose += numbers(given.text.abstract)
    of_tables = [n for t in tables for words in (t.caption, *(r.text for r in t.rows)) for n in numbers(words)]
    elsewhere = missing(missing(there, [*prose, *of_tables]), numbers(question)) if cited else ()
    lists.misplaced += [n.words for n in elsewhere]
    # what no cited prose has comes from a table; where nothing is cited, from any table that alone has it
    others = [p.text for _, p in given.text.paragraphs() if not hasattr(p, "cells")] if not cited else []
    known = prose or [n for words in others for n in numbers(words)]
    from_tables = [n for n in missing(there, known) if n not in elsewhere]
    plain = unmarked(sentence)
    sure = [t for t in (tables or ([] if cited else given.text.tables)) if t.sure]
    other = [m for m in misread(from_tables, plain, question, sure) if m.number not in lists.fit]
    lists.misread += [f"{m.number} ({m.place})" for m in other]
    lists.fit |= {n.words for n in said} - {m.number for m in other}
    if any(not t.sure for t in tables):
        lists.unsure += [n.words for n in from_tables if n not in missing(from_tables, of_tables)]


def _plain(values: set[str]) -> list[Number]:
    return [Number(value) for value in values]


def about_us(sentence: str) -> bool:
    """True for a sentence in which the bot speaks of itself and states no number.

    It then says nothing of the paper that could need a place.
    """
    plain = unmarked(sentence).strip()
    return bool(_US.match(plain)) and not numbers_said(plain)


def unquoted(text: str, index: Index, question: str = "") -> tuple[str, int, int]:
    """(text with false quotation marks taken off, quotations, those found).

    False are those around words that nobody wrote.
    """
    asked, found = normalize(question)[0], [0, 0]

    def mend(match: re.Match[str]) -> str:
        inside = next(group for group in match.groups() if group is not None)
        words = unmarked(inside)
        kept = normalize(words)[0]
        if not telling(kept) or (_WIDE.search(words) and not _WIDE.search(index.stream)):
            return match.group()  # too little to be a quotation; or Chinese about an English paper: emphasis
        place = index.locate(words)
        there = kept in asked or (place is not None and not index.denied(place, DENIED_WORDS))
        found[0] += 1
        found[1] += there
        return match.group() if there else inside

    return _BLOCK.sub(mend, _QUOTED.sub(mend, text)), found[0], found[1]


def metrics_of(looked: Looked, sentences: int, uncited: int, *, abstained: bool) -> dict[str, float]:
    """For `--json`: the ratios of the notes on grounding.

    Ratios of nothing are 1.0, a rate of nothing is 0.0.
    """
    return {
        "quote_precision": _share(looked.quotes_found, looked.quotes),
        "number_support": _share(looked.numbers - len(looked.missing), looked.numbers),
        "uncited_sentence_rate": round(uncited / sentences, 4) if sentences else 0.0,
        "abstained": float(abstained),
    }


def _share(part: int, whole: int) -> float:
    return round(max(0, part) / whole, 4) if whole else 1.0
