"""Many days in a row: no bad one. And the counting of bad days can fail."""

import json
import subprocess
import sys

import pytest

from tests.doubles.huggingface import make_item
from tests.replay.count import FAULTS, Day, Shown, faults, shown_of, totals
from tests.replay.lists import recorded, synthetic
from tests.replay.run import CHANNEL, Oracle, Replay, Weather
from tests.world import ROOT
from workers.store.outbox import Outbox

DAYS = 22
"""Three weekends, three crashes, an outage and two late mornings; all 69 are `python -m tests.replay`."""

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


@pytest.fixture
def short(tmp_path, redis_url):
    """Four days without trouble, not yet lived."""
    with Replay(synthetic(4), tmp_path, redis_url, Weather(errors=0, crash_every=0)) as replay:
        yield replay


def test_faults_planted_among_what_slack_was_sent_are_counted(short):
    """The same four, by a bot that does each once: through the ledger of the double, as the real days are."""
    from slack_sdk import WebClient

    client = WebClient(token=short.slack.bot_token, base_url=short.slack.api_url)

    def post(paper, number, words):
        link = {"type": "link", "url": f"https://arxiv.org/abs/{paper}", "text": words}
        section = {"type": "rich_text_section", "elements": [link, {"type": "text", "text": f"\n🎯 {number}/100"}]}
        client.chat_postMessage(channel=CHANNEL, text=words, blocks=[{"type": "rich_text", "elements": [section]}])

    days, passing = [], short.live()
    days += [next(passing), next(passing)]
    assert totals(faults(days)) == NONE
    paper, number = days[1].shown[0].scores[0]
    short.ticker.settings.slack_channels = ()  # the bot is struck dumb: a day that has papers stays empty
    days.append(next(passing))
    assert totals(faults(days)) == NONE | {"missed": 1}
    since = len(short.slack.ledger)
    post(paper, number, "Once more")
    post(paper, number - 1, "With another score")
    post("2601.99999", 88, "You have reached your specified API usage limits.")
    days.append(short._seen(short.now, since, ()))
    assert totals(faults(days)) == {"error text": 1, "missed": 1, "repeat": 1, "changed score": 1}


def test_the_numbers_are_read_from_real_messages(short):
    days = list(short.live())
    picks = [paper for day in days for paper in day.papers]
    assert len(picks) == len(set(picks)) >= 4
    heads = {paper: n for day in days for m in day.shown for paper, n in m.scores}
    assert set(picks) == set(heads)
    assert all(n >= 60 for n in heads.values())
    assert days[-1].archive.count("/100") >= 1


@pytest.mark.timeout(240)
def test_a_month_of_trouble_has_no_bad_day(tmp_path, redis_url):
    with Replay(synthetic(DAYS), tmp_path, redis_url) as replay:
        days = list(replay.live())
        assert len(days) == DAYS
        assert totals(faults(days)) == NONE, [(d.name, f) for d, f in zip(days, faults(days), strict=True)]
        assert replay.failed > 0.1 * replay.calls > 10, "the model was in trouble"
        assert replay.killed >= 3, "workers were killed"
        notes = [day.note for day in days]
        assert {"crash", "source away", "source late"} <= set(notes)
        assert sum(bool(day.cleared) for day in days) >= 8
        assert not Outbox(replay.redis).trouble()


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


@pytest.mark.timeout(240)
def test_recorded_days_by_the_command(real):
    done = subprocess.run(
        [sys.executable, "-m", "tests.replay", str(real / "hf_daily")],
        cwd=ROOT, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "error text: 0, missed: 0, repeat: 0, changed score: 0." in done.stdout
