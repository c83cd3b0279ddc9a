"""The weight a taste has earned: how well it foretold the channel's votes.

When a digest shows a paper, what the taste says of it is kept (`Foretold.pull`). A later vote is compared with the
other papers of that digest and with earlier votes the other way: a taste that knows the channel drew the liked one
more. A vote is so judged by a taste that had not learned from it.
"""

import math
from collections.abc import Mapping, Sequence

from workers.analysis.taste.signs import JUDGED, strength
from workers.models.taste import Foretold, Sign

STEPS = {0.25: 8, 0.5: 16, 1.0: 32}
"""Weights that can be earned, and how many judged votes each needs; else it is 0. Eight are two mornings of three
people with a few papers each."""

SURE = 1.3
"""The sum of what votes said for the taste, in deviations of a sum that says nothing: below, its weight is 0. At a
given vote one in ten channels that vote at random is past it, and falls back with further votes."""

EARLIER = 12
"""Latest votes the other way that a vote is compared with."""

SOFT = 0.5
"""What a difference of one deviation is multiplied by before it is judged: a vote is no measurement. As measured with
voters of whom a third err."""


def earned(signs: Sequence[Sign], shown: Mapping[str, Foretold], share: Mapping[str, float]) -> float:
    """The weight of a taste, one of STEPS, by how well it foretold votes.

    0 where it foretold them no better than chance, else the step that foretold best.
    `signs`: in order of time. `share`: by what a person's signs are multiplied.
    """
    said: list[float] = []
    gains = dict.fromkeys(STEPS, 0.0)
    earlier: dict[int, list[float]] = {1: [], -1: []}
    own = {(s.paper, s.person): _way(s, shown) for s in signs if s.kind in JUDGED}
    by_slot: dict[str, list[str]] = {}
    for paper, one in shown.items():
        by_slot.setdefault(one.slot, []).append(paper)
    for sign in signs:
        seen = shown.get(sign.paper)
        if sign.kind not in JUDGED or seen is None:
            continue
        way = _way(sign, shown)
        beside = [shown[p].pull for p in by_slot[seen.slot] if p != sign.paper and own.get((p, sign.person)) != way]
        others = earlier[-way][-EARLIER:] + beside
        earlier[way].append(seen.pull)
        if not others:
            continue
        apart = [SOFT * way * (seen.pull - other) for other in others]
        weight = share.get(sign.person, 1.0)
        said.append(weight * sum(map(math.tanh, apart)) / len(apart))
        odds = [math.exp(-a) for a in apart]
        for step in STEPS:
            gains[step] += weight * (math.log(2) - sum(math.log1p(o**step) for o in odds) / len(odds))
    spread = math.sqrt(sum(s * s for s in said))
    able = [step for step, least in STEPS.items() if len(said) >= least]
    if not able or sum(said) <= SURE * spread:
        return 0.0
    return max(able, key=lambda step: gains[step])


def _way(sign: Sign, shown: Mapping[str, Foretold]) -> int:
    return 1 if strength(sign, shown) > 0 else -1
