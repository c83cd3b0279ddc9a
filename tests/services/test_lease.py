"""One clock and one poller at a time on all machines that share a Redis."""

import subprocess
import threading

import pytest

from tests.waiting import HANG_S, until
from workers.processes.scheduler import Scheduler
from workers.store.operations.heartbeats import Heartbeats
from workers.store.server.connection import connect, key
from workers.store.tasks.lease import LEASE_S, Lease

NAME = key("lease", "clock")


def test_one_has_it_until_it_is_given_back(redis):
    one, two = Lease(redis, "clock"), Lease(redis, "clock")
    assert one.hold() and one.hold() and not two.hold()
    two.release()
    assert one.hold()
    one.release()
    assert two.hold() and not one.hold()
    assert 0 < redis.pttl(NAME) <= LEASE_S * 1000


def test_another_machines_is_waited_for_until_it_lapses(redis):
    lease = Lease(redis, "clock")
    redis.set(NAME, "elsewhere|1|x", px=300)
    assert not lease.hold()
    until(lease.hold)


@pytest.mark.parametrize("ended", [True, False])
def test_a_holder_that_died_on_this_machine_is_not_waited_for(redis, ended):
    lease = Lease(redis, "clock")
    with subprocess.Popen(["sleep", "120"]) as process:
        if ended:
            process.kill()
            process.wait(HANG_S)
        machine, _, _ = lease._us.partition("|")
        redis.set(NAME, f"{machine}|{process.pid}|x", px=60_000)
        assert lease.hold() == ended
        process.kill()


def test_of_two_clocks_one_acts_and_the_other_takes_its_place(redis, redis_url, env):
    settings, clocks = env(), []
    for _ in range(2):
        stopping = threading.Event()
        scheduler = Scheduler(connect(redis_url), settings)
        thread = threading.Thread(target=scheduler.run, args=(stopping,))
        thread.start()
        clocks.append((scheduler, stopping, thread))
    try:
        until(lambda: Heartbeats(redis).get("clock"))
        acting = [one for one in clocks if one[0].lease.hold()]
        assert len(acting) == 1
        other = next(one for one in clocks if one not in acting)
        end(acting[0])
        until(other[0].lease.hold)
    finally:
        for one in clocks:
            end(one)


def end(clock):
    scheduler, stopping, thread = clock
    stopping.set()
    scheduler.dispatcher.ledger.wake()
    thread.join(HANG_S)
    scheduler.redis.close()
