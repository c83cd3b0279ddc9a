"""What makes a deep dive worth reading.

Advice, leads, rows of results, ideas, places inline and the quotes folded.
"""

import pytest

from tests.analyst_papers import PAPER, whole
from tests.rendering import ARXIV, digest, pick
from tests.unit.test_render_slack import check as check_slack
from tests.unit.test_render_telegram import check as check_telegram
from tests.unit.test_render_telegram import covered
from workers.analysis.grounding.evidence.numbered_paper import paper_context
from workers.analysis.grounding.results import results_of
from workers.analysis.model.advice import advice_of, brief, only_ours, with_leads
from workers.analysis.model.paper_prompt import read_of
from workers.analysis.schema import AdviceAnswer, ClaimAnswer, DeepdiveAnswer, ResultAnswer
from workers.models import Analysis, Derived, Evidence, Grounds, ReadAdvice, ResultRow, Statement
from workers.reading.text import Cell, PaperText, Section, Table, TableRow
from workers.render import markdown
from workers.render.digest import sections
from workers.render.slack import digest as slack_digest
from workers.render.telegram import digest as telegram_digest
from workers.words import words

GIVEN = whole()
CELLS = ("EN-DE BLEU", "EN-FR BLEU")


def row(k, label, *values):
    told = "; ".join(f"{c} {v}" for c, v in zip(CELLS, values, strict=True))
    cells = tuple(Cell(column=c, text=v) for c, v in zip(CELLS, values, strict=True))
    return TableRow(id=f"S6.T2.r{k}", text=f'Table 2, row "{label}": {told}', label=label, cells=cells)


def table_paper():
    rows = (row(1, "ConvS2S", "26.36", "–"), row(2, "Ours", "28.4", "41.8"))
    table = Table(id="S6.T2", caption="Table 2: BLEU on WMT 2014.", label="Table 2", rows=rows, section="S6")
    text = PaperText(
        ref="2601.00001v2", read_from="html", title="A Title", abstract="We translate.",
        sections=(Section(id="S6", title="6 Results"),), tables=(table,),
    )  # fmt: skip
    return paper_context(PAPER, text)


def cell(label, column, value):
    return {"table": "Table 2", "row": label, "column": column, "value": value}


def result(**changes):
    made = {
        "what": "BLEU", "ours": "28.4", "other": "26.36", "other_name": "ConvS2S", "dataset": "WMT 2014",
        "evidence": [cell("Ours", CELLS[0], "28.4"), cell("ConvS2S", CELLS[0], "26.36")],
    }  # fmt: skip
    return ResultAnswer.model_validate(made | changes)


def test_a_row_of_results_stands_in_its_cells():
    (shown,), lost = results_of([result()], table_paper())
    assert lost == 0 and (shown.ours, shown.other, shown.suspect) == ("28.4", "26.36", ())
    assert [(e.table, e.row, e.column) for e in shown.evidence] == [
        ("Table 2", "Ours", CELLS[0]), ("Table 2", "ConvS2S", CELLS[0]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"ours": "29.4"},
        {"ours": "8.4"},
        {"other": "41.8"},
        {"other_name": ""},
        {"ours": "41.8"},
        {"evidence": [cell("Ours", CELLS[1], "28.4"), cell("ConvS2S", CELLS[0], "26.36")]},
        {"evidence": [cell("ConvS2S", CELLS[0], "28.4"), cell("ConvS2S", CELLS[0], "26.36")]},
        {"evidence": []},
        {"what": "x" * 100},
    ],
    ids=[
        "no value",
        "part of a value",
        "not cited",
        "no rival",
        "other column",
        "wrong column",
        "wrong row",
        "none",
        "long",
    ],
)
def test_a_row_that_its_cells_do_not_bear_is_left_out(changes):
    assert results_of([result(**changes)], table_paper()) == ((), 1)


def answer(**more):
    claim = {"text": "It works."}
    four = {name: [claim] for name in ("contribution", "methodology", "takeaway", "limitations")}
    return DeepdiveAnswer.model_validate(four | more)


@pytest.mark.parametrize(
    "text",
    [
        "Train it on 3 frames at once.",
        "Expect a gain of 2.5 dB on video.",
        "Expect it to run x2 as fast on video.",
        "Expect it to be three times as fast on video.",
        "The paper shows that this carries over to video.",
        "The authors report that it works on video.",
        "论文表明该方法也适用于视频。",
        "本文已经证明这一点，可以直接照搬。",
    ],
)
def test_an_idea_states_nothing(text):
    kept = only_ours(answer(ideas=[{"text": text}, {"text": "Try the probe on 3D scans with a GPT-4 judge."}]), GIVEN)
    assert [idea.text for idea in kept.ideas] == ["Try the probe on 3D scans with a GPT-4 judge."]


def test_ideas_have_no_evidence_and_are_few():
    many = [{"text": f"Try it on {word}.", "evidence": [{"quote": "x y z", "paragraph": 1}]} for word in "abcde"]
    kept = only_ours(answer(ideas=many), GIVEN).ideas
    assert len(kept) == 3 and not any(idea.grounds for idea in kept)


@pytest.mark.parametrize(
    ("said", "section"),
    [("2", "2"), ("§ 2", "2"), ("Section 2", "2"), ("第 2 节", "2"), ("9.9", ""), ("all of it", "")],
)
def test_advice_names_only_sections_that_are_there(said, section):
    advice = advice_of(AdviceAnswer(action="skim", section=said, why="The method is close."), GIVEN)
    assert advice == ReadAdvice(action="skim", section=section, why="The method is close.")


def test_advice_with_a_number_of_its_own_is_left_out():
    assert advice_of(AdviceAnswer(action="read", why="It gains 97.3 points."), GIVEN) is None
    assert advice_of(AdviceAnswer(action="read", why="It is better than Nobody-77."), GIVEN) is None
    assert advice_of(None, GIVEN) is None


def test_leads_are_plain_short_and_say_no_number_of_their_own():
    shown = [Statement(section="takeaway", text=t) for t in ("**Cost**: it is 3 s.", "It is 3 s.", "It is fast.")]
    claims = [ClaimAnswer(text=s.text, lead=lead) for s, lead in zip(shown, ["**Cost**", "9 s", "x" * 99], strict=True)]
    led = with_leads(shown, claims)
    assert [(s.lead, s.text) for s in led] == [("Cost", "it is 3 s."), ("", "It is 3 s."), ("", "It is fast.")]


def test_a_part_that_was_read_is_told_as_one():
    passages = whole().passages
    assert read_of(passages) == "the full text"
    told = read_of(passages, (), 0.62, ("pages 10-15",))
    assert told.startswith("about 62% of the text") and "pages 10-15" in told and "the full text" not in told


def an_analysis(**more):
    place = Evidence(quote="the mean gain is 3.2 dB", paragraph="S3.p1", where="3.2 Main results", anchor="S3.SS2")
    at = Evidence(
        quote="28.4", paragraph="T2.r2", where="6 Results", anchor="S6", table="Table 2", row="Ours", column="BLEU"
    )
    statements = (
        Statement(
            section="contribution", text="It weighs the evidence.", lead="What is new", evidence=(place,),
            **place.model_dump(include={"quote", "paragraph", "where", "anchor"}),
        ),
        Statement(
            section="methodology", text="It gains 3.2 dB, twice the rest.", lead="Gain", evidence=(place, at),
            derived=(Derived(value="2", op="ratio", operands=("3.2", "1.6")),), suspect=("pairs",),
            **place.model_dump(include={"quote", "paragraph", "where", "anchor"}),
        ),
        Statement(section="limitations", text="The cost is not told.", lead="Cost"),
        Statement(section="ideas", text="Try it on video.", lead="Video"),
    )  # fmt: skip
    rows = (
        ResultRow(what="BLEU", ours="28.4", other="26.36", other_name="ConvS2S", dataset="WMT 2014", evidence=(at,)),
        ResultRow(what="F1", ours="92.7", dataset="", evidence=(at,), suspect=("names",)),
    )
    values = {
        "id": "2601.16148", "version": 1, "contribution": "c", "methodology": "m", "takeaway": "", "limitations": "l",
        "ideas": "i", "by": "claude-x", "read": "html", "statements": statements, "results": rows,
        "verdict": ReadAdvice(action="skim", section="3.2", why="Close to what we do."),
        "grounds": Grounds(
            ref="2601.16148v1", sections=6, sections_read=6, coverage=0.62, missing=("pages 10-15", "Appendix B"),
            quotes=3, quotes_found=3, numbers=2, numbers_found=2, checks=("quotes", "numbers", "names"), unchecked=1,
            dropped=1,
        ),
    }  # fmt: skip
    return Analysis(**values | more)


def chat(found, language="en"):
    shown = digest(pick(found, id=found.id), language=language)
    parts = slack_digest.messages(shown, arxiv_url=ARXIV), telegram_digest.messages(shown, arxiv_url=ARXIV)
    for part in parts[0]:
        check_slack(part)
    for part in parts[1]:
        check_telegram(part)
    return parts


def words_in(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = value["text"] if isinstance(value, dict) and isinstance(value.get("text"), str) else ""
    return own + "".join(words_in(part) for part in inner)


def test_slack_shows_places_inline_a_table_and_the_quotes_in_a_message_below():
    parts = {part.key: part for part in chat(an_analysis())[0]}
    head, body, evidence = (
        parts[f"{k}:2601.16148{n}"] for k, n in (("pick", ""), ("analysis", ":0"), ("evidence", ":0"))
    )
    assert "📖 Skim § 3.2: Close to what we do." in words_in(head.payload["blocks"])
    told = words_in(body.payload["blocks"])
    assert "What is new: It weighs the evidence. [§ 3.2]" in told and "mean gain" not in told
    assert "[§ 3.2] [Table 2] (computed) (not certain: compare the paper's words)" in told
    assert "The cost is not told. (our reading)" in told and "Try it on video. (our reading)" not in told
    (table,) = [b for b in body.payload["blocks"] if b["type"] == "table"]
    rows = [[words_in(c) for c in row] for row in table["rows"]]
    assert rows[1:] == [
        ["BLEU", "28.4", "26.36 (ConvS2S)", "WMT 2014", "[Table 2]"], ["F1", "92.7 (?)", "–", "–", "[Table 2]"],
    ]  # fmt: skip
    assert evidence.parent == head.key
    folded = words_in(evidence.payload["blocks"])
    assert "What is new: “the mean gain is 3.2 dB” — § 3.2 Main results" in folded
    assert "“28.4” — Table 2, Ours, BLEU; computed: 3.2 ÷ 1.6 = 2" in folded


def test_telegram_has_a_monospaced_table_and_folds_the_quotes():
    pick_part = chat(an_analysis())[1][1].payload
    text, entities = pick_part["text"], pick_part["entities"]
    assert text.index("📖 Skim § 3.2") < text.index("1. Key Contribution") < text.index("3. Results")
    (table,) = [covered(text, e) for e in entities if e["type"] == "pre"]
    assert table.startswith("BLEU · WMT 2014\n  Ours: 28.4\n  Best other: 26.36 (ConvS2S)\nF1\n")
    folded = [covered(text, e) for e in entities if e["type"] == "expandable_blockquote"]
    assert "“the mean gain is 3.2 dB”" in folded[-1] and not any("“the mean" in part for part in folded[:-1])
    links = [e["url"] for e in entities if e["type"] == "text_link" and covered(text, e) == "[§ 3.2]"]
    assert set(links) == {f"{ARXIV}/html/2601.16148v1#S3.SS2"}


def test_the_archive_has_all_and_the_footer_says_how_much_was_read_and_checked():
    out = markdown.archive(digest(pick(an_analysis(), id="2601.16148"), language="en"), arxiv_url=ARXIV)
    assert "📖 **Skim § 3.2**: Close to what we do." in out
    assert "| BLEU | 28.4 | 26.36 (ConvS2S) | WMT 2014 |" in out and out.count("the mean gain is 3.2 dB") == 2
    assert "*About 62 % of the text was read (v1, HTML).*" in out and "Not read: pages 10-15, Appendix B." in out
    assert "3/3 quotes found; 2/2 numbers found; quotes, numbers and names checked by program, meaning not." in out
    assert "1 statement left out that could not be checked by program." in out and "6 of 6" not in out


def test_with_a_judge_checked_means_found_and_judged():
    made = an_analysis()
    statements = tuple(
        s.model_copy(update={"verdict": "supported" if n == 0 else "partly"}) if s.evidence else s
        for n, s in enumerate(made.statements)
    )
    grounds = made.grounds.model_copy(update={"checks": ("quotes", "numbers", "names", "judge"), "judged": 2})
    found = made.model_copy(update={"statements": statements, "grounds": grounds})
    out = markdown.archive(digest(pick(found, id=found.id), language="en"), arxiv_url=ARXIV)
    assert "1/2 statements checked (quote found by program, meaning compared by a second model)" in out


def test_from_an_abstract_alone_there_are_a_few_bullets_and_no_quotes():
    made = an_analysis()
    more = [Statement(section="methodology", text=f"More {n}.", lead=f"M{n}") for n in range(6)]
    few = brief([*made.statements, *more])
    assert 3 <= len(few) <= 5 and "ideas" not in {s.section for s in few}
    grounds = Grounds(ref="2601.16148v1", quotes=2, quotes_found=2)
    found = made.model_copy(update={"read": "abstract", "statements": few, "results": (), "grounds": grounds})
    (part,) = sections(found, words("en"), ARXIV)
    assert part.heading == "In Brief (from the abstract alone)"
    for parts in chat(found):
        told = "".join(words_in(p.payload.get("blocks", [])) + p.payload["text"] for p in parts)
        assert "“" not in told and "[§" not in told and "Only the abstract was read." in told


def test_an_analysis_of_before_still_opens_and_looks_as_it_did():
    old = {
        "id": "2601.16148", "version": 1, "contribution": "c", "methodology": "m", "takeaway": "t", "limitations": "l",
        "by": "claude-x", "read": "html", "error": None,
        "grounds": {"ref": "2601.16148v1", "quotes": 1, "quotes_found": 1},
        "statements": [{"section": "contribution", "text": "It is new.", "quote": "we propose it", "paragraph": "S1.p1",
                        "where": "1 Introduction", "anchor": "S1", "page": None}],
    }  # fmt: skip
    found = Analysis.model_validate(old)
    shown = sections(found, words("en"), ARXIV)
    assert [s.heading for s in shown] == ["1. Key Contribution", "2. Methodology", "3. Takeaway", "4. Limitations"]
    assert "“we propose it” — § 1 Introduction" in "".join(words_in(p.payload["blocks"]) for p in chat(found)[0])
