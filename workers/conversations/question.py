"""An answer to a question in a paper's thread, put into the outbox."""

from dataclasses import replace
from datetime import UTC, datetime

from redis import Redis

from workers.analysis.answer import Answer, answer
from workers.conversations.messages import linked, post, revise, unfetched
from workers.conversations.subject import Subjects
from workers.conversations.titles import ref_of
from workers.delivery.live.base import Live, Quiet
from workers.delivery.live.choose_view import live
from workers.digest import failure_log
from workers.digest.failure_log import note_model
from workers.digest.make import DigestMaker
from workers.errors import BadInput, SourceFailed
from workers.models import Paper, Part
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
    channel, progress = data.get("channel", ""), Progress(redis, key)
    place, threads, subjects = ThreadPlace(**data["place"]), Threads(redis), Subjects(redis, settings)
    memory, delivery = Memory(redis), data.get("revises") or key
    before = Outbox(redis).rows(delivery)  # of an earlier attempt, or the answer to the question as it first was
    if before and (delivery == key or memory.result(f"{key}|posted")):
        return True
    maker, home = DigestMaker(redis, settings, channel=channel, asked=True), channel.partition("/")[0]
    language = maker.profile_of(channel, place.profile or settings.digest_profile).language
    platform, _, address = channel.partition(":")
    under_it = place.root if platform == "slack" else data.get("message", "")
    talk = data.get("talk", "")
    turns = threads.turns(home, talk or place.root) if channel else []

    def at_once(said: str, error: BadInput | SourceFailed | None = None) -> bool:
        part = Part(key="answer", parent=f"msg:{under_it}", payload={"text": said})
        revise(redis, delivery, channel, [linked(part, error) if error else part], data.get("person", ""))
        return True

    progress.tell(Step("fetch"))
    if data.get("title"):  # a command: nobody asks by title in a chat
        ref = ref_of(redis, settings, data)
        place = replace(place, paper=ref.base, version=ref.version)
    day = subjects.day(place)
    papers: list[tuple[PaperRef, Paper]] = []
    for ref in subjects.refs(place, data["text"], turns, day):
        try:
            papers.append((ref, subjects.find(ref)))
        except (BadInput, SourceFailed) as error:
            if not channel:
                raise
            failure_log.paper(key, channel, ref.base, error.kind)
            threads.forget(channel, ref.canonical)
            return at_once(unfetched(words(language), ref.base, error), error)
    for ref, _ in papers:
        note_sign(redis, maker.clock(), channel, data.get("person", ""), ref.base, "ask")
    if not papers and not day:
        return at_once(words(language).which_day)
    progress.tell(Step("read"))
    live_key = f"{key}|live"
    shown: Live = (
        Quiet()
        if before
        else live(
            platform,
            settings,
            address,
            under_it,
            data.get("person", "").partition(":")[2],
            data.get("team", ""),
            language=language,
            earlier=memory.result(live_key) or "",
            noted=lambda message: memory.keep_result(live_key, message),
        )
    )
    shown.begin()
    try:
        subject = subjects.of_day(day, data["text"]) if day and not papers else subjects.read(papers)
        progress.tell(Step("write"))
        meter = maker.meter()
        found = answer(
            data["text"], subject.given, turns, language, settings=settings, meter=meter, on_text=shown.push,
            habits=ModelHabits(redis), stand_in=subject.stand_in,
        )  # fmt: skip
    except Exception:
        shown.end()
        raise
    found = _of_several(found) if subject.given.several else found
    note_model(redis, [(found.by, found.error)], maker.clock(), said=meter.refusals)
    if found.error and settings.anthropic_api_key.get_secret_value():
        failure_log.paper(key, channel, place.paper or place.digest, found.error)
    if not channel:
        memory.keep_result(key, found.model_dump(mode="json"))
        return False
    if (task := Ledger(redis).get(key)) and task.state != "open":  # the question was deleted, or asked otherwise
        shown.end()
        return False
    which = words(found.language).say("answer_about", paper=subject.name) if talk else ""
    write = slack_parts if platform == "slack" else telegram_parts
    about = place.known | {"root": place.root}
    parts = [
        part.model_copy(update={"parent": f"msg:{under_it}", "about": about})
        for part in write(found, "answer", link=subject.link, head=which)
    ]
    if talk and listens(platform, settings):
        parts = [*parts[:-1], with_other(parts[-1], platform, found.language, key)]
    message = shown.end(parts, mark_of(delivery, parts[0].key))
    if message:
        threads.put(home, message.message, place)
    threads.add(home, talk or place.root, key, Turn(data["text"], found.text))
    title = title_of(papers[0][1]) if papers else subject.name
    note_talk(redis, key, home, data, place, title, found.text)
    if before:
        revise(redis, delivery, channel, parts, data.get("person", ""))
        memory.keep_result(f"{key}|posted", True)
        return True
    begun = (message.message, message.complete) if message else None
    return post(redis, delivery, channel, parts, begun, data.get("person", ""))


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
