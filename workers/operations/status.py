"""What `status` tells: queues, digests, troubles, cost."""

from datetime import UTC, datetime
from typing import Any

from redis import Redis
from rq import Queue

from prompts import load_profile
from workers.channels.recipients import Target, target, targets_with, terminal
from workers.channels.schedule import next_slot
from workers.errors import BadInput
from workers.models.latest import Latest
from workers.operations.alerts import Alerts
from workers.operations.delivery_names import piece, thing
from workers.operations.incidents import spoken
from workers.operations.operator_actions import Resolver, home
from workers.platforms.refusals import cannot_post
from workers.queueing.dispatcher import living
from workers.queueing.kinds import QUEUES
from workers.render.receipt import receipt_lines
from workers.settings import Settings
from workers.store.channels.latest_digests import latest
from workers.store.channels.memory import Memory
from workers.store.channels.settings import Channels, ChannelSettings
from workers.store.delivery.held_deliveries import HeldDeliveries
from workers.store.delivery.outbox import Head, Outbox, Standing
from workers.store.operations.spend import Spend
from workers.store.people.bot_names import BotNames
from workers.store.session import store
from workers.store.tasks.ledger import Ledger, Task
from workers.words import words
from workers.words.typed import typed

SHOWN_ABOVE = ("uncertain", "dead", "parked")
"""Kinds of trouble that have lines of their own."""

URGENT = ("token", "clock", "held", "service", "refused", "late", "worker")
"""Kinds that keep digests from going out, the worst first."""


def by_hand(settings: Settings, does: str, name: str) -> int:
    """Post again what `name` means, or let it be; return how many rows changed.

    `name`: see `Resolver.rows`. BadInput if it means none.
    """
    with store(settings) as redis:
        again = Resolver(redis, settings)
        rows = again.rows(name)
        if not rows:
            raise BadInput(f"no message in trouble is called {name!r}: `status` shows their ids.")
        return again.settle(does, rows)


def collect(settings: Settings) -> dict[str, Any]:
    """All of it as JSON-able data."""
    now = datetime.now(UTC)
    with store(settings) as redis:
        ledger, outbox, me = Ledger(redis), Outbox(redis), BotNames(redis)
        spent = Spend(redis).today(now.date())
        return {
            "at": now.isoformat(timespec="seconds"),
            "redis": "REDIS_URL" if settings.redis_url.get_secret_value() else "embedded",
            "queues": {name: _queue(redis, name) for name in QUEUES},
            "open": ledger.open_count(),
            "channels": _channels(redis, settings, now),
            "trouble": _trouble(outbox),
            "held": [_held(name, head, me) for name, head in HeldDeliveries(redis).all().items()],
            "operator": _operator(redis, settings),
            "present": [{"key": t.key, "kind": t.kind, **t.about} for t in Alerts(redis, settings).present().values()],
            "dead": [_dead(task) for task in ledger.dead()],
            "spend": {
                "usd": spent.usd,
                "budget_usd": settings.model_daily_budget_usd,
                "tokens_in": spent.tokens_in,
                "tokens_out": spent.tokens_out,
                "calls": spent.calls,
            },
        }


def text(found: dict[str, Any]) -> str:
    """The same for a person."""
    hand = _hand(found)
    lines = ["Needs a hand:", *(f"  {line}" for line in hand), ""] if hand else ["Nothing needs a hand.", ""]
    lines += [f"Paperboy at {found['at']} (Redis: {found['redis']})", ""]
    lines += [
        f"queue {name:<12} {q['waiting']} waiting, {q['failed']} failed, {_workers(q['workers'])}"
        for name, q in found["queues"].items()
    ]
    lines += [f"open tasks         {found['open']}", ""]
    for channel in found["channels"]:
        last = channel["last"]
        when = f"paused ({channel['paused']})" if channel["paused"] else f"next {channel['next'] or 'by hand'}"
        lines.append(f"{channel['channel']}  profile {channel['profile']}, {when}")
        lines += [f"  {line}" for line in (last["receipt_lines"] if last else ["no digest yet"])]
    spend = found["spend"]
    lines += ["", f"model today: ${spend['usd']:.4f} of ${spend['budget_usd']:.2f} (estimate), {spend['calls']} calls"]
    operator = found["operator"]
    told = f"{operator['channel']} ({operator['state']})" if operator["channel"] else "nobody: set OPERATOR_CHANNEL"
    lines += ["", f"trouble is told to {told}"]
    return "\n".join(lines) + "\n"


def _hand(found: dict[str, Any]) -> list[str]:
    """List what somebody must look at, with the command that mends it.

    One line each; what waits longest comes first.
    """
    lines = [
        f"Waiting: {row['what']}, since {row['since']}: {row['why']} "
        f"`{typed()} status --again '{row['delivery']}'` tries it at once."
        for row in found["held"]
    ]
    lines += [_present(row) for row in found["present"] if row["kind"] in URGENT]
    for row in found["trouble"]:
        again = f"`{typed()} status --again {row['id']}`"
        if row["state"] == "uncertain":
            leave = f"`{typed()} status --leave {row['id']}`"
            lines.append(
                f"Uncertain: {row['what']} may or may not have arrived ({row['error']}): look there; {again} posts it "
                f"again, {leave} where it is there. id {row['id']}"
            )
        else:
            lines.append(
                f"Not posted: {row['what']} ({row['error']}): {again} posts it again, `--leave {row['id']}` lets it be."
            )
    lines += [f"Given up: {t['what']} ({t['error']}): the log says why; ask for it again." for t in found["dead"]]
    return lines + [_present(row) for row in found["present"] if row["kind"] not in (*URGENT, *SHOWN_ABOVE)]


def _trouble(outbox: Outbox) -> list[dict[str, Any]]:
    """Every message that is uncertain or dead."""
    rows = outbox.trouble()
    channels = outbox.channels([row.delivery for row in rows])
    return [_row(row, channels.get(row.delivery, "?")) for row in rows]


def _row(row: Standing, channel: str) -> dict[str, Any]:
    about = {"delivery": row.delivery, "part": row.key, "state": row.state, "error": row.error, "id": row.mark[:8]}
    return about | {"what": f"{piece(row.key)} of {thing(row.delivery, channel)}"}


def _held(delivery: str, head: Head, me: BotNames) -> dict[str, Any]:
    """A delivery that waits, and what for."""
    since = datetime.fromtimestamp(head.since, UTC).isoformat(timespec="minutes")
    if head.held == "place":
        why = cannot_post(words("en"), head.channel, head.why, me.name(head.channel.partition(":")[0]))
    else:
        why = f"{head.channel.partition(':')[0]} refuses it, saying `{head.why}`."
    about = {"delivery": delivery, "channel": head.channel, "waits_for": head.held, "error": head.why, "since": since}
    return about | {"why": why, "what": thing(delivery, head.channel)}


def _channels(redis: "Redis", settings: Settings, now: datetime) -> list[dict[str, Any]]:
    """Every channel that gets the digest, then those that had one by hand."""
    channels = Channels(redis)
    due = list(targets_with(settings, channels, paused=True))
    names = {goal.channel for goal, _ in due}
    others = [name for name in Memory(redis).had() if name not in names]
    by_hand = [(target(settings, name, one), one) for name, one in zip(others, channels.many(others), strict=True)]
    if not due and not by_hand:
        by_hand = [(terminal(settings), ChannelSettings())]
    found = latest(redis, [*names, *others])
    return [
        _channel(goal, chosen, found.get(goal.channel), now if goal.channel in names else None)
        for goal, chosen in [*due, *by_hand]
    ]


def _operator(redis: "Redis", settings: Settings) -> dict[str, Any]:
    """Where trouble is told, and whether that works."""
    wanted, channels = settings.operator_channel, Channels(redis)
    if not wanted:
        return {"channel": None, "state": "not set"}
    where = home(settings, channels)
    why = channels.get(where).paused if where else ""
    return {"channel": wanted, "state": f"refuses us: {why}" if why else "ready" if where else "its token is not set"}


def _dead(task: Task) -> dict[str, Any]:
    """A task that was given up."""
    name = task.data.get("delivery", task.key)
    what = thing(str(name), str(task.data.get("channel", "a command")))
    return {"task": task.key, "kind": task.kind, "error": task.error, "what": f"{task.kind}: {what}"}


def _workers(count: int) -> str:
    return "1 worker" if count == 1 else f"{count} workers"


def _present(row: dict[str, Any]) -> str:
    """A trouble in one line of plain English."""
    w, about = words("en"), {n: v for n, v in row.items() if n not in ("key", "kind")}
    phrase = w.say(f"op_{row['kind']}", **spoken(w, row["kind"], about))
    return phrase.removeprefix("⚠️ ").replace("`", "")


def _queue(redis: "Redis", name: str) -> dict[str, int]:
    queue = Queue(name, connection=redis, serializer="json")
    return {
        "waiting": queue.count,
        "failed": queue.failed_job_registry.count,
        "workers": living(redis, name),
    }


def _channel(goal: Target, chosen: ChannelSettings, found: Latest | None, now: datetime | None) -> dict[str, Any]:
    """One channel. `now`: None where no digest of it is due."""
    due = next_slot(now, goal.at, goal.zone, goal.weekdays)[1] if now else None
    last = None
    if found:
        last = {
            "slot": found.slot,
            "date": found.date.isoformat(),
            "picks": list(found.picks),
            "empty": found.empty,
            "receipt": found.receipt.model_dump(mode="json"),
            "receipt_lines": receipt_lines(found, language="en"),
        }
    return {
        "channel": goal.channel,
        "paused": chosen.paused or None,
        "profile": found.profile if found and not due else load_profile(goal.profile).name,
        "next": due.astimezone(goal.zone).isoformat(timespec="minutes") if due else None,
        "last": last,
    }
