"""Phrases that a channel always wants, or never."""

import pytest

from prompts import load_profile
from workers.analysis.must_and_never import standing
from workers.analysis.score import local_scores
from workers.digest.pick import choose
from workers.models import Paper


def paper(title, abstract="", id="2601.00001"):
    return Paper(id=id, title=title, abstract=abstract)


@pytest.mark.parametrize(
    ("phrase", "title", "abstract", "stands"),
    [
        ("diffusion model", "Video with Diffusion Models", "", True),
        ("Super-Resolution", "A", "we study super resolution here", True),
        ("super resolution", "A", "resolution of super images", False),
        ("title: survey", "A Survey of Maps", "", True),
        ("Title:survey", "Maps", "a survey", False),
        ("title: a survey of *", "A Survey of Old Maps", "", True),
        ("quilt*", "QuiltMAR", "", True),
        ("*MAR", "QuiltMAR", "", True),
        ("image * restoration", "A", "image and video restoration", True),
        ("image * restoration", "A", "restoration of an image", False),
        ("扩散模型", "基于扩散模型的方法", "", True),
        ("art", "Start of the party", "", False),
        ("", "A", "b", False), ("*", "A", "b", False), ("title:", "A", "b", False), ("++", "A", "b", False),
    ],
)  # fmt: skip
def test_a_phrase_stands_where_its_words_do(phrase, title, abstract, stands):
    assert standing(paper(title, abstract), [phrase]) == (phrase if stands else "")


def test_what_is_always_wanted_comes_first_and_what_never_is_not_there():
    profile = load_profile("cv-daily-en").override(must=["payroll"], never=["toy*"], follow=["Ada He"])
    papers = [
        paper("Image restoration with diffusion", "image restoration, super resolution", "2601.1"),
        paper("Payroll ledgers of harbours", "grain", "2601.2"),
        paper("Payroll of toys", "", "2601.3"),
    ]
    scores = local_scores(papers, profile)
    assert {s.id: s.must for s in scores} == {"2601.1": "", "2601.2": "payroll"}
    assert [s.id for s in choose(papers, scores, picks=2, min_score=101)] == ["2601.2"]
