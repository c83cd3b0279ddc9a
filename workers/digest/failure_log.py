"""Logs what failed without ending a job, with task, channel and class.

Never a word of a person's, a paper's or a service's.
"""

import logging
from collections.abc import Iterable, Mapping

from redis import Redis

from workers.errors import SERVICE_KINDS
from workers.models import LOCAL, Analysis, Score
from workers.sources.gather import Fetched
from workers.store.operations.incidents import Incidents

log = logging.getLogger(__name__)

SAME_FAILURE_S = 600.0
"""Seconds in which a source that fails again has failed once: it is asked for every channel."""


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


def note_model(
    redis: "Redis",
    made: Iterable[tuple[str, str | None]],
    now: float,
    cached: int = 0,
    said: Mapping[str, str] | None = None,
) -> None:
    """Note for the operator whether the model worked.

    `made`: (who made it, class of failure) of each result. `cached`: how many of them are old.
    `said`: class of a refusal -> the service's own words.
    """
    results = list(made)
    failures = [error for _, error in results if error in SERVICE_KINDS]
    if sum(by != LOCAL and error is None for by, error in results) > cached:
        Incidents(redis).worked("model")
    elif failures:
        error = failures[-1] or ""
        Incidents(redis).failed("model", error, now, said=(said or {}).get(error, ""))


def note_sources(redis: "Redis", fetched: Iterable[Fetched], now: float) -> None:
    """Note for the operator which sources failed.

    Many channels fail at the same time for the same reason.
    """
    noted = Incidents(redis)
    for source in fetched:
        if source.error:
            noted.failed(f"source {source.spec}", source.error.kind, now, SAME_FAILURE_S)
        elif source.asked:
            noted.worked(f"source {source.spec}")
