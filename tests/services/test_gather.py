"""Sources fetched side by side.

One bad source costs only itself, one read a day serves all profiles.
"""

import json
from datetime import date, timedelta

import pytest

from tests.doubles.arxiv import Arxiv
from tests.doubles.arxiv import make_item as make_paper
from tests.doubles.huggingface import HuggingFace, make_day
from workers.settings import Settings
from workers.sources.gather import gather
from workers.sources.http.client import HttpClient
from workers.store.sources.fetch_state import Fetches

MON, TUE, WED, THU, FRI, SAT, SUN = (date(2026, 1, 19) + timedelta(days=i) for i in range(7))
WEEK = timedelta(days=7)


@pytest.fixture
def world(redis):
    """Both doubles, and `ask(*specs, …)` over them."""
    with (
        HuggingFace() as hf,
        Arxiv([make_paper("2601.90001"), make_paper("2601.90002", categories=("cs.LG",))]) as arxiv,
    ):
        settings = Settings(
            _env_file=None,
            hf_endpoint=hf.url,
            arxiv_api_url=arxiv.api_url,
            arxiv_feed_url=f"{arxiv.url}/atom",
            arxiv_url=arxiv.url,
        )
        fetches = Fetches(redis, gap_s=0)

        def ask(*specs, covered=lambda spec: set(), today=WED, **more):
            return gather(
                specs,
                covered,
                today=today,
                http=HttpClient(settings, fetches),
                fetches=fetches,
                settings=settings,
                **more,
            )

        ask.hf, ask.arxiv = hf, arxiv
        yield ask


def put(world, *days, count=20):
    for n, day in enumerate(days):
        world.hf.days[day.isoformat()] = make_day(count, day, first=1 + n * count)


def test_several_sources(world):
    put(world, TUE)
    hf, arxiv, sample = world("huggingface:15", "arxiv:cs.CV", "sample", first=True)
    assert (hf.spec, len(hf.papers), hf.listed, hf.days, hf.had, hf.so_far, hf.error) == (
        "huggingface:15",
        15,
        20,
        (TUE,),
        (TUE,),
        False,
        None,
    )
    assert {p.sources for p in hf.papers} == {("huggingface:15",)}
    assert [p.id for p in arxiv.papers] == ["2601.90001"]
    assert (arxiv.listed, arxiv.days, arxiv.papers[0].sources) == (1, (FRI,), ("arxiv:cs.CV",))
    assert (len(sample.papers), sample.listed, sample.error) == (15, 15, None)
    assert all(p.fictional for p in sample.papers)


def test_every_day_gives_its_own_top(world):
    put(world, MON, TUE)
    (hf,) = world("huggingface:15", covered=lambda spec: {FRI - WEEK})
    assert (len(hf.papers), hf.listed, hf.days) == (30, 40, (MON, TUE))
    assert {p.listed for p in hf.papers} == {MON, TUE}


def test_a_paper_listed_on_two_days_comes_once_as_first_listed(world):
    put(world, MON, TUE)
    world.hf.days[TUE.isoformat()].append(world.hf.days[MON.isoformat()][0])
    (hf,) = world("huggingface", covered=lambda spec: {FRI - WEEK})
    assert (len(hf.papers), hf.listed) == (40, 41)


def test_nothing_new_asks_nothing(world):
    (hf,) = world("huggingface:15", covered=lambda spec: {MON, TUE})
    assert (hf.papers, hf.asked, hf.error) == ((), False, None)
    assert world.hf.calls() == []


def test_the_running_day_is_so_far_and_not_remembered(world):
    put(world, TUE, WED)
    (hf,) = world("huggingface:15", covered=lambda spec: {MON}, running=True)
    assert (hf.days, hf.so_far, hf.had) == ((TUE, WED), True, (TUE,))


def test_a_first_digest_steps_back_over_empty_days(world):
    put(world, FRI - WEEK)
    (hf,) = world("huggingface:15", first=True)
    assert (len(hf.papers), hf.days) == (15, (FRI - WEEK, MON, TUE))
    world.hf.days.clear()
    (hf,) = world("huggingface:15", first=True, today=SAT)
    assert (hf.papers, hf.days, hf.error) == ((), (TUE, WED, THU, FRI), None)


def test_a_later_digest_does_not_step_back(world):
    put(world, MON)
    (hf,) = world("huggingface:15", covered=lambda spec: {MON})
    assert (hf.papers, hf.days, hf.asked) == ((), (TUE,), True)


def test_feeds_of_a_profile_are_one_request_split_by_category(world):
    cv, both, lg = world("arxiv:cs.CV", "arxiv:cs.CV+cs.LG", "arxiv:cs.LG")
    assert [[p.id for p in f.papers] for f in (cv, both, lg)] == [
        ["2601.90001"],
        ["2601.90001", "2601.90002"],
        ["2601.90002"],
    ]
    assert [e.path for e in world.arxiv.calls()] == ["/atom/cs.CV+cs.LG"]


def test_an_unknown_category_costs_only_its_own_spec(world):
    good, bad = world("arxiv:cs.CV", "arxiv:cs.XX")
    assert (len(good.papers), good.error) == (1, None)
    assert "cs.XX" in str(bad.error)


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 200, "body": "<html>"}, {"status": 200, "body": ""},
    {"drop": "before"},
                                   {"status": 429}, {"status": 200, "body": "[" * 50}])  # fmt: skip
@pytest.mark.parametrize("bad", ["hf", "arxiv"])
def test_a_bad_source_costs_only_itself(world, bad, fault):
    put(world, TUE)
    getattr(world, bad).fault(times=9, **fault)
    got = dict(zip(("hf", "arxiv"), world("huggingface:15", "arxiv:cs.CV", first=True), strict=True))
    failed, fine = got.pop(bad), got.popitem()[1]
    assert failed.error.source == {"hf": "huggingface", "arxiv": "arxiv"}[bad]
    assert (failed.papers, failed.days, failed.had) == ((), (), ())
    assert fine.papers
    assert fine.error is None


def test_a_source_that_hangs_is_given_up_at_the_limit(world):
    put(world, TUE)
    world.arxiv.fault(delay=3600, times=99)
    for limit_s in (0.7, 2.0, 6.0, 18.0, 54.0):  # the first that is enough for the other one on this machine
        hf, arxiv = world("huggingface:15", "arxiv:cs.CV", first=True, limit_s=limit_s)
        if not hf.error:
            break
    assert len(hf.papers) == 15
    assert (arxiv.error.kind, arxiv.error.source) == ("timeout", "arxiv")


def test_days_read_before_a_failure_are_kept_and_the_rest_not_remembered(world):
    put(world, MON, TUE)
    world.hf.fault(status=404, times=9, when=lambda e: e.query["date"] == TUE.isoformat())
    (hf,) = world("huggingface:15", covered=lambda spec: {FRI - WEEK})
    assert (len(hf.papers), hf.had) == (15, (MON,))
    assert hf.error.fields["status"] == 404


def test_a_bug_in_a_source_costs_only_itself(world):
    put(world, TUE)
    covered = {"arxiv:cs.CV": set()}  # what was had of the other one cannot be told
    hf, arxiv = world("huggingface:15", "arxiv:cs.CV", covered=lambda spec: covered[spec])
    assert "KeyError" in str(hf.error)
    assert len(arxiv.papers) == 1 and arxiv.error is None


def test_two_profiles_on_one_day_are_one_read_of_each_source(world):
    put(world, TUE)
    for specs in (("huggingface:15", "arxiv:cs.CV"), ("huggingface:5", "arxiv:cs.CV"), ("huggingface", "arxiv:cs.CV")):
        world(*specs, first=True)
    assert len(world.hf.calls()) == 2
    assert len(world.arxiv.calls()) == 1


def test_a_repeated_spec_is_one_source(world):
    put(world, TUE)
    assert len(world("huggingface:15", "HuggingFace:15", first=True)) == 1


def test_no_key_without_an_end(world, redis):
    put(world, TUE)
    world.arxiv.fault(status=429)
    world("huggingface:15", "arxiv:cs.CV", first=True)
    world("arxiv:cs.LG")
    keys = [key for key in redis.keys("*") if key != b"pb:tally:sources"]
    assert keys
    assert all(key.startswith(b"pb:fetch:") and redis.pttl(key) > 0 for key in keys)


def test_recorded_weekdays_through_a_weekend(world, real):
    for path in (real / "hf_daily").glob("2026-01-*.json"):
        world.hf.days[path.stem] = json.loads(path.read_text())
    had = set()
    sizes = []
    for today in (date(2026, 1, 22) + timedelta(days=i) for i in range(8)):
        (hf,) = world("huggingface:15", covered=lambda spec, had=had: had, today=today, first=not had)
        had |= set(hf.had)
        sizes.append((len(hf.papers), hf.listed))
    assert sizes == [(15, 16), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (15, 22), (0, 0)]
