"""All words that people are shown: one catalogue a language, `LANGUAGE.po`.

It imports nothing of ours. Commands in them are called as whoever started this process called them.

w = words("zh")
w.quick_view, w["quick_view"]       -> a phrase
w.say("receipt_new", n=3)           -> a phrase with its numbers; `n` chooses the plural form where there are several
w.variant("empty", "weekend")       -> the phrase `empty_weekend`, else `empty_other`
"""

import functools
import io
import re
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import polib

from workers.words.typed import MODULE, typed

_HERE = Path(__file__).parent

LANGUAGES = tuple(sorted(catalogue.stem for catalogue in _HERE.glob("*.po")))
"""Codes of the languages that there are words in: one catalogue each."""

DEFAULT_LANGUAGE = "en"
"""Used where a language is asked for that nobody has written."""

OTHERS = {
    "de": ("Deutsch", "German"),
    "es": ("Español", "Spanish"),
    "fr": ("Français", "French"),
    "it": ("Italiano", "Italian"),
    "ko": ("한국어", "Korean"),
    "pt": ("Português", "Portuguese"),
    "ru": ("Русский", "Russian"),
}
"""Languages without a catalogue that are offered for a digest: the model writes them, between our English words.
Code -> its own name, its English name."""


class Words:
    """The phrases of one language."""

    def __init__(self, language: str, folder: Path = _HERE) -> None:
        text = (folder / f"{language}.po").read_text(encoding="utf-8")
        catalogue = polib.pofile(text.replace(MODULE, typed()))
        self.language = language
        """Code of the language these words are in (not necessarily the one asked for)."""
        self._counted = frozenset(entry.msgid for entry in catalogue if entry.msgid_plural)
        self._phrases: dict[str, str] = {entry.msgid: entry.msgstr or entry.msgstr_plural[0] for entry in catalogue}
        self._forms = GNUTranslations(io.BytesIO(catalogue.to_binary()))

    def __getitem__(self, key: str) -> str:
        """The phrase as written, in its first form; KeyError for an unknown key."""
        return self._phrases[key]

    def __getattr__(self, key: str) -> str:
        try:
            return self._phrases[key]
        except KeyError:
            raise AttributeError(key) from None

    def __contains__(self, key: str) -> bool:
        return key in self._phrases

    def __iter__(self) -> Iterator[str]:
        return iter(self._phrases)

    def say(self, key: str, **params: Any) -> str:
        """The phrase with `params` filled in.

        KeyError for an unknown key or a missing param.
        """
        phrase = self._forms.ngettext(key, key, params["n"]) if key in self._counted else self._phrases[key]
        return phrase.format(**params)

    def variant(self, key: str, kind: str | None, **params: Any) -> str:
        """The phrase `<key>_<kind>`, or `<key>_other`.

        The latter where that kind has no words of its own.
        """
        name = f"{key}_{kind}"
        return self.say(name if name in self._phrases else f"{key}_other", **params)


def languages() -> dict[str, str]:
    """The languages to choose from for a digest: code -> its own name."""
    return {code: words(code).language_name for code in LANGUAGES} | {
        code: own for code, (own, _) in OTHERS.items() if code not in LANGUAGES
    }


def in_english(language: str) -> str:
    """What the model's prompts call a language; any other code is given as it is."""
    if language in LANGUAGES:
        return str(words(language).prompt_language)
    return OTHERS[language][1] if language in OTHERS else language


def language_of(text: str) -> str:
    """Code of the language that a text is in, where its signs tell it; else nothing."""
    if re.search("[\u3040-\u30ff]", text):
        return "ja"
    if re.search("[\uac00-\ud7af]", text):
        return "ko"
    return "zh" if re.search("[\u4e00-\u9fff]", text) else ""


@functools.cache
def words(language: str) -> Words:
    """The words of a language ("zh", "zh-CN", "en_US"); English where we have none."""
    code = language.replace("_", "-").split("-")[0].strip().lower()
    code = code if code in LANGUAGES else DEFAULT_LANGUAGE
    return Words(code) if code == language else words(code)
