"""Dates at which models end, as their vendor has published them.

Source: the list of deprecated models in the vendor's Python SDK 2.14.0, read on `AS_OF`. A model that is not here has
no published end, or one that was published since.
"""

from datetime import date

from workers.analysis.prices import family

AS_OF = date(2026, 11, 29)
"""Day on which the table was last compared with its source."""

ENDS = {
    "claude-mythos-preview": date(2026, 6, 30),
    "claude-sonnet-4-5": date(2026, 11, 30),
    "claude-opus-4-5": date(2027, 1, 22),
}
"""Model id -> its last day."""


def ends(model: str) -> date | None:
    """The last day of a model, or None where none is known.

    A dated id ends with its family.
    """
    return ENDS.get(model) or ENDS.get(family(model))
