"""(b) Tokens and cost of the digest.

What the receipt says, beside the price table applied to the real prompts.
"""

import json
from dataclasses import dataclass

from tests.bench.digest import CONCURRENCY, PAPERS, PICKS, once
from tests.bench.figures import Figure, Report
from tests.doubles.model_answers import DEFAULTS, Asked, tokens
from workers.analysis.budget import Usage
from workers.analysis.model.calls import CACHE_FROM_TOKENS
from workers.analysis.prices import AS_OF, count, estimate
from workers.analysis.score import LIMIT

SCORE_OUT, WRITE_OUT = 60, 3500
"""Output tokens of a score, and of an analysis with its thinking (1,500 + 2,000), as the model's analyst has
them; the double's answers are far shorter, so only the projections use these."""

DAYS = (PAPERS, LIMIT)
"""Papers scored of a day: the default list's, and the most that the model is ever shown."""


@dataclass(frozen=True)
class Mean:
    """The prompts of one task.

    The model, tokens of the system prompt, and mean tokens of the paper's turn.
    """

    model: str
    system: int
    user: float


def mean(prompts: list[Asked], task: str) -> Mean:
    """What the prompts of `task` are like, by the product's own estimate of tokens."""
    mine = [p for p in prompts if p.task == task]
    return Mean(mine[0].model, count(mine[0].system), sum(count(p.user) for p in mine) / len(mine))


def formula(
    score: Mean, write: Mean, papers: int, picks: int, *, writes: int | None, out: tuple[float, float]
) -> float:
    """US dollars of a digest.

    `writes`: scores that pay for writing the cache (None: no cache). `out`: tokens of a score and of a text.
    """
    cached = writes is not None and score.system >= CACHE_FROM_TOKENS
    first = min(writes or 0, papers) if cached else 0
    scores = Usage(
        tokens_in=round(papers * (score.user + (0 if cached else score.system))),
        tokens_out=round(papers * out[0]),
        cache_write=first * score.system,
        cache_read=(papers - first) * score.system if cached else 0,
    )
    texts = Usage(tokens_in=round(picks * (write.system + write.user)), tokens_out=round(picks * out[1]))
    return estimate(score.model, scores) + estimate(write.model, texts)


def measure(_runs: int) -> Report:
    """One digest with a model that takes no time: its tokens do not depend on that."""
    concurrency = CONCURRENCY[0]
    run = once(concurrency, 0.0, 0.0, bare=False)
    receipt, prompts = run.receipt, run.prompts
    score, write = mean(prompts, "score"), mean(prompts, "deepdive")
    answers = {t: [_size(p) for p in prompts if p.task == t] for t in ("score", "deepdive")}
    out = tuple(sum(sizes) / len(sizes) for sizes in answers.values())
    tokens_in = sum(count(p.system) + count(p.user) for p in prompts)
    report = Report(
        "cost",
        f"tokens and cost of that digest ({PAPERS} papers, {PICKS} picks); prices as of {AS_OF}",
        "python -m tests.bench cost",
        "the price table applied to the prompts the double received, tokens estimated from their text",
    )
    add = report.figures.append
    add(Figure("tokens in, receipt", receipt.tokens_in, "tokens", tokens_in, note=f"{len(prompts)} calls"))
    add(
        Figure(
            "tokens out, receipt (the double's short answers)",
            receipt.tokens_out,
            "tokens",
            sum(map(sum, answers.values())),
        )
    )
    one = formula(score, write, PAPERS, PICKS, writes=1, out=out)
    none = formula(score, write, PAPERS, PICKS, writes=None, out=out)
    add(Figure("cost, receipt, beside the formula with one cache write", receipt.cost_usd, "USD", one))
    add(Figure("cost, receipt, beside the formula without a cache", receipt.cost_usd, "USD", none))
    real = (SCORE_OUT, WRITE_OUT)
    for papers in DAYS:
        best = formula(score, write, papers, PICKS, writes=1, out=real)
        name = f"projected, {papers} papers, {PICKS} picks"
        note = f"answers of {SCORE_OUT} and {WRITE_OUT:,} tokens; floor: one cache write"
        for what, writes in ((f"{concurrency} calls at once each write the cache", concurrency), ("no cache", None)):
            ours = formula(score, write, papers, PICKS, writes=writes, out=real)
            add(Figure(f"{name}, {what}", ours, "USD", best, note=note))
    report.notes += [
        f"a score's prompt: {score.system} tokens of system prompt (cached from {CACHE_FROM_TOKENS}) + "
        f"{score.user:.0f} of paper ({score.model}); an analysis's: {write.system} + {write.user:.0f}, "
        f"not cached ({write.model})",
        "the double lets the calls of a first wave read what its first one wrote; a real service does so only once "
        "the first has answered, which is the line with as many writes as calls at once",
    ]
    return report


def _size(asked: Asked) -> int:
    """Tokens of the double's answer to a prompt."""
    return tokens(json.dumps(DEFAULTS[asked.task](asked), ensure_ascii=False))
