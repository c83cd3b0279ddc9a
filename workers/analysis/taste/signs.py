"""How much each sign weighs, and that no single person weighs too much."""

from collections.abc import Iterable, Mapping, Sequence

from workers.models.taste import Foretold, Kind, Sign

WEIGHTS: dict[Kind, float] = {
    "up": 1.0,
    "down": -1.0,
    "more": 1.5,
    "off": -1.5,
    "save": 1.0,
    "dive": 0.5,
    "ask": 0.3,
}
"""What a sign says for (or against) a paper. A vote and a paper kept are judgements; who opens a menu to say so means
it; a deep dive or a question says only that somebody wanted to know."""

JUDGED: frozenset[Kind] = frozenset({"up", "down", "more", "off"})
"""Signs that are a verdict: only they are foretold and judged."""

SURPRISE = 2.0
"""Times that a verdict on a paper in the surprise's place counts: it tells what no other could."""

SHARE, CROWD = 1 / 3, 3
"""Most of a channel's weight that is one person's, once this many people have shown anything."""


def strength(sign: Sign, shown: Mapping[str, Foretold]) -> float:
    """What the sign says, before the person's share."""
    seen = shown.get(sign.paper)
    return WEIGHTS[sign.kind] * (SURPRISE if sign.kind in JUDGED and seen is not None and seen.surprise else 1.0)


def shares(signs: Iterable[Sign]) -> dict[str, float]:
    """Person -> by what their signs are multiplied.

    Nobody then has more than SHARE of the whole.
    """
    totals: dict[str, float] = {}
    for sign in signs:
        totals[sign.person] = totals.get(sign.person, 0.0) + abs(WEIGHTS[sign.kind])
    most = cap(list(totals.values()))
    return {person: min(1.0, most / total) for person, total in totals.items()}


def cap(totals: Sequence[float]) -> float:
    """The greatest weight c of one person that is at most SHARE of all.

    Each person is counted up to c. With fewer than CROWD people there is no cap: the greatest of `totals`.
    """
    order = sorted(totals, reverse=True)
    if len(order) < CROWD:
        return order[0] if order else 0.0
    rest = sum(order)
    for capped in range(CROWD):
        found = rest / (CROWD - capped)
        if capped == 0 and order[0] <= found:
            return order[0]
        if capped and order[capped] <= found <= order[capped - 1]:
            return found
        rest -= order[capped]
    return order[CROWD - 1]
