"""What one source gives for one digest, and what it is fetched with."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from workers.errors import SourceFailed
from workers.models import ListNote, Paper
from workers.settings import Settings
from workers.sources.http.client import HttpClient
from workers.sources.spec import SourceSpec
from workers.store.sources.fetch_state import Fetches


@dataclass(frozen=True)
class Fetched:
    """What one source gave.

    With `error` set, `papers` and `days` are what came before the failure.
    """

    spec: str
    papers: tuple[Paper, ...] = ()
    """Candidates, each once, `sources` set to this spec."""
    listed: int = 0
    """Papers on the lists read."""
    days: tuple[date, ...] = ()
    """List days read (arXiv: the label of its feed), oldest first."""
    so_far: bool = False
    """True where the last of `days` was still running."""
    error: SourceFailed | None = None
    asked: bool = True
    """False where the channel has had all lists there are: nothing was fetched."""
    lists: tuple[ListNote, ...] = ()
    """What must be told of its lists."""
    unsure: tuple[date, ...] = ()
    """Those of `days` whose list was empty where that could not be confirmed."""

    @property
    def had(self) -> tuple[date, ...]:
        """Days to remember as covered: those read, without running and unsure ones."""
        return tuple(day for day in (self.days[:-1] if self.so_far else self.days) if day not in self.unsure)


@dataclass(frozen=True)
class Likes:
    """Ids of papers that a channel liked, and that it disliked; latest first.

    It liked what it voted for or saved.
    """

    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()


@dataclass(frozen=True)
class GatherRun:
    """What the fetches of one gather() share."""

    http: HttpClient
    fetches: Fetches
    settings: Settings
    covered: Callable[[str], set[date]]
    known: Callable[[Collection[str]], set[str]]
    """Which of these ids the channel has seen."""
    today: date
    first: bool
    running: bool
    upto: date | None
    now: datetime
    until: float
    """time.monotonic() after which nothing new is begun."""
    likes: Callable[[], Likes] = Likes
    """What the channel liked."""

    @classmethod
    def apart(
        cls, http: HttpClient, fetches: Fetches, settings: Settings, now: datetime, until: float = float("inf")
    ) -> "GatherRun":
        """A run that is of no channel: to look at a source."""
        return cls(
            http, fetches, settings, lambda _: set(), lambda _: set(), now.date(), False, False, None, now, until
        )

    @property
    def scope(self) -> str:
        """The digest day: within it a list is read once, whoever asks."""
        return (self.upto or self.today).isoformat()


def signed(papers: tuple[Paper, ...], spec: SourceSpec) -> tuple[Paper, ...]:
    """`papers` with `spec` as their source."""
    return tuple(p.model_copy(update={"sources": (spec.text,)}) for p in papers)
