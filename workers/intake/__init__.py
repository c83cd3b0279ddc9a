"""Takes what people ask for: one call for each thing that a listener may ask.

Everything that takes time becomes a task: entered in the ledger under the triggering event's id (so a redelivered event
finds itself known), then acknowledged. What people do most is a `Call`, made in one round trip to the store, alone
(`now`) or together with others (`bot.batching`). Nothing here fetches, reads or calls a model. `channel` is `slack:C1`
or `telegram:-100` (with `/topic` where there is one); `person` the platform's user id with the platform before it.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any

from redis import Redis

from prompts import profiles
from workers.channels.posting_status import Posting
from workers.channels.recipients import Target, gets, profile_of, target, targets_with
from workers.channels.roundups import ROUNDUP
from workers.channels.schedule import next_slot
from workers.channels.settings_check import ALL, ANSWERS, wrong
from workers.intake.requests import MOST_CHARACTERS as MOST_CHARACTERS
from workers.intake.requests import PaperRequests
from workers.intake.requests import Taken as Taken
from workers.library.citing import CitationRequest, Citing
from workers.library.finding import Lookup
from workers.library.menu import PaperMenu
from workers.library.saving import Saving
from workers.library.taste import Tasting
from workers.platforms import direct
from workers.settings import Settings
from workers.store.channels.latest_digests import latest
from workers.store.channels.memory import Memory
from workers.store.channels.settings import ChannelSettings
from workers.store.operations.spend import Spend
from workers.store.people.bot_names import BotNames
from workers.words import Words, words


class Intake(PaperRequests):
    """What one listener may ask for. `clock` gives seconds since 1970."""

    def __init__(self, redis: "Redis", settings: Settings, clock: Callable[[], float]) -> None:
        super().__init__(redis, settings, clock)
        self.memory, self.me, self.citing = Memory(redis), BotNames(redis), Citing(redis, clock)
        self.finding, self.saving = Lookup(redis, settings, clock), Saving(redis, settings, clock)
        self.tasting, self.menu = Tasting(redis), PaperMenu(redis, clock)

    def cite(self, message: str, kind: str, asked: CitationRequest) -> str:
        """Cite the paper that the thread of `message` is about; what to tell."""
        place, w = self.place(asked.channel, message), self.words(asked.channel)
        if place is None:
            return w.unknown_thread
        return self.citing.papers([place.paper], kind, asked, self.target(asked.channel), w)

    def forget(self, asked: CitationRequest) -> None:
        """Have a worker remove all that is kept of a person from the whole store.

        An event in a private chat may name that chat, so that the task has its hash instead.
        """
        home = asked.channel.partition("/")[0]
        homes = [home] if direct(home) else []
        event = sha256(asked.event.encode()).hexdigest()[:24] if homes else asked.event
        self.dispatcher.open(f"forget|{event}", "forget", {"person": asked.person, "homes": homes})

    # -- the digest of a channel -----------------------------------------------------------------------------------

    def digest_now(self, *, channel: str, person: str = "") -> Taken:
        """Make today's digest, unless it has been posted.

        What counts is what became of its messages.
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
        return Taken(Posting(self.dispatcher, self.settings).post_again(slot, w), (slot,))

    def subscribe(self, *, channel: str, profile: str = "", person: str = "") -> Taken:
        """Subscribe the channel to the digest of `profile`, or of the one chosen before.

        `person`: who is told of trouble here.
        """
        w = self.words(channel)
        if profile and profile not in profiles():
            return Taken(w.say("unknown_profile", profiles=w["and"].join(profiles())), refused=True)
        self.channels.subscribe(channel, profile or None, person)
        self.dispatcher.release(channel)
        goal = self.target(channel)
        title = profile_of(goal.profile, self.channels.get(channel)).title
        said = {"profile": title, "time": f"{goal.at:%H:%M}", "timezone": goal.zone.key}
        return Taken(self.words(channel).say("subscribed", **said))

    def unsubscribe(self, *, channel: str) -> Taken:
        """It comes no more."""
        self.channels.unsubscribe(channel)
        return Taken(self.words(channel).unsubscribed)

    def status(self, *, channel: str, spend: bool = True, w: Words | None = None) -> str:
        """Tell people in the channel the next digest and the last receipt.

        First comes what keeps messages from it. `spend`: also what the model cost today.
        """
        w, goal, now = w or self.words(channel), self.target(channel), datetime.fromtimestamp(self.clock(), UTC)
        lines = [f"⚠️ {line}" for line in Posting(self.dispatcher, self.settings).wrong(channel, w)]
        if self.gets_digest(channel):
            _, due = next_slot(now, goal.at, goal.zone, goal.weekdays)
            lines.append(w.say("next_run", when=f"{due.astimezone(goal.zone):%Y-%m-%d %H:%M} ({goal.zone.key})"))
        else:
            lines.append(w.not_subscribed)
        found = latest(self.dispatcher.redis, [channel]).get(channel)
        lines.append(w.say("last_digest", date=found.date.isoformat()) if found else w.no_digest_yet)
        if found:
            r = found.receipt
            counts = {"n": r.candidates, "scored": r.scored, "failed": r.failed, "above": r.above, "picked": r.picked}
            lines.append(w.say("status_counts", **counts))
        if spend and self.settings.anthropic_api_key.get_secret_value():
            spent = Spend(self.dispatcher.redis).today(now.date())
            lines.append(w.say("spent_today", usd=spent.usd, budget=self.settings.model_daily_budget_usd))
        return "\n".join(lines)

    # -- the settings of a channel ---------------------------------------------------------------------------------

    def current(self, channel: str) -> dict[str, Any]:
        """The channel's settings as they hold now, by name: `overrides.ALL`."""
        goal, chosen = self.target(channel), self.channels.get(channel)
        profile = profile_of(goal.profile, chosen)
        found = {
            "profile": goal.profile,
            **profile.values,
            "time": f"{goal.at:%H:%M}",
            "timezone": goal.zone.key,
            "days": chosen.changes.get("days", self.settings.digest_days),
            "answers": chosen.changes.get("answers", ANSWERS[0]),
            "roundup": chosen.changes.get("roundup", ROUNDUP[0]),
        }
        return {name: found[name] for name in ALL}

    def own(self, channel: str) -> tuple[str, ...]:
        """Names of the settings that the channel has chosen for itself."""
        chosen = self.channels.get(channel)
        return (*(("profile",) if chosen.profile else ()), *chosen.changes)

    def change(self, channel: str, changes: dict[str, Any]) -> Taken:
        """Change the channel's settings: all of `changes`, or none.

        A value that makes no sense is named. None returns a setting to its default.
        """
        w, before = self.words(channel), self.channels.get(channel)
        back = "profile" in changes and changes["profile"] is None
        profile = changes.pop("profile", None)
        bad = wrong(self.settings, before, profile, changes)
        if bad:
            faults = tuple((one.name, one.say(w)) for one in bad)
            return Taken(" ".join(said for _, said in faults), refused=True, field=bad[0].name, faults=faults)
        if back or (profile and profile != self.target(channel).profile):
            self.channels.choose(channel, profile or "")
        self.channels.change(channel, changes)
        return Taken(self.words(channel).settings_saved)

    def follow(self, channel: str, said: str) -> str:
        """Somebody wants to follow a person, a group, or who wrote a paper: what to tell."""
        current = tuple(self.current(channel)["follow"])
        return self.tasting.follow(said, current, partial(self._refusal_of, channel), self.words(channel))

    def mute(self, channel: str, said: str) -> str:
        """Somebody wants fewer papers about a phrase: what to tell."""
        current = tuple(self.current(channel)["not_wanted"])
        return self.tasting.mute(said, current, partial(self._refusal_of, channel), self.words(channel))

    def authors(self, channel: str, paper: str) -> list[tuple[str, bool]]:
        """(name, whether it is followed here) of a paper's authors to choose from."""
        return self.menu.authors(paper, tuple(self.current(channel)["follow"]))

    def follow_author(self, channel: str, paper: str, number: int) -> str:
        """Somebody pressed one of them: followed from now on, or no more; what to tell."""
        current = tuple(self.current(channel)["follow"])
        change = partial(self._refusal_of, channel)
        return self.menu.follow(paper, number, current, change, self.words(channel))

    def _refusal_of(self, channel: str, changes: dict[str, Any]) -> str:
        taken = self.change(channel, changes)
        return taken.say if taken.refused else ""

    def may_change(self, person: str, *, admin: bool) -> bool:
        """True if the person may change a channel's settings.

        `admin`: the platform says so.
        """
        platform, _, name = person.partition(":")
        chosen = self.settings.admins_only
        only = platform == "telegram" if chosen is None else chosen
        return not only or admin or name in self.settings.admins

    def may_use(self, *places: str) -> bool:
        """True if one of `places` is on the allow-list, or there is none.

        `places`: workspace id, chat id.
        """
        return not self.settings.allowed or any(place in self.settings.allowed for place in places)

    # -- small things ----------------------------------------------------------------------------------------------

    def words(self, channel: str) -> Words:
        """The words of the channel's language."""
        return words(self.language(channel))

    def language(self, channel: str) -> str:
        """The channel's language."""
        return self._language(self.channels.get(channel))

    def target(self, channel: str) -> Target:
        """The channel with its schedule."""
        return target(self.settings, channel, self.channels.get(channel))

    def gets_digest(self, channel: str) -> bool:
        """True if the channel gets the digest."""
        return gets(self.settings, self.channels, channel)

    def subscriptions(self) -> Sequence[tuple[Target, ChannelSettings]]:
        """Every channel that gets the digest, with what it has chosen."""
        return list(targets_with(self.settings, self.channels))
