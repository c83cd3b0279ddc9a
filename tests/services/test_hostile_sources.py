"""Every source at once, fed with what no source should send.

Each costs its own papers only, and the reason is told.
"""

import json
from datetime import UTC, datetime

import pytest
from aiohttp import web

from prompts import load_profile
from tests.doubles.base import Double
from tests.doubles.biorxiv import make_preprint
from workers.digest.preview import preview
from workers.settings import Settings
from workers.sources.gather import gather
from workers.sources.http.client import HttpClient
from workers.store.channels.memory import Memory
from workers.store.sources.fetch_state import Fetches
from workers.words import words

NOW = datetime(2026, 1, 21, 6, tzinfo=UTC)
SPECS = (
    "huggingface:15", "huggingface:trending:5", "huggingface:week:5", "arxiv:cs.CV", "biorxiv:neuroscience", "pubmed:x",
    "openalex:A5023888391", "openreview:ICLR.cc/2027/Conference", "semanticscholar:cites:2601.00001", "feed:FEED/f.rss",
)  # fmt: skip
HUGE = 10**400
RECORD = {
    "messages": [{"status": "ok", "count": HUGE, "total": HUGE}], "collection": [None, {"doi": None, "title": HUGE}],
    "esearchresult": {"count": HUGE, "idlist": [HUGE]}, "results": [None, {"title": [], "doi": HUGE}],
    "token": "t", "notes": [None, {"id": HUGE, "content": {"title": "x"}}],
    "data": [None, {"citingPaper": {"title": 1}}],
}  # fmt: skip
GARBAGE = {
    "a page for people": b"<!DOCTYPE html><html><body>Just a moment...</body></html>",
    "nothing": b"",
    "cut off": json.dumps(RECORD).encode()[:100],
    "another encoding": '{"é": 1}'.encode("latin-1"),
    "nulls": json.dumps(dict.fromkeys(RECORD)).encode(),
    "absurd values": json.dumps(RECORD).encode(),
    "a list of nothing": json.dumps([None, {"paper": {"id": None, "title": "x"}}, 1]).encode(),
}


class Anything(Double):
    """Answers every request alike."""

    status, body, headers = 200, b"", {}

    def routes(self):
        return [web.route("*", "/{tail:.*}", self._any)]

    async def _any(self, request):
        return web.Response(status=self.status, body=self.body, headers=self.headers)


@pytest.fixture
def world(redis):
    with Anything() as server:
        u = server.url
        settings = Settings(
            _env_file=None, hf_endpoint=f"{u}/hf", arxiv_api_url=f"{u}/api", arxiv_feed_url=f"{u}/atom",
            arxiv_url=f"{u}/arxiv", biorxiv_api_url=f"{u}/bio", pubmed_api_url=f"{u}/pubmed", crossref_url=f"{u}/cr",
            openalex_api_url=f"{u}/oa", openreview_api_url=f"{u}/or", openreview_username="a", openreview_password="b",
            semanticscholar_api_url=f"{u}/s2", feed_hosts=(f"127.0.0.1:{server.port}",),
        )  # fmt: skip
        fetches = Fetches(redis, gap_s=0)
        specs = [spec.replace("FEED", u) for spec in SPECS]

        def ask(*only):
            return gather(
                [*(only or specs), "sample"], lambda _: set(), now=NOW, first=True, http=HttpClient(settings, fetches),
                fetches=fetches, settings=settings,
            )  # fmt: skip

        server.ask, server.settings, server.redis = ask, settings, redis
        yield server


def told(world, *only):
    """Kind of failure of each source; the sample day beside them is whole."""
    *found, sample = world.ask(*only)
    assert len(sample.papers) == 15 and all(one.papers == () for one in found)
    assert not any("could not be read (" in str(one.error) for one in found), "no bug of ours"
    return {one.spec.partition(":")[0]: one.error.kind for one in found if one.error}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_told_and_costs_nobody_else(world, name):
    world.body = GARBAGE[name]
    kinds = {spec.partition(":")[0] for spec in SPECS}
    assert told(world) == dict.fromkeys(kinds, "garbage")


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [(301, {"Location": "https://elsewhere.example/"}, "refused"), (429, {}, "rate_limited"),
     (429, {"Retry-After": "soon"}, "rate_limited"), (503, {"Retry-After": "120"}, "rate_limited")],
)  # fmt: skip
def test_refusals_and_redirects_elsewhere_are_told(world, status, headers, kind):
    world.status, world.headers = status, headers
    assert set(told(world).values()) == {kind}


def test_pages_that_repeat_and_a_total_that_is_a_lie_end_a_list(world):
    page = [make_preprint(n, day=datetime(2026, 1, 20).date()) for n in range(3)]
    world.body = json.dumps({"messages": [{"status": "ok", "count": 3, "total": "9000"}], "collection": page}).encode()
    got = world.ask("biorxiv:neuroscience")[0]
    assert (got.error, len(got.papers)) == (None, 3)
    assert len(world.calls("/bio/*")) == 2


def test_a_preview_says_why_a_source_could_not_be_read(world):
    world.body = b"<html>"
    values = {**load_profile("cv-daily-en").values, "sources": ["biorxiv:neuroscience"]}
    preview(world.redis, world.settings, "preview|1", {"name": "mine", "profile": values})
    (fault,) = Memory(world.redis).result("preview|1")["failed"]
    assert fault["source"] == "biorxiv:neuroscience" and "not a list of preprints" in fault["why"]
    assert words("en").variant("failed", fault["kind"]) == "the answer was not what it should be"
