"""Tells which sentences of a paper can stand alone in a chat."""

import re

from workers.analysis.extractive.sentences.roles import LEANS, LINK
from workers.analysis.grounding.text.sentences import words_of

LEAST, MOST = 45, 360
"""Characters of a sentence that can stand alone and is read in a chat."""

LEAST_ABSTRACT, MOST_ABSTRACT = 20, 480
"""The same of a sentence of the abstract, which its neighbours explain."""

MATHS_MAX = 50
"""Characters of TeX in a sentence of words."""

CITED_MAX = 3
"""Works cited in one sentence, above which it is a list of the works of others."""

FIGURES_SHARE = 0.30
"""Share of words that are numbers, above which a sentence is a row of a table."""

LETTERS_SHARE = 0.16
"""Share of words of one letter (a and I aside), above which a sentence is a formula whose signs were lost."""

_SIGNPOST = words_of(
    r"""\b(?:in|see|of|to|from|under|and) (?:the )?(?:(?:next|following|previous|above|supplementary|remaining|
    rest)\s(?:sub)?sections?|(?:sub)?sections?|sec\.|appendix|appendices|§|supplement\w*|chapter)(?: |\b)|
    \b(?:as follows|the following|organi[sz]ed as|described (?:below|above)|shown below|see below|listed below|
    rest of (?:the|this)\s(?:paper|article)|above, we|
    we (?:start|begin) by (?:presenting|describing|introducing)|remainder of|(?:this|the next|our next) section|
    supplementary|
    detailed (?:below|above)|(?:top|bottom|upper|lower|left|right)[- ](?:left|right|panel|row|column|half|side)|
    (?:left|right|top|bottom) (?:panel|figure|plot)|we (?:refer|defer)|more details|for details|summari[sz]ed in|
    shown on the)\b|\bsections? \d"""
)
_POINTS = words_of(
    r"""^(?:(?:as |also )?(?:shown|seen|illustrated|depicted|listed|reported|given|summarized|summarised|described|
    see|plotted)? ?(?:in |by )?(?:the )?(?:\w+ (?:of|in) )?(?:figs?\b|figures?\b|tables?\b|tabs?\.|eqs?\b|
    equations?\b|algorithms?\b|listings?\b|panels?\b|theorem\b|lemma\b|definition\b|proposition\b|corollary\b|
    step \d|proof\b|remark\b|example \d|q\d|a\d:)|we (?:show|report|present|list|plot|summari[sz]e|illustrate|
    provide|give|describe)\b.{0,60}\bin\s(?:figs?\b|figures?\b|tables?\b))"""
)
_SHOWN = re.compile(
    r"\((?:see |cf\.? |e\.g\.,? )?(?:Fig|Tab|Eq|Sec|App|Supp|Algorithm)\w*\.?[^)]{0,40}\)"
    r"|\b(?:Fig|Figure|Eq|Equation)s?\.?\s*[(\dS]"
)
_LISTED = re.compile(
    r"^(?:\d+(?:[,–-]\d+)*\s+[A-Z]|\(?[a-z\d]{1,3}[).]\s|[ivx]{1,4}[).]\s|[•·▪◦*–—-]\s|"
    r"\d+(?:\.\d+)+\s|Step \d|RQ\d|Q\d)"
)
_CITED = re.compile(
    r"\[\d+(?:[,–-]\s*\d+)*\]|et al\b|\(\s*[A-Z][\w-]+(?:\s(?:and|&)\s[A-Z][\w-]+)?,? \d{4}|\b(?:19|20)\d\d[a-z]?\)"
)
_KEY = re.compile(r"\b[a-z][a-z-]*(?:19|20)\d\d[a-z]*\b|:(?:19|20)\d\d[:\b]|\(\w+, \)")
"""A citation's key, where the page lacks what it stands for."""
_CITED_LONG = re.compile(r"\[\d+(?:,\s*\d+){3,}")
_SIGNS = re.compile(r"[=∑∏∫≤≥∈→|{}\\^_Œ∥∇∂ΣΠ⊂∀∃≈∼]|: :|; :|� ")
_CELLS = re.compile(r"(?<![\w.])\d+\.\d+[*†‡]?\s+\(?-?\d+\.\d|\d\s+\d+\.\d+\s+\d")
_FIGURE_TEXT = re.compile(
    r"(?:\[[A-Z][a-z]+\]\s*){2,}|\[Stop\]|(?:\b[A-Z][\w-]*\s+){6,}|\s/\s\w+\s+\[|<\w+>|\{\w+\}|[�□■]|\.\s?\.\s?\.\s?\."
)
_ASKED = re.compile(r"\?|\b(?:[Yy]ou|[Yy]our|[Mm]y|I'm|I am|I would|I will|[Pp]lease)\b")
_RUN_IN = re.compile(
    r"^(?:[A-Z][\w-]*[.:]?\s+(?:(?:and|of|for|in|with|the|to|vs|via)\s+)?){1,7}?"
    r"(?=(?:We|In|The|To|This|Our|For|When|As|Since|While|Following|Although|During|Given|After|It|A|An)\s+(?:[a-z]|[A-Z][\w-]*\s+[a-z]))"
)
_FRONT = words_of(
    r"""\b(?:copyright|license[ds]?\b.{0,20}\bcc|permission to|all rights reserved|corresponding author|
    equal contribution|arxiv|preprint|accepted (?:at|to|by)|proceedings of|downloaded|funded by|
    supported by (?:the|a) \w+ (?:grant|foundation)|grant no|acknowledge|university of|department of|published in|
    doi|isbn|camera-ready|anonymous)\b"""
)
_PROMPT = words_of(
    r"""\b(?:output format|json|step-by-step|answer:|user:|assistant:|query:|input:|question:)\b|^(?:given the|decide|
    return)"""
)


def trimmed(text: str) -> str:
    """The sentence without a heading that ran into it, in its own letters.

    "Reward Design We conduct ..." has one; a number or bullet before the sentence is cut as well.
    """
    text = _NUMBERED.sub("", text, count=1)
    cut = _RUN_IN.sub("", text, count=1)
    first = text.split(" ", 1)[0]
    return text if cut == text or first in _OPENERS else cut


_NUMBERED = re.compile(r"^(?:\(?(?:\d{1,2}|[a-h]|i{1,3}|iv|v)[).]\s+|[•·▪◦*–—-]\s+)(?=[A-Z])")

_OPEN = """
We In The To This Our For When As Since While Following Although During Given After It A An On At By With From
Each These Those Using If Under Both All Unlike Despite However Moreover
"""
_OPENERS = frozenset(_OPEN.split())


def stands_alone(text: str, *, abstract: bool = False) -> bool:
    """True where the sentence may be shown by itself.

    One of an abstract may lean on the one before.
    """
    least, most = (LEAST_ABSTRACT, MOST_ABSTRACT) if abstract else (LEAST, MOST)
    if not least <= len(text) <= most and not _cjk(text):
        return False
    if text[-1:] not in ".!。！" and not text.endswith((".)", ".”", '."')):
        return False
    if not (
        text[0].isupper() or text[0].isdigit() or text[0] in '$“"' or _cjk(text[0]) or re.match(r"[a-z]+[A-Z]", text)
    ):
        return False
    words = re.sub(r"\$[^$]*\$", "x", text)
    if any(
        p.search(words)
        for p in (LINK, _LISTED, _ASKED, _FRONT, _SIGNPOST, _POINTS, _FIGURE_TEXT, _CELLS, _PROMPT, _KEY)
    ):
        return False
    if not balanced(text) or _formula(text) or len(_CITED.findall(text)) > CITED_MAX or _CITED_LONG.search(text):
        return False
    return abstract or not (LEANS.search(text) or _SHOWN.search(text))


def balanced(text: str) -> bool:
    """True where all brackets and quotation marks are closed.

    Else the sentence was cut, or is two.
    """
    pairs = (("(", ")"), ("[", "]"), ("“", "”"))
    return (
        all(text.count(a) == text.count(b) for a, b in pairs) and text.count("$") % 2 == 0 and text.count('"') % 2 == 0
    )


def _formula(text: str) -> bool:
    maths = re.findall(r"\$[^$]*\$", text)
    rest = re.sub(r"\$[^$]*\$", " ", text)
    if sum(map(len, maths)) > MATHS_MAX or len(_SIGNS.findall(rest)) > 1:
        return True
    words = rest.split()
    single = sum(len(w.strip(",.;()")) == 1 and w.strip(",.;()") not in "aAI&–-—+" for w in words)
    figures = sum(bool(re.match(r"^[(±+-]?\d[\d.,%]*\)?$", w)) for w in words)
    return bool(words) and (single / len(words) > LETTERS_SHARE or figures / len(words) > FIGURES_SHARE)


def _cjk(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)
