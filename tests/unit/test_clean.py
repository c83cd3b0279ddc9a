import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rendering import HOSTILE
from tests.waiting import LINEAR, growth
from workers.render.text.sanitize import clean_inline, clean_text, defang_run, no_html, visible

HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a < b and c > d", "a < b and c > d"),
        ("p<0.05 and x<y>z", "p<0.05 and x<y>z"),
        ("the <think> token", "the <think> token"),
        ("<b>bold</b> <span style='display:none'>x</span>", "bold x"),
        ("10<sup>-5</sup> of H<sub>2</sub>O", "10⁻⁵ of H₂O"),
        ("a <!-- secret --> b", "a b"),
        ("<script>alert(1)</script>ok", "ok"),
        ("two\nlines\r\nthree\u2028four", "two lines three four"),
        ("<@U123|bob> in <#C1|gen> <!here>", "＠bob in ＃gen ＠here"),
        ("https://github.com/a/b.", "github․com/a/b."),
        ("Recall@1, pass@k, C#, #1, $5, and/or, 1.5x, v1.2, GPT-4.1, e.g. this, 3.5B", None),
        ("me@evil.com", "me＠evil․com"),
        ("#tag $USD /start @durov +1 555 123 4567", "＃tag ＄USD ∕start ＠durov ＋1 555 123 4567"),
        ("javascript:alert(1) data: we use", "javascript：alert(1) data: we use"),
        ("\x1b[31mred\x1b[0m \x1b]8;;https://evil\x07x", "red x"),
        ("👩\u200d👩\u200d👧 a\u200db ❤\ufe0f", "👩\u200d👩\u200d👧 ab ❤\ufe0f"),
        ("e\u0301", "é"),
        ("ﬁne ℝ ²", "ﬁne ℝ ²"),
    ],
)
def test_examples(text, clean):
    assert clean_inline(text) == (text if clean is None else clean)


def test_marks_do_not_pile_up():
    assert len(visible("a" + "\u0335" * 500)) <= 5


def test_bait_put_together_from_pieces_is_seen():
    assert defang_run(["exam", "ple", ".com"], [False] * 3) == ["exam", "ple", "․com"]
    assert "".join(defang_run(["<!chan", "nel", "> x"], [False] * 3)) == "＠channel x"
    assert defang_run(["torch.nn", " and ", "@wraps"], [True, False, True]) == ["torch.nn", " and ", "@wraps"]
    assert defang_run(["http://evil.com <!here>"], [True]) == ["evil.com ＠here"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text):
    for cleaned in (clean_text(text), clean_inline(text)):
        assert not HIDDEN.search(cleaned)
        assert not re.search(r"<[!@#]|https?://|www\.|(?<!\w)@\w|(?i:@here|javascript:)", cleaned)
    assert "\n" not in clean_inline(text)


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from([*HOSTILE, "<", "!", "@", ":", "//", ".", "com", "\u200d"])).map("".join)
)
def test_cleaning_twice_is_cleaning_once(text):
    for clean in (clean_inline, clean_text):
        once = clean(text)
        assert clean(once) == once
        assert unicodedata.is_normalized("NFC", once)
        once.encode()
        assert not HIDDEN.search(once)


@pytest.mark.parametrize(
    "unit",
    [
        "<", "<!--", "<script>", "<!channel|", "a.", "<https://x|", "<b a=", "\x1b]", "@", "+1",
    ],
)  # fmt: skip
def test_time_is_linear_in_the_length(unit):
    assert growth(lambda size: clean_text(unit * (size // len(unit))), 5_000) < LINEAR


def test_html_in_one_go():
    assert no_html("<table><tr><td>x</td></tr></table><br>y") == "x\ny"
