"""G. Outages of a morning: no model for two hours; an old list till noon.

The clock, workers and jobs are real, the time is moved (`tests.replay`).
"""

import json
import time
from datetime import date, datetime, timedelta

import pytest

from tests.doubles.huggingface import make_item
from tests.promises import kit
from tests.replay.lists import Lists
from tests.replay.run import CHANNEL, HOUR_S, LATER, PASSING, ZONE, Replay, Weather
from workers.intake import Intake
from workers.queueing.kinds import DEEPDIVE, DELIVERY, DIGEST, INTERACTIVE
from workers.words import words

HERE, MONDAY = f"slack:{CHANNEL}", date(2026, 1, 19)
CALM = Weather(errors=0, away_every=0, late_every=0, crash_every=0)
TITLES = ("Flow Matching for Image Restoration", "Super-Resolution in One Step", "Masked Autoregressive Denoising")


def listed(day, first):
    """A day's list: three papers that fit."""
    items = [make_item(f"{day:%y%m}.{first + n:05d}", title, 90 - n, day) for n, title in enumerate(TITLES)]
    for item in items:
        item["paper"]["summary"] = f"We study {item['title'].lower()}. " + "It works well. " * 5
        item["title"] = item["paper"]["title"] = f"{item['title']}, {day:%A}"
    return items


class Morning(Replay):
    """Days of one channel whose digest is due at eight."""

    def begin(self, day):
        """Let it become eight o'clock of a day, and the digest due."""
        if day > MONDAY + timedelta(days=1):
            self.until(day - timedelta(days=1), 23.9)
        else:
            self._at(day, -HOUR_S)
            self.ticker.tick()
        self._at(day, 60.0)
        self.hf.today = day
        self.ticker.tick()

    def until(self, day, hour):
        """Let it become that hour, everything due being done."""
        end = datetime.combine(day, datetime.min.time(), ZONE).timestamp() + hour * HOUR_S

        def over():
            due = self.drive.dispatcher.ledger.next_due()
            return self.drive.idle >= kit.IDLE_LOOKS - 1 and (due is None or due > end)

        self.drive.idle = 0
        self.drive.until(over, self._crew, f"{hour} o'clock")
        self.clock.skip(max(0.0, end - self.clock()))
        self.ticker.tick()

    def ask(self, number, thread):
        """Somebody asks about the paper of a message."""
        intake = Intake(self.redis, self.ticker.settings, time.time)
        about = {"channel": HERE, "person": f"slack:U{number}", "thread": thread, "message": f"9.{number}"}
        taken = intake.now(intake.ask(f"slack|T|{CHANNEL}|{number}", text=f"What is new in it ({number})?", **about))
        assert taken.tasks, taken.say
        intake.hand_out(taken.tasks)

    def heads(self):
        """ts -> words of the channel's own messages."""
        found = self.slack.messages(CHANNEL, deleted=False)
        return {m["ts"]: json.dumps(m, ensure_ascii=False) for m in found if m.get("thread_ts") in (None, m["ts"])}

    def said(self):
        """ts -> words of all messages."""
        found = self.slack.messages(CHANNEL, deleted=False)
        return {m["ts"]: json.dumps(m, ensure_ascii=False) for m in found}


@pytest.fixture
def morning(tmp_path, redis_url, env):
    """A Monday's list and a Tuesday's."""
    tuesday = MONDAY + timedelta(days=1)
    lists = Lists({MONDAY: listed(MONDAY, 1), tuesday: listed(tuesday, 11)})
    with Morning(lists, tmp_path, redis_url, CALM, queues=(DIGEST, DELIVERY, DEEPDIVE, INTERACTIVE)) as made:
        yield made


def test_46_the_model_is_overloaded_for_two_hours(morning, figure):
    """46: the model answers 529 from eight to ten: the digest comes without it.

    It is there at eight. Whoever asks meanwhile gets the paper's own words and is told why; the analyses are written
    when it is back, into the same messages.
    """
    w, day = words("zh"), MONDAY + timedelta(days=1)
    back = datetime.combine(day, datetime.min.time(), ZONE).timestamp() + 10 * HOUR_S
    away = {"status": 529, "body": PASSING, "times": 10**9, "headers": {} if kit.full() else LATER}
    morning.model.fault("/v1/messages", when=lambda entry: morning.clock() < back, **away)
    morning.begin(day)
    morning.until(day, 8.1)
    first = morning.heads()
    assert len(first) >= 2
    assert w.note_model_unavailable in str(first)
    papers = [ts for ts, said in first.items() if any(title in said for title in TITLES)]
    before, asked = morning.said(), kit.amount(8, 2)
    for number in range(asked):
        morning.ask(number, papers[number % len(papers)])
    morning.until(day, 9.9)
    answers = {ts: said for ts, said in morning.said().items() if ts not in before}
    assert len(answers) == asked, "each one, once"
    assert all("The model is unavailable right now" in said for said in answers.values())
    assert list(morning.heads()) == list(first), "nothing is posted twice"
    morning.until(day, 12)
    late = morning.said()
    assert list(late) == [*before, *answers], "written up in place"
    assert w.note_model_unavailable not in str(late)
    figure(f"{asked} questions: {len(answers)} answered, 0 doubled")


def test_47_a_list_that_is_yesterdays_till_noon(morning, figure):
    """47: Hugging Face sends the list of the day before till noon.

    Nothing is shown twice, the right list the same day. Until then the channel reads why it is empty.
    """
    wednesday = MONDAY + timedelta(days=2)
    morning.begin(wednesday - timedelta(days=1))
    morning.until(wednesday - timedelta(days=1), 9)
    before = morning.heads()
    right = morning.hf.days[str(wednesday - timedelta(days=1))]
    morning.hf.days[str(wednesday - timedelta(days=1))] = morning.hf.days[str(MONDAY)]
    morning.begin(wednesday)
    morning.until(wednesday, 11.9)
    told = {ts: said for ts, said in morning.heads().items() if ts not in before}
    assert len(told) == 1
    assert "01-19" in str(told), "it is told whose list was sent again"
    morning.hf.days[str(wednesday - timedelta(days=1))] = right
    morning.until(wednesday, 14)
    new = [said for ts, said in morning.heads().items() if ts not in before]
    assert told.keys() < morning.heads().keys(), "edited in place, and added to"
    picks = [json.loads(said)["text"] for said in new[1:]]
    assert len(picks) == len(set(picks)) >= 2, picks
    assert any(f"{TITLES[0]}, Tuesday" in text for text in picks), picks
    assert not any(", Monday" in json.loads(said)["text"] for said in new)
    figure("the right list at the next look, 0 papers twice")
