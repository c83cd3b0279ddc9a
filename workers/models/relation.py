"""How a new pick relates to a paper that its channel has seen.

Only what can be checked.
"""

from datetime import date
from typing import Literal

from workers.models.record import Record


class Relation(Record):
    """One relation of a new paper to one that the channel has seen.

    `how`: the authors' comment calls it a version of the other; its bibliography names the other; both have a number of
    their own on one benchmark; both have the same last, or first, author.
    """

    how: Literal["version", "cites", "benchmark", "last", "first"]
    title: str
    """The other paper's, as people read it."""
    date: date
    """Local day on which the channel saw it."""
    url: str
    """The message here, else the paper's page."""
    author: str = ""
    """Who wrote both, as the new paper has the name."""
    benchmark: str = ""
    """What both measured, and on what: `PSNR, Set5`."""
    here: str = ""
    """The new paper's number on it, as the paper writes it."""
    there: str = ""
    """The other's."""
