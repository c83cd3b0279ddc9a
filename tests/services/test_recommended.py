"""Semantic Scholar and OpenReview.

What is near to what a channel liked, what cites a paper, what a venue took.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.doubles.openreview import OpenReview, make_note
from tests.doubles.semanticscholar import SemanticScholar
from workers.digest.taste import likes_of
from workers.models.taste import Sign
from workers.paper_ids.paper_key import PaperRef
from workers.settings import Settings
from workers.sources import openreview, semanticscholar
from workers.sources.gather import gather
from workers.sources.http.client import HttpClient
from workers.sources.listing.fetch_result import GatherRun, Likes
from workers.sources.one_paper.metadata import find_record
from workers.sources.spec import parse_spec
from workers.store.channels.tastes import Tastes
from workers.store.sources.fetch_state import Fetches

TUE = date(2026, 1, 20)
VENUE = "openreview:ICLR.cc/2027/Conference"


@pytest.fixture
def world(redis):
    """Both doubles as `s2` and `review`, and `ask(spec, …)` over them."""
    with SemanticScholar() as s2, OpenReview(password="right") as review:

        def ask(spec, today=TUE, covered=(), key="", password="right", gap_s=0.0, **more):
            settings = Settings(
                _env_file=None, semanticscholar_api_url=s2.url, semanticscholar_api_key=key,
                openreview_api_url=review.url, openreview_username="a@example.org", openreview_password=password,
            )  # fmt: skip
            fetches = Fetches(redis, gap_s=gap_s)
            now = datetime(today.year, today.month, today.day, 6, tzinfo=UTC)
            ask.run = GatherRun.apart(HttpClient(settings, fetches), fetches, settings, now)
            return gather(
                [spec], lambda _: set(covered), now=now, http=ask.run.http, fetches=fetches, settings=settings, **more
            )[0]

        ask.s2, ask.review = s2, review
        yield ask


def paper(s2, number, title, day=TUE, **more):
    ids = {"ArXiv": f"2601.0000{number}", "CorpusId": number}
    return s2.add(f"hash{number}", title, externalIds=ids, publicationDate=day.isoformat(), **more)


def test_what_is_near_to_what_the_channel_liked(world, redis):
    s2 = world.s2
    for number, title in ((1, "Liked"), (2, "Disliked"), (3, "Near"), (4, "Seen before")):
        paper(s2, number, title)
    paper(s2, 5, "Long ago", TUE - timedelta(days=400))
    s2.add("hash6", None)
    s2.add("hash7", "Nothing names it")
    s2.add("hash8", "A journal's", externalIds={"DOI": "10.5555/A.8"}, authors=[None, {"name": None}, {"name": "Bo"}])
    s2.recommended = ["hash3", "hash4", "hash5", "hash6", None, "hash7", "hash8", "hash3", "hash1"]
    tastes = Tastes(redis)
    for at, (id, kind) in enumerate((("2601.00001", "up"), ("2601.00002", "down"), ("doi:10.5555/unknown", "save"))):
        tastes.sign("slack:C1", Sign(paper=id, person="p", kind=kind, at=at))
    likes = likes_of(redis, "slack:C1/thread")
    assert likes == Likes(("doi:10.5555/unknown", "2601.00001"), ("2601.00002",))
    got = world("semanticscholar", likes=lambda: likes, known=lambda ids: {"2601.00004"} & set(ids))
    assert got.error is None and [p.id for p in got.papers] == ["2601.00003", "doi:10.5555/a.8"]
    assert got.papers[1].authors == ("Bo",) and got.papers[1].abstract == ""
    (asked,) = s2.calls("/recommendations/*", accepted=True)
    assert asked.data == {"positivePaperIds": ["hash1"], "negativePaperIds": ["hash2"]}
    world("semanticscholar", likes=lambda: likes)
    assert len(s2.calls("/recommendations/*")) == 1, "a list serves the whole day"


def test_without_a_liked_paper_nothing_is_asked_and_that_is_said(world):
    got = world("semanticscholar")
    assert (got.papers, got.error, got.asked, got.lists[0].kind) == ((), None, False, "unliked")
    assert world.s2.calls() == []


def test_what_cites_a_paper(world):
    paper(world.s2, 1, "Ours")
    paper(world.s2, 2, "Theirs")
    world.s2.citing["hash1"] = [None, "hash2"]
    got = world("semanticscholar:cites:https://arxiv.org/abs/2601.00001")
    assert got.spec == "semanticscholar:cites:2601.00001"
    assert [(p.id, p.title) for p in got.papers] == [("2601.00002", "Theirs")]


def test_a_crowded_service_is_told(world):
    world.s2.crowded = True
    assert world("semanticscholar:2601.00001").error.kind == "rate_limited"


def test_the_key_is_sent_one_request_a_second(world):
    world.s2.key, world.s2.recommended = "secret", ["hash2"]
    paper(world.s2, 1, "Ours")
    paper(world.s2, 2, "Near")
    got = world("semanticscholar:2601.00001", key="secret", gap_s=3.0)
    assert (got.error, len(got.papers)) == (None, 1), "two requests, neither refused for coming too early"
    assert {e.headers["x-api-key"] for e in world.s2.calls()} == {"secret"}


def test_a_venues_papers_are_read_with_an_account(world):
    new, old = (int(datetime(2026, 1, day, tzinfo=UTC).timestamp() * 1000) for day in (19, 2))
    notes = [make_note(f"new{n:04}", f"A new paper {n}", "ICLR.cc/2027/Conference", new) for n in range(600)]
    world.review.notes = [
        *notes, make_note("older1", "Older", "ICLR.cc/2027/Conference", old), {"id": "x", "content": None},
        make_note("reject", "Rejected", "ICLR.cc/2027/Conference/Rejected_Submission", new),
    ]  # fmt: skip
    got = world(VENUE, first=True)
    assert got.error is None and len(got.papers) == 600, "of a first look, what came out within a week"
    assert got.papers[0].license and got.papers[0].venue == "ICLR 2027 poster"
    assert [len(world.review.calls(path)) for path in ("/login", "/notes")] == [1, 2]
    found = find_record(world.run.http, world.run.fetches, world.run.settings, PaperRef("openreview:new0003"))
    assert (found.title, found.found_by) == ("A new paper 3", "openreview")
    assert openreview.check(parse_spec(VENUE), world.run) == "answers; the venue has papers"


@pytest.mark.parametrize(("password", "told"), [("", "OPENREVIEW_USERNAME"), ("wrong", "name or password")])
def test_without_an_account_it_says_what_to_set(world, password, told):
    error = world(VENUE, password=password).error
    assert error.kind == "auth" and told in str(error)
    assert world.review.calls("/notes") == []


def test_the_look_of_the_doctor(world):
    world("semanticscholar")
    assert semanticscholar.check(parse_spec("semanticscholar"), world.run).startswith("answers (without a key")
