"""A deep dive on demand: one paper that somebody named, fetched, analysed, kept."""

from typing import Any

from redis import Redis

from prompts import load_profile
from workers.analysis.analyst import choose
from workers.arxiv_id import ArxivId
from workers.edition import Edition
from workers.errors import BadInput
from workers.papers import Paper
from workers.settings import Settings
from workers.sources.arxiv import papers_by_id
from workers.sources.http import Door
from workers.store.fetches import Fetches
from workers.store.memory import Memory
from workers.store.progress import Progress, Step


def dive(redis: "Redis", settings: Settings, key: str, data: dict[str, Any]) -> None:
    """Write the analysis of `data["id"]` for `data["profile"]` and keep it under the task's key.

    Raises BadInput if arXiv does not know the paper, SourceFailed if arXiv cannot be asked.
    """
    progress = Progress(redis, key)
    progress.tell(Step("fetch"))
    paper = find(redis, settings, ArxivId(data["id"], data.get("version")))
    progress.tell(Step("write"))
    written = Edition(redis, settings).write([paper], load_profile(data["profile"]), choose(settings))
    Memory(redis).keep_dive(key, paper, written.analyses[0])


def find(redis: "Redis", settings: Settings, ref: ArxivId) -> Paper:
    """The paper's record, from arXiv."""
    fetches = Fetches(redis)
    found, _missing = papers_by_id(Door(settings, fetches), fetches, settings, [ref])
    if ref.base not in found:
        raise BadInput(f"arXiv knows no paper {ref.canonical}: check the number.")
    return found[ref.base]
