"""An answer to a question in a paper's thread, put into the outbox."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from redis import Redis

from workers.analysis.answer import Answer, answer
from workers.conversations.messages import linked, post, revise, unfetched
from workers.conversations.subject import Subject, Subjects
from workers.conversations.titles import ref_of
from workers.delivery.live.base import Live, Quiet
from workers.delivery.live.choose_view import live
from workers.digest import failure_log
from workers.digest.failure_log import note_model
from workers.digest.make import DigestMaker
from workers.errors import BadInput, SourceFailed
from workers.models import Day, Paper, Part
from workers.models.tasks import AskData
from workers.paper_ids.paper_key import PaperRef
from workers.platforms import listens
from workers.render import library_entries as entries
from workers.render.answer import slack_parts, telegram_parts
from workers.render.buttons import with_other
from workers.render.digest import title_of
from workers.settings import Settings
from workers.store.channels.memory import Memory
from workers.store.delivery.outbox import Outbox, mark_of
from workers.store.library.index import Library
from workers.store.operations.model_habits import ModelHabits
from workers.store.people.threads import ThreadPlace, Threads, Turn
from workers.store.people.votes import People, note_sign
from workers.store.tasks.ledger import Ledger
from workers.store.tasks.progress import Progress, Step
from workers.words import words


def answer_question(redis: "Redis", settings: Settings, key: str, data: AskData) -> bool:
    """Answer `data["text"]` about the paper or day of `data["place"]`.

    The answer goes to that thread, or to the command that asked. True if there is a delivery to open.
    Earlier turns of that thread are told to the model; nothing of others ever is.
    """
    return _Question(redis, settings, key, data).answer()


class _Question:
    """One question: what it is about, and where its answer goes. `key`: its task."""

    def __init__(self, redis: "Redis", settings: Settings, key: str, data: AskData) -> None:
        self.redis, self.settings, self.key, self.data = redis, settings, key, data
        self.channel, self.person = data.get("channel", ""), data.get("person", "")
        self.home = self.channel.partition("/")[0]
        self.platform, _, self.address = self.channel.partition(":")
        self.place, self.talk = ThreadPlace(**data["place"]), data.get("talk", "")
        self.under_it = self.place.root if self.platform == "slack" else data.get("message", "")
        self.delivery = data.get("revises") or key
        self.before = Outbox(redis).rows(self.delivery)
        """Of an earlier attempt, or the answer to the question as it first was."""
        self.memory, self.threads, self.subjects = Memory(redis), Threads(redis), Subjects(redis, settings)
        self.progress = Progress(redis, key)
        self.maker = DigestMaker(redis, settings, channel=self.channel, asked=True)

    def answer(self) -> bool:
        """See `answer_question`."""
        if self.before and (self.delivery == self.key or self.memory.result(f"{self.key}|posted")):
            return True
        profile = self.place.profile or self.settings.digest_profile
        language = self.maker.profile_of(self.channel, profile).language
        turns = self.threads.turns(self.home, self.talk or self.place.root) if self.channel else []
        self.progress.tell(Step("fetch"))
        if self.data.get("title"):  # a command: nobody asks by title in a chat
            ref = ref_of(self.redis, self.settings, self.data)
            self.place = replace(self.place, paper=ref.base, version=ref.version)
        day = self.subjects.day(self.place)
        papers = self._papers(turns, day, language)
        if papers is None:
            return True
        for ref, _ in papers:
            note_sign(self.redis, self.maker.clock(), self.channel, self.person, ref.base, "ask")
        if not papers and not day:
            return self._say(words(language).which_day)
        self.progress.tell(Step("read"))
        shown = self._live(language)
        shown.begin()
        try:
            subject = self.subjects.of_day(day, self.data["text"]) if day and not papers else self.subjects.read(papers)
            self.progress.tell(Step("write"))
            found = self._write(subject, turns, language, shown)
        except Exception:
            shown.end()
            raise
        if not self.channel:
            self.memory.keep_result(self.key, found.model_dump(mode="json"))
            return False
        if (task := Ledger(self.redis).get(self.key)) and task.state != "open":  # deleted, or asked otherwise
            shown.end()
            return False
        return self._post(found, subject, title_of(papers[0][1]) if papers else subject.name, shown)

    def _say(self, said: str, error: BadInput | SourceFailed | None = None) -> bool:
        part = Part(key="answer", parent=f"msg:{self.under_it}", payload={"text": said})
        revise(self.redis, self.delivery, self.channel, [linked(part, error) if error else part], self.person)
        return True

    def _papers(self, turns: Sequence[Turn], day: Day | None, language: str) -> list[tuple[PaperRef, Paper]] | None:
        """The papers of the question.

        None where one cannot be had and the channel was told so.
        """
        papers: list[tuple[PaperRef, Paper]] = []
        for ref in self.subjects.refs(self.place, self.data["text"], turns, day):
            try:
                papers.append((ref, self.subjects.find(ref)))
            except (BadInput, SourceFailed) as error:
                if not self.channel:
                    raise
                failure_log.paper(self.key, self.channel, ref.base, error.kind)
                self.threads.forget(self.channel, ref.canonical)
                self._say(unfetched(words(language), ref.base, error), error)
                return None
        return papers

    def _live(self, language: str) -> Live:
        if self.before:
            return Quiet()
        live_key = f"{self.key}|live"
        return live(
            self.platform,
            self.settings,
            self.address,
            self.under_it,
            self.person.partition(":")[2],
            self.data.get("team", ""),
            language=language,
            earlier=self.memory.result(live_key) or "",
            noted=lambda message: self.memory.keep_result(live_key, message),
        )

    def _write(self, subject: Subject, turns: Sequence[Turn], language: str, shown: Live) -> Answer:
        meter = self.maker.meter()
        found = answer(
            self.data["text"], subject.given, turns, language, settings=self.settings, meter=meter,
            on_text=shown.push, habits=ModelHabits(self.redis), stand_in=subject.stand_in,
        )  # fmt: skip
        found = _of_several(found) if subject.given.several else found
        note_model(self.redis, [(found.by, found.error)], self.maker.clock(), said=meter.refusals)
        if found.error and self.settings.anthropic_api_key.get_secret_value():
            failure_log.paper(self.key, self.channel, self.place.paper or self.place.digest, found.error)
        return found

    def _post(self, found: Answer, subject: Subject, title: str, shown: Live) -> bool:
        which = words(found.language).say("answer_about", paper=subject.name) if self.talk else ""
        write = slack_parts if self.platform == "slack" else telegram_parts
        about = self.place.known | {"root": self.place.root}
        parts = [
            part.model_copy(update={"parent": f"msg:{self.under_it}", "about": about})
            for part in write(found, "answer", link=subject.link, head=which)
        ]
        if self.talk and listens(self.platform, self.settings):
            parts = [*parts[:-1], with_other(parts[-1], self.platform, found.language, self.key)]
        message = shown.end(parts, mark_of(self.delivery, parts[0].key))
        if message:
            self.threads.put(self.home, message.message, self.place)
        turn = Turn(self.data["text"], found.text)
        self.threads.add(self.home, self.talk or self.place.root, self.key, turn)
        note_talk(self.redis, self.key, self.home, self.data, self.place, title, found.text)
        if self.before:
            revise(self.redis, self.delivery, self.channel, parts, self.person)
            self.memory.keep_result(f"{self.key}|posted", True)
            return True
        begun = (message.message, message.complete) if message else None
        return post(self.redis, self.delivery, self.channel, parts, begun, self.person)


def note_talk(redis: "Redis", key: str, home: str, data: AskData, place: ThreadPlace, title: str, answer: str) -> None:
    """Enter a question with its answer in the memory of its channel.

    It can be found there again.
    """
    who = People(redis).hashed(data["person"]) if data.get("person") else ""
    day = datetime.now(UTC).date()
    entry = entries.talk(place.paper, title, data["text"], answer, day, place.root, who)
    Library(redis).add(home, entry, f"{entry.name}|{key}")


def _of_several(found: Answer) -> Answer:
    """An answer that says so where none of the papers does."""
    w = words(found.language)
    return found.model_copy(update={"text": found.text.replace(w.answer_not_said, w.answer_papers_not_said, 1)})
