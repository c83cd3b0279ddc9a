"""Kinds of tasks: queue, function in `jobs`, lease and time limit.

Versions may share one Redis while an installation is upgraded. A kind that a version does not know is left to those
that do; so a task whose data older versions could not read gets a kind of its own.
"""

from dataclasses import dataclass

DIGEST, INTERACTIVE, DEEPDIVE, DELIVERY = QUEUES = ("digest", "interactive", "deepdive", "delivery")
"""One queue a worker process. `digest`: the clock's digests, which no command delays. `interactive`: questions, seconds
each. `deepdive`: whatever else people ask for and takes minutes. `delivery`: posts. None waits behind another."""


CREW = (DIGEST, INTERACTIVE, INTERACTIVE, DEEPDIVE, DEEPDIVE, DELIVERY)
"""The workers of `worker` and `up`: two people are answered at a time, and two papers read."""


@dataclass(frozen=True)
class KindOf:
    """How tasks of one kind are run."""

    queue: str
    function: str
    lease: float
    """Seconds a worker that goes silent keeps the task; a living one renews it."""
    timeout: int
    """Seconds after which RQ stops the job; it is then handed out again."""


KINDS: dict[str, KindOf] = {
    "digest": KindOf(DIGEST, "workers.jobs.make_digest", lease=60, timeout=1800),
    "upgrade": KindOf(DIGEST, "workers.jobs.better_digest", lease=60, timeout=1800),
    "digest-now": KindOf(DEEPDIVE, "workers.jobs.make_digest", lease=60, timeout=1800),
    "deepdive": KindOf(DEEPDIVE, "workers.jobs.deep_dive", lease=60, timeout=900),
    "ask": KindOf(INTERACTIVE, "workers.jobs.answer", lease=60, timeout=900),
    "cite": KindOf(INTERACTIVE, "workers.jobs.cite", lease=60, timeout=300),
    "roundup": KindOf(DEEPDIVE, "workers.jobs.round_up", lease=60, timeout=300),
    "zotero": KindOf(DEEPDIVE, "workers.jobs.hand_to_zotero", lease=60, timeout=300),
    "forget": KindOf(DEEPDIVE, "workers.jobs.forget", lease=60, timeout=600),
    "read": KindOf(INTERACTIVE, "workers.jobs.read", lease=60, timeout=300),
    "score": KindOf(DEEPDIVE, "workers.jobs.score", lease=60, timeout=900),
    "topic": KindOf(INTERACTIVE, "workers.jobs.topic", lease=60, timeout=300),
    "preview": KindOf(DEEPDIVE, "workers.jobs.preview", lease=60, timeout=900),
    "announcements": KindOf(DEEPDIVE, "workers.jobs.read_announcements", lease=60, timeout=900),
    "remember": KindOf(DEEPDIVE, "workers.jobs.remember", lease=60, timeout=900),
    "delivery": KindOf(DELIVERY, "workers.jobs.deliver", lease=60, timeout=120),
    "look": KindOf(DELIVERY, "workers.jobs.look_at_place", lease=60, timeout=120),
}


FUNCTIONS = frozenset(kind.function for kind in KINDS.values())


CONSOLE = "console"
"""Second part of the key of a task that a command waits for: `ask|console|…`."""


def of_console(key: str) -> bool:
    """True for a task that a command at a terminal waits for."""
    return key.split("|")[1:2] == [CONSOLE]
