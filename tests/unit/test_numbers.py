"""Numbers in digits and in words, English and Chinese.

Which of them bears out which.
"""

import pytest

from tests.waiting import LINEAR, growth
from workers.analysis.grounding.evidence.polarity import turned
from workers.analysis.grounding.numbers.read import missing, numbers, stated_numbers

VALUES = {
    "twenty-five steps, two hundred images, ten thousand pairs": ["25", "200", "10000"],
    "one hundred and five of two hundred thousand": ["105", "200000"],
    "a dozen, two dozen, a hundred, dozens and hundreds": ["12", "24", "100"],
    "half of it, halved; one-third, two-thirds, three quarters of it": ["50%", "50%", "1/3", "2/3", "75%"],
    "twice as fast, doubled, threefold, a two-fold gain": ["2", "2", "3", "2"],
    "twenty percent, a fifth of it": ["20%", "20%"],
    "in a third step; double-blind and half-precision; a quarter note": [],
    "二十五步，两百张，三百二十个，一千零一张": ["25", "200", "320", "1001"],
    "百分之二十，三成，一半，三分之一，四分之三": ["20%", "30%", "50%", "1/3", "75%"],
    "三倍，翻倍，快两倍": ["3", "2", "2"],
    "七十亿参数，两万对，2 万对，1.5亿，3 百万": ["7000000000", "20000", "20000", "150000000", "3000000"],
    "第三节的三维场景十分统一，万一失败，一些、三者、千方百计、生成、百分比、几十个、三四个": [],
    "三点五倍，二〇二五年": ["3.5", "2025"],
    "120 万对图像，训练 60 万次": ["1200000", "600000"],
    "Table 2, Fig. 3a, Section 4.2, Eq. (5), 表 1、图 2、第 4.2 节、第 3 步 and the 2nd, § 3.1": [],
    "1/3 of 12/16, a 3D scene": ["1/3", "75%"],
}


@pytest.mark.parametrize("text", VALUES)
def test_numbers_in_words_have_their_values(text):
    assert [n.value for n in stated_numbers(text)] == VALUES[text]


@pytest.mark.parametrize(
    ("claim", "source", "borne"),
    [
        ("3.2 dB", "a gain of 3.2 dB", True),
        ("3.2 分贝", "a gain of 3.2 dB", True),
        ("3.2%", "a gain of 3.2 dB", False),
        ("3.2 hours", "a gain of 3.2 dB", False),
        ("85.3%", "rises from 71.4 to 85.3 on average", True),
        ("85.3%", "LanternFlow | 71.4 | 85.3", True),
        ("85%", "uses 85 images", False),
        ("85", "85% of them", True),
        ("85 dB", "85% of them", False),
        ("3 倍", "three times faster", True),
        ("4× faster", "a fourfold speedup", True),
        ("12 小时", "for 12 hours", True),
        ("一半", "50% of the memory", True),
        ("7 billion", "a 7B model", True),
        ("7M", "a 7B model", False),
        ("1.2 万亿 token", "1.2T tokens", True),
        ("20 pairs", "20k pairs", False),
        ("twenty thousand pairs", "20k pairs", True),
        ("两倍", "three times faster", False),
        ("two hours", "for 12 hours", False),
        ("two parts", "an encoder and a decoder", True),
    ],
)
def test_a_number_is_borne_out_by_value_and_unit(claim, source, borne):
    assert (not missing(stated_numbers(claim), numbers(source))) is borne


def test_a_hostile_statement_costs_little():
    for unit in (". ", "not a, ", "a hundred and ", "三", "1,/"):

        def read(size, unit=unit):
            text = unit * (size // len(unit))
            turned(text, text)
            stated_numbers(text)

        assert growth(read, 750) < LINEAR, unit


QUOTE = "The probe does not work on film grain, and without it the gain over the baseline falls to 0.4 dB."


@pytest.mark.parametrize(
    ("text", "quote", "opposite"),
    [
        ("The probe works on film grain.", QUOTE, True),
        ("The probe does work on film grain.", QUOTE, True),
        ("The probe fails to work on film grain.", QUOTE, False),
        ("The probe doesn't work on film grain.", QUOTE, False),
        ("Without it the gain over the baseline rises to 0.4 dB.", QUOTE, True),
        ("Without it the gain over the baseline falls to 0.4 dB.", QUOTE, False),
        ("Film grain is a limit of the probe.", QUOTE, False),
        ("The model is not only fast but also small.", "The model is only fast and small in every case.", False),
        ("The method does not increase the cost.", "The method decreases the cost.", False),
        ("探针在胶片颗粒上有效。", "探针在胶片颗粒上无效，因为结构会被误认。", True),
        ("探针在胶片颗粒上无效。", "探针在胶片颗粒上无效，因为结构会被误认。", False),
        ("不同尺度的误差会增加。", "不同尺度的误差会减少。", True),
        ("探针在胶片颗粒上有效。", QUOTE, False),
    ],
)
def test_a_near_copy_that_says_the_opposite_is_told_from_one_that_does_not(text, quote, opposite):
    assert turned(text, quote) is opposite
