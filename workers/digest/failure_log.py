"""Log lines for what failed without ending a job: which task, for which channel, which source or paper, what class.

Never a word of a person's, a paper's or a service's.
"""

import logging
from collections.abc import Iterable

from workers.models import Analysis, Score
from workers.sources.gather import Fetched

log = logging.getLogger(__name__)


def sources(task: str, channel: str, fetched: Iterable[Fetched]) -> None:
    """Sources that gave nothing, or not all."""
    for one in fetched:
        if one.error:
            about = {"task": task, "channel": channel, "source": one.spec, "error": one.error.kind}
            log.warning("source_failed", extra=about)


def papers(task: str, channel: str, made: Iterable[Score | Analysis]) -> None:
    """Papers that the model did not score or write about."""
    for one in made:
        if one.error:
            paper(task, channel, one.id, one.error)


def paper(task: str, channel: str, paper: str, error: str) -> None:
    """One paper that something failed for."""
    log.warning("paper_failed", extra={"task": task, "channel": channel, "paper": paper, "error": error})
