"""What workers tell each other about fetching.

ArXiv's turn, and pauses that sources ask for.
"""

import itertools
import threading
import time

import pytest

from tests.doubles.arxiv import Arxiv
from tests.waiting import HANG_S
from workers.errors import SourceFailed
from workers.settings import Settings
from workers.sources.http.client import HttpClient
from workers.store.sources.fetch_state import ARXIV_GAP_S, COOL_FIRST_S, COOL_MAX_S, Fetches


def test_our_own_pause_doubles_until_a_good_answer(redis):
    fetches = Fetches(redis)
    assert [fetches.cool("x") for _ in range(3)] == [COOL_FIRST_S, 2 * COOL_FIRST_S, 4 * COOL_FIRST_S]
    assert max(fetches.cool("x") for _ in range(20)) == COOL_MAX_S
    fetches.warm("x")
    assert fetches.cool("x") == COOL_FIRST_S


def test_arxiv_is_asked_once_in_three_seconds_one_at_a_time(redis):
    with Arxiv(papers=[]) as arxiv:
        arxiv.strict_pace = True
        places = {"arxiv_api_url": arxiv.api_url, "arxiv_feed_url": arxiv.url + "/atom", "arxiv_url": arxiv.url}
        done = []

        def ask():
            way = HttpClient(Settings(_env_file=None, hf_endpoint="http://127.0.0.1:9", **places), Fetches(redis))
            done.append(way.get(arxiv.url + "/atom/cs.CV", name="arXiv").status)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert done == [200] * 3
        times = [e.at for e in arxiv.calls()]
        assert all(b - a >= ARXIV_GAP_S for a, b in itertools.pairwise(times))


def test_a_dead_holder_of_the_turn_blocks_for_its_own_time_only(redis):
    fetches = Fetches(redis, gap_s=0.1)
    holder = fetches.arxiv_turn(0.0)
    holder.__enter__()
    redis.pexpire("pb:fetch:arxiv:turn", 300)
    started = time.monotonic()
    with fetches.arxiv_turn(1.0):
        assert 0.2 < time.monotonic() - started < HANG_S
        holder.__exit__(None, None, None)  # the late holder must not give away a turn that is no longer his
        assert redis.exists("pb:fetch:arxiv:turn")
    assert not redis.exists("pb:fetch:arxiv:turn")


def test_waiting_for_a_turn_has_an_end(redis):
    fetches = Fetches(redis, gap_s=0.1)
    with fetches.arxiv_turn(20.0), pytest.raises(SourceFailed) as caught:
        fetches.arxiv_turn(1.0, wait_s=0.3).__enter__()
    assert (caught.value.kind, caught.value.source) == ("rate_limited", "arxiv")
