"""The team's memory.

Filled by what is posted and answered, found again, and never from another channel.
"""

import time
from datetime import UTC, date, datetime

import pytest

from tests.doubles.slack import SlackDouble
from tests.rendering import digest, pick
from workers.delivery.choose_poster import poster
from workers.delivery.deliver import Deliverer
from workers.delivery.rebuild_memory import refill
from workers.digest.messages import parts_of
from workers.errors import BadInput
from workers.intake import Intake
from workers.library.finding import Lookup
from workers.models import Score
from workers.models.library import LibraryEntry
from workers.store.channels.digests import Digests
from workers.store.delivery.outbox import Outbox
from workers.store.library.index import BLOCK, Library, entries_key, index_key
from workers.store.library.saved import Saved
from workers.store.people.threads import Threads, Turn
from workers.store.people.votes import People
from workers.store.server.connection import key as k
from workers.words import words

HERE, OTHER = "slack:C0DIGEST", "slack:C0OTHER"
EN = words("en")


def entry(n, title, day=date(2026, 1, 24), **more):
    return LibraryEntry(kind="paper", paper=f"2601.{n:05}", title=title, date=day, message=f"{n}.5", **more)


@pytest.fixture
def finding(redis, env):
    return Lookup(redis, env(DIGEST_PROFILE="cv-daily-en"), lambda: datetime(2026, 3, 1, tzinfo=UTC).timestamp())


@pytest.fixture
def library(redis):
    return Library(redis)


def titles(finding, said, homes=(HERE,)):
    return [one.entry.title for one in finding.find(said, list(homes))]


def test_words_filters_and_votes(finding, library, redis):
    library.add(HERE, entry(1, "QuiltMAR: Low-Light Enhancement", authors=("Kaiming He",), score=91))
    library.add(HERE, entry(2, "Diffusion for denoising", date(2025, 6, 1), text="Also of low light. 低光照图像增强"))
    library.add(HERE, entry(3, "Masks", authors=("Ada He",), text="light " * 9))
    library.add(HERE, LibraryEntry(kind="talk", paper="2601.00003", title="Masks", date=date(2026, 2, 1), question="Is it fast in low light?", answer="Yes, 5 ms."), "talk:2601.00003|e1")  # fmt: skip  # noqa: E501
    people = People(redis)
    people.vote(HERE, "2601.00002", "slack:U1", True)
    people.vote(HERE, "2601.00001", "slack:U1", False)
    assert titles(finding, "low light") == ["Masks", "QuiltMAR: Low-Light Enhancement", "Diffusion for denoising"]
    assert titles(finding, "低光照") == titles(finding, "low-light liked") == ["Diffusion for denoising"]
    assert titles(finding, 'by:"Kaiming He"') == titles(finding, "kaiming") == ["QuiltMAR: Low-Light Enhancement"]
    assert titles(finding, "by:He since:2026") == ["Masks", "QuiltMAR: Low-Light Enhancement"]
    assert titles(finding, "light zebra unicorn") == []
    assert titles(finding, "denoising zebra") == ["Diffusion for denoising"], "none has both: those with half of it"
    assert titles(finding, "since:2025-01") == ["Masks", "Masks", "QuiltMAR: Low-Light Enhancement",
                                                "Diffusion for denoising"]  # fmt: skip
    (found,) = finding.find("quiltmar", [HERE])
    assert (found.up, found.down, found.entry.score) == (0, 1, 91)
    with pytest.raises(BadInput):
        finding.find("  ", [HERE])


def test_nothing_of_another_channel_unless_it_is_public(finding, library, env, redis):
    library.add(OTHER, entry(1, "Secret diffusion"))
    library.add("telegram:-1001", entry(2, "Public diffusion"))
    assert finding.command("diffusion", HERE, EN) == EN.say("find_nothing", text="diffusion")
    open_one = Lookup(redis, env(PUBLIC_CHANNELS="telegram:-1001"), time.time)
    said = open_one.command("diffusion", HERE, EN)
    assert "Public diffusion" in said
    assert "Secret" not in said
    assert "https://t.me/c/1/2.5" in said
    assert finding.command("since:never", HERE, EN) == finding.command("", HERE, EN) == EN.find_how


def test_an_entry_that_changes_stands_there_once_and_one_that_is_dropped_no_more(finding, library):
    for text in ("first words", "second words"):
        assert library.add(HERE, entry(1, "Net", text=text))
    assert not library.add(HERE, entry(1, "Net", text="second words"))
    assert (titles(finding, "first"), titles(finding, "second"), library.stale(HERE)) == ([], ["Net"], False)
    assert library.drop(HERE, "paper:2601.00001")
    assert titles(finding, "second") == []
    assert not library.stale(HERE)


def test_an_index_made_anew_finds_the_same_over_more_than_a_block(finding, library, redis):
    for n in range(BLOCK + 20):
        library.add(HERE, entry(n, f"Net {n} {'rare' if n % 500 == 7 else 'often'}", date(2020 + n // 400, 1, 1)))
    before = [titles(finding, said) for said in ("rare", "often", "net 1030", "since:2022")]
    assert len(before[0]) == 3
    redis.delete(index_key(HERE))
    assert library.stale(HERE)
    assert library.rebuild(HERE) == BLOCK + 20
    assert not library.stale(HERE)
    assert [titles(finding, said) for said in ("rare", "often", "net 1030", "since:2022")] == before
    library.add(HERE, entry(9999, "Rare later"))
    assert len(titles(finding, "rare")) == 4


@pytest.fixture
def posted(env, redis):
    """A digest that was posted by the real delivery, in a store of today."""
    with SlackDouble(pace=False) as slack:
        settings = env(SLACK_API_URL=slack.api_url, SLACK_BOT_TOKEN=slack.bot_token, DIGEST_PROFILE="cv-daily-en")
        score = Score(id="2601.00001", state="scored", value=88)
        one = pick("Uses quilts.", id="2601.00001", title="QuiltMAR", score=score)
        made = digest(one, language="en", channel=HERE, date=date(2026, 1, 24))
        slot, now = f"digest|{HERE}|2026-01-24", [time.time()]
        with redis.pipeline() as pipe:
            pipe.set(k("digest", slot), made.model_dump_json())
            Outbox(redis).put(pipe, slot, HERE, parts_of(made, settings), now[0])
            pipe.execute()
        deliverer = Deliverer(redis, settings, lambda: now[0], poster)
        while not (done := deliverer.run(slot, 1, 0, lambda: True)).done:
            now[0] = max(now[0], done.at)
        yield settings, slot, Outbox(redis).row(slot, "pick:2601.00001").msg


def test_what_was_posted_is_found_with_its_message(posted, redis):
    settings, _, ts = posted
    (found,) = Lookup(redis, settings, time.time).find("quilts", [HERE])
    assert (found.entry.title, found.entry.score, found.entry.date) == ("QuiltMAR", 88, date(2026, 1, 24))
    assert found.entry.message == ts


def test_an_older_store_is_taken_over_once(posted, redis):
    """A store as a version without this memory left it is taken over once.

    It holds digests, messages and threads, and nothing of ours.
    """
    settings, _, ts = posted
    Threads(redis).add(HERE, ts, "ask|1", Turn("Is it fast?", "Yes: 5 ms."))
    redis.delete(entries_key(HERE), index_key(HERE), "pb:libraries")
    assert Library(redis).unmade()
    assert refill(redis) == 2
    assert not Library(redis).unmade()
    assert refill(redis) == 0
    assert {one.entry.kind for one in Lookup(redis, settings, time.time).find("2601.00001", [HERE])} == {
        "paper",
        "talk",
    }


def test_what_was_not_delivered_is_not_found(redis, env):
    made = digest(pick(id="2601.00001", title="QuiltMAR"), language="en", channel=HERE)
    settings = env(SLACK_BOT_TOKEN="xoxb-x")
    redis.set(k("digest", "digest|x"), made.model_dump_json())
    with redis.pipeline() as pipe:
        Outbox(redis).put(pipe, "digest|x", HERE, parts_of(made, settings), time.time())
        pipe.execute()
    assert refill(redis) == 0
    assert Digests(redis).slots() == ["digest|x"]


def test_saved_lists(redis, env):
    intake = Intake(redis, env(DIGEST_PROFILE="cv-daily-en"), time.time)
    saving = intake.saving
    assert saving.toggle(HERE, "2601.00001", "slack:U1", EN) == EN.saved
    saving.toggle(HERE, "doi:10.1/a b", "slack:U1", EN)
    saving.toggle(HERE, "2601.00001", "slack:U2", EN)
    assert saving.own("slack:U1") == ["doi:10.1/a b", "2601.00001"]
    assert saving.own("slack:U2") == ["2601.00001"]
    assert saving.show_own("slack:U3", EN) == EN.saved_none
    assert EN.say("saved_by", n=2) in saving.show_reading(HERE, EN)
    assert saving.show_reading(OTHER, EN) == EN.reading_none
    assert saving.toggle(HERE, "2601.00001", "slack:U1", EN) == EN.unsaved
    assert Saved(redis).forget(People(redis).hashed("slack:U1")) == 1
    assert [one.paper for one in Saved(redis).reading(HERE)] == ["2601.00001"]
