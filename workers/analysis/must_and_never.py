"""Looks up a channel's `must` and `never` phrases in title and abstract.

Words count by their stems, in any case: `diffusion model` stands in "Diffusion Models". A phrase that begins with
`title:` is looked up in the title alone; `*` is any letters in a word, or any words where it stands by itself.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from workers.analysis.extractive.ranking.stems import stems_of, words_of
from workers.models import Paper

TITLE = "title:"
"""Before a phrase that must stand in the title."""


def standing(paper: Paper, phrases: Sequence[str]) -> str:
    """The first of `phrases` that stands in the paper, as the channel wrote it.

    Empty for none.
    """
    if not phrases:
        return ""
    texts = [(_words(text), _stems(text)) for text in (paper.title, paper.abstract)]
    return next((phrase for phrase in phrases if _stands(phrase, texts)), "")


def _stands(phrase: str, texts: Sequence[tuple[str, str]]) -> bool:
    said = phrase.strip()
    only_title = said.casefold().startswith(TITLE)
    said = said[len(TITLE) :] if only_title else said
    if "*" in said:
        form = _form(said)
        return bool(form) and any(re.search(form, words) for words, _ in texts[: 1 if only_title else None])
    wanted = _stems(said)
    return bool(wanted.strip()) and any(wanted in stems for _, stems in texts[: 1 if only_title else None])


@lru_cache(maxsize=1_000)
def _form(said: str) -> str:
    """A phrase with asterisks as a regular expression over `_words`.

    Empty where it has no word.
    """
    parts = [part for part in said.casefold().split() if part.strip("*")]
    if not any(words_of(part) for part in parts):
        return ""
    form = r"\s"
    for part in said.casefold().split():
        if not part.strip("*"):
            form += r"(?:\S+\s)*?"
        else:
            form += r"\S*".join(r"\s".join(map(re.escape, words_of(piece))) for piece in part.split("*")) + r"\s"
    return form


def _words(text: str) -> str:
    return f" {' '.join(words_of(text.casefold()))} "


def _stems(text: str) -> str:
    return f" {' '.join(stems_of(text))} "
