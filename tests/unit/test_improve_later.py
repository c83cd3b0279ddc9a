"""A digest that the model's return betters, or that it settles."""

from tests.rendering import analysis, digest, pick
from workers.digest.improve_later import better, can_improve, is_better
from workers.models import LOCAL, Receipt


def away(*notes):
    made = digest(pick(analysis("Quoted.", by=LOCAL, error="overloaded")))
    receipt = Receipt(min_score=60, seconds=1.0, scorer=LOCAL, writer=LOCAL, notes=notes, unwritten={"overloaded": 1})
    return made.model_copy(update={"receipt": receipt})


def test_a_model_that_is_back_and_will_not_write_is_not_asked_all_day():
    before = away("model_unavailable", "skipped")
    old = before.picks[0].analysis
    new = old.model_copy(update={"error": "unsupported"})
    assert is_better(new, old) and not is_better(old, old)
    after = better(before, [new])
    assert can_improve(before) and not can_improve(after)
    assert after.receipt.notes == ("skipped",), "nothing is promised any more, and nothing was written later"


def test_what_was_written_later_is_told():
    before = away("model_unavailable")
    new = before.picks[0].analysis.model_copy(update={"error": None, "by": "claude-x"})
    after = better(before, [new])
    assert after.receipt.notes == ("model_late",)
    assert not after.receipt.unwritten
