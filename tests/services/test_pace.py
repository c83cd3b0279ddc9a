"""Pace: never more than a rule allows in any window, shared by all processes."""

import itertools
import threading

from workers.store.delivery.pace import Pace, Rule


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
    from workers.store.server.connection import connect

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


def lined(pace, chats, now, until, shared):
    """Lets each of `chats` send once as soon as it may.

    Returns when each went, and how often somebody asked.
    """
    due, went, asked = dict.fromkeys(chats, now), {}, 0
    while len(went) < len(chats):
        chat = min((c for c in chats if c not in went), key=lambda c: due[c])
        now = max(now, due[chat]) + 0.0005
        assert now < until
        asked += 1
        wait = pace.take([Rule(chat, 1, 1.0), shared], now, lined=True)
        if wait == 0:
            went[chat] = now
            pace.done([Rule(chat, 1, 1.0), shared], now + 0.004)
            pace.flush()
        else:
            due[chat] = now + wait
    return went, asked


def test_who_waits_for_a_shared_rule_has_a_time_of_their_own(redis):
    pace, shared = Pace(redis), Rule("all", 10, 1.0, shared=True)
    went, asked = lined(pace, [f"c{n}" for n in range(100)], 1000.0, 1012.0, shared)
    times = sorted(went.values())
    assert all(times[i + 10] - times[i] >= 1.0 for i in range(90))
    assert asked <= 1000, "each asks a few times; 5000 if all came each time"


def test_a_promised_time_is_kept_before_those_who_come_later(redis):
    pace, shared = Pace(redis), Rule("all", 2, 1.0, shared=True)
    assert [pace.take([Rule(c, 1, 1.0), shared], 100.0, lined=True) for c in "ab"] == [0, 0]
    first = pace.take([Rule("c", 1, 1.0), shared], 100.1, lined=True)
    second = pace.take([Rule("d", 1, 1.0), shared], 100.1, lined=True)
    assert 0.9 - 1e-6 <= first < second
    assert pace.take([Rule("e", 1, 1.0), shared], 101.0, lined=True) > 0, "there is room, but it is promised"
    assert pace.take([Rule("c", 1, 1.0), shared], 100.1 + first + 0.001, lined=True) == 0


def test_who_does_not_line_up_goes_when_there_is_room(redis):
    pace, shared = Pace(redis), Rule("all", 1, 1.0, shared=True)
    assert pace.take([Rule("a", 1, 1.0), shared], 100.0, lined=True) == 0
    assert [pace.take([Rule(c, 1, 1.0), shared], 100.0, lined=True) for c in "bcd"][-1] > 1.5
    assert abs(pace.take([Rule("answer", 1, 1.0), shared], 100.5) - 0.5) < 1e-6
    assert pace.take([Rule("answer", 1, 1.0), shared], 101.0) == 0


def test_a_late_one_is_told_that_only_the_shared_rule_is_full(redis):
    pace, shared = Pace(redis), Rule("all", 1, 1.0, shared=True)
    pace.take([Rule("a", 1, 1.0), shared], 100.0, lined=True)
    wait = pace.take([Rule("b", 1, 1.0), shared], 100.0, lined=True)
    assert not pace.full
    pace.take([Rule("answer", 1, 1.0), shared], 101.0)
    assert pace.take([Rule("b", 1, 1.0), shared], 100.0 + wait + 0.1, lined=True) > 0
    assert pace.full


def test_a_name_without_a_limit_can_be_closed(redis):
    import time

    now, pace = time.time(), Pace(redis)
    rules = [Rule("c", 5, 1.0), Rule("platform")]
    assert pace.take(rules, now) == 0
    pace.close("platform", now + 30, now)
    assert abs(pace.take(rules, now) - 30) < 1e-3
