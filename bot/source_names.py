"""Sources and lists as people are shown them."""

from collections.abc import Sequence

from workers import taxonomy
from workers.models.source_names import spoken
from workers.models.topic import SourceFault
from workers.words import Words

BEYOND = {"biorxiv": "bioRxiv", "medrxiv": "medRxiv", "pubmed": "PubMed"}
"""How services beside arXiv write their names."""


def source_name(w: Words, source: str) -> str:
    """A source for people: `q-bio.BM Biomolecules`, `bioRxiv: Neuroscience`."""
    kind, _, rest = source.partition(":")
    if kind == "huggingface":
        return w.say("sources_top", n=rest) if rest else "Hugging Face"
    if kind in BEYOND:
        area = taxonomy.collections().get(source)
        return f"{BEYOND[kind]}: {area.name if area else spoken(kind, rest)}" if rest else BEYOND[kind]
    if kind != "arxiv":
        return source
    names = (f"{c} {taxonomy.categories()[c].name}" if c in taxonomy.categories() else c for c in rest.split("+"))
    return " + ".join(names)


def faults(w: Words, failed: Sequence[SourceFault]) -> str:
    """Name the sources that could not be read, each with the reason.

    For example `Hugging Face (no answer in time)`.
    """
    told = (source_name(w, one.source) + w.say("brackets", text=w.variant("failed", one.kind)) for one in failed)
    return w["and"].join(told)


def apart(sources: Sequence[str]) -> list[str]:
    """Sources with one category each: `arxiv:cs.CL+cs.AI` is two."""
    found = []
    for source in sources:
        kind, colon, rest = source.partition(":")
        several = kind in ("arxiv", "biorxiv", "medrxiv") and colon
        found += [f"{kind}:{one}" for one in rest.split("+")] if several else [source]
    return list(dict.fromkeys(found))
