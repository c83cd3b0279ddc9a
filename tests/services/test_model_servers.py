"""Servers that are not the vendor's, over real HTTP.

Thoughts, streams with holes, counts, refusals, waits.
"""

import threading

import pytest

from prompts import load_profile
from tests.analyst_papers import alone
from tests.doubles.model import ModelDouble
from tests.doubles.model_habits import STREAMS, THOUGHTS
from tests.services.test_answer import FULL, KEY, PAPER, ask, read
from workers.analysis.budget import Meter
from workers.analysis.model import calls, client
from workers.analysis.model.claude import Claude
from workers.analysis.model.judge import Item, Judge
from workers.analysis.score import score_papers
from workers.errors import ModelDeclined, ModelFailed
from workers.settings import Settings
from workers.store.operations.incidents import Incidents
from workers.store.operations.model_habits import CLEAN_MIN, ModelHabits
from workers.store.papers.records import Papers

EN = load_profile("cv-daily-en")
TOLD = "It takes 12 hours [P2]."


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Waits of our own between calls are short."""
    monkeypatch.setattr(calls, "BACKOFF_S", 0.01)


@pytest.fixture(params=["anthropic", "compatible"])
def preset(request):
    return request.param


@pytest.fixture
def double(preset):
    with ModelDouble(KEY, compatible=preset == "compatible") as running:
        running.reply(lambda asked: TOLD if asked.task == "answer" else None)
        yield running


def settings_of(double, preset, **more):
    values = {"anthropic_api_key": KEY, "anthropic_base_url": double.url, "model_preset": preset, "model_judge": False}
    return Settings(_env_file=None, **(values | more))


def analyst(double, preset):
    return Claude(settings_of(double, preset))


# -- thoughts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("habit", THOUGHTS)
def test_no_thought_reaches_a_reader_and_the_answers_number_counts(double, preset, habit, redis):
    double.thinks, seen, habits = habit, [], ModelHabits(redis)
    said = ask(double, passages=FULL, model_preset=preset, on_text=seen.append, habits=habits)
    assert said.error is None and said.text == "It takes 12 hours [1]."
    assert not any("SECRET" in text for text in seen)
    double.reply(lambda _: {"score": 80, "why": "fits", "matched": []})
    assert analyst(double, preset).score(PAPER, EN, Meter()).value == 80


@pytest.mark.parametrize("habit", ["closing mark only", "channels", "chinese tags"])
def test_dives_and_the_judge_read_behind_the_thoughts(double, preset, habit):
    double.thinks = habit
    double.reply(lambda _: None)
    made = analyst(double, preset).analyse(alone(PAPER), EN, Meter())
    assert made.error is None and "SECRET" not in made.model_dump_json()
    judge = Judge(settings_of(double, preset, model_judge=True))
    evidence = "Training takes 12 hours on four GPUs."
    (verdict,) = judge.verdicts([Item("Training takes 12 hours.", (evidence,))], Meter())
    assert verdict is not None


def test_a_strange_server_is_shown_early_once_it_is_known(double, preset, redis):
    habits, double.streams, seen = ModelHabits(redis), "done", []
    for _ in range(CLEAN_MIN):
        ask(double, passages=FULL, model_preset=preset, on_text=seen.append, habits=habits)
    assert seen == []
    ask(double, passages=FULL, model_preset=preset, on_text=seen.append, habits=habits)
    assert seen
    double.thinks = "think"
    ask(double, passages=FULL, model_preset=preset, on_text=seen.append, habits=habits)
    assert not any("SECRET" in text for text in seen)
    before, double.thinks = len(seen), "closing mark only"
    for _ in range(2):
        ask(double, passages=FULL, model_preset=preset, on_text=seen.append, habits=habits)
    assert len(seen) == before, "one that has thought aloud is never shown early again"


# -- streams and counts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("habit", STREAMS)
def test_a_whole_answer_is_used_whatever_the_stream_leaves_out(double, preset, habit):
    double.streams, meter = habit, Meter()
    said = ask(double, passages=FULL, model_preset=preset, meter=meter)
    assert (said.error, said.text) == (None, "It takes 12 hours [1].")
    assert len(double.calls("/v1/messages")) == 1 and meter.total.tokens_in > 100
    unsaid = ("no usage", "null usage", "no message_delta", "no end at all")
    assert meter.total.estimated == (habit in unsaid) and meter.total.tokens_out >= 5


@pytest.mark.parametrize("after", range(2, 4))
def test_half_an_answer_is_none(double, preset, after):
    double.fail("cut", times=9, after=after)
    assert ask(double, passages=FULL, model_preset=preset).error == "connection"


@pytest.mark.parametrize("counts", ["none", "null", "zero", "new"])
def test_counts_that_cannot_be_are_estimated_and_marked(double, preset, counts):
    double.counts, meter = counts, Meter()
    said = ask(double, passages=FULL, model_preset=preset, meter=meter)
    assert said.error is None and meter.total.estimated == (counts != "new")
    meter = Meter()
    double.reply(lambda _: None)
    assert analyst(double, preset).score(PAPER, EN, meter).state == "scored"
    assert meter.total.estimated == (counts != "new") and meter.total.tokens_out > 10
    assert analyst(double, preset).analyse(alone(PAPER), EN, Meter()).error is None


def test_a_server_that_wants_the_key_in_its_own_header_gets_it(double, preset):
    double.key_header = True
    one = analyst(double, preset)
    for _ in range(2):
        assert one.score(PAPER, EN, Meter()).state == "scored"
    assert ["x-api-key" in c.headers for c in double.calls("/v1/messages")] == [False, True, True]


# -- refusals --------------------------------------------------------------------------------------------------------

CREDIT = {"status": 400, "message": "Your credit balance is too low to access the Anthropic API."}
REFUSED = [
    ("error", CREDIT, "credit", True),
    ("error", {"status": 403, "message": "Request not allowed", "type": "forbidden"}, "region", True),
    ("error", {"status": 404, "message": "model: nope"}, "not_found", True),
    ("page", {"status": 403}, "gateway", True),
    ("error", {"status": 403, "message": "No.", "type": "x"}, "forbidden", True),
    ("error", {"status": 418, "message": "I am a teapot"}, "rejected", False),
]


@pytest.mark.parametrize(("kind", "what", "expected", "fatal"), REFUSED)
def test_a_refusal_is_told_as_it_is_and_a_fatal_one_ends_the_run(double, preset, kind, what, expected, fatal):
    double.fail(kind, times=99, **what)
    one, meter = analyst(double, preset), Meter()
    for _ in range(3):
        with pytest.raises(ModelFailed) as caught:
            one.score(PAPER, EN, meter)
        assert (caught.value.kind, caught.value.fatal) == (expected, fatal)
        assert "teapot" not in str(caught.value) and caught.value.said == meter.refusals[expected] != ""
    assert len(double.calls("/v1/messages")) == (1 if fatal else 3)
    said = ask(double, passages=FULL, model_preset=preset)
    assert said.error == expected and said.by == "local" and "credit" not in said.text


def test_a_filter_declines_one_paper_and_not_the_run(double, preset):
    one = analyst(double, preset)
    double.reply(lambda _: None)
    double.fail("error", status=400, message="Output blocked by content filtering policy")
    with pytest.raises(ModelDeclined) as caught:
        one.score(PAPER, EN, Meter())
    assert caught.value.category == "content_filter"
    assert one.score(PAPER, EN, Meter()).state == "scored"
    double.fail("error", status=400, message="Output blocked by content filtering policy")
    assert ask(double, passages=FULL, model_preset=preset).error == "declined"


def test_too_long_is_tried_once_more_by_section(double, preset):
    sizes = lambda: [len(c.body) for c in double.calls("/v1/messages")]  # noqa: E731
    long = read(FULL * 60, PAPER)
    assert ask(double, passages=long, model_preset=preset).error is None
    double.reads = int(sizes()[0] * 0.8)
    assert ask(double, passages=long, model_preset=preset).error is None
    assert sizes()[1] > double.reads > sizes()[2]
    double.reply(lambda _: None)
    double.reads = int(sizes()[0] * 0.8)
    made = analyst(double, preset).analyse(long, EN, Meter())
    assert made.error is None and made.by != "local"
    double.reads, before = 10, len(sizes())
    assert ask(double, passages=long, model_preset=preset).error == "too_long"
    assert len(sizes()) == before + 2, "once more, and not again"


@pytest.mark.parametrize(
    ("stop", "error"),
    [("content_filter", "declined"), ("model_context_window_exceeded", "too_long"), ("length", "truncated"),
     ("max_tokens", "truncated"), ("stop", None)],
)  # fmt: skip
def test_why_a_reply_ended(double, preset, stop, error):
    double.ends = stop
    assert ask(double, passages=FULL, model_preset=preset).error == error


def test_the_operator_reads_the_services_own_words(redis):
    noted = Incidents(redis)
    noted.failed("model", "rejected", 1.0, said="no such thing")
    assert noted.failing()[0].said == "no such thing"
    noted.failed("model", "timeout", 2.0)
    assert noted.failing()[0].said == ""


# -- waiting ---------------------------------------------------------------------------------------------------------


class Clock:
    """Seconds that pass only in sleep, and how many were slept."""

    def __init__(self):
        self.now, self.slept, self._lock = 1000.0, [], threading.Lock()

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds


def test_a_scheduled_digest_waits_once_for_all_and_then_asks_less_at_a_time(double, preset, redis):
    clock = Clock()
    breaker = client.Breaker(clock, clock.sleep)
    double.reply(lambda _: None)
    double.fail("rate_limit", times=1, retry_after=90)
    papers = [PAPER.model_copy(update={"id": f"2601.0000{n}"}) for n in range(1, 9)]
    one = Claude(settings_of(double, preset), breaker)
    double.hold = lambda _: len(double.prompts) >= 4 or clock.slept
    scored = score_papers(papers, EN, analyst=one, papers_store=Papers(redis), meter=Meter(digest=True), concurrency=4)
    assert [s.state for s in scored.scores] == ["scored"] * 8 and scored.notes == ()
    assert max(clock.slept) == 90 and breaker._paused == 90, "one wait, whoever else sleeps through it"
    assert len(double.calls("/v1/messages")) == 9 and breaker._width >= 1


def test_the_pauses_of_a_run_have_an_end(double, preset):
    clock = Clock()
    one = Claude(settings_of(double, preset), client.Breaker(clock, clock.sleep))
    double.fail("rate_limit", times=99, retry_after=50)
    with pytest.raises(ModelFailed) as caught:
        one.score(PAPER, EN, Meter(digest=True))
    assert caught.value.kind == "rate_limited" and sum(clock.slept) == 100
    assert len(double.calls("/v1/messages")) == 3


def test_more_than_two_minutes_is_not_waited_for(double, preset):
    clock = Clock()
    one = Claude(settings_of(double, preset), client.Breaker(clock, clock.sleep))
    double.fail("rate_limit", times=99, retry_after=121)
    with pytest.raises(ModelFailed):
        one.score(PAPER, EN, Meter(digest=True))
    assert clock.slept == [] and len(double.calls("/v1/messages")) == 1


def test_who_sits_waiting_is_not_kept(double, preset):
    double.fail("rate_limit", times=9, retry_after=90)
    with pytest.raises(ModelFailed) as caught:
        analyst(double, preset).score(PAPER, EN, Meter())
    assert caught.value.kind == "rate_limited" and len(double.calls("/v1/messages")) == 1


def test_pauses_are_shared_bounded_and_slow_the_run_down():
    breaker = client.Breaker()
    breaker._open = 8
    assert breaker.pause(60, 120) and breaker.pause(60, 120) and breaker._width == 4
    assert breaker._paused < 61, "the second one asked for the same minute"
    assert not breaker.pause(200, 120)
