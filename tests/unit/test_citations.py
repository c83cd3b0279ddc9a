"""Citations as a reference manager reads them."""

import json
import re

import pytest

from workers.library.citing import asks
from workers.models import Paper
from workers.render.citation import FORMATS, entries, joined
from workers.render.citation.keys import keys_of
from workers.render.citation.names import name_of
from workers.render.code_blocks import MAX_CODE, code_parts
from workers.render.text.truncate import units

URL = "https://arxiv.org"


def paper(id="1706.03762", title="Attention Is All You Need", authors=("Ashish Vaswani", "Łukasz Kaiser"), **more):
    return Paper(id=id, title=title, abstract="We propose.", authors=authors, **{"categories": ("cs.CL",)} | more)


def bib(**more):
    return entries([paper(**more)], "bibtex", arxiv_url=URL)[0]


def test_bibtex_is_arxivs_own():
    assert bib() == (
        "@misc{vaswani2017attentionneed,\n"
        "      title={Attention Is All You Need},\n"
        "      author={Ashish Vaswani and {\\L}ukasz Kaiser},\n"
        "      year={2017},\n"
        "      eprint={1706.03762},\n"
        "      archivePrefix={arXiv},\n"
        "      primaryClass={cs.CL},\n"
        "      url={https://arxiv.org/abs/1706.03762},\n"
        "}\n"
    )


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        (r"Erd\H{o}s--R\'enyi na\"ive", r"Erd{\H o}s--R{\'e}nyi na{\"\i}ve"),
        ("50% of A_B & C #1 for $5", r"50\% of A\_B \& C \#1 for \$5"),
        (r"In $\mathcal{O}(n_{k})$ steps", r"In $\mathcal{O}(n_{k})$ steps"),
        ("α-Fair at ≤ 3 dB", r"$\alpha$-Fair at $\leq$ 3 {dB}"),
        ("BERT and QuiltMAR: Image-Restoration", "{BERT} and {QuiltMAR}: Image-Restoration"),
        (r"{\em Soft} {\bf RAG} for \textit{all}", "Soft {RAG} for all"),
        ("Λόγος: CO₂ at 10⁻³, x ∼ ∇f ⊗ g", r"Λόγος: {CO$_{2}$} at 10$^{-3}$, x $\sim$ $\nabla$f $\otimes$ g"),
        ("A U-Net and T-SNE", "A {U-Net} and {T-SNE}"),
        ("低光照图像增强 with GANs", "低光照图像增强 with {GANs}"),
        ("a\\b ~ {c} ^ <d>", r"a\textbackslash{}b \textasciitilde{} \textbraceleft{}c\textbraceright{} "
         r"\textasciicircum{} $<$d$>$"),
    ],
)  # fmt: skip
def test_titles_are_latex(title, shown):
    assert f"title={{{shown}}}," in bib(title=title)


@pytest.mark.parametrize("title", ["A $x_{n$ b", "{{{", "}}} x", "$a}b{$", "\\", "50\\% } $\\{$", "\x1b[31m\u202ered"])
def test_braces_pair_whatever_a_title_holds(title):
    depth, least = 0, 0
    for sign in re.findall(r"[{}]", bib(title=title, authors=(title, "A B"), journal_ref=title)):
        depth += 1 if sign == "{" else -1
        least = min(least, depth)
    assert (depth, least) == (0, 0)


@pytest.mark.parametrize(
    ("said", "inverted"),
    [
        ("Ashish Vaswani", "Vaswani, Ashish"),
        ("Ludwig van Beethoven", "van Beethoven, Ludwig"),
        ("Charles de la Vallée Poussin", "de la Vallée Poussin, Charles"),
        ("Robert Downey Jr.", "Downey, Robert, Jr."),
        ("Li, Wei", "Li, Wei"),
        ("Madonna", "Madonna"),
        ("The ATLAS Collaboration", "The ATLAS Collaboration"),
        ("M\\'arta Kov\\'acs", "Kovács, Márta"),
        ("Oscar de los Santos", "de los Santos, Oscar"),
        ("Santiago Ramón y Cajal", "Ramón y Cajal, Santiago"),
        ("Laurens Van Der Maaten", "Van Der Maaten, Laurens"),
        ("Hinton G.E.", "Hinton, G.E."),
        ("Weinan E", "E, Weinan"),
        ("Thi Van Le", "Le, Thi Van"),
        ("山田 太郎", "山田, 太郎"),
        ("Prof. Jane Doe, Ph.D.", "Doe, Jane"),
        ("Meta AI", "Meta AI"),
        ("Procter & Gamble", "Procter & Gamble"),
        ("European Society of Cardiology", "European Society of Cardiology"),
    ],
)
def test_names_in_parts(said, inverted):
    assert name_of(said).inverted == inverted


def test_bibtex_names_that_it_would_split_wrongly():
    authors = ("The ATLAS Collaboration", "Robert Downey Jr.", "Johnson and Johnson", "Ludwig van Beethoven")
    assert (
        "author={{The ATLAS Collaboration} and Downey, Jr., Robert and {Johnson and Johnson} and Ludwig van Beethoven}"
    ) in bib(authors=authors)


def test_bibtex_names_in_small_letters_are_turned_round():
    """Else BibTeX takes a small word for a particle."""
    authors = ("danah boyd", "Wei li", "Muhammad ibn Musa al-Khwarizmi", "von Neumann, John")
    assert "author={boyd, danah and li, Wei and al-Khwarizmi, Muhammad ibn Musa and John von Neumann}" in bib(
        authors=authors
    )
    assert name_of("von Neumann, John").particle == "von"


def test_no_year_is_made_up():
    one = paper("pmid:12345678", venue=None)
    bibtex, ris, csl = ("".join(entries([one], kind, arxiv_url=URL)) for kind in FORMATS)
    assert bibtex.startswith("@misc{vaswaniattentionneed,") and "year" not in bibtex
    assert "PY  -" not in ris and "issued" not in csl


def test_a_key_stays_in_any_company_and_with_any_version():
    one, two = paper("2601.00002", authors=("Wei Li",)), paper("2601.00009", authors=("Wei Li",))
    alone = keys_of([one])[one.id]
    assert keys_of([one.model_copy(update={"version": 3})])[one.id] == alone == "li2026attentionneed"
    assert keys_of([two, one]) == keys_of([one, two]) == {one.id: alone, two.id: f"{alone}_260100009"}
    assert keys_of([paper("math/9901001", "On $L_2$", ())])["math/9901001"] == "anonymous1999l2"
    assert keys_of([paper("2601.00002", "低光照", ("张三",))])["2601.00002"] == "260100002"


def test_ris_and_csl():
    made = [paper(journal_ref="NeurIPS 2017"), paper("math/9901001")]
    lines = joined(entries(made, "ris", arxiv_url=URL), "ris").split("\r\n")
    assert [line[:6] for line in lines].count("TY  - ") == lines.count("ER  - ") == 2
    assert {"AU  - Vaswani, Ashish", "PY  - 2017", "DO  - 10.48550/arXiv.1706.03762", "N1  - NeurIPS 2017"} <= {*lines}
    found = json.loads(joined(entries(made, "csl", arxiv_url=URL), "csl"))
    assert found[0]["author"][1] == {"family": "Kaiser", "given": "Łukasz"}
    assert [item["issued"] for item in found] == [{"date-parts": [[2017, 6]]}, {"date-parts": [[1999, 1]]}]


def test_a_paper_with_a_doi_for_an_id():
    found = [paper("doi:10.1101/2026.01.02.1", "Cells")]
    assert "doi={10.1101/2026.01.02.1},\n      url={https://doi.org/10.1101/2026.01.02.1}," in "".join(
        entries(found, "bibtex", arxiv_url=URL)
    )
    for kind in FORMATS:
        assert "arxiv" not in "".join(entries(found, kind, arxiv_url=URL)).lower()


def test_the_published_doi_of_a_preprint():
    assert "doi={10.1103/physrevd.76.013009}," in bib(doi="10.1103/physrevd.76.013009")
    found = entries([paper(doi="10.1103/x")], "ris", arxiv_url=URL)[0]
    assert "DO  - 10.1103/x\r\n" in found


def test_what_asks_for_a_citation():
    assert [asks(said) for said in ("cite", "BibTeX", "cite ris", "引用！", "csl-json")] == [
        "bibtex", "bibtex", "ris", "bibtex", "csl",
    ]  # fmt: skip
    assert not any(asks(said) for said in ("", "cite what?", "Does it cite BERT?", "what does it cite"))


def test_code_is_split_between_entries():
    for platform in ("slack", "telegram"):
        parts = code_parts("cite", platform, [f"@misc{{k{n}, {'x' * 900}}}\n" for n in range(9)])
        texts = [part.payload.get("text") for part in parts]
        if platform == "slack":
            texts = [part.payload["blocks"][0]["elements"][0]["elements"][0]["text"] for part in parts]
        assert [part.key for part in parts] == ["cite", "cite:1", "cite:2"]
        assert all(units(text) <= MAX_CODE and text.count("@misc{") == 3 and text.endswith("}") for text in texts)
    assert len(code_parts("cite", "slack", ["word " * 2000])) > 2


def test_a_citation_keeps_the_papers_own_signs():
    told = {"journal_ref": "Phys.Rev.Lett. 5 #1", "authors": ("Smith, John, Jr.",), "abstract": "See foo.com."}
    one = Paper(id="2601.00001", title="Recall@10 of cs.CV and $5", **told)
    bibtex, ris, csl = ("".join(entries([one], kind, arxiv_url="https://a.org")) for kind in FORMATS)
    assert r"note={Phys.Rev.Lett. 5 \#1}" in bibtex and r"Recall@10 of cs.{CV} and \$5" in bibtex
    assert "author={Smith, Jr., John}" in bibtex
    assert "N1  - Phys.Rev.Lett. 5 #1" in ris and "foo.com" in ris and "Phys.Rev.Lett. 5 #1" in csl
