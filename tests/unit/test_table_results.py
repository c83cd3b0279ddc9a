"""Results from the paper's own tables.

The best own value beside the best other, and nothing that would be a guess.
"""

import pytest

from tests.analyst_papers import PAPER, whole
from workers.analysis.extractive.sentences.own_work import OwnWork
from workers.analysis.extractive.sentences.table_results import result_rows
from workers.reading.text import Cell, Table, TableRow

OURS = OwnWork(("Sieve",))


def table(columns, rows, caption="Table 1: Main results on SIDD-500 test set.", **more):
    made = tuple(
        TableRow(
            id=f"S3.T1.r{n}",
            text="",
            label=label,
            cells=tuple(Cell(column=c, text=t) for c, t in zip(columns, texts, strict=True)),
        )
        for n, (label, *texts) in enumerate(rows, 1)
    )
    return Table(id="S3.T1", caption=caption, rows=made, section="S3", label="Table 1", **more)


ROWS = (
    ("NAFNet", "30.1", "0.21"),
    ("Sieve (small)", "31.0", "0.19"),
    ("Sieve", "33.3", "0.17"),
    ("Hearth", "32.2", "0.15"),
)


def found(made):
    return result_rows(whole(PAPER, tables=(made,)), OURS)


def test_the_best_own_value_stands_beside_the_best_other():
    psnr, lpips = found(table(("PSNR", "LPIPS"), ROWS))
    assert (psnr.what, psnr.ours, psnr.other, psnr.other_name) == ("PSNR", "33.3", "32.2", "Hearth")
    assert (lpips.ours, lpips.other) == ("0.17", "0.15"), "of LPIPS less is better, and a rival that wins is shown"
    assert psnr.dataset == "SIDD-500 test set"
    own, other = psnr.evidence
    assert (own.quote, own.table, own.row, own.column) == ("33.3", "Table 1", "Sieve", "PSNR")
    assert (other.paragraph, other.where) == ("S3.T1.r4", "3 Experiments")


@pytest.mark.parametrize(
    "made",
    [table(("PSNR", "LPIPS"), ROWS, sure=False),
     table(("Size", "Depth"), ROWS),
     table(("PSNR", "PSNR"), ROWS),
     table(("PSNR", "LPIPS"), ROWS, caption="Table 4: Ablation of the probe."),
     table(("PSNR", "LPIPS"), ROWS[1:3]),
     table(("PSNR", "LPIPS"), (ROWS[0], ROWS[3])),
     table(("PSNR", "LPIPS"), (("NAFNet", "–", "n/a"), ROWS[2]))],
    ids=["guessed grid", "no known metric", "two of one name", "ablation", "no rival", "no own row", "no values"],
)  # fmt: skip
def test_what_would_be_a_guess_is_left_out(made):
    assert found(made) == ()


def test_a_power_of_ten_is_no_setting():
    rows = (("Older", "30.1", "$1.0\\cdot 10^{20}$"), ("Sieve", "33.3", "$2.3\\cdot 10^{19}$"))
    assert [(r.ours, r.other) for r in found(table(("PSNR", "FLOPs"), rows))] == [("33.3", "30.1")]


def test_rows_of_another_setting_are_not_compared():
    rows = (("Older", "supervised", "90.0"), ("Sieve", "semi-supervised", "92.7"), ("Newer", "supervised", "93.3"))
    assert found(table(("Training", "F1"), rows)) == ()
    (only,) = found(table(("Training", "F1"), (*rows, ("Third", "semi-supervised", "92.1"))))
    assert (only.what, only.other, only.other_name) == ("F1 (semi-supervised)", "92.1", "Third")
