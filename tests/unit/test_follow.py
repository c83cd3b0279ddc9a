"""Names as arXiv writes them: who is the same person or group, and who is not."""

import pytest

from workers.analysis.followed_authors import followed
from workers.digest.pick import pick
from workers.models import Paper, Score


def by(*authors):
    return Paper(id="1", title="T", abstract="A", authors=authors)


@pytest.mark.parametrize(
    ("name", "author"),
    [
        ("Kaiming He", "Kaiming He"),
        ("K. He", "Kaiming He"),
        ("Kaiming He", "K. He"),
        ("He, Kaiming", "Kaiming He"),
        ("he_k_1", "Kaiming He"),
        ("Jose Garcia", "José García"),
        ("Jürgen Müller", "Juergen Mueller"),
        ("Jurgen Muller", "Jürgen Müller"),
        ("Soren Kierkegaard", "Søren Kierkegaard"),
        ("Laurens van der Maaten", "L. van der Maaten"),
        ("Jean-Luc Picard", "J.-L. Picard"),
        ("Geoffrey Hinton", "Geoffrey E. Hinton"),
        ("Qwen", "Qwen Team"),
        ("Qwen Team", "Team Qwen"),
        ("ATLAS Collaboration", "The ATLAS Collaboration"),
        ("DeepSeek-AI", "DeepSeek-AI"),
        ("何恺明", "何恺明"),
        ("https://arxiv.org/a/he_k_1", "Kaiming He"),
        ("JP Serre", "Jean-Pierre Serre"),
        ("LeCun Y", "Yann LeCun"),
        ("Vaswani AB", "Ashish B. Vaswani"),
        ("Gemini Team Google", "Gemini Team"),
        ("Martin King", "M. L. King Jr."),
        ("Li Fei-Fei", "Fei-Fei Li"),
        ("DeepSeek", "DeepSeek-AI"),
        ("Paul Erdos", "Paul Erd\\H{o}s"),
        ("Dr. Kaiming He", "Kaiming He (FAIR)"),
        ("Łukasz Kaiser", "Lukasz Kaiser"),
    ],
)
def test_the_same_name_in_another_spelling(name, author):
    assert followed(by("Ann Other", author), [name]) == author


@pytest.mark.parametrize(
    ("name", "author"),
    [
        ("Kaiming He", "Kai He"),
        ("Kaiming He", "Kaiming Hu"),
        ("K. He", "L. He"),
        ("Qwen", "Qwen Li"),
        ("Team", "Qwen Team"),
        ("Google", "Anna Googler"),
        ("Jean-Luc Picard", "Jean-Marc Picard"),
        ("", "Kaiming He"),
    ],
)
def test_another_name(name, author):
    assert followed(by(author), [name]) == ""


def test_what_somebody_followed_wrote_clears_the_bar_and_comes_first():
    papers = [Paper(id=str(n), title="T", abstract="A") for n in range(3)]
    scores = [Score(id="0", state="scored", value=90), Score(id="1", state="scored", value=30, followed="K. He")]
    scores.append(Score(id="2", state="scored", value=80))
    assert [p.id for p, _ in pick(papers, scores, picks=2, min_score=60)] == ["0", "1"]
