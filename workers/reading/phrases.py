"""Phrases by which a text speaks to a language model instead of a reader.

The phrase screen of the notes on injection, narrowed where papers about models or reviews use the same words in
earnest. A hit is a label, never a verdict: papers on security quote such phrases, and venues plant them as canaries.
"""

import re

_WHO = r"(?:ai|llm|(?:ai |large )?language model|chatbot)"
_SCREEN = (
    (
        ("ignor",),
        r"ignor(?:e|ing) (?:\w+ ){0,3}(?:previous|prior|above|earlier|preceding|other) (?:\w+ )?"
        r"(?:instruction|prompt|direction|rule)",
    ),
    (
        ("disregard", "forget", "override"),
        r"(?:disregard|forget|override) (?:\w+ ){0,3}(?:instruction|prompt|direction|rule|guideline)",
    ),
    (
        ("ive review", "able review", "ing review"),
        r"(?:give|write|provide|output|return|generate|produce|leave|submit|only)s? (?:\w+ ){0,2}"
        r"(?:positive|favou?rable|glowing) review|positive reviews? only",
    ),
    (
        ("as a language", "as a large", "as an ai", "as an llm", "as a chatbot"),
        rf"as an? {_WHO}(?: reviewer| assistant|,? you\b)",
    ),
    (
        (" reviewer", " assistant", " agent"),
        r"(?:note|attention|instructions?|message|dear|to|for) (?:\w+ ){0,2}"
        + _WHO
        + r"s? (?:reviewer|assistant|agent)",
    ),
    (("if you",), rf"if you(?: are|'re) an? {_WHO}\b"),
    (
        ("do not ",),
        r"do not (?:mention|highlight|report|list|discuss)\b[^.]{0,60}\b(?:negative|weakness|limitation|flaw)",
    ),
    (
        (" rate th", " rate our", " score th", " score our", " grade th", " grade our"),
        r"\b(?:rate|score|grade) (?:this|our|the) (?:paper|work|article|submission|manuscript|study)\b",
    ),
    (
        (" rate this", " rate it", " rate us", " score this", " score it", " give this", " give it", " give us"),
        r"\b(?:rate|score|give) (?:this|it|us)\b[^.]{0,40}\b(?:100|10/10|ten out of ten|highest score|full marks)",
    ),
    (("recommend ",), r"recommend (?:\w+ ){0,3}(?:strong accept|(?:for )?acceptance of this|accepting this)"),
    (("you are now", "you must now"), r"you (?:are|must) now (?:act|an?|respond|ignore)\b"),
    (
        ("<|", "inst]", "</", "<sys", "<im"),
        r"<\|?/?(?:im_start|im_end|system|assistant|endoftext)\|?>|\[/?inst\]|</(?:document|paper|instructions?)>",
    ),
    (("忽略", "无视"), r"(?:忽略|无视)[^。]{0,8}(?:指令|指示|提示)"),
    (("评",), r"(?:给出|只给|仅给|提供)[^。]{0,6}(?:正面|积极)的?(?:评价|评审)"),
)
"""(words of which one must be there, pattern), both lower case; the words make the screen cheap."""

_PATTERNS = tuple((words, re.compile(pattern)) for words, pattern in _SCREEN)


def addresses_model(text: str) -> bool:
    """True where a phrase in cleaned `text` speaks to a language model."""
    low = f" {text.lower()}"
    return any(pattern.search(low) for words, pattern in _PATTERNS if any(word in low for word in words))
