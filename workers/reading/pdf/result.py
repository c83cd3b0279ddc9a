"""What the lines of a PDF came to."""

from collections import Counter
from dataclasses import dataclass, field

from workers.reading.text import Figure, Section, Table


@dataclass
class Layout:
    """What the lines came to."""

    title: str = ""
    abstract: str = ""
    sections: list[Section] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    bibliography: int = 0
    references: str = ""
    apart: str = ""
    """Front matter and references, which are in no section."""
    lost: Counter[int] = field(default_factory=Counter)
    """Page -> characters of the article on it that are in nothing of this."""
    stamp: str = ""
    """arXiv's stamp at the side of page 1: id, version and date."""
