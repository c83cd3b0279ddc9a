"""What a model is asked to answer: pydantic models of each reply, lenient where small servers err."""

import re
import unicodedata
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, StrictInt

from workers.models import SCORE_MAX, SCORE_MIN

WHY_MAX, STATEMENT_MAX, QUOTE_MAX = 200, 3_000, 3_000
"""Characters of a reason (cut), and of a statement and its quote (refused beyond)."""


STATEMENTS_MAX = 8
"""Statements of a section that are taken; the prompt asks for six at most."""


def _whole(value: Any) -> Any:
    """Small servers write 85.0 or "85"; anything else stays for the validator to refuse."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and re.fullmatch(r"\s*\d{1,3}\s*", value) else value


def _nothing(value: Any) -> Any:
    """Small servers write null for an empty string."""
    return "" if value is None else value


def _number(value: Any) -> Any:
    """The 3 of 3, "3", "P3" or "[P3]"; 0 for what is none: it only tells two equal passages apart."""
    found = re.search(r"\d{1,5}", value) if isinstance(value, str) else None
    return int(found.group()) if found else value if isinstance(value, int) else 0


def _few(value: Any) -> Any:
    """A single statement as a list of one; the first STATEMENTS_MAX of more."""
    value = [value] if isinstance(value, dict) else value
    return value[:STATEMENTS_MAX] if isinstance(value, list) else value


class ScoreAnswer(BaseModel):
    """What the score prompt asks for. Bounds are checked here: the service's grammar knows none."""

    score: Annotated[StrictInt, BeforeValidator(_whole), Field(ge=SCORE_MIN, le=SCORE_MAX)]
    why: Annotated[str, Field(min_length=1)]
    matched: list[str]


class ClaimAnswer(BaseModel):
    """One statement of a deep dive. `quote` and `paragraph` are empty and 0 where it is the model's own reading."""

    text: Annotated[str, Field(min_length=1, max_length=STATEMENT_MAX)]
    quote: Annotated[str, BeforeValidator(_nothing), Field(max_length=QUOTE_MAX)] = ""
    paragraph: Annotated[int, BeforeValidator(_number)] = 0


Claims = Annotated[list[ClaimAnswer], BeforeValidator(_few), Field(min_length=1)]


class DeepdiveAnswer(BaseModel):
    """What the deep-dive prompt asks for: a few statements for each section."""

    contribution: Claims
    methodology: Claims
    takeaway: Claims
    limitations: Claims


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
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf"))


def one_line(text: str) -> str:
    """A reason: one line of at most WHY_MAX characters."""
    line = " ".join(visible(text).split())
    return line if len(line) <= WHY_MAX else line[: WHY_MAX - 1].rstrip() + "…"


def section(text: str) -> str:
    """Headings become bold lines: the digest has its own."""
    return re.sub(r"(?m)^ {0,3}#{1,6}\s+(.+?)\s*#*$", r"**\1**", visible(text)).strip()
