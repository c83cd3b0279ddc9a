"""Phrases by which a text speaks to a language model instead of a reader.

The phrase screen of the notes on injection, narrowed where papers about models or reviews use the same words in
earnest. A hit is a label, never a verdict: papers on security quote such phrases, and venues plant them as canaries.
"""

import re

_WHO = r"(?:ai|llm|(?:ai |large )?language model|chatbot)"
_SCREEN = (
    (
        ("ignor",), ("ignor",),
        r"ignor(?:e|ing) (?:\w+ ){0,3}(?:previous|prior|above|earlier|preceding|other) (?:\w+ )?"
        r"(?:instruction|prompt|direction|rule)",
    ),
    (
        ("disregard", "forget", "override"), ("instruction", "prompt", "direction", "rule", "guideline"),
        r"(?:disregard|forget|override) (?:\w+ ){0,3}(?:instruction|prompt|direction|rule|guideline)",
    ),
    (
        (" review",), ("ive review", "able review", "ing review"),
        r"(?:give|write|provide|output|return|generate|produce|leave|submit|only)s? (?:\w+ ){0,2}"
        r"(?:positive|favou?rable|glowing) review|positive reviews? only",
    ),
    (
        (" review", " assistant", "you"), ("as a language", "as a large", "as an ai", "as an llm", "as a chatbot"),
        rf"as an? {_WHO}(?: reviewer| assistant|,? you\b)",
    ),
    (
        (" review", " assistant", " agent"), (" reviewer", " assistant", " agent"),
        r"(?:note|attention|instructions?|message|dear|to|for) (?:\w+ ){0,2}"
        + _WHO
        + r"s? (?:reviewer|assistant|agent)",
    ),
    (("you",), ("if you",), rf"if you(?: are|'re) an? {_WHO}\b"),
    (
        ("do not ",), ("negative", "weakness", "limitation", "flaw"),
        r"do not (?:mention|highlight|report|list|discuss)\b[^.]{0,60}\b(?:negative|weakness|limitation|flaw)",
    ),
    (
        (" rate ", " score ", " grade "),
        (" rate th", " rate our", " score th", " score our", " grade th", " grade our"),
        r"\b(?:rate|score|grade) (?:this|our|the) (?:paper|work|article|submission|manuscript|study)\b",
    ),
    (
        (" rate ", " score ", " give "),
        (" rate this", " rate it", " rate us", " score this", " score it", " give this", " give it", " give us"),
        r"\b(?:rate|score|give) (?:this|it|us)\b[^.]{0,40}\b(?:100|10/10|ten out of ten|highest score|full marks)",
    ),
    (
        ("recommend ",), ("accept",),
        r"recommend (?:\w+ ){0,3}(?:strong accept|(?:for )?acceptance of this|accepting this)",
    ),
    (("you",), ("you are now", "you must now"), r"you (?:are|must) now (?:act|an?|respond|ignore)\b"),
    (
        ("<",), ("<|", "</", "<sys", "<im"),
        r"<\|?/?(?:im_start|im_end|system|assistant|endoftext)\|?>|</(?:document|paper|instructions?)>",
    ),
    (("]",), ("inst]",), r"\[/?inst\]"),
    (("忽", "无"), ("忽略", "无视"), r"(?:忽略|无视)[^。]{0,8}(?:指令|指示|提示)"),
    (("评",), ("评",), r"(?:给出|只给|仅给|提供)[^。]{0,6}(?:正面|积极)的?(?:评价|评审)"),
)  # fmt: skip
"""(words of which one must be there, words of which one more must be, pattern), all lower case.

The first words are few, because each costs a look through the whole text; the second narrow what common ones let by."""

_PATTERNS = tuple((first, then, re.compile(pattern)) for first, then, pattern in _SCREEN)
_FIRST = tuple(dict.fromkeys(word for first, _, _ in _SCREEN for word in first))

AROUND = 250
"""Characters before and after a first word that are looked at; the longest patterns span 100."""

OFTEN = 8
"""Occurrences of a first word up to which only the text around each is looked at; the whole beyond."""


def addresses_model(text: str) -> bool:
    """True where a phrase in cleaned `text` speaks to a language model."""
    low = f" {text.lower()}"
    places = {word: found for word in _FIRST if (found := _places(low, word))}
    return any(
        pattern.search(piece)
        for first, then, pattern in _PATTERNS
        for word in first
        if word in places
        for piece in _pieces(low, places[word], then)
    )


def _places(low: str, word: str) -> list[int]:
    """Where `word` stands, up to one more than OFTEN."""
    found, at = list[int](), low.find(word)
    while at >= 0 and len(found) <= OFTEN:
        found.append(at)
        at = low.find(word, at + 1)
    return found


def _pieces(low: str, places: list[int], then: tuple[str, ...]) -> list[str]:
    """What to search for a pattern whose first word stands at `places`."""
    pieces = [low] if len(places) > OFTEN else [low[max(0, at - AROUND) : at + AROUND] for at in places]
    return [piece for piece in pieces if any(map(piece.__contains__, then))]
