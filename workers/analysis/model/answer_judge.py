"""Asks the judge whether passages support an answer's sentences; labels only."""

from dataclasses import dataclass

from workers.analysis.budget import Meter
from workers.analysis.grounding.answer_check import about_us
from workers.analysis.grounding.citations import cited_in, cut, pieces, unmarked
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.grounding.numbers.sums import sums
from workers.analysis.model.judge import Item, Judge, Verdict, captions_of

PASSAGE_MAX, CITED_MAX = 1_500, 4
"""Characters of a passage, and passages of a sentence, that the judge is shown."""

SENTENCE_MAX = 100
"""Characters of a sentence that is named as doubtful."""


@dataclass(frozen=True)
class JudgedDoubts:
    """What the judge doubts."""

    judged: int = 0
    unborne: tuple[str, ...] = ()
    contradicted: tuple[str, ...] = ()


def doubts(question: str, text: str, given: PaperContext, judge: Judge, meter: Meter) -> JudgedDoubts:
    """What the judge doubts in a `marked` answer.

    One call for all sentences that cite something.
    """
    items = ((unmarked(sentence).strip(), _item(question, sentence, given)) for sentence in pieces(text))
    rows = [(said, item) for said, item in items if item]
    found = [(said, v) for (said, _), v in zip(rows, judge.verdicts([i for _, i in rows], meter), strict=True) if v]
    against = [said for said, v in found if _contradicts(v)]
    weak = [said for said, v in found if v.verdict != "supported" and not _contradicts(v)]
    return JudgedDoubts(len(found), _named(weak), _named(against))


def _contradicts(v: Verdict) -> bool:
    return v.verdict == "contradicted" and bool(v.words)


def _named(sentences: list[str]) -> tuple[str, ...]:
    return tuple(cut(sentence, SENTENCE_MAX) for sentence in dict.fromkeys(sentences))


def _item(question: str, sentence: str, given: PaperContext) -> Item | None:
    """A sentence as the judge sees it.

    None where it cites nothing or speaks of the bot.
    """
    numbers = [n for n in dict.fromkeys(cited_in(sentence)) if 1 <= n <= len(given.passages)][:CITED_MAX]
    if not numbers or about_us(sentence):
        return None
    captions = captions_of(given)
    shown = [given.passages[n - 1] for n in numbers]
    evidence = [f"{p.text}\n({captions[p.id]})" if captions.get(p.id) else p.text for p in shown]
    plain = unmarked(sentence).strip()
    computed = tuple(one.text for one in sums(plain)[0] if one.right)
    return Item(f"(asked: {cut(question, 300)}) {plain}", tuple(e[:PASSAGE_MAX] for e in evidence), computed)
