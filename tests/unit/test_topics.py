"""A team's words -> where to look, without a model.

What an expert of the field would pick.
"""

import pytest

from workers.analysis.extractive.ranking.topics import propose
from workers.sources.categories import BIORXIV, MEDRXIV
from workers.sources.spec import parse_spec
from workers.taxonomy import collections, in_english
from workers.words import language_of

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


LABS = {
    "We are an astronomy group working on exoplanet atmospheres with JWST and on stellar spectroscopy. "
    "Contact: anna@astro.example.org": (
        "Exoplanet Atmospheres with JWST Daily", "stellar spectroscopy", "arxiv:astro-ph.SR"),
    "Hi! We're the Smith lab at MIT (smith-lab@mit.edu, https://smithlab.mit.edu). We study how plants sense drought, "
    "mostly Arabidopsis": ("How Plants Sense Drought Daily", "Arabidopsis", "biorxiv:plant_biology"),
    "Our hospital's radiology team: chest X-ray triage, breast cancer screening": (
        "Chest X-ray Triage Daily", "breast cancer screening", "medrxiv:oncology"),
    "I'm a cardiologist interested in atrial fibrillation and heart failure": (
        "Atrial Fibrillation Daily", "heart failure", "pubmed:atrial fibrillation[tiab] OR heart failure[tiab]"),
    "AI and law: copyright of training data": ("AI and Law Daily", "copyright of training data", "arxiv:cs.CY"),
    "organic synthesis, C–H activation 🧪": ("Organic Synthesis Daily", "C–H activation", "arxiv:physics.chem-ph"),
    "1. LLM safety 2. jailbreaks 3. red teaming": ("LLM Safety Daily", "red teaming", "arxiv:cs.CR"),
    "PhD student: fairness in NLP; low-resource languages": (
        "Fairness in NLP Daily", "low-resource languages", "arxiv:cs.CL"),
    "Stuff about bats": ("Bats Daily", "bats", "biorxiv:zoology"),
    "maths": ("Maths Daily", "maths", "arxiv:math"),
    "ai": ("AI Daily", "ai", "arxiv:cs.AI"),
    "我们实验室做机器人抓取和灵巧手操作": ("机器人抓取 论文日报", "机器人抓取 (robots grasping)", "arxiv:cs.RO"),
    "本课题组主要研究钙钛矿太阳能电池": (
        "钙钛矿太阳能电池 论文日报", "钙钛矿太阳能电池 (perovskites solar cells)", "arxiv:cond-mat.mtrl-sci"),
    "私たちの研究室はタンパク質言語モデルと抗体設計を研究しています": (
        "タンパク質言語モデル 論文ダイジェスト", "抗体設計 (antibody design)", "biorxiv:immunology"),
    "smith@mit.edu": ("Smith@mit.edu Daily", "smith@mit.edu", "huggingface:15"),
}  # fmt: skip


@pytest.mark.parametrize(("said", "expected"), LABS.items())
def test_a_lab_in_its_own_words(said, expected):
    found, (title, interest, source) = propose(said, language_of(said) or "en"), expected
    assert found.title == title and interest in found.interests and source in found.sources, found


@pytest.mark.parametrize("said", ["genetic algorithms", "galaxy evolution", "machine translation", "climate change"])
def test_other_fields_get_no_list_of_biology(said):
    assert all(source.startswith(("arxiv:", "huggingface:")) for source in propose(said, "en").sources)


def test_every_area_can_be_read_and_has_words():
    areas = {parse_spec(source).categories[0]: c for source, c in collections().items()}
    assert BIORXIV - set(areas) == {"clinical_trials", "epidemiology", "pathology"} - set(areas)
    assert set(areas) >= MEDRXIV - {"toxicology", "forensic_medicine"} and all(c.words for c in areas.values())


def test_what_no_category_is_about_gets_the_popular_papers():
    assert propose("my cat", "en").sources == ("huggingface:15",)


def test_words_in_chinese_or_japanese_are_compared_in_english_too():
    assert propose("我们研究蛋白质语言模型和抗体设计", "zh").interests == (
        "蛋白质语言模型 (protein language models)", "抗体设计 (antibody design)",
    )  # fmt: skip
    assert propose("タンパク質構造予測", "ja").persona == "タンパク質構造予測の専門家"
    assert in_english("エージェントの強化学習") == "agents reinforcement learning"
    assert in_english("LLM 智能体") == "LLM agents" and in_english("红楼梦研究") == "" == in_english("antibodies")
