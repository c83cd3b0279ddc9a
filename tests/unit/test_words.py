import re
import string

import pytest

from workers.words import LANGUAGES, words

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


def test_every_language_has_the_same_keys_and_params():
    def params(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english = LANGUAGES["en"]
    for language, phrases in LANGUAGES.items():
        assert set(phrases) == set(english), language
        for key, text in phrases.items():
            assert text.strip() and (text.strip() == text or key in SPACED), key
            assert params(text) == params(english[key]), (language, key)


def test_words_have_no_markup_that_a_plain_message_would_show():
    for language, phrases in LANGUAGES.items():
        for key, text in phrases.items():
            assert not re.search(r"\*\w[^*]*\*|\b_\w[^_]*_\b", re.sub(r"`[^`]*`", "", text)), (language, key, text)


def test_chinese_has_chinese_punctuation():
    for key, text in LANGUAGES["zh"].items():
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
