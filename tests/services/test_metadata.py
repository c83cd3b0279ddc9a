"""The record of a paper that no list has shown.

By whichever way answers, within seconds, and it says which.
"""

import json
import time

import pytest

from tests.doubles.arxiv import Arxiv, make_item
from workers.conversations.deepdive import post_deepdive
from workers.conversations.messages import find
from workers.errors import BadInput, SourceFailed
from workers.paper_ids.arxiv_id import ArxivId
from workers.settings import Settings
from workers.sources.http.client import HttpClient
from workers.sources.one_paper.metadata import find_record
from workers.store.delivery.outbox import Outbox
from workers.store.sources.fetch_state import Fetches
from workers.words import words

PAPER = make_item(
    "2601.17058", "On $x<y$ & Light", version=2, categories=("cs.CV", "eess.IV"),
    authors=("Ada Example", "Bo B. Sample"),
    comment="Accepted at CVPR 2026; 12 pages", journal_ref="Proc. CVPR (2026)",
)  # fmt: skip
REF = ArxivId("2601.17058")
LONG = "word " * 800


@pytest.fixture
def world(redis):
    with Arxiv(papers=[PAPER]) as arxiv:
        settings = Settings(
            _env_file=None, hf_endpoint="http://127.0.0.1:9", arxiv_api_url=arxiv.api_url, arxiv_url=arxiv.url,
            arxiv_feed_url=f"{arxiv.url}/atom", arxiv_oai_url=arxiv.oai_url, datacite_url=arxiv.datacite_url,
        )  # fmt: skip
        arxiv.settings, arxiv.fetches, arxiv.redis = settings, Fetches(redis, gap_s=0), redis
        yield arxiv


def look(world, ref=REF):
    return find_record(HttpClient(world.settings, world.fetches), world.fetches, world.settings, ref)


WAYS = {"abs": "/abs/*", "api": "/api/query", "oai": "/oai", "datacite": "/datacite/*"}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_alone_is_enough(world, way):
    for other, path in WAYS.items():
        if other != way:
            world.fault(path, status=503, times=99)
    paper = look(world)
    assert (paper.id, paper.title, paper.found_by) == ("2601.17058", "On $x<y$ & Light", way)
    assert paper.abstract == "We restore images. It works."
    assert paper.authors == ("Ada Example", "Bo B. Sample")
    assert paper.categories == ("cs.CV", "eess.IV")
    assert paper.published.date().isoformat() == "2026-01-21"
    if way != "api":
        assert paper.license == PAPER.license
    if way in ("abs", "api"):
        assert paper.version == 2
    if way != "datacite":
        assert (paper.comment, paper.journal_ref) == (PAPER.comment, PAPER.journal_ref)


def test_the_page_is_asked_first_and_kept(world):
    assert [look(world).found_by, look(world).found_by] == ["abs", "abs"]
    assert [e.path for e in world.calls()] == ["/abs/2601.17058"]


@pytest.mark.parametrize(
    "fault", [{"status": 429, "body": "Rate exceeded."}, {"status": 403}, {"status": 200, "body": "<html>busy</html>"},
              {"status": 200, "body": b"\xff\x00"}, {"drop": "before"},
              {"status": 503, "headers": {"Retry-After": "9"}}],
)  # fmt: skip
@pytest.mark.parametrize("bad", WAYS)
def test_a_service_that_is_down_costs_only_itself(world, bad, fault):
    world.fault(WAYS[bad], times=99, **fault)
    assert look(world).title == PAPER.title
    for service in {"abs": "pages", "api": "api", "oai": "oai"}.values():
        left_alone = bad == {"pages": "abs"}.get(service, service) and fault.get("status") in (429, 403, 503)
        asked = bool(world.calls(WAYS[bad]))
        assert (world.fetches.cooling(f"arxiv-{service}") > 0) == (left_alone and asked)


def test_a_pause_that_a_version_before_noted_holds_for_all_of_arxiv(world):
    world.redis.set("pb:fetch:cool:arxiv", "1", px=60_000)
    assert look(world).found_by == "datacite"
    assert world.calls("/abs/*") == []


def test_the_page_that_is_read_anyway_names_its_title(world):
    parts = "".join(f'<section class="ltx_section"><h2>{n}</h2><p>{LONG}</p></section>' for n in range(4))
    head = f'<h1 class="ltx_title">Of Light</h1><div class="ltx_abstract"><p>{LONG[:300]}</p></div>'
    page = f'<html><body><article class="ltx_document">{head}{parts}</article></body></html>'
    world.html[PAPER.id] = page.encode()
    for path in WAYS.values():
        world.fault(path, status=500, times=99)
    paper = find(world.redis, world.settings, REF)
    assert (paper.title, paper.found_by, paper.sources) == ("Of Light", "html", ("arxiv",))
    with pytest.raises(SourceFailed):
        find(world.redis, world.settings, ArxivId("2601.17059"))


def test_an_unknown_paper_is_unknown_by_two_that_answer_or_by_the_only_one(world):
    with pytest.raises(BadInput):
        look(world, ArxivId("2601.00009"))
    assert [e.path for e in world.calls()] == ["/abs/2601.00009", "/api/query"]
    for path in ("/api/query", "/oai", "/datacite/*"):
        world.fault(path, status=500, times=99)
    with pytest.raises(BadInput):
        look(world, ArxivId("2601.00008"))


@pytest.mark.parametrize("where", ["/api/query", "/abs/*"])
def test_a_service_that_hangs_is_waited_for_a_few_seconds(world, where):
    world.fault(where, delay=60)
    started = time.monotonic()
    assert look(world).title == PAPER.title
    assert time.monotonic() - started < 50, "ten times the limit of a way"


@pytest.mark.parametrize(
    "body", [b"<!DOCTYPE x [<!ENTITY a 'b'>]><OAI-PMH>&a;</OAI-PMH>", b"<OAI-PMH>", b"", b"[]", b"<rss></rss>"]
)
def test_oai_garbage_is_refused(world, body):
    for path in ("/abs/*", "/api/query"):
        world.fault(path, status=500, times=99)
    world.fault("/oai", status=200, body=body)
    assert look(world).found_by == "datacite"


@pytest.mark.parametrize(
    "said", [{}, {"data": None}, [1], {"data": {"attributes": {"doi": "10.48550/arxiv.2601.17058", "titles": None}}},
             {"data": {"attributes": {"doi": "10.48550/arxiv.2601.00001", "titles": [{"title": "x"}]}}}],
)  # fmt: skip
def test_datacite_garbage_is_refused(world, said):
    for path in ("/abs/*", "/api/query", "/oai"):
        world.fault(path, status=500, times=99)
    world.fault("/datacite/*", status=200, body=json.dumps(said))
    with pytest.raises(SourceFailed):
        look(world)


def test_a_withdrawn_paper_is_told_by_its_page(world):
    tags = "<meta name='citation_title' content='A'><meta name='citation_arxiv_id' content='2601.17058'>"
    said = "<span class='error'>This paper has been withdrawn by A B</span>"
    world.fault("/abs/*", status=200, body=f"<html><head>{tags}</head><body>{said}</body></html>")
    assert "withdrawn" in look(world).comment


def test_where_arxiv_is_elsewhere_nobody_of_arxivs_own_is_asked(redis, world):
    settings = world.settings.model_copy(update={"arxiv_oai_url": "", "datacite_url": ""})
    for path in ("/abs/*", "/api/query"):
        world.fault(path, status=500, times=99)
    with pytest.raises(SourceFailed) as caught:
        find_record(HttpClient(settings, world.fetches), world.fetches, settings, REF)
    assert caught.value.fields["status"] == 500
    public = Settings(_env_file=None, arxiv_api_url="https://export.arxiv.org/api/query")
    assert {"oaipmh.arxiv.org", "api.datacite.org"} <= {
        host for _, host, _ in HttpClient(public, world.fetches)._allowed
    }


SHUT = {
    "429": {"status": 429, "body": "Rate exceeded."}, "503": {"status": 503}, "empty": {"status": 200},
    "html": {"status": 200, "body": "<html>busy</html>"}, "hangs": {"delay": 60},
}  # fmt: skip


@pytest.mark.parametrize("api", SHUT)
def test_with_the_api_dead_a_deep_dive_of_an_unknown_paper_works_and_tells_the_way(world, api, no_pace):
    sections = "".join(f'<section class="ltx_section"><h2>{n}</h2><p>{LONG}</p></section>' for n in range(4))
    page = f'<article class="ltx_document"><div class="ltx_abstract"><p>{LONG[:300]}</p></div>{sections}</article>'
    world.html[PAPER.id] = f"<html><body>{page}</body></html>".encode()
    world.fault("/api/query", times=99, **SHUT[api])
    if api != "hangs":  # that costs the seconds of a way: it is waited for above
        world.fault("/abs/*", times=99, status=200, body="<html>busy</html>")
    data = {"id": PAPER.id, "version": None, "profile": "cv-daily-en", "channel": "slack:C1", "reply_to": ""}
    post_deepdive(world.redis, world.settings, "dive|e1", data, lambda: None)
    told = "".join(json.dumps(row.payload, ensure_ascii=False) for row in Outbox(world.redis).rows("dive|e1"))
    way = words("en")["record_abs" if api == "hangs" else "record_oai"]
    assert words("en").say("footer_record", way=way) in told and "On " in told
    assert "Accepted at CVPR 2026" in told and "Proc. CVPR (2026)" in told
    tries = {path: len(world.calls(path)) for path in ("/abs/*", "/api/query", "/oai", "/html/*")}
    if api == "hangs":
        assert tries == {"/abs/*": 1, "/api/query": 0, "/oai": 0, "/html/*": 1}
    else:
        assert tries == {"/abs/*": 1, "/api/query": 1, "/oai": 1, "/html/*": 1}
