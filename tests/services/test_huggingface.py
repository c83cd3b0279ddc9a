"""Hugging Face's day lists.

Both schemas, pages, broken items, garbage, and one read for all who ask.
"""

import json
import re
import threading
from datetime import UTC, date, datetime

import pytest

from tests.doubles.huggingface import HuggingFace, make_day, make_item
from workers.errors import SourceFailed
from workers.settings import Settings
from workers.sources import huggingface
from workers.sources.gather import gather
from workers.sources.http.client import HttpClient
from workers.store.sources.fetch_state import Fetches

DAY = date(2026, 1, 27)


@pytest.fixture
def hf():
    with HuggingFace() as double:
        yield double


@pytest.fixture
def fetch(hf, redis):
    nowhere = "http://127.0.0.1:9"
    settings = Settings(
        _env_file=None, hf_endpoint=hf.url, arxiv_api_url=nowhere, arxiv_feed_url=nowhere, arxiv_url=nowhere
    )
    fetches = Fetches(redis, gap_s=0)

    def call(day=DAY, top=None, **more):
        return huggingface.fetch_day(HttpClient(settings, fetches), fetches, settings, day, top, **more)

    return call


def serve(hf, *items, day=DAY):
    hf.days[day.isoformat()] = list(items)


def test_the_most_upvoted_come_first_and_ties_by_id(hf, fetch):
    serve(
        hf, make_item("2601.00003", upvotes=5), make_item("2601.00002", upvotes=9), make_item("2601.00001", upvotes=5)
    )
    got = fetch(top=2)
    assert [p.id for p in got.papers] == ["2601.00002", "2601.00001"]
    assert (got.listed, got.skipped, got.label) == (3, 0, DAY)


@pytest.mark.parametrize("old", [False, True])
def test_both_schemas(hf, fetch, old):
    serve(hf, make_item("2601.00001", "Two\n  lines", 7, old=old))
    (paper,) = fetch().papers
    assert (paper.title, paper.upvotes, paper.listed, paper.version) == ("Two lines", 7, DAY, None)
    assert paper.abstract == "We study 2601.00001. It works on three benchmarks."
    assert paper.authors == ("Ada Example", "Bo Sample")
    assert paper.published == datetime(2026, 1, 23, 0, 42, 38, tzinfo=UTC)
    assert not paper.fictional


def test_absent_keys_fall_back_or_stay_empty(hf, fetch):
    bare = {"paper": {"id": "2601.00001"}, "title": "Outer title", "summary": "Outer summary"}
    serve(hf, bare, {"paper": {"id": "2601.00002", "title": "T", "authors": None, "upvotes": "many", "publishedAt": 5}})
    first, second = fetch().papers
    assert (first.title, first.abstract, first.upvotes, first.authors) == ("Outer title", "Outer summary", None, ())
    assert (second.abstract, second.upvotes, second.published) == ("", None, None)


def test_broken_items_cost_only_themselves(hf, fetch):
    good = make_item("2601.00001")
    broken = [
        None, 5, "text", [], {}, {"paper": None}, {"paper": {}}, {"paper": {"id": "2601.00002"}},
        {"paper": {"id": None}},
        make_item("abc"), make_item("2613.00001"), make_item("https://arxiv.org/abs/2601.00003"), make_item(""),
        {"paper": {"id": "2601.00004", "title": "\x00\n"}}, {"title": "no paper"},
    ]  # fmt: skip
    serve(hf, *broken, good)
    got = fetch()
    assert [p.id for p in got.papers] == ["2601.00001"]
    assert got.skipped == got.listed - 1 == len(broken)


def test_control_characters_and_lone_surrogates_are_dropped(hf, fetch):
    serve(hf, make_item("2601.00001", "A\u0000B\ud800C\u2028D", summary="x" * 50_000))
    (paper,) = fetch().papers
    assert paper.title == "ABC D"
    assert len(paper.abstract) == 20_000


def test_long_days_are_paged_and_short_pages_do_not_end_them(hf, fetch):
    hf.days[DAY.isoformat()] = make_day(230)
    hf.short = 7
    assert len(fetch().papers) == 230
    assert [(e.query["limit"], e.query.get("p")) for e in hf.calls()] == [("100", p) for p in (None, "1", "2", "3")]


def test_a_server_without_pages_is_not_asked_for_ever(hf, fetch):
    serve(hf, *make_day(3))
    same = hf.days[DAY.isoformat()]
    hf.fault(status=200, body=same, times=99)
    assert len(fetch().papers) == 3
    assert len(hf.calls()) == 2


def test_a_server_that_refuses_the_second_page_has_given_all(hf, fetch):
    serve(hf, *make_day(3))
    hf.fault(status=400, body={"error": "p"}, when=lambda e: "p" in e.query)
    assert len(fetch().papers) == 3


def test_a_second_page_that_fails_is_a_failure(hf, fetch):
    serve(hf, *make_day(3))
    hf.fault(status=500, times=2, when=lambda e: "p" in e.query)
    with pytest.raises(SourceFailed):
        fetch()


def test_an_empty_day_is_an_answer(fetch):
    got = fetch(date(2026, 1, 24))
    assert (got.papers, got.listed) == ((), 0)


GARBAGE = ["<!DOCTYPE html><html>Hi</html>", "", "{", '{"error": "x"}', "null", "5", '"x"', '[{"paper": {}}]', "[5]",
    b"\xff\xfe\x00"]  # fmt: skip


@pytest.mark.parametrize("body", GARBAGE)
def test_garbage_with_200_is_told_apart(hf, fetch, body):
    hf.fault(status=200, body=body, times=1)
    with pytest.raises(SourceFailed) as caught:
        fetch()
    assert (caught.value.kind, caught.value.source) == ("garbage", "huggingface")


def test_json_nested_beyond_reason_is_garbage():
    with pytest.raises(SourceFailed):
        huggingface._array(b"[" * 1_000_000)


def test_garbage_is_not_kept(hf, fetch):
    serve(hf, *make_day(2))
    hf.fault(status=200, body="{", times=1)
    with pytest.raises(SourceFailed):
        fetch(scope="a")
    assert len(fetch(scope="a").papers) == 2


def test_a_future_day_is_refused_by_the_service(fetch):
    with pytest.raises(SourceFailed) as caught:
        fetch(date(2999, 1, 1))
    assert caught.value.fields["status"] == 400


def test_one_read_a_day_serves_all_who_ask_even_at_once(hf, fetch):
    serve(hf, *make_day(20))
    hf.fault(delay=0.3, times=1)
    got = []
    threads = [
        threading.Thread(target=lambda n=n: got.append((n, fetch(top=n, scope="2026-01-28")))) for n in (3, 5, 15)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: len(listing.papers) for n, listing in got} == {3: 3, 5: 5, 15: 15}
    assert len(hf.calls()) == 2  # the list and its empty second page
    fetch(scope="2026-01-29")
    assert len(hf.calls()) == 4


def test_a_failure_of_who_fetches_is_not_the_failure_of_who_waits(hf, fetch):
    serve(hf, *make_day(4))
    hf.fault(delay=0.3, status=404, times=1)
    failed, got = [], []

    def ask():
        try:
            got.append(len(fetch(scope="x").papers))
        except SourceFailed as error:
            failed.append(error.kind)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failed, got) == (["status"], [4, 4])


DAYS = ("2024-05-27", "2026-01-21", "2026-01-27", "2026-02-26", "2026-05-13")
"""The first is of the old form."""


@pytest.mark.parametrize("day", DAYS)
def test_recorded_days(hf, fetch, real, day):
    items = json.loads((real / "hf_daily" / f"{day}.json").read_text())
    hf.days[day] = items
    got = fetch(date.fromisoformat(day))
    assert (len(got.papers), got.listed, got.skipped) == (len(items), len(items), 0)
    raw = {i["paper"]["id"]: i["paper"] for i in items}
    for paper in got.papers:
        assert paper.title == " ".join(raw[paper.id]["title"].split())
        plain = re.sub(r"(?<!`)`([^`]+)`(?!`)", r"\1", raw[paper.id]["summary"].replace("**", ""))  # no Markdown
        assert paper.abstract == " ".join(plain.split())
        assert len(paper.authors) == len(raw[paper.id]["authors"])
        assert paper.published.isoformat()[:16] == raw[paper.id]["publishedAt"][:16]
    votes = [p.upvotes for p in got.papers]
    assert votes == sorted((r["upvotes"] for r in raw.values()), reverse=True)
    assert fetch(date.fromisoformat(day), 15).papers == got.papers[:15]


@pytest.fixture
def ask(hf, redis):
    settings = Settings(_env_file=None, hf_endpoint=hf.url)
    fetches = Fetches(redis, gap_s=0)

    def call(spec, today, covered=(), **more):
        now = datetime(today.year, today.month, today.day, 6, tzinfo=UTC)
        http = HttpClient(settings, fetches)
        return gather([spec], lambda _: set(covered), now=now, http=http, fetches=fetches, settings=settings, **more)[0]

    return call


def test_what_is_new_among_the_trending(hf, ask):
    old = date(2025, 11, 3)
    hf.trending = [make_item(f"2511.{n:05d}", upvotes=90 - n, day=old) for n in range(1, 30)]
    first = ask("huggingface:trending:10", date(2026, 1, 27), first=True)
    assert (len(first.papers), first.had) == (10, (date(2026, 1, 27),))
    hf.trending.insert(0, make_item("2601.00001", upvotes=99, day=DAY))
    seen = {p.id for p in first.papers}
    later = ask("huggingface:trending:10", date(2026, 1, 28), [DAY], known=lambda ids: seen & set(ids))
    assert [(p.id, p.sources) for p in later.papers] == [("2601.00001", ("huggingface:trending:10",))]


def test_the_best_of_the_last_week_once(hf, ask):
    for n, day in enumerate((date(2026, 1, 19), date(2026, 1, 23), date(2026, 1, 26))):
        hf.days[day.isoformat()] = make_day(30, day, first=1 + 100 * n)
    got = ask("huggingface:week:20", date(2026, 1, 27))
    assert (len(got.papers), got.listed, got.days) == (20, 60, (date(2026, 1, 25),))
    assert not ask("huggingface:week:20", date(2026, 1, 28), [date(2026, 1, 25)]).asked


@pytest.mark.parametrize(
    ("given", "code", "project"),
    [
        ({"githubRepo": "https://github.com/a-b/c.d/", "projectPage": "https://x.github.io/paper/"},
         "https://github.com/a-b/c.d", "https://x.github.io/paper"),
        ({"githubRepo": "https://evil.example/a/b", "projectPage": "javascript:alert(1)"}, None, None),
        ({"githubRepo": 7, "projectPage": "https://u:p@x.example/a"}, None, None),
        ({"projectPage": "http://x.example"}, None, None),
        ({"projectPage": "https://x.example/a|b>c"}, None, None),
        ({}, None, None),
    ],
)  # fmt: skip
def test_links_of_the_list_are_plain_addresses(hf, fetch, given, code, project):
    serve(hf, make_item("2601.00001", **given))
    (paper,) = fetch().papers
    assert (paper.code, paper.project) == (code, project)
