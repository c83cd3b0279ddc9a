"""`python -m tests.bench rank FILE.jsonl [--profile NAME]`.

How well labelled days are ordered, beside two baselines.

Rows are read by `bench.labelled`. NDCG@10 with gain 2^label - 1; days without a label above 0 tell nothing and are left
out. The last line has the means.
"""

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path

from prompts import Profile, load_profile
from tests.bench.labelled import BadFileError, read_days
from tests.bench.rank import PROFILE
from workers.analysis.extractive.ranking.feedback import bm25
from workers.analysis.extractive.ranking.rank import rank
from workers.analysis.extractive.ranking.stems import stems_of
from workers.analysis.score import local_scores
from workers.models import Paper

DEPTH = 10
TITLE_WEIGHT = 3
"""A word of the title counts so often for the keyword baseline."""

NOTHING = "no day has a label above 0: there is nothing to measure"

Order = Callable[[Sequence[Paper], Profile], list[str]]


def ours(papers: Sequence[Paper], profile: Profile) -> list[str]:
    """The local ranker's order."""
    return [r.id for r in rank(papers, profile.interests)]


def scored(papers: Sequence[Paper], profile: Profile) -> list[str]:
    """The order of `score --local`: by number, equal ones by the ranker's order."""
    return [s.id for s in local_scores(papers, profile)]


def plain(papers: Sequence[Paper], profile: Profile) -> list[str]:
    """BM25 of title and abstract for the words of the interests."""
    worth = bm25([stems_of(f"{p.title} {p.abstract}") for p in papers], _query(profile))
    return [papers[i].id for i in sorted(range(len(papers)), key=lambda i: (-worth[i], i))]


def keyword(papers: Sequence[Paper], profile: Profile) -> list[str]:
    """How often the words of the interests stand in title (times three) and abstract."""
    query = _query(profile)

    def worth(paper: Paper) -> int:
        title, abstract = stems_of(paper.title), stems_of(paper.abstract)
        return TITLE_WEIGHT * sum(s in query for s in title) + sum(s in query for s in abstract)

    return [p.id for p in sorted(papers, key=worth, reverse=True)]


ORDERS: dict[str, Order] = {"ranker": ours, "score": scored, "bm25": plain, "keyword": keyword}


def ndcg(labels: Sequence[float]) -> float:
    """NDCG@10 of labels in the order shown; 0.0 where none is above 0."""

    def gain(row: Sequence[float]) -> float:
        return sum((2**label - 1) / math.log2(i + 2) for i, label in enumerate(row[:DEPTH]))

    best = gain(sorted(labels, reverse=True))
    return gain(labels) / best if best else 0.0


def main(words: Sequence[str]) -> int:
    """Print a line a day and the means."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench rank")
    parser.add_argument("file", type=Path)
    parser.add_argument("--profile", default=PROFILE)
    given = parser.parse_args(words)
    profile = load_profile(given.profile)
    try:
        days = read_days(given.file)
    except BadFileError as error:
        parser.error(str(error))
    found: dict[str, list[float]] = {name: [] for name in ORDERS}
    for day in sorted(days, key=lambda day: day.source):
        if not any(day.labels.values()):
            continue
        for name, order in ORDERS.items():
            found[name].append(ndcg([day.labels[i] for i in order(day.papers, profile)]))
        told = "  ".join(f"{name} {values[-1]:.3f}" for name, values in found.items())
        print(f"{day.date} {day.source or '-':<12} {len(day.papers):>4} papers  {told}")
    count = len(found["ranker"])
    if not count:
        print(NOTHING)
        return 1
    means = ", ".join(f"{name} {sum(v) / count:.3f}" for name, v in found.items())
    print(f"NDCG@{DEPTH} over {count} days: {means}")
    return 0


def _query(profile: Profile) -> set[str]:
    return {stem for interest in profile.interests for stem in stems_of(interest)}
