"""Shows a deep dive's statements with quotes, places, and what was checked.

Every link is made from the paper's id and a place that code found. What has no quote is marked as our reading.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from workers.models import Analysis, Grounds, Paper, Phrase, Statement
from workers.paper_ids.paper_key import split
from workers.render.evidence import PLACE_MAX, cut, evidence_of, tags, words_of
from workers.render.links import place_url
from workers.render.text.latex import tex_text
from workers.render.text.markdown_ast import parse
from workers.render.text.nodes import Block, List, Paragraph, Span, Spans, flat
from workers.render.text.sanitize import clean_inline
from workers.words import Words

WHOLE = 0.9
"""Share of the article that was read from which on sections are counted instead (see `analysis.opening`)."""

CAPTION_MAX = 300
"""Characters of a figure's caption that are shown."""

TITLES_MAX = 6
"""Sections named that were left out; the rest is counted."""

PHRASES_MAX = 2
"""Phrases that are shown of those that address a language model."""

ALERTS = ("withdrawn", "hidden_text", "addresses_model")
"""Flags of the text (`PaperText.flags`) that a reader must know before all else, in this order."""

FLAGS = ("preprint", "not_english", "scanned", "truncated")
"""Other flags that are told, in this order."""


def statement_blocks(
    analysis: Analysis, name: str, w: Words, arxiv_url: str, *, quotes: bool = False
) -> tuple[Block, ...]:
    """Return a section of a deep dive from its statements; empty where it has none.

    `quotes`: with the paper's words under each, for where nothing can be folded away.
    """
    rows = [s for s in analysis.statements if s.section == name]
    return _listed([tuple(_row(s, analysis, w, arxiv_url, quotes=quotes)) for s in rows])


def brief_blocks(analysis: Analysis, w: Words) -> tuple[Block, ...]:
    """Return all statements of a deep dive that was written from an abstract alone.

    They are few, and nothing is quoted. Ideas are left out.
    """
    return _listed([tuple(_said(s, w)) for s in analysis.statements if s.section != "ideas"])


def is_brief(analysis: Analysis) -> bool:
    """True where a model wrote from an abstract alone."""
    return analysis.read == "abstract" and not analysis.extracted and bool(analysis.statements)


def _listed(rows: Sequence[Spans]) -> tuple[Block, ...]:
    items = tuple((Paragraph(row),) for row in rows)
    return (List(items),) if len(items) > 1 else items[0] if items else ()


def _row(s: Statement, analysis: Analysis, w: Words, arxiv_url: str, *, quotes: bool) -> Iterator[Span]:
    yield from _said(s, w)
    places = evidence_of(s)
    if not places:
        if not analysis.extracted and s.section != "ideas":
            yield Span(w.our_reading, italic=True)
        return
    if s.text:
        yield from tags(places, analysis, w, arxiv_url)
        if s.derived:
            yield Span(w.is_computed, italic=True)
        if s.suspect or s.verdict not in (None, "supported"):
            yield Span(w.is_doubtful, italic=True)
    if quotes or not s.text:
        yield Span("\n" if s.text else "")
        yield from (replace(span, italic=bool(s.text)) for span in words_of(s, analysis, w, arxiv_url))


def _said(s: Statement, w: Words) -> Iterator[Span]:
    """The statement in our words, behind its bold beginning."""
    if s.lead:
        yield Span(f"{clean_inline(tex_text(s.lead))}{w.colon}", bold=True)
    yield from _inline(s.text)


def _inline(markdown: str) -> Spans:
    """Put a statement's words on one line.

    Lists and the like in it lose their form, not their words.
    """
    spans = [span for block in parse(markdown) for span in (*flat(block), Span(" "))]
    return tuple(spans[:-1])


def alerts_of(grounds: Grounds | None, w: Words) -> tuple[str, ...]:
    """Return what must be known about the paper before all else.

    Hidden text is stated, nobody is accused.
    """
    return tuple(str(w[f"flag_{flag}"]) for flag in ALERTS if grounds and flag in grounds.flags)


def phrases_of(grounds: Grounds | None, w: Words) -> tuple[str, ...]:
    """Return the first words that address a language model, with their place.

    Readers judge for themselves.
    """
    if grounds is None or "addresses_model" not in grounds.flags:
        return ()
    return tuple(_phrase(p, w) for p in grounds.phrases[:PHRASES_MAX])


def _phrase(phrase: Phrase, w: Words) -> str:
    place = clean_inline(tex_text(phrase.where))
    known = f"phrase_in_{phrase.where}"
    where = str(w[known]) if known in w else w.say("phrase_in", place=cut(place, PLACE_MAX)) if place else w.the_text
    return w.say("phrase", words=clean_inline(phrase.words), where=where) if phrase.words else str(where)


def labels_of(grounds: Grounds | None, w: Words) -> tuple[str, ...]:
    """What else must be known about the text that was read."""
    return tuple(str(w[f"flag_{flag}"]) for flag in FLAGS if grounds and flag in grounds.flags)


def footer(analysis: Analysis, w: Words) -> tuple[str, ...]:
    """What was read, what was found of it and which checks ran, a line each."""
    g = analysis.grounds
    if g is None:
        return ()
    lines = [_read_line(analysis, g, w)]
    lines.append(w.say("footer_missing", titles=_titles(g.missing, w)) if g.coverage < WHOLE and g.missing else "")
    lines.append(_found_line(analysis, g, w))
    left_out = max(g.dropped, g.unchecked)
    lines.append(w.say("footer_dropped", n=left_out) if left_out else "")
    failed = [w[f"check_{name}"] for name in g.failed] if g.quotes or not analysis.extracted else []
    lines.append(w.say("footer_failed", checks=w["and"].join(failed)) if failed else "")
    lines.append(w.say("footer_left_out", titles=_titles(g.left_out, w)) if g.left_out else "")
    lines.append(w.say("footer_licence", licence=g.licence) if g.licence else "")
    return tuple(line for line in lines if line)


def _read_line(analysis: Analysis, g: Grounds, w: Words) -> str:
    if analysis.read == "abstract":
        return str(w.footer_abstract)
    version = split(g.ref).version
    what = w.comma.join([f"v{version}", analysis.read.upper()] if version else [analysis.read.upper()])
    if g.coverage < WHOLE:
        return w.say("footer_coverage", percent=round(100 * g.coverage), what=what)
    return w.say("footer_read", read=g.sections_read, all=g.sections, what=what) if g.sections else ""


def _found_line(analysis: Analysis, g: Grounds, w: Words) -> str:
    """Say what was found in the paper, and which checks ran.

    An extract has no words of ours to check.
    """
    counts = [w.say("footer_quotes", found=g.quotes_found, all=g.quotes)] if g.quotes else []
    if not analysis.extracted:
        counts += [w.say("footer_numbers", found=g.numbers_found, all=g.numbers)] if g.numbers else []
        backed = [s for s in analysis.statements if evidence_of(s)]
        good = sum(s.verdict == "supported" and not s.suspect for s in backed)
        if "judge" in g.checks:
            counts.append(w.say("footer_judged", good=good, all=len(backed)))
        elif counts:
            counts.append(w.footer_names if "names" in g.checks else w.footer_checked)
    return w.semicolon.join(counts) + w.stop if counts else ""


def _titles(titles: Sequence[str], w: Words) -> str:
    shown = [cut(clean_inline(tex_text(title)), PLACE_MAX) for title in titles[:TITLES_MAX]]
    more = [w.say("and_more", n=len(titles) - TITLES_MAX)] if len(titles) > TITLES_MAX else []
    return str(w["and"].join([*shown, *more]))


def record_lines(paper: Paper, w: Words) -> tuple[str, ...]:
    """Tell the paper's record: where it was published, and what its authors note.

    Also how the record was found.
    """
    told = (("footer_journal", paper.journal_ref), ("footer_comment", paper.comment))
    lines = [w.say(name, text=cut(clean_inline(tex_text(text)), NOTE_MAX)) for name, text in told if text]
    lines += [w.say("footer_record", way=w[f"record_{paper.found_by}"])] if paper.found_by else []
    return tuple(lines)


NOTE_MAX = 200
"""Characters of a comment or a journal reference that are shown."""


@dataclass(frozen=True)
class ShownFigure:
    """A paper's first figure. All text is clean."""

    label: str
    words: str
    """Label and caption, where it may be shown."""
    credit: str
    image: str
    """Address of the image; empty: only `url` is given."""
    url: str
    """Where it stands in the paper."""


def figure_of(analysis: Analysis, arxiv_url: str) -> ShownFigure | None:
    """The first figure, or None where there is none."""
    grounds = analysis.grounds
    if grounds is None or grounds.figure is None:
        return None
    found = grounds.figure
    label, caption, credit = (clean_inline(tex_text(t)) for t in (found.label, found.caption, found.credit))
    url = place_url(grounds.ref, analysis.read, arxiv_url, anchor=found.anchor, page=found.page)
    return ShownFigure(label, cut(f"{label}. {caption}" if caption else label, CAPTION_MAX), credit, found.image, url)
