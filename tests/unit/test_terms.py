"""How words of the team's memory are looked up, and what a query says."""

from datetime import date

import pytest

from workers.errors import BadInput
from workers.library.finding import topic
from workers.store.library.search import query
from workers.store.library.terms import name_terms, terms

TODAY = date(2026, 3, 1)


def hits(said, text):
    return set(terms(said, asked=True)) <= set(terms(text))


@pytest.mark.parametrize(
    "said", ["quiltmar", "quilt", "super-resolution", "superresolution", "restoring degraded images", "2601.99901", "e"]
)
def test_what_finds_a_text(said):
    assert hits(said, "QuiltMAR: Super-Resolution to restore a degraded image (arXiv 2601.99901) Café E")


@pytest.mark.parametrize("said", ["扩散模型", "图", "低光照", "扩散 diffusion", "ＤＩＦＦＵＳＩＯＮ"])
def test_chinese_and_wide_forms(said):
    assert hits(said, "低光照图像增强的扩散模型 Diffusion")
    assert not hits("模扩", "扩散模型")


def test_common_words_of_a_question_count_only_alone():
    assert terms("what did we read about the diffusion", asked=True) == ["diffus"]
    assert terms("what the", asked=True) == ["what", "the"]


def test_filters():
    asked = query('low light since:2026-01 by:"José García" liked', TODAY)
    assert (asked.terms, asked.names, asked.since, asked.liked) == (
        ("low", "light"), ("@jose", "@garcia"), date(2026, 1, 1), True,
    )  # fmt: skip
    assert name_terms("José M. García") == ["@jose", "@m", "@garcia"]
    assert query("since:30d", TODAY).since == date(2026, 1, 30)
    assert query("since：2025 扩散", TODAY).since == date(2025, 1, 1)
    assert query("disliked unliked", TODAY).liked is False
    for wrong in ("since:yesterday", "since:2026-13", "since:99999d", "since:2026-02-30"):
        with pytest.raises(BadInput):
            query(wrong, TODAY)


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("what did we read about low-light enhancement?", "low-light enhancement"),
        ("What have we read on diffusion", "diffusion"),
        ("which papers did the team discuss about Mamba?", "Mamba"),
        ("have we seen anything about QuiltMAR", "QuiltMAR"),
        ("我们读过哪些关于扩散模型的论文？", "扩散模型"),
        ("关于低光照增强，我们之前读过什么？", "低光照增强"),
        ("我们讨论过 Mamba 吗？", "Mamba"),
        ("What did the authors read about?", ""),
        ("what is the dataset?", ""),
        ("", ""),
    ],
)
def test_questions_to_the_memory(said, about):
    assert topic(said) == about
