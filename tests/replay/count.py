"""What a channel was shown day by day, and the four faults that no day may have.

Pure: records in, counts out.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

FAULTS = ("error text", "missed", "repeat", "changed score")

ERRORS = re.compile(
    r"Traceback|usage limits|rate limit|rate_limit|Overloaded|overloaded_error|billing_error|_error\b|limit_reached"
    r"|quota exceeded|exceeded your|RESOURCE_EXHAUSTED|Too Many Requests|Bad Gateway|<html|Error code|HTTP Error"
    r"|(?<![\d.])(?:429|500|502|503|529) (?:error|server|too many)",
    re.IGNORECASE,
)
"""What a service says when it fails. The bot's own words for it ("the model was away") are none of these."""

PAPER = re.compile(r"/abs/([\w.-]+?/?\d[\d.]+)(?:v\d+)?$")
NUMBER = re.compile(r"(\d{1,3})/100")


@dataclass(frozen=True)
class Shown:
    """One version of one message, as it was accepted by the service."""

    method: str
    """`post` or `edit`."""
    message: str
    """Its id."""
    head: bool
    """True for a message of the channel itself, not of a thread."""
    text: str
    """Every word of it."""
    scores: tuple[tuple[str, int], ...] = ()
    """(paper, number) as they stand in it."""


@dataclass
class Day:
    """One local day of the channel."""

    name: str
    shown: list[Shown] = field(default_factory=list)
    archive: str = ""
    own: str = ""
    """The words of the day's papers: what a paper says itself is no error text."""
    cleared: tuple[str, ...] = ()
    """Papers that cleared the bar and could be had this day."""
    note: str = ""
    """What went wrong around it."""

    @property
    def papers(self) -> list[str]:
        """Papers with a message of their own, once for each such message that was posted."""
        heads = [m for m in self.shown if m.method == "post" and m.head and len({p for p, _ in m.scores}) == 1]
        return [m.scores[0][0] for m in heads if not m.text.startswith("🚀")]


def faults(days: Sequence[Day]) -> list[dict[str, list[str]]]:
    """For each day: fault -> what of it was seen."""
    had: set[str] = set()
    numbers: dict[str, int] = {}
    found = []
    for day in days:
        bad: dict[str, list[str]] = {name: [] for name in FAULTS}
        for text in [*(m.text for m in day.shown), day.archive]:
            bad["error text"] += [m.group() for m in ERRORS.finditer(text) if m.group().lower() not in day.own.lower()]
        if day.cleared and not day.papers:
            bad["missed"] += day.cleared
        for paper in day.papers:
            bad["repeat"] += [paper] if paper in had else []
            had.add(paper)
        for paper, number in (pair for m in day.shown for pair in m.scores):
            if numbers.setdefault(paper, number) != number:
                bad["changed score"].append(f"{paper} {numbers[paper]}->{number}")
        found.append(bad)
    return found


def totals(found: Iterable[dict[str, list[str]]]) -> dict[str, int]:
    """Days that have each fault."""
    found = list(found)
    return {name: sum(bool(bad[name]) for bad in found) for name in FAULTS}


def shown_of(method: str, message: str, data: dict[str, Any]) -> Shown:
    """What a call to Slack showed.

    All its words, and which number stands after which paper's link.
    """
    leaves = list(_leaves(data.get("blocks", [])))
    text = "".join(words for _, words in leaves) or str(data.get("text", ""))
    scores, paper = [], ""
    for link, words in leaves:
        match = PAPER.search(link)
        paper = match.group(1) if match else paper
        number = NUMBER.search(words)
        if number and paper and not link:
            scores.append((paper, int(number.group(1))))
    return Shown(method, message, not data.get("thread_ts"), f"{text}\n{data.get('text', '')}", tuple(scores))


def _leaves(node: Any) -> Iterator[tuple[str, str]]:
    """(link or "", words) of blocks in reading order."""
    if isinstance(node, list):
        for item in node:
            yield from _leaves(item)
    elif isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield (str(node.get("url", "")), node["text"])
        for name in ("text", "elements", "fields", "rows"):
            if isinstance(node.get(name), dict | list):
                yield from _leaves(node[name])
