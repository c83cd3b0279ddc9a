"""bioRxiv, medRxiv, PubMed and journals' feeds.

Days, pages, versions, dirt, and what is noted between digests.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.doubles.biorxiv import Biorxiv, make_preprint
from tests.doubles.crossref import Crossref, Work
from tests.doubles.journals import Feed, Item, Journals
from tests.doubles.pubmed import Pubmed, make_record
from workers.channels.settings_check import Wrong, wrong
from workers.settings import Settings
from workers.sources.gather import gather, look_between
from workers.sources.http.client import HttpClient
from workers.sources.listing.fetch_result import GatherRun
from workers.store.channels.settings import ChannelSettings
from workers.store.sources.fetch_state import Fetches
from workers.words import words

MON, TUE, WED, THU, FRI, SAT, SUN = (date(2026, 1, 19) + timedelta(days=i) for i in range(7))


@pytest.fixture
def world(redis):
    """The doubles, and `ask(*specs, …)` over them.

    `FEED` in a spec is the journals' address.
    """
    with Biorxiv() as biorxiv, Pubmed() as pubmed, Journals() as journals, Crossref() as crossref:
        settings = Settings(
            _env_file=None,
            biorxiv_api_url=biorxiv.url,
            pubmed_api_url=pubmed.url,
            crossref_url=crossref.url,
            feed_hosts=(f"127.0.0.1:{journals.port}",),
        )
        fetches = Fetches(redis, gap_s=0)

        def ask(*specs, covered=(), today=WED, hour=6, **more):
            now = datetime(today.year, today.month, today.day, hour, tzinfo=UTC)
            had = set(covered)
            return gather(
                [s.replace("FEED", journals.url) for s in specs],
                lambda spec: had,
                now=now,
                http=HttpClient(settings, fetches),
                fetches=fetches,
                settings=settings,
                **more,
            )

        ask.biorxiv, ask.pubmed, ask.journals, ask.http = biorxiv, pubmed, journals, HttpClient(settings, fetches)
        ask.settings, ask.crossref = settings, crossref
        yield ask


@pytest.mark.parametrize(("page", "promised", "as_text"), [(30, 0, False), (100, 40, True), (7, 7, True)])
def test_a_day_of_preprints_is_read_to_its_end(world, page, promised, as_text):
    world.biorxiv.records = [make_preprint(n, day=TUE) for n in range(95)]
    world.biorxiv.page, world.biorxiv.promised, world.biorxiv.as_text = page, promised, as_text
    (got,) = world("biorxiv:neuroscience", covered=[MON])
    assert (len(got.papers), got.days, got.error) == (95, (TUE,), None)
    paper = got.papers[0]
    assert (paper.id, paper.doi, paper.version) == ("doi:10.1101/2026.01.20.700000", "10.1101/2026.01.20.700000", 1)
    assert (paper.authors, paper.venue, paper.listed) == (("A. B. Example", "C. Sample"), "bioRxiv", TUE)
    assert paper.url == "https://www.biorxiv.org/content/10.1101/2026.01.20.700000v1"
    assert paper.license == "https://creativecommons.org/licenses/by/4.0/"


def test_only_first_versions_are_news_and_a_doi_comes_once(world):
    old = make_preprint(1, day=MON - timedelta(days=90), date=TUE.isoformat(), version=3)
    world.biorxiv.records = [
        old,
        make_preprint(2, day=TUE),
        make_preprint(2, day=TUE, version=2, title="The title as mended"),
        make_preprint(3, day=TUE, type="WITHDRAWN", published="10.1038/S41586-026-00001-2"),
        make_preprint(4, day=TUE, category="cell biology"),
        make_preprint(5, day=TUE, server="medRxiv"),
        make_preprint(6, day=TUE, doi="", title="Nothing names it"),
    ]
    (got,) = world("biorxiv:neuroscience", covered=[MON])
    assert [(p.title, p.version) for p in got.papers] == [("The title as mended", 2), ("A preprint on question 3", 1)]
    assert "withdrawn" in got.papers[1].comment
    assert got.papers[1].aliases == ("doi:10.1038/s41586-026-00001-2",)
    both, medical = world("biorxiv:neuroscience+cell_biology", "medrxiv", covered=[MON])
    assert (len(both.papers), len(medical.papers)) == (3, 1)


def test_late_entries_and_weekends_are_not_lost(world):
    world.biorxiv.records = [make_preprint(1, day=FRI), make_preprint(2, day=SAT), make_preprint(3, day=SUN)]
    monday = SUN + timedelta(days=1)
    (got,) = world("biorxiv", covered=[WED, THU, FRI], today=monday)
    assert got.days == (SAT, SUN)
    assert {p.listed for p in got.papers} == {FRI, SAT, SUN}
    seen = {p.id for p in got.papers}
    world.biorxiv.records.append(make_preprint(4, day=SUN, title="Entered on Monday"))
    (late,) = world(
        "biorxiv", covered=[FRI, SAT, SUN], today=monday + timedelta(days=1), known=lambda ids: seen & set(ids)
    )
    assert [p.title for p in late.papers] == ["Entered on Monday"]
    assert late.days == (monday,)


def test_a_first_digest_steps_back_over_quiet_days_and_a_second_one_asks_nobody(world):
    world.biorxiv.records = [make_preprint(1, day=MON)]
    (got,) = world("biorxiv", today=WED, first=True)
    assert ([p.listed for p in got.papers], got.days) == ([MON], (MON, TUE))
    (again,) = world("biorxiv", covered=[MON, TUE], today=WED)
    assert (again.asked, again.papers) == (False, ())


@pytest.mark.parametrize(
    "body",
    ["<html>gateway</html>", "[]", '{"messages":[{"status":"Error"}],"collection":[]}', '{"collection":{"a":1}}', "{}"],
)  # fmt: skip
def test_garbage_is_told(world, body):
    world.biorxiv.fault("/details/*", status=200, body=body, times=9)
    (got,) = world("biorxiv", covered=[MON])
    assert got.error.kind == "garbage"
    assert (got.papers, got.days) == ((), ())


def test_pubmed_by_index_date_with_abstracts_in_parts(world):
    parts = [
        ("BACKGROUND", "Cells <i>in vivo</i> fold."),
        ("UNLABELLED", "They do."),
        ("RESULTS", "H<sub>2</sub>O &lt; 5."),
    ]
    world.pubmed.records = {
        r["pmid"]: r
        for r in [
            make_record(
                1, "[A title that was <i>translated</i>].", doi="10.1038/S41592-026-1", entered=TUE, abstract=parts
            ),
            make_record(2, entered=TUE, abstract=[]),
            make_record(3, doi="10.48550/arXiv.2601.00042", entered=TUE),
            make_record(4, entered=WED),
        ]
    }
    (got,) = world("pubmed:protein folding[tiab]", covered=[MON])
    first, second, third = got.papers
    assert (first.id, first.venue, first.title) == (
        "doi:10.1038/s41592-026-1",
        "Nat Methods",
        "A title that was translated",
    )
    assert first.abstract == "Background: Cells in vivo fold. They do. Results: H2O < 5."
    assert first.authors == ("Ada B Example", "The Sample Consortium")
    assert (first.published.date(), first.listed) == (TUE, TUE)
    assert (second.id, second.doi, second.abstract) == ("pmid:2", None, "")
    assert second.url == "https://pubmed.ncbi.nlm.nih.gov/2/"
    assert third.id == "2601.00042"
    asked = world.pubmed.calls("/esearch.fcgi")[0].query
    assert (asked["datetype"], asked["mindate"], asked["maxdate"]) == ("edat", "2026/01/20", "2026/01/20")


def test_a_query_that_pubmed_refuses_is_told_in_its_words(world):
    world.pubmed.fault("/esearch.fcgi", status=200, body={"esearchresult": {"ERROR": "Invalid field"}})
    (got,) = world("pubmed:x[bogus]", covered=[MON])
    assert got.error.kind == "refused" and "Invalid field" in str(got.error)


NATURE = (
    "<p>Nature Methods, Published online: 20 January 2026; "
    '<a href="https://www.nature.com/articles/s41592-026-1">doi:10.1038/s41592-026-1</a></p>We fold <i>one</i> protein.'
)


@pytest.mark.parametrize("form", ["rdf", "rss", "atom"])
def test_a_journal_of_any_form(world, form):
    world.journals.feeds["a.rss"] = Feed(
        "Nature Methods",
        form,
        [
            Item(
                "Folding <i>one</i> protein",
                "10.1038/s41592-026-1",
                "https://www.nature.com/articles/s41592-026-1",
                TUE,
                NATURE,
            ),
            Item("Advertisement: a centrifuge", link="https://ads.example/1", day=TUE),
            Item("Author Correction: Folding", "10.1038/s41592-026-9", day=TUE),
            Item("Café proteins, without a date or DOI", link="https://j.example/a?b=1&c=2", summary="Plain."),
        ],
        encoding="UTF-8" if form == "atom" else "ISO-8859-1",
    )
    (got,) = world("feed:FEED/a.rss", first=True)
    assert got.error is None
    first, second = got.papers
    assert (first.id, first.title, first.abstract) == (
        "doi:10.1038/s41592-026-1",
        "Folding one protein",
        "We fold one protein.",
    )
    assert (first.published.date(), first.listed, first.venue) == (TUE, WED, "Nature Methods")
    assert second.title == "Café proteins, without a date or DOI"
    assert second.id.startswith("url:") and second.url == "https://j.example/a?b=1&c=2"
    assert form == "rss" or first.authors == ("Ada Example", "Bo Sample")


def test_what_a_feed_had_between_two_digests_is_not_lost_and_comes_once(world):
    def serve(*numbers):
        world.journals.feeds["a.rss"] = Feed(items=[Item(f"Paper {n}", f"10.1234/p.{n}", day=MON) for n in numbers])

    serve(1, 2)
    (got,) = world("feed:FEED/a.rss", first=True, today=TUE)
    seen = {p.id for p in got.papers}
    assert (len(seen), got.had) == (2, (TUE,))
    serve(2, 3)
    world("feed:FEED/a.rss", today=WED)  # somebody else's look
    serve(4)
    known = {"known": lambda ids: seen & set(ids)}
    (later,) = world("feed:FEED/a.rss", covered=[TUE], today=FRI, **known)
    assert [(p.title, p.listed) for p in later.papers] == [("Paper 3", WED), ("Paper 4", FRI)]
    assert later.had == (WED, FRI)
    serve(4, 2)
    (quiet,) = world("feed:FEED/a.rss", covered=[TUE, WED, FRI], today=FRI, hour=9, **known)
    assert [p.title for p in quiet.papers] == ["Paper 4"]


def test_an_abstract_that_a_feed_lacks_is_taken_from_crossref_once(world):
    items = [Item(f"Paper {n}", f"10.1234/p.{n}", day=MON, summary="Ours." if n == 2 else "") for n in (1, 2, 3)]
    world.journals.feeds["a.rss"] = Feed(
        items=[*items, Item("No DOI at all here", day=MON, link="https://j.example/4")]
    )
    world.crossref.works = {doi: Work(doi, "Paper", text) for doi, text in (
        ("10.1234/p.1", "Theirs."), ("10.1234/p.2", "Not ours."), ("10.1234/p.3", ""))}  # fmt: skip
    (got,) = world("feed:FEED/a.rss", first=True, today=TUE)
    assert [p.abstract for p in got.papers] == ["Theirs.", "Ours.", "", ""]
    (asked,) = world.crossref.calls()
    assert asked.query["filter"] == "doi:10.1234/p.1,doi:10.1234/p.3"
    world("feed:FEED/a.rss", covered=[TUE], today=WED)
    assert len(world.crossref.calls()) == 1, "only new papers are looked up"
    world.crossref.fault("*", status=503, times=9)
    world.journals.feeds["a.rss"].items.append(Item("Paper 5", "10.1234/p.5", day=WED))
    (later,) = world("feed:FEED/a.rss", covered=[TUE, WED], today=THU)
    assert later.error is None and "Paper 5" in {p.title for p in later.papers}, "a feed does not need Crossref"


def test_an_unchanged_feed_is_not_sent_again_and_a_dead_one_loses_nothing(world):
    world.journals.feeds["a.rss"] = Feed(items=[Item("Paper 1", "10.1234/p.1", day=MON)])
    world("feed:FEED/a.rss", first=True, today=TUE)
    (same,) = world("feed:FEED/a.rss", covered=[TUE], today=WED)
    assert (world.journals.calls()[-1].status, [p.title for p in same.papers]) == (304, ["Paper 1"])
    world.journals.fault("*", status=503, times=9)
    (dead,) = world("feed:FEED/a.rss", covered=[TUE], today=THU)
    assert (dead.error.kind, [p.title for p in dead.papers], dead.had) == ("status", ["Paper 1"], (TUE,))


def test_feeds_are_looked_at_between_digests(world):
    world.journals.feeds["a.rss"] = Feed(items=[Item("Paper 1", "10.1234/p.1", day=MON)])
    run = GatherRun.apart(world.http, world.http.fetches, world.settings, datetime(2026, 1, 21, tzinfo=UTC))
    spec = f"feed:{world.journals.url}/a.rss"
    assert look_between([spec, "arxiv:cs.CV"], run) == []
    world.journals.feeds["a.rss"] = Feed()
    (got,) = world(spec, covered=[TUE], today=THU)
    assert [(p.title, p.listed) for p in got.papers] == [("Paper 1", WED)]
    world.journals.fault("*", status=500, times=9)
    assert [e.kind for e in look_between([spec], replace(run, now=datetime(2026, 1, 23, tzinfo=UTC)))] == ["status"]


def test_a_feed_on_a_host_that_nobody_named_is_refused(world):
    (got,) = world("feed:http://127.0.0.2:9/feed", first=True)
    assert got.error.kind == "refused"


def test_a_chat_opens_no_way_to_a_new_host():
    settings = Settings(_env_file=None, feed_hosts=("www.nature.com",))
    before = ChannelSettings()
    for url, name in (
        ("https://www.nature.com/nmeth.rss", None),
        ("http://169.254.169.254/latest", "feed"),
        ("x", "sources"),
    ):
        found = wrong(settings, before, None, {"sources": [f"feed:{url}", "arxiv:cs.CV"]})
        assert [w.name for w in found] == ([name] if name else [])
    assert "FEED_HOSTS" in Wrong("feed", "feed:http://10.0.0.1/x").say(words("en"))
