"""A digest or answer as entries of the team's memory, in plain words."""

from datetime import date

from workers.models import Digest, Pick
from workers.models.library import LibraryEntry, Measured
from workers.render.digest import title_of
from workers.render.text.latex import tex_text
from workers.render.text.sanitize import clean_inline, defang
from workers.render.text.truncate import shortened

MAX_TEXT = 3_000
"""Characters that are kept of an abstract and what was written of the paper."""

MAX_QUESTION, MAX_ANSWER = 300, 1_500
"""Characters that are kept of a question and its answer."""

MAX_RESULTS = 10
"""Numbers that are kept of a paper."""

MAX_AUTHORS = 30
"""Authors that a paper is found by."""


def papers(digest: Digest, messages: dict[str, str]) -> list[LibraryEntry]:
    """Return one entry for each pick that has a message.

    `messages`: id of a paper -> id of its message.
    """
    return [_paper(pick, digest.date, messages[pick.paper.id]) for pick in digest.picks if pick.paper.id in messages]


def talk(paper: str, title: str, question: str, answer: str, day: date, message: str, who: str = "") -> LibraryEntry:
    """One question with its answer."""
    said = clean_inline(tex_text(question))
    return LibraryEntry(
        kind="talk",
        paper=paper,
        title=title,
        date=day,
        message=message,
        question=defang(shortened(said, MAX_QUESTION)),
        answer=defang(shortened(clean_inline(tex_text(answer)), MAX_ANSWER)),
        who=who,
    )


def _paper(pick: Pick, day: date, message: str) -> LibraryEntry:
    paper, analysis = pick.paper, pick.analysis
    written = [getattr(analysis, name) for name in ("contribution", "methodology", "takeaway", "limitations")]
    said = " ".join([pick.score.why, *pick.score.matched, paper.abstract, *written])
    return LibraryEntry(
        kind="paper",
        paper=paper.id,
        title=title_of(paper),
        authors=tuple(clean_inline(tex_text(name)) for name in paper.authors[:MAX_AUTHORS]),
        date=day,
        score=pick.score.effective,
        message=message,
        text=clean_inline(tex_text(said))[:MAX_TEXT],
        results=measured(pick),
        fictional=paper.fictional,
    )


def measured(pick: Pick) -> tuple[Measured, ...]:
    """The paper's own numbers that were found in it, of a benchmark that is named."""
    rows = [row for row in pick.analysis.results if row.dataset and row.what and not row.suspect]
    plain = [[clean_inline(tex_text(text)) for text in (row.what, row.dataset, row.ours)] for row in rows]
    found = [Measured(what=what, dataset=dataset, ours=ours) for what, dataset, ours in plain]
    return tuple(one for one in found if any(c.isdigit() for c in one.ours))[:MAX_RESULTS]
