"""Which fetched papers are new to a channel, and what it will remember."""

from datetime import date

from workers.analysis.score import Scored
from workers.errors import OverBudget
from workers.models import Paper, Score, SourceCount
from workers.paper_ids.paper_key import id_of
from workers.sources.gather import Fetched
from workers.sources.listing.list_days import weekdays_before
from workers.store.channels.memory import Memory, Settled


def fresh_papers(fetched: list[Fetched], memory: Memory, channel: str) -> tuple[list[Paper], tuple[SourceCount, ...]]:
    """Papers new to the channel, each once, and the count of every source.

    First source first.
    Twins that several sources list have one id already (`sources.twins`); what was shown before is known by all names.
    """
    taken: dict[str, Paper] = {}
    counts = []
    for item in fetched:
        known = memory.known_papers(channel, item.papers)
        new = [p for p in item.papers if p.id not in known and p.id not in taken]
        for paper in item.papers:
            if paper.id in taken:
                both = dict.fromkeys((*taken[paper.id].sources, item.spec))
                taken[paper.id] = taken[paper.id].model_copy(update={"sources": tuple(both)})
        taken |= {p.id: p.model_copy(update={"sources": (item.spec,)}) for p in new}
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
                new=len(new),
                repeats=len(item.papers) - len(new),
                lists=item.lists,
            )
        )
    return list(taken.values()), tuple(counts)


def settled_by(
    fetched: list[Fetched],
    papers: list[Paper],
    scored: Scored,
    picks: list[tuple[Paper, Score]],
    started_at: dict[str, tuple[date, ...]],
) -> Settled:
    """What the channel will remember: lists read, papers decided on and picked.

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
    """Days of a source that need no second look.

    Where none is left: the weekday before, where catch-up then starts.
    """
    still = {p.listed for p in fetched.papers if p.id in again}
    over = tuple(day for day in fetched.had if day not in still)
    return over or tuple(weekdays_before(fetched.had[0], 1))
