"""Makes a profile proposal from a team's own words, without a model."""

import re
from collections.abc import Iterable, Sequence

from workers.analysis.extractive.ranking.categories import categories_of, collections_of
from workers.analysis.extractive.ranking.own_words import topics_in
from workers.models.topic import Topic
from workers.taxonomy import in_english
from workers.words import words

DISCUSSED = ("cs.CV", "cs.CL", "cs.LG", "cs.AI", "cs.RO", "cs.MA", "cs.SD", "eess.AS", "eess.IV")
"""Categories whose papers stand on Hugging Face's daily list."""

POPULAR = "huggingface:15"

TITLE_MAX = 48
"""Characters of a topic that becomes a title; the last word is whole."""

QUERY_MAX = 140
"""Characters of a query to PubMed: a longer source does not fit into Slack's menu."""

ACRONYMS = frozenset({
    "ai", "ml", "dl", "nlp", "llm", "vlm", "rl", "rag", "hci", "cv", "mri", "ct", "pet", "eeg", "ecg", "dna", "rna",
    "mrna", "gan", "gnn", "asr", "tts", "iot", "ehr", "hiv", "icu", "cfd", "dft", "sat", "smt",
})  # fmt: skip
"""Words of a title in capitals; an `s` behind them stays small."""

SMALL_WORDS = frozenset("a an and as at by for from in of on or the to via with".split())  # noqa: SIM905
"""Words of a title in small letters."""


_ENGLISH = re.compile(r"(?:^|(?<=\())[A-Za-z0-9'-]+(?: [A-Za-z0-9'-]+){1,3}(?=$|\))")
"""A phrase of two to four words, alone or in brackets."""

_JOINED = re.compile(r"\b(?:for|of|in|with|and|or|to|how)\b", re.I)
"""Words that no title has just so."""


def propose(text: str, language: str) -> Topic:
    """The words as a proposal; `text` holds at least one word."""
    listed, w = topics_in(text), words(language)
    interests, said = tuple(map(_with_english, listed)), [_spoken(topic, w.language) for topic in listed]
    return Topic(
        title=w.say("topic_title", topic=_title(said[0])),
        persona=w.say("topic_persona", topic=said[0]),
        audience=w.say("topic_audience", topics=w["and"].join(said[:3])),
        interests=interests,
        sources=where(interests),
    )


def where(interests: tuple[str, ...]) -> tuple[str, ...]:
    """Sources whose papers are about the interests, most telling first.

    Hugging Face's list where nothing fits.
    """
    return (*sources_of(categories_of(interests)), *beyond_arxiv(interests)) or (POPULAR,)


def beyond_arxiv(interests: tuple[str, ...]) -> tuple[str, ...]:
    """Sources for interests of biology and medicine.

    Areas of bioRxiv and medRxiv, and a query to PubMed.
    """
    areas = collections_of(interests)
    clinical = any(area.startswith("medrxiv:") for area in areas)
    query = _query([phrase for phrase in interests if collections_of([phrase])]) if clinical else ""
    return (*areas, *([f"pubmed:{query}"] if query else []))


def _query(phrases: Sequence[str]) -> str:
    """A query to PubMed for phrases of two to four words.

    A single word would bring hundreds of papers a day.
    """
    found = ""
    for phrase in phrases:
        wanted = _ENGLISH.search(phrase)
        term = f"{wanted[0].strip()}[tiab]" if wanted and not _JOINED.search(wanted[0]) else ""
        longer = f"{found} OR {term}" if found and term else term or found
        found = longer if len(longer) <= QUERY_MAX else found
    return found


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


def _spoken(topic: str, language: str) -> str:
    """A topic in words of the language.

    Its English name where the language is not written in its signs.
    """
    return topic if language in ("zh", "ja") else in_english(topic) or topic


def _title(topic: str) -> str:
    """A topic as it stands in a title."""
    short = topic if len(topic) <= TITLE_MAX else topic[: TITLE_MAX + 1].rsplit(" ", 1)[0][:TITLE_MAX].rstrip(" ,;")
    if not short.isascii():
        return short[:1].upper() + short[1:]
    return " ".join(_capital(word, first=not place) for place, word in enumerate(short.split()))


def _capital(word: str, *, first: bool) -> str:
    plain = word.casefold().removesuffix("s")
    if plain in ACRONYMS and word.islower():
        return plain.upper() + word[len(plain) :]
    if any(c.isupper() for c in word) or (word in SMALL_WORDS and not first):
        return word
    return word[:1].upper() + word[1:]
