"""The order of labelled days beside baselines.

Feedback from a day's best papers.
"""

import json

import pytest

from tests.bench import __main__ as bench
from tests.bench.labelled import BadFileError, read_days
from tests.bench.ranking import ndcg
from workers.analysis.extractive.ranking.feedback import LEAST, ordered
from workers.analysis.extractive.ranking.rank import rank
from workers.models import Paper

FILLER = ("payroll forms", "tax ledgers", "road surveys", "crop yields", "tide tables", "bird counts")


def day(date):
    """Twelve papers of one day.

    Three on topic, one that only shares their other words, and eight of other fields.
    """
    on = [("Diffusion for image restoration", 3), ("Image restoration with priors", 3), ("Blind image restoration", 2)]
    rows = [
        (title, "Deblurring photographs with kernels and sensors, restored by a network.", label) for title, label in on
    ]
    rows += [(f"A study of {what} {n}", f"We count {what} by hand.", 0) for n in range(4) for what in FILLER[n : n + 2]]
    rows.append(("Deblurring photographs", "Kernels and sensors of photographs, deblurring by a network.", 2))
    return [
        {"date": date, "id": f"{date}-{n}", "title": t, "abstract": a, "label": label}
        for n, (t, a, label) in enumerate(rows)
    ]


def test_the_bench_prints_days_and_ends_with_figures_beside_baselines(tmp_path, capsys):
    file = tmp_path / "days.jsonl"
    rows = [*day("2026-01-05"), *day("2026-01-06"), {**day("2026-01-07")[-2], "label": 0}]
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert bench.main(["rank", str(file), "--profile", "cv-daily-en"]) == 0
    *days, last = capsys.readouterr().out.splitlines()
    assert len(days) == 2, "a day without a label above 0 tells nothing"
    assert last.startswith("NDCG@10 over 2 days: ranker ") and "bm25 " in last and "keyword " in last


def test_rows_in_any_order_with_labels_as_people_write_them(tmp_path):
    file = tmp_path / "days.jsonl"
    rows = [
        {"date": "2026-01-12", "id": "b", "title": None, "label": "2.0"},
        {"date": "2026-1-5", "id": "a", "abstract": None, "label": 7},
        {"date": "2026-01-12", "id": 5, "title": "t", "abstract": "x", "label": None},
    ]
    file.write_text("\n\n".join(map(json.dumps, rows)), encoding="utf-8")
    first, second = read_days(file)
    assert (first.labels, second.labels) == ({"a": 3.0}, {"b": 2.0, "5": 0.0})
    assert second.papers[0].title == "" == first.papers[0].abstract


def test_of_a_file_of_yes_and_no_yes_is_the_highest_label(tmp_path):
    file = tmp_path / "days.jsonl"
    for yes, no in ((True, False), ("true", "no"), (1, 0), ("1.0", None)):
        rows = [{"date": "2026-01-05", "id": n, "title": n, "label": label} for n, label in (("y", yes), ("n", no))]
        file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        assert read_days(file)[0].labels == {"y": 3.0, "n": 0.0}


@pytest.mark.parametrize("line", ["", "{", "[]", '{"date": "2026-01-05"}', '{"date": 1, "id": 1, "label": "good"}'])
def test_a_file_that_is_no_good_is_named_with_its_line(tmp_path, capsys, line):
    file = tmp_path / "days.jsonl"
    file.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(BadFileError, match=r"days\.jsonl"):
        read_days(file)
    for name in ("rank", "taste"):
        with pytest.raises(SystemExit) as ended:
            bench.main([name, str(file)])
        assert ended.value.code == 2 and "days.jsonl" in capsys.readouterr().err


def test_gain_is_of_the_order():
    assert ndcg([3, 2, 0]) == 1.0 > ndcg([2, 3, 0]) > ndcg([0, 0, 3]) > ndcg([0, 0, 0]) == 0.0


def test_what_the_best_papers_have_in_common_lifts_a_paper_that_names_no_interest():
    papers = [Paper(id=row["id"], title=row["title"], abstract=row["abstract"]) for row in day("2026-01-05")]
    found = rank(papers, ["image restoration"])
    assert [r.id for r in found][3] == papers[-1].id, "it comes right behind those on topic"
    alone = {r.id: rank([p], ["image restoration"])[0].value for p, r in zip(papers, papers, strict=True)}
    assert {r.id: r.value for r in found} == alone, "a number is a function of one paper"


def test_of_few_papers_none_is_taken_for_right():
    corpus = [{"a": 1, "b": 1}, {"b": 1}, {"c": 1}] * 3
    assert len(corpus) < LEAST and ordered([1, 3, 2] * 3, corpus, {"a"})[0] == [1, 4, 7, 2, 5, 8, 0, 3, 6]
