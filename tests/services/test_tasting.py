"""A channel's taste in a real store.

Noted, taken over, kept with a run, forgotten; follow and mute from chat.
"""

import pytest

from bot.commands import digest, digest_command
from workers.analysis.extractive.ranking.rank import rank
from workers.digest.taste import lesson_of
from workers.intake import Intake
from workers.library.citing import CitationRequest
from workers.models import Paper
from workers.models.taste import Foretold, Sign
from workers.store.channels.tastes import Tastes
from workers.store.forget import Forgetting
from workers.store.keyspace import MOVES, family
from workers.store.papers.records import Papers
from workers.store.people.votes import People, note_sign
from workers.store.server.connection import PREFIX
from workers.store.server.connection import key as k

HERE, TOPIC = "telegram:-100", "telegram:-100/7"
LIKED, OTHER = "quantum lattice codes protect memory", "payroll ledgers of harbours list grain"


def paper(id, words):
    return Paper(id=id, title=f"Image restoration {id}", abstract=words, authors=("Ada He",))


@pytest.fixture
def taught(redis):
    """Eight mornings in one channel, three people each."""
    people, tastes, papers, now = People(redis, lambda: 5.0), Tastes(redis), Papers(redis), 0
    for day in range(8):
        for up, words in ((True, LIKED), (False, OTHER)):
            one = paper(f"{day}.{up}", words)
            papers.put_papers([one])
            shown = Foretold(slot=str(day), pull=1.0 if up else -1.0)
            redis.hset(k("foretold", HERE), one.id, shown.model_dump_json())
            for person in "abc":
                people.vote(HERE, one.id, f"telegram:{person}", up)
            now += 1
    return tastes


@pytest.fixture
def intake(redis, env):
    return Intake(redis, env(DIGEST_PROFILE="cv-daily-en"), lambda: 5.0)


def say(intake, text, may=True):
    return digest(intake, digest_command(text), TOPIC, may_change=may, asked=CitationRequest(TOPIC, "telegram:1", "e"))


def today():
    return rank(
        [paper(f"l{n}", LIKED) for n in range(12)] + [paper(f"o{n}", OTHER) for n in range(12)], ["restoration"]
    )


def test_a_run_made_again_has_the_lesson_of_the_first(redis, taught):
    first = lesson_of(redis, "s", TOPIC, today(), keep=True)
    assert first.weight == 1.0 and first.pulls["l0"] > 0 > first.pulls["o0"] and first.likes["l0"].people == 3
    assert "quantum" in first.more and "payroll" in first.less, "words as they are written, not stems"
    taught.forget(HERE)
    assert lesson_of(redis, "s", TOPIC, today(), keep=True) == first
    assert lesson_of(redis, "other", TOPIC, today(), keep=True).weight == 0.0


def test_votes_of_an_older_version_are_taken_over_once(redis):
    redis.hset(k("votes", HERE, "2601.1"), mapping={"p": "1", "q": "0"})
    redis.sadd(k("posted", HERE), "2601.1")
    found = {(s.person, s.kind, s.at) for s in Tastes(redis).signs(HERE)}
    assert found == {("p", "up", 0.0), ("q", "down", 0.0)}
    Tastes(redis).forget(HERE)
    assert Tastes(redis).signs(HERE) == [], "what was forgotten does not come back"


def test_a_vote_taken_back_is_no_sign_and_a_turned_one_is_one(redis):
    people, tastes = People(redis, lambda: 7.0), Tastes(redis)
    people.vote(HERE, "1", "telegram:a", True)
    people.vote(HERE, "1", "telegram:a", False)
    assert [(s.kind, s.at) for s in tastes.signs(HERE)] == [("down", 7.0)]
    people.vote(HERE, "1", "telegram:a", False)
    assert tastes.signs(HERE) == []
    note_sign(redis, 8.0, TOPIC, "telegram:a", "doi:10.1101/a|b", "dive")
    assert [(s.paper, s.kind) for s in tastes.signs(HERE)] == [("doi:10.1101/a|b", "dive")]


def test_nothing_of_a_person_is_left_in_any_taste(redis, taught):
    who = People(redis).hashed("telegram:a")
    taught.sign("slack:C1", Sign(paper="1", person=who, kind="more"))
    Forgetting(redis, "telegram:a", who).run()
    names = list(redis.scan_iter(match=PREFIX + "*"))
    assert not any(who in str(redis.hgetall(name)) for name in names if redis.type(name) == b"hash")
    assert len(taught.signs(HERE)) == 32, "what others showed stays"


def test_a_taste_is_shown_and_unlearned_from_chat(redis, taught, intake):
    lesson_of(redis, "s", TOPIC, today(), keep=True)
    said = say(intake, "taste")
    assert "48 signs from 3 people" in said and "up to 15 points" in said and "quantum" in said
    assert "1. Image restoration" in said and "👍 3" in said
    assert say(intake, "taste forget 1", may=False) == intake.words(TOPIC).admins_only
    assert say(intake, "taste forget 1") == "Forgotten: 3 signs."
    assert say(intake, "taste forget 99") == intake.words(TOPIC).taste_no_number
    assert say(intake, "taste forget all") == "Forgotten: 45 signs."
    assert say(intake, "taste") == intake.words(TOPIC).taste_none


def test_what_was_saved_can_be_unlearned_and_stays_saved(redis, intake):
    papers, now = [paper("2601.00001", LIKED), paper("2601.00002", OTHER)], iter(range(10, 20))
    Papers(redis).put_papers(papers)
    intake.saving.clock = lambda: float(next(now))
    for one, person in ((papers[1], "telegram:1"), (papers[0], "telegram:1"), (papers[0], "telegram:2")):
        intake.saving.toggle(TOPIC, one.id, person, intake.words(TOPIC))
    assert "1. Image restoration 2601.00001 · 👍 2" in say(intake, "taste")
    assert say(intake, "taste forget 1") == "Forgotten: 2 signs."
    assert "2601.00001" not in say(intake, "taste")
    assert "2601.00001" in say(intake, "saved channel")
    intake.saving.toggle(TOPIC, papers[0].id, "telegram:3", intake.words(TOPIC))
    assert "2601.00001 · 👍 1" in say(intake, "taste"), "somebody saved it anew"
    assert say(intake, "taste forget all") == "Forgotten: 2 signs."
    assert say(intake, "taste") == intake.words(TOPIC).taste_none


def test_a_misspelt_verb_is_told_the_one_that_was_meant(intake):
    for said, meant in (("setings", "settings"), ("forget me", "forget-me"), ("unsubcribe", "unsubscribe")):
        assert f"`/digest {meant}`" in say(intake, said)
    assert say(intake, "sing") == intake.words(TOPIC).say("unknown_command", command="/digest sing")


def test_follow_and_mute_change_the_channel(redis, intake):
    Papers(redis).put_papers([paper("2601.00001", LIKED)])
    assert "Following Kaiming He" in say(intake, "follow Kaiming He")
    assert "followed already" in say(intake, "follow kaiming he")
    assert "Following Ada He" in say(intake, "follow https://arxiv.org/abs/2601.00001")
    assert say(intake, "follow 0000-0002-1825-0097") == intake.words(TOPIC).follow_orcid
    assert say(intake, "follow https://arxiv.org/abs/2601.99999") == intake.words(TOPIC).follow_unknown
    assert "Muted" in say(intake, "mute face swapping")
    assert intake.current(TOPIC)["follow"] == ["Kaiming He", "Ada He"]
    assert intake.current(TOPIC)["not_wanted"] == ["face swapping"]
    assert "Following Kaiming" not in say(intake, "follow arXiv:2601.00001"), "an id is a paper"
    for nobody in ("https://example.com/kaiming", "scholar.google.com/citations?user=x", "kaiming@example.com"):
        assert say(intake, f"follow {nobody}") == intake.words(TOPIC).follow_link
    for unread in ("10.1101/2026.01.02.123456", "https://doi.org/10.1101/2026.01.02.123456"):
        assert say(intake, f"follow {unread}") == intake.words(TOPIC).follow_unknown
    assert "Qwen Team, 何恺明" in say(intake, "follow Qwen Team; 何恺明")
    assert "Following Li, Bo:" in say(intake, "follow Li, Bo")
    assert intake.current(TOPIC)["follow"][2:] == ["Qwen Team", "何恺明", "Li, Bo"]
    assert "“deepfakes, video codecs”" in say(intake, "mute Face Swapping, deepfakes; “video codecs”")
    assert "“face swapping”" in say(intake, "mute face swapping")
    assert intake.current(TOPIC)["not_wanted"] == ["face swapping", "deepfakes", "video codecs"]
    assert say(intake, f"mute {'y' * 200}").startswith("“yyy"), "the phrase that is too long, not the list"
    assert say(intake, "mute x", may=False) == intake.words(TOPIC).admins_only


def test_a_move_takes_signs_along(redis, taught):
    for name in ("signs", "foretold"):
        value = {a.decode(): b.decode() for a, b in redis.hgetall(k(name, HERE)).items()}
        MOVES[family(name)].check(value)
