"""What a replay counts as a fault, and the lists it takes."""

import json
from datetime import date

import pytest

from tests.conftest import SMALL
from tests.doubles.huggingface import make_item
from tests.replay.count import FAULTS, Day, Shown, faults, shown_of, totals
from tests.replay.lists import recorded, synthetic
from tests.replay.oracle import Oracle

NONE = dict.fromkeys(FAULTS, 0)


def head(paper, number, text="A paper", message="1.1", method="post"):
    return Shown(method, message, True, f"{text} {number}/100", ((paper, number),))


def good():
    return [
        Day("d1", [head("p1", 90), head("p2", 70, message="1.2")], cleared=("p1", "p2")),
        Day("d2", [head("p3", 80, message="2.1"), head("p3", 80, message="2.1", method="edit")], cleared=("p3",)),
        Day("d3", [Shown("post", "3.1", True, "🚀 nothing new today")]),
    ]


def error_text(days):
    days[1].shown.append(head("p3", 80, "You have reached your specified API usage limits.", "2.1", "edit"))


def error_in_the_archive(days):
    days[2].archive = "### 1. Error code: 429 - {'type': 'rate_limit_error'}"


def nothing_posted(days):
    days[2].cleared = ("p9",)


def an_old_paper(days):
    days[2].shown.append(head("p1", 90, message="3.2"))


def twice_on_a_day(days):
    days[0].shown.append(head("p1", 90, message="1.9"))


def another_number(days):
    days[1].shown[1] = head("p3", 10, message="2.1", method="edit")


def another_number_later(days):
    days[2].shown.append(head("p2", 71, message="1.2", method="edit"))


PLANTED = {
    error_text: "error text", error_in_the_archive: "error text", nothing_posted: "missed", an_old_paper: "repeat",
    twice_on_a_day: "repeat", another_number: "changed score", another_number_later: "changed score",
}  # fmt: skip


def test_good_days_count_nothing():
    assert totals(faults(good())) == NONE


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_counted(plant):
    days = good()
    plant(days)
    assert totals(faults(days)) == NONE | {PLANTED[plant]: 1}


def test_what_a_paper_says_itself_is_no_error_text():
    days = good()
    days[0].shown.append(head("p2", 70, "Learning under API Usage Limits", "1.2", "edit"))
    assert totals(faults(days))["error text"] == 1
    days[0].own = json.dumps(["Learning under API usage limits"])
    assert totals(faults(days)) == NONE


def test_a_long_gap_between_lists_is_jumped_over():
    days = list(recorded(SMALL / "hf_daily").mornings())
    after = days[days.index(date(2024, 6, 3)) + 1]
    assert (len(days), days[0], after, days[-1]) == (28, date(2024, 5, 28), date(2026, 1, 22), date(2026, 5, 14))


def test_the_oracle_knows_what_could_be_had():
    lists = synthetic(6)
    first, *rest = lists.mornings()
    oracle = Oracle(lists, lambda paper: 100, 60)
    assert len(oracle.morning(first, away=False)) == 15
    assert oracle.morning(first, away=False) == ()
    assert oracle.morning(rest[0], away=True) == ()
    assert len(oracle.morning(rest[1], away=False)) > 15, "two lists at once, those of the lost day too"
    assert Oracle(lists, lambda paper: 59, 60).morning(first, away=False) == ()


def test_a_call_to_slack_is_read_as_a_person_reads_it():
    link = {"type": "link", "url": "https://arxiv.org/abs/2601.00001", "text": "On 30/100 things"}
    said = {"type": "text", "text": "\n🎯 88/100 · right on topic"}
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link, said]}]}]
    shown = shown_of("post", "1.1", {"blocks": blocks, "text": "On", "thread_ts": None})
    assert (shown.scores, shown.head) == ((("2601.00001", 88),), True)
    assert "right on topic" in shown.text


@pytest.mark.parametrize("content", ["{}", "[", "no json", "[" * 20_000])
def test_a_folder_without_lists_is_refused(tmp_path, content):
    with pytest.raises(ValueError, match="no recorded list"):
        recorded(tmp_path)
    (tmp_path / "2026-01-20.json").write_text(content)
    with pytest.raises(ValueError, match=r"2026-01-20\.json is not"):
        recorded(tmp_path)


def test_what_is_no_paper_in_a_recorded_list_is_passed_over(tmp_path):
    good = make_item("2601.00001", title="A Title")
    odd = [None, 5, "x", {"x": 1}, {"paper": 5}, {"paper": {"id": 5}, "title": "x"}, {"paper": {"id": "2601.00002"}}]
    (tmp_path / "2026-01-20.json").write_text(json.dumps([*odd, good]))
    assert [(title, paper["id"]) for title, paper in recorded(tmp_path).papers()] == [("A Title", "2601.00001")]
