"""A move of all that a team has.

Export, an empty store, import; then everything is asked for as people ask for it.
"""

from datetime import date

import pytest

from workers.models import Paper
from workers.models.library import LibraryEntry
from workers.models.taste import Foretold, Sign
from workers.operations import backup
from workers.store.channels.memory import Memory
from workers.store.channels.settings import Channels
from workers.store.channels.tastes import Tastes
from workers.store.library.index import Library
from workers.store.library.saved import Saved
from workers.store.library.search import Search, query
from workers.store.papers.records import Papers
from workers.store.papers.twins import Twins
from workers.store.people.votes import People, note_sign
from workers.store.server.connection import key
from workers.store.snapshot import dump

C1 = "slack:C1"
JOURNAL = Paper(
    id="doi:10.1038/s41586-026-00001-1", title="An atlas of the limb in five parts", abstract="We map it.",
    authors=("Ada Example",), aliases=("doi:10.1101/2026.01.20.700001",),
)  # fmt: skip
PREPRINT = "doi:10.1101/2026.01.20.700001"
NO_DOI = Paper(id="url:journal.example/2026/7", title="A page of a journal", abstract="It has words.")
IDS = [JOURNAL.id, NO_DOI.id, "2601.00001", "pmid:40123456", "pmlr:v139/radford21a"]


def live(redis):
    """A team's records: papers of five origins.

    Saved, read, voted on, asked about, followed.
    """
    people, saved, library = People(redis, lambda: 1.7e9), Saved(redis), Library(redis)
    who = people.hashed("slack:U1")
    Papers(redis).put_papers([JOURNAL, NO_DOI])
    Channels(redis).change(C1, {"follow": ["Ada Example"], "sources": ["biorxiv:neuroscience", "huggingface:week:20"]})
    for number, id in enumerate(IDS):
        saved.toggle(C1, id, who, 1.7e9 + number)
        redis.sadd(key("posted", C1), id)
        entry = LibraryEntry(
            kind="paper", paper=id, title=f"Limbs {number}", date=date(2026, 1, 20), message=f"{number}.1"
        )
        library.add(C1, entry)
    asked = LibraryEntry(
        kind="talk", paper=IDS[0], title="Limbs", date=date(2026, 1, 21), question="Why limbs?", who=who
    )
    library.add(C1, asked, "talk:1")
    people.vote(C1, IDS[0], "slack:U1", True, "e1")
    people.vote(C1, IDS[1], "slack:U2", False, "e2")
    note_sign(redis, 1.7e9, C1, "slack:U2", IDS[2], "dive")
    Tastes(redis).sign(C1, Sign(paper=IDS[3], person=who, kind="more", at=1.7e9))
    redis.hset(key("foretold", C1), IDS[0], Foretold(slot="s", pull=0.5).model_dump_json())


def desk(redis):
    """What people and the bot are told of it."""
    saved, library, tastes, twins = Saved(redis), Library(redis), Tastes(redis), Twins(redis)
    who = People(redis).hashed("slack:U1")
    if library.stale(C1):
        library.rebuild(C1)
    return {
        "saved": saved.of(who),
        "reading": saved.reading(C1),
        "entries": library.entries(C1),
        "found": sorted(found.entry.name for found in Search(redis).find([C1], query("limbs", date(2026, 1, 22)), 20)),
        "papers": Papers(redis).get_papers([JOURNAL.id, NO_DOI.id]),
        "votes": [People(redis).votes(C1, id) for id in IDS],
        "signs": tastes.signs(C1),
        "foretold": tastes.foretold(C1),
        "twins": twins.of_ids([PREPRINT]),
        "shown": Memory(redis).known(C1, [*IDS, "2601.00002"]),
        "channel": Channels(redis).get(C1),
    }


def test_all_that_a_team_has_moves(env, redis, tmp_path):
    settings, file = env(), str(tmp_path / "move.gz")
    live(redis)
    before = desk(redis)
    assert all(before.values()) and len(before["signs"]) == 4 + len(IDS) and len(before["found"]) == len(IDS) + 1
    backup.export(settings, file, people_key=True)
    redis.flushall()
    assert backup.restore(settings, file).changed
    assert desk(redis) == before
    assert backup.restore(settings, file).changed == 0, "twice is once"
    assert dump(redis, people_key=True).unreadable == 0


def test_without_the_people_key_only_what_is_a_persons_own_is_out_of_reach(env, redis, tmp_path):
    settings, file = env(), str(tmp_path / "move.gz")
    live(redis)
    before = desk(redis)
    backup.export(settings, file)
    redis.flushall()
    backup.restore(settings, file)
    after = desk(redis)
    assert after.pop("saved") == [] and before.pop("saved")
    assert after == before


@pytest.mark.parametrize("sign", [{"vote|u|p": "up soon"}, {"vote|u|p": "loved 1.0"}, {"vote": "up 1.0"}])
def test_a_sign_that_could_not_be_read_back_is_refused(env, redis, sign, tmp_path):
    redis.hset(key("signs", C1), mapping=sign)
    assert dump(redis).unreadable == 1
