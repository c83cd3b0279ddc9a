"""Shows a statement's evidence: a linked place, the quote folded behind it.

Every link is made from the paper's id and a place that code found.
"""

import re
from collections.abc import Iterator, Sequence

from workers.models import Analysis, Derived, Evidence, ResultRow, Statement
from workers.render.links import place_url
from workers.render.text.latex import tex_text
from workers.render.text.nodes import Block, List, Paragraph, Span, Spans, Table
from workers.render.text.sanitize import clean_inline
from workers.words import Words

QUOTE_MAX, PLACE_MAX, SHORT_PLACE = 240, 60, 24
"""Characters of a quote, of a section's name in full and of one behind a statement; longer ones are cut at a word."""

_NUMBER = re.compile(
    r"(?:(?P<appendix>appendix)\s+)?(?P<number>[A-Z]|\d+(?:\.\d+)*|[A-Z](?:\.\d+)+)(?:[.:]?\s|[.:]?$)", re.I
)
_SIGNS = {
    "-": " − ",
    "diff_points": " − ",
    "+": " + ",
    "sum": " + ",
    "*": " × ",
    "/": " ÷ ",
    "ratio": " ÷ ",
    "%": " ÷ ",
}


def evidence_of(s: Statement | ResultRow) -> tuple[Evidence, ...]:
    """All places of a statement, also of one that was kept before there were several."""
    if s.evidence or isinstance(s, ResultRow) or not s.quote:
        return s.evidence
    return (Evidence(quote=s.quote, paragraph=s.paragraph, where=s.where, anchor=s.anchor, page=s.page),)


def tags(places: Sequence[Evidence], analysis: Analysis, w: Words, arxiv_url: str) -> Iterator[Span]:
    """` [§ 5.3] [Table 2]`: each place once, linked."""
    shown: dict[str, str] = {}
    for place in places:
        shown.setdefault(short_place(place, w), _url(place, analysis, arxiv_url))
    for label, url in shown.items():
        yield Span(" ")
        yield Span(f"[{label}]", href=url)


def short_place(place: Evidence, w: Words) -> str:
    """`§ 5.3`, `Table 2`, `abstract`; a page where the section has no name."""
    if place.table:
        return clean_inline(place.table)
    if place.paragraph == "abstract":
        return str(w.place_abstract)
    title = clean_inline(tex_text(place.where))
    found = _NUMBER.match(title)
    if found:
        alone = found["appendix"] or found["number"].isalpha()
        return w.say("place_appendix", n=found["number"]) if alone else f"§ {found['number']}"
    if title:
        return f"§ {cut(title, SHORT_PLACE)}"
    return w.say("page_number", n=place.page) if place.page else str(w.the_text)


def full_place(place: Evidence, w: Words) -> str:
    """`§ 5.3 Main results, p. 7`; for a cell `Table 2, Ours, BLEU / EN-DE`."""
    if place.paragraph == "abstract":
        return str(w.answer_abstract)
    names = [place.table, place.row, place.column] if place.table else []
    parts = [cut(clean_inline(tex_text(name)), PLACE_MAX) for name in names if name]
    where = cut(clean_inline(tex_text(place.where)), PLACE_MAX)
    parts += [f"§ {where}"] if where and not place.table else []
    parts += [w.say("page_number", n=place.page)] if place.page else []
    return w.comma.join(parts) or str(w.the_text)


def quoted(place: Evidence) -> str:
    """The paper's words in quotation marks."""
    return f"“{cut(clean_inline(tex_text(place.quote)), QUOTE_MAX)}”"


def words_of(s: Statement, analysis: Analysis, w: Words, arxiv_url: str) -> Iterator[Span]:
    """Yield the paper's words for a statement, each with its place.

    Then how its computed numbers came about.
    """
    for number, place in enumerate(evidence_of(s)):
        yield Span(f"{' · ' if number else ''}{quoted(place)} — ")
        yield Span(full_place(place, w), href=_url(place, analysis, arxiv_url))
    for made in s.derived:
        yield Span(w.semicolon + w.say("computed", how=_sum(made)))


def folded(analysis: Analysis, w: Words, arxiv_url: str) -> tuple[Block, ...]:
    """List the words that the statements rest on, to be folded away.

    One item for each statement; empty where nothing is quoted.
    """
    items = []
    for s in analysis.statements:
        if s.text and evidence_of(s):
            head = s.lead or cut(" ".join(re.sub(r"[*`$]", "", s.text).split()), SHORT_PLACE)
            spans = (Span(f"{clean_inline(tex_text(head))}{w.colon}", bold=True), *words_of(s, analysis, w, arxiv_url))
            items.append((Paragraph(spans),))
    return (List(tuple(items)),) if items else ()


def result_table(analysis: Analysis, w: Words, arxiv_url: str) -> tuple[Block, ...]:
    """Return the rows of the results as a table; empty where there are none.

    The table has the rows as lines, too, for where there is no room for it.
    """
    if not analysis.results:
        return ()
    head = tuple((Span(w[f"result_{name}"], bold=True),) for name in ("what", "ours", "other", "dataset", "where"))
    rows, lines = [], []
    for row in analysis.results:
        what, ours, dataset = (clean_inline(tex_text(t)) for t in (row.what, row.ours, row.dataset))
        other = f"{clean_inline(tex_text(row.other))}{_rival(row, w)}" if row.other else "–"
        doubt = f" {w.result_doubt}" if row.suspect else ""
        where = tuple(tags(evidence_of(row), analysis, w, arxiv_url))[1:]
        cells = ((Span(t),) for t in (what, f"{ours}{doubt}", other, dataset or "–"))
        rows.append((*cells, where or (Span("–"),)))
        name = f"{what} · {dataset}" if dataset else what
        labels = [f"{w.result_ours}{w.colon}{ours}{doubt}", f"{w.result_other}{w.colon}{other}"]
        lines.append("\n".join([name, *(f"  {label}" for label in labels)]))
    return (Table((head, *rows), "\n".join(lines)),)


def result_places(analysis: Analysis, w: Words, arxiv_url: str) -> Spans:
    """Where the rows of the results stand, for where the table itself holds no links."""
    places = [place for row in analysis.results for place in evidence_of(row)]
    return tuple(tags(places, analysis, w, arxiv_url))[1:]


def _rival(row: ResultRow, w: Words) -> str:
    name = clean_inline(tex_text(row.other_name))
    return w.say("brackets", text=name) if name else ""


def _sum(made: Derived) -> str:
    value, numbers = clean_inline(made.value), [clean_inline(n) for n in made.operands]
    if made.op in _SIGNS:
        return f"{_SIGNS[made.op].join(numbers)} = {value}"
    return f"{made.op.replace('_', ' ')}({', '.join(numbers)}) = {value}"


def _url(place: Evidence, analysis: Analysis, arxiv_url: str) -> str:
    ref = analysis.grounds.ref if analysis.grounds else analysis.id
    return place_url(ref, analysis.read, arxiv_url, anchor=place.anchor, page=place.page)


def cut(text: str, most: int) -> str:
    """On one line, at most `most` characters, cut at a word."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"
