"""Improves a digest later in the day: what may still come. Pure."""

from collections.abc import Sequence

from workers.digest.compose import RunCost, unwritten
from workers.digest.pick import worth_again
from workers.errors import SERVICE_KINDS
from workers.models import LOCAL, Analysis, Digest

PASSING = SERVICE_KINDS | {"invalid", "truncated", "over_budget", "failed"}
"""Classes of failure that another try later in the day may get past. Not: declined, unsupported, paper_lost, which the
same call would bring again."""


NOTHING = RunCost()

UNDONE, LATE = ("model_unavailable",), "model_late"
"""Notes of a receipt that promise another try, and the one that stands there when nothing is left to write."""


def can_improve(digest: Digest) -> bool:
    """True where sources or the model failed in a way that may pass.

    It is worth another try later in the day.
    """
    analyses = [p.analysis for p in digest.picks]
    return worth_again(digest) or any((a.extracted and a.error in PASSING) or unread(a) for a in analyses)


def unread(analysis: Analysis) -> bool:
    """True where the full text could not be fetched for a reason that may pass."""
    return analysis.grounds is not None and "fetch_failed" in analysis.grounds.flags and analysis.read == "abstract"


def is_better(new: Analysis, old: Analysis) -> bool:
    """True where an analysis has become better.

    A model wrote what was extracted, or is back and will not write it, or the whole paper was read instead of its
    abstract.
    """
    by_model = old.extracted and not new.extracted
    settled = old.extracted and old.error in PASSING and new.error not in PASSING
    return by_model or settled or (unread(old) and not unread(new) and new.extracted <= old.extracted)


def better(digest: Digest, analyses: Sequence[Analysis], spent: RunCost = NOTHING) -> Digest:
    """The digest with analyses written anew (for `spent`).

    All that a reader has relied on (picks, scores) stays.
    """
    new = {a.id: a for a in analyses}
    picks = tuple(p.model_copy(update={"analysis": new.get(p.paper.id, p.analysis)}) for p in digest.picks)
    written = [p.analysis for p in picks]
    writer = next((a.by for a in written if a.by != LOCAL), LOCAL)
    before, left = digest.receipt, unwritten(written)
    over = bool(before.unwritten) and not PASSING & left.keys()
    now = () if writer == LOCAL else (LATE,)
    receipt = before.model_copy(
        update={
            "writer": writer,
            "unwritten": left,
            "tokens_in": before.tokens_in + spent.tokens_in,
            "tokens_out": before.tokens_out + spent.tokens_out,
            "cost_usd": round(before.cost_usd + spent.cost_usd, 6),
            "notes": tuple(n for note in before.notes for n in (now if over and note in UNDONE else (note,))),
        }
    )
    return digest.model_copy(update={"picks": picks, "receipt": receipt})
