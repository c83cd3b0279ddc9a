"""Papers that will likely be picked are read while the model still scores."""

import threading

import pytest

from prompts import load_profile
from tests.waiting import HANG_S
from workers.digest import prefetch
from workers.models import Paper, Score

PROFILE = load_profile("cv-daily-en")
FIT = [f"Diffusion {word}" for word in ("Image Restoration", "Super-Resolution", "Flow Matching", "Image Generation")]


def papers(*titles):
    return [Paper(id=f"2601.0000{n}", title=title, abstract="We study it.") for n, title in enumerate(titles, 1)]


def score(paper, value):
    return Score(id=paper.id, state="scored", value=value, by="model")


@pytest.fixture
def unhurried(monkeypatch):
    monkeypatch.setattr(prefetch, "ARXIV_GAP_S", 0.0)


def test_as_long_as_there_are_no_scores_the_rankers_best_is_read_then_the_models(unhurried):
    found, read, begun = papers("Soil", *FIT), [], threading.Event()
    twice = threading.Semaphore(0)

    def reader(paper):
        read.append(paper.id)
        begun.set()
        twice.release()

    with prefetch.reading(found, PROFILE, reader) as guess:
        assert begun.wait(HANG_S)
        guess.scored(score(found[4], 95))
        assert all(twice.acquire(timeout=HANG_S) for _ in range(2))
        until_read(read, found[4].id)
    assert found[0].id not in read and len(read) == len(set(read)) <= PROFILE.picks + prefetch.SPARE


def test_of_papers_that_the_ranker_can_hardly_tell_apart_the_one_with_more_upvotes_is_read(unhurried):
    found = [p.model_copy(update={"upvotes": n}) for n, p in enumerate(papers("Soil", *FIT[:1] * 3))]
    read = []
    with prefetch.reading(found, PROFILE, lambda paper: read.append(paper.id)):
        until_read(read, found[3].id)
    assert read[0] == found[3].id


def until_read(read, paper):
    waited = threading.Event()
    for _ in range(200):
        if paper in read:
            return
        waited.wait(0.05)
    raise AssertionError(f"{paper} was not read ahead: {read}")


def test_nothing_is_read_below_the_bar_nor_of_the_sample_day(unhurried):
    made_up = [p.model_copy(update={"fictional": True}) for p in papers(*FIT)]
    for found in (papers("Soil", "Weather in the north"), made_up, []):
        with prefetch.reading(found, PROFILE, lambda paper: pytest.fail(paper.id)) as guess:
            for paper in found:
                guess.scored(score(paper, 10 if not paper.fictional else 99))


def test_a_paper_that_cannot_be_read_stops_nobody(unhurried):
    asked = threading.Semaphore(0)

    def reader(paper):
        asked.release()
        raise OSError("arXiv is away")

    with prefetch.reading(papers(*FIT), PROFILE, reader):
        assert all(asked.acquire(timeout=HANG_S) for _ in range(PROFILE.picks))


def test_the_next_guess_waits_for_arxiv_and_the_end_waits_for_nothing(monkeypatch):
    monkeypatch.setattr(prefetch, "ARXIV_GAP_S", 3600.0)
    read, begun = [], threading.Event()
    with prefetch.reading(papers(*FIT), PROFILE, lambda paper: (read.append(paper.id), begun.set())) as guess:
        assert begun.wait(HANG_S)
        guess.scored(score(papers(*FIT)[3], 99))
    assert len(read) == 1
