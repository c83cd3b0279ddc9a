"""Which part of a long passage is shown under an answer.

The sentences that carry what the answer says.
"""

import pytest

from workers.render.text.truncate import excerpt, sentences_with

PASSAGE = (
    "We study removal in Table 8. Each part is taken away in turn, and everything else is kept as it was before. "
    "Without the expansion the recall falls by 22.98% on one set and 32.21% on the other. "
    "Training helps by 6.24%."
)


FALLS = "Without the expansion the recall falls by 22.98% on one set and 32.21% on the other."


@pytest.mark.parametrize(
    ("near", "most", "shown"),
    [
        ("召回率下降 22.98% 和 32.21% [1]。", 90, f"… {FALLS} …"),
        ("the recall falls by 22.98%", 120, f"… {FALLS} Training helps by 6.24%."),
        ("nothing of it", 60, "We study removal in Table 8. …"),
        ("recall falls", 30, "… Without the expansion the …"),
        ("anything", 999, PASSAGE),
    ],
)
def test_the_part_that_carries_the_answer_is_shown(near, most, shown):
    assert excerpt(PASSAGE, near, most) == shown


def test_each_place_has_its_own_sentences():
    text = "It gains 0.71 dB [1]. It is small [2], and cheap. 很小 [2]。也便宜。"
    assert sentences_with(text, "[1]") == "It gains 0.71 dB [1]."
    assert "small" in sentences_with(text, "[2]") and "很小" in sentences_with(text, "[2]")
