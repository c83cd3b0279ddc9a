"""`python -m tests.bench taste FILE.jsonl [--profile NAME]`.

What votes gain, by a simulated channel on labelled days.

Rows are read by `bench.labelled`. Days in order of date; each shows ten papers as a digest without a model chooses
them, and votes are cast on those only. NDCG@10 with gain 2^label - 1 beside the same choice without votes; a day
without a label above 0 is voted on but not counted.

Three voters: `honest` (label 2 or 3: 55 % up, 3 % down; 1: 15 / 10; 0: 2 / 20), `noisy` (the same, three in ten votes
turned round), `random` (a quarter of the papers, up or down by a coin). The last line has the means and what a taste of
500 votes costs over 1,000 abstracts, in time of the processor; exit status 1 past the targets.
"""

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from prompts import load_profile
from tests.bench.curve import VOTERS, Point, drawn
from tests.bench.labelled import BadFileError, read_days
from tests.bench.rank import PROFILE
from tests.bench.ranking import NOTHING, ndcg
from workers.analysis.extractive.ranking.rank import Ranked, rank
from workers.analysis.extractive.ranking.stems import counts_of
from workers.analysis.score import from_ranked
from workers.analysis.taste import SignedPaper, learn
from workers.analysis.taste.apply import NO_LESSON, explained, wishes
from workers.digest.pick import choose, in_order
from workers.models import Lesson, Paper
from workers.models.taste import Foretold, Sign

SHOWN = 10
"""Papers that a day shows, and that are voted on."""

EARLY = 10
"""Days after which votes must have helped."""

VOTES = {3: (0.55, 0.03), 2: (0.55, 0.03), 1: (0.15, 0.10), 0: (0.02, 0.20)}
"""Label -> chance of a vote for and against."""

FLIPPED, AT_RANDOM = 0.3, 0.25
"""Share of the noisy voter's votes that are turned round; share of papers that the random one votes on."""

LEAST_GAIN, MOST_LOSS, MOST_COST = 0.15, -0.03, 1.5
"""Targets: after EARLY days of honest votes; in the first EARLY days, and with random votes; cost against none."""

SEEDS = 2
"""Simulated channels of each kind."""

COSTED, TAUGHT, TURNS = 1_000, 500, 5
"""Abstracts and votes of the measurement of cost, and how often each side is timed."""


@dataclass(frozen=True)
class Day:
    """One day's papers as the ranker has them."""

    date: str
    papers: list[Paper]
    ranked: list[Ranked]
    labels: dict[str, float]
    bar: int


@dataclass
class Channel:
    """A simulated channel: what it voted and was shown, and how its days went."""

    voter: str
    seed: int
    signs: list[Sign] = field(default_factory=list)
    known: dict[str, SignedPaper] = field(default_factory=dict)
    shown: dict[str, Foretold] = field(default_factory=dict)
    weights: list[float] = field(default_factory=list)
    found: list[float] = field(default_factory=list)
    """NDCG@10 of each day in order."""

    def __post_init__(self) -> None:
        self.random = random.Random(f"{self.voter} {self.seed}")

    def live(self, number: int, day: Day) -> None:
        """Be shown a day and vote."""
        vectors = {r.id: r.vector for r in day.ranked}
        papers = {p.id: p for p in day.papers}
        lesson = learn(self.signs, self.known, self.shown, vectors)
        order = order_of(day, lesson)
        self.weights.append(lesson.weight)
        self.found.append(ndcg([day.labels[i] for i in order]))
        for place, paper in enumerate(order[:SHOWN], 1):
            odd = bool(lesson.weight) and place == SHOWN
            self.shown[paper] = Foretold(slot=day.date, pull=lesson.pulls.get(paper, 0.0), surprise=odd)
            if kind := self._vote(day.labels[paper]):
                self.signs.append(Sign.model_validate({"paper": paper, "person": "p", "kind": kind, "at": number}))
                self.known[paper] = SignedPaper(papers[paper].title, counts_of(papers[paper]))

    def _vote(self, label: float) -> str:
        up, down = VOTES[round(label)] if self.voter != "random" else (AT_RANDOM / 2, AT_RANDOM / 2)
        drawn = self.random.random()
        said = "up" if drawn < up else "down" if drawn < up + down else ""
        if said and self.voter == "noisy" and self.random.random() < FLIPPED:
            return "down" if said == "up" else "up"
        return said


def order_of(day: Day, lesson: Lesson) -> list[str]:
    """Ids of a day: the ten that a digest without a model chooses, then all others.

    The others follow in the same order.
    """
    scores, wish = from_ranked(day.papers, day.ranked, lesson), wishes(day.ranked, lesson)
    first = choose(day.papers, scores, picks=SHOWN, min_score=day.bar, wish=wish, surprise=bool(lesson.weight))
    names = [s.id for s in first]
    return names + [s.id for s in in_order(day.papers, scores, min_score=0, wish=wish) if s.id not in names]


def read(file: Path, name: str) -> list[Day]:
    """The days of a file in order, ranked for the profile `name`."""
    profile = load_profile(name)
    return [
        Day(f"{d.date} {d.source}", d.papers, rank(d.papers, profile.interests), d.labels, profile.min_score)
        for d in read_days(file)
    ]


def cost(days: Sequence[Day], profile: str) -> float:
    """Time of ranking with a taste over the time without one.

    Both run in this process, in turns.
    """
    interests = load_profile(profile).interests
    pool = [paper for day in days for paper in day.papers]
    if len(pool) < COSTED + TAUGHT:
        pool *= (COSTED + TAUGHT) // len(pool) + 1
    papers = [p.model_copy(update={"id": f"{p.id}~{n}"}) for n, p in enumerate(pool[: COSTED + TAUGHT])]
    fresh, old = papers[:COSTED], papers[COSTED:]
    kinds = ("up", "down")
    signs = [
        Sign.model_validate({"paper": p.id, "person": f"p{n % 3}", "kind": kinds[n % 2], "at": n})
        for n, p in enumerate(old)
    ]
    shown = {p.id: Foretold(slot=str(n // SHOWN), pull=(-1.0) ** n) for n, p in enumerate(old)}
    times: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(2 * TURNS):
        began = time.process_time()
        ranked = rank(fresh, interests)
        if turn % 2:
            known = {p.id: SignedPaper(p.title, counts_of(p)) for p in old}
            vectors = {r.id: r.vector for r in ranked}
            lesson = learn(signs, known, shown, vectors, partial(explained, ranked, SHOWN))
            from_ranked(fresh, ranked, lesson)
        else:
            from_ranked(fresh, ranked, NO_LESSON)
        times[bool(turn % 2)].append(time.process_time() - began)
    return min(times[True]) / min(times[False])


def main(words: Sequence[str]) -> int:
    """Print how each voter's days went, and the means."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench taste")
    parser.add_argument("file", type=Path)
    parser.add_argument("--profile", default=PROFILE)
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"channels of each kind (default {SEEDS})")
    parser.add_argument("--curve", type=Path, metavar="FILE", help="draw gain and weight by day there, as SVG")
    given = parser.parse_args(words)
    try:
        days = read(given.file, given.profile)
    except BadFileError as error:
        parser.error(str(error))
    plain = [ndcg([day.labels[i] for i in order_of(day, NO_LESSON)]) for day in days]
    counted = [n for n, day in enumerate(days) if any(day.labels.values())]
    early, late = [n for n in counted if n < EARLY], [n for n in counted if n >= EARLY]
    if not counted:
        print(NOTHING)
        return 1
    told, gains = [], {}
    curve: list[Point] = []
    for voter in VOTERS:
        channels = [Channel(voter, seed) for seed in range(given.seeds)]
        for channel in channels:
            for number, day in enumerate(days):
                channel.live(number, day)
        for name, span in ((f"days 1-{EARLY}", early), (f"from day {EARLY + 1}", late)):
            with_votes = _mean([c.found[n] for c in channels for n in span])
            without = _mean([plain[n] for n in span])
            gains[voter, name[0]] = with_votes - without
            told.append(f"{voter} {name} {with_votes:.3f} beside {without:.3f} ({with_votes - without:+.3f})")
        votes, weights = (
            _mean([len(c.signs) for c in channels]),
            [_mean([c.weights[n] for c in channels]) for n in late],
        )
        print(
            f"{voter:<7} {votes:.0f} votes in {len(days)} days, mean weight from day {EARLY + 1}: {_mean(weights):.2f}"
        )
        for n in counted:
            gain = _mean([c.found[n] for c in channels]) - plain[n]
            curve.append(Point(voter, n + 1, gain, _mean([c.weights[n] for c in channels])))
    if given.curve:
        given.curve.write_text(drawn(curve), encoding="utf-8")
    times = cost(days, given.profile)
    costs = f"{COSTED:,} abstracts with {TAUGHT} votes take {times:.2f} x"
    print(f"NDCG@{SHOWN}, votes beside none, {len(days)} days: {'; '.join([*told, costs])}")
    losses = [gain for (voter, name), gain in gains.items() if voter == "random" or name == "d"]
    good = gains["honest", "f"] >= LEAST_GAIN or not late
    return 0 if good and min(losses) >= MOST_LOSS and times <= MOST_COST else 1


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
