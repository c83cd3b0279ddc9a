"""What a listener may ask for. It translates what a person did into one call here and says the answer back.

Everything that takes time becomes a task: entered in the ledger under the triggering event's id (so a redelivered event
finds itself known), then acknowledged. What people do most is a `Call`, made in one round trip to the store, alone
(`now`) or together with others (`bot.batching`). Nothing here fetches, reads or calls a model. `channel` is `slack:C1`
or `telegram:-100` (with `/topic` where there is one); `person` the platform's user id with the platform before it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from redis import Redis

from prompts import load_profile, profiles
from workers.arxiv_id import parse
from workers.channels.overrides import ANSWERS, wrong
from workers.channels.posting import Posting
from workers.channels.schedule import next_slot
from workers.channels.targets import Target, profile_of, target, targets
from workers.library.citing import Citing, Wanted
from workers.paper_key import PaperRef, worn
from workers.queueing.dispatcher import Dispatcher
from workers.settings import Settings
from workers.store.batch import Call
from workers.store.channels import Channels, ChannelSettings
from workers.store.me import Me
from workers.store.memory import Memory
from workers.store.people import People
from workers.store.requests import Request, Requests
from workers.store.spend import Spend
from workers.store.threads import ThreadPlace, Threads
from workers.words import Words, words

MOST_CHARACTERS = 4000
"""Characters of one question or command: as much as one chat message may hold."""

MOST_PAPERS = 3
"""Papers of one command that are taken; the rest are named."""

T = TypeVar("T")


@dataclass(frozen=True)
class Taken:
    """What became of a request. `say`: what to tell the person, in the channel's language; empty: nothing."""

    say: str = ""
    tasks: tuple[str, ...] = ()
    """Keys of the tasks opened (known ones included)."""
    papers: tuple[PaperRef, ...] = ()
    refused: bool = False
    field: str = ""
    """Name of the setting whose new value was refused."""


@dataclass(frozen=True)
class Where:
    """A place where people write."""

    place: ThreadPlace | None
    """What the thread is about, if it is one of ours."""
    answers: str
    """One of ANSWERS."""
    words: Words


class Intake:
    """One listener's way in. `clock` gives seconds since 1970."""

    def __init__(self, redis: "Redis", settings: Settings, clock: Callable[[], float]) -> None:
        self.settings, self.clock = settings, clock
        self.dispatcher, self.channels, self.people = Dispatcher(redis, clock), Channels(redis), People(redis, clock)
        self.memory, self.threads, self.arrivals = Memory(redis), Threads(redis), Requests(redis, clock)
        self.me, self.citing = Me(redis), Citing(redis, clock)
        self._limits = {"ask": settings.questions_per_hour, "dive": settings.deepdives_per_hour}

    # -- papers and questions --------------------------------------------------------------------------------------

    def hand_out(self, tasks: Sequence[str]) -> None:
        """Hand out what has just been entered, so that it waits for no other process; the clock has what is missed."""
        for key in tasks:
            self.dispatcher.hand_out(key)

    def warm(self) -> None:
        """Fetch what the first call would else wait for: to be called once, where blocking does no harm."""
        self.arrivals.people.hashed("")
        self.now(self.arrivals.choices(""))

    def now(self, call: Call[T]) -> T:
        """Make a call by itself, in a round trip of its own."""
        return self.arrivals.trips.one(call)

    def deepdive(
        self, event: str, *, channel: str, person: str, text: str, reply_to: str = "", starts: str = ""
    ) -> Call[Taken]:
        """Someone wants papers analysed: the first three that `text` names. `reply_to`: message to answer under.

        `starts`: a message whose thread is about the paper from now on, where it is one.
        """
        found = parse(text) if len(text) <= MOST_CHARACTERS else []
        if not found:
            too_long = len(text) > MOST_CHARACTERS
            return self._refusal(channel, "too_long" if too_long else "no_paper", limit=MOST_CHARACTERS)
        taken, rest = found[:MOST_PAPERS], found[MOST_PAPERS:]
        papers: dict[str, tuple[str, dict[str, Any]]] = {}
        for ref in taken:
            data = {"id": ref.base, "version": ref.version, "channel": channel, "reply_to": reply_to, "person": person}
            papers[f"dive|{event}|{worn(ref.base)}"] = (ref.base, data)

        def told(arrived: Request) -> Taken:
            w = words(self._language(arrived.chosen))
            if arrived.outcome != "taken":
                return self._limited("dive", arrived, w)
            pairs = zip(taken, arrived.titles, strict=True)
            named = w["and"].join(f"{title} ({ref.canonical})" if title else ref.canonical for ref, title in pairs)
            say = w.say("dive_taken", papers=named)
            if rest:
                others = w["and"].join(ref.canonical for ref in rest)
                say += w.say("dive_rest", limit=MOST_PAPERS, papers=others)
            return Taken(say, tuple(papers), tuple(taken))

        limit, profile = self._limits["dive"], self.settings.digest_profile
        place = ThreadPlace(starts, taken[0].base, taken[0].version) if starts and len(found) == 1 else None
        return self.arrivals.dive(channel, person, limit, profile, papers, place).then(told)

    def ask(self, event: str, *, channel: str, person: str, text: str, thread: str, message: str) -> Call[Taken]:
        """Someone asks in the thread of `thread` (the message replied to, or the thread's root). Answers come later."""
        if len(text) > MOST_CHARACTERS:
            return self._refusal(channel, "too_long", limit=MOST_CHARACTERS)
        key = f"ask|{event}"
        team = event.split("|")[1] if event.startswith("slack|") else ""
        data = {"channel": channel, "message": message, "text": text, "person": person, "team": team}

        def told(arrived: Request) -> Taken:
            w = words(self._language(arrived.chosen))
            if arrived.outcome == "unknown":
                return Taken(w.unknown_thread, refused=True)
            return Taken(tasks=(key,)) if arrived.outcome == "taken" else self._limited("ask", arrived, w)

        return self.arrivals.ask(channel, person, self._limits["ask"], thread, key, data).then(told)

    def where(self, channel: str, message: str) -> Call[Where]:
        """Where something is said: what `message` (the thread's root, or nothing) is about, how the channel has it."""

        def told(found: tuple[ChannelSettings, ThreadPlace | None]) -> Where:
            chosen, place = found
            answers = str(chosen.changes.get("answers", ANSWERS[0]))
            return Where(place, answers, words(self._language(chosen)))

        return self.arrivals.where(channel, message).then(told)

    def place(self, channel: str, message: str) -> ThreadPlace | None:
        """What a message of ours is about, or None."""
        return self.threads.find(channel.partition("/")[0], message)

    def vote(self, *, channel: str, paper: str, person: str, up: bool, event: str = "") -> tuple[int, int]:
        """A thumb up or down under a paper: (for, against) as they stand now. The same `event` counts once."""
        return self.people.vote(channel.partition("/")[0], paper, person, up, event)

    def cite(self, message: str, kind: str, asked: Wanted) -> str:
        """Somebody wants the citation of the paper that the thread of `message` is about: what to tell."""
        place, w = self.place(asked.channel, message), self.words(asked.channel)
        if place is None:
            return w.unknown_thread
        return self.citing.papers([place.paper], kind, asked, self.target(asked.channel), w)

    # -- the digest of a channel -----------------------------------------------------------------------------------

    def digest_now(self, *, channel: str, person: str = "") -> Taken:
        """Today's digest, unless it has been posted: what counts is what became of its messages.

        `person`: who asks; they are told if it cannot be posted.
        """
        w, goal = self.words(channel), self.target(channel)
        day = datetime.fromtimestamp(self.clock(), UTC).astimezone(goal.zone).date()
        slot = goal.slot(day)
        task = self.dispatcher.ledger.get(slot)
        if task is None or task.state not in ("done", "undelivered"):
            if person:
                self.memory.ask_for(slot, person)
            self.dispatcher.open(slot, "digest-now", goal.order(day), again=task is not None)
            return Taken(w.working, (slot,))
        return Taken(Posting(self.dispatcher, self.settings).again(slot, w), (slot,))

    def subscribe(self, *, channel: str, profile: str = "", person: str = "") -> Taken:
        """The daily digest comes here, of `profile` or the one chosen before. `person`: who is told of trouble here."""
        w = self.words(channel)
        if profile and profile not in profiles():
            return Taken(w.say("unknown_profile", profiles=w["and"].join(profiles())), refused=True)
        self.channels.subscribe(channel, profile or None, person)
        self.dispatcher.release(channel)
        goal = self.target(channel)
        said = {"profile": load_profile(goal.profile).title, "time": f"{goal.at:%H:%M}", "timezone": goal.zone.key}
        return Taken(self.words(channel).say("subscribed", **said))

    def unsubscribe(self, *, channel: str) -> Taken:
        """It comes no more."""
        self.channels.unsubscribe(channel)
        return Taken(self.words(channel).unsubscribed)

    def status(self, *, channel: str, spend: bool = True) -> str:
        """Next digest, last receipt and (`spend`) what the model cost today, for people in the channel."""
        w, goal, now = self.words(channel), self.target(channel), datetime.fromtimestamp(self.clock(), UTC)
        lines = [f"⚠️ {line}" for line in Posting(self.dispatcher, self.settings).wrong(channel, w, now.timestamp())]
        if any(t.channel == channel for t in targets(self.settings, self.channels)):
            _, due = next_slot(now, goal.at, goal.zone, goal.weekdays)
            lines.append(w.say("next_run", when=f"{due.astimezone(goal.zone):%Y-%m-%d %H:%M} ({goal.zone.key})"))
        found = self.memory.last(channel)
        lines.append(w.say("last_digest", date=found[1].date.isoformat()) if found else w.no_digest_yet)
        if found:
            r = found[1].receipt
            counts = {"n": r.candidates, "scored": r.scored, "failed": r.failed, "above": r.above, "picked": r.picked}
            lines.append(w.say("status_counts", **counts))
        if spend and self.settings.anthropic_api_key.get_secret_value():
            spent = Spend(self.dispatcher.redis).today(now.date())
            lines.append(w.say("spent_today", usd=spent.usd, budget=self.settings.model_daily_budget_usd))
        return "\n".join(lines)

    # -- the settings of a channel ---------------------------------------------------------------------------------

    def current(self, channel: str) -> dict[str, Any]:
        """The channel's settings as they hold now: profile, interests, language, time, timezone, days, picks, …"""
        goal, chosen = self.target(channel), self.channels.get(channel)
        profile = profile_of(goal.profile, chosen)
        return {
            "profile": goal.profile,
            "interests": list(profile.interests),
            "language": profile.language,
            "time": f"{goal.at:%H:%M}",
            "timezone": goal.zone.key,
            "days": chosen.changes.get("days", self.settings.digest_days),
            "picks": profile.picks,
            "min_score": profile.min_score,
            "answers": chosen.changes.get("answers", ANSWERS[0]),
        }

    def own(self, channel: str) -> tuple[str, ...]:
        """Names of the settings that the channel has chosen for itself."""
        chosen = self.channels.get(channel)
        return (*(("profile",) if chosen.profile else ()), *chosen.changes)

    def change(self, channel: str, changes: dict[str, Any]) -> Taken:
        """Change some of them, all or none: a value that makes no sense is named and nothing is changed.

        None returns a setting to its default.
        """
        w, before = self.words(channel), self.channels.get(channel)
        back = "profile" in changes and changes["profile"] is None
        profile = changes.pop("profile", None)
        bad = wrong(self.settings, before, profile, changes)
        if bad:
            return Taken(bad.say(w), refused=True, field=bad.name)
        if back or (profile and profile != self.target(channel).profile):
            self.channels.choose(channel, profile or "")
        self.channels.change(channel, changes)
        return Taken(self.words(channel).settings_saved)

    def may_change(self, person: str, *, admin: bool) -> bool:
        """True if the person may change a channel's settings; `admin`: the platform says so."""
        return not self.settings.admins_only or admin or person.partition(":")[2] in self.settings.admins

    def may_use(self, *places: str) -> bool:
        """True if one of these (workspace id, chat id) is on the allow-list, or there is none."""
        return not self.settings.allowed or any(place in self.settings.allowed for place in places)

    # -- small things ----------------------------------------------------------------------------------------------

    def words(self, channel: str) -> Words:
        """The words of the channel's language."""
        return words(self.language(channel))

    def language(self, channel: str) -> str:
        """The channel's language."""
        return self._language(self.channels.get(channel))

    def _language(self, chosen: ChannelSettings) -> str:
        own = chosen.changes.get("language")
        return str(own) if own else load_profile(chosen.profile or self.settings.digest_profile).language

    def target(self, channel: str) -> Target:
        """The channel with its schedule."""
        return target(self.settings, channel, self.channels.get(channel))

    def subscriptions(self) -> Sequence[Target]:
        """Every channel that gets the digest."""
        return list(targets(self.settings, self.channels))

    def _refusal(self, channel: str, phrase: str, **params: Any) -> Call[Taken]:
        """A refusal that costs the person nothing, in the channel's language."""
        choices = self.arrivals.choices(channel)
        return choices.then(lambda c: Taken(words(self._language(c)).say(phrase, **params), refused=True))

    def _limited(self, what: str, arrived: Request, w: Words) -> Taken:
        say = w.say(f"limit_{what}", limit=self._limits[what]) if arrived.outcome == "notice" else ""
        return Taken(say, refused=True)
