"""Pace: never more than a rule allows in any window, shared by all processes."""

import itertools
import threading

from workers.store.pace import Pace, Rule


def test_one_a_second(redis):
    pace, rule = Pace(redis), [Rule("c", 1, 1.0)]
    assert pace.take(rule, 100.0) == 0
    assert abs(pace.take(rule, 100.4) - 0.6) < 1e-6
    assert pace.take(rule, 101.0) == 0


def test_no_window_holds_more_than_the_limit(redis):
    pace, rules = Pace(redis), [Rule("g", 20, 60.0), Rule("c", 1, 1.0)]
    went, now = [], 1000.0
    while len(went) < 65:
        wait = pace.take(rules, now)
        if wait == 0:
            went.append(now)
        now += max(wait, 0.001)
    assert all(b - a >= 1.0 - 1e-6 for a, b in itertools.pairwise(went))
    assert all(went[i + 20] - went[i] >= 60.0 - 1e-6 for i in range(len(went) - 20))
    assert went[-1] - went[0] < 200, "and not slower than the rules ask"


def test_a_refused_request_is_not_counted(redis):
    pace = Pace(redis)
    assert pace.take([Rule("a", 1, 1.0)], 100) == 0
    assert pace.take([Rule("a", 1, 1.0), Rule("all", 1, 1.0)], 100.5) > 0
    assert pace.take([Rule("all", 1, 1.0)], 100.5) == 0


def test_a_closed_name_waits_until_the_time_given(redis):
    import time

    now = time.time()
    pace = Pace(redis)
    pace.close("c", now + 30, now)
    assert abs(pace.take([Rule("c", 1, 1.0)], now + 1) - 29) < 1e-3
    assert pace.take([Rule("d", 1, 1.0)], now + 1) == 0, "others are not slowed"


def test_many_threads_share_one_rule(redis, redis_url):
    from workers.store.redis import connect

    got = []
    barrier = threading.Barrier(10)

    def go():
        client = connect(redis_url, retries=0)
        barrier.wait()
        got.append(Pace(client).take([Rule("x", 3, 10.0)], 100.0))
        client.close()

    threads = [threading.Thread(target=go) for _ in range(10)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert got.count(0.0) == 3
