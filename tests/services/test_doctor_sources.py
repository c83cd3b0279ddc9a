"""`doctor` on sources: what does not answer, and what stands in for it."""

import pytest

from tests.doubles.arxiv import Arxiv, make_item
from workers.operations.doctor import sources as doctor
from workers.operations.doctor.clock import Clock


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 200, "body": "<html>busy</html>"}])
def test_a_dead_query_api_fails_nothing_while_arxivs_pages_answer(redis, env, monkeypatch, fault):
    monkeypatch.setattr("workers.store.sources.fetch_state.ARXIV_GAP_S", 0)
    with Arxiv(papers=[make_item(doctor.KNOWN_PAPER, "Attention")]) as arxiv:
        settings = env(ARXIV_API_URL=arxiv.api_url, ARXIV_URL=arxiv.url)
        arxiv.fault("/api/query", times=99, **fault)
        found = {f.name: f for f in doctor.sources(settings, redis, [], Clock())}
        assert (found["arXiv API"].state, found["arXiv pages"].state) == ("warn", "ok")
        assert "abstract pages meanwhile" in found["arXiv API"].said
        arxiv.fault("/abs/*", status=500, times=99)
        found = {f.name: f.state for f in doctor.sources(settings, redis, [], Clock())}
        assert (found["arXiv API"], found["arXiv pages"]) == ("fail", "fail")
