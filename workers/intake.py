"""What a listener may ask for. It translates what a person did into one call here and says the answer back.

Everything that takes time becomes a task: entered in the ledger under the triggering event's id (so a redelivered event
finds itself known), then acknowledged. Nothing here fetches, reads or calls a model. `channel` is `slack:C1` or
`telegram:-100` (with `/topic` where there is one); `person` the platform's user id with the platform before it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from redis import Redis

from prompts import PromptError, load_profile, profiles
from workers.arxiv_id import ArxivId, parse
from workers.queue import Hands
from workers.schedule import next_slot
from workers.settings import Settings, parse_days
from workers.store.channels import Channels, Chosen
from workers.store.ledger import Kind
from workers.store.memory import Memory
from workers.store.papers import Papers
from workers.store.people import People
from workers.store.threads import Place, Threads
from workers.targets import OF_PROFILE, OF_SCHEDULE, Target, profile_of, target, targets
from workers.words import Words, words

MOST_CHARACTERS = 4000
"""Characters of one question or command: as much as one chat message may hold."""

MOST_PAPERS = 3
"""Papers of one command that are taken; the rest are named."""

ANSWERS = ("mention", "all")
"""When the bot answers in a paper's thread on Slack."""


@dataclass(frozen=True)
class Taken:
    """What became of a request. `say`: what to tell the person, in the channel's language; empty: nothing."""

    say: str = ""
    tasks: tuple[str, ...] = ()
    """Keys of the tasks opened (known ones included)."""
    papers: tuple[ArxivId, ...] = ()
    refused: bool = False


class Intake:
    """One listener's way in. `clock` gives seconds since 1970."""

    def __init__(self, redis: "Redis", settings: Settings, clock: Callable[[], float]) -> None:
        self.settings, self.clock = settings, clock
        self.hands, self.channels, self.people = Hands(redis, clock), Channels(redis), People(redis, clock)
        self.memory, self.threads, self.papers = Memory(redis), Threads(redis), Papers(redis)

    # -- papers and questions --------------------------------------------------------------------------------------

    def deepdive(self, event: str, *, channel: str, person: str, text: str, reply_to: str = "") -> Taken:
        """Someone wants papers analysed: the first three that `text` names. `reply_to`: message to answer under."""
        chosen = self.channels.get(channel)
        w = words(self._language(chosen))
        if len(text) > MOST_CHARACTERS:
            return Taken(w.say("too_long", limit=MOST_CHARACTERS), refused=True)
        found = parse(text)
        if not found:
            return Taken(w.no_paper, refused=True)
        taken, rest = found[:MOST_PAPERS], found[MOST_PAPERS:]
        if not all(self._allow("dive", person, f"{event}|{ref.base}") for ref in taken):
            return self._limited("dive", person, w)
        profile = chosen.profile or self.settings.digest_profile
        keys = []
        for ref in taken:
            key = f"dive|{event}|{ref.base}"
            data = {"id": ref.base, "version": ref.version, "profile": profile}
            self._open(key, "deepdive", data | {"channel": channel, "reply_to": reply_to})
            keys.append(key)
        say = w.say("dive_taken", papers=", ".join(self._titles(taken)))
        if rest:
            named = ", ".join(ref.canonical for ref in rest)
            say += " " + w.say("dive_rest", limit=MOST_PAPERS, papers=named)
        return Taken(say, tuple(keys), tuple(taken))

    def ask(self, event: str, *, channel: str, person: str, text: str, thread: str, message: str) -> Taken:
        """Someone asks in the thread of `thread` (the message replied to, or the thread's root). Answers come later."""
        w = self.words(channel)
        if len(text) > MOST_CHARACTERS:
            return Taken(w.say("too_long", limit=MOST_CHARACTERS), refused=True)
        place = self.place(channel, thread)
        if place is None:
            return Taken(w.unknown_thread, refused=True)
        if not self._allow("ask", person, event):
            return self._limited("ask", person, w)
        key = f"ask|{event}"
        team = event.split("|")[1] if event.startswith("slack|") else ""
        data = {"channel": channel, "place": vars(place), "message": message, "text": text, "person": person}
        self._open(key, "ask", data | {"team": team})
        return Taken(tasks=(key,))

    def place(self, channel: str, message: str) -> Place | None:
        """What a message of ours is about, or None."""
        return self.threads.find(channel.partition("/")[0], message)

    def vote(self, *, channel: str, paper: str, person: str, up: bool, event: str = "") -> tuple[int, int]:
        """A thumb up or down under a paper: (for, against) as they stand now. The same `event` counts once."""
        return self.people.vote(channel.partition("/")[0], paper, person, up, event)

    # -- the digest of a channel -----------------------------------------------------------------------------------

    def digest_now(self, *, channel: str) -> Taken:
        """Today's digest, unless it has been posted."""
        w, goal = self.words(channel), self.target(channel)
        day = datetime.fromtimestamp(self.clock(), UTC).astimezone(goal.zone).date()
        slot = goal.slot(day)
        task = self.hands.ledger.get(slot)
        if task and task.state == "done":
            return Taken(w.already_posted, (slot,))
        self.hands.open(slot, "digest", goal.order(day), again=task is not None)
        return Taken(w.working, (slot,))

    def subscribe(self, *, channel: str, profile: str = "") -> Taken:
        """The daily digest comes here, of `profile` or the one chosen before."""
        w = self.words(channel)
        if profile and profile not in profiles():
            return Taken(w.say("unknown_profile", profiles=", ".join(profiles())), refused=True)
        self.channels.subscribe(channel, profile or None)
        goal = self.target(channel)
        at = f"{goal.at:%H:%M}"
        title = load_profile(goal.profile).title
        return Taken(self.words(channel).say("subscribed", profile=title, time=at, timezone=goal.zone.key))

    def unsubscribe(self, *, channel: str) -> Taken:
        """It comes no more."""
        self.channels.unsubscribe(channel)
        return Taken(self.words(channel).unsubscribed)

    def status(self, *, channel: str) -> str:
        """Next digest, last receipt and today's spend, for people in the channel."""
        w, goal = self.words(channel), self.target(channel)
        lines = []
        if any(t.channel == channel for t in targets(self.settings, self.channels)):
            _, due = next_slot(datetime.fromtimestamp(self.clock(), UTC), goal.at, goal.zone, goal.weekdays)
            lines.append(w.say("next_run", when=f"{due.astimezone(goal.zone):%Y-%m-%d %H:%M} ({goal.zone.key})"))
        found = self.memory.last(channel)
        lines.append(w.say("last_digest", date=found[1].date.isoformat()) if found else w.no_digest_yet)
        if found:
            r = found[1].receipt
            counts = {"n": r.candidates, "scored": r.scored, "failed": r.failed, "above": r.above, "picked": r.picked}
            lines.append(w.say("status_counts", **counts))
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

    def change(self, channel: str, changes: dict[str, Any]) -> Taken:
        """Change some of them, all or none: a value that makes no sense is named and nothing is changed."""
        w, before = self.words(channel), self.channels.get(channel)
        profile = changes.pop("profile", None)
        unknown = changes.keys() - {*OF_PROFILE, *OF_SCHEDULE, "answers"}
        name, value = next(((n, changes[n]) for n in unknown), ("", ""))
        why = "?" if unknown else ""
        if not why:
            name, value, why = self._wrong(before, profile, changes)
        if why:
            key = f"setting_{name}"
            said = w[key] if key in w else name  # noqa: SIM401 - Words has no get
            return Taken(w.say("setting_bad", value=value, name=said, why=why), refused=True)
        if profile and profile != self.target(channel).profile:
            self.channels.choose(channel, profile)
        self.channels.change(channel, changes)
        return Taken(self.words(channel).settings_saved)

    def _wrong(self, before: Chosen, profile: str | None, changes: dict[str, Any]) -> tuple[str, Any, str]:
        """(name, value, why) of the first change that makes no sense, or three times nothing."""
        if profile and profile not in profiles():
            return "profile", profile, ", ".join(profiles())
        changes = {name: value for name, value in changes.items() if value is not None}  # None: back to the default
        if "answers" in changes and changes["answers"] not in ANSWERS:
            return "answers", changes["answers"], " / ".join(ANSWERS)
        for name, value in changes.items():
            trial = replace(before, changes=before.changes | {name: value})
            try:
                if name == "days":
                    parse_days(str(value))
                target(self.settings, "x", trial)
                profile_of(profile or before.profile or self.settings.digest_profile, trial)
            except (PromptError, ValueError, KeyError, TypeError, OSError) as error:
                return name, value, str(error).strip("'\"") or type(error).__name__
        return "", "", ""

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

    def _language(self, chosen: Chosen) -> str:
        own = chosen.changes.get("language")
        return str(own) if own else load_profile(chosen.profile or self.settings.digest_profile).language

    def target(self, channel: str) -> Target:
        """The channel with its schedule."""
        return target(self.settings, channel, self.channels.get(channel))

    def _titles(self, refs: Sequence[ArxivId]) -> list[str]:
        """Each paper's title where we know it, else its id."""
        known = self.papers.get_papers([ref.base for ref in refs])
        return [f"{known[r.base].title} ({r.canonical})" if r.base in known else r.canonical for r in refs]

    def _open(self, key: str, kind: Kind, data: dict[str, Any]) -> None:
        """Enter a task, one round trip; the ticker, which is woken by it, hands it out."""
        self.hands.ledger.open(key, kind, self.clock(), data)

    def subscriptions(self) -> Sequence[Target]:
        """Every channel that gets the digest."""
        return list(targets(self.settings, self.channels))

    def _allow(self, what: str, person: str, event: str) -> bool:
        limits = {"ask": self.settings.questions_per_hour, "dive": self.settings.deepdives_per_hour}
        return self.people.allow(what, person, limits[what], event)

    def _limited(self, what: str, person: str, w: Words) -> Taken:
        limits = {"ask": self.settings.questions_per_hour, "dive": self.settings.deepdives_per_hour}
        say = w.say(f"limit_{what}", limit=limits[what]) if self.people.first_notice(what, person) else ""
        return Taken(say, refused=True)
