"""All words that people are shown, one file per language with the same keys. A leaf: imports nothing of ours.

w = words("zh")
w.say("quick_view")                 -> a phrase
w.say("receipt_new", n=3)           -> a phrase with its numbers
w.say("n_papers", n=1)              -> "1 paper": `{n:paper|papers}` chooses by number
w.variant("empty", "weekend")       -> the phrase `empty_weekend`, else `empty_other`
"""

import functools
import string
from collections.abc import Mapping
from typing import Any

from workers.words import (
    desk_en,
    desk_zh,
    en,
    en_library,
    en_model,
    en_papers,
    en_talk,
    en_trouble,
    taste_en,
    taste_zh,
    zh,
    zh_library,
    zh_model,
    zh_papers,
    zh_talk,
    zh_trouble,
)

LANGUAGES: Mapping[str, Mapping[str, str]] = {
    "en": en.WORDS
    | en_trouble.WORDS
    | en_model.WORDS
    | en_library.WORDS
    | desk_en.WORDS
    | en_talk.WORDS
    | en_papers.WORDS
    | taste_en.WORDS,
    "zh": zh.WORDS
    | zh_trouble.WORDS
    | zh_model.WORDS
    | zh_library.WORDS
    | desk_zh.WORDS
    | zh_talk.WORDS
    | zh_papers.WORDS
    | taste_zh.WORDS,
}
"""Language code -> its phrases."""

DEFAULT_LANGUAGE = "en"
"""Used where a language is asked for that nobody has written."""


class _Phrases(string.Formatter):
    """`str.format` plus `{n:one|many}`: the number with thousands commas and the word that fits it."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec and isinstance(value, int):
            one, many = format_spec.split("|", 1)
            return f"{value:,} {one if value == 1 else many}"
        return str(super().format_field(value, format_spec))


_PHRASES = _Phrases()


class Words:
    """The phrases of one language."""

    def __init__(self, language: str, phrases: Mapping[str, str]) -> None:
        self.language = language
        """Code of the language these words are in (not necessarily the one asked for)."""
        self._phrases = phrases

    def __getitem__(self, key: str) -> str:
        """The phrase as written; KeyError for an unknown key."""
        return self._phrases[key]

    def __getattr__(self, key: str) -> str:
        try:
            return self._phrases[key]
        except KeyError:
            raise AttributeError(key) from None

    def __contains__(self, key: str) -> bool:
        return key in self._phrases

    def __iter__(self) -> Any:
        return iter(self._phrases)

    def say(self, key: str, **params: Any) -> str:
        """The phrase with `params` filled in. KeyError for an unknown key or a missing param."""
        return _PHRASES.format(self._phrases[key], **params)

    def variant(self, key: str, kind: str | None, **params: Any) -> str:
        """The phrase `<key>_<kind>`, or `<key>_other` where that kind has no words of its own."""
        name = f"{key}_{kind}"
        return self.say(name if name in self._phrases else f"{key}_other", **params)


@functools.cache
def words(language: str) -> Words:
    """The words of a language ("zh", "zh-CN", "en_US"); English where we have none."""
    code = language.replace("_", "-").split("-")[0].strip().lower()
    code = code if code in LANGUAGES else DEFAULT_LANGUAGE
    return Words(code, LANGUAGES[code])
