"""Reasoning inside the text.

Everything up to the last closing mark, in every family's marks; JSON behind it.
"""

import json

import pytest

from tests.doubles.model_habits import DRAFT, THOUGHTS, thought
from workers.analysis.model.reasoning import has_thoughts, so_far, without_thoughts
from workers.analysis.model.replies import last_fitting
from workers.analysis.schema import ScoreAnswer

ANSWER = "It takes 12 hours [P2]."
FITS = '{"score": 80, "why": "fits", "matched": []}'


@pytest.mark.parametrize("habit", THOUGHTS)
def test_no_thought_is_left_and_all_of_the_answer_is(habit):
    text = thought(habit, ANSWER)
    assert without_thoughts(text).strip() == ANSWER
    assert has_thoughts(text) and not has_thoughts(ANSWER)


@pytest.mark.parametrize(
    "form",
    [
        "<cot>{t}</cot>{a}", "<Thought Process>{t}</Thought Process>{a}", "<deliberation>{t}</deliberation>{a}",
        "<|think_start|>{t}<|think_end|>{a}", "<|reasoning_start|>{t}<|reasoning_end|>{a}", "<思维链>{t}</思维链>{a}",
        "<thought>{t}</thought><final>{a}</final>", "[思考开始]{t}[思考结束]{a}", "<think\n>{t}</think\n>{a}",
        "<plan>{t}</plan>\n{a}", "<rumination a='b'>{t}</rumination>{a}", "[think]{t}[/think]{a}", "<!-- {t} -->{a}",
        "<longcat_think>{t}</longcat_think>{a}", "<|inner_prefix|>{t}<|inner_suffix|>{a}",
        "<|think|>{t}<|end|><|begin|>assistant<|content|>{a}<|end|>", "<think>{t}</think><output>{a}</output>",
        "<think time=3>{t}</think>{a}", "<scratchpad>{t}</scratchpad>{a}", "<think>{t}</thinking>{a}",
    ],
)  # fmt: skip
def test_other_spellings(form):
    text = form.replace("{t}", DRAFT).replace("{a}", ANSWER)
    assert without_thoughts(text).strip() == ANSWER
    assert not any("SECRET" in so_far(text[:end]) for end in range(len(text)))


@pytest.mark.parametrize("habit", THOUGHTS)
def test_the_answers_json_wins_over_the_drafts(habit):
    assert last_fitting(thought(habit, FITS), ScoreAnswer).score == 80


ANNOUNCED = [h for h, form in THOUGHTS.items() if not form.startswith("{thought}") and h != "two blocks"]


@pytest.mark.parametrize("habit", ANNOUNCED)
def test_a_thought_that_was_announced_is_not_seen_while_it_grows(habit):
    text = thought(habit, ANSWER)
    assert not any("SECRET" in so_far(text[:end]) for end in range(len(text) + 1))


@pytest.mark.parametrize(
    "text",
    [f"<think>{DRAFT}", f"<|channel|>analysis<|message|>{DRAFT}", f"analysisWe must. {DRAFT}", f"思考：{DRAFT}",
     f"```thinking\n{DRAFT}", f"[THINK]{DRAFT}", f"<details type='reasoning'>{DRAFT}", f"{DRAFT}</think>"],
)  # fmt: skip
def test_a_thought_without_an_answer_is_no_answer(text):
    assert without_thoughts(text).strip() == ""


@pytest.mark.parametrize(
    "text",
    ["The model writes `</think>` before it answers [P3].", 'They wrap it in "<think>" marks [P3].',
     "Reasoning improves by 3 points [P1].", "analysis shows that x < y and a > b [P1].", "Analysis of variance [P2].",
     "**Reasoning** is what they train [P2].", "See [analysis] and [reasoning](x) [P3].", "思考能力提高了三分 [P1]。",
     "The answer: 12 hours [P2].", "They use <answer> marks [P4].", "“</think>” ends it [P1].", "回答：是 [P1]。"],
)  # fmt: skip
def test_an_answer_about_reasoning_stays_whole(text):
    assert without_thoughts(text) == text and so_far(text) == text


@pytest.mark.parametrize(
    ("text", "score"),
    [
        (f'{{"score": 12, "why": "draft", "matched": []}} no: {FITS}', 80),
        (f"```json\n{FITS}\n```", 80),
        (f'{FITS} and {{"score": 900, "why": "does not fit", "matched": []}}', 80),
        (f'{FITS}\n{{"note": "done"}}', 80),
        ('{"score": 80, "why": "a, ] stays", "matched": ["x",],\n}', 80),
        ('{"score": 80, "why": "it ends thoughts with </think> marks", "matched": []}', 80),
        ('{"score": 80, "why": "it opens thoughts with <think> marks", "matched": []}', 80),
        (json.dumps(FITS), 80),
        (f"<json>{FITS}</json>\nDone.", 80),
        ('<tool_call>{"name": "score", "arguments": ' + json.dumps(FITS) + "}</tool_call>", 80),
        ('<think>{"score": 12, "why": "x", "matched": []}</think>nothing', None),
        ('{"score": 12, "why": "draft", "matched": []}</think>', None),
        ("{" * 3000 + FITS, None),
    ],
)
def test_the_last_object_that_fits_is_the_answer(text, score):
    found = last_fitting(text, ScoreAnswer)
    assert (found.score if found else None) == score


def test_an_object_inside_of_one_that_fits_is_not_looked_at():
    inner = json.loads(FITS) | {"score": 12}
    assert last_fitting(json.dumps(json.loads(FITS) | {"earlier": inner}), ScoreAnswer).score == 80
