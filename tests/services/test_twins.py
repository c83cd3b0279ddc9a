"""One paper under several names: shown once, whichever name a source has for it."""

from datetime import UTC, datetime

import pytest

from workers.analysis.score import Scored
from workers.conversations.deepdive import alone
from workers.digest.candidates import fresh_papers, settled_by
from workers.models import Analysis, Paper, Score
from workers.paper_ids.paper_key import short
from workers.sources.gather import Fetched
from workers.sources.twins import unified
from workers.store.channels.memory import Memory, Settled
from workers.store.papers.records import Papers
from workers.store.papers.twins import Repeated, Twins
from workers.store.server.connection import key as k
from workers.store.tasks.ledger import Ledger

TITLE = "Atlas of single cells in the regenerating axolotl limb"
PREPRINT = Paper(
    id="doi:10.1101/2026.01.02.123456", title=TITLE, abstract="We map it.", authors=("Doe, Jane Q.", "Roe, R."),
    doi="10.1101/2026.01.02.123456", venue="bioRxiv",
)  # fmt: skip
ON_ARXIV = Paper(
    id="2601.00001", title="Atlas of Single Cells in the Regenerating Axolotl Limb.", abstract="", authors=("Jane Doe",)
)
JOURNAL = Paper(id="doi:10.1038/s41586-026-00001-1", title=TITLE.upper(), abstract="", authors=("Doe JQ",))
OTHER = Paper(
    id="2601.00002", title="Something else entirely, at sufficient length", abstract="", authors=("Jane Doe",)
)
NOW = datetime(2026, 1, 23, tzinfo=UTC).timestamp()
HERE = "slack:C1"


def digest_of(*papers, channel=HERE):
    analysis = Analysis(id="x", contribution="c", methodology="m", takeaway="t", limitations="l")
    made = alone(channel, "p", "Papers", "en", papers[0], Score(id=papers[0].id, state="scored", value=80), analysis)
    pick = made.picks[0]
    return made.model_copy(update={"picks": tuple(pick.model_copy(update={"paper": paper}) for paper in papers)})


def show(redis, *papers, slot="s1", channel=HERE):
    ledger, ids = Ledger(redis), tuple(p.id for p in papers)
    ledger.open(slot, "digest", NOW, {"channel": channel})
    attempt = ledger.take(slot, NOW, 60)
    return Memory(redis).commit(
        slot, attempt, channel, digest_of(*papers, channel=channel), Settled({}, ids, ids), [], NOW
    )


@pytest.mark.parametrize("first", [PREPRINT, ON_ARXIV, JOURNAL], ids=lambda p: p.key)
@pytest.mark.parametrize("second", [PREPRINT, ON_ARXIV, JOURNAL], ids=lambda p: p.key)
def test_a_paper_that_was_shown_is_known_by_its_twins(redis, first, second):
    assert show(redis, first)
    memory = Memory(redis)
    assert memory.known_papers(HERE, [second, OTHER]) == {second.id}
    assert memory.known_papers("slack:C2", [second]) == set(), "each channel has its own memory"


def test_twins_that_name_each_other_need_no_title(redis):
    named = PREPRINT.model_copy(update={"title": "A", "aliases": (JOURNAL.key,)})
    show(redis, named)
    memory, journal = Memory(redis), JOURNAL.model_copy(update={"title": "B"})
    on_arxiv = ON_ARXIV.model_copy(update={"title": "C", "doi": "10.1038/S41586-026-00001-1"})
    assert memory.known_papers(HERE, [journal, on_arxiv, OTHER]) == {journal.id, on_arxiv.id}
    assert memory.known(HERE, [journal.id, "2601.00001"]) == {journal.id}, "by the id alone"
    assert memory.known_papers(HERE, [OTHER.model_copy(update={"doi": f"10.48550/arXiv.{OTHER.id}"})]) == set()


def test_names_hang_together_over_a_third_one(redis):
    show(redis, PREPRINT)
    Papers(redis).put_papers([ON_ARXIV.model_copy(update={"doi": "10.1038/s41586-026-00001-1"})])
    assert Memory(redis).known(HERE, [JOURNAL.id]) == {JOURNAL.id}


def test_two_of_arxivs_papers_are_two_whatever_their_titles(redis):
    again = ON_ARXIV.model_copy(update={"id": "2601.00009"})
    show(redis, ON_ARXIV)
    assert Memory(redis).known_papers(HERE, [again]) == set()
    papers, _ = fresh_papers(unified([Fetched("arxiv:q-bio", (ON_ARXIV, again))]), Memory(redis), "slack:C2")
    assert [p.id for p in papers] == [ON_ARXIV.id, again.id]


def test_titles_that_say_too_little_join_nothing(redis):
    reply = Paper(id="doi:10.1101/a1", title="Reply to Smith", abstract="", authors=("Jane Doe",))
    show(redis, reply)
    assert Memory(redis).known_papers(HERE, [reply.model_copy(update={"id": "doi:10.1038/b2"})]) == set()
    assert not Paper(id="2601.00001", title=TITLE, abstract="").title_mark, "nobody wrote it"


def test_three_sources_that_list_one_paper_make_one_candidate(redis):
    lists = [
        Fetched("biorxiv:cell-biology", (PREPRINT,)),
        Fetched("arxiv:q-bio", (ON_ARXIV, OTHER)),
        Fetched("pubmed:limb", (JOURNAL,)),
    ]
    papers, counts = fresh_papers(unified(lists), Memory(redis), HERE)
    assert [p.id for p in papers] == [ON_ARXIV.id, OTHER.id], "the one that is open for sure"
    assert papers[0].sources == ("biorxiv:cell-biology", "arxiv:q-bio", "pubmed:limb")
    assert set(papers[0].aliases) == {PREPRINT.key, JOURNAL.key}
    assert (papers[0].abstract, papers[0].venue) == ("We map it.", "bioRxiv")
    assert [(c.new, c.repeats) for c in counts] == [(1, 0), (1, 1), (0, 1)]


def test_what_was_only_looked_at_is_known_by_the_names_it_told(redis):
    looked = PREPRINT.model_copy(update={"aliases": (JOURNAL.key,)})
    scores = [Score(id=p.id, state="scored", value=10) for p in (looked, OTHER)]
    settled = settled_by([Fetched("biorxiv:x", (looked,))], [looked, OTHER], Scored(scores), [], {})
    assert settled.seen == (looked.id, JOURNAL.id, OTHER.id)


def test_two_digests_of_one_channel_made_at_once_do_not_show_twins(redis):
    assert show(redis, PREPRINT, slot="s1")
    with pytest.raises(Repeated):
        show(redis, OTHER, ON_ARXIV, slot="s2")
    memory = Memory(redis)
    assert memory.digest("s2") is None
    assert memory.known_papers(HERE, [OTHER]) == set(), "all of it or nothing"
    assert show(redis, ON_ARXIV, slot="s3", channel="slack:C2"), "elsewhere it is new"


def test_papers_of_before_names_were_kept_are_known_by_them(redis):
    redis.sadd(k("posted", HERE), ON_ARXIV.id)
    redis.set(k("paper", ON_ARXIV.id), ON_ARXIV.model_dump_json(exclude_defaults=True))
    redis.set(k("paper", "broken"), "{")
    memory = Memory(redis)
    assert memory.known_papers(HERE, [PREPRINT, OTHER]) == {PREPRINT.id}
    redis.set(k("paper", OTHER.id), OTHER.model_dump_json())
    memory.twins.build()
    assert memory.twins.of_ids([OTHER.id]) == {OTHER.id: {OTHER.id}}
    memory.twins.build_anew()
    memory.twins.build()
    assert redis.exists(k("twins", OTHER.title_mark)), "an import brings more of them"


def test_a_long_id_is_found_by_its_handle(redis):
    long = Paper(id="doi:10.1002/" + "x" * 80, title="t", abstract="")
    Papers(redis).put_papers([long, OTHER])
    assert Twins(redis).known_as(short(long.id)) == long.id
    assert Twins(redis).known_as(short("doi:10.1002/" + "y" * 80)) is None
    assert Twins(redis).of_ids([long.id]) == {long.id: {long.id}}


def test_names_have_an_end(redis):
    show(redis, PREPRINT)
    names = list(redis.scan_iter(k("twins", "*")))
    assert names and all(redis.ttl(name) > 0 for name in names)
