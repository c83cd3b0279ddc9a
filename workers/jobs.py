"""One short function for each RQ job, found by its name; nothing imports this.

Each takes a ledger key and the attempt, and may run twice: `held` lets only the newest attempt in, once.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from workers.errors import PaperboyError
from workers.models.tasks import UpgradeData
from workers.queueing.dispatcher import Dispatcher
from workers.queueing.kinds import KINDS
from workers.settings import Settings, load
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import Outbox
from workers.store.people.requests import turn_of
from workers.store.server.connection import connect
from workers.store.server.embedded import ensure
from workers.store.tasks.ledger import Task
from workers.store.tasks.progress import Progress, Step

log = logging.getLogger(__name__)

UPGRADE_FIRST_S, UPGRADE_EVERY_S = 900.0, 1800.0
"""Seconds until a digest that a model could not write is tried again, and between further tries that day."""


def make_digest(key: str, attempt: int) -> None:
    """Make one channel's digest and open its delivery."""
    from workers.delivery.posted_papers import PostedPapers
    from workers.delivery.refused_digests import RefusedDigests
    from workers.digest.improve_later import can_improve
    from workers.digest.make import DigestMaker
    from workers.digest.parameters import DigestParameters

    with held(key, attempt) as (task, dispatcher, settings):
        if task is None:
            return
        order = DigestParameters.of(task.data)
        digest = DigestMaker(dispatcher.redis, settings, channel=order.channel).make(key, attempt, order)
        if digest is None:
            return
        if not order.dry and not order.channel.startswith("terminal"):
            dispatcher.open(f"delivery|{key}", "delivery", {"delivery": key})
        elif not order.dry:
            PostedPapers(dispatcher.redis).shown(order.channel, digest)
        if not order.dry and can_improve(digest):
            data: UpgradeData = {"slot": key, "order": task.data, "until": day_end(settings)}
            dispatcher.open(f"upgrade|{key}", "upgrade", data, due=time.time() + UPGRADE_FIRST_S)
        dispatcher.ledger.end(key, attempt, time.time())
        head = Outbox(dispatcher.redis).head(key)
        if head and head.held == "place":  # it was refused before the slot had ended
            RefusedDigests(dispatcher.redis).undelivered(key)
        Progress(dispatcher.redis, key).tell(Step("done", 1, 1))


def better_digest(key: str, attempt: int) -> None:
    """Make up for what failed this morning, and edit the posted messages."""
    from workers.digest.make import DigestMaker
    from workers.digest.parameters import DigestParameters

    with held(key, attempt) as (task, dispatcher, settings):
        if task is None:
            return
        slot, order = task.data["slot"], DigestParameters.of(task.data["order"])
        maker = DigestMaker(dispatcher.redis, settings, channel=order.channel)
        touched, finished = maker.upgrade(key, attempt, slot, order)
        if touched:
            dispatcher.send(slot)
        again = time.time() + UPGRADE_EVERY_S
        if finished or again > task.data["until"]:
            dispatcher.ledger.end(key, attempt, time.time())
        else:
            dispatcher.ledger.later(key, attempt, again)
        Progress(dispatcher.redis, slot).tell(Step("done", 1, 1))


def deep_dive(key: str, attempt: int) -> None:
    """Write one paper's analysis; post it where it was asked for, or keep it."""
    from workers.conversations.deepdive import post_deepdive

    with held(key, attempt) as (task, dispatcher, settings):
        if task is None:
            return
        post_deepdive(dispatcher.redis, settings, key, task.data, lambda: dispatcher.send(key))
        dispatcher.ledger.end(key, attempt, time.time())
        Progress(dispatcher.redis, key).tell(Step("done", 1, 1))


def answer(key: str, attempt: int) -> None:
    """Answer a question about a paper, in its thread, or for the command that asked."""
    from workers.conversations.question import answer_question

    with held(key, attempt) as (task, dispatcher, settings):
        if task is None:
            return
        if answer_question(dispatcher.redis, settings, key, task.data):
            turn = turn_of(task.data["channel"], task.data.get("talk") or task.data["place"]["root"])
            if first := task.data.get("revises"):
                dispatcher.send(first)
            else:
                dispatcher.open(f"delivery|{key}", "delivery", {"delivery": key}, turn=turn, ahead=True)
        dispatcher.ledger.end(key, attempt, time.time())
        Progress(dispatcher.redis, key).tell(Step("done", 1, 1))


def cite(key: str, attempt: int) -> None:
    """Look up papers and post their citations where they were asked for."""
    from workers.conversations.citing import post_citations

    with held(key, attempt) as (task, dispatcher, settings):
        if task is None:
            return
        if Outbox(dispatcher.redis).rows(key) or post_citations(dispatcher.redis, settings, key, task.data):
            dispatcher.send(key)
        dispatcher.ledger.end(key, attempt, time.time())


def round_up(key: str, attempt: int) -> None:
    """Post a channel's round-up of a week or a month."""
    from workers.digest.roundup import post_roundup

    with held(key, attempt) as (task, dispatcher, settings):
        if task is None:
            return
        if post_roundup(dispatcher.redis, settings, key, task.data, time.time()):
            dispatcher.send(key)
        dispatcher.ledger.end(key, attempt, time.time())


def hand_to_zotero(key: str, attempt: int) -> None:
    """Put a paper that somebody saved into the team's Zotero library."""
    from workers.conversations.zotero import hand_over

    with held(key, attempt) as (task, dispatcher, settings):
        if task is not None:
            hand_over(dispatcher, settings, task, attempt)


def forget(key: str, attempt: int) -> None:
    """Remove a person from the whole store, this task's own note of them last."""
    from workers.store.forget import Forgetting
    from workers.store.people.votes import People

    with held(key, attempt) as (task, dispatcher, _):
        if task is None:
            return
        person, redis = task.data["person"], dispatcher.redis
        Forgetting(redis, person, People(redis).hashed(person), tuple(task.data["homes"])).run(last=key)
        dispatcher.ledger.end(key, attempt, time.time())


def remember(key: str, attempt: int) -> None:
    """Make the team's memory from what an older version or a backup has brought."""
    from workers.delivery.rebuild_memory import refill

    with held(key, attempt) as (task, dispatcher, _):
        if task is None:
            return
        refill(dispatcher.redis)
        dispatcher.ledger.end(key, attempt, time.time())


def read(key: str, attempt: int) -> None:
    """Read a paper for a command."""
    from workers.console.tasks import read_request

    _for_command(key, attempt, read_request)


def score(key: str, attempt: int) -> None:
    """Score the papers that a command handed over (or today's) and keep the result."""
    from workers.console.tasks import score_request

    _for_command(key, attempt, score_request)


def topic(key: str, attempt: int) -> None:
    """Turn what a team says it works on into a proposal for its profile, and keep it."""
    from workers.digest.topic_proposal import propose_topic

    _for_command(key, attempt, propose_topic)


def preview(key: str, attempt: int) -> None:
    """Find what a profile would have picked from the latest lists, and keep it."""
    from workers.digest.preview import preview as preview_of

    _for_command(key, attempt, preview_of)


def read_announcements(key: str, attempt: int) -> None:
    """Read what arXiv has announced; try again later that day what failed."""
    from workers.channels.daily_reads import read as read_new

    with held(key, attempt) as (task, dispatcher, settings):
        if task is None:
            return
        if again := read_new(dispatcher.redis, settings, time.time()):
            dispatcher.ledger.later(key, attempt, again)
        else:
            dispatcher.ledger.end(key, attempt, time.time())


def deliver(key: str, attempt: int) -> None:
    """Send what can be sent of a delivery now, then go on with others."""
    from workers.delivery.send_loop import SendLoop

    SendLoop(Dispatcher(_redis()), load()).run(key, attempt)


def look_at_place(key: str, attempt: int) -> None:
    """Ask whether a place that refused us takes messages; if so, send what waits."""
    from workers.delivery.choose_poster import poster

    with held(key, attempt) as (task, dispatcher, settings):
        if task is None:
            return
        channel = task.data["channel"]
        platform, _, address = channel.partition(":")
        try:
            closed = poster(platform, settings).look(address)
        except PaperboyError as error:
            closed = error.kind
        log.info("place_looked_at", extra={"channel": channel, "closed": closed})
        if not closed:
            Channels(dispatcher.redis).resume(channel)
            dispatcher.release(channel)
        dispatcher.ledger.end(key, attempt, time.time())


def _for_command(key: str, attempt: int, do: Callable[["Redis", Settings, str, Any], object]) -> None:
    """Do what a command waits for, which keeps its result."""
    with held(key, attempt) as (task, dispatcher, settings):
        if task is None:
            return
        do(dispatcher.redis, settings, key, task.data)
        dispatcher.ledger.end(key, attempt, time.time())
        Progress(dispatcher.redis, key).tell(Step("done", 1, 1))


def day_end(settings: Settings) -> float:
    """End of the local day, in seconds since 1970: no old digest is bettered tomorrow."""
    local = datetime.fromtimestamp(time.time(), UTC).astimezone(settings.zone)
    return (local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)).timestamp()


@contextmanager
def held(key: str, attempt: int) -> Iterator[tuple[Task | None, Dispatcher, Settings]]:
    """The task, or None if this attempt may not work on it; keeps the lease alive.

    A failure of ours puts the task off by its class; anything else counts as a crash and is logged whole.
    """
    settings = load()
    dispatcher = Dispatcher(_redis())
    task = dispatcher.ledger.get(key)
    lease = KINDS[task.kind].lease if task else 0.0
    if task is None or not dispatcher.ledger.start(key, attempt, time.time() + lease):
        log.info("attempt_outdated", extra={"task": key, "attempt": attempt})
        yield None, dispatcher, settings
        return
    finished = threading.Event()
    keeper = threading.Thread(target=_keep, args=(key, attempt, lease, finished), daemon=True)
    keeper.start()
    try:
        yield task, dispatcher, settings
    except Exception as error:  # noqa: BLE001 - whatever happens, the ledger must learn of it
        dispatcher.failed(task, attempt, error)
        Progress(dispatcher.redis, key).tell(Step("failed"))
    finally:
        finished.set()
        keeper.join()
        with suppress(RedisError):
            dispatcher.catch_up()


def _keep(key: str, attempt: int, lease: float, finished: threading.Event) -> None:
    ledger = Dispatcher(_redis()).ledger
    while not finished.wait(lease / 3):
        if not ledger.renew(key, attempt, time.time() + lease):
            log.warning("lease_lost", extra={"task": key, "attempt": attempt})
            return


@cache
def _url() -> str:
    return ensure(load())


def _redis() -> "Redis":
    return connect(_url())
