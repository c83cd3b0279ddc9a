"""Tells the operator of new trouble, and when it is over, by the outbox.

The clock calls `look` at each tick; one of all clocks looks once a minute, and at once after a delivery had trouble.
A channel of the operator's that does not work is seen in `status` and the log only; it is tried again once an hour.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from redis import Redis

from prompts import load_profile
from workers.channels.subscriptions import Subscriptions
from workers.models import Part
from workers.operations.due_digests import DueDigests
from workers.operations.incidents import (
    MOST_LINES,
    NEWER_S,
    OURS,
    Bad,
    Incident,
    IncidentLine,
    View,
    plan,
    spoken,
    troubles,
)
from workers.operations.operator_actions import AGAIN, LEAVE, LINE, home, mark_line, payload, safe, words_of
from workers.platforms import listens
from workers.platforms.refusals import cannot_post, direct, named, private
from workers.queueing.dispatcher import Dispatcher, living
from workers.queueing.kinds import QUEUES
from workers.settings import Settings
from workers.store.channels.settings import Channels
from workers.store.delivery.breaker import Breaker
from workers.store.delivery.held_deliveries import HeldDeliveries
from workers.store.delivery.outbox import OPEN_STATES, Outbox, Standing
from workers.store.operations.clock_trust import ClockDoubts
from workers.store.operations.incidents import Incidents
from workers.store.operations.spend import Spend
from workers.store.people.bot_names import BotNames
from workers.words import Words, words

log = logging.getLogger(__name__)

LOOK_S = 60.0
"""Seconds between two looks at all that may be wrong."""

PROBE_S = 3600.0
"""Seconds after which an operator channel that refused us is tried again."""

STILL_S = 30.0
"""Seconds for which the clock must have stood still to be worth a line; it ticks every five."""

TO_SUBSCRIBERS = ("late", "uncertain", "dead", "refused")
"""Kinds that whoever subscribed the channel is told of where there is no operator channel."""

BUTTONS = ("uncertain", "dead")
"""Kinds that can be mended by a button."""


class Alerts:
    """Watches the store. `clock` gives seconds since 1970."""

    def __init__(self, redis: "Redis", settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.redis, self.settings, self.clock = redis, settings, clock
        self.dispatcher, self.outbox, self.troubles = Dispatcher(redis, clock), Outbox(redis), Incidents(redis)
        self.channels, self.held, self.breaker = Channels(redis), HeldDeliveries(redis), Breaker(redis)
        self.subscriptions, self.doubts = Subscriptions(redis, settings), ClockDoubts(redis)
        self.late, self.me = DueDigests(redis), BotNames(redis)

    def look(self) -> bool:
        """Look if it is our turn, and say what is news. True if anything was said."""
        now = self.clock()
        return self.troubles.my_turn(now, LOOK_S) and self.tell(now)

    def tell(self, now: float) -> bool:
        """Compare what is wrong with what was told, and say the difference."""
        before = self.troubles.state()
        where, most = self._where(before, now)
        setting = self.settings.operator_channel if where else ""
        known = before if before.get("setting", "") == setting else {}  # another channel is told everything
        told = {key: about for line in known.get("lines", {}).values() for key, about in line["troubles"].items()}
        after, lines = plan(known, troubles(self.view(now, told), told), now, self._unmended(told), most)
        after |= {"setting": setting, "probed": now if most == 1 else before.get("probed", 0)}
        w = words_of(self.settings, self.channels)
        for line in lines if where else []:
            if line.over:
                self._over(line, where, w)
        posts = {line.name: [self._part(line, where, w)] for line in lines if where and not line.over}
        if not self.troubles.tell(before, after, where, posts):
            return False
        for line in lines:
            keys = [trouble.key for trouble in line.troubles]
            log.warning("trouble_over" if line.over else "trouble", extra={"kind": line.kind, "keys": keys})
        for name in after["lines"] if where else []:
            if self.dispatcher.ledger.get(f"delivery|{name}") is None and self.outbox.channel(name):
                self.dispatcher.send(name)
        if not self.settings.operator_channel:
            self._tell_subscribers([trouble for line in lines if not line.over for trouble in line.troubles], now)
        return bool(lines)

    def _tell_subscribers(self, news: Sequence[Incident], now: float) -> None:
        """Tell the person who subscribed a channel what is wrong with it, once each.

        Nobody is named for trouble.
        """
        for trouble in news:
            by = self.channels.get(str(trouble.about.get("channel", ""))).by
            name = f"{OURS}subscriber|{trouble.key}"
            if not private(by) or trouble.kind not in TO_SUBSCRIBERS or self.outbox.channel(name):
                continue
            text = for_subscriber(trouble, self.settings, self.channels, self.me)
            with self.redis.pipeline() as pipe:
                self.outbox.put(pipe, name, by, [Part(key=LINE, payload=direct(by, text))], now)
                pipe.execute()
            self.dispatcher.send(name)

    def present(self) -> dict[str, Incident]:
        """All that is wrong now, told or not."""
        return troubles(self.view(self.clock(), {}))

    def away(self, since: float, now: float) -> None:
        """The clock ticks again after it stood still."""
        where = home(self.settings, self.channels)
        log.warning("clock_stood_still", extra={"seconds": round(now - since)})
        name = f"{OURS}away|{int(now // (2 * STILL_S))}"
        if not where or self.outbox.channel(name):
            return
        until = datetime.fromtimestamp(now, UTC)
        w = words_of(self.settings, self.channels)
        text = w.say("op_away", seconds=round(now - since), time=f"{until:%H:%M:%S}")
        with self.redis.pipeline() as pipe:
            part = Part(key=LINE, payload=payload(where.partition(":")[0], text))
            self.outbox.put(pipe, name, where, [part], now)
            pipe.execute()
        self.dispatcher.send(name)

    # -- what is wrong ---------------------------------------------------------------------------------------------

    def view(self, now: float, told: Mapping[str, Any]) -> View:
        """What the store holds at present."""
        goals = self.subscriptions.all(now)
        held = self.held.all()
        mine, bad = home(self.settings, self.channels), self._bad(told)
        day = datetime.fromtimestamp(now, UTC).date()
        model = bool(self.settings.anthropic_api_key.get_secret_value())
        return View(
            slots=self.late.all([goal for goal, chosen in goals if not chosen.paused], now, told),
            bad=bad,
            paused={goal.channel: c.paused for goal, c in goals if c.paused and goal.channel != mine},
            closed={c for c in {one.channel for one in bad} if self.channels.get(c).paused},
            parked=self.dispatcher.ledger.dead(),
            workers={name: living(self.redis, name) for name in QUEUES},
            failing=[f for f in self.troubles.failing() if not f.what.startswith("newer ") or now - f.last < NEWER_S],
            usd=Spend(self.redis, self.clock).today(day).usd,
            budget=self.settings.model_daily_budget_usd if model else 0.0,
            date=day.isoformat(),
            held=held,
            waiting={
                name: sum(row.state in OPEN_STATES for row in rows)
                for name, rows in self.outbox.standings(list(held)).items()
            },
            away=[one for name in ("slack", "telegram") if (one := self.breaker.away(name))],
            clock=self.doubts.get(),
        )

    def _bad(self, told: Mapping[str, Any]) -> list[Bad]:
        """Return the messages in trouble, and those told as uncertain until they are out."""
        rows: dict[tuple[str, str], Standing] = {(row.delivery, row.key): row for row in self.outbox.trouble()}
        for key, about in told.items():
            name = (about.get("delivery", ""), about.get("part", ""))
            if key.startswith("uncertain|") and name not in rows and (row := self.outbox.row(*name)):
                rows[name] = row
        where = self.outbox.channels(list({row.delivery for row in rows.values()}))
        return [Bad(row, where.get(row.delivery, "")) for row in rows.values()]

    def _unmended(self, told: Mapping[str, Any]) -> list[str]:
        """Return the told troubles that are unknown now or came again: not mended."""
        gone = []
        for key, about in told.items():
            if key.startswith("uncertain|"):
                row = self.outbox.row(about["delivery"], about["part"])
                if row is None or row.state not in ("sent", "deleted"):
                    gone.append(key)
            elif key.startswith("late|"):
                task = self.dispatcher.ledger.get(about["slot"])
                if task is None or not self.late.out([task]):
                    gone.append(key)
            elif key.startswith("dead|"):
                states = {row.state for row in self.outbox.standings([about["delivery"]])[about["delivery"]]}
                if not states or "dead" in states:
                    gone.append(key)
            elif key.startswith("parked|") and self.dispatcher.ledger.get(about["task"]) is None:
                gone.append(key)
        return gone

    # -- what is said ----------------------------------------------------------------------------------------------

    def _where(self, before: dict[str, Any], now: float) -> tuple[str, int]:
        """Return the operator channel and its limit of lines: 1 while it refuses us."""
        where = home(self.settings, self.channels)
        if not where or not self.channels.get(where).paused:
            return where, MOST_LINES
        probed = float(before.get("probed", 0))
        return ("", MOST_LINES) if probed <= now < probed + PROBE_S else (where, 1)

    def _part(self, line: IncidentLine, where: str, w: Words) -> Part:
        platform, only = where.partition(":")[0], line.troubles[0] if len(line.troubles) == 1 else None
        text, buttons = alert_text(line, w), dict[str, str]()
        if only and only.token and only.kind in BUTTONS:
            if listens(platform, self.settings):
                labels = {AGAIN: w.op_again, LEAVE: w[f"op_leave_{only.kind}"]}
                buttons = {f"{does}:{only.token}": label for does, label in labels.items()}
            else:
                text += "\n" + w.say("op_by_hand", id=only.about["id"])
        return Part(key=LINE, payload=payload(platform, text, buttons))

    def _over(self, line: IncidentLine, where: str, w: Words) -> None:
        """Take the buttons away and say it is over; take back a line not yet posted."""
        row = self.outbox.row(line.name, LINE)
        if row is None or row.state == "pending":
            self.outbox.revise(line.name, [])
            return
        platform = where.partition(":")[0]
        part = Part(
            key="over", parent=LINE if platform == "telegram" else None, payload=payload(platform, alert_text(line, w))
        )
        mark_line(self.outbox, self.dispatcher, line.name, "✓", [part])


def for_subscriber(trouble: Incident, settings: Settings, channels: Channels, me: BotNames) -> str:
    """Say what is wrong with a channel, in its language, to who subscribed it."""
    channel = str(trouble.about["channel"])
    own = channels.get(channel)
    language = str(own.changes.get("language") or load_profile(own.profile or settings.digest_profile).language)
    w = words(language)
    if trouble.kind == "refused":
        return "⚠️ " + cannot_post(w, channel, str(trouble.about["why"]), me.name(channel.partition(":")[0]))
    return w.say(f"sub_{trouble.kind}", channel=named(channel))


def alert_text(line: IncidentLine, w: Words) -> str:
    """A line in words: one trouble by itself, or several of a kind together."""
    end = "_over" if line.over else ""
    if len(line.troubles) == 1:
        about = {
            name: value if isinstance(value, int) else safe(value) for name, value in line.troubles[0].about.items()
        }
        return w.say(f"op_{line.kind}{end}", **spoken(w, line.kind, about))
    first = "` `".join(safe(_short(trouble)) for trouble in line.troubles[:2])
    return w.say(f"op_many{end}", n=len(line.troubles), kind=w[f"op_kind_{line.kind}"], first=first)


def _short(trouble: Incident) -> str:
    names = ("id", "channel", "source", "task", "queue", "platform")
    return str(next((trouble.about[name] for name in names if name in trouble.about), trouble.key))
