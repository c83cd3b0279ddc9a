"""Talk: a deep dive or an answer that somebody asked for. Both leave through the outbox, under the asking event's key.

Like an edition, each may be killed anywhere and simply run again: what was bought is kept, what was posted is known.
"""

from datetime import UTC, datetime

from redis import Redis

from workers.errors import BadInput, SourceFailed
from workers.models import Paper, Part
from workers.paper_key import PaperRef
from workers.reading.read import record_of
from workers.render.slack.digest import escaped
from workers.render.text.sanitize import clean_inline
from workers.settings import Settings
from workers.sources.http import Door
from workers.sources.metadata import find_record
from workers.store.fetch_state import Fetches
from workers.store.outbox import Outbox
from workers.store.papers import Papers
from workers.store.texts import Texts
from workers.words import Words


def find(redis: "Redis", settings: Settings, ref: PaperRef) -> Paper:
    """The paper's record: as we know it from a digest, else from arXiv by the first way that answers.

    Where none does, the page that is read anyway names its title. BadInput and SourceFailed as `find_record`.
    """
    known = Papers(redis).get_papers([ref.base]).get(ref.base)
    if known and ref.version in (None, known.version):
        return known
    fetches = Fetches(redis)
    door = Door(settings, fetches)
    try:
        found = find_record(door, fetches, settings, ref)
    except SourceFailed:
        read_anyway = record_of(ref, door, settings, Texts(redis))
        if read_anyway is None:
            raise
        found = read_anyway
    return found.model_copy(update={"sources": ("arxiv",)})


def unfetched(w: Words, paper: str, error: BadInput | SourceFailed) -> str:
    """Why there is no record of a paper, for the person who asked for it."""
    if isinstance(error, BadInput):
        return w.say("dive_unknown", paper=paper)
    return w.say("dive_failed", paper=paper, why=w.variant("failed", error.kind))


def post(
    redis: "Redis", key: str, channel: str, parts: list[Part], begun: tuple[str, bool] | None = None, by: str = ""
) -> bool:
    """Enter messages for a channel under the task's key; the caller opens the delivery.

    `begun`, `by`: see `Outbox.put`.
    """
    with redis.pipeline() as pipe:
        Outbox(redis).put(pipe, key, channel, parts, datetime.now(UTC).timestamp(), begun, by=by)
        pipe.execute()
    return True


def revise(redis: "Redis", key: str, channel: str, parts: list[Part], by: str = "") -> None:
    """Make a delivery's messages these: entered where there are none yet, edited where they are out."""
    outbox = Outbox(redis)
    if outbox.rows(key):
        outbox.revise(key, parts)
    else:
        post(redis, key, channel, parts, by=by)


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
