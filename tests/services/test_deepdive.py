"""Analyses of picks.

The model's where it can, else extracts with the class of failure; never error text.
"""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from prompts import load_profile
from tests.analyst_papers import PAPER, alone, whole
from tests.doubles.model import ModelDouble
from workers.analysis.analyst import choose
from workers.analysis.deepdive import deep_dives, made_by
from workers.analysis.model import calls
from workers.analysis.model import claude as claude_module
from workers.analysis.model.claude import Claude
from workers.analysis.score import score_papers
from workers.models import LOCAL, Paper
from workers.settings import Settings
from workers.store.operations.spend import Spend
from workers.store.papers.records import Papers
from workers.store.server.connection import text

KEY = "sk-canary"
ZH = load_profile("cv-daily-zh")
PICKS = [
    Paper(
        id=f"2601.0000{i}",
        title=f"Net{i}: Fast Diffusion",
        abstract="We propose Net, a network with few steps. It gains 2.5 dB on two sets of photographs.",
    )
    for i in range(3)
]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Waits between calls are short; limits are what they are."""
    monkeypatch.setattr(calls, "BACKOFF_S", 0.01)
    monkeypatch.setenv("MODEL_JUDGE", "false")  # see test_judge


@pytest.fixture
def short(monkeypatch):
    """Limits that a test of a service that hangs can wait for."""
    monkeypatch.setattr(claude_module, "SCORE_TIMEOUT_S", 0.3)
    monkeypatch.setattr(claude_module, "DEEPDIVE_TIMEOUT_S", 0.3)


@pytest.fixture
def double():
    with ModelDouble(KEY) as running:
        yield running


@pytest.fixture
def analyst(double):
    def make():
        return Claude(Settings(_env_file=None, anthropic_api_key=KEY, anthropic_base_url=double.url))

    return make


@pytest.fixture
def go(analyst, redis):
    def run(picks=PICKS, by=analyst, budget_usd=5.0, **more):
        made = by() if by else None
        stores = {"papers_store": Papers(redis), "spend": Spend(redis)}
        more = {"read": alone, "budget_usd": budget_usd, **more}
        return deep_dives(picks, ZH, analyst=made, **stores, **more)

    return run


def test_all_picks_are_written_at_once_in_their_order(go, double, redis):
    double.hold = lambda _: double.most_at_once >= 3
    ticks = []
    written = go(on_progress=lambda done, total: ticks.append((done, total)))
    assert double.most_at_once == 3 and ticks == [(1, 3), (2, 3), (3, 3)]
    assert [a.id for a in written.analyses] == [p.id for p in PICKS]
    assert all(a.by == "claude-sonnet-5-5" and a.read == "abstract" and not a.error for a in written.analyses)
    assert written.notes == () and written.usage.cost_usd > 0
    assert Spend(redis).today().usd == pytest.approx(written.usage.cost_usd, abs=1e-7)


def test_nothing_is_bought_twice(go, double):
    first, second = go(), go()
    assert first.analyses == second.analyses and second.cached == 3 and len(double.prompts) == 3


def test_without_a_model_the_paper_speaks_itself(go, double):
    written = go(by=None)
    assert written.notes == ("no_model",) and not double.prompts
    for found in written.analyses:
        assert found.extracted and found.error is None and "2.5 dB" in found.takeaway
    assert go(picks=[], by=None).notes == ()


@pytest.mark.parametrize(
    ("kind", "what", "error", "notes"),
    [
        ("quota", {}, "quota", ("model_unavailable",)),
        ("refusal", {"category": "frontier_llm"}, "declined", ()),
        ("truncated", {}, "truncated", ()),
        ("hang", {}, "timeout", ("model_unavailable",)),
        ("html", {}, "invalid", ()),
        ("huge", {}, "invalid", ()),
        ("error", {"status": 500}, "overloaded", ("model_unavailable",)),
        ("error", {"status": 401}, "auth", ("model_unavailable",)),
    ],
)
def test_trouble_becomes_extracts_that_are_not_kept(go, double, redis, monkeypatch, kind, what, error, notes):
    if kind == "hang":
        monkeypatch.setattr(claude_module, "DEEPDIVE_TIMEOUT_S", 0.3)
    double.fail(kind, 99, **what)
    written = go()
    assert {a.error for a in written.analyses} == {error} and written.notes == notes
    for found in written.analyses:
        assert found.by == LOCAL and found.contribution.startswith("“We propose Net")
        everything = found.model_dump_json(exclude={"error"}).lower()
        assert not any(word in everything for word in ("error", "limit is", "quota", "overloaded", "<html", KEY))
    assert not list(redis.scan_iter("pb:analysis:*"))
    paid = kind in ("refusal", "truncated")
    assert bool(list(redis.scan_iter("pb:unwritten:*"))) == paid
    double.heal()
    monkeypatch.undo()
    monkeypatch.setenv("MODEL_JUDGE", "false")
    assert all(a.extracted == paid for a in go().analyses)


@pytest.mark.parametrize(("kind", "least"), [("refusal", 80_000), ("truncated", 600), ("empty", 600)])
def test_what_was_paid_for_and_is_nothing_is_not_paid_for_again(go, double, redis, kind, least):
    double.fail(kind, 99)
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: go(picks=PICKS[:1]).analyses[0], range(60)))
    assert all(one == found[0] for one in found) and found[0].extracted
    assert len(double.prompts) == (1 if kind == "refusal" else 2), "one purchase, whose unusable answer is asked again"
    (kept,) = redis.scan_iter("pb:unwritten:*")
    assert least < redis.ttl(kept) <= 86_400, "and no longer than a day"
    redis.delete(kept)
    double.heal()
    assert not go(picks=PICKS[:1]).analyses[0].extracted


def test_an_analysis_is_known_by_the_text_that_was_read(go, double, redis):
    """However the paper was named.

    By a list without versions, by one with, by a person.
    """

    def read(paper):
        return whole(paper.model_copy(update={"version": 2}))

    for version in (None, 2, None):
        (found,) = go(picks=[PAPER.model_copy(update={"version": version})], read=read).analyses
        assert (found.grounds.ref, found.version, found.extracted) == (f"{PAPER.id}v2", version, False)
    go(picks=[PAPER], read=read, asked=lambda paper: paper.id)
    assert len(double.asked("deepdive")) == 1
    newer = PAPER.model_copy(update={"version": 3})
    assert go(picks=[newer], read=lambda _: whole(newer)).analyses[0].grounds.ref == f"{PAPER.id}v3"
    assert len(double.asked("deepdive")) == 2
    by_id = {text(name).split(":")[2]: redis.ttl(name) for name in redis.scan_iter("pb:analysis:*")}
    assert by_id.keys() == {PAPER.id, f"{PAPER.id}v2", f"{PAPER.id}v3"} and by_id[PAPER.id] <= 86_400


def test_an_abstract_is_known_by_its_words(go, double):
    paper = PICKS[0]
    for version in (None, 1, 2):
        go(picks=[paper.model_copy(update={"version": version})])
    assert len(double.asked("deepdive")) == 1
    go(picks=[paper.model_copy(update={"abstract": "Another one, which says that the net gains 2.5 dB on two sets."})])
    assert len(double.asked("deepdive")) == 2


def test_an_old_store_is_not_bought_anew(go, double, redis):
    """An older analysis is kept by the id that the list had.

    As it was before analyses were known by their text.
    """

    def read(paper):
        return whole(paper.model_copy(update={"version": 2}))

    (found,) = go(picks=[PAPER], read=read).analyses
    old = found.model_dump(mode="json", exclude_defaults=True)
    made = made_by(ZH, found.by, "html")
    redis.flushdb()
    redis.set(f"pb:analysis:{PAPER.id}:{made.profile}:{made.prompt}:{made.model}", json.dumps(old))
    (again,) = go(picks=[PAPER.model_copy(update={"version": None})], read=read).analyses
    assert again.contribution == found.contribution and len(double.prompts) == 1


def test_past_the_budget_extracts(go, double, redis):
    written = go(budget_usd=0.0)  # nothing of it is kept: another day has another budget
    assert not list(redis.scan_iter("pb:unwritten:*"))
    assert not double.prompts and written.notes == ("budget",)
    assert {a.error for a in written.analyses} == {"over_budget"} and all(a.extracted for a in written.analyses)


def test_about_a_paper_without_a_word_nobody_is_asked(go, double):
    written = go(picks=[Paper(id="2601.00009", title="Nothing but a Title", abstract=" ")])
    (found,) = written.analyses
    assert not double.calls("/v1/messages") and written.notes == () and found.error is None
    assert found.extracted and found.contribution and found.limitations


def test_the_scores_matches_lead_the_extract(go):
    written = go(by=None, matched={PICKS[0].id: ("Flow Matching",), PICKS[1].id: ()})
    assert written.analyses[0].takeaway.startswith("与 Flow Matching 有关")
    assert written.analyses[1].takeaway.startswith("标题和摘要没有提到")
    assert written.analyses[2].takeaway.startswith("与 Diffusion 有关")


def test_a_dead_service_costs_a_digest_a_bounded_number_of_calls(analyst, double, redis, short):
    """Scores hang, then analyses: at most two limits of a score, one of an analysis.

    30 + 30 + 120 s.
    """
    double.fail("hang", 999)
    stores = {"papers_store": Papers(redis), "spend": Spend(redis), "budget_usd": 5.0}
    for count in (1, 15):
        one, before = analyst(), len(double.prompts)
        papers = [PICKS[0].model_copy(update={"id": f"2602.{i:05}"}) for i in range(count)]
        assert {s.error for s in score_papers(papers, ZH, analyst=one, **stores).scores} == {"timeout"}
        assert {a.error for a in deep_dives(papers[:2], ZH, read=alone, analyst=one, **stores).analyses} == {"timeout"}
        asked = double.prompts[before:]
        assert len([a for a in asked if a.task == "score"]) <= 16, "eight at once ask twice at most"
        assert len([a for a in asked if a.task == "deepdive"]) <= (1 if count == 1 else 0)


def test_the_key_decides_who_writes(double, redis):
    assert choose(Settings(_env_file=None, anthropic_api_key="")) is None
    found = choose(Settings(_env_file=None, anthropic_api_key=KEY, anthropic_base_url=f"{double.url}/v1"))
    stores = {"papers_store": Papers(redis), "spend": Spend(redis), "budget_usd": 5.0}
    assert (
        found.name == "claude" and not deep_dives(PICKS, ZH, read=alone, analyst=found, **stores).analyses[0].extracted
    )
