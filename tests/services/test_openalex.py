"""OpenAlex: who is followed, works that are new, nulls.

A day whose credits are spent.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.doubles.openalex import OpenAlex, make_work
from workers.settings import Settings
from workers.sources import openalex
from workers.sources.gather import gather
from workers.sources.http.client import HttpClient
from workers.sources.listing.fetch_result import GatherRun
from workers.sources.spec import parse_spec
from workers.store.sources.fetch_state import Fetches

TUE = date(2026, 1, 20)
SPEC = "openalex:A5000000001+I4000000001"


@pytest.fixture
def world(redis):
    with OpenAlex() as double:
        settings = Settings(_env_file=None, openalex_api_url=double.url)
        fetches = Fetches(redis, gap_s=0)

        def ask(today=TUE, covered=(), **more):
            now = datetime(today.year, today.month, today.day, 6, tzinfo=UTC)
            double.run_of = GatherRun.apart(HttpClient(settings, fetches), fetches, settings, now)
            return gather(
                [SPEC], lambda _: set(covered), now=now, http=HttpClient(settings, fetches), fetches=fetches,
                settings=settings, **more,
            )[0]  # fmt: skip

        double.ask = ask
        yield double


def test_works_of_those_followed_come_once(world):
    world.works = [
        make_work(1, "Folding on a lattice", ["A5000000001"], TUE),
        make_work(2, "An institute's work", ["A9000000009", "I4000000001"], TUE, doi=None, abstract_inverted_index=None,
                  primary_location={"landing_page_url": "https://i.example/2", "source": None}, authorships=None),
        make_work(3, "Old work", ["A5000000001"], TUE - timedelta(days=30)),
        make_work(4, "Somebody else's", ["A7000000007"], TUE),
        make_work(5, "A correction", ["A5000000001"], TUE, type="erratum"),
        make_work(6, "On arXiv", ["A5000000001"], TUE, doi="https://doi.org/10.48550/arXiv.2601.00042"),
    ]  # fmt: skip
    got = world.ask(first=True)
    assert got.error is None
    assert {p.id for p in got.papers} == {"doi:10.5555/w.1", "2601.00042", "url:i.example/2"}
    folding = next(p for p in got.papers if p.id == "doi:10.5555/w.1")
    assert folding.abstract == "We study folding on a lattice ." and folding.venue == "Journal of Works"
    seen = {p.id for p in got.papers}
    world.works.append(make_work(7, "Entered late", ["A5000000001"], TUE - timedelta(days=20)))
    later = world.ask(TUE + timedelta(days=1), [TUE], known=lambda ids: seen & set(ids))
    assert [p.title for p in later.papers] == ["Entered late"]
    asked = len(world.calls("/works"))
    world.ask(TUE + timedelta(days=1), [TUE])
    assert len(world.calls("/works")) == asked, "a second look on the same day costs nothing"


def test_a_spent_day_is_left_alone_for_hours_and_loses_nothing(world):
    world.credits = 0
    got = world.ask(first=True)
    assert (got.error.kind, got.had) == ("rate_limited", ())
    assert world.ask().error.kind == "rate_limited"
    assert len(world.calls("/works")) == 1


def test_whom_the_ids_name(world):
    world.names = {"A5000000001": "Ada Example", "I4000000001": "Institute of Examples"}
    world.ask(first=True)
    assert openalex.check(parse_spec(SPEC), world.run_of).endswith("followed: Ada Example, Institute of Examples")
