"""Splits an author's name as arXiv writes it into what BibTeX, RIS and CSL want."""

import re
from dataclasses import dataclass

from workers.render.citation.fields import written

_BEFORE = "af al bin da das de del dela della den der di do dos du el la le ten ter van vom von zu zum zur"
PARTICLES = frozenset(_BEFORE.split())
"""Words that stand before a family name and belong to it, in lower case."""

SUFFIXES = {"jr": "Jr.", "sr": "Sr.", "ii": "II", "iii": "III", "iv": "IV"}

_GROUP = re.compile(
    r"(?i)\b(collaborations?|team|consortium|group|project|initiative|working group|committee|laboratory|labs?|inc|"
    r"research|foundation|institute|university)\b|合作组|团队"
)


@dataclass(frozen=True)
class Name:
    """One author. `literal` alone is set for a group, or for a name of one word."""

    family: str = ""
    given: str = ""
    particle: str = ""
    suffix: str = ""
    literal: str = ""

    @property
    def last(self) -> str:
        """The family name with its particle, or the literal."""
        return self.literal or " ".join(filter(None, [self.particle, self.family]))

    @property
    def inverted(self) -> str:
        """`van Beethoven, Ludwig, Jr.`"""
        return ", ".join(filter(None, [self.last, self.given, self.suffix]))


def name_of(text: str) -> Name:
    """The author's name in parts. A name with a comma is taken as `Family, Given`."""
    text = written(text).strip()
    if _GROUP.search(text) or " and " in text.lower() or any(c.isdigit() for c in text):
        return Name(literal=text)
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 3 and (known := [SUFFIXES.get(part.strip(".").lower(), "") for part in parts[1:]]) != ["", ""]:
        return Name(family=parts[0], given=parts[2 if known[0] else 1], suffix=known[0] or known[1])
    family, comma, given = text.partition(",")
    end = given.strip(" .").lower()
    if comma and end not in SUFFIXES:
        return Name(family=family.strip(), given=given.strip())
    words = (family + (f" {given.strip()}" if comma else "")).split()
    suffix = SUFFIXES.get(words[-1].strip(".").lower(), "") if len(words) > 2 else ""
    words = words[:-1] if suffix else words
    if len(words) < 2:
        return Name(literal=text)
    first = next((n for n, word in enumerate(words[1:-1], 1) if word in PARTICLES), len(words) - 1)
    last = first
    while last < len(words) - 1 and words[last] in PARTICLES:
        last += 1
    return Name(" ".join(words[last:]), " ".join(words[:first]), " ".join(words[first:last]), suffix)
