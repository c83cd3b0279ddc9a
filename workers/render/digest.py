"""A digest as documents: all words are decided here, writers only lay out.

The only links of a digest are made here, from a paper's id and the caller's base URL.
"""

from dataclasses import dataclass, replace

from workers.models import CORE_SECTIONS, SECTIONS, Analysis, Digest, Paper, Pick, Score
from workers.paper_ids.paper_key import abs_url, kind_of, pdf_url
from workers.render import receipt
from workers.render.evidence import folded, result_places, result_table
from workers.render.statements import (
    ShownFigure,
    alerts_of,
    brief_blocks,
    figure_of,
    footer,
    is_brief,
    labels_of,
    phrases_of,
    record_lines,
    statement_blocks,
)
from workers.render.taste import labels_of_score, relation_line, taste_clause
from workers.render.text.latex import tex_text
from workers.render.text.markdown_ast import parse
from workers.render.text.nodes import Block, Paragraph, Span, Spans
from workers.render.text.sanitize import category, clean_inline, defang
from workers.render.text.truncate import shortened
from workers.words import Words, words

BANDS = ((90, "band_must"), (75, "band_fit"), (60, "band_look"))
"""Lowest score of each band, as `prompts/score.md` explains them to the model."""

MAX_TITLE = 300
"""Characters of a paper's title; arXiv's longest are near 250."""

MAX_DIGEST_TITLE = 100
"""Characters of the digest's own title; leaves room for the date in Slack's 150-character header."""

MAX_WHY, MAX_AUTHORS = 400, 3
"""Characters of the sentence that gives the reason for a score; authors named before "et al."."""


@dataclass(frozen=True)
class Section:
    """One of the four parts of an analysis."""

    number: int
    """From 1; 0 for one that stands alone."""
    name: str
    blocks: tuple[Block, ...]
    places: Spans = ()
    """Links to where a table's rows stand, for where the table itself holds none."""

    @property
    def heading(self) -> str:
        """`1. Key Contribution`."""
        return f"{self.number}. {self.name}" if self.number else self.name


@dataclass(frozen=True)
class DigestEntry:
    """One picked paper. All text is clean."""

    number: int
    alone: bool
    """True where no other paper is beside it."""
    id: str
    title: str
    authors: str
    value: int | None
    """The number shown, or None."""
    score: str
    """`92/100`, or that there is none."""
    band: str
    score_label: str
    """What must be known about the number, or ''."""
    why: str
    matched: str
    source: str
    alert: str
    """What must be known of the paper before all else (`⚠️ withdrawn`), or ''."""
    phrases: tuple[str, ...]
    """Words of the paper that address a language model, each with its place; the alert has said that there are."""
    labels: tuple[str, ...]
    """What must be known about the text and the paper."""
    abs_url: str
    pdf_url: str
    """'' where it has none that is open."""
    advice: tuple[str, str]
    """What to do with the paper, and why; empty where nobody said."""
    sections: tuple[Section, ...]
    evidence: tuple[Block, ...] = ()
    """The paper's words for the statements, to be folded away; empty where they stand under each."""
    footer: tuple[str, ...] = ()
    """What was read and what of it was checked, a line each."""
    figure: ShownFigure | None = None
    """The first figure: to show, where its licence allows that, or to link."""
    relation: Spans = ()
    """One line that links to a paper of before."""
    more: tuple[tuple[str, str], ...] = ()
    """Further links: (label, address) of code, project's page, models and data."""

    @property
    def name(self) -> str:
        """`2. A Title`; the only paper has no number."""
        return f"{self.mark}{self.title}"

    @property
    def mark(self) -> str:
        """`2. `, or nothing before the only paper."""
        return "" if self.alone else f"{self.number}. "

    @property
    def verdict(self) -> str:
        """`92/100 · right on topic · local ranker's score, no model`."""
        return " · ".join(part for part in (self.score, self.band, self.score_label) if part)

    def links(self, w: Words) -> Spans:
        """The page that tells of the paper, and its PDF where it has one."""
        pdf = (Span(" · "), Span(w.pdf, href=self.pdf_url)) if self.pdf_url else ()
        more = (span for label, url in self.more for span in (Span(" · "), Span(label, href=url)))
        return (Span(w.abs, href=self.abs_url), *pdf, *more)

    @property
    def warning(self) -> str:
        """The alert, and the words that it is about."""
        return "\n".join(filter(None, [self.alert, *self.phrases]))

    @property
    def brief(self) -> str:
        """The verdict for the quick view: with what must be known before all else."""
        return " · ".join(filter(None, [self.verdict, self.alert]))


@dataclass(frozen=True)
class DigestDocument:
    """A digest in words."""

    title: str
    """`CV Papers Daily | 2026-01-24`."""
    status: str
    notice: str
    """Said first where the papers are made up; else ''."""
    receipt: str
    """One line."""
    receipt_lines: tuple[str, ...]
    """All of it."""
    why_empty: str
    entries: tuple[DigestEntry, ...]
    words: Words


def page(digest: Digest, *, arxiv_url: str, chat: bool = True, quotes: bool = False) -> DigestDocument:
    """Build the page of a digest in its language.

    `arxiv_url`: base of `/abs` and `/pdf`. `chat`: our own words must not look like links, either (`cs.CV` is a domain
    of Cape Verde to a chat). `quotes`: the paper's words under each statement instead of together."""
    w = words(digest.language)
    ours = defang if chat else str
    named = receipt.sample_name(digest, w) if digest.sample else category(clean_inline(digest.label))
    label = named or w.status_no_label
    if receipt.so_far(digest):
        label += f" · {w.receipt_so_far}"
    status = (
        w.say("status_picked", n=digest.scanned, label=label, picked=len(digest.picks))
        if digest.picks
        else w.say("status_empty", n=digest.scanned, label=label, why=receipt.why_empty(digest, w))
    )
    alone, base = len(digest.picks) == 1, arxiv_url.rstrip("/")
    entries = (_entry(n, pick, w, base, alone=alone, quotes=quotes) for n, pick in enumerate(digest.picks, 1))
    entries = (_plainer(entry, w, asked=digest.asked) for entry in entries) if chat else entries
    return DigestDocument(
        title=f"{shortened(clean_inline(digest.title), MAX_DIGEST_TITLE)} | {digest.date.isoformat()}",
        status=ours(status),
        notice=w.notice_sample if digest.sample else "",
        receipt=ours(receipt.short(digest)),
        receipt_lines=tuple(ours(line) for line in receipt.receipt_lines(digest, reason=False, full=not chat)),
        why_empty=receipt.why_empty(digest, w),
        entries=tuple(
            replace(entry, source=ours(entry.source), footer=tuple(map(ours, entry.footer))) for entry in entries
        ),
        words=w,
    )


def _entry(number: int, pick: Pick, w: Words, base: str, *, alone: bool, quotes: bool) -> DigestEntry:
    paper, score = pick.paper, pick.score
    return DigestEntry(
        number=number,
        alone=alone,
        id=paper.id,
        title=title_of(paper),
        authors=_authors(paper, w),
        value=score.effective,
        score=w.score_none if score.effective is None else f"{score.effective}/100",
        band=_band(score, w),
        score_label=w.label_stand_in if score.stand_in and score.effective is not None else "",
        why=" · ".join(x for x in (shortened(clean_inline(tex_text(score.why)), MAX_WHY), taste_clause(score, w)) if x),
        matched=w["and"].join(clean_inline(interest) for interest in score.matched),
        source=" + ".join(dict.fromkeys(receipt.source_name(spec, w) for spec in paper.sources)),
        alert=alert(pick.analysis, w),
        phrases=phrases_of(pick.analysis.grounds, w),
        labels=(*labels_of_score(score, w), *labels(pick.analysis, w, fictional=paper.fictional)),
        abs_url=abs_url(paper.id, base),
        more=_more(paper, w),
        pdf_url=pdf_url(paper.id, base),
        advice=advice(pick.analysis, w),
        sections=sections(pick.analysis, w, base, quotes=quotes),
        evidence=() if quotes or is_brief(pick.analysis) else folded(pick.analysis, w, base),
        footer=(*record_lines(pick.paper, w), *footer(pick.analysis, w)),
        figure=figure_of(pick.analysis, base),
        relation=relation_line(pick.relation, w),
    )


def _more(paper: Paper, w: Words) -> tuple[tuple[str, str], ...]:
    """Link code and project page, and Hugging Face's page with models and data."""
    released = (paper.code or paper.project) and not paper.fictional and kind_of(paper.id) == "arxiv"
    there = f"https://huggingface.co/papers/{paper.id}" if released else ""
    found = ((w.link_code, paper.code), (w.link_project, paper.project), (w.link_models, there))
    return tuple((label, url) for label, url in found if url)


def _plainer(entry: DigestEntry, w: Words, *, asked: bool) -> DigestEntry:
    """Show a local number as a match, interests once; no score if a person asked."""
    local = bool(entry.score_label)
    if asked:
        entry = replace(entry, score="", band="", score_label="", why=entry.why if entry.matched else "")
    elif local:
        entry = replace(entry, score=w.say("day_match", score=entry.value), band="")
    return replace(entry, matched="") if local and entry.why else entry


def title_of(paper: Paper) -> str:
    """Return a paper's title for people: no TeX or bait, one line, never empty."""
    return shortened(clean_inline(tex_text(paper.title)), MAX_TITLE) or paper.id


def kept(paper: Paper) -> Paper:
    """The paper's record as it is kept for later: with its title as people read it."""
    return paper.model_copy(update={"plain": title_of(paper)})


def sections(analysis: Analysis, w: Words, arxiv_url: str, *, quotes: bool = False) -> tuple[Section, ...]:
    """Return the sections in order, each with a block; one for an abstract alone.

    Results and ideas only where there are any. `quotes`: with the paper's words under each statement."""
    if is_brief(analysis):
        return (Section(0, w.section_brief, brief_blocks(analysis, w)),)
    found, nothing = list[Section](), Paragraph((Span(w.nothing_written, italic=True),))
    for name in SECTIONS:
        places: Spans = ()
        if name == "results":
            blocks, places = result_table(analysis, w, arxiv_url), result_places(analysis, w, arxiv_url)
        else:
            blocks = statement_blocks(analysis, name, w, arxiv_url, quotes=quotes) or parse(getattr(analysis, name))
        if blocks or (name in CORE_SECTIONS and not analysis.extracted):
            found.append(Section(len(found) + 1, w[f"section_{name}"], blocks or (nothing,), places))
    return tuple(found)


def advice(analysis: Analysis, w: Words) -> tuple[str, str]:
    """Return what to do with the paper (`Skim § 4.2`) and why; empty where unsaid."""
    said = analysis.verdict
    if said is None:
        return "", ""
    key = "advice_skim_section" if said.action == "skim" and said.section else f"advice_{said.action}"
    return w.say(key, section=clean_inline(said.section)), shortened(clean_inline(tex_text(said.why)), MAX_WHY)


def alert(analysis: Analysis, w: Words) -> str:
    """Say what matters before all else: withdrawn, hidden text. '' for nothing."""
    found = alerts_of(analysis.grounds, w)
    return f"⚠️ {' · '.join(found)}" if found else ""


def labels(analysis: Analysis, w: Words, *, fictional: bool) -> tuple[str, ...]:
    """Label what is made up, extracted (why: the model away), from the abstract."""
    shown = [w.label_fictional] if fictional else []
    if analysis.extracted:
        shown.append(w.variant("label_extract", analysis.error) if analysis.error else w.label_extracted)
    if analysis.read == "abstract":
        closed = analysis.grounds is not None and "closed" in analysis.grounds.flags
        elsewhere = w.label_closed if closed else w.label_unread
        shown.append(w.label_abstract if kind_of(analysis.id) == "arxiv" else elsewhere)
    return (*shown, *labels_of(analysis.grounds, w))


def _band(score: Score, w: Words) -> str:
    if score.effective is None:
        return ""
    return w[next((key for lowest, key in BANDS if score.effective >= lowest), "band_below")]


def _authors(paper: Paper, w: Words) -> str:
    names = [shortened(clean_inline(tex_text(name)), 80) for name in paper.authors[:MAX_AUTHORS]]
    return ", ".join(name for name in names if name) + (f" {w.et_al}" if len(paper.authors) > MAX_AUTHORS else "")
