"""What a channel's round-up tells of a week or a month."""

from datetime import date
from typing import Literal

from workers.models.record import Record

Why = Literal["liked", "discussed", "saved", "missed"]


class RoundupPaper(Record):
    """One paper of it, and for what."""

    why: Why
    title: str
    """As people read it."""
    url: str
    """Where it leads: the message here, else the paper's page."""
    n: int = 0
    """Likes (less dislikes), questions, or people who saved it; of what was missed its score."""


class Roundup(Record):
    """A week's or a month's."""

    first: date
    last: date
    papers: int = 0
    """Papers that were posted."""
    questions: int = 0
    votes: int = 0
    lines: tuple[RoundupPaper, ...] = ()
