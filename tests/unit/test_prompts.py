"""Prompts and profiles.

The loader is strict, the table in prompts/README.md is true, every profile is valid.
"""

import re
from dataclasses import replace

import pytest

import prompts
from prompts import HERE, Prompt, PromptError

NAMES = ("score", "paper")


def table():
    """Prompt -> (variables, output fields) as the README has them."""
    rows = {}
    for line in (HERE / "README.md").read_text(encoding="utf-8").splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if len(cells) == 4 and re.fullmatch(r"`\w+`", cells[0]):
            fields = re.findall(r"(\w+):", cells[2])
            rows[cells[0].strip("`")] = (set(re.findall(r"`(\w+)`", cells[1])), fields, cells[3].strip("`"))
    return rows


def test_the_readme_lists_every_prompt_and_its_variables():
    rows = table()
    files = {p.stem for p in HERE.glob("*.md")} - {"README"}
    assert rows.keys() == files
    for name, (variables, _fields, caller) in rows.items():
        assert prompts.load(name).variables == variables, name
        assert (HERE.parent / caller).is_file()


def test_the_readme_names_the_fields_that_the_code_reads():
    from workers.analysis.schema import DeepdiveAnswer, ScoreAnswer

    rows = table()
    assert rows["score"][1] == list(ScoreAnswer.model_fields)
    assert rows["deepdive"][1] == list(DeepdiveAnswer.model_fields)


@pytest.mark.parametrize("name", NAMES)
def test_the_system_prompt_does_not_change_from_paper_to_paper(name):
    prompt = prompts.load(name)
    values = dict.fromkeys(prompt.variables, "x")
    system, user = prompt.render(**{**values, "paper": "PAPER"})
    assert "PAPER" in user and "PAPER" not in system
    assert not re.search(r"20\d\d|\btoday's date\b", system)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_or_unknown_variable_is_refused(name):
    prompt = prompts.load(name)
    values = dict.fromkeys(prompt.variables, "x")
    with pytest.raises(PromptError, match="paper"):
        prompt.render(**{k: v for k, v in values.items() if k != "paper"})
    with pytest.raises(PromptError, match="extra"):
        prompt.render(**values, extra="x")


def test_values_are_not_scanned_again():
    prompt = Prompt("t", "$persona", "$paper", "h")
    assert prompt.render(persona="$paper", paper="costs $5 or $persona") == ("$paper", "costs $5 or $persona")


def test_an_unknown_prompt_or_profile_is_named():
    with pytest.raises(PromptError, match=r"nothing\.md"):
        prompts.load("nothing")
    for name in ("nothing", "../score", "cv-daily-zh.toml"):
        with pytest.raises(PromptError, match="there are: cv-daily-en"):
            prompts.load_profile(name)


@pytest.mark.parametrize("name", prompts.profiles())
def test_every_profile_is_valid(name):
    profile = prompts.load_profile(name)
    assert profile.name == name and profile.sources and len(profile.hash) == 16


def test_the_default_profile_is_the_predecessors():
    profile = prompts.load_profile("cv-daily-zh")
    assert (profile.title, profile.language, profile.sources) == ("CV 论文日报", "zh", ("huggingface:15",))
    assert profile.interests == (
        "Image Restoration",
        "Masked Autoregressive",
        "Flow Matching",
        "Super-Resolution",
        "Diffusion",
        "Image Generation",
    )
    assert (profile.min_score, profile.picks) == (60, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"min_score": 101},
        {"picks": 0},
        {"picks": 11},
        {"interests": ()},
        {"interests": (" ",)},
        {"language": "Klingon"},
        {"sources": ()},
    ],
)
def test_a_channels_changes_are_checked_like_a_file(changes):
    with pytest.raises(PromptError):
        prompts.load_profile("cv-daily-zh").override(**changes)


def test_only_what_decides_a_score_changes_the_hash():
    profile = prompts.load_profile("cv-daily-zh")
    assert profile.hash == replace(profile, title="x", picks=3, min_score=1, sources=("arxiv:cs.CV",)).hash
    for changes in (
        {"language": "en"},
        {"interests": ("Diffusion",)},
        {"persona": "x"},
        {"audience": "x"},
        {"not_wanted": ("x",)},
    ):
        assert profile.hash != replace(profile, **changes).hash


def test_the_hash_of_a_profile_without_the_newer_lists_is_the_stored_results():
    assert prompts.load_profile("cv-daily-zh").hash == "1f6fabbf9cc18b6c"


def test_what_is_not_wanted_stands_below_the_interests_of_a_score_and_nowhere_without_it():
    from workers.analysis.model.claude import NOT_WANTED, _told

    plain = prompts.load_profile("cv-daily-en")
    lowered = plain.override(not_wanted=["Video", "Faces"])
    listed = "\n".join(f"- {i}" for i in plain.interests)
    assert _told(plain, bar=True)["interests"] == _told(lowered)["interests"] == listed
    assert _told(lowered, bar=True)["interests"] == f"{listed}\n{NOT_WANTED}\n- Video\n- Faces"
