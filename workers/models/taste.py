"""What a channel's people showed to like, and what was learned of it for one run."""

from math import tanh
from typing import Literal

from pydantic import Field

from workers.models.record import Record

Kind = Literal["up", "down", "more", "off", "save", "dive", "ask"]
"""up, down: 👍, 👎; more, off: "more like this", "not our topic"; dive, ask: a deep dive, a question."""


class Sign(Record):
    """One thing that one person showed about one paper."""

    paper: str
    """Base id."""
    person: str
    """Keyed hash, never a name."""
    kind: Kind
    at: float = 0.0
    """Seconds since 1970; 0 where nobody noted it."""


class Foretold(Record):
    """What was foretold of a paper when a digest showed it.

    Votes on the paper are judged by that.
    """

    slot: str
    """Which digest: papers of one digest are compared with each other."""
    pull: float = 0.0
    """How strongly the taste of that day drew it, before its weight (see `Lesson.pulls`)."""
    surprise: bool = False
    """It was shown in the place for what the taste would not have picked."""


class LikedPaper(Record):
    """The paper that explains why the taste moved another one."""

    id: str
    title: str
    people: int
    """Who showed it."""
    how: Literal["liked", "saved", "used", "disliked"]
    """used: a deep dive or question was asked for."""


class ScoreShift(Record):
    """By how much the taste moved a score, and for which paper's sake."""

    by: int
    like: LikedPaper | None = None


class Lesson(Record):
    """What a channel's taste says of one day's papers.

    Taken once for a run and kept with it.
    """

    weight: float = 0.0
    """The weight that the taste has earned: 0, 1/4, 1/2 or 1."""
    pulls: dict[str, float] = Field(default_factory=dict)
    """Base id -> how strongly the taste draws it, in deviations of the day's papers; below 0: it would rather not."""
    likes: dict[str, LikedPaper] = Field(default_factory=dict)
    """Base id -> the paper for whose sake, for those near the top."""
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    """Titles that a model is told."""
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    """Words that say most for a paper, and against it."""

    def moves(self, paper: str, most: float) -> int:
        """Points by which the taste moves this paper's score: at most `most` up or down."""
        return round(self.weight * most * tanh(self.pulls.get(paper, 0.0)))
