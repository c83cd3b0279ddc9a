"""Splits an author's name as arXiv writes it into what BibTeX, RIS and CSL want."""

import re
from dataclasses import dataclass

from workers.render.citation.fields import written

_BEFORE = (
    "'t af al bin da dal dalla das de degli dei del dela della den der di do dos du el la las le lo los op te ten ter "
    "und van vom von zu zum zur ’t"
)
PARTICLES = frozenset(_BEFORE.split())
"""Words that stand before a family name and belong to it, in lower case."""

_JOINING = ("y", "e", "i")
"""Words inside a family name of two: `Ramón y Cajal`."""

_CAPITAL = re.compile(r"(?:Van|Von|De) (?:Der|Den|De|La|Las|Los)")
"""Particles in capitals, which no first name is made of: `Laurens Van Der Maaten`."""

SUFFIXES = {"jr": "Jr.", "sr": "Sr.", "ii": "II", "iii": "III", "iv": "IV"}

_GROUP = re.compile(
    r"(?i)\b(collaborations?|team|consortium|group|project|initiative|committee|laboratory|labs?|inc|corporation|corp|"
    r"company|gmbh|ltd|llc|research|foundation|institute|university|society|association|network|cent(?:er|re)|agency|"
    r"alliance|council|community|investigators|organi[sz]ation|task force)\b|\b(?-i:AI|DeepMind)\b|"
    r"合作组|团队|大学|研究院"
)

_INITIALS_LAST = re.compile(r"([^\W\d_][\w’'-]{2,}) ((?:[A-Z]\.[ -]?)+)")
"""`Hinton G.E.`"""

_DEGREES = re.compile(r"(?:,? (?:Ph\.?D|M\.?D|D\.?Phil|M\.?Sc|M\.?P\.?H)\.?)+$")
_TITLES = re.compile(r"^(?:(?:Prof|Dr|Professor)\.? )+(?=\S+ \S)")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


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
    text = _TITLES.sub("", _DEGREES.sub("", written(text).strip()))
    if _GROUP.search(text) or re.search(" (?:and|&) ", text.lower()) or any(c.isdigit() for c in text):
        return Name(literal=text)
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 3 and (known := [SUFFIXES.get(part.strip(".").lower(), "") for part in parts[1:]]) != ["", ""]:
        return _of(parts[0].split(), parts[2 if known[0] else 1], known[0] or known[1])
    family, comma, given = text.partition(",")
    end = given.strip(" .").lower()
    if comma and end not in SUFFIXES:
        return _of(family.split(), given.strip())
    words = (family + (f" {given.strip()}" if comma else "")).split()
    suffix = SUFFIXES.get(words[-1].strip(".").lower(), "") if len(words) > 2 else ""
    words = words[:-1] if suffix else words
    if len(words) < 2:
        return Name(literal=text)
    if all(map(_CJK.fullmatch, words)):  # the family name first: 山田 太郎
        return Name(words[0], " ".join(words[1:]))
    if found := _INITIALS_LAST.fullmatch(" ".join(words)):
        return Name(found[1], found[2].strip(), suffix=suffix)
    first = _first_of_family(words)
    return _of(words[first:], " ".join(words[:first]), suffix)


def _first_of_family(words: list[str]) -> int:
    """Where the family name, or its particle, begins."""
    for n, word in enumerate(words[1:-1], 1):
        if word in PARTICLES or (n < len(words) - 2 and _CAPITAL.fullmatch(" ".join(words[n : n + 2]))):
            return n
        if word in _JOINING and n > 1:
            return n - 1
    return len(words) - 1


def _of(family: list[str], given: str, suffix: str = "") -> Name:
    """A name whose family name may begin with particles."""
    last = next((n for n, word in enumerate(family) if word not in PARTICLES), len(family) - 1)
    return Name(" ".join(family[last:]), given, " ".join(family[:last]), suffix) if family else Name(literal=given)
