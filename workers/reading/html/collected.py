"""Collects sections, figures and tables during the walk through a page."""

from dataclasses import dataclass, field

from workers.reading.text import Figure, Paragraph, Section, Table, clean


@dataclass
class Collected:
    """What was found so far."""

    url: str
    """Where the page came from; '' for a file."""
    base: str
    """What relative addresses of images are resolved against."""
    ref: str = ""
    """Id and version of the paper, as far as it is known."""
    sections: list[Section] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    open: list[Paragraph] = field(default_factory=list)
    """Paragraphs of the section that is being read."""
    ids: set[str] = field(default_factory=set)
    apart: list[str] = field(default_factory=list)
    """Front matter and references, which are in no section."""
    section: str = ""
    lead: str = ""
    """A run-in title (Theorem 1.) that waits for its paragraph."""

    chars: int = 0
    """Characters read so far."""
    apart_chars: int = 0
    """Characters that are no text of the article: what stands in figures."""

    def count(self, text: str) -> None:
        """`text` was read."""
        self.chars += len(clean(text)) + 1

    def last(self) -> str:
        """Id of the paragraph read last in this section; '' where it has none yet."""
        return self.open[-1].id if self.open else ""

    def add(self, id: str, text: str) -> None:
        """Add a paragraph to the section that is being read, unless it is empty."""
        text = clean(text)
        if text:
            self.chars += len(text) + 1
            text, self.lead = f"{self.lead} {text}".lstrip(), ""
            self.open.append(Paragraph(id=self.unique(id), text=text))

    def unique(self, id: str) -> str:
        """`id`, or `id.b2`, `id.b3` … where it is taken."""
        name, k = id or f"{self.section or 'x'}.x", 1
        while name in self.ids:
            k += 1
            name = f"{id or 'x'}.b{k}"
        self.ids.add(name)
        return name
