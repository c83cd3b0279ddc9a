"""A source's list of papers, and the tidying of its text."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from workers.models import Paper
from workers.paper_ids.paper_key import made

MAX_TITLE, MAX_ABSTRACT = 1_000, 20_000
"""Characters kept; the longest real ones seen are about 300 and 1,922."""

MAX_AUTHORS = 5_000
"""Names kept: the largest collaborations sign with about 3,000."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Listing:
    """One list as a source gave it."""

    papers: tuple[Paper, ...] = ()
    listed: int = 0
    """Papers on the list, those without a usable id or title included."""
    skipped: int = 0
    """Entries without a usable id or title."""
    label: date | None = None
    """The day that the list bears: a label, not a promise (arXiv's feed may carry tomorrow's papers)."""
    again: date | None = None
    """The day whose list this is once more: its papers are left out."""

    def dump(self) -> dict[str, Any]:
        """As JSON, for keeping."""
        return {
            "papers": [p.model_dump(mode="json", exclude_defaults=True) for p in self.papers],
            "listed": self.listed,
            "skipped": self.skipped,
            "label": self.label.isoformat() if self.label else None,
            "again": self.again.isoformat() if self.again else None,
        }

    @classmethod
    def load(cls, kept: dict[str, Any]) -> "Listing":
        """From what `dump` gave."""
        label = date.fromisoformat(kept["label"]) if kept["label"] else None
        papers = tuple(Paper.model_validate(p) for p in kept["papers"])
        again = date.fromisoformat(kept["again"]) if kept.get("again") else None
        return cls(papers, kept["listed"], kept["skipped"], label, again)


def tidy(text: object, limit: int) -> str:
    """`text` in one line, at most `limit` characters; "" for what is no text.

    Without control characters and lone surrogates.
    """
    return " ".join(_UNPRINTABLE.sub("", text[: 4 * limit]).split())[:limit] if isinstance(text, str) else ""


def doi_in(text: object) -> str | None:
    """The DOI that a record gives, in lower case; None where it gives none.

    The first where it gives several.
    """
    first = tidy(text, MAX_TITLE).lower().partition(" ")[0].rstrip(",;")
    return first if made("doi", first) else None


def moment(text: object) -> datetime | None:
    """The UTC time that an ISO 8601 text gives, or None."""
    try:
        when = datetime.fromisoformat(text) if isinstance(text, str) else None
        return (when.replace(tzinfo=when.tzinfo or UTC)).astimezone(UTC) if when else None
    except (ValueError, OverflowError):
        return None
