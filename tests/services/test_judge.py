"""The judge: what a second look takes away or marks, what it never may.

What its bad habits cost.
"""

import json

import pytest

from prompts import load_profile
from tests.analyst_papers import passage, whole
from tests.doubles.model import ModelDouble
from workers.analysis.budget import Meter
from workers.analysis.model import calls
from workers.analysis.model.claude import Claude
from workers.analysis.model.judge import Item, Judge, Verdict, batches, for_bench, item_of
from workers.models import SECTIONS, Evidence, Statement
from workers.settings import Settings
from workers.store.operations.spend import Spend

KEY = "sk-canary"
EN = load_profile("cv-daily-en")
GIVEN = whole()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(calls, "BACKOFF_S", 0.01)


@pytest.fixture
def double():
    with ModelDouble(KEY) as running:
        running.reply(lambda asked: ANSWER if asked.task == "deepdive" else None)
        yield running


def said(text, quote="", where=""):
    return {"text": text, "quote": quote, "paragraph": passage(GIVEN, where) if where else 0}


ANSWER = {
    "contribution": [said("Sieve weighs the evidence first.", "We propose Sieve, a probe that tells", "S1.p2")],
    "methodology": [
        said("The probe is a ResNet-50.", "The probe is a ResNet-50 whose last layer gives", "S2.SS1.p1"),
        said("The path takes 25 steps.", "and takes 25 steps from there", "S2.SS2.p1"),
    ],
    "takeaway": [said("It gains 3.2 dB.", "the mean gain is 3.2 dB over the strongest baseline", "S3.p1")],
    "limitations": [
        said("It fails on film grain.", "The probe does not work on film grain", "S4.p1"),
        said("Other degradations are left open."),
    ],
}  # fmt: skip


def settings_of(double, **more):
    return Settings(_env_file=None, **{"anthropic_api_key": KEY, "anthropic_base_url": double.url, **more})


def analyse(double, meter=None, **more):
    return Claude(settings_of(double, **more)).analyse(GIVEN, EN, meter or Meter())


def judging(double, *verdicts):
    """The judge says these of the statements, in order: (verdict, words)."""
    rows = [{"number": n, "verdict": v, "words": words} for n, (v, words) in enumerate(verdicts, 1)]
    known = {"deepdive": ANSWER, "judge": {"verdicts": rows}}
    double.reply(lambda asked: known.get(asked.task))


def texts(found):
    return [s.text for s in found.statements]


@pytest.mark.parametrize("preset", ["anthropic", "compatible"])
def test_one_call_shows_statements_and_evidence_and_no_paper(double, preset):
    found = analyse(double, model_preset=preset)
    (asked,) = double.asked("judge")
    assert asked.model == "claude-haiku-5-5" and len(double.prompts) == 2
    rows = json.loads(asked.user[asked.user.index("[") :])
    assert [row["statement"] for row in rows] == [s.text for s in found.statements if s.quote]
    assert "then it is frozen" not in asked.user, "a passage that nobody cited"
    assert all(len(row["evidence"]) == 1 for row in rows)
    assert (found.grounds.judged, found.grounds.checks[-1:]) == (5, ("judge",))
    assert [s.verdict for s in found.statements] == ["supported"] * 5 + [None]


def test_the_evidence_comes_with_a_sentence_around_it():
    text = "One thing is so. The second sentence has the words that are cited here. A third one follows. A fourth one."
    given = whole(parts=[("S1", "1 Only", 1, (text,))])
    s = Statement(section="takeaway", text="x", quote="The second sentence has the words", paragraph="S1.p1")
    assert item_of(s, given).evidence == (text.removesuffix(" A fourth one."),)
    gone = Statement(
        section="takeaway", text="x", quote="No such words", evidence=(Evidence(quote="q", paragraph="?"),)
    )
    assert item_of(gone, given).evidence == ("q",)


GAIN = "the mean gain is 3.2 dB over the strongest baseline"
FINE = ("supported", "")


def test_what_is_contradicted_is_left_out(double):
    judging(double, FINE, FINE, FINE, ("contradicted", GAIN), FINE)
    found = analyse(double)
    assert "It gains 3.2 dB." not in texts(found) and len(found.statements) == 5 and not found.takeaway
    assert (found.grounds.dropped, found.grounds.judged) == (1, 5)


@pytest.mark.parametrize("words", ["", "gain", "the mean loss is 3.2 dB over the strongest baseline"])
def test_a_judge_that_names_no_words_that_stand_there_only_labels(double, words):
    judging(double, FINE, FINE, FINE, ("contradicted", words), FINE)
    found = analyse(double)
    assert len(found.statements) == 6 and found.grounds.dropped == 0
    assert [s.verdict for s in found.statements if s.section == "takeaway"] == ["contradicted"]


@pytest.mark.parametrize("verdict", ["partly", "absent"])
def test_what_is_not_sure_is_labelled(double, verdict):
    judging(double, FINE, FINE, FINE, (verdict, GAIN), FINE)
    found = analyse(double)
    assert len(found.statements) == 6 and [s.verdict for s in found.statements][3] == verdict


def test_a_needed_section_is_never_emptied(double):
    judging(double, ("contradicted", "We propose Sieve, a probe that tells"), FINE, FINE, FINE, FINE)
    found = analyse(double)
    assert found.contribution and found.statements[0].verdict == "contradicted"


@pytest.mark.parametrize("habit", ["supported", "contradicted", "nonsense", "words"])
def test_a_bad_habit_costs_its_own_verdicts_and_no_statement(double, habit):
    plain = analyse(double, model_judge=False)
    double.judging = habit
    found = analyse(double)
    assert texts(found) == texts(plain) and found.grounds.dropped == plain.grounds.dropped
    verdict = {"supported": "supported", "contradicted": "contradicted"}.get(habit)
    assert [s.verdict for s in found.statements if s.quote] == [verdict] * 5
    assert found.grounds.judged == (5 if verdict else 0) and ("judge" in found.grounds.checks) == bool(verdict)
    assert all(getattr(found, name) == getattr(plain, name) for name in SECTIONS if name != "results")


@pytest.mark.parametrize(
    ("kind", "what"),
    [("overloaded", {}), ("error", {"status": 500}), ("error", {"status": 400}), ("refusal", {}), ("truncated", {}),
     ("quota", {}), ("html", {}), ("empty", {}), ("drop", {}), ("text", {"text": "I am sorry."})],
)  # fmt: skip
def test_a_judge_that_fails_changes_nothing(double, kind, what):
    plain = analyse(double, model_judge=False)
    double.fail(kind, 9, task="judge", **what)
    found = analyse(double)
    assert found == plain and not found.error


def test_a_setting_turns_it_off(double):
    found = analyse(double, model_judge=False)
    assert not double.asked("judge") and found.grounds.judged == 0 and {s.verdict for s in found.statements} == {None}


def test_it_runs_on_the_days_budget(double, redis):
    meter = Meter(Spend(redis), 5.0)
    analyse(double, meter)
    whole_usd = Spend(redis).today().usd
    assert Spend(redis).today().calls == 2 and meter.total.cost_usd == pytest.approx(whole_usd, abs=1e-7)
    analyse(double, Meter(Spend(redis), whole_usd + 0.00001))
    assert len(double.asked("judge")) == 1, "no money, no second look"


def test_code_and_judge_together_take_away_what_each_alone_only_labels(double):
    shown = [
        Statement(section="takeaway", text="It gains 3.2 dB.", quote=GAIN, paragraph="S3.p1", suspect=suspect)
        for suspect in ((), ("names",))
    ]
    from workers.analysis.model.judge import _gone, marked

    verdicts = {n: Verdict(verdict="absent") for n in range(2)} | {n: Verdict(verdict="supported") for n in range(2, 6)}
    statements = [*shown, *shown[:1] * 4]
    assert _gone(statements, verdicts) == {1}
    cleared = marked(shown[1], Verdict(verdict="supported", words=GAIN))
    assert cleared.suspect == () and marked(shown[1], Verdict(verdict="supported")).suspect == ("names",)


def test_verdicts_are_read_leniently_and_believed_strictly(double):
    rows = [
        {"number": "1", "verdict": "Not in the evidence"}, {"number": 2, "verdict": "SUPPORTED", "words": None},
        {"number": 3, "verdict": "supported"}, {"number": 3, "verdict": "absent"}, {"number": 4, "verdict": "yes"},
        "supported", {"number": 5, "verdict": "partially_supported", "words": "the mean gain is"},
        {"verdict": "absent"},
    ]  # fmt: skip
    double.reply(lambda _: {"verdicts": rows})
    items = [Item(f"Statement {n}", (f"{n}: {GAIN}",)) for n in range(6)]
    found = batches(items, Judge(settings_of(double)), Meter())
    assert [v and v.verdict for v in found] == ["absent", "supported", None, None, "partly", None]
    assert [v.words if v else "" for v in found][4] == "the mean gain is"


def test_many_are_judged_in_batches(double):
    double.reply(lambda _: None)
    found = batches([Item("It gains 3.2 dB.", (GAIN,))] * 90, Judge(settings_of(double)), Meter())
    assert len(double.prompts) == 3 and {v.verdict for v in found if v} == {"supported"} and len(found) == 90


def test_a_truth_set_is_judged_row_by_row(double):
    from workers.analysis.grounding.statements import check
    from workers.analysis.schema import DeepdiveAnswer

    checked = check(DeepdiveAnswer.model_validate(ANSWER), GIVEN)
    double.reply(lambda _: None)
    double.judging = "contradicted"
    found = for_bench(settings_of(double))(checked, GIVEN)
    assert [c.wrong for c in found if c.place] == ["contradicted"] * 5 and len(found) == len(checked)
    double.judging = "supported"
    assert [c.wrong for c in for_bench(settings_of(double))(checked, GIVEN)] == [c.wrong for c in checked]
