"""Finds answers that recite our instructions.

Only words are compared, so translated instructions are not noticed. There is nothing secret in a prompt; it is just not
what anybody asked for.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import prompts

RUN = 10
"""Words in a row that an answer can share with a prompt by accident; the prompts' sentences have about twenty."""

_WORD = re.compile(r"[^\W_]+")
_VARIABLE = re.compile(r"\$\w+")


def leaks_prompt(answer: Any) -> bool:
    """True where an answer shares RUN words in a row with a prompt of ours.

    The answer is a text, or lists and objects whose strings are all looked at.
    """
    return any(not _runs().isdisjoint(_shingles(text)) for text in _strings(answer))


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list | tuple):
        for inner in node.values() if isinstance(node, dict) else node:
            yield from _strings(inner)


def _shingles(text: str) -> Iterator[tuple[str, ...]]:
    unseen = {ord(c): None for c in set(text) if unicodedata.category(c) == "Cf"}
    words = _WORD.findall(text.translate(unseen).casefold() if unseen else text.casefold())
    return (tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1))


@functools.cache
def _runs() -> frozenset[tuple[str, ...]]:
    """Of every prompt, what stands between its variables."""
    pieces = (piece for text in prompts.texts() for piece in _VARIABLE.split(text))
    return frozenset(run for piece in pieces for run in _shingles(piece))
