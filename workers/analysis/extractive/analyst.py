"""The analyst without a model: sentences chosen from the paper by what they do and where they stand.

Every sentence is the paper's own, word for word, in quotation marks; the few words around them say only what kind of
sentence follows, or that none was found. Nothing is inferred, so nothing can be invented.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from prompts import Profile
from workers.analysis.extractive import fulltext
from workers.analysis.extractive.fulltext import Extract
from workers.analysis.extractive.rank import matches, rank
from workers.analysis.extractive.roles import (
    CONTRAST,
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
from workers.analysis.grounding.sentences import sentences
from workers.analysis.grounding.statements import gated, statement
from workers.analysis.meter import Meter
from workers.models import LOCAL, SECTIONS, Analysis, Paper, Score, SectionName, Statement

METHODS, RESULTS, LIMITS = 3, 2, 2
"""Most sentences per section."""

EARLY = 0.4
"""Share of an abstract that usually is about the problem and the work of others."""

_WORDS = {
    "en": {
        "quote": "“{}”",
        "abstract": "abstract",
        "text": "text",
        "none_contribution": "",
        "none_limitations": "No sentence about limitations was found in the {}.",
        "none_methodology": "No more sentences about how it works were found in the {}.",
        "none_takeaway": "No sentence about results was found in the {}.",
        "none_text": "There is no abstract.",
        "match": "On {}:",
        "no_match": "Title and abstract name none of the interests ({}).",
        "comma": ", ",
    },
    "zh": {
        "quote": "“{}”",
        "abstract": "摘要",
        "text": "正文",
        "none_contribution": "",
        "none_limitations": "{}中没有找到谈局限的句子。",
        "none_methodology": "{}中没有找到更多谈做法的句子。",
        "none_takeaway": "{}中没有找到谈结果的句子。",
        "none_text": "没有摘要。",
        "match": "与 {} 有关：",
        "no_match": "标题和摘要没有提到关注的方向（{}）。",
        "comma": "、",
    },
}


@dataclass(frozen=True)
class _Sentence:
    place: int
    text: str


class Extractive:
    """See `analyst.Analyst`; costs nothing and cannot fail."""

    name = "extractive"
    score_model = LOCAL
    deepdive_model = LOCAL

    def score(self, paper: Paper, profile: Profile, meter: Meter | None = None) -> Score:
        """The local ranker's number."""
        found = rank([paper], profile.interests, profile.language)[0]
        return Score(
            id=paper.id,
            version=paper.version,
            state="scored",
            value=found.value,
            local=found.value,
            why=found.why,
            matched=found.matched,
        )

    def analyse(
        self,
        given: PaperContext,
        profile: Profile,
        meter: Meter | None = None,
        *,
        keep: bool = False,
        matched: Iterable[str] | None = None,
    ) -> Analysis:
        """The four sections in the paper's own sentences, each with its place. `matched`: interests it matches; None:
        by the ranker."""
        paper, words = given.paper, _WORDS.get(profile.language, _WORDS["en"])
        if matched is None:
            matched = rank([paper], profile.interests, profile.language)[0].matched
        wanted = tuple(matched)
        found = _from_abstract(paper, wanted) if given.text.read_from == "abstract" else fulltext.choose(given, wanted)
        shown = tuple(_stated(given, name, s) for name, chosen in found.items() for s in chosen)
        statements = tuple(s for s in shown if s is not None)
        texts = {name: [s.quote for s in statements if s.section == name] for name in SECTIONS}
        lacking = words["none_text"] if given.text.read_from == "abstract" and not paper.abstract.strip() else ""
        where = "text" if given.text.read_from != "abstract" else "abstract"
        nothing = {name: lacking or words[f"none_{name}"].format(words[where]) for name in SECTIONS}
        return Analysis(
            id=paper.id,
            version=paper.version,
            contribution=_quoted(texts["contribution"], words) or words["quote"].format(_plain(paper.title)),
            methodology=_quoted(texts["methodology"], words) or nothing["methodology"],
            takeaway=_takeaway(texts["takeaway"], wanted, profile, words, nothing["takeaway"]),
            limitations=_quoted(texts["limitations"], words) or nothing["limitations"],
            by=LOCAL,
            read=given.text.read_from,
            statements=statements,
            grounds=gated(statements, given),
        )


def _stated(given: PaperContext, name: SectionName, chosen: Extract) -> Statement | None:
    """A sentence with its place; None where it is not found in the text as it was read, or is too short to be."""
    place = given.index.locate(chosen.text.removesuffix(" …"), chosen.paragraph)
    return statement(name, "", place, given) if place else None


def _from_abstract(paper: Paper, matched: Sequence[str]) -> dict[SectionName, list[Extract]]:
    left = [_Sentence(i, s) for i, s in enumerate(sentences(paper.abstract)) if not LINK.search(s)]
    total = max(1, len(left))
    own = next((s.place for s in left if NEW.search(s.text)), -1)  # what stands before speaks of others' work
    limits = _take(left, LIMITS, lambda s: _limit(s, total) if s.place >= own else 0.0)
    name = paper.title.partition(":")[0] if ":" in paper.title else ""
    contribution = _take(left, 1, lambda s: _new(s, total, name))
    if not contribution and left:
        contribution = [left.pop(0)]
    results = _take(left, RESULTS, lambda s: _result(s, total, matched))
    methods = _take(left, METHODS, lambda s: _how(s, total, contribution[0].place if contribution else -1))
    rows: dict[SectionName, list[_Sentence]] = {
        "contribution": contribution, "methodology": methods, "takeaway": results, "limitations": limits
    }  # fmt: skip
    return {name: [Extract(s.text) for s in found] for name, found in rows.items()}


def _take(left: list[_Sentence], most: int, worth: Callable[[_Sentence], float]) -> list[_Sentence]:
    """Remove and return the up to `most` worthiest sentences (worth above 0), in the order of the text."""
    able = [(worth(s), s) for s in left]
    chosen = [s for w, s in sorted(able, key=lambda x: (-x[0], x[1].place)) if w > 0][:most]
    for sentence in chosen:
        left.remove(sentence)
    return sorted(chosen, key=lambda s: s.place)


def _new(s: _Sentence, total: int, name: str) -> float:
    """What is new: "we propose" first, then a sentence that begins with the name in the title, then "we"."""
    late = s.place / total
    if NEW.search(s.text):
        return 3.0 - late + (2.0 if NAMED.search(s.text) else 0.0) - (0.5 if RESULT.search(s.text) else 0.0)
    if name and s.text.startswith(name):
        return 3.0 - late
    return 1.0 - late if FIRST_PERSON.search(s.text) and not RESULT.search(s.text) else 0.0


def _how(s: _Sentence, total: int, after: int) -> float:
    """How it works: words of method, or standing right after the contribution (place `after`)."""
    others = OTHERS.search(s.text) or CONTRAST.search(s.text) or s.place == 0
    if s.text.endswith("?") or (others and not FIRST_PERSON.search(s.text)):
        return 0.0
    worth = 1.0 + min(s.place / total, 0.7) if HOW.search(s.text) else 0.0
    worth += 0.6 if 0 < s.place - after <= METHODS else 0.0
    return max(0.0, worth - (0.5 if RESULT.search(s.text) else 0.0))


def _result(s: _Sentence, total: int, matched: Sequence[str]) -> float:
    late = s.place / total
    if not RESULT.search(s.text) or (OTHERS.search(s.text) and late < EARLY):
        return 0.0
    named = 0.5 if matched and matches(s.text, matched) else 0.0
    return late + (1.0 if NUMBER.search(s.text) else 0.0) + named + 0.1


def _limit(s: _Sentence, total: int) -> float:
    """A limit of this paper: late in the abstract, and not about the work of others."""
    late = s.place / total
    if OTHERS.search(s.text) or NAMED.search(s.text) or late < EARLY:
        return 0.0
    if LIMIT.search(s.text):
        return 2.0 + late + (1.0 if HOWEVER.search(s.text) else 0.0)
    return 1.0 if HOWEVER.search(s.text) and not RESULT.search(s.text) else 0.0


def _takeaway(
    results: Sequence[str], matched: Sequence[str], profile: Profile, words: dict[str, str], nothing: str
) -> str:
    quoted = _quoted(results, words) or nothing
    if matched:
        return f"{words['match'].format(words['comma'].join(matched))}\n\n{quoted}"
    return f"{words['no_match'].format(words['comma'].join(profile.interests))}\n\n{quoted}"


def _quoted(chosen: Sequence[str], words: dict[str, str]) -> str:
    lines = [words["quote"].format(_plain(text)) for text in chosen]
    return "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else "".join(lines)


def _plain(text: str) -> str:
    """Without effect as Markdown links or HTML; maths and emphasis of the authors stay."""
    parts = re.split(r"(\$[^$]*\$)", " ".join(text.split()))
    return "".join(p if p[:1] == "$" else p.replace("<", "\\<").replace("](", "]\\(") for p in parts)
