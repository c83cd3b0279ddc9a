"""The local ranker.

Where an interest stands decides the number, and nothing but the paper and the interests does.
"""

import json
import random

import pytest

from tests.waiting import LINEAR, growth
from workers.analysis.extractive.ranking.rank import matches, rank
from workers.models import Paper

INTERESTS = (
    "Image Restoration",
    "Masked Autoregressive",
    "Flow Matching",
    "Super-Resolution",
    "Diffusion",
    "Image Generation",
)
DULL = "We measure how users of a payroll system react to longer forms and report three surveys."


def paper(title, abstract=DULL, name="1"):
    return Paper(id=name, title=title, abstract=abstract)


def value(title, abstract=DULL, interests=INTERESTS):
    return rank([paper(title, abstract)], interests)[0].value


@pytest.mark.parametrize(
    ("title", "abstract", "low", "high"),
    [
        ("Payroll Forms", DULL, 0, 19),
        ("Fast Diffusion Models", DULL, 75, 89),
        ("Payroll Forms", DULL + " We use diffusion.", 60, 74),
        ("Payroll Forms", DULL + " Diffusion helps; diffusion models win; diffusing is easy.", 60, 74),
        (
            "Flow Matching for Image Restoration",
            DULL + " Flow matching restores. Image restoration by diffusion.",
            90,
            100,
        ),
        ("Flow Matching for Image Restoration by Diffusion: Super-Resolution", DULL, 90, 100),
        ("Restoring Degraded Images", DULL, 60, 74),
        ("Payroll Forms", DULL + " We restore corrupted old images.", 40, 59),
        ("A Super Market of Image Files", DULL, 0, 59),
        ("Traffic Flow in Cities", DULL, 0, 59),
        ("", "", 0, 19),
    ],
)
def test_the_map(title, abstract, low, high):
    assert low <= value(title, abstract) <= high


def test_the_title_counts_more():
    assert value("Diffusion for All") > value("For All", DULL + " Diffusion.") > value("For All")


@pytest.mark.parametrize(
    "spelling",
    [
        "Super-Resolution",
        "super resolution",
        "Superresolution",
        "SUPER-RESOLUTION",
        "super\u2010resolution",
        "Super-Resolutions",
    ],
)
def test_spellings_of_one_interest(spelling):
    assert rank([paper(f"Towards {spelling} of Maps")], INTERESTS)[0].matched == ("Super-Resolution",)


@pytest.mark.parametrize(
    ("interest", "text"),
    [
        ("Diffusion", "Diffusing Faster"),
        ("Masked Autoregressive", "Masked Auto-Regressive Priors"),
        ("Multi-Agent Systems", "Multiagent Systems at Work"),
        ("Retrieval-Augmented Generation", "When RAG Fails"),
        ("Retrieval-Augmented Generation (RAG)", "Retrieval Augmented Generation in Law"),
        ("图像修复", "基于流匹配的图像修复方法"),
        ("Diffusion", "Ｄｉｆｆｕｓｉｏｎ Models"),
    ],
)
def test_variants(interest, text):
    assert matches(text, [interest]) == (interest,)
    assert rank([paper(text)], [interest])[0].value >= 75


@pytest.mark.parametrize(
    ("interest", "text"),
    [
        ("Retrieval-Augmented Generation", "A rag doll"),
        ("图像修复", "图书修像"),
        ("Diffusion", "Confusion Matrices"),
        ("???", "What???"),
    ],
)
def test_what_only_looks_alike(interest, text):
    assert matches(text, [interest]) == ()


def test_matched_keeps_the_profiles_order_and_spelling():
    found = rank([paper("Image generation by DIFFUSION and flow-matching")], INTERESTS)[0]
    assert found.matched == ("Flow Matching", "Diffusion", "Image Generation")


def test_a_number_does_not_depend_on_the_other_papers():
    rng = random.Random(7)
    words = [*" ".join(INTERESTS).lower().replace("-", " ").split(), "payroll", "users", "of", "with"]
    pool = [paper(" ".join(rng.choices(words, k=6)), " ".join(rng.choices(words, k=60)), str(i)) for i in range(120)]
    alone = {p.id: rank([p], INTERESTS)[0].value for p in pool}
    for size in (2, 17, 120):
        assert all(r.value == alone[r.id] for r in rank(rng.sample(pool, size), INTERESTS))


def test_best_first_and_equal_numbers_by_bm25():
    far = paper("Payroll", DULL, "far")
    near = paper("Payroll", DULL + " Matching of forms with a flow of images that we generate.", "near")
    top = paper("Diffusion", DULL, "top")
    assert [r.id for r in rank([far, near, top], INTERESTS)] == ["top", "near", "far"]
    assert [r.id for r in rank([paper("X", DULL, "a"), paper("X", DULL, "b")], INTERESTS)] == ["a", "b"]


def test_the_reason_says_where():
    text = DULL + " Diffusion is used. We restore old images."
    found = [paper("Flow Matching", text)]
    assert (
        rank(found, INTERESTS)[0].why
        == "Title names Flow Matching; abstract names Diffusion; close to Image Restoration."
    )
    assert rank(found, INTERESTS, "zh")[0].why == "标题提到 Flow Matching；摘要提到 Diffusion；接近 Image Restoration。"
    assert rank([paper("Payroll")], INTERESTS)[0].why == "Names none of the interests."


def test_the_reason_is_short_however_many_interests():
    many = [f"Interest Number {'x' * 20}{i}" for i in range(40)]
    found = rank([paper(" and ".join(many))], many)[0]
    assert len(found.why) <= 200 and len(found.matched) == 40


def test_no_papers_and_no_words():
    assert rank([], INTERESTS) == []
    assert rank([paper("", "")], ["图"])[0].value < 20


def test_stuffing_does_not_beat_the_title():
    assert value("Payroll", "diffusion " * 500) < 75


def test_four_times_the_abstracts_cost_four_times_as_much():
    rng = random.Random(1)
    words = [f"word{i}" for i in range(3000)] + ["image", "restoration", "diffusion", "flow", "matching", "masked"] * 20
    pool = [paper(" ".join(rng.choices(words, k=10)), " ".join(rng.choices(words, k=200)), str(i)) for i in range(240)]
    assert growth(lambda count: rank(pool[:count], INTERESTS), 60) < LINEAR


def test_real_days_put_the_named_topics_first(real):
    for file in sorted((real / "hf_daily").glob("*.json")):
        day = json.loads(file.read_text(encoding="utf-8"))
        pool = [Paper(id=p["paper"]["id"], title=p["title"], abstract=p["paper"].get("summary", "")) for p in day]
        titles = {p.id: p.title for p in pool}
        found = rank(pool, INTERESTS)
        for one in found:
            if matches(titles[one.id], INTERESTS):
                assert one.value >= 75, titles[one.id]
            if not one.matched:
                assert one.value < 60


def test_what_is_not_wanted_lowers_the_number_and_is_named():
    about = paper("Diffusion Models for Video Compression", "We compress video with diffusion.", "1")
    other = paper(
        "Diffusion Models for Photographs", "We restore photographs with diffusion. Unlike music, they stay.", "2"
    )
    plain = {r.id: r.value for r in rank([about, other], ["Diffusion"])}
    for found in rank([about, other], ["Diffusion"], "en", ["video compression", "Speech"]):
        if found.id == about.id:
            assert found.value < 60 <= plain[found.id] and "not wanted: video compression" in found.why
        else:
            assert found.value == plain[found.id] and "not wanted" not in found.why
