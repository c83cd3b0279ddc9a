"""The paper comes first, in the same bytes.

For a deep dive and every question after it: a cache reads it once.
"""

import json

import pytest

from prompts import load_profile
from tests.analyst_papers import PAPER, PARTS, alone, whole
from tests.doubles.model import ModelDouble
from workers.analysis.answer import answer
from workers.analysis.budget import Meter
from workers.analysis.model.claude import Claude
from workers.analysis.model.paper_prompt import CACHE_TTL
from workers.models import Paper
from workers.settings import Settings
from workers.store.people.threads import Turn

KEY = "sk-canary"
QUESTIONS = ("How long does training take?", "电费是谁付的？", "And what of film grain?")
LONG = whole(PAPER, [(i, t, n, [f"{x} {'And so on it goes. ' * 60}" for x in p]) for i, t, n, p in PARTS])
PRESETS = ("anthropic", "compatible")


@pytest.fixture
def double():
    with ModelDouble(KEY) as running:
        yield running


def settings_of(double, **more):
    values = {"anthropic_api_key": KEY, "anthropic_base_url": double.url, "model_judge": False, **more}
    return Settings(_env_file=None, **values)


def talk(double, profile="cv-daily-en", given=LONG, **more):
    """A deep dive on demand and three questions in its thread; the meter."""
    settings, meter, turns = settings_of(double, **more), Meter(), []
    found = Claude(settings).analyse(given, load_profile(profile), meter, keep=True)
    for question in QUESTIONS:
        said = answer(question, given, turns, settings=settings, meter=meter)
        assert said.error is None
        turns.append(Turn(question, said.text))
    assert found.error is None and [p.task for p in double.prompts] == ["deepdive", "answer", "answer", "answer"]
    return meter


def prefix(prompt):
    """What a cache compares, up to and including the paper.

    Model, effort, system prompt, the paper's block.
    """
    body = prompt.body
    first = body["messages"][0]
    assert first["role"] == "user"
    return json.dumps([body["model"], body.get("output_config"), body["system"], first["content"][0]])


@pytest.mark.parametrize("preset", PRESETS)
def test_deep_dive_and_questions_begin_with_the_same_bytes(double, preset):
    talk(double, model_preset=preset)
    assert len({prefix(p) for p in double.prompts}) == 1
    assert all(len(p.body["messages"][0]["content"]) == 2 for p in double.prompts)


@pytest.mark.parametrize("preset", PRESETS)
def test_nothing_of_the_day_the_profile_or_the_person_stands_before_the_task(double, preset):
    talk(double, model_preset=preset)
    talked = prefix(double.prompts[0])
    double.prompts.clear()
    talk(double, "cv-daily-zh", model_preset=preset)
    assert prefix(double.prompts[0]) == talked
    for profile in ("cv-daily-en", "cv-daily-zh"):
        assert load_profile(profile).persona not in talked
    other = Paper(id="2601.00002", version=1, title="Other", abstract="Nothing like the first paper is said here.")
    double.prompts.clear()
    answer("What?", alone(other), settings=settings_of(double, model_preset=preset), meter=Meter())
    assert json.dumps(double.prompts[0].body["system"]) in talked, "one system prompt for all papers"


def test_the_cache_is_written_once_and_read_by_every_question(double):
    meter = talk(double)
    total = meter.total
    assert total.cache_write > 3000 and total.cache_read == 3 * total.cache_write
    assert total.tokens_in < total.cache_write


def test_a_later_reader_of_another_channel_reads_the_same_cache(double):
    first = talk(double).total
    meter = Meter()
    answer("What is frozen?", LONG, settings=settings_of(double), meter=meter)
    assert meter.total.cache_read == first.cache_write and meter.total.cache_write == 0


def test_only_the_document_is_marked_and_for_five_minutes(double):
    talk(double)
    for prompt in double.prompts:
        marks = [
            b for m in prompt.body["messages"] for b in m["content"] if "cache_control" in b and not isinstance(b, str)
        ]
        assert [(b["type"], b["cache_control"]) for b in marks] == [
            ("document", {"type": "ephemeral", "ttl": CACHE_TTL})
        ]
        assert "cache_control" not in json.dumps(prompt.body["system"])
        assert "format" not in prompt.body["output_config"] and marks[0]["citations"] == {"enabled": True}


def test_a_mornings_deep_dive_marks_nothing_and_a_question_begins_alike(double):
    settings = settings_of(double)
    Claude(settings).analyse(LONG, load_profile("cv-daily-en"), Meter())
    answer(QUESTIONS[0], LONG, settings=settings, meter=Meter())
    dive, asked = (json.loads(prefix(p)) for p in double.prompts)
    assert "cache_control" not in json.dumps(double.prompts[0].body)
    assert asked[-1].pop("cache_control") and asked == dive


def test_paragraphs_carry_their_numbers_in_both_forms(double):
    for preset in PRESETS:
        answer(QUESTIONS[0], LONG, settings=settings_of(double, model_preset=preset), meter=Meter())
    native, text = double.prompts
    assert native.passages == text.passages and len(native.passages) == len(LONG.passages)
    assert [b.split(" ")[0] for b in native.blocks] == [f"[P{n}]" for n in range(1, len(LONG.passages) + 1)]
