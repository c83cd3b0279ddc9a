"""Shortens a paper to a token limit by section, and names what is left out.

Abstract, introduction, method, experiments, discussion, limitations and conclusion share the limit with the captions
and tables: each has its whole text as long as that is no more than its even share, and what short ones leave goes to
the long ones. What is left then goes to related work, then to appendices, then to the rest. No paragraph is cut.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from workers.reading.text import Figure, PaperText, Paragraph, Section, Table

Entry = tuple[str, Paragraph]
"""Title of the section and the paragraph, as `PaperText.paragraphs` gives them."""

ABSTRACT, CORE, AROUND, APPENDIX, REST = range(5)
"""What is served before what."""

_NUMBER = re.compile(
    r"^(?:(?:section|appendix|chapter|part)\s+)?(?:\d+(?:\.\d+)*|[IVX]+|[A-Z](?:\.\d+)*)[.:)]?\s+(?=\S)"
)
_INTRODUCTION = re.compile(r"introduct|overview|motivation")
_RESULTS = re.compile(
    r"experiment|evaluat|result|ablat|analys|benchmark|finding|case stud|compari|empirical|performance"
)
_END = re.compile(r"conclu|discuss|limitation|summary|future|outlook|broader impact|failure")
_AROUND = re.compile(
    r"related|background|preliminar|prior (?:work|art)|previous work|literature|ethic|impact statement"
)
_REST = re.compile(
    r"acknowledg|funding|(?:author|credit) contribution|contributions? of (?:the )?author|credit author|declaration"
    r"|conflicts? of interest|competing interest|disclosure|(?:data|code|software|\w+ and \w+) availability|checklist"
    r"|(?:\w+ )?paper checklist|reproducibility (?:statement|checklist)|notations?$|nomenclature|glossary"
    r"|abbreviations?$|(?:table of )?contents$|list of (?:figures|tables|symbols)|biograph|references?$"
)
_APPENDIX = re.compile(r"appendi|supplement")


@dataclass(frozen=True)
class Shortened:
    """What of a paper fits."""

    paragraphs: tuple[Entry, ...]
    """In reading order, as `PaperText.paragraphs` gives them."""
    tokens: int
    """Their sum by the counter."""
    sections: int
    """Titled top-level sections with text, appendices among them; abstract and references are not counted."""
    sections_read: int
    """Those read in whole or in part."""
    left_out: tuple[str, ...]
    """Titles of those of which nothing was read: `sections - sections_read` of them."""
    cut: tuple[str, ...] = ()
    """Titles of those read in part."""
    captions_left_out: int = 0
    """Figures and tables whose caption was left out."""

    @property
    def whole(self) -> bool:
        """True where nothing was left out."""
        return not (self.left_out or self.cut or self.captions_left_out)


@dataclass
class _Share:
    """One top-level section with its subsections, or all captions, or all tables.

    As places in `paragraphs`.
    """

    title: str
    tier: int
    order: int
    """Among its tier, which is served first where paragraphs are left over."""
    places: list[int] = field(default_factory=list)
    """Openings of the section and its subsections first, then in reading order."""


def shortened(text: PaperText, most: int, count: Callable[[str], int]) -> Shortened:
    """Return `text` within `most` tokens by `count`.

    `count` is asked once per paragraph (put what surrounds it into it).
    """
    entries = [e for e in text.paragraphs() if e[1].text]
    costs = [count(p.text) for _, p in entries]
    shares, sections = _shares(text, entries)
    chosen, left = set[int](), most
    for tier in (ABSTRACT, CORE, AROUND, APPENDIX, REST):
        group = sorted((s for s in shares if s.tier == tier), key=lambda s: s.order)
        taken = set(range(len(entries))) if sum(costs) <= most else _fill(group, costs, left)
        chosen |= taken
        left = most - sum(costs[i] for i in chosen)
    counts = [(s.title, sum(i in chosen for i in s.places), len(s.places)) for s in sections]
    captions = {f.id for f in text.figures} | {t.id for t in text.tables}
    return Shortened(
        paragraphs=tuple(entries[i] for i in sorted(chosen)), tokens=most - left, sections=len(counts),
        sections_read=sum(read > 0 for _, read, _ in counts),
        left_out=tuple(title for title, read, _ in counts if not read),
        cut=tuple(title for title, read, of in counts if 0 < read < of),
        captions_left_out=sum(e[1].id in captions and i not in chosen for i, e in enumerate(entries)),
    )  # fmt: skip


def _fill(group: Sequence[_Share], costs: Sequence[int], room: int) -> set[int]:
    """Return the places of `group` that fit into `room` tokens.

    An even share each, then what is left over by order.
    """
    chosen = set[int]()
    open_, room_left = sorted(group, key=lambda s: sum(costs[i] for i in s.places)), room
    for k, share in enumerate(open_):
        mine = room_left // (len(open_) - k)
        for i in share.places:
            if costs[i] <= mine:
                chosen.add(i)
                mine, room_left = mine - costs[i], room_left - costs[i]
    for share in group:
        for i in share.places:
            if i not in chosen and costs[i] <= room_left:
                chosen.add(i)
                room_left -= costs[i]
    return chosen


def _shares(text: PaperText, entries: Sequence[Entry]) -> tuple[list[_Share], list[_Share]]:
    """(all shares, those that are counted as sections)."""
    at = {entry[1].id: i for i, entry in enumerate(entries)}
    tops = list[tuple[_Share, list[Section]]]()
    of = dict[str, _Share]()
    for section in text.sections:
        if section.level == 1 or not tops:
            tops.append((_Share(section.title, *_role(section)), []))
        tops[-1][1].append(section)
        of[section.id] = tops[-1][0]
    for share, parts in tops:
        ids = [[p.id for p in part.paragraphs if p.id in at] for part in parts]
        share.places = [at[row[0]] for row in ids if row] + [at[id] for row in ids for id in row[1:]]
    sections = [share for share, _ in tops if share.places]
    found = sections + ([_Share("", ABSTRACT, 0, [0])] if text.abstract else [])
    floats: list[Figure | Table] = [*text.figures, *text.tables]
    for tier in (CORE, AROUND, APPENDIX, REST):
        captions = [f.id for f in floats if _tier(of, f.section) == tier]
        rows = [row.id for table in text.tables if _tier(of, table.section) == tier for row in table.rows]
        found += [_Share("", tier, 9, _places(at, captions)), _Share("", tier, 10, _places(at, rows))]
    titled = [s for s in sections if s.title]
    return [s for s in found if s.places], titled or sections


def _places(at: dict[str, int], ids: Iterable[str]) -> list[int]:
    return [at[id] for id in ids if id in at]


def _tier(of: dict[str, _Share], section: str) -> int:
    return of[section].tier if section in of else CORE


def _role(section: Section) -> tuple[int, int]:
    """Return (tier, order in it) of a top-level section, by its title.

    One whose title says nothing is method.
    """
    name = _NUMBER.sub("", section.title).casefold()
    if _REST.match(name):
        return REST, 0
    if section.appendix or _APPENDIX.match(name):
        return APPENDIX, 0
    if _AROUND.search(name) and not _END.search(name):
        return AROUND, 0
    named = ((_INTRODUCTION, 1), (_END, 4), (_RESULTS, 3))
    return CORE, next((order for pattern, order in named if pattern.search(name)), 2)
