"""The parts of a deep dive that are advice: whether to read it, ideas to try."""

import re
from collections.abc import Sequence

from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.grounding.numbers.read import NAME
from workers.analysis.grounding.numbers.read import stated_numbers as numbers_said
from workers.analysis.schema import AdviceAnswer, ClaimAnswer, DeepdiveAnswer, one_line
from workers.models import ReadAdvice, Statement

LEAD_MAX = 60
"""Characters of a statement's bold beginning: six words, or twenty Chinese characters, with room."""

IDEAS_MAX = 3
"""Ideas that are shown."""

ABSTRACT_STATEMENTS = 5
"""Statements that an abstract bears."""

_SECTION = re.compile(
    r"(?:(?:section|sec\.?|appendix|app\.?|第)\s*|§\s*)?([A-Z]|\d+(?:\.\d+)*)(?:\s*节)?", re.IGNORECASE
)
_NUMBERED = re.compile(r"(?:appendix\s+)?([A-Z]|\d+(?:\.\d+)*)\.?(?:\s|:|$)", re.IGNORECASE)
_NAME_OR_ORDER = re.compile(r"(?<![A-Za-z])(?!x\d|by-?\d)[A-Za-z]+[-.]?\d[\w.-]*|\d-?[Dd]\b|第[一二三]")
_OF_THE_PAPER = re.compile(
    r"\b(?:the|this) (?:paper|authors?|work|article)(?:'s)? (?:\w+ )?"
    r"(?:shows?|proves?|claims?|reports?|demonstrates?|finds?|found|proposes?|uses?|achieves?|states?|trains?)\b"
    r"|(?:本文|论文|作者|该文)(?:们)?(?:已经|还|也)?(?:表明|证明|显示|报告|发现|提出|声称|指出|使用|采用|达到|给出)",
    re.IGNORECASE,
)
"""A claim about the paper: an idea may not make one, for nothing is checked of it."""


def only_ours(answer: DeepdiveAnswer, given: PaperContext) -> DeepdiveAnswer:
    """The answer with up to IDEAS_MAX ideas, only those that state nothing.

    Such an idea has no number, no claim about the paper and no evidence. From an abstract alone, none is kept.
    """
    if not answer.ideas:
        return answer
    ideas = [] if given.text.read_from == "abstract" else [_bare(idea) for idea in answer.ideas if _is_idea(idea)]
    return answer.model_copy(update={"ideas": ideas[:IDEAS_MAX]})


def _is_idea(idea: ClaimAnswer) -> bool:
    text = _NAME_OR_ORDER.sub("x", f"{idea.lead} {idea.text}")
    return not re.search(r"\d", text) and not numbers_said(text) and not _OF_THE_PAPER.search(text)


def _bare(idea: ClaimAnswer) -> ClaimAnswer:
    return idea.model_copy(update={"quote": "", "paragraph": 0, "evidence": [], "derived": []})


def advice_of(answer: AdviceAnswer | None, given: PaperContext) -> ReadAdvice | None:
    """Whether to read the paper, and why; None where there is no usable advice.

    A section that the paper does not have is not named. Advice whose reason has a number that the paper does not have
    is left out.
    """
    if answer is None:
        return None
    why = one_line(answer.why).strip("* ")
    unknown = given.index.missing(numbers_said(_NAME_OR_ORDER.sub("x", why))) or given.index.unnamed(NAME.findall(why))
    if not why or unknown:
        return None
    section = _section(answer.section, given) if answer.action == "skim" else ""
    return ReadAdvice(action=answer.action, section=section, why=why)


def _section(named: str, given: PaperContext) -> str:
    """The number of a section of the paper, '' where it has none of that number."""
    found = _SECTION.fullmatch(named.strip())
    wanted = found[1].casefold() if found else ""
    numbers = (m[1] for s in given.text.sections if (m := _NUMBERED.match(s.title.strip())))
    return next((n for n in numbers if n.casefold() == wanted), "") if wanted else ""


def with_leads(shown: Sequence[Statement], claims: Sequence[ClaimAnswer]) -> tuple[Statement, ...]:
    """The statements with their bold beginnings.

    A beginning with a number that the statement does not have is dropped.
    """
    return tuple(_led(s, claim) for s, claim in zip(shown, claims, strict=True))


def _led(statement: Statement, claim: ClaimAnswer) -> Statement:
    lead = " ".join(re.sub(r"[*_`#]+", "", one_line(claim.lead)).split()).strip(" :：。.")
    numbers = re.findall(r"\d[\d.,]*", lead)
    if not lead or len(lead) > LEAD_MAX or any(n.rstrip(".,") not in statement.text for n in numbers):
        return statement
    text = re.sub(rf"^\**{re.escape(lead)}\**\s*[:：.。—-]*\**\s*", "", statement.text)
    return statement.model_copy(update={"lead": lead, "text": text or statement.text})


def brief(shown: Sequence[Statement]) -> tuple[Statement, ...]:
    """What is shown of a deep dive from an abstract alone.

    The first statement of each section, then others while there are fewer than ABSTRACT_STATEMENTS.
    """
    order = ("contribution", "methodology", "takeaway", "limitations")
    firsts = [next((s for s in shown if s.section == name), None) for name in order]
    kept = [s for s in firsts if s is not None]
    kept += [s for s in shown if s not in kept and s.section in order][: ABSTRACT_STATEMENTS - len(kept)]
    return tuple(s for s in shown if s in kept)
