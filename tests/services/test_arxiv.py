"""arXiv: announcement feeds in both formats, the query API.

Everything that is not what it promises.
"""

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime

import pytest

from tests.doubles.arxiv import OPEN, XML, Arxiv, make_feed, make_item
from workers.errors import SourceFailed
from workers.paper_ids.arxiv_id import ArxivId, parse
from workers.settings import Settings
from workers.sources.arxiv import feed_and_api as arxiv
from workers.sources.http.client import HttpClient
from workers.store.sources.fetch_state import Fetches

NEWS = [
    make_item("2601.00001", "First & <best>", version=2, authors=("Ada (MIT, USA)", "Bo Sample", ":")),
    make_item("2601.00002", kind="cross", categories=("cs.LG", "cs.CV"),
        license="http://arxiv.org/licenses/nonexclusive-distrib/1.0/"),
    make_item("2512.00003", kind="replace", version=3),
    make_item("2511.00004", kind="replace-cross", categories=("cs.LG", "cs.CV")),
]  # fmt: skip


@pytest.fixture
def double():
    with Arxiv(NEWS, NEWS) as server:
        yield server


@pytest.fixture
def settings(double):
    return Settings(
        _env_file=None, hf_endpoint="http://127.0.0.1:9", arxiv_api_url=double.api_url,
        arxiv_feed_url=f"{double.url}/atom", arxiv_url=double.url,
    )  # fmt: skip


@pytest.fixture
def fetches(redis):
    return Fetches(redis, gap_s=0)


@pytest.fixture
def feed(settings, fetches):
    def call(*categories, **more):
        return arxiv.fetch_announcement(
            HttpClient(settings, fetches), fetches, settings, categories or ("cs.CV",), **more
        )

    return call


@pytest.fixture
def by_id(settings, fetches):
    def call(*ids):
        return arxiv.papers_by_id(HttpClient(settings, fetches), fetches, settings, ids)

    return call


def refused(call, kind):
    with pytest.raises(SourceFailed) as caught:
        call()
    assert (caught.value.kind, caught.value.source) == (kind, "arxiv")
    assert str(caught.value).startswith("arXiv ")
    return caught.value


@pytest.mark.parametrize("atom", [True, False])
def test_new_and_cross_listed_papers_with_version_and_licence(double, feed, atom):
    double.raw["cs.CV"] = make_feed(NEWS, atom=atom)
    got = feed()
    first, second = got.papers
    assert (first.ref, first.title, first.license) == (
        "2601.00001v2",
        "First & <best>",
        "http://creativecommons.org/licenses/by/4.0/",
    )
    assert first.abstract == "We restore images. It works."
    assert first.authors == ("Ada (MIT, USA)", "Bo Sample")
    assert first.listed == got.label == date(2026, 1, 23)
    assert first.published is None
    assert (second.id, second.categories) == ("2601.00002", ("cs.LG", "cs.CV"))
    assert (got.listed, got.skipped) == (2, 0)


def test_tags_in_abstracts_survive(double, feed):
    double.announced = [
        make_item("2601.00001", "On <think> & $x<y$", abstract="The <think>…</think> and <part_k> tags, a &amp; b.")
    ]
    (paper,) = feed().papers
    assert paper.title == "On <think> & $x<y$"
    assert paper.abstract == "The <think>…</think> and <part_k> tags, a &amp; b."


def test_several_categories_are_one_request(double, feed):
    assert len(feed("cs.CV", "cs.LG").papers) == 2
    assert [e.path for e in double.calls()] == ["/atom/cs.CV+cs.LG"]


@pytest.mark.parametrize("atom", [True, False])
def test_empty_weekend_feeds_are_fine(double, feed, atom):
    double.raw["cs.CV"] = make_feed([], day=date(2026, 1, 24), atom=atom)
    assert feed().papers == ()
    assert feed().label == date(2026, 1, 24)


def test_repeated_and_broken_entries_cost_only_themselves(double, feed):
    double.announced = [
        make_item("2601.00001"), make_item("2601.00001"), make_item("abc"), make_item("2613.00001"),
            make_item("2601.00005", " "),
        make_item("2601.00006", "Fine"),
    ]  # fmt: skip
    double.announced[4].title = " "
    got = feed()
    assert [p.id for p in got.papers] == ["2601.00001", "2601.00006"]
    assert (got.listed, got.skipped) == (5, 3)


def test_within_a_digest_day_it_is_asked_once_then_conditionally(double, feed):
    for _ in range(3):
        feed(scope="2026-01-23")
    assert len(double.calls()) == 1
    feed(scope="2026-01-24")
    last = double.calls()[-1]
    assert last.status == 304
    assert last.headers["if-none-match"].startswith('"')
    assert last.headers["if-modified-since"] == "Fri, 23 Jan 2026 05:00:04 GMT"
    double.announced = [make_item("2601.00009")]
    assert [p.id for p in feed(scope="2026-01-24").papers] == ["2601.00001", "2601.00002"]
    assert [p.id for p in feed(scope="2026-01-24", refresh=True).papers] == ["2601.00009"]
    assert [e.status for e in double.calls()] == [200, 304, 200]


WHOLE = make_feed(NEWS)
GARBAGE = {
    "html": b"<!DOCTYPE html><html><body>Maintenance</body></html>",
    "html without doctype": b"<html><body>Maintenance</body></html>",
    "text": b"Rate exceeded.",
    "nothing": b"",
    "json": b"[]",
    "cut off": WHOLE[:-300],
    "cut off in a tag": WHOLE[: len(WHOLE) // 2],
    "dtd": WHOLE.replace(b"<feed", b'<!DOCTYPE feed [<!ENTITY a "b">]><feed', 1),
    "entity": WHOLE.replace(b"<entry>", b'<!ENTITY a SYSTEM "file:///etc/passwd"><entry>', 1),
    "utf-16": WHOLE.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "other encoding": WHOLE.replace(b"UTF-8", b"UTF-7", 1),
    "only broken entries": make_feed([make_item("abc"), make_item("xyz")]),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_with_200_is_told_apart_and_not_kept(double, feed, name):
    double.raw["cs.CV"] = GARBAGE[name]
    refused(lambda: feed(scope="x"), "garbage")
    del double.raw["cs.CV"]
    assert len(feed(scope="x").papers) == 2


@pytest.mark.parametrize("cats", [("cs.XX",), ("cs.CV", "xx.YY")])
def test_an_unknown_category_is_named(feed, cats):
    error = refused(lambda: feed(*cats), "status")
    assert "+".join(cats) in str(error)
    assert error.fields["status"] == 400


@pytest.mark.parametrize(
    ("status", "kind"), [(429, "rate_limited"), (503, "status"), (406, "status"), (403, "status"), (500, "status")]
)
def test_statuses_are_told_apart(double, feed, status, kind):
    double.fault(status=status, body="Rate exceeded.", times=2)
    assert refused(feed, kind).fields["status"] == status


def test_a_stray_control_character_costs_at_most_its_entry(double, feed):
    double.announced = [make_item("2601.00001"), make_item("2601.00002", "A \x0b\x00 title"), make_item("2601.00003")]
    assert [p.title for p in feed().papers][1] == "A title"


@pytest.mark.parametrize("atom", [True, False])
@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize("broken", ["<think>", "a & b", "<", "</b>", "<x:y/>", "\udcff", "</entry></item>"])
def test_an_entry_that_is_not_well_formed_costs_only_itself(double, feed, atom, which, broken):
    ids = ["2601.00001", "2601.00002", "2601.00003"]
    whole = make_feed([make_item(i, f"Title {i}") for i in ids], atom=atom)
    double.raw["cs.CV"] = whole.replace(f"Title {ids[which]}".encode(), broken.encode("utf-8", "surrogateescape"))
    got = feed()
    assert [p.id for p in got.papers] == [i for i in ids if i != ids[which]]
    assert (got.listed, got.skipped) == (3, 1)


def test_papers_by_id_are_matched_by_base_id_and_the_missing_named(double, by_id):
    double.papers["math/0309136"] = make_item(
        "math/0309136", categories=("math.GT",), comment="12 pages", published="2003-09-08T01:02:03Z"
    )
    found, missing = by_id(
        ArxivId("2601.00001", 2), ArxivId("2601.09999"), ArxivId("math/0309136"), ArxivId("2601.00001")
    )
    assert list(missing) == ["2601.09999"]
    assert found["2601.00001"].ref == "2601.00001v2"
    old = found["math/0309136"]
    assert (old.categories, old.comment, old.license) == (("math.GT",), "12 pages", None)
    assert old.published == datetime(2003, 9, 8, 1, 2, 3, tzinfo=UTC)
    assert len(double.calls()) == 1
    assert double.calls()[0].query == {"id_list": "2601.00001v2,2601.09999,math/0309136", "max_results": "3"}
    assert by_id(ArxivId("math/0309136")) == ({"math/0309136": old}, [])
    assert len(double.calls()) == 1


def test_many_ids_go_in_batches(double, by_id):
    many = [make_item(f"2601.{n:05d}") for n in range(1, 251)]
    double.papers = {i.id: i for i in many}
    found, missing = by_id(*(ArxivId(i.id) for i in many))
    assert (len(found), missing) == (250, [])
    assert [len(e.query["id_list"].split(",")) for e in double.calls()] == [100, 100, 50]


EMPTY = f"{XML}{OPEN}<opensearch:totalResults>3</opensearch:totalResults></feed>"


def test_an_empty_page_that_counts_papers_is_asked_again_then_a_failure(double, by_id):
    double.fault(status=200, body=EMPTY, times=1)
    assert list(by_id(ArxivId("2601.00001"))[0]) == ["2601.00001"]
    double.fault(status=200, body=EMPTY, times=2)
    refused(lambda: by_id(ArxivId("2601.00002")), "garbage")


def test_an_error_entry_is_a_failure_with_400_and_with_200(double, by_id):
    refused(lambda: by_id(ArxivId("abc")), "status")
    entry = b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>http://arxiv.org/api/errors#x</id><title>Error</title></entry></feed>"
    double.fault(status=200, body=entry)
    refused(lambda: by_id(ArxivId("2601.00001")), "status")


@pytest.mark.parametrize("body", ["<!DOCTYPE html><html></html>", "Rate exceeded.", ""])
def test_api_garbage_with_200(double, by_id, body):
    double.fault(status=200, body=body)
    refused(lambda: by_id(ArxivId("2601.00001")), "garbage")


def raw_items(body):
    """The recorded RSS by another parser: guid -> (type, title, description)."""
    space = "{http://arxiv.org/schemas/atom}announce_type"
    return {
        i.findtext("guid").rpartition(":")[2]: (i.findtext(space), i.findtext("title"), i.findtext("description"))
        for i in ET.fromstring(body).iter("item")
    }


def test_the_recorded_friday(double, feed, real):
    body = (real / "arxiv_rss" / "rss_cs.CV_pub2026-01-23_file2026-01-24.xml").read_bytes()
    double.raw["cs.CV"] = body
    got = feed()
    raw = {k: v for k, v in raw_items(body).items() if v[0] in ("new", "cross")}
    count = 84 if len(body) > 100_000 else 11
    assert (len(got.papers), got.listed, got.skipped, got.label) == (count, count, 0, date(2026, 1, 23))
    assert {p.ref for p in got.papers} == set(raw)
    for paper in got.papers:
        _, title, description = raw[paper.ref]
        assert paper.title == " ".join(title.split())
        assert paper.abstract == " ".join(description.partition("Abstract:")[2].split())
        assert paper.license.startswith("http")
        assert paper.authors
        assert "cs.CV" in paper.categories
        assert [p.base for p in parse(paper.ref)] == [paper.id]


@pytest.mark.parametrize("cut", [0.1, 0.33, 0.5, 0.9, 0.999])
def test_the_recorded_friday_cut_off(double, feed, real, cut):
    body = (real / "arxiv_rss" / "rss_cs.CV_pub2026-01-23_file2026-01-24.xml").read_bytes()
    double.raw["cs.CV"] = body[: int(len(body) * cut)]
    refused(feed, "garbage")


def test_recorded_empty_feeds_and_atom(double, feed, real):
    folder = real / "arxiv_rss"
    for n, name in enumerate(
        ["rss_cs.CV_pub2026-07-06_file2026-07-07.xml", "rss_cs.CV_pub2026-08-15_file2026-08-16.xml"]
    ):
        double.raw["cs.CV"] = (folder / name).read_bytes()
        assert feed(scope=str(n)).papers == ()
        assert feed(scope=str(n)).label.isoformat() == name[13:23]
    double.raw["cs.AI"] = (folder / "atom_cs.AI_2025-08-20_excerpt.xml").read_bytes()
    got = feed("cs.AI")
    assert (len(got.papers), got.label) == (7, date(2025, 8, 20))


def test_recorded_api_replies(double, by_id, real):
    folder = real / "arxiv_api"
    double.fault(status=200, body=(folder / "id_0808.05394_1707.08567_s0_m100.xml").read_bytes())
    found, missing = by_id(ArxivId("0808.05394"), ArxivId("1707.08567"))
    assert missing == ["0808.05394"]
    paper = found["1707.08567"]
    assert (paper.ref, len(paper.authors), paper.categories) == ("1707.08567v1", 34, ("cs.IT",))
    assert paper.comment.startswith("44 pages")
    assert paper.published == datetime(2017, 7, 27, 8, 18, 33, tzinfo=UTC)
    double.fault(status=200, body=(folder / "id_0000.0000_s0_m100.xml").read_bytes())
    assert by_id(ArxivId("0808.0001")) == ({}, ["0808.0001"])
    double.fault(status=400, body=(folder / "id_abc_s0_m100.xml").read_bytes())
    refused(lambda: by_id(ArxivId("0808.0002")), "status")
    double.fault(status=200, body=(folder / "q_testing_s0_m10.xml").read_bytes())
    found, missing = by_id(ArxivId("2202.12139"))
    assert list(found) == ["2202.12139"]
