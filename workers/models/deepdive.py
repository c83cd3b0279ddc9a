"""Records of a deep dive: statements, evidence, what is known of the reading."""

from typing import Literal

from pydantic import Field

from workers.models.record import LOCAL, Record

ReadFrom = Literal["html", "pdf", "abstract"]
SectionName = Literal["contribution", "methodology", "results", "takeaway", "limitations", "ideas"]

SECTIONS: tuple[SectionName, ...] = ("contribution", "methodology", "results", "takeaway", "limitations", "ideas")
"""The parts of a deep dive, in order; `results` are rows (see `ResultRow`), the others statements."""

CORE_SECTIONS: tuple[SectionName, ...] = ("contribution", "methodology", "takeaway", "limitations")
"""Those that every analysis has, also one of before there were results and ideas."""

Judged = Literal["supported", "partly", "contradicted", "absent"]
"""What a second model says of a statement beside its evidence; absent: the evidence does not speak of it."""

Operation = Literal["+", "-", "*", "/", "%", "ratio", "percent_change", "diff_points", "sum", "mean", "count"]
"""How a number was computed of numbers that the paper has: see `analysis.derive`."""


class Evidence(Record):
    """One place of the paper that a statement rests on. Found by code.

    It is a quoted passage or a table cell.
    """

    quote: str
    """Words of the paper, letter for letter; a table cell's text."""
    paragraph: str
    """Id of the paragraph that the quote begins in (`S3.SS2.p1`, `p4.2`, `abstract`), or of the table row."""
    where: str = ""
    """Title of its section."""
    anchor: str = ""
    """Id of its section: after `#`, a place on arXiv's HTML page; empty for a PDF and the abstract."""
    page: int | None = None
    """Page of the PDF, from 1."""
    table: str = ""
    """`Table 2`, for a table cell; empty for a passage."""
    row: str = ""
    """Header of the cell's row."""
    column: str = ""
    """Header of the cell's column, joined with " / "."""


class Derived(Record):
    """A number that code has computed again of numbers that the paper states.

    The paper does not state the number itself.
    """

    value: str
    """As the statement says it."""
    op: Operation
    operands: tuple[str, ...]
    """Numbers as the paper has them, in order."""


class Statement(Record):
    """One statement of a deep dive and where in the paper it stands.

    All places were found by code.
    """

    section: SectionName
    text: str = ""
    """Markdown in the profile's language; empty where the paper's own words stand alone."""
    quote: str = ""
    """Words of the paper, letter for letter; empty: our reading, which no passage was quoted for."""
    paragraph: str = ""
    """Id of the paragraph that the quote begins in (`S3.SS2.p1`, `p4.2`, `abstract`)."""
    where: str = ""
    """Title of its section."""
    anchor: str = ""
    """Id of its section: after `#`, a place on arXiv's HTML page; empty for a PDF and the abstract."""
    page: int | None = None
    """Page of the PDF, from 1."""
    lead: str = ""
    """Two to six words that say what it is about, shown in bold before it."""
    evidence: tuple[Evidence, ...] = ()
    """All places, one to three; `quote`, `paragraph`, `where`, `anchor` and `page` are the first one's."""
    derived: tuple[Derived, ...] = ()
    """Numbers of `text` that were computed."""
    verdict: Judged | None = None
    """What the judge says; None: not asked."""
    suspect: tuple[str, ...] = ()
    """Names of the checks of meaning that fired (see `analysis.meaning`): shown with a label, not as checked."""


class ResultRow(Record):
    """One result of the paper, its numbers found in table cells or quotes."""

    what: str
    """What was measured: `BLEU`, `Recall@20`."""
    ours: str
    """The paper's own value, as the paper writes it."""
    other: str = ""
    """The best value it is compared with; empty where there is none."""
    other_name: str = ""
    """Whose value that is."""
    dataset: str = ""
    evidence: tuple[Evidence, ...] = ()
    suspect: tuple[str, ...] = ()
    """As a statement's."""


class ReadAdvice(Record):
    """Whether the paper is worth this audience's time."""

    action: Literal["read", "skim", "skip"]
    section: str = ""
    """The section to skim, as the paper numbers it."""
    why: str


class FirstFigure(Record):
    """A paper's first figure.

    It is shown where its licence allows that, with credit; else only linked.
    """

    label: str
    """`Figure 1`."""
    caption: str = ""
    image: str = ""
    """Address of the image; empty where it may not be shown or there is none."""
    credit: str = ""
    """Authors, title, licence."""
    anchor: str = ""
    """Its id on arXiv's HTML page."""
    page: int | None = None
    """Its page of the PDF, from 1."""


class Phrase(Record):
    """Words of a paper that address a language model, and where they stand."""

    words: str = ""
    """Letter for letter, cut; empty where no reader of the paper sees them."""
    where: str = ""
    """Title of the section, or a name of `reading.text` (title, apart, hidden)."""


class Grounds(Record):
    """What a deep dive rests on, as code found it."""

    ref: str
    """Id and version read: 2601.17058v2."""
    sections: int = 0
    """Top-level sections of the paper, references not counted."""
    sections_read: int = 0
    left_out: tuple[str, ...] = ()
    """Titles of sections, or parts of them, that the token limit left no room for."""
    quotes: int = 0
    """Quotes given, those of statements left out included."""
    quotes_found: int = 0
    numbers: int = 0
    """Numbers in statements, those left out included."""
    numbers_found: int = 0
    dropped: int = 0
    """Statements left out because a quote or number of theirs is not in the paper."""
    failed: tuple[str, ...] = ()
    """Checks of the publish gate that what is shown does not pass: quotes, numbers, sections."""
    repaired: bool = False
    """True where the model was asked once more for statements that were not found."""
    metrics: dict[str, float] = Field(default_factory=dict)
    """Of what is shown: see `analysis.grounding.Metrics.document`."""
    flags: tuple[str, ...] = ()
    """`PaperText.flags`: hidden_text, addresses_model, scanned, not_english, withdrawn, fetch_failed, …"""
    phrases: tuple[Phrase, ...] = ()
    """What addresses a language model, where `flags` says that something does."""
    license: str | None = None
    """Licence URL of the version read, where it is known."""
    licence: str = ""
    """Its name: `CC BY 4.0`."""
    figure: FirstFigure | None = None
    coverage: float = 1.0
    """Characters read over characters of the article, 0 to 1."""
    missing: tuple[str, ...] = ()
    """Sections or pages that were not read: `pages 10-15`, `Appendix B`."""
    judged: int = 0
    """Statements that were put before the judge."""
    checks: tuple[str, ...] = ()
    """Names of the checks that ran: quotes, numbers, names, judge."""
    unchecked: int = 0
    """Statements left out because they could not be checked by program."""


class Analysis(Record):
    """The sections of a deep dive, and the statements they are made of.

    Each section is Markdown in the profile's language.
    """

    id: str
    version: int | None = None
    contribution: str
    methodology: str
    takeaway: str
    limitations: str
    ideas: str = ""
    """What this audience could try: ours, nothing that the paper says."""
    results: tuple[ResultRow, ...] = ()
    verdict: ReadAdvice | None = None
    by: str = LOCAL
    """Model id, or `local` for the extractive analyst."""
    read: ReadFrom = "abstract"
    """What it was written from."""
    error: str | None = None
    """Why a model did not write it (class of failure), where one was asked."""
    statements: tuple[Statement, ...] = ()
    """In the order of the sections; empty in analyses of before statements were kept apart."""
    grounds: Grounds | None = None

    @property
    def extracted(self) -> bool:
        """True where sentences were taken from the paper and no model wrote."""
        return self.by == LOCAL
