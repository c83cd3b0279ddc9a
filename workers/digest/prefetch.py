"""Fetches papers that will likely be picked while the model still scores.

arXiv gives one paper every three seconds, a score takes about two: what is read meanwhile costs the digest no time. A
guess that proves wrong costs arXiv one page, which is kept for whoever asks for that paper later.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from prompts import Profile
from workers.analysis.extractive.ranking.rank import Ranked, rank
from workers.models import Paper, Score
from workers.store.sources.fetch_state import ARXIV_GAP_S

log = logging.getLogger(__name__)

NEAR = 5
"""Points of the ranker's number that say nothing: it foretells a model's, and of equal ones more upvotes are picked."""

SPARE = 1
"""Guesses that may go wrong: so many papers more than there are picks are read at most."""


class Prefetcher:
    """Guesses what one run will pick.

    It takes the best of those that are scored, and as long as there are none, the ranker's.
    """

    def __init__(self, papers: Sequence[Paper], profile: Profile, read: Callable[[Paper], object]) -> None:
        self.profile, self.read = profile, read
        self._papers = {paper.id: paper for paper in papers if not paper.fictional}
        self._scores: dict[str, int] = {}
        self._done: set[str] = set()
        self._news = threading.Condition()
        self._over = False
        self._next = 0.0
        """When arXiv will give the next paper (monotonic): no guess is made before, since the scores may change it."""

    def scored(self, score: Score) -> None:
        """A paper has its score."""
        with self._news:
            self._scores[score.id] = score.effective or 0
            self._news.notify()

    def run(self) -> None:
        """Read until the block is over or enough is read.

        What goes wrong is met again by the one that needs the paper.
        """
        ranked = (
            rank(list(self._papers.values()), self.profile.interests, not_wanted=self.profile.not_wanted)
            if self._papers
            else []
        )
        while (paper := self._wait(ranked)) is not None:
            try:
                self.read(paper)
            except Exception as error:  # noqa: BLE001 - see above
                log.debug("not_read_ahead", extra={"paper": paper.id, "error": type(error).__name__})
            self._next = time.monotonic() + ARXIV_GAP_S

    def stop(self) -> None:
        """No further paper is begun."""
        with self._news:
            self._over = True
            self._news.notify()

    def _wait(self, ranked: Sequence[Ranked]) -> Paper | None:
        with self._news:
            while not self._over and len(self._done) < self.profile.picks + SPARE:
                left = self._next - time.monotonic()
                found = self._guess(ranked) if left <= 0 else None
                if found:
                    self._done.add(found)
                    return self._papers[found]
                self._news.wait(left if left > 0 else None)
        return None

    def _guess(self, ranked: Sequence[Ranked]) -> str | None:
        known = sorted((id for id in self._scores if id in self._papers), key=self._place)
        likely = sorted(ranked, key=lambda r: (-(r.value // NEAR), -(self._papers[r.id].upvotes or 0)))
        rows = [(id, self._scores[id]) for id in known] if known else [(r.id, r.value) for r in likely]
        best = [id for id, value in rows if value >= self.profile.min_score][: self.profile.picks]
        return next((id for id in best if id not in self._done), None)

    def _place(self, id: str) -> tuple[int, int]:
        """Order of papers that have their score, as they will be picked."""
        return -self._scores[id], -(self._papers[id].upvotes or 0)


@contextmanager
def reading(papers: Sequence[Paper], profile: Profile, read: Callable[[Paper], object]) -> Iterator[Prefetcher]:
    """Call `read` during the `with` for papers that will likely be picked.

    They are read one after the other, in a thread.
    It ends with the block: the paper in hand is read to its end, since it will most likely be asked for at once.
    """
    ahead = Prefetcher(papers, profile, read)
    thread = threading.Thread(target=ahead.run, name="ahead", daemon=True)
    thread.start()
    try:
        yield ahead
    finally:
        ahead.stop()
        thread.join()
