"""What of an answer code checks.

Numbers where they are cited, cells, sums, quotation marks, denials; the judge.
"""

import re

import pytest

from tests.doubles.model import ModelDouble
from workers.analysis.answer import answer
from workers.analysis.budget import Meter
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.analysis.grounding.evidence.numbered_paper import paper_context as make
from workers.analysis.grounding.numbers.sums import sums
from workers.models import Paper
from workers.reading.html.read import read_html
from workers.reading.text import Cell, PaperText, Paragraph, Section, Table, TableRow
from workers.settings import Settings

KEY = "sk-canary"
PAPER = Paper(id="2601.00001", title="Fast Translation", abstract="We translate. It takes 12 hours.")
COLUMNS = ("BLEU / EN-DE", "BLEU / EN-FR", "Cost / EN-FR")
VALUES = {
    "ByteNet": ("23.75", "–", "–"),
    "Deep-Att + PosUnk": ("–", "39.2", "1.0·10^20"),
    "Deep-Att + PosUnk Ensemble": ("–", "40.4", "8.0·10^20"),
    "Ours (big)": ("28.4", "41.8", "2.3·10^19"),
}


def table(*, sure=True):
    rows = []
    for k, (label, values) in enumerate(VALUES.items(), 1):
        cells = tuple(Cell(column=column, text=value) for column, value in zip(COLUMNS, values, strict=True))
        line = "; ".join(f"{c.column} {c.text}" for c in cells)
        rows.append(TableRow(id=f"S2.T2.r{k}", text=f'Table 2, row "{label}": {line}', label=label, cells=cells))
    caption = "Table 2: Scores on newstest2014."
    return Table(id="S2.T2", caption=caption, rows=tuple(rows), section="S2", label="Table 2", sure=sure)


def read(*, sure=True, **more):
    sections = (
        Section(id="S1", title="1 Method", paragraphs=(
            Paragraph(id="S1.p1", text="Training takes 12 hours on 8 GPUs."),
        )),
        Section(id="S2", title="2 Results", paragraphs=(
            Paragraph(id="S2.p1", text="Recall is 0.862 with the probe and 0.722 without it, on 50 queries."),
        )),
    )  # fmt: skip
    text = PaperText(
        ref="2601.00001v1", read_from="html", title=PAPER.title, abstract=PAPER.abstract, sections=sections,
        tables=(table(sure=sure),), **more,
    )  # fmt: skip
    return make(PAPER, text)


@pytest.fixture
def double():
    with ModelDouble(KEY) as running:
        yield running


def p(given: PaperContext, id: str) -> str:
    """The mark of a passage."""
    return f"[P{[x.id for x in given.passages].index(id) + 1}]"


def ask(double, said, question="How good is it?", given=None, judge=False):
    given = given or read()
    marks = {f"<{x.id}>": f"[P{n}]" for n, x in enumerate(given.passages, 1)}
    text = re.sub(r"<[\w.]+>", lambda m: marks[m[0]], said)
    double.reply(lambda asked: text if asked.task == "answer" else None)
    values = {"anthropic_api_key": KEY, "anthropic_base_url": double.url, "model_judge": judge}
    settings = Settings(_env_file=None, **values, model_preset="compatible")
    return answer(question, given, settings=settings, meter=Meter())


def clear(found):
    lists = ("missing_numbers", "misplaced_numbers", "misread_numbers", "unsure_numbers", "wrong_sums", "contradicted")
    return not any(getattr(found, name) for name in lists) and not found.uncited and not found.false_quotes


# -- numbers where they are cited ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "misplaced"),
    [
        ("It takes 12 hours <S1.p1>.", ()),
        ("It takes 12 hours <S2.p1>.", ("12",)),
        ("Recall is 0.862 <S2.p1> and it takes 12 hours <S1.p1>.", ()),
        ("Recall is 0.862 on 50 queries <S1.p1>.", ("0.862", "50")),
        ("It takes 12 hours.", ()),
        ("Ours has 41.8 BLEU on EN-FR <S2.T2.r1>.", ()),
        ("召回率为 0.862 <S1.p1>。", ("0.862",)),
    ],
)  # fmt: skip
def test_a_number_is_looked_up_where_it_is_cited(double, said, misplaced):
    found = ask(double, said)
    assert (found.misplaced_numbers, found.missing_numbers) == (misplaced, ())
    assert ask(double, "It takes 13 hours <S1.p1>.").missing_numbers == ("13",)


ENSEMBLE = "What BLEU does Deep-Att + PosUnk Ensemble reach on English-to-German?"


@pytest.mark.parametrize(
    ("said", "question", "wrong"),
    [
        ("40.4 <S2.T2.r3>.", ENSEMBLE, True),
        ("It reaches 40.4 BLEU <S2.T2.r3>.", ENSEMBLE, True),
        ("It reaches 40.4 BLEU.", ENSEMBLE, True),
        ("达到 40.4 <S2.T2.r3>。", "Deep-Att + PosUnk Ensemble 英德翻译的 BLEU 是多少？", True),
        ("英语到德语的 BLEU 是 40.4 <S2.T2.r3>。", "", True),
        ("Ours (big) has 41.8 BLEU on EN-DE <S2.T2.r4>.", "How good is it?", True),
        ("Deep-Att + PosUnk reaches 40.4 <S2.T2.r3>.", "How good is it?", True),
        ("ByteNet has 28.4 <S2.T2.r4>.", "How good is it?", True),
        ("It has none on English-to-German; on English-to-French it has 40.4 <S2.T2.r3>.", ENSEMBLE, False),
        ("40.4 <S2.T2.r3>.", ENSEMBLE.replace("German", "French"), False),
        ("Ours (big) has 28.4 on EN-DE and 41.8 on EN-FR <S2.T2.r4>.", "How good is it?", False),
        ("It has 28.4, ByteNet 23.75 <S2.T2.r4><S2.T2.r1>.", "How good is Ours (big) on EN-DE?", False),
        ("The table has 40.4 <S2.T2.r3>.", "How good is it?", False),
    ],
)  # fmt: skip
def test_a_tables_number_belongs_to_its_row_and_column(double, said, question, wrong):
    found = ask(double, said, question or "?")
    assert bool(found.misread_numbers) == wrong and not found.missing_numbers, found
    if wrong and "40.4" in said:
        assert found.misread_numbers == ("40.4 (Table 2, Deep-Att + PosUnk Ensemble, BLEU / EN-FR)",)


def test_a_guessed_table_is_told(double):
    found = ask(double, "40.4 <S2.T2.r3>.", ENSEMBLE, read(sure=False))
    assert found.unsure_numbers == ("40.4",) and not found.misread_numbers


def test_the_table_of_the_paper_of_attention(double, real_only):
    page = read_html((real_only / "html" / "latexml_1706.03762.html").read_bytes(), "", "1706.03762")
    given = make(Paper(id="1706.03762", title=page.text.title, abstract=page.text.abstract), page.text)
    rows = [r for t in page.text.tables for r in t.rows if r.label == "Deep-Att + PosUnk Ensemble" and r.cells]
    if not rows:
        pytest.skip("tables are not read as grids")
    found = ask(double, f"40.4 BLEU <{rows[0].id}>.", ENSEMBLE, given)
    assert found.misread_numbers and "EN-FR" in found.misread_numbers[0]
    assert not ask(double, f"40.4 BLEU <{rows[0].id}>.", ENSEMBLE.replace("German", "French"), given).misread_numbers


# -- sums ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "0.862 - 0.722 = 0.14", "0.862 − 0.722 = 0.14", "$0.862 - 0.722 = 0.14$", "**0.862 - 0.722 = 0.14**",
        "a gain of 0.14 (0.862 - 0.722)", "0.14 = 0.862 - 0.722", "相差 0.862 - 0.722 = 0.14",
        "0.862 减去 0.722 等于 0.14",
        "0.862 / 0.722 ≈ 1.19", "(0.862 - 0.722) / 0.722 = 19.4%", "(0.862 + 0.722) / 2 = 0.792",
        "12 hours × 8 = 96 hours",
        "0.862 minus 0.722 is 0.14", "0.862-0.722=0.14", "0.862 - 0.722 = 0.14, a gain of 0.14",
        "(0.862 - 0.722) × 100 = 14 points", "8 × 12 = 96 GPU hours",
    ],
)  # fmt: skip
def test_a_written_sum_that_comes_out_is_never_warned_about(double, said):
    assert clear(ask(double, f"It is {said} <S2.p1><S1.p1>."))


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("0.862 - 0.722 = 0.15", "0.14"), ("0.862 - 0.722 = 14", "0"), ("0.862 / 0.722 ≈ 1.4", "1.2"),
        ("相差 0.862 - 0.722 = 0.24", "0.14"), ("12 hours × 8 = 86 hours", "96"),
        ("(0.862 - 0.722) / 0.722 = 16.2%", "19.4"),
    ],
)  # fmt: skip
def test_a_written_sum_that_does_not_come_out_is_an_error(double, said, right):
    (wrong,) = ask(double, f"It is {said} <S2.p1><S1.p1>.").wrong_sums
    assert said.removeprefix("相差 ") in wrong and wrong.endswith(f"({right})")


@pytest.mark.parametrize(
    "text", ["ranges 10-20 and 12 (10-20)", "3.5 / 0 = 7", "x_1 = 3 - 2", "2024-11-29 is a Sunday", "3-5 = few", "1e-5"]
)
def test_what_is_no_sum_is_let_be(text):
    assert sums(text) == ([], text)


def test_what_goes_into_a_sum_must_stand_in_the_paper(double):
    found = ask(double, "It is 0.962 - 0.722 = 0.24 <S2.p1>.")
    assert found.missing_numbers == ("0.962",) and not found.wrong_sums


# -- quotation marks, the bot itself, denials ------------------------------------------------------------------------


@pytest.mark.parametrize("marks", ["“{}”", "「{}」", "『{}』", '"{}"'])
def test_chinese_words_in_quotation_marks_are_emphasis(double, marks):
    said = f"这种方法相当于给模型加上一个{marks.format('会自己判断证据的探测器')} <S1.p1>。"
    found = ask(double, said)
    assert found.false_quotes == 0 and marks.format("会自己判断证据的探测器") in found.text
    invented = marks.format("Training runs in real time on any phone there is")
    assert ask(double, f"论文说 {invented} <S1.p1>。").false_quotes == 1


@pytest.mark.parametrize(
    ("said", "uncited"),
    [
        ("I am here to answer questions about this paper.", 0), ("I can only answer questions about this paper.", 0),
        ("Sorry, I only answer what is asked about this paper.", 0), ("我只能回答与这篇论文有关的问题。", 0),
        ("抱歉，我无法回答与论文无关的问题。", 0), ("I can say that it reaches 40.4 BLEU.", 1),
        ("It is the best of all methods.", 1),
        ("我们的方法比所有其他方法都更好。", 1), ("In this paper, images are restored quickly.", 1),
    ],
)  # fmt: skip
def test_a_sentence_about_the_bot_needs_no_place(double, said, uncited):
    assert ask(double, said).uncited == uncited


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("[P0] The paper does not say how much it cost.", "The paper does not say how much it cost."),
        ("[P0] The authors never report a price.", "The authors never report a price."),
        ("[P0] 论文没有给出价格。", "论文没有给出价格。"),
        ("[P0] It names the hours only <S1.p1>.", "The paper does not say. It names the hours only [1]."),
    ],
)  # fmt: skip
def test_a_denial_is_said_once(double, said, shown):
    found = ask(double, said, "What does it cost?")
    assert found.text == shown and found.not_said


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("[P0] It names the hours only <S1.p1>.",
         "Not in the part of the paper that was read (about 62 %). It names the hours only [1]."),
        ("[P0] The paper does not say how much it cost.",
         "Not in the part of the paper that was read (about 62 %). "
         "The part that was read does not say how much it cost."),
        ("It takes 12 hours <S1.p1>. The paper does not give a price [P0].",
         "It takes 12 hours [1]. The part that was read does not give a price."),
    ],
)  # fmt: skip
def test_what_was_not_read_is_not_denied(double, said, shown):
    given = read(coverage=0.62, missing=("pages 10-15",))
    found = ask(double, said, "What does it cost?", given)
    assert found.text == shown and found.not_said and found.part_read == pytest.approx(0.62)
    assert "pages 10-15" in double.prompts[-1].user and "62%" in double.prompts[-1].user
    assert "那部分" not in found.text and ask(double, "[P0] 论文没有给出价格。", "多少钱？", given).text.startswith(
        "读到的部分（约 62%）里没有提到。"
    )


def test_of_an_abstract_only_it_is_said_that_it_is_one(double):
    given = make(PAPER, PaperText(ref="2601.00001", read_from="abstract", abstract=PAPER.abstract))
    assert ask(double, "[P0] Only hours are named.", "What does it cost?", given).text.startswith(
        "Not in the abstract, "
    )


# -- the judge -------------------------------------------------------------------------------------------------------


def test_the_judge_sees_sentences_with_the_passages_they_cite(double):
    found = ask(
        double, "Training takes 12 hours <S1.p1>. Zebras gallop <S2.p1>. I can only answer about it.", judge=True
    )
    (asked,) = double.asked("judge")
    assert asked.model == "claude-haiku-5-5" and "How good is it?" in asked.user and "gallop" in asked.user
    assert "40.4" not in asked.user and found.judged == 2
    assert found.unborne == ("Zebras gallop.",) and found.contradicted == ()


@pytest.mark.parametrize(("habit", "judged"), [("supported", 2), ("contradicted", 2), ("nonsense", 0), ("words", 0)])
def test_bad_habits_of_a_judge_change_no_word_of_an_answer(double, habit, judged):
    said = "Training takes 12 hours <S1.p1>. Recall is 0.862 <S2.p1>."
    plain = ask(double, said)
    double.judging = habit
    found = ask(double, said, judge=True)
    assert (found.text, found.cites, found.judged) == (plain.text, plain.cites, judged)
    assert len(found.contradicted) == (2 if habit == "contradicted" else 0)


def test_an_answer_of_an_old_store_is_read():
    from workers.analysis.answer import Answer

    old = {
        "text": "Yes (the abstract).",
        "by": "m",
        "cites": [{"passage": "S1", "where": "the abstract", "quote": "q"}],
    }
    found = Answer.model_validate(old)
    assert found.cites[0].number == 0 and found.part_read == 1.0 and found.judged == 0
