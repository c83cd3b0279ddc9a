"""An answer to a question in a paper's thread, put into the outbox."""

from typing import Any

from redis import Redis

from workers.analysis.answer import answer
from workers.conversations.messages import find, post, unfetched
from workers.delivery.live.select import live
from workers.digest import failure_log
from workers.digest.failure_log import note_model
from workers.digest.fulltext import context_of, links_of
from workers.digest.make import DigestMaker
from workers.errors import BadInput, SourceFailed
from workers.models import Part
from workers.paper_key import PaperRef
from workers.platforms import listens
from workers.render.answer import slack_parts, telegram_parts
from workers.render.buttons import with_other
from workers.render.page import title_of
from workers.settings import Settings
from workers.store.memory import Memory
from workers.store.model_habits import ModelHabits
from workers.store.outbox import Outbox, mark_of
from workers.store.progress import Progress, Step
from workers.store.threads import ThreadPlace, Threads, Turn
from workers.words import words


def answer_question(redis: "Redis", settings: Settings, key: str, data: dict[str, Any]) -> bool:
    """Answer `data["text"]` about the paper of `data["place"]`, in its thread, or for the command that asked.

    True if there is a delivery to open. Earlier turns of that thread are told to the model; nothing of others ever is.
    """
    channel, progress = data.get("channel", ""), Progress(redis, key)
    place, threads = ThreadPlace(**data["place"]), Threads(redis)
    if Outbox(redis).rows(key):  # answered by an earlier attempt
        return True
    maker, home = DigestMaker(redis, settings, asked=True), channel.partition("/")[0]
    language = maker.profile_of(channel, place.profile or settings.digest_profile).language
    progress.tell(Step("fetch"))
    ref = PaperRef(place.paper, place.version)
    try:
        paper = find(redis, settings, ref)
    except (BadInput, SourceFailed) as error:
        if not channel:
            raise
        failure_log.paper(key, channel, place.paper, error.kind)
        threads.forget(channel, ref.canonical)
        said = unfetched(words(language), place.paper, error)
        under_it = place.root if channel.startswith("slack:") else data["message"]
        part = Part(key="answer", parent=f"msg:{under_it}", payload={"text": said})
        return post(redis, key, channel, [part], by=data.get("person", ""))
    progress.tell(Step("read"))
    memory, live_key = Memory(redis), f"{key}|live"
    platform, _, address = channel.partition(":")
    under_it = place.root if platform == "slack" else data.get("message", "")
    shown = live(
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
    shown.begin()
    given = context_of(redis, settings, paper, ref)
    link = links_of(given, settings)
    talk = data.get("talk", "")
    turns = threads.turns(home, talk or place.root) if channel else []
    progress.tell(Step("write"))
    try:
        meter = maker.meter()
        found = answer(
            data["text"], given, turns, language,
            settings=settings, meter=meter, on_text=shown.push, habits=ModelHabits(redis),
        )  # fmt: skip
    except Exception:
        shown.end()
        raise
    note_model(redis, [(found.by, found.error)], maker.clock(), said=meter.refusals)
    if found.error and settings.anthropic_api_key.get_secret_value():
        failure_log.paper(key, channel, place.paper, found.error)
    if not channel:
        memory.keep_result(key, found.model_dump(mode="json"))
        return False
    which = words(found.language).say("answer_about", paper=f"{title_of(paper)} ({ref.canonical})") if talk else ""
    parts = (slack_parts if platform == "slack" else telegram_parts)(found, "answer", link=link, head=which)
    about = place.known | {"root": place.root}
    parts = [part.model_copy(update={"parent": f"msg:{under_it}", "about": about}) for part in parts]
    if talk and listens(platform, settings):
        parts = [*parts[:-1], with_other(parts[-1], platform, found.language, key)]
    message = shown.end(parts, mark_of(key, parts[0].key))
    if message:
        threads.put(home, message.message, place)
    threads.add(home, talk or place.root, key, Turn(data["text"], found.text))
    begun = (message.message, message.complete) if message else None
    return post(redis, key, channel, parts, begun, data.get("person", ""))
