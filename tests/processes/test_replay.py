"""Many days in a row: no bad one. And the counting of bad days can fail."""

import shutil
import subprocess
import sys

import pytest

from tests.conftest import SMALL
from tests.forked import inherited
from tests.replay.count import FAULTS, faults, totals
from tests.replay.lists import synthetic
from tests.replay.run import CHANNEL, Replay, Weather
from tests.waiting import HANG_S
from tests.world import ROOT
from workers.store.delivery.outbox import Outbox

DAYS, TROUBLE = 7, Weather(away_every=5, late_every=3, crash_every=2)
"""A week with three crashes, an outage and a late morning; all 69 days are `python -m tests.replay`."""

NONE = dict.fromkeys(FAULTS, 0)


@pytest.fixture
def short(tmp_path, redis_url):
    """Four days without trouble, not yet lived."""
    with Replay(synthetic(4), tmp_path, redis_url, Weather(errors=0, crash_every=0)) as replay:
        yield replay


def test_faults_planted_among_what_slack_was_sent_are_counted(short):
    """The same four faults, by a bot that does each once.

    Through the ledger of the double, as the real days are.
    """
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


def test_a_week_of_trouble_has_no_bad_day(tmp_path, redis_url):
    with Replay(synthetic(DAYS), tmp_path, redis_url, TROUBLE) as replay:
        days = list(replay.live())
        assert len(days) == DAYS
        assert totals(faults(days)) == NONE, [(d.name, f) for d, f in zip(days, faults(days), strict=True)]
        assert replay.failed >= 5, "the model was in trouble"
        assert replay.killed >= 3, "workers were killed"
        notes = [day.note for day in days]
        assert {"crash", "source away", "source late"} <= set(notes)
        assert sum(bool(day.cleared) for day in days) >= 2
        assert not Outbox(replay.redis).trouble()


def test_recorded_days_by_the_command(tmp_path):
    """Two lists with a gap, in whatever zone the machine is."""
    for name in ("2026-01-21.json", "2026-01-27.json"):
        shutil.copy(SMALL / "hf_daily" / name, tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "tests.replay", str(tmp_path)], env=inherited() | {"DIGEST_TIMEZONE": "UTC"},
        cwd=ROOT, capture_output=True, text=True, timeout=3 * HANG_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("2026-01-2") == 7
    assert "error text: 0, missed: 0, repeat: 0, changed score: 0." in done.stdout
