"""Scoring a day.

Every paper gets a record, a failure is never a number of the model, nothing is bought twice.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from prompts import load_profile
from tests.doubles.model import ModelDouble
from tests.waiting import HANG_S, until
from workers.analysis.extractive.ranking.rank import rank
from workers.analysis.model import calls
from workers.analysis.model import claude as claude_module
from workers.analysis.model.claude import Claude
from workers.analysis.score import local_scores, score_papers
from workers.models import LOCAL, Paper, Score
from workers.settings import Settings
from workers.store.operations.spend import Spend
from workers.store.papers import records as store_module
from workers.store.papers.records import Papers, ResultKey

KEY = "sk-canary"
EN = load_profile("cv-daily-en")


def day(count):
    """Every third paper is about diffusion."""
    titles = ("Payroll Forms {}", "Fast Diffusion {}", "Traffic {}")
    return [
        Paper(id=f"2601.{i:05}", version=1, title=titles[i % 3].format(i), abstract="We study it.", upvotes=i % 7)
        for i in range(count)
    ]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Waits between calls are short; limits are what they are."""
    monkeypatch.setattr(calls, "BACKOFF_S", 0.01)


@pytest.fixture
def double():
    with ModelDouble(KEY) as running:
        yield running


@pytest.fixture
def go(double, redis):
    """go(papers) -> Scored, with a fresh analyst each time (as each run has)."""

    def run(papers, budget_usd=5.0, analyst=True, **more):
        settings = Settings(_env_file=None, anthropic_api_key=KEY, anthropic_base_url=double.url)
        return score_papers(
            papers,
            EN,
            analyst=Claude(settings) if analyst else None,
            papers_store=Papers(redis),
            spend=Spend(redis),
            budget_usd=budget_usd,
            **more,
        )

    return run


def numbers(scored):
    return {s.id: (s.value, s.local, s.state) for s in scored.scores}


def test_every_paper_is_scored_once_best_first(go, double, redis):
    ticks = []
    scored = go(day(15), on_progress=lambda done, total: ticks.append((done, total)))
    assert len(scored.scores) == len(double.prompts) == 15
    assert [s.value for s in scored.scores] == sorted((s.value for s in scored.scores), reverse=True)
    assert all(s.state == "scored" and s.by == "claude-haiku-5-5" and s.local is not None for s in scored.scores)
    assert ticks[-1] == (15, 15) and [d for d, _ in ticks] == sorted(d for d, _ in ticks)
    assert (scored.dropped, scored.cached, scored.notes) == ((), 0, ())
    assert scored.usage.tokens_out > 0 and Spend(redis).today().calls == 15
    assert Spend(redis).today().usd == pytest.approx(scored.usage.cost_usd, abs=1e-7)


def test_nothing_is_bought_twice(go, double):
    first = go(day(15))
    double.reply(lambda _: {"score": 1, "why": "changed my mind", "matched": []})
    again = go(day(15))
    assert len(double.prompts) == 15 and again.cached == 15 and again.usage.tokens_in == 0
    assert numbers(again) == numbers(first) and [s.id for s in again.scores] == [s.id for s in first.scores]


def test_a_new_version_or_profile_is_a_new_question(go, double, redis):
    papers = day(2)
    go(papers)
    go([papers[0].model_copy(update={"version": 2}), papers[1]])
    assert len(double.prompts) == 3
    made = ResultKey(EN.hash, "p", "m")
    assert made.key("score", papers[0]) != ResultKey("other", "p", "m").key("score", papers[0])
    assert all(redis.ttl(k) > 0 for k in redis.scan_iter("pb:*"))


def test_the_model_sees_forty_at_most(go, double):
    scored = go(day(100))
    assert len(double.prompts) == 40 == len(scored.scores) and len(scored.dropped) == 60
    assert scored.notes == ("capped",)
    best = [r.id for r in rank(day(100), EN.interests)]
    assert {s.id for s in scored.scores} == set(best[:40]) and list(scored.dropped) == best[40:]
    assert len(go(day(100)).scores) == 40 and len(double.prompts) == 40


def test_known_scores_beyond_the_forty_are_kept(go, double):
    dull = [p for p in day(9) if p.title.startswith("Payroll")]
    go(dull)
    scored = go([*dull, *[p for p in day(300) if "Diffusion" in p.title][:60]])
    assert {p.id for p in dull} <= {s.id for s in scored.scores} and scored.cached == 3
    assert len({asked.paper["title"] for asked in double.prompts}) == 3 + 40


def test_without_a_model_all_are_ranked_locally(go, double):
    scored = go(day(100), analyst=False)
    assert len(scored.scores) == 100 and not double.prompts and scored.notes == ("no_model",)
    assert all(s.state == "scored" and s.by == LOCAL and s.value == s.local and s.stand_in for s in scored.scores)
    assert go(day(3), local_only=True).notes == () and not double.prompts
    assert local_scores(day(100), EN) == scored.scores
    assert go([], analyst=False).notes == () and go([]).scores == ()


def test_eight_at_a_time(go, double):
    double.hold = lambda _: double.most_at_once >= 8
    double.score_seconds = 0.05
    go(day(16))
    assert double.most_at_once == 8
    go(day(19)[16:], concurrency=1)
    assert len(double.prompts) == 19


@pytest.mark.parametrize(
    ("kind", "what", "state", "error", "notes"),
    [
        ("quota", {}, "failed", "quota", ("model_unavailable",)),
        ("hang", {}, "failed", "timeout", ("model_unavailable",)),
        ("overloaded", {}, "failed", "overloaded", ("model_unavailable",)),
        ("truncated", {}, "failed", "truncated", ()),
        ("score", {"value": 250}, "failed", "invalid", ()),
        ("score", {"value": -5}, "failed", "invalid", ()),
        ("html", {}, "failed", "invalid", ()),
        ("refusal", {"category": "bio"}, "declined", "bio", ()),
    ],
)
def test_trouble_leaves_a_state_and_the_local_number(go, double, redis, monkeypatch, kind, what, state, error, notes):
    if kind == "hang":
        monkeypatch.setattr(claude_module, "SCORE_TIMEOUT_S", 0.5)
    local = {r.id: r.value for r in rank(day(5), EN.interests)}
    double.fail(kind, 999, **what)
    scored = go(day(5))
    assert len(scored.scores) == 5 and scored.notes == notes
    for score in scored.scores:
        assert (score.state, score.error, score.value) == (state, error, None)
        assert score.local == score.effective == local[score.id] > 0 and score.stand_in and score.why
    assert not list(redis.scan_iter("pb:score:*")) and not list(redis.scan_iter("pb:flight:*"))
    double.heal()
    monkeypatch.undo()
    healed = go(day(5))
    assert {s.state for s in healed.scores} == {"scored"} and healed.cached == 0


def test_one_bad_paper_costs_only_itself(go, double):
    double.reply(lambda a: {"score": 250, "why": "w", "matched": []} if "Payroll" in a.paper["title"] else None)
    states = {s.id: s.state for s in go(day(6)).scores}
    assert sorted(states.values()) == ["failed"] * 2 + ["scored"] * 4
    assert states["2601.00000"] == states["2601.00003"] == "failed"


def test_past_the_budget_the_rest_is_local(go, double, redis):
    cost = go(day(1)).usage.cost_usd
    spent = Spend(redis).today().usd
    scored = go(day(30), budget_usd=spent + 3 * cost, concurrency=8)
    assert scored.notes == ("budget",)
    left = [s for s in scored.scores if s.error == "over_budget"]
    assert left and all(s.state == "failed" and s.value is None and s.local is not None for s in left)
    assert Spend(redis).today().usd <= spent + 3 * cost + 2 * cost
    assert all(s.state == "scored" for s in scored.scores if s not in left)
    assert {s.error for s in go(day(30)[10:], budget_usd=0.0).scores} <= {"over_budget", None}


def test_two_workers_buy_each_paper_once(go, double):
    double.hold = lambda _: double.most_at_once >= 8
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(lambda _: go(day(12)), range(2))
    assert len(double.prompts) == 12 and numbers(one) == numbers(two)
    assert one.cached + two.cached == 12


def test_a_killed_buyer_does_not_block_the_next(redis, monkeypatch):
    monkeypatch.setattr(store_module, "FLIGHT_TTL_S", 0.3)
    store, paper, made = Papers(redis), day(1)[0], ResultKey("a", "b", "m")
    redis.set("pb:flight:x", "somebody who was killed", px=300)
    score = Score(id=paper.id, state="scored", value=5, by="m")
    started = time.monotonic()
    found, fresh = store.once("x", lambda: store.get_scores([paper], made).get(paper.id), lambda: score, wait_s=HANG_S)
    assert found == score and fresh and 0.2 < time.monotonic() - started < HANG_S


def test_a_claim_outlives_its_ttl_while_the_buyer_lives(redis):
    store, held, before = Papers(redis), [], threading.active_count()
    with store.flight("x", ttl_s=2.0) as mine:
        until(lambda: redis.pttl("pb:flight:x") < 1_500)
        until(lambda: redis.pttl("pb:flight:x") > 1_900, "its renewal")
        with store.flight("x", ttl_s=2.0) as other:
            held = [mine, other]
    assert held == [True, False]
    with store.flight("x") as mine:
        assert mine
    assert threading.active_count() <= before + 1


def test_only_a_models_finished_score_is_kept(redis):
    store, paper, made = Papers(redis), day(1)[0], ResultKey("a", "b", "m")
    for score in (
        Score(id=paper.id, state="failed", local=3, by="m", error="timeout"),
        Score(id=paper.id, state="declined", local=3, by="m", error="bio"),
        Score(id=paper.id, state="scored", value=3),
    ):
        with pytest.raises(ValueError, match="finished"):
            store.put_score(paper, made, score)
    redis.set(made.key("score", paper), b'{"old": "shape"}')
    assert store.get_scores([paper], made) == {}


def test_paper_records_are_kept_by_base_id(redis):
    store = Papers(redis)
    store.put_papers(day(3))
    assert store.get_papers(["2601.00001", "2601.99999"]) == {"2601.00001": day(3)[1]}
    assert store.get_papers([]) == {}


def test_a_paper_listed_twice_is_scored_once(go, double):
    assert len(go([*day(3), *day(3)]).scores) == 3 == len(double.prompts)
