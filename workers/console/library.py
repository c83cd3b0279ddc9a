"""What the commands on the team's memory do: citations."""

from collections.abc import Iterator, Sequence
from datetime import date

from redis import Redis

from workers import arxiv_id
from workers.conversations.citing import picked_on, records
from workers.errors import BadInput
from workers.paper_key import PaperRef
from workers.render import citation
from workers.settings import Settings
from workers.store.session import store


def cite(settings: Settings, refs: Sequence[str], kind: str) -> str:
    """Citations of all papers that `refs` name, as one file. BadInput where one names none; SourceFailed."""
    with store(settings) as redis:
        wanted = [ref for text in refs for ref in _named(redis, text)]
        papers = records(redis, settings, wanted)
    return citation.joined(citation.entries(papers, kind, arxiv_url=settings.arxiv_url), kind)


def _named(redis: "Redis", text: str) -> Iterator[PaperRef]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        yield arxiv_id.one(text)
        return
    found = picked_on(redis, day)
    if not found:
        raise BadInput(f"There is no digest of {day.isoformat()} with papers: give a day that has one, or papers.")
    yield from found
