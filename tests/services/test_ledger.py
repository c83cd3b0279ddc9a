"""The ledger: one holder at a time, nothing lost, nothing parked before its time."""

import threading

import pytest

from workers.store.server.connection import connect
from workers.store.tasks.ledger import MAX_FAILS, TURN_S, Ledger, turn_key


@pytest.fixture
def ledger(redis):
    return Ledger(redis)


def opened(ledger, key="k", due=100.0):
    assert ledger.open(key, "digest", due, {"a": 1})
    return key


def test_a_task_is_opened_once(ledger):
    key = opened(ledger)
    assert not ledger.open(key, "digest", 100, {"a": 2})
    assert ledger.get(key).data == {"a": 1}


def test_a_finished_task_is_not_opened_again_unless_asked(ledger):
    key = opened(ledger)
    assert ledger.take(key, 100, 60) == 1
    assert ledger.end(key, 1, 101)
    assert not ledger.open(key, "digest", 102, {})
    assert ledger.open(key, "digest", 102, {}, again=True)
    assert ledger.take(key, 102, 60) == 2, "the fence goes on counting"


def test_nothing_is_handed_out_before_it_is_due(ledger):
    key = opened(ledger, due=100)
    assert ledger.due(99.9) == []
    assert ledger.take(key, 99.9, 60) == 0
    assert ledger.due(100) == [key]
    assert ledger.take(key, 100, 60) == 1


def test_a_lease_keeps_others_off_until_it_ends(ledger):
    key = opened(ledger)
    assert ledger.take(key, 100, 60) == 1
    assert ledger.take(key, 159, 60) == 0
    assert ledger.due(159) == []
    assert ledger.take(key, 161, 60) == 2


def test_only_the_newest_fence_may_go_on(ledger):
    key = opened(ledger)
    ledger.take(key, 100, 60)
    assert ledger.start(key, 1, 160)
    ledger.take(key, 161, 60)
    assert not ledger.renew(key, 1, 300)
    assert not ledger.later(key, 1, 300)
    assert not ledger.end(key, 1, 200)
    assert ledger.get(key).state == "open"
    assert ledger.start(key, 2, 300)
    assert ledger.end(key, 2, 200)


def test_a_transaction_runs_again_when_what_it_watched_changed(ledger, redis):
    key, tries = opened(ledger), []
    ledger.take(key, 100, 60)

    def write(pipe):
        pipe.watch("seen")
        tries.append(pipe.get("seen"))
        if len(tries) == 1:
            redis.set("seen", "another's")
        pipe.multi()
        pipe.set("mine", "written")

    assert ledger.transact(key, 1, write)
    assert (tries, redis.get("mine")) == ([None, b"another's"], b"written")


def test_a_transaction_whose_fence_is_taken_meanwhile_writes_nothing(ledger, redis):
    key = opened(ledger)
    ledger.take(key, 100, 60)

    def write(pipe):
        ledger.take(key, 161, 60)
        pipe.multi()
        pipe.set("mine", "written")

    assert not ledger.transact(key, 1, write)
    assert redis.get("mine") is None


def test_one_attempt_starts_once_however_often_its_job_runs(ledger):
    key = opened(ledger)
    ledger.take(key, 100, 60)
    assert [ledger.start(key, 1, 160) for _ in range(20)].count(True) == 1


def test_twenty_threads_get_one_start(ledger, redis_url):
    from workers.store.server.connection import connect

    key = opened(ledger)
    ledger.take(key, 100, 60)
    won = []
    barrier = threading.Barrier(20)

    def go():
        client = connect(redis_url, retries=0)
        mine = Ledger(client)
        barrier.wait()
        won.append(mine.start(key, 1, 160))
        client.close()

    threads = [threading.Thread(target=go) for _ in range(20)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert won.count(True) == 1


def test_a_job_that_crashes_every_time_is_parked(ledger):
    key = opened(ledger)
    now = 100.0
    for attempt in range(1, MAX_FAILS + 1):
        assert ledger.take(key, now, 60) == attempt
        assert ledger.start(key, attempt, now + 60)
        now += 61
    assert ledger.take(key, now, 60) == -1
    assert ledger.get(key).state == "dead"
    assert [t.key for t in ledger.dead()] == [key]
    assert ledger.open_keys() == []


def test_waiting_in_a_queue_is_no_crash(ledger):
    key = opened(ledger)
    for i in range(20):
        assert ledger.take(key, 100 + i * 61, 60) == i + 1, "handed out, never started"
    assert ledger.get(key).fails == 0


def test_being_put_off_is_no_failure_and_a_failure_counts(ledger):
    key = opened(ledger)
    for i in range(1, 11):
        ledger.take(key, 100 * i, 60)
        ledger.start(key, i, 100 * i + 60)
        assert ledger.later(key, i, 100 * (i + 1))
    assert ledger.get(key).fails == 0
    for i in range(11, 10 + MAX_FAILS):
        ledger.take(key, 100 * i, 60)
        ledger.start(key, i, 100 * i + 60)
        assert ledger.later(key, i, 100 * (i + 1), "timeout")
    last = 10 + MAX_FAILS
    ledger.take(key, 100 * last, 60)
    ledger.start(key, last, 100 * last + 60)
    assert not ledger.later(key, last, 100 * (last + 1), "timeout")
    task = ledger.get(key)
    assert (task.state, task.error, task.fails) == ("dead", "timeout", MAX_FAILS)


def test_a_skipped_slot_stays_skipped(ledger):
    assert ledger.skip("s", "digest", 50, 100)
    assert not ledger.open("s", "digest", 50, {})
    assert ledger.get("s").state == "skipped"


def test_a_sleeping_ticker_is_woken(ledger, redis_url):
    from workers.store.server.connection import connect

    client = connect(redis_url, retries=0)
    woken = threading.Event()
    thread = threading.Thread(target=lambda: (Ledger(client).wait(30), woken.set()))
    thread.start()
    opened(ledger)
    assert woken.wait(5)
    thread.join()
    client.close()


def test_no_finished_task_stays_for_ever(ledger, redis):
    key = opened(ledger)
    ledger.take(key, 100, 60)
    ledger.end(key, 1, 101)
    assert 0 < redis.ttl(f"pb:task:{key}") <= 14 * 86400


def test_more_work_that_comes_while_a_task_ends_is_not_lost(ledger):
    key = opened(ledger)
    ledger.take(key, 100, 60)
    ledger.start(key, 1, 160)
    assert not ledger.open(key, "digest", 101, {}, again=True), "it is open still"
    ledger.look_again(key)
    assert ledger.end(key, 1, 102)
    assert ledger.get(key).state == "open"
    assert ledger.take(key, 102, 60) == 2
    ledger.start(key, 2, 160)
    assert ledger.end(key, 2, 103)
    assert ledger.get(key).state == "done"


# -- turns ---------------------------------------------------------------------------------------------------------

TURN = turn_key("slack:C1", "100.1")


def queued(ledger, *keys, turn=TURN):
    for key in keys:
        assert ledger.open(key, "ask", 100.0, {}, turn=turn)


def test_a_turn_is_handed_out_one_after_another_in_order(ledger):
    queued(ledger, "z", "y", "x")
    for key, after in (("z", "yx"), ("y", "x"), ("x", "")):
        for other in after:
            assert ledger.take(other, 100, 60) == 0
        assert ledger.due(100) == [key], "those that wait are not looked at again and again"
        assert ledger.take(key, 100, 60) == 1
        assert ledger.start(key, 1, 160)
        for other in after:
            assert ledger.take(other, 100, 60) == 0
        assert ledger.end(key, 1, 101)
    assert ledger.open_keys() == []


def test_other_turns_and_tasks_without_one_do_not_wait(ledger):
    queued(ledger, "a1", "a2")
    queued(ledger, "b1", turn=turn_key("slack:C1", "100.2"))
    opened(ledger)
    assert [ledger.take(key, 100, 60) for key in ("a1", "a2", "b1", "k")] == [1, 0, 1, 1]


def test_the_turn_of_a_worker_that_died_passes_on_when_its_lease_ends(ledger):
    queued(ledger, "a1", "a2")
    ledger.take("a1", 100, 60)
    ledger.start("a1", 1, 160)
    assert ledger.take("a2", 159, 60) == 0
    assert ledger.take("a2", 159 + TURN_S, 60) == 0, "the first one goes first"
    assert ledger.take("a1", 161, 60) == 2
    assert not ledger.end("a1", 1, 162), "the dead one's end counts for nothing"
    assert ledger.take("a2", 163 + TURN_S, 60) == 0
    assert ledger.end("a1", 2, 164)
    assert ledger.take("a2", 164, 60) == 1


@pytest.mark.parametrize("state", ["done", "skipped", "dead"])
def test_whatever_the_end_the_next_is_called(ledger, state, redis):
    queued(ledger, "a1", "a2")
    ledger.take("a1", 100, 60)
    assert ledger.take("a2", 100, 60) == 0
    redis.delete("pb:wake")
    assert ledger.end("a1", 1, 101, state)
    assert redis.llen("pb:wake") == 1
    assert ledger.due(101) == ["a2"]


def test_one_that_is_parked_gives_its_turn_up(ledger):
    queued(ledger, "a1", "a2", "a3")
    assert ledger.take("a2", 100, 60) == 0
    for n in range(1, MAX_FAILS + 1):
        assert ledger.take("a1", 100, 60) == n
        assert ledger.later("a1", n, 100, "broken") == (n < MAX_FAILS)
    assert ledger.due(100) == ["a2", "a3"]
    for n in range(1, MAX_FAILS + 1):
        assert ledger.take("a2", 100 + 70 * n, 60) == n
        assert ledger.start("a2", n, 160 + 70 * n)
    assert ledger.take("a3", 460, 60) == 0
    assert ledger.take("a2", 600, 60) == -1, "crashed every time"
    assert ledger.take("a3", 600, 60) == 1


def test_a_retry_keeps_the_turn_and_what_goes_ahead_is_next(ledger):
    queued(ledger, "a1", "a2")
    ledger.take("a1", 100, 60)
    assert ledger.later("a1", 1, 115, "away")
    assert ledger.take("a2", 110, 60) == 0
    assert ledger.take("a1", 115, 60) == 2
    assert ledger.open("send", "delivery", 116, {}, turn=TURN, ahead=True)
    assert ledger.take("send", 116, 60) == 1, "what the one in hand has to say"
    assert ledger.end("send", 1, 117)
    assert ledger.due(117) == [], "nobody is called while the one in hand is at it"
    assert ledger.end("a1", 2, 118)
    assert ledger.take("a2", 118, 60) == 1
    assert ledger.open("more", "delivery", 119, {}, turn=TURN, ahead=True)
    assert ledger.end("a2", 1, 120)
    queued(ledger, "a3")
    assert ledger.take("a3", 120, 60) == 0, "the next one waits until it has been said"
    assert ledger.take("more", 120, 60) == 1
    assert ledger.end("more", 1, 121)
    assert ledger.due(121) == ["a3"]


def test_a_turn_that_was_lost_holds_nobody_up(ledger, redis):
    queued(ledger, "a1", "a2", "a3")
    redis.delete("pb:task:a1")
    assert ledger.take("a2", 100, 60) == 1
    redis.delete(TURN)
    assert ledger.take("a3", 100, 60) == 1
    assert ledger.end("a2", 1, 101)
    assert ledger.end("a3", 1, 101)
    assert not redis.exists(TURN)
    assert ledger.open("a2", "ask", 102, {}, again=True)
    queued(ledger, "a4")
    assert ledger.take("a2", 102, 60) == 2, "opened again without a turn, it waits for none"


def test_eight_threads_keep_the_order(ledger, redis_url):
    keys = [f"q{n}" for n in range(40)]
    queued(ledger, *keys)
    done, gone = [], threading.Event()

    def work():
        client = connect(redis_url)
        mine = Ledger(client)
        while not gone.is_set():
            for key in mine.due(200):
                fence = mine.take(key, 200, 60)
                if fence > 0:
                    done.append(key)
                    mine.end(key, fence, 200)
            if len(done) == len(keys):
                gone.set()
        client.close()

    crew = [threading.Thread(target=work) for _ in range(8)]
    for thread in crew:
        thread.start()
    gone.wait(30)
    finished = list(done)
    gone.set()
    for thread in crew:
        thread.join()
    assert finished == keys


def test_what_is_laid_aside_stays_ours_for_a_while(ledger):
    key = opened(ledger)
    ledger.take(key, 100, 60)
    ledger.start(key, 1, 160)
    assert ledger.rest(key, 1, 103)
    assert ledger.take(key, 102, 60) == 0
    assert ledger.resume(key, 1, 163)
    assert not ledger.resume(key, 1, 163), "it is in hand"
    assert ledger.take(key, 162, 60) == 0
    assert ledger.end(key, 1, 162)


def test_laid_aside_too_long_it_is_anybodys_and_no_crash(ledger):
    key = opened(ledger)
    ledger.take(key, 100, 60)
    ledger.start(key, 1, 160)
    ledger.rest(key, 1, 103)
    assert ledger.take(key, 103.1, 60) == 2
    assert ledger.get(key).fails == 0
    assert not ledger.resume(key, 1, 163)
    assert not ledger.rest(key, 1, 163)


def test_who_dies_after_going_on_has_crashed(ledger):
    key = opened(ledger)
    ledger.take(key, 100, 60)
    ledger.start(key, 1, 160)
    ledger.rest(key, 1, 103)
    ledger.resume(key, 1, 163)
    assert ledger.take(key, 164, 60) == 2
    assert ledger.get(key).fails == 1
