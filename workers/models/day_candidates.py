"""What a digest chose from: kept for a while, for questions about the day."""

from datetime import date

from workers.models.record import Record


class Candidate(Record):
    """One paper that a digest looked at, and what was decided of it."""

    id: str
    """Base id."""
    version: int | None = None
    title: str
    """As people read it."""
    abstract: str = ""
    score: int | None = None
    """0-100, the local ranker's where `local`; None where it could not be scored."""
    local: bool = False
    why: str = ""
    matched: tuple[str, ...] = ()
    number: int = 0
    """Its place in the digest, from 1; 0: not picked."""

    @property
    def name(self) -> str:
        """`2. A Title` of a pick, else the title."""
        return f"{self.number}. {self.title}" if self.number else self.title


class Day(Record):
    """One digest's candidates, the picks first and then by score."""

    date: date
    title: str
    """The digest's own."""
    min_score: int
    candidates: tuple[Candidate, ...] = ()
    whole: bool = True
    """False where only the picks are known (any more)."""
