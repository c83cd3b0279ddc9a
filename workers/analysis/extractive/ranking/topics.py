"""Makes a profile proposal from a team's own words, without a model."""

import re
from collections.abc import Iterable

from prompts.profile import phrases
from workers.analysis.extractive.ranking.categories import categories_of
from workers.models.topic import Topic
from workers.taxonomy import in_english
from workers.words import words

DISCUSSED = ("cs.CV", "cs.CL", "cs.LG", "cs.AI", "cs.RO", "cs.MA", "cs.SD", "eess.AS", "eess.IV")
"""Categories whose papers stand on Hugging Face's daily list."""

POPULAR = "huggingface:15"

TITLE_MAX = 60
"""Characters of a phrase that becomes a title."""

_LEAD = re.compile(
    r"^\s*(?:we|i|our (?:lab|group|team|company)|my (?:lab|group|team)|the (?:lab|group|team))\s+(?:mostly |mainly )?"
    r"(?:works?|stud(?:y|ies)|research(?:es)?|focus(?:es)?|(?:is|are|am) (?:working|interested)|builds?|develops?)\s+"
    r"(?:on |in |about )?|^\s*(?:我们|我|本组|我们组|课题组)?(?:主要)?(?:研究|做|关注|从事)(?:的是)?\s*",
    re.I,
)
"""What people put before their topic: "we work on", "我们研究"."""


_AND = re.compile(r",? (?:and|as well as) |以及|および|(?<=[\u3040-\u9fff]{2}) ?[和与] ?(?=[^和与]{2})", re.I)
"""What joins two topics of a sentence, where both have two words or more: not "search and rescue robots"."""


def propose(text: str, language: str) -> Topic:
    """The words as a proposal; `text` holds at least one word."""
    listed = [topic for phrase in phrases(_LEAD.sub("", text)) for topic in _apart(phrase)] or [text.strip()]
    first, interests, w = listed[0][:TITLE_MAX], tuple(map(_with_english, listed)), words(language)
    named = first if first.isupper() or not first.isascii() else " ".join(_capital(word) for word in first.split())
    return Topic(
        title=w.say("topic_title", topic=named),
        persona=w.say("topic_persona", topic=first),
        audience=w.say("topic_audience", topics=w["and"].join(listed[:3])),
        interests=interests,
        sources=where(interests),
    )


def where(interests: tuple[str, ...]) -> tuple[str, ...]:
    """Sources whose papers are about the interests, most telling first.

    Hugging Face's list where nothing fits.
    """
    return sources_of(categories_of(interests)) or (POPULAR,)


def sources_of(categories: Iterable[str]) -> tuple[str, ...]:
    """The categories as sources.

    Hugging Face's list leads where it has papers of one of them.
    """
    chosen = dict.fromkeys(categories)
    return (*([POPULAR] if any(c in DISCUSSED for c in chosen) else []), *(f"arxiv:{c}" for c in chosen))


def _with_english(phrase: str) -> str:
    """The phrase, with its English name in brackets where one is known.

    Abstracts are compared with both.
    """
    english = in_english(phrase)
    return f"{phrase} ({english})" if english else phrase


def _apart(phrase: str) -> list[str]:
    parts = [part.strip() for part in _AND.split(phrase)]
    return parts if all(len(part.split()) > 1 or not part.isascii() for part in parts) else [phrase]


def _capital(word: str) -> str:
    return (
        word if any(c.isupper() for c in word) or word in ("and", "of", "for", "in", "on", "the") else word.capitalize()
    )
