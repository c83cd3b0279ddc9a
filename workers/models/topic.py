"""A proposal for a profile, and what it would have picked."""

from datetime import date

from workers.models.record import LOCAL, Record


class Topic(Record):
    """A proposal for a profile, to be corrected by the team before anything is saved."""

    title: str
    persona: str
    audience: str
    interests: tuple[str, ...]
    sources: tuple[str, ...]
    by: str = LOCAL
    """Model id, or LOCAL where the words were taken as written."""
    error: str | None = None
    """Class of failure where a model is there and could not be used."""


class PreviewPaper(Record):
    """One paper of a preview."""

    id: str
    title: str
    score: int | None
    why: str
    local: bool = False
    """True where the local ranker's number stands in for a model's, or there is no model."""


class SourceFault(Record):
    """A source that could not be read."""

    source: str
    kind: str
    """Class of the failure, as in the receipt."""
    why: str
    """What went wrong, in one sentence for the operator."""


class Preview(Record):
    """The best papers that a profile would have picked from the latest lists."""

    papers: tuple[PreviewPaper, ...]
    candidates: int
    min_score: int
    days: tuple[date, ...] = ()
    """List days that were read, oldest first."""
    failed: tuple[SourceFault, ...] = ()
