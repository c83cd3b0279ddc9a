import io
import re

import pytest
from rich.console import Console

from tests.rendering import HOSTILE, RECEIPT, analysis, digest, pick
from workers.models import Receipt, Score, SourceCount
from workers.render import receipt
from workers.render.terminal.digest import show
from workers.words import words


def printed(d, width=100):
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system="truecolor")
    show(d, console)
    return console.file.getvalue()


def bare(text):
    return re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", text)


def test_a_digest_in_the_terminal():
    out = bare(printed(digest(pick("**a**\n\n- b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n> q\n\n```\ncode\n```"))))
    for words_ in (
        "CV 论文日报 | 2026-01-24",
        "92/100",
        "A Title",
        "https://arxiv.org/abs/2601.16148",
        "核心创新点",
        "• b",
        "抓取 15",
        "失败（超时未应答）",
        "$0.071",
    ):
        assert words_ in out


def test_empty_day():
    assert "Nothing new: 15 fetched" in bare(printed(digest(language="en")))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text):
    bad = Score(id="1", state="scored", value=92, why=text, matched=(text,), by="x")
    out = printed(digest(pick("[bold]x[/bold] [/]\n\n" + text, title=text, score=bad), title=text, label=text))
    assert set(re.findall(r"\x1b\]8;[^;]*;([^\x1b]*)\x1b", out)) <= {"", "https://arxiv.org/abs/2601.16148"}
    rest = bare(out)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]", rest)
    assert "[bold]x[∕bold]" in re.sub(r"[\s│]", "", rest)


def test_receipt_names_what_happened():
    en = digest(pick(), language="en")
    lines = receipt.receipt_lines(en)
    assert lines[0] == "HuggingFace 🔥: 15 fetched, 41 listed, 13 new, 2 repeats, list of 01-23"
    assert lines[1] == "arXiv cs.CV: failed (no answer in time)"
    assert lines[2].startswith(
        "Papers: 13 candidates, 0 dropped by the ranker, 12 scored, 0 declined, 1 failed, model errors: overloaded 1"
    )
    assert lines[3] == "Cost: 38 s, 31.2k tokens in, 4.1k out, about $0.071"
    assert lines[4] == "scores: claude-x; text: claude-y"
    short = receipt.short(en)
    assert "\n" not in short and "no answer in time" in short and "2 picked" not in short and "1 picked" in short


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("weekend", "Weekend"),
        ("no_new", "15 fetched, 13 new"),
        ("all_failed", "1 of 2 failed"),
        ("below_bar", "Of 12 scored, 4 reached the bar of 60"),
        ("nothing_scored", "None of the 13 candidates"),
    ],
)
def test_an_empty_day_names_the_count(reason, said):
    assert said in receipt.receipt_lines(digest(language="en", empty=reason))[0]


def test_a_morning_without_a_list_and_who_worked():
    unchanged = Receipt(sources=(SourceCount(source="huggingface:15", state="unchanged"),), scorer="claude-x")
    lines = receipt.receipt_lines(digest(language="en", empty="no_new", receipt=unchanged))
    assert lines[0] == "The sources have nothing new." and not any("claude-x" in line for line in lines)
    failing = unchanged.model_copy(update={"sources": (*unchanged.sources, SourceCount(source="x", state="failed"))})
    lines = receipt.receipt_lines(digest(language="en", empty="no_new", receipt=failing))
    assert lines[0] == "1 of 2 sources failed, the rest had nothing new."
    seen = unchanged.model_copy(update={"candidates": 3, "scored": 3})
    assert receipt.receipt_lines(digest(language="en", empty="below_bar", receipt=seen))[-1] == "scores: claude-x"


def test_so_far_and_unknown_kinds():
    sources = (
        SourceCount(source="arxiv:cs.CL", state="ok", fetched=3, new=3, so_far=True),
        SourceCount(source="new:thing", state="failed", error="Traceback <!channel> http://x.y"),
        SourceCount(source="huggingface:15", state="unchanged"),
        SourceCount(source="arxiv:cs.AI", state="empty"),
    )
    d = digest(language="en", receipt=Receipt(sources=sources, notes=("budget", "odd")))
    text = "\n".join(receipt.receipt_lines(d))
    assert (
        "3 new, 0 repeats, so far" in text
        and "new thing: failed (could not be read)" in text
        and "Traceback" not in text
    )
    assert (
        "no new list" in text
        and "no papers" in text
        and words("en").note_budget in text
        and words("en").note_other in text
    )


def test_times_and_tokens():
    assert [receipt.seconds(s) for s in (0.41, 38.2, 125)] == ["0.4 s", "38 s", "2 min 5 s"]
    assert [receipt.count(n) for n in (950, 12_345)] == ["950", "12.3k"]
    short = receipt.short(digest(pick(analysis("x"))))
    assert RECEIPT.cost_usd and "抓取 15" in short and "$" not in short, "what it cost is for the operator"


def test_readers_get_no_zero_and_nothing_twice():
    counts = {"candidates": 6, "scored": 6, "local": 6, "above": 5, "picked": 3, "min_score": 60, "seconds": 0.6}
    source = SourceCount(source="arxiv:q-bio", state="ok", fetched=6, new=6)
    made = digest(pick(), language="en", receipt=Receipt(sources=(source,), notes=("no_model",), **counts))
    told = ["arXiv q-bio: 6 fetched, 6 new", "6 candidates, 5 at 60 or above, 3 picked", words("en").note_no_model]
    assert receipt.short(made) == "🧾 " + " · ".join(told)
    assert [text for _, text in receipt.rows(made, full=False)] == told
