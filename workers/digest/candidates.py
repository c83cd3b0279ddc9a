"""Which of the fetched papers are new to a channel, and what the channel will remember of a run."""

from collections.abc import Mapping, Sequence
from datetime import date

from workers.analysis.score import Scored
from workers.errors import OverBudget
from workers.models import Paper, Score, SourceCount
from workers.paper_key import id_of, kind_of
from workers.sources.days import weekdays_before
from workers.sources.gather import Fetched
from workers.store.memory import Memory, Settled

_OPEN = ("arxiv", "acl", "pmlr", "openreview", "doi")
"""Kinds of ids, those first whose full text is open for sure."""

_SHARED = ("abstract", "authors", "categories", "published", "doi", "url", "venue", "journal_ref", "listed")
"""What two records of one paper tell of it alike; licence and comment are of one version."""


def fresh_papers(fetched: list[Fetched], memory: Memory, channel: str) -> tuple[list[Paper], tuple[SourceCount, ...]]:
    """Papers new to the channel, each once, and the count of every source. First source first."""
    taken: list[Paper] = []
    places: dict[str, int] = {}
    counts = []
    for item in fetched:
        known, new = memory.known_papers(channel, item.papers), 0
        for paper in item.papers:
            if paper.id in known:
                continue
            mine = paper.model_copy(update={"sources": (item.spec,)})
            place = _place(mine, places, taken)
            if place is None:
                place, new = len(taken), new + 1
                taken.append(mine)
            else:
                taken[place] = one_of(taken[place], mine)
            places |= dict.fromkeys(names_of(taken[place]), place)
        state = "failed" if item.error else "ok" if item.papers else "empty" if item.asked else "unchanged"
        counts.append(
            SourceCount(
                source=item.spec,
                state=state,
                error=item.error.kind if item.error else None,
                days=item.days,
                so_far=item.so_far,
                listed=item.listed,
                fetched=len(item.papers),
                new=new,
                repeats=len(item.papers) - new,
                lists=item.lists,
            )
        )
    return taken, tuple(counts)


def names_of(paper: Paper) -> tuple[str, ...]:
    """All that a paper is known by: its keys, and its title where that says enough."""
    return (*paper.keys, *filter(None, [paper.title_mark]))


def _place(paper: Paper, places: Mapping[str, int], taken: Sequence[Paper]) -> int | None:
    """Where the same paper stands already. Two of arXiv's are two, whatever their titles."""
    for name in names_of(paper):
        place = places.get(name)
        if place is not None:
            other = taken[place].id
            if paper.id == other or "arxiv" not in {kind_of(paper.id)} & {kind_of(other)}:
                return place
    return None


def one_of(first: Paper, second: Paper) -> Paper:
    """Two records of one paper as one: the one that can be read in full, with what only the other knows."""
    sources = tuple(dict.fromkeys((*first.sources, *second.sources)))
    if first.id == second.id:
        return first.model_copy(update={"sources": sources})
    best, other = sorted((first, second), key=lambda paper: _OPEN.index(kind_of(paper.id)))
    aliases = tuple(key for key in dict.fromkeys((*best.keys, *other.keys)) if key != best.key)
    more = {name: getattr(best, name) or getattr(other, name) for name in _SHARED}
    return best.model_copy(update=more | {"sources": sources, "aliases": aliases, "upvotes": _most(first, second)})


def _most(first: Paper, second: Paper) -> int | None:
    return max((p.upvotes for p in (first, second) if p.upvotes is not None), default=None)


def settled_by(
    fetched: list[Fetched],
    papers: list[Paper],
    scored: Scored,
    picks: list[tuple[Paper, Score]],
    started_at: dict[str, tuple[date, ...]],
) -> Settled:
    """What the channel will remember: lists that were read, papers that were decided on, papers that were picked.

    A paper whose scoring failed is not settled (unless picked) and its list's day not covered, so that it comes again;
    nor is anything of a day that was left empty by such failures. A day still running is not covered. What the budget
    kept from the model is settled: the local number has decided.
    """
    picked = {paper.id for paper, _ in picks}
    failed = {s.id for s in scored.scores if s.state == "failed"} - picked
    again = {s.id for s in scored.scores if s.state == "failed" and s.error != OverBudget.kind} - picked
    if again and not picks:
        again = {paper.id for paper in papers}
    return Settled(
        days={f.spec: _over(f, again) for f in fetched if f.had} | started_at,
        seen=tuple(dict.fromkeys(id_of(key) for p in papers if p.id not in failed | again for key in p.keys)),
        posted=tuple(picked),
    )


def _over(fetched: Fetched, again: set[str]) -> tuple[date, ...]:
    """Days of a source that need no second look. Where none is left: the weekday before, where catch-up then starts."""
    still = {p.listed for p in fetched.papers if p.id in again}
    over = tuple(day for day in fetched.had if day not in still)
    return over or tuple(weekdays_before(fetched.had[0], 1))
