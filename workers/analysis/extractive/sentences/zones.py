"""Tells what a paper's sections are for, by title, else by position."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from workers.analysis.grounding.text.sentences import words_of
from workers.reading.text import Section

Zone = Literal[
    "abstract", "introduction", "method", "results", "discussion", "conclusion", "limitations", "aside", "other"
]
"""What a section is for; aside: the work of others, thanks, ethics, appendices."""

_TITLES: tuple[tuple[Zone, str], ...] = (
    ("aside", r"""related|problem (?:statement|definition|setup|setting|formulation)|definitions?$|background|
     prior work|previous work|preliminar|literature|acknowledg|reference|ethic|notation|impact|availab|
     contributions?$|author|funding|competing|conflict|supplement|appendix|bibliograph|disclos|keyword|
     checklist|disclaimer"""),
    ("limitations", r"limitation|failure (?:case|mode)|threats to validity|limits of|weakness|shortcoming"),
    ("conclusion", r"conclu|future|summary|outlook|closing|final remark"),
    ("introduction", r"introduct|overview of (?:the|this) (?:paper|work)|motivation|contribution"),
    ("discussion", r"discussi|implication|analysis and discussion"),
    ("results", r"""experiment(?!al (?:model|procedures?|design|method))|evaluat|result|ablat|benchmarking|finding|
     compari|performance|case stud|quantitative|qualitative|user study|analysis|observations|probing"""),
    ("method", r"""method|approach|model|architect|framework|algorithm|proposed|our |pipeline|training|formulation|
     design|system|network|objective|implementation|procedure|construction|data ?set|corpus|
     data collection|annotation|materials|learning|setup|set-up|task"""),
)  # fmt: skip
_KNOWN = tuple((zone, words_of(rf"(?:{pattern})")) for zone, pattern in _TITLES)
_SETUP = words_of(
    r"set-?up|settings?\b|implementation|datasets?|metrics|baselines?|hyper-?param|training|details|protocol|materials|participants|procedure"
)
_LIMITS = words_of(r"limit|failure|shortcoming|weakness")
_END = words_of(r"conclu|discuss|future|summary|outlook")

EARLY, LATE = 0.3, 0.65
"""Shares of a text without any telling title that speak of the problem, and of results."""


@dataclass(frozen=True)
class ZonedSection:
    """A section with what it is for."""

    section: Section
    zone: Zone
    share: float
    """Where it begins in the text, 0 to 1."""
    names_limits: bool


def zones(sections: Sequence[Section]) -> Iterator[ZonedSection]:
    """Each section with its zone, but no appendix unless it is on limitations."""
    whole = max(1, sum(len(p.text) for s in sections for p in s.paragraphs))
    titles, own = dict[int, Zone](), [_zone(s.title) for s in sections]
    telling = any(z in ("method", "results") for z in own)
    results = next((i for i, z in enumerate(own) if z in ("results", "discussion", "conclusion")), len(own))
    at, begun = 0, False
    for i, (section, zone) in enumerate(zip(sections, own, strict=True)):
        titles = {level: z for level, z in titles.items() if level < section.level}
        above: Zone = next((z for z in reversed(titles.values()) if z != "other"), "other")
        shown: Zone = zone
        if above in ("aside", "introduction", "limitations", "conclusion") and zone != "limitations":
            shown = above
        elif above == "results" and zone in ("method", "other", "results"):
            shown = "aside" if _SETUP.search(section.title) else "results"
        elif above == "discussion" and zone not in ("limitations", "conclusion"):
            shown = "discussion"
        elif zone == "other":
            shown = above if above != "other" else _by_place(at / whole, telling, begun and i < results)
        if zone == "other" and above == "other" and i == 0 and telling:
            shown = "introduction"
        titles[section.level] = shown if zone == "other" else zone
        begun = begun or shown in ("introduction", "aside", "method")
        mixed = _LIMITS.search(section.title) is not None and _END.search(section.title) is not None
        if not section.appendix or zone == "limitations":
            yield ZonedSection(section, "conclusion" if mixed and shown == "limitations" else shown, at / whole, mixed)
        at += sum(len(p.text) for p in section.paragraphs)


def _zone(title: str) -> Zone:
    for zone, pattern in _KNOWN:
        if pattern.search(title):
            return zone
    return "other"


def _by_place(share: float, telling: bool, before_results: bool) -> Zone:
    if telling:
        return "method" if before_results else "other"
    return "introduction" if share < EARLY else "method" if share < LATE else "results"
