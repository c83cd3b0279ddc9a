"""The record of a paper's text as read, and how foreign text is cleaned.

Paragraph ids are anchors: LaTeXML's own (`S3.SS2.p1`, on arxiv.org after `#`), or `p4.2` for the second paragraph of
page 4 of a PDF. Where one LaTeXML paragraph is interrupted by a list, its later pieces are `S3.p1.b2`, `S3.p1.b3`.
"""

import gc
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pydantic import Field, field_validator

from workers.models import Phrase, ReadFrom, Record
from workers.reading.injection import addresses_model, phrase_of

MIN_WORDS = 80
"""Words below which a text is too short to tell its language (an abstract has 100 to 300)."""

ENGLISH_SHARE = 0.12
"""Least share of FUNCTION_WORDS among the words of an English text: papers have .20 to .30, others < .06."""

WIDE_SHARE = 0.10
"""Share of CJK, Hangul, Cyrillic, Arabic, … letters above which a text is not English."""

LANGUAGE_CHARS = 5_000
"""Characters looked at to tell the language."""

PLACES = 5
"""Places named in a note, and phrases kept."""

TITLE, APART, HIDDEN = "title", "apart", "hidden"
"""`Phrase.where` beside the sections' titles: the paper's title, its front matter or references, text not shown."""

ZERO_WIDTH_RUN = 8
"""Invisible characters in a row that carry a message (one byte in binary); typesetting never needs so many."""

FUNCTION_WORDS = frozenset(
    ("the", "of", "and", "to", "in", "is", "we", "for", "that", "with", "are", "this", "on", "by", "as", "be", "from")
)
"""The commonest words of English papers."""

_GONE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U0010ffff]+"
)
_SMUGGLED = re.compile(
    f"[\U000e0020-\U000e007e]{{3,}}|[\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]{{{ZERO_WIDTH_RUN},}}"
)
_CARRIERS = "\u200b\u200c\u200d\u200e\u200f\u2060\u2063\ufe00\ufe0f\ufeff\U000e0101\U000e0020\U000e0061\U000e0065"
"""One of them is in every smuggled message: the usual invisible characters, tag letters a, e and space."""

_LABEL = re.compile(
    r"(?:(?:Extended Data|Supplementary) )?(?:Figure|Fig\.?|FIGURE|FIG\.?|Table|TABLE|Tab\.?)\s*[\w.-]*\w"
)
_HIGH = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_HIGHS = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_FOREIGN = re.compile("[\u0400-\u06ff\u0900-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Paragraph(Record):
    """One paragraph, list item, footnote or table row."""

    id: str
    text: str
    page: int | None = None
    """Page of the PDF, from 1; None for HTML."""


class Section(Record):
    """One section or subsection with the paragraphs that stand directly in it."""

    id: str
    title: str
    level: int = 1
    """1 section, 2 subsection, …"""
    appendix: bool = False
    paragraphs: tuple[Paragraph, ...] = ()


class Figure(Record):
    """A figure's caption and, from HTML, the address of its first image."""

    id: str
    caption: str
    """With its label, and the captions of its panels after its own."""
    label: str = ""
    """`Figure 1`, as the paper writes it."""
    image: str | None = None
    alt: str = ""
    """The paper's own words for the image, for those who cannot see it."""
    images: int = 0
    """How many images it is made of; more than one are panels."""
    section: str = ""
    """Id of the section it stands in."""
    page: int | None = None


class Cell(Record):
    """One cell of a table with the column it stands in."""

    column: str = ""
    """Its header, lines of it joined by ` / ` (`BLEU / EN-DE`); '' where the column has none."""
    text: str
    """`–` where the cell is empty."""


class TableRow(Paragraph):
    """One row of a table; `text` is its line: `Table 2, row "Ours": EN-DE BLEU 28.4`."""

    label: str = ""
    """What names the row: its group and its row headers, joined by ` / `; '' where nothing does."""
    cells: tuple[Cell, ...] = ()
    """All cells but the row's headers, in order; () in a text kept by an older version."""


class Table(Record):
    """A table's caption and its rows."""

    id: str
    caption: str
    rows: tuple[TableRow, ...] = ()
    section: str = ""
    page: int | None = None
    label: str = ""
    """`Table 2`, as the paper writes it."""
    sure: bool = True
    """False where the grid was guessed from a PDF's looks: the rows keep their plain words, cells may be wrong."""
    after: str | None = None
    """Id of the paragraph of `section` that it stands after, '' for the section's begin; None where not known."""

    @field_validator("rows", mode="before")
    @classmethod
    def _as_rows(cls, rows: Iterable[object]) -> tuple[object, ...]:
        """A bare paragraph is a row without cells."""
        return tuple(TableRow(**dict(row)) if type(row) is Paragraph else row for row in rows)


MAX_REFERENCES = 100_000
"""Characters of a bibliography that are kept: about 500 entries."""


class PaperText(Record):
    """What was read of one paper. Kept by `model_dump_json`, `model_validate_json`."""

    ref: str
    """Id and the version read (2601.17058v2); without version where nothing told it; a file's name for a file."""
    read_from: ReadFrom
    title: str = ""
    authors: tuple[str, ...] = ()
    """As the record has them, else as far as the page tells."""
    abstract: str = ""
    sections: tuple[Section, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    bibliography: int = 0
    """Entries of the bibliography, whose text is in no section."""
    references: str = Field(default="", max_length=MAX_REFERENCES)
    """The text of the bibliography, for looking up which papers it names; never quoted."""
    pages: int | None = None
    """Pages of the PDF."""
    license: str | None = None
    """Licence URL of this version, where it is known."""
    flags: tuple[str, ...] = ()
    """Sorted. hidden_text, addresses_model (neither is an accusation), withdrawn, not_english, scanned, long,
    truncated, no_html, conversion_failed, no_pdf, encrypted, broken, timed_out, too_large, fetch_failed."""
    notes: tuple[str, ...] = Field(default=(), max_length=50)
    """English sentences that say more about the flags; never a word of the paper."""
    phrases: tuple[Phrase, ...] = ()
    """What addresses a language model, with its place, where `flags` says that something does."""
    coverage: float = Field(default=1.0, ge=0, le=1)
    """Characters read over characters of the article, references and furniture not counted."""
    missing: tuple[str, ...] = ()
    """What was not read: `pages 10-15`, `Appendix B`, `Section 6`."""

    @property
    def body_chars(self) -> int:
        """Characters in all that may be quoted, without the abstract."""
        return sum(len(p.text) for _, p in self.paragraphs()) - len(self.abstract)

    def paragraphs(self) -> Iterator[tuple[str, Paragraph]]:
        """Yield (section title, paragraph) of all that may be quoted, in reading order.

        A table comes with its caption where it stands; figures' captions, and tables whose place is not known, last."""
        placed: dict[tuple[str, str], list[Table]] = {}
        for table in self.tables:
            if table.after is not None:
                placed.setdefault((table.section, table.after), []).append(table)
        if self.abstract:
            yield "Abstract", Paragraph(id="abstract", text=self.abstract)
        for section in self.sections:
            yield from _tables(placed.pop((section.id, ""), ()), section.title)
            for paragraph in section.paragraphs:
                yield section.title, paragraph
                if placed:
                    yield from _tables(placed.pop((section.id, paragraph.id), ()), section.title)
        titles = {s.id: s.title for s in self.sections}
        for figure in self.figures:
            yield titles.get(figure.section, ""), Paragraph(id=figure.id, text=figure.caption, page=figure.page)
        lost = {id(table) for tables in placed.values() for table in tables}
        for table in self.tables:
            if table.after is None or id(table) in lost:
                yield from _tables((table,), titles.get(table.section, ""))

    def labelled(self, flags: Iterable[str] = (), notes: Iterable[str] = ()) -> "PaperText":
        """The same text with more flags and notes."""
        merged = tuple(sorted({*self.flags, *flags}))
        return self.model_copy(update={"flags": merged, "notes": tuple(dict.fromkeys((*self.notes, *notes)))[:50]})


def _tables(tables: Iterable[Table], where: str) -> Iterator[tuple[str, Paragraph]]:
    """Caption and rows of `tables`, which stand in the section `where`."""
    for table in tables:
        if table.caption:
            yield where, Paragraph(id=table.id, text=table.caption, page=table.page)
        for row in table.rows:
            yield where, row


@contextmanager
def without_collector() -> Iterator[None]:
    """Hold Python's search for cycles while a paper is taken apart.

    Many small things and no cycles are made; each search goes through every import: a tenth of a paper's time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def clean(text: str) -> str:
    """Return `text` in NFKC on one line, without characters that nobody sees.

    Zero-width, bidi, tags, soft hyphens, controls. Superscripts become `^2` first: NFKC would turn 10⁻³ into 10−3."""
    if text.isascii():
        if text.isprintable() and "  " not in text:
            return text.strip()
        text = " ".join(text.split())
        if text.isprintable():
            return text
    text = _GONE.sub("", text)
    if not text.isascii():
        text = _HIGHS.sub(lambda m: "^" + m[0].translate(_HIGH), text)
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.split())


def smuggled(text: str) -> str:
    """Decode tag characters in `text`; else name a long run of unseen ones, or ''."""
    runs = _SMUGGLED.findall(text) if not text.isascii() and any(map(text.__contains__, _CARRIERS)) else []
    found = "".join(chr(ord(c) - 0xE0000) for run in runs for c in run if "\U000e0020" <= c <= "\U000e007e")
    return found or ("invisible characters" if runs else "")


def is_english(text: str) -> bool:
    """Tell whether `text` is in English, or too short to tell."""
    sample = text[:LANGUAGE_CHARS].lower()
    foreign = 0 if sample.isascii() or len(sample) <= MIN_WORDS else len(_FOREIGN.findall(sample))
    if foreign and foreign > WIDE_SHARE * sum(map(str.isalpha, sample)):
        return False
    words = [word for word in sample.split() if word.isalpha() or word[:-1].isalpha()]
    return len(words) < MIN_WORDS or sum(map(FUNCTION_WORDS.__contains__, words)) >= ENGLISH_SHARE * len(words)


def screened(text: PaperText, hidden: Iterable[str] = (), apart: str = "") -> PaperText:
    """Label `text` for its language, hidden text and phrases that address a model.

    `hidden`: pieces left out; `apart`: clean, not quoted text (front matter, references), searched for phrases, too."""
    pieces = [piece for piece in map(clean, hidden) if any(c.isalnum() for c in piece)]
    quotable = [(p.id, title, clean(p.text) if p.id == "abstract" else p.text) for title, p in text.paragraphs()]
    whole = "\n".join([words for _, _, words in quotable])
    spoken = [row for row in quotable if addresses_model(row[2])] if addresses_model(whole) else []
    apartly = [("the title", TITLE, text.title), ("the front matter or references", APART, apart)]
    spoken += [row for row in apartly if addresses_model(row[2])]
    where = [name for name, _, _ in spoken]
    phrases = [Phrase(words=phrase_of(words), where=place) for _, place, words in spoken[:PLACES]]
    if addresses_model(" ".join(pieces)):
        where.append("the hidden text")
        phrases.append(Phrase(where=HIDDEN))
    flags, notes = set[str](), []
    if pieces:
        flags.add("hidden_text")
        notes.append(f"Hidden text found and left out: {sum(map(len, pieces))} characters.")
    if where:
        flags.add("addresses_model")
        notes.append(f"A phrase that addresses a language model stands in {', '.join(where[:PLACES])}.")
    if not is_english(whole):
        flags.add("not_english")
    phrases = [phrase for phrase in phrases if phrase not in text.phrases]
    return text.model_copy(update={"phrases": (*text.phrases, *phrases)[:PLACES]}).labelled(flags, notes)


def label_of(caption: str) -> str:
    """`Figure 1` of `Figure 1: Overview.`; '' where the caption has none."""
    m = _LABEL.match(caption)
    return m[0] if m else ""
