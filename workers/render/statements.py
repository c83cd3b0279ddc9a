"""The statements of a deep dive with the words of the paper they rest on and where those stand; and what was checked.

Every link is made from the paper's id and a place that code found. What has no quote is marked as our reading.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from workers.models import Analysis, Grounds, Statement
from workers.render.links import place_url
from workers.render.text.latex import tex_text
from workers.render.text.markdown_ast import parse
from workers.render.text.nodes import Block, List, Paragraph, Span, Spans, flat
from workers.render.text.sanitize import clean_inline
from workers.words import Words

QUOTE_MAX, PLACE_MAX = 240, 60
"""Characters of a quote and of a section's name that are shown; longer ones are cut at a word."""

CAPTION_MAX = 300
"""Characters of a figure's caption that are shown."""

TITLES_MAX = 6
"""Sections named that were left out; the rest is counted."""

ALERTS = ("withdrawn", "hidden_text", "addresses_model")
"""Flags of the text (`PaperText.flags`) that a reader must know before all else, in this order."""

FLAGS = ("not_english", "scanned", "truncated")
"""Other flags that are told, in this order."""


def statement_blocks(analysis: Analysis, name: str, w: Words, arxiv_url: str) -> tuple[Block, ...]:
    """One section of a deep dive, from its statements; empty where it has none."""
    rows = [s for s in analysis.statements if s.section == name]
    items = [(Paragraph(tuple(_row(s, analysis, w, arxiv_url))),) for s in rows]
    if not items:
        return ()
    return (List(tuple(items)),) if len(items) > 1 else items[0]


def _row(s: Statement, analysis: Analysis, w: Words, arxiv_url: str) -> Iterator[Span]:
    told = _inline(s.text)
    yield from told
    if not s.quote:
        if not analysis.extracted:
            yield Span(w.our_reading, italic=True)
        return
    quote = f"“{_cut(clean_inline(tex_text(s.quote)), QUOTE_MAX)}”"
    yield Span(f"\n{quote}" if told else quote, italic=bool(told))
    ref = analysis.grounds.ref if analysis.grounds else analysis.id
    yield Span(" — ")
    yield Span(_place(s, w), href=place_url(ref, analysis.read, arxiv_url, anchor=s.anchor, page=s.page))


def _inline(markdown: str) -> Spans:
    """A statement's words on one line; lists and the like in it lose their form, not their words."""
    spans = [span for block in parse(markdown) for span in (*flat(block), Span(" "))]
    return tuple(spans[:-1])


def _place(s: Statement, w: Words) -> str:
    if s.paragraph == "abstract":
        return str(w.answer_abstract)
    name = _cut(clean_inline(tex_text(s.where)), PLACE_MAX)
    parts = [f"§ {name}"] if name else []
    parts += [w.say("page_number", n=s.page)] if s.page else []
    return w.comma.join(parts) or str(w.the_text)


def alerts_of(grounds: Grounds | None, w: Words) -> tuple[str, ...]:
    """What must be known about the paper before all else. Hidden text is stated, nobody is accused."""
    return tuple(str(w[f"flag_{flag}"]) for flag in ALERTS if grounds and flag in grounds.flags)


def labels_of(grounds: Grounds | None, w: Words) -> tuple[str, ...]:
    """What else must be known about the text that was read."""
    return tuple(str(w[f"flag_{flag}"]) for flag in FLAGS if grounds and flag in grounds.flags)


def footer(analysis: Analysis, w: Words) -> tuple[str, ...]:
    """What was read and what was found of it, a line each."""
    g = analysis.grounds
    if g is None:
        return ()
    lines = []
    if analysis.read == "abstract":
        lines.append(w.footer_abstract)
    elif g.sections:
        version = g.ref.rpartition("v")[2] if g.ref.rpartition("v")[2].isdigit() else ""
        what = w.comma.join([f"v{version}", analysis.read.upper()] if version else [analysis.read.upper()])
        lines.append(w.say("footer_read", read=g.sections_read, all=g.sections, what=what))
    counts = [w.say("footer_quotes", found=g.quotes_found, all=g.quotes)] if g.quotes else []
    counts += (
        [w.say("footer_numbers", found=g.numbers_found, all=g.numbers)] if g.numbers and not analysis.extracted else []
    )
    counts += [w.footer_checked] if counts and not analysis.extracted else []
    lines.append(w.semicolon.join(counts) + w.stop if counts else "")
    lines.append(w.say("footer_dropped", n=g.dropped) if g.dropped else "")
    failed = [w[f"check_{name}"] for name in g.failed] if g.quotes or not analysis.extracted else []
    lines.append(w.say("footer_failed", checks=w["and"].join(failed)) if failed else "")
    titles = [_cut(clean_inline(tex_text(title)), PLACE_MAX) for title in g.left_out[:TITLES_MAX]]
    more = w.say("and_more", n=len(g.left_out) - TITLES_MAX) if len(g.left_out) > TITLES_MAX else ""
    lines.append(w.say("footer_left_out", titles=w["and"].join([*titles, *filter(None, [more])])) if titles else "")
    lines.append(w.say("footer_licence", licence=g.licence) if g.licence else "")
    return tuple(line for line in lines if line)


@dataclass(frozen=True)
class Figure:
    """A paper's first figure. All text is clean."""

    label: str
    words: str
    """Label and caption, where it may be shown."""
    credit: str
    image: str
    """Address of the image; empty: only `url` is given."""
    url: str
    """Where it stands in the paper."""


def figure_of(analysis: Analysis, arxiv_url: str) -> Figure | None:
    """The first figure, or None where there is none."""
    grounds = analysis.grounds
    if grounds is None or grounds.figure is None:
        return None
    found = grounds.figure
    label, caption, credit = (clean_inline(tex_text(t)) for t in (found.label, found.caption, found.credit))
    url = place_url(grounds.ref, analysis.read, arxiv_url, anchor=found.anchor, page=found.page)
    return Figure(label, _cut(f"{label}. {caption}" if caption else label, CAPTION_MAX), credit, found.image, url)


def _cut(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"
