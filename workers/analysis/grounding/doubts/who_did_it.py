"""Doubts statements whose people are not those of the evidence."""

import re
from collections.abc import Sequence, Set

from workers.analysis.grounding.doubts.clauses import parts
from workers.analysis.grounding.text.terms import Term, keys_of, shares, terms

_DOERS = (
    (
        r"\b(?:by|from) (?:the |one |two )?(?:\w+ )?(?:of the )?authors?\b|\bby us\b|由作者",
        r"\bauthors?\b|\bwe\b|\bour\b|作者|我们",
    ),
    (r"\bcrowd[- ]?\w+|\bm-?turk\w*|\bmechanical turk\b|\bturkers?\b|众包", ""),
    (r"\b(?:domain )?experts?\b|\bspecialists?\b|专家", ""),
    (r"\bannotators?\b|\blabell?ers?\b|\braters?\b|\bjudges?\b|标注员|标注者|评审", ""),
    (r"\bphysicians?\b|\bclinicians?\b|\bdoctors?\b|\bradiologists?\b|\bnurses?\b|医生|护士", ""),
    (r"\bstudents?\b|\bundergraduates?\b|学生(?!模型|网络)", ""),
    (r"\bvolunteers?\b|志愿者", ""),
    (r"\bnative speakers?\b|母语", ""),
    (
        r"\bby (?:an? )?(?:LLMs?|GPT\S*|language models?)\b|由(?:大|语言)?模型",
        r"\bLLMs?\b|\bGPT\S*|\blanguage models?\b",
    ),
)
DOERS = [(re.compile(a, re.IGNORECASE), re.compile(b or a, re.IGNORECASE)) for a, b in _DOERS]
"""Kinds of people that do things for a paper: as a statement names them, and as the paper does."""

_DONE = re.compile(r"\b(?:by|from)\b|由|被|请", re.IGNORECASE)
"""Words that say by whom something was done."""


def other_doer(text: str, places: Sequence[str], around: str) -> bool:
    """True where a statement names other people than its evidence as those who did.

    Those of the statement then stand nowhere in `around`, the paragraphs of the evidence.
    """
    if not _DONE.search(text):
        return False
    near = " ".join(places)
    said = [there for here, there in DOERS if here.search(text)]
    named = [there for _, there in DOERS if there.search(near) and _DONE.search(near)]
    return bool(said and named) and not any(there.search(around) for there in said)


COPIED, COPIED_LEAST = 0.75, 4
"""Share of a statement's telling words, and how many, that make it a copy of a sentence but for its subject."""

SUBJECT = 4
"""Characters before a subject: "The "."""

_ANYONE = "algorithm approach author method model network study system techniqu tool"
_ANYBODY = frozenset(_ANYONE.split())
"""Stems that may stand for any subject."""


def other_subject(said: Sequence[Term], places: Sequence[str], own: Set[str]) -> bool:
    """True where a statement copies a sentence but for what it speaks of.

    Its first telling word is then not in the sentence, nor is the sentence's first one in it.
    """
    anybody = _ANYBODY | own
    if len(said) <= COPIED_LEAST or said[0].at > SUBJECT or not said[0].words.isascii() or said[0].keys & anybody:
        return False
    mine = keys_of(said)
    for sentence in parts(places):
        there = terms(sentence)
        keys = keys_of(there)
        alike = [shares(t, keys) for t in said]
        if not there or there[0].at > SUBJECT or alike[0] or shares(there[0], mine) or there[0].keys & anybody:
            continue
        if sum(alike) >= max(COPIED_LEAST, COPIED * len(said)):
            return True
    return False
