"""Messages of deep dives and answers, posted through the outbox.

Each goes under the key of the event that asked for it.

Like a digest, each may be killed anywhere and simply run again: what was bought is kept, what was posted is known.
"""

from datetime import UTC, datetime

from redis import Redis

from workers.errors import BadInput, SourceFailed
from workers.models import Paper, Part
from workers.paper_ids.paper_key import PaperRef, abs_url, key_of, kind_of
from workers.reading.beyond_arxiv import closed
from workers.reading.read import record_of
from workers.render.digest import title_of
from workers.render.slack.digest import escaped
from workers.render.text.sanitize import clean_inline
from workers.settings import Settings
from workers.sources import sample_day
from workers.sources.http.client import HttpClient
from workers.sources.one_paper.metadata import find_record
from workers.store.delivery.outbox import Outbox
from workers.store.papers.records import Papers
from workers.store.papers.texts import Texts
from workers.store.papers.twins import Twins
from workers.store.sources.fetch_state import Fetches
from workers.words import Words


class UnreadablePaper(BadInput):
    """Neither text nor abstract of a paper can be read."""

    kind = "closed"

    def __init__(self, paper: Paper) -> None:
        self.title, self.url = title_of(paper), abs_url(paper.id, "")
        super().__init__(f"Of “{self.title}” only the title is open: neither its text nor an abstract can be read.")


def find(redis: "Redis", settings: Settings, ref: PaperRef) -> Paper:
    """The paper's record: as a digest had it, else by the first way that answers.

    Where none does, the page that is read anyway names its title. BadInput and SourceFailed as `find_record`.
    """
    known = Papers(redis).get_papers([ref.base]).get(ref.base) or sample_day.paper(ref.base)
    if known and (known.fictional or ref.version in (None, known.version)):
        return known
    fetches = Fetches(redis)
    http = HttpClient(settings, fetches)
    try:
        found = find_record(http, fetches, settings, ref)
    except SourceFailed:
        read_anyway = record_of(ref, http, settings, Texts(redis))
        if read_anyway is None:
            raise
        found = read_anyway
    ids = Twins(redis).of_papers([found])[found.id] - {found.id}
    more = dict.fromkeys((*found.aliases, *(key_of(id) for id in sorted(ids))))
    if not found.abstract and closed(ref, found.model_copy(update={"aliases": tuple(more)})):
        raise UnreadablePaper(found)
    source = "arxiv" if ref.kind == "arxiv" else (found.venue or ref.kind).replace(":", " ")
    return found.model_copy(update={"sources": (source,), "aliases": tuple(more)})


def unfetched(w: Words, paper: str, error: BadInput | SourceFailed) -> str:
    """Why there is no record of a paper, for the person who asked for it."""
    if isinstance(error, UnreadablePaper):
        return w.say("dive_closed", paper=error.title)
    where = "" if kind_of(paper) == "arxiv" else "_elsewhere"
    if isinstance(error, BadInput):
        return w.say(f"dive_unknown{where}", paper=paper)
    return w.say(f"dive_failed{where}", paper=paper, why=w.variant("failed", error.kind))


def linked(part: Part, error: BadInput | SourceFailed) -> Part:
    """What was said of a paper that is closed, with its page."""
    if not isinstance(error, UnreadablePaper):
        return part
    return part.model_copy(update={"payload": part.payload | {"text": f"{part.payload['text']}\n{error.url}"}})


def post(
    redis: "Redis", key: str, channel: str, parts: list[Part], begun: tuple[str, bool] | None = None, by: str = ""
) -> bool:
    """Enter messages for a channel under the task's key.

    The caller opens the delivery.
    `begun`, `by`: see `Outbox.put`.
    """
    with redis.pipeline() as pipe:
        Outbox(redis).put(pipe, key, channel, parts, datetime.now(UTC).timestamp(), begun, by=by)
        pipe.execute()
    return True


def revise(redis: "Redis", key: str, channel: str, parts: list[Part], by: str = "") -> None:
    """Make a delivery's messages these.

    They are entered where there are none yet, edited where they are out.
    """
    outbox = Outbox(redis)
    if outbox.rows(key):
        outbox.revise(key, parts)
    else:
        post(redis, key, channel, parts, by=by)


def note(key: str, text: str, channel: str, reply_to: str) -> Part:
    """One line of our own words (and a title).

    It stands under the message that asked where the platform shows that.
    """
    safe = clean_inline(text)
    payload = {"text": escaped(safe) if channel.startswith("slack:") else safe}
    return under(Part(key=key, payload=payload), channel, reply_to)


def under(part: Part, channel: str, reply_to: str) -> Part:
    """Put a head on Telegram under the message that asked; any other part as it is.

    On Slack the head stands by itself: its thread is the paper's.
    """
    if part.parent or not reply_to or not channel.startswith("telegram:"):
        return part
    return part.model_copy(update={"parent": f"msg:{reply_to}"})
