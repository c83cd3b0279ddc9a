"""Takes papers and questions: each entered in one round trip.

The part of `Intake` that people use most. Nothing here fetches, reads or calls a model.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from redis import Redis

from prompts import load_profile
from workers.channels.settings_check import ANSWERS
from workers.models.tasks import AskData, DeepdiveData
from workers.paper_ids.in_text import exact, number_in, parse, slug_title, title_in
from workers.paper_ids.paper_key import PaperRef, is_handle, short, worn
from workers.platforms import direct
from workers.queueing.dispatcher import Dispatcher
from workers.settings import Settings
from workers.store.batch import Call
from workers.store.channels.settings import Channels, ChannelSettings
from workers.store.papers.records import Papers
from workers.store.papers.twins import Twins
from workers.store.people.requests import PlaceContext, Request, Requests
from workers.store.people.threads import ThreadPlace, Threads
from workers.store.people.votes import People
from workers.words import Words, words

MOST_CHARACTERS = 4000
"""Characters of one question or command: as much as one chat message may hold."""

MOST_PAPERS = 3
"""Papers of one command that are taken; the rest are named."""

EDIT_S = 600.0
"""Seconds after a question in which an edit of it is answered anew."""

MOST_OTHERS = 5
"""Papers offered by the button *another paper*: a short column of buttons."""

T = TypeVar("T")


@dataclass(frozen=True)
class Taken:
    """What became of a request. `say`: to tell, in the channel's language, or ""."""

    say: str = ""
    tasks: tuple[str, ...] = ()
    """Keys of the tasks opened (known ones included)."""
    papers: tuple[PaperRef, ...] = ()
    refused: bool = False
    field: str = ""
    """Name of the setting whose new value was refused, the first of them."""
    faults: tuple[tuple[str, str], ...] = dataclasses.field(default=(), compare=False)
    """(setting, sentence) of every value that was refused."""


@dataclass(frozen=True)
class Where:
    """A place where people write."""

    place: ThreadPlace | None
    """What the thread is about, if it is one of ours."""
    answers: str
    """One of ANSWERS."""
    words: Words
    recent: PaperRef | None = None
    """The paper last spoken of in a private chat, within a day."""
    digest: str = ""
    """Slot of the latest digest that came here."""


class PaperRequests:
    """`clock` gives seconds since 1970."""

    def __init__(self, redis: "Redis", settings: Settings, clock: Callable[[], float]) -> None:
        self.settings, self.clock = settings, clock
        self.dispatcher, self.channels, self.people = Dispatcher(redis, clock), Channels(redis), People(redis, clock)
        self.threads, self.arrivals, self.twins = Threads(redis), Requests(redis, clock), Twins(redis)
        self._limits = {"ask": settings.questions_per_hour, "dive": settings.deepdives_per_hour}

    def hand_out(self, tasks: Sequence[str]) -> None:
        """Hand out new tasks at once; the clock hands out what is missed."""
        for key in tasks:
            self.dispatcher.hand_out(key)

    def warm(self) -> None:
        """Fetch what the first call would wait for. Call it once, where it may block."""
        self.arrivals.people.hashed("")
        self.now(self.arrivals.choices(""))

    def now(self, call: Call[T]) -> T:
        """Make a call by itself, in a round trip of its own."""
        return self.arrivals.batch.one(call)

    def deepdive(
        self,
        event: str,
        *,
        channel: str,
        person: str,
        text: str,
        reply_to: str = "",
        starts: str = "",
    ) -> Call[Taken]:
        """Ask for analyses of the first three papers that `text` names.

        `reply_to`: message to answer under.
        `starts`: a message whose thread is about the paper from now on, where it is one.
        """
        found = parse(text) if len(text) <= MOST_CHARACTERS else []
        if not found:
            why = "too_long" if len(text) > MOST_CHARACTERS else "no_paper"
            return self._refusal(channel, why, limit=MOST_CHARACTERS)
        taken, rest = found[:MOST_PAPERS], found[MOST_PAPERS:]
        papers: dict[str, tuple[str, DeepdiveData]] = {}
        for ref in taken:
            data: DeepdiveData = {
                "id": ref.base, "version": ref.version, "channel": channel, "reply_to": reply_to, "person": person
            }  # fmt: skip
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

    def command(self, event: str, *, channel: str, person: str, text: str, reply_to: str = "") -> Call[Taken]:
        """Ask for analyses as `deepdive`, or by a title or link that a worker looks up."""
        link, title = number_in(text), title_in(text) or slug_title(text)
        if not (link or title) or parse(text):
            return self.deepdive(event, channel=channel, person=person, text=text, reply_to=reply_to)
        data: DeepdiveData = {"id": "", "version": None, "channel": channel, "reply_to": reply_to, "person": person}
        data["title"] = text if link else title
        key = f"dive|{event}|title"

        def told(arrived: Request) -> Taken:
            w = words(self._language(arrived.chosen))
            if arrived.outcome != "taken":
                return self._limited("dive", arrived, w)
            return Taken(w.link_looking if link else w.say("title_looking", title=title), (key,))

        limit, profile = self._limits["dive"], self.settings.digest_profile
        return self.arrivals.dive(channel, person, limit, profile, {key: ("", data)}).then(told)

    def known_as(self, name: str) -> str:
        """The id that a button carries, or that its handle stands for; '' if unknown."""
        if is_handle(name):
            return self.twins.known_as(name) or ""
        return name if exact(name) else ""

    def ask(
        self,
        event: str,
        *,
        channel: str,
        person: str,
        text: str,
        thread: str,
        message: str,
        place: ThreadPlace | None = None,
        revises: str = "",
    ) -> Call[Taken]:
        """Ask a question in a thread. Answers come later.

        `thread`: the message replied to, or the thread's root.
        `place`: what the question is about where the thread does not tell it; the thread is about that from now on.
        `revises`: the question's first task, whose answer is edited.
        """
        if len(text) > MOST_CHARACTERS:
            return self._refusal(channel, "too_long", limit=MOST_CHARACTERS)
        key = f"ask|{event}"
        team = event.split("|")[1] if event.startswith("slack|") else ""
        data: AskData = {"channel": channel, "message": message, "text": text, "person": person, "team": team}
        if revises:
            data["revises"] = revises
        if place and place.paper and direct(channel):
            data["talk"] = f"paper:{place.paper}"

        def told(arrived: Request) -> Taken:
            w = words(self._language(arrived.chosen))
            if arrived.outcome == "unknown":
                return Taken(w.unknown_thread, refused=True)
            return Taken(tasks=(key,)) if arrived.outcome == "taken" else self._limited("ask", arrived, w)

        return self.arrivals.ask(channel, person, self._limits["ask"], thread, key, data, place).then(told)

    def where(self, channel: str, message: str) -> Call[Where]:
        """What a thread (root `message`, or "") is about, and what the channel chose."""

        def told(found: PlaceContext) -> Where:
            answers = str(found.chosen.changes.get("answers", ANSWERS[0]))
            w = words(self._language(found.chosen))
            return Where(found.place, answers, w, exact(found.recent), found.digest)

        return self.arrivals.where(channel, message).then(told)

    def others(self, channel: str, task: str) -> list[tuple[str, str]]:
        """Other papers (id, title) that a private chat was about today, newest first."""
        asked = self._question(channel, task)
        refs = [ref for name in self.threads.recent(channel, self.clock()) if asked and (ref := exact(name))]
        refs = [ref for ref in refs if asked and ref.base != asked["place"]["paper"]][:MOST_OTHERS]
        known = Papers(self.dispatcher.redis).get_papers([ref.base for ref in refs])
        titles = {base: paper.plain or paper.title for base, paper in known.items()}
        return [(ref.canonical, titles.get(ref.base) or ref.canonical) for ref in refs]

    def ask_of(self, channel: str, task: str, paper: str, *, person: str) -> Taken:
        """Ask a task's question again, of another paper; nothing if either is unknown."""
        asked = self._question(channel, task)
        ref = next(
            (ref for name, _ in self.others(channel, task) if short(name) == paper and (ref := exact(name))), None
        )
        if not asked or not ref:
            return Taken()
        place = ThreadPlace(asked["place"]["root"], ref.base, ref.version)
        event, said = f"{task.partition('|')[2]}|{worn(ref.base)}", {"text": asked["text"], "message": asked["message"]}
        return self.now(self.ask(event, channel=channel, person=person, thread=place.root, place=place, **said))

    def edited(self, channel: str, message: str, text: str, *, edit: str, at: float) -> Taken:
        """Answer an edited question anew, in place, if asked (`at`) within ten minutes.

        `edit`: what tells this edit from others. One that is no longer a question is withdrawn.
        """
        task = self.threads.asked_as(channel, message)
        asked = self._question(channel, task)
        if not asked or asked["text"] == text or self.clock() - at > EDIT_S or len(text) > MOST_CHARACTERS:
            return Taken()
        self.withdrawn(channel, message)
        if not text:
            return Taken()
        first = asked.get("revises") or task
        place, event = ThreadPlace(**asked["place"]), f"{first.partition('|')[2]}|{edit}"
        return self.now(
            self.ask(
                event, channel=channel, person=asked["person"], text=text, thread=place.root,
                message=asked["message"], place=place, revises=first,
            )
        )  # fmt: skip

    def withdrawn(self, channel: str, message: str) -> None:
        """A question was deleted: its task goes along unless it has been answered."""
        task = self.threads.asked_as(channel, message)
        if self._question(channel, task):
            found = self.dispatcher.ledger.get(task)
            if found and found.state == "open":
                self.dispatcher.ledger.end(task, found.attempt, self.clock(), "skipped", "withdrawn")

    def _question(self, channel: str, task: str) -> AskData | None:
        """What a question of this chat's was, or nothing."""
        found = self.dispatcher.ledger.get(task)
        return found.data if found and found.kind == "ask" and found.data.get("channel") == channel else None

    def deepen(self, channel: str, message: str, *, person: str, event: str) -> Taken | None:
        """Ask for more of a deep dive, once, in its thread. None: there is no dive."""
        place, w = self.place(channel, message), words(self._language(self.channels.get(channel)))
        if place is None or not place.paper:
            return None
        if not self.settings.anthropic_api_key.get_secret_value():
            return Taken(w.dive_is_there)
        if self.dispatcher.ledger.get(f"ask|{event}"):
            return Taken(w.dive_deepened)
        ask = self.ask(event, channel=channel, person=person, text=w.dive_deepen, thread=message, message=message)
        taken = self.now(ask)
        return Taken(w.dive_deepening, taken.tasks) if taken.tasks else taken

    def place(self, channel: str, message: str) -> ThreadPlace | None:
        """What a message of ours is about, or None."""
        return self.threads.find(channel.partition("/")[0], message)

    def vote(self, *, channel: str, paper: str, person: str, up: bool, event: str = "") -> tuple[int, int]:
        """Count a thumb up or down, once for an `event`; (for, against) as they stand."""
        return self.people.vote(channel.partition("/")[0], paper, person, up, event)

    def _language(self, chosen: ChannelSettings) -> str:
        own = chosen.changes.get("language")
        return str(own) if own else load_profile(chosen.profile or self.settings.digest_profile).language

    def _refusal(self, channel: str, phrase: str, **params: Any) -> Call[Taken]:
        """A refusal that costs the person nothing, in the channel's language."""
        choices = self.arrivals.choices(channel)
        return choices.then(lambda c: Taken(words(self._language(c)).say(phrase, **params), refused=True))

    def _limited(self, what: str, arrived: Request, w: Words) -> Taken:
        say = w.say(f"limit_{what}", limit=self._limits[what]) if arrived.outcome == "notice" else ""
        return Taken(say, refused=True)
