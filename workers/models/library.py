"""Entries of the team's memory: a posted paper, or an answered question."""

from datetime import date
from typing import Literal

from workers.models.record import Record


class Measured(Record):
    """One number of a paper's own on a benchmark, as the paper writes it."""

    what: str
    """`PSNR`, `Recall@20`."""
    dataset: str
    ours: str


class LibraryEntry(Record):
    """One thing that a channel has seen. All texts are clean."""

    kind: Literal["paper", "talk"]
    paper: str
    """Id of the paper posted, or that the question was about."""
    title: str
    """The paper's title as people read it."""
    authors: tuple[str, ...] = ()
    date: date
    """Local day on which it was posted or answered."""
    score: int | None = None
    """0-100, or None where it was not scored."""
    message: str = ""
    """The platform's id of the message, or of the thread's first one."""
    text: str = ""
    """What else is searched: of a paper its abstract and what was written of it."""
    results: tuple[Measured, ...] = ()
    question: str = ""
    answer: str = ""
    who: str = ""
    """Who asked, as a keyed hash, so that it can be forgotten."""
    fictional: bool = False

    @property
    def name(self) -> str:
        """Under which it is kept: a paper stands there once."""
        return f"{self.kind}:{self.paper}"


class LibraryMatch(Record):
    """One thing that was found."""

    entry: LibraryEntry
    channel: str
    up: int = 0
    """Votes for the paper in that channel."""
    down: int = 0
