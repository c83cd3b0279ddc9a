"""Talk: a deep dive or an answer that somebody asked for. Both leave through the outbox, under the asking event's key.

Like an edition, each may be killed anywhere and simply run again: what was bought is kept, what was posted is known.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from redis import Redis

from prompts import load_profile
from workers.analysis.answer import answer
from workers.analysis.choice import choose
from workers.analysis.grounding.paper import Given
from workers.analysis.meter import Meter
from workers.analysis.score import local_scores
from workers.arxiv_id import ArxivId
from workers.delivery.live.select import live
from workers.digest import failure_log
from workers.digest.candidates import fresh_papers
from workers.digest.fulltext import given_of, links_of
from workers.digest.make import Edition, Order, note_model
from workers.digest.messages import parts_of
from workers.errors import BadInput, SourceFailed
from workers.models import Analysis, Digest, Paper, Part, Pick, Score
from workers.reading.read import read
from workers.render.answer import slack_parts, telegram_parts
from workers.render.page import kept, title_of
from workers.render.slack.digest import escaped
from workers.render.text.sanitize import clean_inline
from workers.settings import Settings
from workers.sources.arxiv import papers_by_id
from workers.sources.http import Door
from workers.store.fetch_state import Fetches
from workers.store.memory import Memory
from workers.store.outbox import Outbox, mark_of
from workers.store.papers import Papers
from workers.store.progress import Progress, Step
from workers.store.texts import Texts
from workers.store.threads import Place, Threads, Turn
from workers.words import Words, words


def dive(redis: "Redis", settings: Settings, key: str, data: dict[str, Any], send: Callable[[], None]) -> None:
    """Analyse `data["id"]` for `data["profile"]`; post it to `data["channel"]`, or keep it for the command that asked.

    In a channel the paper's message comes at once and says how far we are; it becomes the paper's head. `send` opens
    the delivery. For a command, raises BadInput if arXiv does not know the paper and SourceFailed if arXiv cannot be
    asked; a channel is told in one line instead.
    """
    channel, memory = data.get("channel", ""), Memory(redis)
    edition, progress = Edition(redis, settings), Progress(redis, key)
    profile = edition.profile_of(channel, data["profile"])
    w, ref = words(profile.language), ArxivId(data["id"], data.get("version"))
    if memory.result(f"{key}|posted"):  # written by an earlier attempt
        send()
        return

    def show(text: str) -> None:
        if channel:
            line = note(f"pick:{ref.base}", text, channel, data["reply_to"])
            revise(redis, key, channel, [line])
            send()

    progress.tell(Step("fetch"))
    known = edition.papers.get_papers([ref.base]).get(ref.base)
    if not known:
        show(f"{ref.canonical}: {w.step_fetch}")
    try:
        paper = find(redis, settings, ref)
    except (BadInput, SourceFailed) as error:
        if not channel:
            raise
        failure_log.paper(key, channel, data["id"], error.kind)
        show(unfetched(w, data["id"], error))
        return
    analyst = choose(settings)

    def read_it(paper: Paper) -> Given:
        progress.tell(Step("read"))
        show(f"{title_of(paper)} ({ref.canonical}): {w.step_read}")
        found = given_of(redis, settings, paper, ref)
        progress.tell(Step("write"))
        if analyst:
            show(f"{title_of(paper)} ({ref.canonical}): {w.step_write}")
        return found

    analysis = edition.write([paper], profile, analyst, read=read_it, keep=bool(channel)).analyses[0]
    failure_log.papers(key, channel, [analysis])
    if not channel:
        memory.keep_dive(key, paper, analysis)
        return
    score = local_scores([paper], profile)[0]
    digest = alone(channel, data["profile"], profile.title, profile.language, paper, score, analysis)
    edition.papers.put_papers([kept(paper)])
    parts = [part for part in parts_of(digest, settings) if not part.key.startswith("quick")]
    revise(redis, key, channel, [under(part, channel, data["reply_to"]) for part in parts])
    memory.keep_result(f"{key}|posted", True)
    send()


def question(redis: "Redis", settings: Settings, key: str, data: dict[str, Any]) -> bool:
    """Answer `data["text"]` about the paper of `data["place"]`, in its thread, or for the command that asked.

    True if there is a delivery to open. Earlier turns of that thread are told to the model; nothing of others ever is.
    """
    channel, progress = data.get("channel", ""), Progress(redis, key)
    place, threads = Place(**data["place"]), Threads(redis)
    if Outbox(redis).rows(key):  # answered by an earlier attempt
        return True
    edition, home = Edition(redis, settings), channel.partition("/")[0]
    language = edition.profile_of(channel, place.profile or settings.digest_profile).language
    progress.tell(Step("fetch"))
    ref = ArxivId(place.paper, place.version)
    try:
        paper = find(redis, settings, ref)
    except (BadInput, SourceFailed) as error:
        if not channel:
            raise
        failure_log.paper(key, channel, place.paper, error.kind)
        said = unfetched(words(language), place.paper, error)
        under_it = place.root if channel.startswith("slack:") else data["message"]
        return post(redis, key, channel, [Part(key="answer", parent=f"msg:{under_it}", payload={"text": said})])
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
    given = given_of(redis, settings, paper, ref)
    link = links_of(given, settings)
    turns = threads.turns(home, place.root) if channel else []
    progress.tell(Step("write"))
    meter = Meter(edition.spend, settings.model_daily_budget_usd)
    try:
        found = answer(data["text"], given, turns, language, settings=settings, meter=meter, on_text=shown.push)
    except Exception:
        shown.end()
        raise
    note_model(redis, [(found.by, found.error)], edition.clock())
    if found.error and settings.anthropic_api_key.get_secret_value():
        failure_log.paper(key, channel, place.paper, found.error)
    if not channel:
        memory.keep_result(key, found.model_dump(mode="json"))
        return False
    parts = (slack_parts if platform == "slack" else telegram_parts)(found, "answer", link=link)
    about = {"paper": place.paper, "version": place.version, "profile": place.profile, "root": place.root}
    parts = [part.model_copy(update={"parent": f"msg:{under_it}", "about": about}) for part in parts]
    message = shown.end(parts, mark_of(key, parts[0].key))
    if message:
        threads.put(home, message.message, place)
    threads.add(home, place.root, key, Turn(data["text"], found.text))
    return post(redis, key, channel, parts, (message.message, message.complete) if message else None)


def read_request(redis: "Redis", settings: Settings, key: str, data: dict[str, Any]) -> None:
    """Read a paper for the `read` command."""
    fetches, ref = Fetches(redis), ArxivId(data["id"], data.get("version"))
    text = read(ref, Door(settings, fetches), fetches, settings, Texts(redis))
    Memory(redis).keep_result(key, text.model_dump(mode="json"))


def score_request(redis: "Redis", settings: Settings, key: str, data: dict[str, Any]) -> None:
    """Score papers for the `score` command: those handed over under `key`, else today's candidates of the profile."""
    edition, profile = Edition(redis, settings), load_profile(data["profile"])
    given = edition.memory.result(f"{key}|papers")
    if given is None:
        order = Order(f"score:{profile.name}", profile.name, datetime.now(UTC).date())
        papers, _ = fresh_papers(edition.fetch(order, profile), edition.memory, order.memory)
    else:
        papers = [Paper.model_validate(paper) for paper in given]
    analyst, local = choose(settings), bool(data["local"])
    scored = edition.score(papers, profile, analyst, Progress(redis, key), local=local)
    edition.memory.keep_result(key, [s.model_dump(mode="json") for s in scored.scores])


def find(redis: "Redis", settings: Settings, ref: ArxivId) -> Paper:
    """The paper's record: as we know it from a digest, else from arXiv."""
    known = Papers(redis).get_papers([ref.base]).get(ref.base)
    if known and ref.version in (None, known.version):
        return known
    fetches = Fetches(redis)
    found, _missing = papers_by_id(Door(settings, fetches), fetches, settings, [ref])
    if ref.base not in found:
        raise BadInput(f"arXiv knows no paper {ref.canonical}: check the number.")
    return found[ref.base].model_copy(update={"sources": ("arxiv",)})


def unfetched(w: Words, paper: str, error: BadInput | SourceFailed) -> str:
    """Why there is no record of a paper, for the person who asked for it."""
    if isinstance(error, BadInput):
        return w.say("dive_unknown", paper=paper)
    return w.say("dive_failed", paper=paper, why=w.variant("failed", error.kind))


def alone(
    channel: str, profile: str, title: str, language: str, paper: Paper, score: Score, analysis: Analysis
) -> Digest:
    """A digest of one paper: what a deep dive on demand is rendered from."""
    now = datetime.now(UTC)
    pick = Pick(paper=paper, score=score, analysis=analysis)
    return Digest(
        date=now.date(), profile=profile, title=title, language=language, channel=channel, picks=(pick,), made=now
    )


def post(redis: "Redis", key: str, channel: str, parts: list[Part], begun: tuple[str, bool] | None = None) -> bool:
    """Enter messages for a channel under the task's key (`begun`: see `Outbox.put`); the caller opens the delivery."""
    with redis.pipeline() as pipe:
        Outbox(redis).put(pipe, key, channel, parts, datetime.now(UTC).timestamp(), begun)
        pipe.execute()
    return True


def revise(redis: "Redis", key: str, channel: str, parts: list[Part]) -> None:
    """Make a delivery's messages these: entered where there are none yet, edited where they are out."""
    outbox = Outbox(redis)
    if outbox.rows(key):
        outbox.revise(key, parts)
    else:
        post(redis, key, channel, parts)


def note(key: str, text: str, channel: str, reply_to: str) -> Part:
    """One line of our own words (and a title), under the message that asked where the platform shows that."""
    safe = clean_inline(text)
    payload = {"text": escaped(safe) if channel.startswith("slack:") else safe}
    return under(Part(key=key, payload=payload), channel, reply_to)


def under(part: Part, channel: str, reply_to: str) -> Part:
    """On Telegram the head answers the message that asked; on Slack it stands by itself: its thread is the paper's."""
    if part.parent or not reply_to or not channel.startswith("telegram:"):
        return part
    return part.model_copy(update={"parent": f"msg:{reply_to}"})
