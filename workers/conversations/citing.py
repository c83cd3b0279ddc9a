"""Posts citations that somebody asked for, records looked up afresh."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from redis import Redis

from workers.channels.recipients import profile_of
from workers.conversations.messages import find, note, post, under, unfetched
from workers.digest import failure_log
from workers.errors import BadInput, SourceFailed
from workers.models import Paper
from workers.models.tasks import CiteData
from workers.paper_ids.paper_key import PaperRef
from workers.render import citation
from workers.render.code_blocks import code_parts
from workers.settings import Settings
from workers.sources.arxiv.feed_and_api import papers_by_id
from workers.sources.http.client import HttpClient
from workers.sources.one_paper.metadata import find_record
from workers.store.channels.digests import Digests
from workers.store.channels.settings import Channels
from workers.store.papers.records import Papers
from workers.store.sources.fetch_state import Fetches
from workers.words import words

ONE_BY_ONE = 3
"""Papers that are looked up each for itself; more of them are asked for in one request."""


def record(redis: "Redis", settings: Settings, ref: PaperRef) -> Paper:
    """The paper with what arXiv knows of it today, else as it was announced.

    That is its journal or its DOI, say.
    BadInput and SourceFailed as `find_record`, where nothing is known of it here either.
    """
    known = Papers(redis).get_papers([ref.base]).get(ref.base)
    if known and known.fictional:
        return known
    with suppress(BadInput, SourceFailed):
        fetches = Fetches(redis)
        return find_record(HttpClient(settings, fetches), fetches, settings, ref)
    return known or find(redis, settings, ref)


def records(redis: "Redis", settings: Settings, refs: Sequence[PaperRef]) -> list[Paper]:
    """Each of many papers once, in order. Errors as `record`."""
    once = list({ref.base: ref for ref in refs}.values())
    if len(once) <= ONE_BY_ONE:
        return [record(redis, settings, ref) for ref in once]
    known, fetches = Papers(redis).get_papers([ref.base for ref in once]), Fetches(redis)
    found: dict[str, Paper] = {i: paper for i, paper in known.items() if paper.fictional}
    with suppress(SourceFailed):
        rest = [ref for ref in once if ref.base not in found and ref.kind == "arxiv"]
        found |= papers_by_id(HttpClient(settings, fetches), fetches, settings, rest)[0] if rest else {}
    return [found.get(ref.base) or known.get(ref.base) or find(redis, settings, ref) for ref in once]


def picked_on(redis: "Redis", day: date) -> list[PaperRef]:
    """The papers of all digests of a local date."""
    stored = Digests(redis)
    found = map(stored.digest, stored.slots_of(stored.channels(), day, day))
    return [PaperRef(pick.paper.id) for digest in found if digest for pick in digest.picks]


def post_citations(redis: "Redis", settings: Settings, key: str, data: CiteData) -> bool:
    """Put citations of `data["ids"]` in `data["format"]` into the outbox, to copy.

    True: open a delivery.
    """
    channel, by = data["channel"], data.get("person", "")
    language = profile_of(data["profile"], Channels(redis).get(channel)).language
    try:
        papers = records(redis, settings, [PaperRef(base) for base in data["ids"]])
    except (BadInput, SourceFailed) as error:
        failure_log.paper(key, channel, data["ids"][0], error.kind)
        said = unfetched(words(language), ", ".join(data["ids"]), error)
        return post(redis, key, channel, [note("cite", said, channel, data["reply_to"])], by=by)
    found = citation.entries(papers, data["format"], arxiv_url=settings.arxiv_url)
    parts = code_parts("cite", channel.partition(":")[0], found, between=",\n" if data["format"] == "csl" else "\n")
    if data["thread"]:
        parts = [part.model_copy(update={"parent": f"msg:{data['thread']}"}) for part in parts]
    return post(redis, key, channel, [under(part, channel, data["reply_to"]) for part in parts], by=by)
