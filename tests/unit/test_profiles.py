"""Profiles as files.

A folder of one's own wins, every fault of a file is named at once, lists are read as typed.
"""

import pytest

import prompts
from prompts import PromptError, load_profile
from prompts import profile as files
from prompts.profile import as_toml, faults, phrases
from workers.analysis.extractive.ranking.rank import rank
from workers.analysis.extractive.ranking.topics import propose
from workers.channels import profiles as own
from workers.errors import BadInput
from workers.models import Paper
from workers.settings import load
from workers.sources.spec import known
from workers.taxonomy import categories, search

FIELDS = (
    "nlp-en", "llm-agents-en", "robotics-en", "ml-theory-en", "protein-models-en", "neuroscience-en", "galaxies-en",
    "hci-en",
)  # fmt: skip

BAD = """\
titel = "x"
language = "French"
interests = "abc"
persona = "a"
picks = 99
sources = [
  "arxiv:cs.XX",
  "bla",
]
"""


@pytest.fixture
def folder(tmp_path):
    """A folder of one's own, looked in during the test."""
    files.use(tmp_path)
    yield tmp_path
    files._own.clear()


def test_ones_own_folder_wins_and_a_changed_file_is_read_again(folder):
    mine = folder / "cv-daily-en.toml"
    mine.write_text(as_toml(load_profile("llm-agents-en")))
    assert load_profile("cv-daily-en").title == "LLM Agents Daily"
    mine.write_text(as_toml(load_profile("cv-daily-zh")) + "quiet = true\n")
    assert load_profile("cv-daily-en").language == "zh" and load_profile("cv-daily-en").quiet
    assert load_profile("cv-daily-zh") == files._load(files.SHIPPED / "cv-daily-zh.toml", 0)


def test_the_settings_say_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("PROFILES_DIR", str(tmp_path))
    load.cache_clear()
    (tmp_path / "mine.toml").write_text(as_toml(load_profile("cv-daily-en")))
    load()
    assert "mine" in prompts.profiles() and prompts.titles()["mine"] == "CV Papers Daily"
    files._own.clear()
    load.cache_clear()


def test_every_fault_is_named_at_once_with_its_line_and_cure():
    found = [(f.line, f.entry, f.what) for f in faults(BAD, own.source_fault)]
    assert [(line, entry) for line, entry, _ in found] == [
        (1, "titel"), (2, "language"), (3, "interests"), (5, "picks"), (7, "sources"), (8, "sources"),
        (0, "title"), (0, "audience"),
    ]  # fmt: skip
    said = " | ".join(what for *_, what in found)
    for words in (
        "did you mean title?",
        "the code of a language",
        "from 1 to 10",
        "no category cs.XX",
        "'bla'",
        'title = "',
    ):
        assert words in said


def test_a_file_that_is_no_toml_is_named_with_its_line():
    (only,) = faults('title = "a"\nlanguage = "en\n')
    assert only.line == 2 and "quotation mark" in only.what


def test_a_broken_profile_says_how_to_see_all_and_spoils_no_list(folder):
    (folder / "bad.toml").write_text(BAD)
    with pytest.raises(PromptError, match=r"line 1: .*profile check bad"):
        load_profile("bad")
    assert "bad" in prompts.profiles() and "bad" not in prompts.titles()
    assert [one.faults != () for one in own.listed() if one.name == "bad"] == [True]


def test_a_profile_that_is_not_there_says_how_to_make_it():
    with pytest.raises(PromptError, match="profile new proteins"):
        load_profile("proteins")


def test_a_written_file_is_read_as_it_was_and_never_overwritten(folder):
    like = load_profile("llm-agents-en").override(not_wanted=['a "quoted" one'], follow=["谢赛宁"], quiet=True)
    path = own.write(folder, files.from_values("mine", like.values))
    assert own.check(path) == [] and load_profile("mine").values == like.values
    with pytest.raises(BadInput, match="is there already"):
        own.write(folder, load_profile("mine"))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("protein language models, ESM; antibody design", ["protein language models", "ESM", "antibody design"]),
        ("one\n- two\n• three\n4. four", ["one", "two", "three", "four"]),
        ("图像修复、超分辨率；扩散模型，流匹配", ["图像修复", "超分辨率", "扩散模型", "流匹配"]),
        ("Retrieval (RAG, dense); agents", ["Retrieval (RAG, dense)", "agents"]),
        ("ESM, esm , ESM\n\n,,", ["ESM"]),
        ("(open, never closed\nnext", ["(open, never closed", "next"]),
        ("3D vision, -omics", ["3D vision", "-omics"]),
        ("", []),
    ],
)
def test_a_list_is_read_as_people_type_it(typed, read):
    assert phrases(typed) == read


def test_the_taxonomy_knows_what_there_is():
    assert len(categories()) > 150 and categories()["cs.CL"].name == "Computation and Language"
    assert known("arxiv:Q-Bio.bm").text == "arxiv:q-bio.BM" and known("arxiv:cs").categories == ("cs",)
    with pytest.raises(BadInput, match=r"no category cs\.XX; perhaps cs\."):
        known("arxiv:cs.XX")
    assert search("robot")[0].id == "cs.RO" and "astro-ph.GA" in [c.id for c in search("galax")]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("We work on protein language models and antibody design.", "arxiv:q-bio.BM"),
        ("large language models; machine translation", "arxiv:cs.CL"),
        ("robot manipulation, imitation learning", "arxiv:cs.RO"),
        ("generalization bounds, kernels", "arxiv:stat.ML"),
        ("neural coding, fMRI", "arxiv:q-bio.NC"),
        ("galaxy evolution; quasars", "arxiv:astro-ph.GA"),
        ("human-computer interaction, accessibility", "arxiv:cs.HC"),
        ("image restoration", "arxiv:cs.CV"),
        ("quantum error correction", "arxiv:quant-ph"),
    ],
)
def test_categories_are_proposed_from_a_teams_own_words(text, source):
    assert source in propose(text, "en").sources


def test_a_proposal_takes_the_words_as_written():
    found = propose("We work on protein language models, ESM; antibody design.", "en")
    assert found.title == "Protein Language Models Daily"
    assert found.interests == ("protein language models", "ESM", "antibody design")
    assert propose("我们研究蛋白质语言模型、抗体设计", "zh").interests[1] == "抗体设计 (antibody design)"
    assert propose("My group studies search and rescue robots", "en").interests == ("search and rescue robots",)
    assert propose("asdf", "zh").sources == ("huggingface:15",)


@pytest.mark.parametrize("name", [path.stem for path in files.SHIPPED.glob("*.toml")])
def test_a_shipped_profile_reads_sources_that_there_are(name):
    assert own.check(files.SHIPPED / f"{name}.toml") == []


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("nlp-en", "Instruction Tuning for Long-Context Machine Translation"),
        ("llm-agents-en", "Tool Use and Agent Planning in Multi-Agent Systems"),
        ("robotics-en", "Imitation Learning for Dexterous Robot Manipulation"),
        ("ml-theory-en", "Generalization Bounds from the Implicit Bias of Gradient Descent"),
        ("protein-models-en", "Protein Language Models for Antibody Design"),
        ("neuroscience-en", "Neural Population Dynamics in Visual Cortex"),
        ("galaxies-en", "Star Formation in High-Redshift Galaxies with JWST"),
        ("hci-en", "A User Study of Augmented Reality for Assistive Technology"),
    ],
)
def test_a_shipped_profile_finds_its_field_and_not_the_others(name, title):
    profile = load_profile(name)
    theirs = {n: rank([Paper(id="1", title=title, abstract="")], load_profile(n).interests)[0].value for n in FIELDS}
    assert theirs[name] >= profile.min_score
    assert all(value < load_profile(n).min_score for n, value in theirs.items() if n != name), theirs
