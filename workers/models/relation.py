"""How a new pick relates to a paper that its channel has seen.

Only what can be checked.
"""

from datetime import date
from typing import Literal

from workers.models.record import Record


class Relation(Record):
    """One relation of a new paper to one that the channel has seen.

    `how`: the new paper's bibliography names the other; both have the same last, or first, author.
    """

    how: Literal["cites", "last", "first"]
    title: str
    """The other paper's, as people read it."""
    date: date
    """Local day on which the channel saw it."""
    url: str
    """The message here, else the paper's page."""
    author: str = ""
    """Who wrote both, as the new paper has the name."""
