"""The measurements' own pieces: verdicts, printing, inputs.

What is measured is shown by `make bench`, not asserted.
"""

import json

import pytest
from rich.console import Console

from tests.bench import __main__ as bench
from tests.bench import cost, fanout, texts
from tests.bench.figures import Figure, Report, show, spread, write_json
from tests.bench.rank import child
from workers.analysis.prices import PRICES

ROWS = [
    Figure("quick", 1.1, "s", 1.0, limit=1.15, note="median of 3"),
    Figure("slow", 2.0, "s", 1.0, limit=1.15),
    Figure("a stage", 0.5, "s", 0.25, part=True),
    Figure("lost", 0, "", most=0),
    Figure("doubled", 2, "", most=0),
    Figure("memory", 12.5, "MB", 5.0),
]
REPORT = Report("digest", "a [bracketed] title", "python -m tests.bench digest", "the bare thing", ROWS, ["a note"])


def printed(*, terminal: bool) -> str:
    console = Console(force_terminal=terminal, width=160, highlight=False, no_color=True)
    with console.capture() as captured:
        show(REPORT, console)
    return captured.get()


def test_verdicts_and_ratios():
    assert [f.verdict for f in ROWS] == ["kept", "over", "", "kept", "over", ""]
    assert [f.ratio for f in ROWS] == [pytest.approx(1.1), 2.0, None, None, None, 2.5]


@pytest.mark.parametrize("terminal", [False, True])
def test_each_figure_is_shown_with_floor_ratio_limit_and_command(terminal):
    text = printed(terminal=terminal)
    for words in ("$ python -m tests.bench digest", "the bare thing", "a note", "[bracketed]", "12.5 MB", "5.0 MB"):
        assert words in text
    quick = next(line for line in text.splitlines() if "quick" in line)
    for words in ("1.10 s", "1.00 s", "1.100", "<= 1.15 KEPT", "median of 3"):
        assert words in quick
    assert "OVER" in next(line for line in text.splitlines() if "slow" in line)


def test_piped_lines_hold_no_drawing():
    assert printed(terminal=False).isascii()


def test_json_has_ratio_and_verdict(tmp_path):
    write_json([REPORT], tmp_path / "found.json")
    found = json.loads((tmp_path / "found.json").read_text())
    assert [f["verdict"] for f in found[0]["figures"]] == [f.verdict for f in ROWS]
    assert found[0]["figures"][0]["ratio"] == pytest.approx(1.1)
    assert spread([2.0, 1.0, 3.0], "s") == "median of 3: 1.00 s to 3.00 s"


def test_a_measurement_that_crashes_is_told_and_the_others_go_on(capsys, tmp_path):
    def crash(_runs):
        raise RuntimeError("no such thing")

    known = {"bad": crash, "good": lambda _runs: Report("good", "t", "c", "f")}
    assert bench.run(["bad", "good"], known, 1, tmp_path / "out.json") == 1
    shown = capsys.readouterr()
    assert "good" in shown.out
    assert "not measured: bad" in shown.err
    assert len(json.loads((tmp_path / "out.json").read_text())) == 1
    assert bench.run(["good"], known, 1, None) == 0


@pytest.mark.parametrize("words", [["nothing"], ["--runs", "0"], ["fanout", "--channels", "0"]])
def test_wrong_usage_is_refused(words, capsys):
    with pytest.raises(SystemExit) as left:
        bench.main(words)
    assert left.value.code == 2
    assert capsys.readouterr().err


def test_the_texts_are_always_the_same():
    first, again = texts.papers(50), texts.papers(50)
    assert first == again
    assert len({p.id for p in first}) == 50
    assert all(60 < len(p.abstract.split()) < 400 for p in first)


@pytest.mark.parametrize("way", ["ours", "bare"])
def test_the_ranker_runs_in_a_process_of_its_own(way):
    found = child(way, 20)
    assert found["peak_mb"] >= found["before_mb"] > 0
    assert found["first_s"] > 0


def test_the_cost_formula():
    score, write = cost.Mean("claude-haiku-5-5", 600, 400), cost.Mean("claude-sonnet-5-5", 700, 300)
    haiku, sonnet = PRICES[score.model], PRICES[write.model]
    texts_cost = 2 * (1000 * sonnet.tokens_in + 3500 * sonnet.tokens_out)
    out = 10 * 60 * haiku.tokens_out
    plain = 10 * 1000 * haiku.tokens_in + out + texts_cost
    cached = 10 * 400 * haiku.tokens_in + 600 * haiku.cache_write + 9 * 600 * haiku.cache_read + out + texts_cost
    assert cost.formula(score, write, 10, 2, writes=None, out=(60, 3500)) == pytest.approx(plain / 1e6)
    assert cost.formula(score, write, 10, 2, writes=1, out=(60, 3500)) == pytest.approx(cached / 1e6)


def test_the_platforms_pace():
    assert fanout.pace_s(1) == 2.0
    assert fanout.pace_s(500) == pytest.approx(49.0)
    assert fanout.pace_s(500, 6) == pytest.approx(99.0)
