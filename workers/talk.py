"""Talk: a deep dive or an answer that somebody asked for. Both leave through the outbox, under the asking event's key.

Like an edition, each may be killed anywhere and simply run again: what was bought is kept, what was posted is known.
"""

from datetime import UTC, datetime
from typing import Any

from redis import Redis

from workers.analysis.analyst import choose
from workers.analysis.score import local_scores
from workers.arxiv_id import ArxivId
from workers.edition import Edition
from workers.errors import BadInput, SourceFailed
from workers.messages import buttoned, parts_of
from workers.papers import Analysis, Digest, Paper, Part, Pick, Score
from workers.settings import Settings
from workers.sources.arxiv import papers_by_id
from workers.sources.http import Door
from workers.store.fetches import Fetches
from workers.store.memory import Memory
from workers.store.outbox import Outbox
from workers.store.papers import Papers
from workers.store.progress import Progress, Step
from workers.words import words


def dive(redis: "Redis", settings: Settings, key: str, data: dict[str, Any]) -> bool:
    """Analyse `data["id"]` for `data["profile"]`; post it to `data["channel"]`, or keep it for the command that asked.

    True if there is a delivery to open. For a command, raises BadInput if arXiv does not know the paper and
    SourceFailed if arXiv cannot be asked; a channel is told in one line instead.
    """
    channel = data.get("channel", "")
    edition, progress = Edition(redis, settings), Progress(redis, key)
    profile = edition.profile_of(channel, data["profile"])
    if Outbox(redis).rows(key):  # written by an earlier attempt
        return True
    progress.tell(Step("fetch"))
    try:
        paper = find(redis, settings, ArxivId(data["id"], data.get("version")))
    except (BadInput, SourceFailed) as error:
        if not channel:
            raise
        w = words(profile.language)
        return post(
            redis, key, channel, [note(w.say("dive_failed", paper=data["id"], why=str(error)), data["reply_to"])]
        )
    progress.tell(Step("write"))
    analysis = edition.write([paper], profile, choose(settings)).analyses[0]
    if not channel:
        Memory(redis).keep_dive(key, paper, analysis)
        return False
    score = local_scores([paper], profile)[0]
    digest = alone(channel, data["profile"], profile.title, profile.language, paper, score, analysis)
    edition.papers.put_papers([paper])
    heads = [buttoned(part, digest) for part in parts_of(digest, settings) if not part.key.startswith("quick")]
    return post(redis, key, channel, [under(part, channel, data["reply_to"]) for part in heads])


def find(redis: "Redis", settings: Settings, ref: ArxivId) -> Paper:
    """The paper's record: as we know it from a digest, else from arXiv."""
    known = Papers(redis).get_papers([ref.base]).get(ref.base)
    if known and ref.version in (None, known.version):
        return known
    fetches = Fetches(redis)
    found, _missing = papers_by_id(Door(settings, fetches), fetches, settings, [ref])
    if ref.base not in found:
        raise BadInput(f"arXiv knows no paper {ref.canonical}: check the number.")
    return found[ref.base]


def alone(
    channel: str, profile: str, title: str, language: str, paper: Paper, score: Score, analysis: Analysis
) -> Digest:
    """A digest of one paper: what a deep dive on demand is rendered from."""
    now = datetime.now(UTC)
    pick = Pick(paper=paper, score=score, analysis=analysis)
    return Digest(
        date=now.date(), profile=profile, title=title, language=language, channel=channel, picks=(pick,), made=now
    )


def post(redis: "Redis", key: str, channel: str, parts: list[Part]) -> bool:
    """Enter messages for a channel under the task's key; the caller opens the delivery."""
    with redis.pipeline() as pipe:
        Outbox(redis).put(pipe, key, channel, parts, datetime.now(UTC).timestamp())
        pipe.execute()
    return True


def note(text: str, reply_to: str) -> Part:
    """One line of our own words, under the message that asked."""
    return Part(key="note", parent=f"msg:{reply_to}" if reply_to else None, payload={"text": text})


def under(part: Part, channel: str, reply_to: str) -> Part:
    """On Telegram the head answers the message that asked; on Slack it stands by itself: its thread is the paper's."""
    if part.parent or not reply_to or not channel.startswith("telegram:"):
        return part
    return part.model_copy(update={"parent": f"msg:{reply_to}"})
