"""Says why a paper is here besides its score: taste, or a followed person."""

from workers.models import Score
from workers.models.relation import Relation
from workers.render.text.latex import tex_text
from workers.render.text.nodes import Span, Spans
from workers.render.text.sanitize import clean_inline
from workers.render.text.truncate import shortened
from workers.words import Words

MAX_TITLE = 60
"""Characters of the other paper's title in a clause."""

NAME_WORDS = 3
"""Words before a title's colon that are taken for the name of what it presents."""


def taste_clause(score: Score, w: Words) -> str:
    """Say how the taste moved a score: `+9: like “QuiltMAR”, which 3 of you liked`.

    Empty where it moved nothing.
    """
    if score.moved is None or not score.moved.by:
        return ""
    by, like = f"{score.moved.by:+d}".replace("-", "−"), score.moved.like
    if like is None:
        return w.say("taste_moved", by=by)
    return w.say(f"taste_{like.how}", by=by, title=name_of(like.title), n=like.people)


def relation_line(found: Relation | None, w: Words) -> Spans:
    """Say how a pick relates to a seen paper: `Cites “QuiltMAR” (here on 2026-01-12)`.

    The title is linked to where it stands. Empty where `found` is None.
    """
    if found is None:
        return ()
    plain = {name: clean_inline(getattr(found, name)) for name in ("author", "benchmark", "here", "there")}
    said = w.say(f"relation_{found.how}", title="\0", day=found.date.isoformat(), **plain)
    before, _, behind = said.partition("\0")
    return (Span(f"🔗 {before}"), Span(name_of(found.title), href=found.url), Span(behind))


def name_of(title: str) -> str:
    """A title in a clause: what stands before its colon, where that is a name."""
    whole = clean_inline(tex_text(title))
    head = whole.partition(": ")[0]
    return shortened(head if head and len(head.split()) <= NAME_WORDS else whole, MAX_TITLE)


def labels_of_score(score: Score, w: Words) -> tuple[str, ...]:
    """Somebody who wrote it is followed, or it is the day's surprise."""
    by = (w.say("label_followed", name=clean_inline(score.followed)),) if score.followed else ()
    must = (w.say("label_must", phrase=clean_inline(score.must)),) if score.must else ()
    return (*by, *must, *((w.label_surprise,) if score.surprise else ()))
