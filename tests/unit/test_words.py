import re
import string
from pathlib import Path

import polib
import pytest

import workers.words
from tests.rendering import digest
from workers.render.receipt import receipt_lines
from workers.words import LANGUAGES, Words, in_english, languages, words

SPACED = (
    "colon",
    "comma",
    "dive_rest",
    "and",
    "semicolon",
    "brackets",
    "bad_near",
    "our_reading",
    "is_computed",
    "is_doubtful",
    "answer_best",
    "answer_first",
)
"""Phrases that are put between or behind others: their spaces count."""

HALF_WIDTH = re.compile(r"(?<=[\u4e00-\u9fff])[,;:!?]|[,;:!?](?=[\u4e00-\u9fff])|\.(?=[\u4e00-\u9fff])")

CATALOGUES = {code: polib.pofile(str(Path(workers.words.__file__).parent / f"{code}.po")) for code in LANGUAGES}

LONGEST = {
    r"button_\w+|setup_right|setup_change|setup_own|op_again|op_leave_\w+|start_\w+|settings_(here|back|close)": 40,
    r"setup_(title|next|preview_button)|settings_(title|save|cancel)": 24,
    r"setting_(?!bad|send|defaults)\w+|answers_\w+|quiet_\w+|language_\w+": 75,
    r"command_\w+": 256,
    r"placeholder": 150,
    r"home_\w+": 150,
}
"""Keys -> most characters: buttons fit a phone (Slack takes 75); the head and the keys of a Slack form take 24; a
menu's options and an input's name 75; Telegram's list of commands 256."""


def forms(entry):
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def params(entry):
    return {name for form in forms(entry) for _, name, _, _ in string.Formatter().parse(form) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_phrase_with_its_params_and_plural_forms(language):
    ours, english = ({e.msgid: e for e in CATALOGUES[code]} for code in (language, "en"))
    assert set(ours) == set(english) and len(ours) == len(CATALOGUES[language])
    count = int(re.search(r"nplurals=(\d)", CATALOGUES[language].metadata["Plural-Forms"])[1])
    for key, entry in ours.items():
        assert params(entry) == params(english[key]), key
        assert bool(entry.msgid_plural) == bool(english[key].msgid_plural), key
        assert len(forms(entry)) == (count if entry.msgid_plural else 1) and "fuzzy" not in entry.flags, key
        for form in forms(entry):
            assert form.strip() and (form.strip() == form or key in SPACED), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_fit_where_they_are_put(language):
    for keys, most in LONGEST.items():
        found = {e.msgid: form for e in CATALOGUES[language] for form in forms(e) if re.fullmatch(keys, e.msgid)}
        assert found
        assert {key: text for key, text in found.items() if len(text) > most} == {}


def test_words_take_a_plural_rule_of_several_forms(tmp_path):
    catalogue = polib.pofile(str(Path(workers.words.__file__).parent / "en.po"))
    catalogue.metadata["Plural-Forms"] = "nplurals=3; plural=(n==1 ? 0 : n<5 ? 1 : 2);"
    one = next(e for e in catalogue if e.msgid == "receipt_repeats")
    one.msgstr_plural = {0: "{n} powtórka", 1: "{n} powtórki", 2: "{n} powtórek"}
    catalogue.save(str(tmp_path / "pl.po"))
    polish = Words("pl", tmp_path)
    assert [polish.say("receipt_repeats", n=n) for n in (1, 3, 5)] == ["1 powtórka", "3 powtórki", "5 powtórek"]


def test_words_have_no_markup_that_a_plain_message_would_show():
    for language, catalogue in CATALOGUES.items():
        for key, text in ((e.msgid, form) for e in catalogue for form in forms(e)):
            assert not re.search(r"\*\w[^*]*\*|\b_\w[^_]*_\b", re.sub(r"`[^`]*`", "", text)), (language, key, text)


def test_chinese_has_chinese_punctuation():
    for key, text in ((e.msgid, form) for e in CATALOGUES["zh"] for form in forms(e)):
        assert not HALF_WIDTH.search(re.sub(r"\{[^}]*\}|`[^`]*`", "字", text)), (key, text)
        assert key == "weekdays" or not re.search(
            r"[\u4e00-\u9fff] +[\u4e00-\u9fff]| [，。；：、？！）]|[，。；：、？！（] ", text
        ), (key, text)


def test_section_names_are_those_of_the_old_archive():
    w = words("zh")
    assert [w[f"section_{n}"] for n in ("contribution", "methodology", "takeaway", "limitations")] == [
        "核心创新点 (Key Contribution)",
        "技术细节 (Methodology)",
        "对我的启发 (Takeaway)",
        "潜在缺陷 (Limitations)",
    ]


def test_numbers_choose_their_word():
    w = words("en")
    assert w.say("receipt_candidates", n=1) == "1 candidate"
    assert w.say("receipt_candidates", n=1200) == "1,200 candidates"


def test_the_frames_of_a_digest_are_in_its_language_else_in_english():
    japanese, french = ("\n".join(receipt_lines(digest(language=code))) for code in ("ja", "fr"))
    assert "候補 13" in japanese and not re.search(r"[a-z]{4,} [a-z]{4,}", re.sub(r"HuggingFace|arXiv", "", japanese))
    assert french == "\n".join(receipt_lines(digest(language="en")))
    assert (in_english("zh"), in_english("ja"), in_english("fr"), in_english("pt-BR")) == (
        "Simplified Chinese", "Japanese", "French", "pt-BR",
    )  # fmt: skip
    assert languages()["ja"] == "日本語" and languages()["fr"] == "Français"


@pytest.mark.parametrize(("asked", "got"), [("zh", "zh"), ("zh-CN", "zh"), ("en_US", "en"), ("xx", "en"), ("", "en")])
def test_language_codes(asked, got):
    assert words(asked).language == got


def test_variant_falls_back_and_unknown_keys_are_errors():
    w = words("en")
    assert w.variant("failed", "timeout") != w.variant("failed", "no such kind") == w.failed_other
    assert "help" in w and "nope" not in w
    with pytest.raises(AttributeError):
        _ = w.nope
    with pytest.raises(KeyError):
        w.say("nope")


def test_all_reasons_and_kinds_have_words():
    w = words("zh")
    for reason in ("weekend", "no_new", "no_list", "all_failed", "below_bar", "nothing_scored"):
        assert f"empty_{reason}" in w
    for kind in ("timeout", "status", "garbage", "too_large", "refused", "rate_limited"):
        assert f"failed_{kind}" in w
    for note in ("budget", "no_model", "model_unavailable", "skipped"):
        assert f"note_{note}" in w
