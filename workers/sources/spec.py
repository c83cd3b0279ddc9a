"""Parses a profile's source, `arxiv:cs.CV+cs.LG` or `feed:https://…`."""

import contextlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal
from urllib.parse import urlsplit

from prompts import PromptError, load_profile, profiles
from workers import taxonomy
from workers.errors import BadInput
from workers.models.source_names import spoken
from workers.paper_ids import in_text
from workers.sources.categories import ARCHIVES, BIORXIV, MEDRXIV

Kind = Literal[
    "huggingface",
    "arxiv",
    "biorxiv",
    "medrxiv",
    "feed",
    "pubmed",
    "openalex",
    "openreview",
    "semanticscholar",
    "sample",
]

MAX_TOP = 1000
"""Most papers of a day that may be asked for: MAX_PAGES pages of Hugging Face's list."""

MAX_CATEGORIES = 20
"""Categories in one spec; the feed ends at 2,000 papers, which 20 busy categories can reach."""

MAX_WORDS = 1_000
"""Characters of a query or of a feed's address."""

SAMPLED = ("q-bio",)
"""Lists of the bundled sample day beside the main one, by the arXiv archive that they stand for."""

FORMS = (
    "huggingface:15, arxiv:cs.CV, biorxiv:neuroscience, medrxiv:oncology, pubmed:<query>, openalex:<ids>, "
    "openreview:<venue>, semanticscholar or feed:https://…"
)


@dataclass(frozen=True)
class SourceSpec:
    """One source of a profile."""

    text: str
    """As the profile has it, tidied: the name in the receipt and in `Paper.sources`."""
    kind: Kind
    top: int | None = None
    """Hugging Face: the most upvoted N of each day; None: all."""
    categories: tuple[str, ...] = ()
    """arXiv: `cs.CV`; bioRxiv, medRxiv: `cell_biology`, none: all; OpenAlex: ids of authors and institutions; Semantic
    Scholar: ids of papers, none: those that the channel liked."""
    what: str = field(default="", kw_only=True)
    """PubMed: the query; a feed: its address; OpenReview: the venue; Semantic Scholar: cites or nothing; Hugging Face:
    trending, week or nothing; the sample day: its list."""

    @property
    def label(self) -> str:
        """For the digest's status line: `HF Top 15`, `arXiv cs.CV`."""
        return label(self.text)

    def holds(self, categories: tuple[str, ...]) -> bool:
        """True where a paper of these categories belongs to this arXiv spec.

        `cs` holds all of `cs.*`.
        """
        return holds(self.categories, categories)


def label(text: str) -> str:
    """The name of a source in the status line.

    `huggingface:15` -> `HF Top 15`, a feed -> `nature.com/nmeth`.
    """
    kind, _, name = text.partition(":")
    if kind == "huggingface":
        what, _, top = name.rpartition(":") if not name.isalpha() else (name, "", "")
        kinds = {"trending": "HF Trending", "week": "HF Week"}
        return f"{kinds[what]} {top}".strip() if what in kinds else f"HF Top {name}" if name else "HF Daily Papers"
    called = {
        "arxiv": "arXiv",
        "biorxiv": "bioRxiv",
        "medrxiv": "medRxiv",
        "pubmed": "PubMed",
        "openalex": "OpenAlex",
        "openreview": "OpenReview",
        "semanticscholar": "Semantic Scholar",
        "feed": "",
    }
    if kind in called:
        return f"{called[kind]} {spoken(kind, name)}".strip()
    return (f"arXiv {name}" if name else "Sample day") if kind == "sample" else text


def holds(own: Iterable[str], categories: Iterable[str]) -> bool:
    """True where a paper of `categories` belongs to one of `own`.

    `own`: categories or whole archives.
    """
    theirs = tuple(categories)
    return any(c == one or c.startswith(f"{one}.") for one in own for c in theirs)


def parse_spec(text: str) -> SourceSpec:
    """The source that `text` names. BadInput quotes it and says what to write instead."""
    kind, colon, rest = (part.strip() for part in text.strip().partition(":"))
    kind, shown = kind.lower(), repr(text.strip()[:60])
    if kind in ("sample", "biorxiv", "medrxiv", "semanticscholar") and not colon:
        return SourceSpec(kind, kind)  # type: ignore[arg-type]
    if kind == "huggingface" and not colon:
        return SourceSpec("huggingface", "huggingface")
    if kind in _PARSERS:
        return _PARSERS[kind](rest, shown)
    raise BadInput(f"There is no source {shown}: write {FORMS}.")


def known(text: str) -> SourceSpec:
    """As `parse_spec`, for what a person writes.

    BadInput also for a category that arXiv does not have.
    """
    spec = parse_spec(text)
    for category in spec.categories if spec.kind == "arxiv" else ():
        if category not in taxonomy.categories() and category not in ARCHIVES:
            near = taxonomy.search(category)[: taxonomy.NEAR]
            hint = "; perhaps " + ", ".join(f"{c.id} ({c.name})" for c in near) if near else ""
            raise BadInput(f"arXiv has no category {category}{hint}.")
    return spec


def feed_hosts(more: Iterable[str]) -> list[str]:
    """The hosts of feeds that may be read: `more`, and those of the profile files.

    Only the operator writes profile files.
    """
    hosts = dict.fromkeys(more)
    for name in profiles():
        with contextlib.suppress(PromptError):  # whoever uses it is told
            for source in load_profile(name).sources:
                with contextlib.suppress(BadInput):
                    spec = parse_spec(source)
                    hosts |= {urlsplit(spec.what).netloc.lower(): None} if spec.kind == "feed" else {}
    return list(hosts)


def _huggingface(rest: str, shown: str) -> SourceSpec:
    what, _, rest = rest.rpartition(":") if not rest.isalpha() else (rest, "", "")
    what, rest = what.strip().lower(), rest.strip()
    if what in ("trending", "week") and not rest:
        return SourceSpec(f"huggingface:{what}", "huggingface", what=what)
    if what not in ("", "trending", "week") or not re.fullmatch(r"[0-9]{1,4}", rest) or not 1 <= int(rest) <= MAX_TOP:
        form = f"huggingface:{what}:" if what in ("trending", "week") else "huggingface:"
        raise BadInput(f"Source {shown} must be {form}N with N from 1 to {MAX_TOP}, such as {form}15.")
    return SourceSpec(f"huggingface:{what}{':' if what else ''}{int(rest)}", "huggingface", int(rest), what=what)


def _arxiv(rest: str, shown: str) -> SourceSpec:
    categories = _several(rest, shown, _category)
    return SourceSpec("arxiv:" + "+".join(categories), "arxiv", None, categories)


def _biorxiv(rest: str, shown: str) -> SourceSpec:
    return _preprints("biorxiv", BIORXIV, rest, shown)


def _medrxiv(rest: str, shown: str) -> SourceSpec:
    return _preprints("medrxiv", MEDRXIV, rest, shown)


def _preprints(kind: Literal["biorxiv", "medrxiv"], known: frozenset[str], rest: str, shown: str) -> SourceSpec:
    def category(text: str, shown: str) -> str:
        found = re.sub(r"[\s_-]+", "_", text.strip().lower())
        if found not in known:
            near = get_close_matches(found, sorted(known), 1)
            hint = f"did you mean {near[0]}?" if near else f"write it as in {kind}:{min(known)}."
            raise BadInput(f"Source {shown} names no category of {label(kind)}: {hint}")
        return found

    categories = _several(rest, shown, category)
    return SourceSpec(f"{kind}:" + "+".join(categories), kind, None, categories)


def _pubmed(rest: str, shown: str) -> SourceSpec:
    query = " ".join(rest.split())
    if not query or len(query) > MAX_WORDS or not query.isprintable():
        raise BadInput(f"Source {shown} needs a query of at most {MAX_WORDS} characters, as in pubmed:protein folding.")
    return SourceSpec(f"pubmed:{query}", "pubmed", what=query)


def _openalex(rest: str, shown: str) -> SourceSpec:
    def one(text: str, shown: str) -> str:
        id = text.strip().rpartition("/")[2].upper()
        if not re.fullmatch(r"[AI][1-9][0-9]{3,12}", id):
            raise BadInput(
                f"Source {shown} must name OpenAlex's ids of authors or institutions, as in openalex:A5023888391."
            )
        return id

    ids = _several(rest, shown, one)
    return SourceSpec("openalex:" + "+".join(ids), "openalex", None, ids)


def _openreview(rest: str, shown: str) -> SourceSpec:
    venue = rest.removeprefix("https://openreview.net/group?id=").strip("/")
    if not re.fullmatch(r"(?=.{3,200}$)[A-Za-z0-9][\w.&-]*(?:/[\w.&-]+)+", venue, re.ASCII):
        raise BadInput(f"Source {shown} must name a venue, as in openreview:ICLR.cc/2027/Conference.")
    return SourceSpec(f"openreview:{venue}", "openreview", what=venue)


def _semanticscholar(rest: str, shown: str) -> SourceSpec:
    what, _, named = rest.rpartition("cites:")

    def one(text: str, shown: str) -> str:
        found = in_text.parse(text)
        if len(found) != 1:
            raise BadInput(f"Source {shown} must name papers, as in semanticscholar:cites:2601.17058+2602.00001.")
        return found[0].base

    if what:
        raise BadInput(f"Source {shown} must be semanticscholar, semanticscholar:<ids> or semanticscholar:cites:<ids>.")
    ids, cites = _several(named, shown, one), "cites" if rest.startswith("cites:") else ""
    return SourceSpec(
        f"semanticscholar:{cites}{':' if cites else ''}{'+'.join(ids)}", "semanticscholar", None, ids, what=cites
    )


def _feed(rest: str, shown: str) -> SourceSpec:
    try:
        parts = urlsplit(rest)
        fine = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        fine = False
    if not fine or len(rest) > MAX_WORDS or not rest.isascii() or not rest.isprintable() or " " in rest:
        raise BadInput(f"Source {shown} must be the address of a feed, as in feed:https://www.nature.com/nmeth.rss.")
    return SourceSpec(f"feed:{rest}", "feed", what=rest)


def _sample(rest: str, shown: str) -> SourceSpec:
    if rest not in SAMPLED:
        raise BadInput(f"The sample day has no list {shown}: write sample or sample:{', sample:'.join(SAMPLED)}.")
    return SourceSpec(f"sample:{rest}", "sample", what=rest)


def sampled(specs: Iterable[str]) -> tuple[str, ...]:
    """The lists of the sample day that stand for a profile's sources.

    `arxiv:q-bio.BM` and `arxiv:q-bio.QM` both lead to `sample:q-bio`; to `sample`, the main one, where none is closer.
    """
    parsed = list(map(parse_spec, specs))
    own = [name for name in SAMPLED if any(holds([name], s.categories) for s in parsed if s.kind == "arxiv")]
    elsewhere = any(s.kind != "arxiv" or not all(holds(own, [c]) for c in s.categories) for s in parsed)
    return tuple(["sample"] * (elsewhere or not own) + [f"sample:{name}" for name in own])


_PARSERS: dict[str, Callable[[str, str], SourceSpec]] = {
    "huggingface": _huggingface,
    "arxiv": _arxiv,
    "biorxiv": _biorxiv,
    "medrxiv": _medrxiv,
    "pubmed": _pubmed,
    "feed": _feed,
    "openalex": _openalex,
    "openreview": _openreview,
    "semanticscholar": _semanticscholar,
    "sample": _sample,
}


def _several(rest: str, shown: str, one: Callable[[str, str], str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(one(c, shown) for c in rest.split("+")))
    if len(found) > MAX_CATEGORIES:
        raise BadInput(f"Source {shown} names more than {MAX_CATEGORIES} categories: name fewer.")
    return found


def _category(text: str, shown: str) -> str:
    """`text` as arXiv spells it: cs.CV, cond-mat.mtrl-sci, hep-th."""
    archive, dot, subject = text.strip().partition(".")
    archive = archive.lower()
    fits = re.fullmatch(r"[A-Za-z]{2}|[A-Za-z]{2,6}-[A-Za-z]{2,5}|[A-Za-z]{4,6}", subject) if dot else True
    if archive not in ARCHIVES or not fits:
        raise BadInput(f"Source {shown} names no arXiv category: write it as in arxiv:cs.CV or arxiv:cs.CV+cs.LG.")
    return f"{archive}.{subject.upper() if len(subject) == 2 else subject.lower()}" if dot else archive
