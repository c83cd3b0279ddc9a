"""A channel's round-up: when it is due, what it tells, on both platforms, once."""

from datetime import date

import pytest

from tests.doubles.slack_blocks import check_blocks
from workers.channels.recipients import target
from workers.channels.roundups import due
from workers.digest.roundup import gather, post_roundup
from workers.models import Candidate, Day, Paper
from workers.models.library import LibraryEntry
from workers.store.channels.day_candidates import DayCandidates
from workers.store.channels.settings import ChannelSettings
from workers.store.delivery.outbox import Outbox
from workers.store.library.index import Library
from workers.store.library.saved import Saved
from workers.store.papers.records import Papers
from workers.store.people.votes import People

FIRST, LAST = date(2026, 1, 19), date(2026, 1, 25)


def data(channel):
    return {"channel": channel, "profile": "cv-daily-en", "first": FIRST.isoformat(), "last": LAST.isoformat()}


@pytest.fixture
def week(redis):
    """A week in a channel of each platform."""
    for home in ("slack:C1", "telegram:-1001"):
        library, people = Library(redis), People(redis)
        for n, day in enumerate((18, 19, 21, 25, 26)):
            library.add(
                home,
                LibraryEntry(
                    kind="paper",
                    paper=f"2601.0000{n}",
                    title=f"Paper {n} <&",
                    date=date(2026, 1, day),
                    score=70 + n,
                    message=f"1{n}.5" if home.startswith("slack") else f"1{n}",
                ),
            )
        for paper, ups in (("2601.00000", 5), ("2601.00001", 1), ("2601.00002", 3), ("2601.00003", 0)):
            for person in range(ups):
                people.vote(home, paper, f"p{person}", True)
        people.vote(home, "2601.00003", "p", False)
        talk = LibraryEntry(kind="talk", paper="2601.00003", title="Paper 3", date=FIRST, question="q", answer="a")
        library.add(home, talk, "talk:2601.00003|1")
        Saved(redis).toggle(home, "2601.00003", "who", 1.0)
        scores = enumerate((88, 59, 91))
        missed = [Candidate(id=f"2601.1000{n}", title=f"Missed {n}", score=score) for n, score in scores]
        DayCandidates(redis).put(
            f"digest|{home}|2026-01-20", Day(date=FIRST, title="T", min_score=60, candidates=tuple(missed))
        )
        redis.sadd(f"pb:posted:{home}", "2601.10002")
    Papers(redis).put_papers([Paper(id="2601.00003", title="Paper 3", abstract="A")])


def test_a_week_is_told_in_one_message_once(redis, env, week):
    settings = env(SLACK_BOT_TOKEN="xoxb-1", TELEGRAM_BOT_TOKEN="1:a")
    found = gather(redis, settings, "slack:C1", FIRST, LAST)
    assert (found.papers, found.questions, found.votes) == (3, 1, 5)
    assert [(line.why, line.title, line.n) for line in found.lines] == [
        ("liked", "Paper 2 <&", 3), ("liked", "Paper 1 <&", 1), ("discussed", "Paper 3 <&", 1),
        ("saved", "Paper 3 <&", 1), ("missed", "Missed 0", 88),
    ]  # fmt: skip
    assert found.lines[0].url.endswith("/archives/C1/p125") and found.lines[-1].url.endswith("/abs/2601.10000")
    for channel in ("slack:C1", "telegram:-1001"):
        key = f"roundup|{channel}|w"
        assert post_roundup(redis, settings, key, data(channel), 1.0)
        before = Outbox(redis).rows(key)
        assert post_roundup(redis, settings, key, data(channel), 2.0)
        assert Outbox(redis).rows(key) == before and len(before) == 1, "a run made again posts nothing twice"
    (slack,), (telegram,) = (Outbox(redis).rows(f"roundup|{c}|w") for c in ("slack:C1", "telegram:-1001"))
    assert not check_blocks(slack.payload["blocks"], 50)
    assert [block["type"] for block in slack.payload["blocks"]][-1] == "table"
    assert "Best liked" in telegram.payload["text"] and "Paper 2 <& — 👍 3" in telegram.payload["text"]
    assert not post_roundup(redis, settings, "roundup|slack:C2|w", data("slack:C2"), 1.0), "nothing to tell"


def test_round_ups_are_due_with_the_first_digests_after_their_time(env):
    goal = target(env(), "slack:C1", ChannelSettings())

    def keys(chosen, *day):
        return [key.split("|", 2)[2] for key, _ in due(goal, chosen, date(*day))]

    assert keys("", 2026, 1, 26) == keys("off", 2026, 1, 26) == []
    assert keys("weekly", 2026, 1, 26) == keys("weekly", 2026, 2, 1) == ["2026-01-19|2026-01-25"]
    assert keys("monthly", 2026, 1, 3) == ["2025-12-01|2025-12-31"] and keys("monthly", 2026, 1, 8) == []
    assert keys("both", 2026, 3, 2) == ["2026-02-23|2026-03-01", "2026-02-01|2026-02-28"]
