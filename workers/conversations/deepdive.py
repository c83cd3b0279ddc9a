"""Makes a deep dive that somebody asked for, and posts it."""

from collections.abc import Callable
from datetime import UTC, datetime

from redis import Redis

from workers.analysis.analyst import choose
from workers.analysis.grounding.evidence.numbered_paper import PaperContext
from workers.conversations.messages import find, linked, note, revise, under, unfetched
from workers.conversations.titles import CHOICE, SeveralPapers, choice, ref_of
from workers.digest import failure_log
from workers.digest.make import DigestMaker
from workers.digest.messages import parts_of
from workers.digest.read_paper import context_of
from workers.errors import BadInput, SourceFailed
from workers.models import Analysis, Digest, Paper, Part, Pick, Score
from workers.models.tasks import DeepdiveData
from workers.paper_ids.in_text import number_in
from workers.paper_ids.paper_key import worn
from workers.render.digest import kept, title_of
from workers.settings import Settings
from workers.store.channels.digests import Digests
from workers.store.channels.memory import Memory
from workers.store.people.threads import Threads
from workers.store.people.votes import note_sign
from workers.store.tasks.progress import Progress, Step
from workers.words import Words, words


def post_deepdive(redis: "Redis", settings: Settings, key: str, data: DeepdiveData, send: Callable[[], None]) -> None:
    """Analyse `data["id"]` for `data["profile"]`, and post or keep the analysis.

    It is posted to `data["channel"]`, or kept for the command that asked.
    In a channel the paper's message comes at once and says how far we are; it becomes the paper's head. `send` opens
    the delivery. For a command, raises BadInput if nobody knows the paper and SourceFailed if nobody can be
    asked; a channel is told in one line instead.
    """
    channel, memory = data.get("channel", ""), Memory(redis)
    maker, progress = DigestMaker(redis, settings, channel=channel, asked=True), Progress(redis, key)
    profile = maker.profile_of(channel, data["profile"])
    w, by = words(profile.language), data.get("person", "")
    if memory.result(f"{key}|posted"):  # written by an earlier attempt
        send()
        return

    def tell(part: Part) -> None:
        revise(redis, key, channel, [part], by)
        send()

    progress.tell(Step("fetch"))
    try:
        ref = ref_of(redis, settings, data)
    except (BadInput, SourceFailed) as error:
        if not channel:
            raise
        tell(_asked_back(error, w, data, settings))
        return

    def show(text: str) -> None:
        if channel:
            tell(note(f"pick:{worn(ref.base)}", text, channel, data["reply_to"]))

    known = maker.papers.get_papers([ref.base]).get(ref.base)
    if not known:
        show(f"{ref.canonical}: {w.step_fetch}")
    try:
        paper = find(redis, settings, ref)
    except (BadInput, SourceFailed) as error:
        if not channel:
            raise
        failure_log.paper(key, channel, ref.base, error.kind)
        Threads(redis).forget(channel, ref.canonical)
        tell(linked(note(f"pick:{worn(ref.base)}", unfetched(w, ref.base, error), channel, data["reply_to"]), error))
        return
    note_sign(redis, maker.clock(), channel, by, ref.base, "dive")
    analyst = choose(settings)

    def read_it(paper: Paper) -> PaperContext:
        progress.tell(Step("read"))
        show(f"{title_of(paper)} ({ref.canonical}): {w.step_read}")
        found = context_of(redis, settings, paper, ref)
        progress.tell(Step("write"))
        if analyst:
            show(f"{title_of(paper)} ({ref.canonical}): {w.step_write}")
        return found

    analysis = maker.write([paper], profile, analyst, read=read_it, asked=ref.canonical, keep=bool(channel)).analyses[0]
    failure_log.papers(key, channel, [analysis])
    if not channel:
        memory.keep_dive(key, paper, analysis)
        return
    score = maker.score([paper], profile, analyst, progress).scores[0]
    digest = alone(channel, data["profile"], profile.title, profile.language, paper, score, analysis)
    maker.papers.put_papers([kept(paper)])
    parts = [part for part in parts_of(digest, settings) if not part.key.startswith("quick")]
    revise(redis, key, channel, [under(part, channel, data["reply_to"]) for part in parts], by)
    Digests(redis).keep_dived(key, digest)
    memory.keep_result(f"{key}|posted", True)
    send()


def _asked_back(error: BadInput | SourceFailed, w: Words, data: DeepdiveData, settings: Settings) -> Part:
    """What is said of a title that does not name one paper."""
    if isinstance(error, SeveralPapers):
        return choice(error, w, data["channel"], data["reply_to"], settings.arxiv_url)
    known = isinstance(error, BadInput)
    why = "" if known else w.variant("failed", error.kind)
    what = "link" if number_in(data["title"]) else "title"
    said = w.say(f"{what}_none" if known else f"{what}_failed", title=data["title"], why=why)
    return note(CHOICE, said, data["channel"], data["reply_to"])


def alone(
    channel: str, profile: str, title: str, language: str, paper: Paper, score: Score, analysis: Analysis
) -> Digest:
    """A digest of one paper: what a deep dive on demand is rendered from."""
    now = datetime.now(UTC)
    pick = Pick(paper=paper, score=score, analysis=analysis)
    return Digest(
        date=now.date(),
        profile=profile,
        title=title,
        language=language,
        channel=channel,
        picks=(pick,),
        asked=True,
        made=now,
    )
