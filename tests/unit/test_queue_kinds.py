"""Kinds of work and their queues."""

from workers.queueing.kinds import FUNCTIONS, KINDS, QUEUES


def test_every_kind_names_a_function_that_exists_and_a_queue():
    from workers import jobs

    for kind in KINDS.values():
        assert kind.queue in QUEUES
        assert callable(getattr(jobs, kind.function.rpartition(".")[2]))
    assert {kind.function for kind in KINDS.values()} == FUNCTIONS


def test_no_command_of_people_waits_in_the_clocks_queue_and_no_question_behind_what_takes_minutes():
    queues = {kind: how.queue for kind, how in KINDS.items()}
    assert {kind for kind, queue in queues.items() if queue == "digest"} == {"digest", "upgrade"}
    assert {kind for kind, queue in queues.items() if queue == "interactive"} == {"ask", "cite", "read", "topic"}
