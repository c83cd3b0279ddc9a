"""Reads robots.txt by RFC 9309: the longest rule that fits decides."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

AGENT = "paperboy"
"""Our name in a robots.txt."""

MAX_LINES = 5_000
"""Lines that are read."""


@dataclass(frozen=True)
class Rules:
    """The rules for us. No rules: all is allowed."""

    allow: tuple[str, ...] = ()
    disallow: tuple[str, ...] = ()
    delay_s: float = 0.0
    """Seconds between two pages that it asks for."""

    def allows(self, path: str) -> bool:
        """True where `path` (with its query) may be crawled.

        Of two rules of one length the one that allows wins.
        """
        best = max((len(rule) for rule in self.disallow if _fits(rule, path)), default=-1)
        return best < 0 or any(len(rule) >= best for rule in self.allow if _fits(rule, path))


def parse(text: str) -> Rules:
    """The rules of `text` for AGENT: of its own groups, else of those for everybody."""
    groups: dict[str, list[tuple[str, str]]] = {}
    agents: list[str] = []
    ruled = False
    for name, value in _lines(text):
        if name == "user-agent":
            agents, ruled = ([] if ruled else agents), False
            agents.append(value.split("/")[0].strip().lower())
            groups.setdefault(agents[-1], [])
        else:
            ruled = True
            for agent in agents:
                groups[agent].append((name, value))
    mine = groups[AGENT] if AGENT in groups else groups.get("*", [])
    return Rules(
        tuple(value for name, value in mine if name == "allow" and value),
        tuple(value for name, value in mine if name == "disallow" and value),
        max((_seconds(value) for name, value in mine if name == "crawl-delay"), default=0.0),
    )


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.lstrip("\ufeff").splitlines()[:MAX_LINES]:
        name, colon, value = line.partition("#")[0].partition(":")
        if colon and name.strip().lower() in ("user-agent", "allow", "disallow", "crawl-delay"):
            yield name.strip().lower(), value.strip()


def _fits(rule: str, path: str) -> bool:
    ends = rule.endswith("$")
    pattern = ".*".join(re.escape(part) for part in re.split(r"\*+", rule.removesuffix("$")))
    return bool(re.match(pattern + ("$" if ends else ""), path))


def _seconds(value: str) -> float:
    return float(value) if re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,3})?", value) else 0.0
