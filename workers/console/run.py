"""Runs commands: opens a task, starts workers for it, shows the result.

A command starts its own short-lived workers, so it needs no other process; where `up` runs, either may take the job
and the ledger sees to it that only one does.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import uuid4

from redis import Redis
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from prompts import load_profile
from workers.channels.recipients import Target, targets
from workers.channels.recipients import terminal as terminal_target
from workers.console.report import DigestOutcome
from workers.digest.pick import worth_again
from workers.errors import BadInput, PaperboyError
from workers.models import Analysis, Paper
from workers.models.tasks import AskData, DeepdiveData, DigestData, PlaceData
from workers.paper_ids.paper_key import PaperRef
from workers.processes.scheduler import Scheduler
from workers.processes.supervisor import Supervisor
from workers.queueing.dispatcher import Dispatcher
from workers.queueing.kinds import CONSOLE, DELIVERY, DIGEST, KINDS
from workers.settings import Settings
from workers.store import archive
from workers.store.channels.memory import Memory
from workers.store.channels.settings import Channels
from workers.store.delivery.outbox import OPEN_STATES, Outbox
from workers.store.server import embedded
from workers.store.server.connection import connect
from workers.store.session import store
from workers.store.tasks.ledger import Task
from workers.store.tasks.progress import Progress as Steps
from workers.store.tasks.progress import Step
from workers.words.typed import typed

LONGEST_S = 3600.0
"""Seconds a command waits for its task; what is not done by then goes on where `up` runs, or with the next command."""

LOOK_S = 0.25
"""Seconds between two looks at the ledger when no step is told."""


def digest(
    settings: Settings, *, day: date | None, profile: str | None, sample: bool, dry: bool, console: Console | None
) -> list[DigestOutcome]:
    """Make the digest of a local date for every configured channel.

    `console`: where to show progress, or None.
    """
    load_profile(profile or settings.digest_profile)
    with store(settings) as redis:
        dispatcher, here = Dispatcher(redis), [terminal_target(settings, profile)]
        goals = here if dry else list(targets(settings, Channels(redis), profile, paused=True)) or here
        wanted = [(goal, *_order(goal, _variant(redis, settings, goal, sample), day, sample, dry)) for goal in goals]
        before = [_over(dispatcher, slot) and _settled(redis, dispatcher, slot) for _, slot, _ in wanted]
        for (_, slot, data), over in zip(wanted, before, strict=True):
            _open(redis, dispatcher, slot, data) if not over else None
        open_slots = [slot for _, slot, _ in wanted if not _over(dispatcher, slot)]
        asked = {
            KINDS[task.kind].queue for slot in open_slots if (task := dispatcher.ledger.get(slot))
        }  # in chat, maybe
        queues = [*{DIGEST, *asked}, *([DELIVERY] if not dry and _chats(goals) else [])]
        if open_slots:
            with working(redis, settings, queues):
                for slot in open_slots:
                    _see_through(redis, dispatcher, slot, console)
        return [_made(redis, settings, g, slot, over, dry) for (g, slot, _), over in zip(wanted, before, strict=True)]


def deepdive(
    settings: Settings, ref: PaperRef | str, profile: str | None, console: Console | None
) -> tuple[Paper, Analysis]:
    """Analyse one paper. Raises BadInput or the failure's sentence as PaperboyError."""
    name = load_profile(profile or settings.digest_profile).name
    key = f"deepdive|{CONSOLE}|{uuid4().hex}"
    data = _named(ref)
    data["profile"] = name
    with store(settings) as redis:
        _request(redis, settings, key, "deepdive", data, console)
        found = Memory(redis).dive(key)
    if found is None:
        raise PaperboyError(f"The analysis was not made: see `{typed()} status`.")
    return found


def ask(settings: Settings, ref: PaperRef | str, text: str, console: Console | None) -> dict[str, Any]:
    """Answer a question about one paper: the record `Answer` as JSON-able data."""
    if not text.strip():
        raise BadInput("The question is empty: say what you want to know of the paper.")
    about = _named(ref)
    place: PlaceData = {"root": "", "paper": about["id"], "version": about["version"]}
    data: AskData = {"id": about["id"], "version": about["version"], "place": place, "text": text}
    if title := about.get("title"):
        data["title"] = title
    found = ask_worker(settings, f"ask|{CONSOLE}|{uuid4().hex}", "ask", data, console)
    return cast(dict[str, Any], found)


def read(settings: Settings, ref: PaperRef | str, console: Console | None) -> dict[str, Any]:
    """Read one paper: the record `PaperText` as JSON-able data."""
    return cast(dict[str, Any], ask_worker(settings, f"read|{CONSOLE}|{uuid4().hex}", "read", _named(ref), console))


def _named(ref: PaperRef | str) -> DeepdiveData:
    """A paper, or the title of one, as a task has it."""
    if isinstance(ref, str):
        return {"id": "", "version": None, "title": ref}
    return {"id": ref.base, "version": ref.version}


def score(
    settings: Settings, papers: list[Paper] | None, profile: str | None, console: Console | None, *, local: bool = False
) -> list[dict[str, Any]]:
    """Score `papers` (None: today's candidates), best first. `local`: ranker only."""
    name = load_profile(profile or settings.digest_profile).name
    key = f"score|{CONSOLE}|{uuid4().hex}"
    with store(settings) as redis:
        memory = Memory(redis)
        if papers is not None:
            memory.keep_result(f"{key}|papers", [p.model_dump(mode="json") for p in papers])
        _request(redis, settings, key, "score", {"profile": name, "local": local}, console)
        result: list[dict[str, Any]] | None = memory.result(key)
    if result is None:
        raise PaperboyError(f"The papers were not scored: see `{typed()} status`.")
    return result


@contextmanager
def working(redis: "Redis", settings: Settings, queues: list[str]) -> Iterator[None]:
    """Run workers, and a clock that hands out open tasks but opens no slots."""
    stopping = threading.Event()
    supervisor = Supervisor([("worker", "--queue", queue) for queue in queues], quiet=settings.log_level == "INFO")
    own = connect(embedded.ensure(settings))  # the clock blocks its connection
    clock = threading.Thread(target=Scheduler(own, settings).run, args=(stopping,), kwargs={"schedule": False})
    supervisor.start()
    clock.start()
    try:
        yield
    finally:
        stopping.set()
        Dispatcher(redis).ledger.wake()
        supervisor.stop()
        clock.join()
        own.close()


def _request(
    redis: "Redis", settings: Settings, key: str, kind: Any, data: Mapping[str, object], console: Console | None
) -> None:
    """Open one task and see it through with a worker; BadInput if it was not done."""
    dispatcher = Dispatcher(redis)
    dispatcher.open(key, kind, data)
    with working(redis, settings, [KINDS[kind].queue]):
        task = _see_through(redis, dispatcher, key, console)
    if task and task.state != "done":
        raise BadInput(task.error or "It could not be done.")


def ask_worker(settings: Settings, key: str, kind: Any, data: Mapping[str, object], console: Console | None) -> Any:
    """Fetch what a worker keeps for a task; the error tells why there is nothing."""
    with store(settings) as redis:
        _request(redis, settings, key, kind, data, console)
        found = Memory(redis).result(key)
    if found is None:
        raise PaperboyError(f"It was not done: see `{typed()} status`.")
    return found


def _variant(redis: "Redis", settings: Settings, goal: Target, sample: bool) -> str:
    """What sets a slot apart from the daily one: sample day, or another profile."""
    own = Channels(redis).get(goal.channel).profile or settings.digest_profile
    if sample:
        return "sample"
    return goal.profile if goal.profile != own and _chats([goal]) else ""


def _order(goal: Target, variant: str, day: date | None, sample: bool, dry: bool) -> tuple[str, DigestData]:
    """Slot key and task data. A day gone by covers the lists up to that day."""
    today = datetime.now(UTC).astimezone(goal.zone).date()
    if day and day > today:
        raise BadInput(f"{day.isoformat()} has not come yet: give a date up to {today.isoformat()}.")
    local = day or today
    slot = goal.slot(local, variant) + (f"|dry-{uuid4().hex}" if dry else "")
    order: DigestData = {**goal.order(local), "sample": sample, "dry": dry}
    if day and day < today:
        order["upto"] = day.isoformat()
    return slot, order


def _chats(goals: list[Target]) -> bool:
    return any(not goal.channel.startswith("terminal") for goal in goals)


def _settled(redis: "Redis", dispatcher: Dispatcher, slot: str) -> bool:
    """True when nothing of the slot can be mended by running it again."""
    task, digest = dispatcher.ledger.get(slot), Memory(redis).digest(slot)
    refused = any(row.state == "dead" for row in Outbox(redis).rows(slot))
    waits = bool((head := Outbox(redis).head(slot)) and head.held)
    return bool(task and task.state == "done") and not (refused or waits or (digest and worth_again(digest)))


def _open(redis: "Redis", dispatcher: Dispatcher, slot: str, data: DigestData) -> None:
    """Open the slot, or what failed of it: run, sources, or refused messages."""
    task = dispatcher.ledger.get(slot)
    if task is None or task.state not in ("done", "undelivered"):
        dispatcher.open(slot, "digest", data, again=task is not None)
        return
    dispatcher.go_on(slot)
    if Outbox(redis).revive(slot):
        Outbox(redis).extend(slot, time.time())
        dispatcher.open(_delivery(slot), "delivery", {"delivery": slot}, again=True)
    digest = Memory(redis).digest(slot)
    if digest and worth_again(digest):
        dispatcher.open(_upgrade(slot), "upgrade", {"slot": slot, "order": data, "until": 0}, again=True)
        dispatcher.ledger.hasten(_upgrade(slot), time.time())
        dispatcher.hand_out(_upgrade(slot))


def _delivery(slot: str) -> str:
    return f"delivery|{slot}"


def _upgrade(slot: str) -> str:
    return f"upgrade|{slot}"


def _over(dispatcher: Dispatcher, slot: str) -> bool:
    """True when nothing of a slot goes on now; an upgrade may wait for later."""
    task, delivery = dispatcher.ledger.get(slot), dispatcher.ledger.get(_delivery(slot))
    later = dispatcher.ledger.waits_until(_upgrade(slot))
    upgrade = dispatcher.ledger.get(_upgrade(slot))
    waiting = later is None or (upgrade is not None and not upgrade.held and later > time.time())
    going = delivery is not None and delivery.state == "open" and not _waits(dispatcher, slot)
    return task is not None and task.state != "open" and not going and waiting


def _waits(dispatcher: Dispatcher, slot: str) -> bool:
    """True while a delivery waits for its place or the operator, and is not tried."""
    task, head = dispatcher.ledger.get(_delivery(slot)), Outbox(dispatcher.redis).head(slot)
    return bool(head and head.held and task and not task.held)


def _see_through(redis: "Redis", dispatcher: Dispatcher, key: str, console: Console | None) -> Task | None:
    """Wait until the task (and its delivery) has ended, showing its steps."""
    deadline = time.monotonic() + LONGEST_S
    with _bars(console) as show:
        for step in Steps(redis, key).watch(LOOK_S):
            if step:
                show(step)
            if _over(dispatcher, key) or time.monotonic() > deadline:
                break
    return dispatcher.ledger.get(key)


@contextmanager
def _bars(console: Console | None) -> Iterator[Any]:
    """A function that shows a step: bars on a terminal, nothing where there is none."""
    if console is None or not console.is_terminal:
        yield lambda step: None
        return
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        bars: dict[str, Any] = {}

        def show(step: Step) -> None:
            if step.stage in ("done", "failed"):
                return
            if step.stage not in bars:
                bars[step.stage] = progress.add_task(step.stage, total=step.total or None)
            progress.update(bars[step.stage], completed=step.done, total=step.total or None)

        yield show


def _made(redis: "Redis", settings: Settings, goal: Target, slot: str, already: bool, dry: bool) -> DigestOutcome:
    memory, ledger = Memory(redis), Dispatcher(redis).ledger
    found = memory.preview(slot) if dry else memory.digest(slot)
    task = ledger.get(slot)
    rows = Outbox(redis).rows(slot)
    parts = tuple({"key": r.key, "state": r.state, "message": r.msg, "error": r.error} for r in rows)
    error = task.error if task and task.state not in ("done", "undelivered") else None
    if not error and (head := Outbox(redis).head(slot)) and head.held:
        error = f"it waits, refused: {head.why}"
    if not error and any(p["state"] in OPEN_STATES for p in parts):
        error = "still being posted"
    place = None
    if found and not dry:
        names = (True, False) if found.sample else (False,)
        kept = next((beside for beside in names if archive.exists(settings, found, beside=beside)), None)
        place = None if kept is None else archive.place(settings, found, beside=kept)
    return DigestOutcome(goal.channel, slot, already, found, place, parts, error)
