"""A team's words -> where to look, without a model.

What an expert of the field would pick.
"""

import pytest

from workers.analysis.extractive.ranking.topics import propose
from workers.taxonomy import in_english

FIELDS = {
    "economics": ["econ.GN"],
    "gravitational waves": ["gr-qc", "astro-ph.HE"],
    "quantum error correction": ["quant-ph"],
    "medical imaging": ["eess.IV", "cs.CV"],
    "speech": ["eess.AS", "cs.SD"],
    "NLP in law": ["cs.CL"],
    "cryptography": ["cs.CR"],
    "combinatorics": ["math.CO"],
    "soft matter": ["cond-mat.soft"],
    "climate": ["physics.ao-ph"],
    "recommender systems": ["cs.IR"],
    "robotics grasping": ["cs.RO"],
    "single-cell": ["q-bio.GN", "q-bio.QM"],
    "蛋白质语言模型": ["q-bio.BM"],
    "因果推断": ["stat.ME"],
    "エージェント": ["cs.AI", "cs.MA"],
    "binary black hole mergers and LIGO data analysis": ["gr-qc"],
    "extremal graph theory": ["math.CO"],
    "post-quantum cryptography; lattice-based signatures": ["cs.CR"],
    "dark matter direct detection": ["hep-ex"],
    "option pricing": ["q-fin.PR"],
    "我们研究图像复原和超分辨率": ["cs.CV", "eess.IV"],
    "量子誤り訂正": ["quant-ph"],
    "MRI reconstruction; single-cell": ["q-bio.GN", "eess.IV"],
}


@pytest.mark.parametrize(("said", "expected"), FIELDS.items())
def test_a_field_is_looked_for_where_its_papers_are(said, expected):
    found = [source.removeprefix("arxiv:") for source in propose(said, "en").sources if source.startswith("arxiv:")]
    assert set(expected) <= set(found) and len(found) <= 3, found


def test_what_no_category_is_about_gets_the_popular_papers():
    assert propose("my cat", "en").sources == ("huggingface:15",)


def test_words_in_chinese_or_japanese_are_compared_in_english_too():
    assert propose("我们研究蛋白质语言模型和抗体设计", "zh").interests == (
        "蛋白质语言模型 (protein language models)", "抗体设计 (antibody design)",
    )  # fmt: skip
    assert propose("タンパク質構造予測", "ja").persona == "タンパク質構造予測の専門家"
    assert in_english("エージェントの強化学習") == "agents reinforcement learning"
    assert in_english("LLM 智能体") == "LLM agents" and in_english("红楼梦研究") == "" == in_english("antibodies")
