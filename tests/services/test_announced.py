"""The daily read of arXiv's announcements.

Opened once a day by the clock, tried again where need be.
"""

from datetime import UTC, date, datetime

import pytest

from tests.doubles.arxiv import Arxiv, make_item
from workers.channels import daily_reads
from workers.processes.scheduler import Scheduler
from workers.store.channels.settings import Channels
from workers.store.sources.announcements import Announcements
from workers.store.tasks.ledger import Ledger

TUE = date(2026, 8, 11)


def at(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC).timestamp()


@pytest.fixture
def world(env, redis, tmp_path, no_pace):
    folder = tmp_path / "profiles"
    folder.mkdir()
    with Arxiv([make_item("2608.00001")]) as arxiv:
        arxiv.day = TUE
        arxiv.settings = env(
            SLACK_BOT_TOKEN="xoxb-x", SLACK_CHANNELS="C1", DIGEST_PROFILE="cv-daily-en", ARXIV_API_URL=arxiv.api_url,
            ARXIV_FEED_URL=f"{arxiv.url}/atom", ARXIV_URL=arxiv.url, DIGEST_DAYS="mon",
        )  # fmt: skip
        arxiv.redis = redis
        yield arxiv


def test_when_it_is_due():
    assert daily_reads.slot(at(TUE, 4, 44)) is None
    assert daily_reads.slot(at(TUE, 4, 46)) == (f"announcements|{TUE}", at(TUE, 4, 45))
    assert daily_reads.slot(at(date(2026, 12, 1), 5, 46)) == (
        "announcements|2026-12-01",
        at(date(2026, 12, 1), 5, 45),
    )


def test_the_clock_opens_it_once_a_day_whatever_the_days_of_the_digests(world):
    now = [at(TUE, 5)]
    for _ in range(2):  # two schedulers, or one that was started again
        ticker = Scheduler(world.redis, world.settings, lambda: now[0])
        ticker.tick()
        ticker.tick()
    task = Ledger(world.redis).get(f"announcements|{TUE}")
    assert (task.kind, task.attempt) == ("announcements", 1)
    assert sum(b"announcements" in job for job in world.redis.lrange("rq:queue:deepdive", 0, -1)) == 1


def test_it_reads_the_categories_of_all_channels(world):
    assert daily_reads.categories(world.settings, Channels(world.redis)) == ["cs.CV"]
    assert daily_reads.read(world.redis, world.settings, at(TUE, 5)) is None
    assert [p.id for p in Announcements(world.redis).get("cs.CV", TUE).papers] == ["2608.00001"]
    asked = len(world.calls())
    assert daily_reads.read(world.redis, world.settings, at(TUE, 9)) is None
    assert len(world.calls()) == asked


def test_what_could_not_be_read_is_tried_again_until_the_evening(world):
    world.fault("*", status=500, times=999)
    assert daily_reads.read(world.redis, world.settings, at(TUE, 5)) == at(TUE, 5) + daily_reads.AGAIN_S
    assert daily_reads.read(world.redis, world.settings, at(TUE, 23)) is None


def test_no_profile_reads_arxiv(env, redis):
    assert daily_reads.read(redis, env(SLACK_BOT_TOKEN="xoxb-x"), at(TUE, 5)) is None
