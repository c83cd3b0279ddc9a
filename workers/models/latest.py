"""What lists of channels tell of a digest: all but its papers' texts."""

from datetime import date, datetime

from workers.models import Digest, EmptyWhy, Receipt
from workers.models.record import Record


class Latest(Record):
    """A digest without the texts of its papers, a twentieth of its size."""

    slot: str
    date: date
    profile: str
    language: str
    picks: tuple[str, ...] = ()
    """Ids of the papers."""
    empty: EmptyWhy | None = None
    receipt: Receipt = Receipt()
    made: datetime | None = None
    """UTC time of composing."""


def latest_of(slot: str, digest: Digest) -> Latest:
    """Sum up the digest of a slot."""
    return Latest(
        slot=slot,
        date=digest.date,
        profile=digest.profile,
        language=digest.language,
        picks=tuple(pick.paper.id for pick in digest.picks),
        empty=digest.empty,
        receipt=digest.receipt,
        made=digest.made,
    )
