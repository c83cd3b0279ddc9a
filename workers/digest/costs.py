"""What the model's calls of a digest cost, as the digest tells it."""

from workers.analysis.budget import Usage
from workers.digest.compose import RunCost


def spent_of(usage: Usage) -> RunCost:
    """What calls cost, as a digest tells it: tokens read from a cache count as read."""
    tokens_in = usage.tokens_in + usage.cache_read + usage.cache_write
    return RunCost(tokens_in=tokens_in, tokens_out=usage.tokens_out, cost_usd=usage.cost_usd)


def bill_notes(usage: Usage) -> list[str]:
    """Notes on the cost: a price was assumed, or tokens were estimated."""
    return ([] if usage.priced else ["price_assumed"]) + (["usage_estimated"] if usage.estimated else [])
