"""A team's own words -> a proposal for its profile, without a model: phrases as written, categories by the ranker."""

import re

from prompts.profile import phrases
from workers.analysis.extractive.rank import rank
from workers.models import Paper
from workers.models.topic import Topic
from workers.taxonomy import Category, categories
from workers.words import words

MOST_CATEGORIES = 3
"""Categories that are proposed: each is read every day, and four fields are seldom one team's."""

NEAR_BEST = 0.8
"""Share of the best category's number from which another one is proposed, too."""

FITS_FROM = 25
"""Number of a category from which it is proposed: half of a phrase's words stand in its line."""

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


_AND = re.compile(r",? (?:and|as well as) |以及", re.I)
"""What joins two topics of a sentence, where both have two words or more: not "search and rescue robots"."""


def propose(text: str, language: str) -> Topic:
    """The words as a proposal; `text` holds at least one word."""
    listed = [topic for phrase in phrases(_LEAD.sub("", text)) for topic in _apart(phrase)]
    interests = tuple(listed or [text.strip()])
    first, w = interests[0][:TITLE_MAX], words(language)
    named = first if first.isupper() or not first.isascii() else " ".join(_capital(word) for word in first.split())
    return Topic(
        title=w.say("topic_title", topic=named),
        persona=f"an expert on {first}",
        audience=f"a team that works on {', '.join(interests[:3])}",
        interests=interests,
        sources=where(interests),
    )


def where(interests: tuple[str, ...]) -> tuple[str, ...]:
    """Sources whose papers are about the interests, most telling first; Hugging Face's list where nothing fits."""
    words_of = {word for phrase in interests for word in re.findall(r"\w{4,}", phrase)}
    for told in (interests, tuple(sorted(words_of))):
        found = {c: _fit(c, told) for c in categories().values()}
        best = max(found.values())
        if best >= FITS_FROM:
            order = sorted(found, key=lambda c: -found[c])[:MOST_CATEGORIES]
            chosen = tuple(c.id for c in order if found[c] >= max(FITS_FROM, NEAR_BEST * best))
            popular = (POPULAR,) if any(c in DISCUSSED for c in chosen) else ()
            return (*popular, *(f"arxiv:{c}" for c in chosen))
    return (POPULAR,)


def _fit(category: Category, interests: tuple[str, ...]) -> int:
    about = Paper(id=category.id, title=category.name, abstract=category.words)
    return rank([about], interests)[0].value


def _apart(phrase: str) -> list[str]:
    parts = [part.strip() for part in _AND.split(phrase)]
    return parts if all(len(part.split()) > 1 or not part.isascii() for part in parts) else [phrase]


def _capital(word: str) -> str:
    return (
        word if any(c.isupper() for c in word) or word in ("and", "of", "for", "in", "on", "the") else word.capitalize()
    )
