"""Schemas of model answers: lenient in form, strict in bounds."""

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, ValidationError

from workers.models import SCORE_MAX, SCORE_MIN

WHY_MAX = 200
"""Characters of a reason; longer ones are cut."""

STATEMENT_MAX, QUOTE_MAX = 3_000, 3_000
"""Characters of a statement and its quote (refused beyond)."""

CELL_MAX, EVIDENCE_MAX, SHORT_MAX = 300, 3, 8
"""Characters of a short field (a cell, a name; refused beyond), places of a statement and items of a list that are
taken."""

STATEMENTS_MAX = 8
"""Statements of a section that are taken; the prompt asks for six at most."""


def _whole(value: Any) -> Any:
    """Take 85.0 and "85" for 85, as small servers write them.

    Anything else stays for the validator to refuse.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and re.fullmatch(r"\s*\d{1,3}\s*", value) else value


def _nothing(value: Any) -> Any:
    """Small servers write null for an empty string."""
    return "" if value is None else value


def _number(value: Any) -> Any:
    """The 3 of 3, "3", "P3" or "[P3]"; 0 for what is none.

    It only tells two equal passages apart.
    """
    found = re.search(r"\d{1,5}", value) if isinstance(value, str) else None
    return int(found.group()) if found else value if isinstance(value, int) else 0


def _few(value: Any) -> Any:
    """A single statement as a list of one; the first STATEMENTS_MAX of more."""
    value = [value] if isinstance(value, dict) else value
    return value[:STATEMENTS_MAX] if isinstance(value, list) else value


def _text(value: Any) -> Any:
    """Nothing as "", a number as it is written."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _short(value: Any) -> Any:
    """A list of at most SHORT_MAX; a single one as a list of one, null as none."""
    if value is None:
        return []
    return value[:SHORT_MAX] if isinstance(value, list) else [value]


def _fitting(shape: Callable[[], type[BaseModel]]) -> Callable[[Any], Any]:
    """A validator of an optional list: it keeps the items that fit `shape`.

    One that does not fit costs nobody the rest.
    """

    def fits(row: Any) -> bool:
        try:
            shape().model_validate(row)
        except ValidationError:
            return False
        return True

    def kept(value: Any) -> Any:
        rows = _few(value)
        return [row for row in rows if fits(row)] if isinstance(rows, list) else []

    return kept


def _advice(value: Any) -> Any:
    """Advice that fits, else none: the sections do not depend on it."""
    if isinstance(value, AdviceAnswer):
        return value
    try:
        return AdviceAnswer.model_validate(value)
    except ValidationError:
        return None


class ScoreAnswer(BaseModel):
    """What the score prompt asks for.

    Bounds are checked here: the service's grammar knows none.
    """

    score: Annotated[StrictInt, BeforeValidator(_whole), Field(ge=SCORE_MIN, le=SCORE_MAX)]
    why: Annotated[str, Field(min_length=1)]
    matched: list[str]


Text = Annotated[str, BeforeValidator(_text), Field(max_length=CELL_MAX)]
"""A short field: small servers write null for nothing and 27.3 for "27.3"."""


class EvidenceAnswer(BaseModel):
    """One place that a statement rests on: words of one paragraph, or one table cell."""

    quote: Annotated[str, BeforeValidator(_nothing), Field(max_length=QUOTE_MAX)] = ""
    paragraph: Annotated[int, BeforeValidator(_number)] = 0
    table: Text = ""
    row: Text = ""
    column: Text = ""
    value: Text = ""

    @property
    def is_cell(self) -> bool:
        """True where a table cell is cited."""
        return bool(self.table or self.row or self.column) and not self.quote


class DerivedAnswer(BaseModel):
    """A number that was computed: `value` of the numbers in `from`, by `op`."""

    model_config = ConfigDict(populate_by_name=True)

    value: Text
    operands: Annotated[list[Text], BeforeValidator(_short), Field(alias="from")] = []
    op: Text = ""


class ClaimAnswer(BaseModel):
    """One statement of a deep dive. Without evidence, it is the model's own reading.

    A lone `quote` with its `paragraph`, as prompts before asked for, becomes the one evidence; both are empty and 0
    where `evidence` is given.
    """

    text: Annotated[str, Field(min_length=1, max_length=STATEMENT_MAX)]
    lead: Text = ""
    quote: Annotated[str, BeforeValidator(_nothing), Field(max_length=QUOTE_MAX)] = ""
    paragraph: Annotated[int, BeforeValidator(_number)] = 0
    evidence: Annotated[list[EvidenceAnswer], BeforeValidator(_short)] = []
    derived: Annotated[list[DerivedAnswer], BeforeValidator(_short)] = []

    @property
    def grounds(self) -> list[EvidenceAnswer]:
        """All its evidence, that of the lone form included; empty ones left out."""
        lone = [EvidenceAnswer(quote=self.quote, paragraph=self.paragraph)] if self.quote.strip() else []
        return [*lone, *(e for e in self.evidence if e.quote.strip() or e.is_cell)][:EVIDENCE_MAX]


class ResultAnswer(BaseModel):
    """One row of the results."""

    what: Text
    ours: Text
    other: Text = ""
    other_name: Text = ""
    dataset: Text = ""
    evidence: Annotated[list[EvidenceAnswer], BeforeValidator(_short)] = []


class AdviceAnswer(BaseModel):
    """Whether to read the paper."""

    action: Literal["read", "skim", "skip"]
    section: Text = ""
    why: Annotated[str, Field(min_length=1, max_length=STATEMENT_MAX)]


Claims = Annotated[list[ClaimAnswer], BeforeValidator(_few), Field(min_length=1)]
Ideas = Annotated[list[ClaimAnswer], BeforeValidator(_fitting(lambda: ClaimAnswer))]
Results = Annotated[list[ResultAnswer], BeforeValidator(_fitting(lambda: ResultAnswer))]


class DeepdiveAnswer(BaseModel):
    """What the deep-dive prompt asks for.

    A few statements for each section, rows of results, and advice.
    """

    verdict: Annotated[AdviceAnswer | None, BeforeValidator(_advice)] = None
    contribution: Claims
    methodology: Claims
    results: Results = []
    takeaway: Claims
    limitations: Claims
    ideas: Ideas = []


class FixedAnswer(ClaimAnswer):
    """A statement written anew. `text` may be empty: it is given up."""

    number: int
    """Which one, as the question numbered them."""
    text: Annotated[str, BeforeValidator(_nothing), Field(max_length=STATEMENT_MAX)] = ""


class RepairAnswer(BaseModel):
    """What the repair prompt asks for."""

    statements: list[FixedAnswer]


def visible(text: str) -> str:
    """Without control, zero-width, bidirectional and tag characters; line breaks stay."""
    unseen = {ord(c): None for c in set(text) - set("\n\t") if unicodedata.category(c) in ("Cc", "Cf")}
    return text.translate(unseen) if unseen else text


def one_line(text: str) -> str:
    """A reason: one line of at most WHY_MAX characters."""
    line = " ".join(visible(text).split())
    return line if len(line) <= WHY_MAX else line[: WHY_MAX - 1].rstrip() + "…"


def section(text: str) -> str:
    """Headings become bold lines: the digest has its own."""
    return re.sub(r"(?m)^ {0,3}#{1,6}\s+(.+?)\s*#*$", r"**\1**", visible(text)).strip()
