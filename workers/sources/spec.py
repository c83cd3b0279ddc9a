"""What a profile writes for a source: `huggingface:15`, `huggingface`, `arxiv:cs.CV`, `arxiv:cs.CV+cs.LG`, `sample`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from workers import taxonomy
from workers.errors import BadInput

MAX_TOP = 1000
"""Most papers of a day that may be asked for: MAX_PAGES pages of Hugging Face's list."""

MAX_CATEGORIES = 20
"""Categories in one spec; the feed ends at 2,000 papers, which 20 busy categories can reach."""

ARCHIVES = frozenset({
    "astro-ph", "cond-mat", "cs", "econ", "eess", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math", "math-ph",
    "nlin", "nucl-ex", "nucl-th", "physics", "q-bio", "q-fin", "quant-ph", "stat",
})  # fmt: skip
"""arXiv's archives of today (category taxonomy)."""

FORMS = "huggingface:15, arxiv:cs.CV or arxiv:cs.CV+cs.LG"


@dataclass(frozen=True)
class SourceSpec:
    """One source of a profile."""

    text: str
    """As the profile has it, tidied: the name in the receipt and in `Paper.sources`."""
    kind: Literal["huggingface", "arxiv", "sample"]
    top: int | None = None
    """Hugging Face: the most upvoted N of each day; None: all."""
    categories: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """For the digest's status line: `HF Top 15`, `arXiv cs.CV`."""
        if self.kind == "huggingface":
            return f"HF Top {self.top}" if self.top else "HF"
        return f"arXiv {'/'.join(self.categories)}" if self.kind == "arxiv" else "sample day"

    def holds(self, categories: tuple[str, ...]) -> bool:
        """True where a paper of these categories belongs to this arXiv spec (`cs` holds all of `cs.*`)."""
        return holds(self.categories, categories)


def holds(own: Iterable[str], categories: Iterable[str]) -> bool:
    """True where a paper of `categories` belongs to one of `own`, a category or a whole archive."""
    theirs = tuple(categories)
    return any(c == one or c.startswith(f"{one}.") for one in own for c in theirs)


def parse_spec(text: str) -> SourceSpec:
    """The source that `text` names. BadInput quotes it and says what to write instead."""
    kind, colon, rest = (part.strip() for part in text.strip().partition(":"))
    kind, shown = kind.lower(), repr(text.strip()[:60])
    if kind == "sample" and not colon:
        return SourceSpec("sample", "sample")
    if kind == "huggingface":
        if not colon:
            return SourceSpec("huggingface", "huggingface")
        if not re.fullmatch(r"[0-9]{1,4}", rest) or not 1 <= int(rest) <= MAX_TOP:
            raise BadInput(f"Source {shown} must be huggingface:N with N from 1 to {MAX_TOP}, such as huggingface:15.")
        return SourceSpec(f"huggingface:{int(rest)}", "huggingface", int(rest))
    if kind == "arxiv":
        categories = tuple(dict.fromkeys(_category(c, shown) for c in rest.split("+")))
        if len(categories) > MAX_CATEGORIES:
            raise BadInput(f"Source {shown} names more than {MAX_CATEGORIES} categories: name fewer.")
        return SourceSpec("arxiv:" + "+".join(categories), "arxiv", None, categories)
    raise BadInput(f"There is no source {shown}: write {FORMS}.")


def known(text: str) -> SourceSpec:
    """As `parse_spec`, for what a person writes: BadInput also for a category that arXiv does not have."""
    spec = parse_spec(text)
    for category in spec.categories:
        if category not in taxonomy.categories() and category not in ARCHIVES:
            near = taxonomy.search(category)[: taxonomy.NEAR]
            hint = "; perhaps " + ", ".join(f"{c.id} ({c.name})" for c in near) if near else ""
            raise BadInput(f"arXiv has no category {category}{hint}.")
    return spec


def _category(text: str, shown: str) -> str:
    """`text` as arXiv spells it: cs.CV, cond-mat.mtrl-sci, hep-th."""
    archive, dot, subject = text.strip().partition(".")
    archive = archive.lower()
    fits = re.fullmatch(r"[A-Za-z]{2}|[A-Za-z]{2,6}-[A-Za-z]{2,5}|[A-Za-z]{4,6}", subject) if dot else True
    if archive not in ARCHIVES or not fits:
        raise BadInput(f"Source {shown} names no arXiv category: write it as in arxiv:cs.CV or arxiv:cs.CV+cs.LG.")
    return f"{archive}.{subject.upper() if len(subject) == 2 else subject.lower()}" if dot else archive
