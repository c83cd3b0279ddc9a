"""Abstracts to rank.

Sentences of the sample day and made-up ones, drawn so that every run has the same.
"""

import json
import random
from pathlib import Path

from workers.models import Paper
from workers.sources.sample_day import SAMPLE

SEED = 20260127
SENTENCES = 8
"""Sentences of an abstract: about 160 words, as a long one of arXiv has (it allows 1,920 characters)."""

SHAPES = (
    "We study {a} under {b} and find that {c} matters more than scale.",
    "Existing approaches to {a} rely on {b}, which fails when {c} is scarce.",
    "Our method couples {a} with {b} and needs no {c} at test time.",
    "On {n} benchmarks it improves over the strongest baseline by {n}% while using {n} times less memory.",
    "Ablations show that {a} and {b} contribute about equally, and that {c} can be dropped.",
    "We release code, weights and {n} annotated examples of {a}.",
)
WORDS = (
    "image restoration", "flow matching", "masked autoregressive modelling", "super-resolution", "latent diffusion",
    "image generation", "tool-using agents", "protein folding", "speech enhancement", "graph attention", "planning",
    "retrieval-augmented generation", "low-rank adaptation", "token pruning", "event cameras", "point clouds",
    "reward modelling", "weather forecasting", "code review", "robot grasping", "federated averaging", "tabular data",
    "sparse supervision", "long context", "contrastive pretraining", "quantised inference", "domain shift",
)  # fmt: skip


def papers(count: int, sample: Path = SAMPLE / "day.json") -> list[Paper]:
    """`count` papers with ids, titles and abstracts; the same for the same count."""
    draw = random.Random(SEED)
    known = [item["paper"] for item in json.loads(sample.read_text(encoding="utf-8"))]
    real = [s.strip().rstrip(".") + "." for p in known for s in p["summary"].split(". ") if "Fictional" not in s]
    return [
        Paper(
            id=f"2601.{number:05d}",
            title=f"{draw.choice(WORDS).capitalize()} for {draw.choice(WORDS)} with {draw.choice(WORDS)}",
            abstract=" ".join(draw.choice(real) if draw.random() < 0.5 else _made(draw) for _ in range(SENTENCES)),
        )
        for number in range(1, count + 1)
    ]


def _made(draw: random.Random) -> str:
    a, b, c = draw.sample(WORDS, 3)
    return draw.choice(SHAPES).format(a=a, b=b, c=c, n=draw.randint(2, 60))
