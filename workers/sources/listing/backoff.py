"""Asks a failing source more and more seldom, at last once a day. Pure.

Digests go out without it meanwhile and say so; the first answer ends the rest.
"""

from collections.abc import Iterable, Sequence

from workers.errors import SourceFailed
from workers.sources.spec import parse_spec
from workers.store.operations.incidents import Failing

FROM = 10
"""Failures in a row from which a source is asked more seldom; before, every digest and every later try asks it."""

FIRST_S, MOST_S = 3600.0, 23 * 3600.0
"""Seconds of rest after the tenth failure, doubled by every ten more, and at most: the daily digest still asks."""


def resting(specs: Iterable[str], failing: Sequence[Failing], now: float) -> dict[str, SourceFailed]:
    """Those of `specs` that are left alone at `now`, each with its last failure."""
    known = {one.what: one for one in failing}
    found = {}
    for spec in (parse_spec(text).text for text in specs):
        one = known.get(f"source {spec}")
        if one and 0 <= now - one.last < rest_s(one.count):
            found[spec] = SourceFailed("It failed too often lately.", source=spec, kind=one.error)
    return found


def rest_s(fails: int) -> float:
    """Seconds that a source is left alone after so many failures in a row."""
    return 0.0 if fails < FROM else float(min(FIRST_S * 2 ** (fails // FROM - 1), MOST_S))
