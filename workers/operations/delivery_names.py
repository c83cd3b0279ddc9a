"""Names deliveries and their parts for people, without our keys. Pure."""

import re

from workers.paper_ids.paper_key import unworn

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def thing(delivery: str, channel: str) -> str:
    """`the digest of 2026-11-29 for slack:C1`, `an answer in telegram:-100`."""
    first, *rest = delivery.split("|")
    day = next((word for word in rest if _DAY.fullmatch(word)), "")
    if first == "digest":
        sample = " (sample)" if rest[-1:] == ["sample"] else ""
        return f"the digest of {day}{sample} for {channel}"
    names = {
        "ask": "an answer in",
        "dive": "a deep dive in",
        "told": "a word to",
        "zotero": "a paper saved in",
        "operator": "a line to",
    }
    return f"{names.get(first, 'a message to')} {channel}"


def piece(part: str) -> str:
    """Name a part: `the quick view`, `the analysis of 2601.17058`, `the answer`."""
    kind, _, rest = part.partition(":")
    paper = unworn(rest.rpartition(":")[0] if kind == "analysis" else rest)
    names = {"quick": "the quick view", "pick": f"paper {paper}", "analysis": f"the analysis of {paper}"}
    return names.get(kind, "the answer" if kind == "answer" else f"the part {part}")
