"""Finds what is wrong now, and what of it is news. Pure.

    troubles(view)              everything that an operator should know of, each under a key that names it
    plan(state, present, now)   which lines to say now: new troubles, and those that are over

A trouble is told once, when it has lasted `WAIT_S`, and once more when it has been over for `CALM_S`. Many of a kind at
once are told in one line. `state` is plain data, kept by the store between two looks.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from workers.store.delivery.breaker import ServiceAway
from workers.store.delivery.outbox import OPEN_STATES, Head, Standing
from workers.store.operations.incidents import Failing
from workers.store.tasks.ledger import Task
from workers.words import Words

LATE_S = 1800.0
"""Seconds after its time at which a digest that is not out is late."""

FAILS = {"source": 3, "model": 2, "zotero": 1, "newer": 1}
"""Failures in a row after which something is a trouble. Model: scoring and writing count as one each; Zotero: only
what lasts is counted."""

NEWER_S = 120.0
"""Seconds after the last look at a task of an unknown kind from which there is none any more."""

WAIT_S = {"worker": 120.0, "service": 300.0}
"""Seconds that a kind of trouble must last before it is told: a worker may be about to be restarted."""

CALM_S = {"model": 600.0, "worker": 30.0, "service": 30.0}
"""Seconds that it must be gone before it is over."""

GROUP = 3
"""More new troubles of one kind than these are told in one line."""

MOST_LINES, LINES_S = 20, 3600.0
"""At most so many lines of new trouble in so many seconds; the rest waits, and is then told together."""

OURS = "operator|"
"""Deliveries of lines to the operator: what goes wrong with them is seen in `status` and the log only."""

CONSOLE = "|console|"
"""In the keys of what a command asked for: whoever typed it is told."""


@dataclass(frozen=True)
class Incident:
    """One thing that is wrong."""

    key: str
    kind: str
    about: dict[str, Any]
    """What its words name: ids, counts, classes of errors; nobody's text."""
    token: str = ""
    """Which row a button under its line is for: `<mark>:<fence>`."""


@dataclass(frozen=True)
class DueDigest:
    """A digest that should be out by now."""

    key: str
    channel: str
    day: str
    time: str
    out: bool
    parked: bool


@dataclass(frozen=True)
class Bad:
    """A message that did not get through, and where it was going."""

    row: Standing
    channel: str


@dataclass(frozen=True)
class View:
    """What the store holds, as far as it matters here."""

    slots: Sequence[DueDigest] = ()
    bad: Sequence[Bad] = ()
    paused: Mapping[str, str] = field(default_factory=dict)
    """Channels that should get the digest and refuse us -> why."""
    closed: Collection[str] = ()
    """Channels that refuse us, whether they should get the digest or not."""
    parked: Sequence[Task] = ()
    workers: Mapping[str, int] = field(default_factory=dict)
    failing: Sequence[Failing] = ()
    usd: float = 0.0
    budget: float = 0.0
    """Of the day, US dollars; 0 where no model is configured."""
    date: str = ""
    """UTC day of the budget."""
    held: Mapping[str, Head] = field(default_factory=dict)
    """Deliveries that wait for their place or for the operator."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """How many messages of each of them wait."""
    away: Sequence[ServiceAway] = ()
    """Services that do not answer."""
    clock: tuple[float, float] | None = None
    """(what this machine's clock says, what Redis says), where it is not believed."""


@dataclass(frozen=True)
class IncidentLine:
    """One line to say, under the name of its delivery."""

    name: str
    over: bool
    kind: str
    troubles: tuple[Incident, ...]


def spoken(w: Words, kind: str, about: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the phrase `op_<kind>` is filled with.

    For a model and Zotero: what to do about this failure, and the words of the service, never explained but quoted.
    """
    if kind not in ("model", "zotero"):
        return dict(about)
    cure = w.variant(f"cure_{kind}", str(about.get("error")))
    if about.get("said"):
        cure = w.say("two_sentences", first=cure, second=w.say("service_said", text=about["said"]))
    return {**about, "cure": cure}


def troubles(view: View, told: Mapping[str, Any] | None = None) -> dict[str, Incident]:
    """Return all that is wrong, by key.

    `told`: what the operator knows already, which stays a trouble until it is mended.
    """
    known = told or {}
    found = [*_late(view, known), *_messages(view, known), *_held(view), *_parked(view)]
    closed = {h.channel: h.why for name, h in view.held.items() if h.held == "place" and name.startswith("digest|")}
    closed |= view.paused
    found += [Incident(f"refused|{c}", "refused", {"channel": c, "why": why}) for c, why in closed.items()]
    for away in view.away:
        about = {"platform": away.service, "error": away.error, "since": _hm(away.since)}
        found.append(Incident(f"service|{away.service}", "service", about))
    if view.clock:
        ours, theirs = view.clock
        found.append(Incident("clock", "clock", {"ours": _day_hm(ours), "theirs": _day_hm(theirs)}))
    found += [Incident(f"worker|{q}", "worker", {"queue": q}) for q, count in view.workers.items() if not count]
    for one in view.failing:
        kind, _, name = one.what.partition(" ")
        if one.count >= FAILS[kind]:
            failing: dict[str, Any] = {"source": name, "n": one.count, "error": one.error}
            failing |= {"said": one.said} if one.said else {}
            found.append(Incident(one.what.replace(" ", "|"), kind, failing))
    if 0 < view.budget <= view.usd:
        about = {"usd": f"{view.usd:.2f}", "budget": f"{view.budget:.2f}"}
        found.append(Incident(f"budget|{view.date}", "budget", about))
    return {trouble.key: trouble for trouble in found}


def _late(view: View, known: Mapping[str, Any]) -> list[Incident]:
    """Digests that are not out. One that was parked is told as that."""
    found = []
    for slot in view.slots:
        key = f"late|{slot.key}"
        if not slot.out and (key in known or not slot.parked):
            about = {"slot": slot.key, "channel": slot.channel, "day": slot.day, "time": slot.time}
            found.append(Incident(key, "late", about))
    return found


def _messages(view: View, known: Mapping[str, Any]) -> list[Incident]:
    """Return the trouble with messages.

    Uncertain ones each by itself, refused ones by their delivery, all that a refused token holds up together.
    """
    found, dead, token = [], dict[str, list[Bad]](), dict[str, list[Bad]]()
    for bad in view.bad:
        row, platform = bad.row, bad.channel.partition(":")[0]
        if row.delivery.startswith(OURS):
            continue
        key = f"uncertain|{row.delivery}|{row.key}|{row.fence}"
        if row.state in OPEN_STATES:  # it is posted again: not over before it is out
            key = next((k for k in known if k.startswith(f"uncertain|{row.delivery}|{row.key}|")), "")
        if row.state == "uncertain" or (row.state in OPEN_STATES and key):
            about = {"channel": bad.channel, "delivery": row.delivery, "part": row.key, "id": row.mark[:8]}
            found.append(Incident(key, "uncertain", about, f"{row.mark}:{row.fence}"))
        elif row.state == "dead" and row.error == "auth":
            token.setdefault(platform, []).append(bad)
        elif row.state == "dead" and bad.channel not in view.closed:
            dead.setdefault(row.delivery, []).append(bad)
    for name, rows in dead.items():
        mark, fence = all_of(name), max(bad.row.fence for bad in rows)
        cause: dict[str, Any] = {"channel": rows[0].channel, "delivery": name, "error": rows[0].row.error or "?"}
        cause |= {"n": len(rows), "id": mark[:8]}
        found.append(Incident(f"dead|{name}|{fence}", "dead", cause, f"{mark}:{fence}"))
    waiting: dict[str, int] = {}
    for name, head in view.held.items():
        if head.held == "operator" and head.why == "auth":
            platform = head.channel.partition(":")[0]
            waiting[platform] = waiting.get(platform, 0) + view.waiting.get(name, 1)
    for platform in {**token, **waiting}:
        count = len(token.get(platform, ())) + waiting.get(platform, 0)
        found.append(Incident(f"token|{platform}", "token", {"platform": platform, "n": count}))
    return found


def _held(view: View) -> list[Incident]:
    """Return one trouble for each platform and code that holds deliveries up.

    These are what only the operator can mend, and codes that nobody knows.
    """
    found: dict[tuple[str, str], int] = {}
    for name, head in view.held.items():
        if head.held == "operator" and head.why != "auth" and not name.startswith(OURS):
            what = head.channel.partition(":")[0], head.why
            found[what] = found.get(what, 0) + view.waiting.get(name, 1)
    return [
        Incident(f"held|{platform}|{why}", "held", {"platform": platform, "error": why, "n": count})
        for (platform, why), count in found.items()
    ]


def _hm(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M} UTC"


def _day_hm(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}"


def _parked(view: View) -> list[Incident]:
    """Return tasks that were given up.

    A delivery's messages speak for themselves where they are marked.
    """
    marked = {f"delivery|{bad.row.delivery}" for bad in view.bad if bad.row.state in ("uncertain", "dead")}
    found = []
    for task in view.parked:
        if task.key not in marked and not task.key.startswith(f"delivery|{OURS}") and CONSOLE not in task.key:
            error = task.error if task.error and task.error.isidentifier() else "?"
            about = {"task": task.key, "what": task.kind, "n": max(1, task.fails), "error": error}
            found.append(Incident(f"parked|{task.key}", "parked", about))
    return found


def all_of(delivery: str) -> str:
    """Mark of all refused parts of a delivery together."""
    return sha256(f"{delivery} *".encode()).hexdigest()[:32]


def plan(
    state: dict[str, Any],
    present: Mapping[str, Incident],
    now: float,
    silent: Sequence[str] = (),
    most: int = MOST_LINES,
) -> tuple[dict[str, Any], list[IncidentLine]]:
    """Return the state after this look, and what to say.

    `silent`: troubles that ended without being mended (no "over").
    `most`: lines of new trouble that may be said in `LINES_S`.
    """
    lines: dict[str, Any] = {name: dict(line) for name, line in state.get("lines", {}).items()}
    said = [at for at in state.get("said", []) if 0 <= now - at < LINES_S]
    told, out = {key for line in lines.values() for key in line["troubles"]}, list[IncidentLine]()
    for name, line in list(lines.items()):
        kind, keys = line["kind"], line["troubles"]
        if any(key in present for key in keys):
            line.pop("gone", None)
        elif now - line.setdefault("gone", now) >= CALM_S.get(kind, 0.0):
            del lines[name]
            ended = tuple(Incident(key, kind, about) for key, about in keys.items() if key not in silent)
            if ended:
                out.append(IncidentLine(name, True, kind, ended))
    first = {key: state.get("first", {}).get(key, now) for key in present if key not in told}
    news = [present[key] for key, since in first.items() if now - since >= WAIT_S.get(present[key].kind, 0.0)]
    for kind in dict.fromkeys(trouble.kind for trouble in news):
        same = [trouble for trouble in news if trouble.kind == kind]
        for group in [same] if len(same) > GROUP else [[trouble] for trouble in same]:
            if len(said) < most:
                said.append(now)
                name = f"{OURS}{kind}|{_digest(t.key for t in group)}|{int(now)}"
                lines[name] = {"kind": kind, "troubles": {t.key: t.about for t in group}, "since": now}
                out.append(IncidentLine(name, False, kind, tuple(group)))
                for trouble in group:
                    del first[trouble.key]
    return {"lines": lines, "first": first, "said": said, "at": now}, out


def _digest(keys: Any) -> str:
    return sha256("\n".join(keys).encode()).hexdigest()[:12]
