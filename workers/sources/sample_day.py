"""Reads the bundled sample day: fictional papers; needs no network."""

import functools
import json
from datetime import date
from pathlib import Path

from workers.errors import SourceFailed
from workers.models import Paper
from workers.sources import huggingface
from workers.sources.listing.paper_list import Listing

SAMPLE = Path(__file__).parent / "sample"
"""`day.json`, the main list, one file for each further list, and some full texts."""

IDS = "2601.999"
"""What ids of its papers begin with: arXiv numbers no month so far."""


def listed(name: str, day: date | None) -> Listing:
    """One of its lists, as of `day`; the main one without a name."""
    try:
        items = json.loads((SAMPLE / f"{name or 'day'}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise SourceFailed("The sample day cannot be read; install again.", source="sample", kind="garbage") from None
    return huggingface.from_items(items, day, fictional=True)


def paper(id: str) -> Paper | None:
    """The sample paper of that id, which no service knows."""
    return _papers().get(id) if id.startswith(IDS) else None


@functools.cache
def _papers() -> dict[str, Paper]:
    found = dict[str, Paper]()
    for name in ("", *(file.stem for file in SAMPLE.glob("*.json") if file.stem != "day")):
        source = f"sample:{name}" if name else "sample"
        found |= {one.id: one.model_copy(update={"sources": (source,)}) for one in listed(name, None).papers}
    return found
