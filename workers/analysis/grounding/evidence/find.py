"""Finds a statement's evidence: a quoted passage, or a table cell."""

import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from workers.analysis.grounding.evidence.index import Index, Location
from workers.analysis.grounding.numbers.read import NAME, Number, placed, plainly
from workers.analysis.grounding.text.lexicon import COMMON_NAMES
from workers.analysis.grounding.text.normalize import normalize
from workers.analysis.grounding.text.sentences import spans
from workers.analysis.grounding.text.terms import Term, keys_of, names_of, squeezed, stem, terms
from workers.models.deepdive import Evidence
from workers.reading.text import Table, TableRow

_DEFINED = re.compile(r"(?P<words>(?:[A-Za-z-]+ ){1,6})\((?P<short>[A-Z]{2,6})\)")
_PROPOSED = re.compile(r"(?:propose|introduce|present|develop|call(?:ed)?|named)\b[^.]{0,80}")
OWN_WORDS, OWN_PARAGRAPHS = 4, 14
"""A title's part before a colon with fewer words is a name; paragraphs in which a paper says what it proposes."""

EMPTY = "–"
"""Text of a cell in which nothing stands."""


@dataclass(frozen=True)
class Found:
    """One place that was found for a statement."""

    place: Location
    words: str
    """What is shown: the quoted words; a cell's text."""
    scope: tuple[int, ...]
    """Paragraphs whose numbers count for the statement: those it stands in, or its whole table."""
    table: str = ""
    row: str = ""
    column: str = ""
    added: bool = False
    """True where code found it, and not the writer."""

    def record(self, anchors: dict[str, str]) -> Evidence:
        """As it is kept."""
        p = self.place
        return Evidence(
            quote=self.words, paragraph=p.paragraph, where=p.section, anchor=anchors.get(p.paragraph, ""), page=p.page,
            table=self.table, row=self.row, column=self.column,
        )  # fmt: skip


@dataclass(frozen=True)
class Mention:
    """One number of the paper where it stands."""

    paragraph: int
    at: int
    """Place in the paragraph's plain text."""
    number: Number


class Facts:
    """The numbers, sentences and tables of one paper, for the checks of meaning.

    Everything is made when asked for.
    """

    def __init__(self, index: Index) -> None:
        self.index = index
        self.ids = {p.id: k for k, (_, p) in enumerate(index.paragraphs)}
        self._terms = dict[tuple[int, int, int], list[Term]]()
        self._plain = dict[int, str]()
        self._around = dict[tuple[int, int], set[str]]()
        self._heads = dict[str, set[str]]()
        self._spans = dict[int, list[tuple[int, int]]]()

    def plain(self, k: int) -> str:
        """Paragraph `k` as its numbers are read."""
        if k not in self._plain:
            self._plain[k] = plainly(self.index.paragraphs[k][1].text)
        return self._plain[k]

    @cached_property
    def numbers(self) -> list[list[tuple[int, Number]]]:
        """Numbers of each paragraph, with their places in its plain text."""
        plains = (self.plain(k) for k in range(len(self.index.paragraphs)))
        return [placed(NAME.sub(lambda m: "x" * len(m[0]), plain)) for plain in plains]

    @cached_property
    def mentions(self) -> dict[str, list[Mention]]:
        """Value without its % -> where it stands: `85%` is under 85."""
        out: dict[str, list[Mention]] = {}
        for k, row in enumerate(self.numbers):
            for at, number in row:
                out.setdefault(number.value.removesuffix("%"), []).append(Mention(k, at, number))
        return out

    @cached_property
    def own(self) -> frozenset[str]:
        """Squeezed names of the paper's own work: of its title, and of what it proposes."""
        head, colon, _ = self.index.text.title.partition(":")
        short = bool(colon) and len(head.split()) < OWN_WORDS
        out = {squeezed(t.words) for t in terms(f". x {head}" if short else head) if t.name}
        for _, p in self.index.paragraphs[:OWN_PARAGRAPHS]:
            for m in _PROPOSED.finditer(p.text):
                out |= {squeezed(t.words) for t in names_of(terms(f". x {m[0]}"))[:1]}
        return frozenset(out - COMMON_NAMES - {""})

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Id of a caption or row -> its table."""
        return {id: t for t in self.index.text.tables for id in (t.id, *(row.id for row in t.rows))}

    def in_table(self, k: int) -> bool:
        """True where paragraph `k` is a row or the caption of a table."""
        return self.index.paragraphs[k][1].id in self.tables

    @cached_property
    def rows(self) -> dict[str, TableRow]:
        """Id -> row."""
        return {row.id: row for t in self.index.text.tables for row in t.rows}

    def sentence(self, k: int, at: int) -> tuple[int, int]:
        """The sentence of paragraph `k` in which `at` lies."""
        return next(((a, b) for a, b in self.spans(k) if a <= at < b), (0, len(self.plain(k))))

    def spans(self, k: int) -> list[tuple[int, int]]:
        """The sentences of paragraph `k`."""
        if k not in self._spans:
            self._spans[k] = spans(self.plain(k))
        return self._spans[k]

    def terms(self, k: int, start: int = 0, end: int | None = None) -> list[Term]:
        """Telling words of a part of paragraph `k`."""
        end = len(self.plain(k)) if end is None else end
        if (k, start, end) not in self._terms:
            self._terms[k, start, end] = terms(self.plain(k)[start:end])
        return self._terms[k, start, end]

    def around(self, mention: Mention) -> set[str]:
        """Stems near a number: of its section's title and its sentence.

        In a table, of its row, the caption and the header instead of the sentence.
        """
        k = mention.paragraph
        table = self.tables.get(self.index.paragraphs[k][1].id)
        start, end = (0, len(self.plain(k))) if table else self.sentence(k, mention.at)
        if (k, start) not in self._around:
            keys = keys_of(terms(self.index.paragraphs[k][0])) | keys_of(self.terms(k, start, end))
            self._around[k, start] = keys | (self._head(table) if table else set())
        return self._around[k, start]

    def _head(self, table: Table) -> set[str]:
        if table.id not in self._heads:
            columns = {c.column for row in table.rows for c in row.cells}
            first = [row.text for row in table.rows[:2]] if not columns else []
            self._heads[table.id] = keys_of(terms(" . ".join([table.caption, *columns, *first])))
        return self._heads[table.id]

    @cached_property
    def aliases(self) -> dict[str, set[str]]:
        """Abbreviation -> stems of the words that the paper says it stands for.

        For example, "computer science (CS)".
        """
        out: dict[str, set[str]] = {}
        for _, p in self.index.paragraphs:
            for m in _DEFINED.finditer(p.text):
                words = m["words"].split()[-len(m["short"]) :]
                if [w[0].lower() for w in words] == list(m["short"].lower()):
                    out[squeezed(m["short"])] = {stem(w) for w in words}
        return out

    @cached_property
    def sizes(self) -> list[tuple[float, str]]:
        """Sorted (size, value) of all numbers, for what is about so much."""
        out = list[tuple[float, str]]()
        for value in self.mentions:
            with suppress(ValueError):
                out.append((abs(float(value)), value))
        return sorted(out)

    @cached_property
    def words(self) -> str:
        """The whole paper, title and section titles, squeezed: for looking names up."""
        titles = " ".join(s.title for s in self.index.text.sections)
        return (
            normalize(f"{self.index.text.title} {titles} {' '.join(self.index.text.authors)} ")[0] + self.index.stream
        )
