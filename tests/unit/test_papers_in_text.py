"""What people paste for a paper of any origin, and what only looks like one."""

import pytest

from tests.waiting import LINEAR, growth
from workers.errors import BadInput
from workers.paper_ids.in_text import asked, exact, number_in, one, parse, slug_title, title_in
from workers.paper_ids.paper_key import PaperRef

NATURE = "doi:10.1038/s41586-021-03819-2"
SICI = "doi:10.1002/(sici)1521-3951(199911)216:1<135::aid-pssb135>3.0.co;2-#"

NAMED = {
    "10.1101/2026.01.02.123456": "doi:10.1101/2026.01.02.123456",
    "doi:10.1101/2026.01.02.123456v2": "doi:10.1101/2026.01.02.123456v2",
    "DOI: 10.1038/S41586-021-03819-2": NATURE,
    "https://doi.org/10.1038/s41586-021-03819-2": NATURE,
    "http://dx.doi.org/10.1038/s41586-021-03819-2.": NATURE,
    "doi.org/10.1038/s41586-021-03819-2": NATURE,
    "https://www.biorxiv.org/content/10.1101/2026.01.02.123456v2.full.pdf+html": "doi:10.1101/2026.01.02.123456v2",
    "https://www.biorxiv.org/content/10.64898/2026.01.02.123456v1.full": "doi:10.64898/2026.01.02.123456v1",
    "https://www.biorxiv.org/content/10.1101/2026.01.02.123456v2.full#F1": "doi:10.1101/2026.01.02.123456v2",
    "https://www.biorxiv.org/content/10.1101/2026.01.02.123456": "doi:10.1101/2026.01.02.123456",
    "https://www.medrxiv.org/content/10.1101/2026.01.02.26123456v3.full-text": "doi:10.1101/2026.01.02.26123456v3",
    "https://www.biorxiv.org/content/biorxiv/early/2020/01/01/2020.01.01.123456.full.pdf":
        "doi:10.1101/2020.01.01.123456",
    "https://pubmed.ncbi.nlm.nih.gov/40123456/": "pmid:40123456",
    "https://pubmed.ncbi.nlm.nih.gov/40123456/?utm_source=x#abstract": "pmid:40123456",
    "https://www.ncbi.nlm.nih.gov/pubmed/40123456": "pmid:40123456",
    "https://europepmc.org/article/MED/40123456": "pmid:40123456",
    "PMID: 40123456": "pmid:40123456",
    "openreview:rhgIgTSSxW": "openreview:rhgIgTSSxW",
    "pmlr:v139/radford21a": "pmlr:v139/radford21a",
    "https://openreview.net/forum?id=rhgIgTSSxW": "openreview:rhgIgTSSxW",
    "https://openreview.net/pdf?id=rhgIgTSSxW&noteId=xx": "openreview:rhgIgTSSxW",
    "https://openreview.net/forum?id=rhgIgTSSxW&referrer=%5Bthe%20profile%5D(%2Fprofile%3Fid%3D~A)":
        "openreview:rhgIgTSSxW",
    "https://aclanthology.org/2024.acl-long.1/": "acl:2024.acl-long.1",
    "https://aclanthology.org/2024.acl-long.1.pdf": "acl:2024.acl-long.1",
    "https://aclanthology.org/2020.acl-main.1v2.pdf": "acl:2020.acl-main.1",
    "https://aclanthology.org/P19-1001": "acl:P19-1001",
    "https://www.aclweb.org/anthology/P19-1001.pdf": "acl:P19-1001",
    "10.18653/v1/2024.acl-long.1": "acl:2024.acl-long.1",
    "https://proceedings.mlr.press/v139/radford21a.html": "pmlr:v139/radford21a",
    "http://proceedings.mlr.press/v139/radford21a/radford21a.pdf": "pmlr:v139/radford21a",
    "https://www.nature.com/articles/s41586-021-03819-2": NATURE,
    "https://www.nature.com/articles/s41586-021-03819-2.pdf": NATURE,
    "https://www.nature.com/articles/s41586-021-03819-2_reference.pdf": NATURE,
    "<https://www.nature.com/articles/s41586-021-03819-2#Sec2|a paper>": NATURE,
    "www.nature.com/articles/s41586-021-03819-2?utm_source=x": NATURE,
    "https://www.google.com/url?q=https%3A%2F%2Fwww.nature.com%2Farticles%2Fs41586-021-03819-2&sa=D": NATURE,
    "https://www.science.org/doi/full/10.1126/science.abc1234": "doi:10.1126/science.abc1234",
    "https://onlinelibrary.wiley.com/doi/epdf/10.1002/adma.202301234": "doi:10.1002/adma.202301234",
    "https://academic.oup.com/bioinformatics/article/doi/10.1093/bioinformatics/btab123/6123456":
        "doi:10.1093/bioinformatics/btab123",
    "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0012345": "doi:10.1371/journal.pone.0012345",
    "https://www.frontiersin.org/articles/10.3389/fnins.2021.12345/full": "doi:10.3389/fnins.2021.12345",
    "https://link.springer.com/content/pdf/10.1007/978-3-030-12345-6_7.pdf": "doi:10.1007/978-3-030-12345-6_7",
    "https://dl.acm.org/doi/10.1145/3292500.3330701?cid=81100": "doi:10.1145/3292500.3330701",
    "https://iopscience.iop.org/article/10.1088/1361-6560/abc123/meta": "doi:10.1088/1361-6560/abc123",
    "https://elifesciences.org/articles/12345": "doi:10.7554/elife.12345",
    "https://doi.org/10.1002/(SICI)1521-3951(199911)216:1%3C135::AID-PSSB135%3E3.0.CO;2-%23": SICI,
    "10.1002/(SICI)1521-3951(199911)216:1<135::AID-PSSB135>3.0.CO;2-#": SICI,
    "https://onlinelibrary.wiley.com/doi/abs/10.1002/(SICI)1521-3951(199911)216:1<135::AID-PSSB135>3.0.CO;2-#": SICI,
    "<https://onlinelibrary.wiley.com/doi/10.1002/(SICI)1521-3951(199911)216:1%3C135::AID-PSSB135%3E3.0.CO;2-%23>":
        SICI,
    "https://www.ijcai.org/proceedings/2023/123": "doi:10.24963/ijcai.2023/123",
    "https://www.nber.org/papers/w31234": "doi:10.3386/w31234",
    "10.26434/chemrxiv-2021-abc12-v2": "doi:10.26434/chemrxiv-2021-abc12-v2",
    "论文10.1038/s41586-021-03819-2，很好": NATURE,
    "（10.1038/s41586-021-03819-2）": NATURE,
    "**10.1038/s41586-021-03819-2**": NATURE,
    "[x](https://doi.org/10.1038/s41586-021-03819-2)": NATURE,
    "https://huggingface.co/papers/2601.17058": "2601.17058",
    "https://www.alphaxiv.org/abs/2601.17058v1": "2601.17058v1",
    "https://www.semanticscholar.org/arxiv/2601.17058": "2601.17058",
    "https://doi.org/10.48550/arXiv.2601.17058": "2601.17058",
    "https://doi.org/10.1145/3592433?utm_source=chatgpt.com": "doi:10.1145/3592433",
    "https://doi.org/10.1145/3592433/#sec-2": "doi:10.1145/3592433",
    "10.1145/3592433&amp;utm_medium=mail": "doi:10.1145/3592433",
    "DOI10.1145/3592433": "doi:10.1145/3592433",
    "&lt;https://doi.org/10.1145/3592433|doi.org&gt;": "doi:10.1145/3592433",
    "https://dl.acm.org/citation.cfm?id=3292500.3330701&preflayout=flat": "doi:10.1145/3292500.3330701",
    "https://www.mdpi.com/2072-4292/15/3/745/htm": "doi:10.3390/rs15030745",
    "https://www.mdpi.com/2072-4292/15/3/745?type=check_update&version=1": "doi:10.3390/rs15030745",
    "www-mdpi-com.proxy.example.org/2072-4292/15/3/745": "doi:10.3390/rs15030745",
    "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=4389876&download=yes": "doi:10.2139/ssrn.4389876",
    "https://www.researchsquare.com/article/rs-2566942/v2.pdf": "doi:10.21203/rs.3.rs-2566942/v2",
    "https://www.preprints.org/manuscript/202301.0001/v1": "doi:10.20944/preprints202301.0001.v1",
    "zenodo.org/records/7650123/files/paper.pdf?download=1": "doi:10.5281/zenodo.7650123",
    "https://osf.io/preprints/psyarxiv/ab2de_v1": "doi:10.31234/osf.io/ab2de_v1",
    "https://pubs.rsc.org/en/content/articlehtml/2023/sc/d2sc06999a": "doi:10.1039/d2sc06999a",
    "https://academic.oup.com/bioinformatics/article-abstract/39/3/btad123/7077134":
        "doi:10.1093/bioinformatics/btad123",
    "https://direct.mit.edu/tacl/article/doi/10.1162/tacl_a_00530/114590/A-Title": "doi:10.1162/tacl_a_00530",
    "https://www.pnas.org/content/118/15/e2016239118": "doi:10.1073/pnas.2016239118",
    "https://www.pnas.org/doi/suppl/10.1073/pnas.2300000120/suppl_file/x.sapp.pdf": "doi:10.1073/pnas.2300000120",
    "https://link.springer.com/article/10.1007/s11263-023-01891-x/figures/3": "doi:10.1007/s11263-023-01891-x",
    "https://www.nature.com/articles/s41586-021-03819-2/figures/1": NATURE,
    "https://www-nature-com.translate.goog/articles/s41586-021-03819-2?_x_tr_sl=en": NATURE,
    "https://www.nature.com/nature/journal/v521/n7553/full/nature14539.html": "doi:10.1038/nature14539",
    "https://www.biorxiv.org/cgi/content/short/2023.01.01.522222v1?rss=1": "doi:10.1101/2023.01.01.522222v1",
    "https://www.biorxiv.org/content/early/2018/01/05/241000": "doi:10.1101/241000",
    "https://peerj.com/articles/cs-1234/": "doi:10.7717/peerj-cs.1234",
    "https://openaccess.thecvf.com/content/CVPR2023/html/Example_A_Title_CVPR_2023_paper.html":
        "cvf:content/CVPR2023/Example_A_Title_CVPR_2023_paper",
    "openaccess.thecvf.com/content/CVPR2023W/NTIRE/papers/Example_A-Title_CVPRW_2023_paper.pdf":
        "cvf:content/CVPR2023W/NTIRE/Example_A-Title_CVPRW_2023_paper",
    "http://openaccess.thecvf.com/content_CVPR_2019/html/Example_A_Title_CVPR_2019_paper.html":
        "cvf:content_CVPR_2019/Example_A_Title_CVPR_2019_paper",
    f"https://proceedings.neurips.cc/paper_files/paper/2023/hash/{'ab' * 16}-Abstract-Conference.html":
        f"neurips:2023/{'ab' * 16}-Conference",
    f"https://papers.nips.cc/paper/2017/file/{'ab' * 16}-Paper.pdf?x=1": f"neurips:2017/{'ab' * 16}",
    "Example A. A title. J. 2023. doi: 10.1145/3592433. Epub 2023 Jan 5. PMID: 36652000; PMCID: PMC9876543.":
        "doi:10.1145/3592433",
}  # fmt: skip


@pytest.mark.parametrize("text", NAMED)
def test_it_names_the_paper(text):
    assert [ref.canonical for ref in parse(text)] == [NAMED[text]]
    assert exact(NAMED[text]) == parse(text)[0], "as a button and the store have it"


@pytest.mark.parametrize(
    "text",
    [
        "https://ieeexplore.ieee.org/document/1234567", "https://openreview.net/group?id=ICLR.cc/2026/Conference",
        "https://openreview.net/pdf/abcdef.pdf", "https://aclanthology.org/volumes/2024.acl-long/",
        "https://aclanthology.org/people/ada-example/", "https://proceedings.mlr.press/v139/",
        "https://www.nature.com/nature/", "https://www.biorxiv.org/about-biorxiv", "version 10.15.7/2 and 10.1000",
        "hello", "", "10.1038/", "192.168.10.1234/x", "https://example.org/2024.acl-long.1", "https://psyarxiv.com/about/",
        "https://papers.nips.cc/paper/7181-attention-is-all-you-need", "https://openaccess.thecvf.com/CVPR2023?day=all",
        "https://www.mdpi.com/3000-0001/1/1/1", "https://hal.science/hal-04012345v2/document",
    ],
)  # fmt: skip
def test_it_names_none(text):
    assert parse(text) == []
    with pytest.raises(BadInput, match=r"names no paper|No paper is named"):
        one(text)


def test_several_in_their_order_each_once():
    text = (
        "see (10.1038/nature12373), 2601.17058v2, https://openreview.net/forum?id=rhgIgTSSxW, doi:10.1038/NATURE12373."
    )
    assert [str(ref) for ref in parse(text)] == ["doi:10.1038/nature12373", "2601.17058v2", "openreview:rhgIgTSSxW"]
    with pytest.raises(BadInput, match="names 3 papers"):
        one(text)


def test_a_link_without_a_doi_is_answered_with_what_to_do():
    with pytest.raises(BadInput, match="give its DOI, or its title"):
        one("https://ieeexplore.ieee.org/document/1234567")


def test_a_link_with_a_publishers_number_is_looked_up():
    lancet = "https://www.thelancet.com/journals/lancet/article/PIIS0140-6736(20)30183-5/fulltext"
    assert number_in(lancet) == "S0140673620301835" and asked(f" {lancet} ") == lancet
    assert number_in("https://linkinghub.elsevier.com/retrieve/pii/S009286742600001X") == "S009286742600001X"
    own = "204e3073870fae3d05bcbc2f6a8e263d9b72e776"
    assert number_in(f"https://www.semanticscholar.org/paper/Attention-is-All/{own}?sort=x") == own
    assert number_in("https://pmc.ncbi.nlm.nih.gov/articles/PMC9876543/?report=reader") == "PMC9876543"
    assert number_in("https://www.cell.com/action/showPdf?pii=S0092-8674%2823%2900001-2") == "S0092867423000012"
    assert number_in("https://ieeexplore.ieee.org/document/1234567") == number_in("S0140673620301835") == ""


def test_titles():
    assert asked("“Attention Is All\nYou Need”") == "Attention Is All You Need"
    assert asked("10.1038/nature12373") == PaperRef("doi:10.1038/nature12373")
    assert title_in("图像复原的概率流方法") == "图像复原的概率流方法"
    for text in ("hello", "see https://example.org/x of mine", "x" * 400, "a b c", ""):
        assert title_in(text) == ""
        with pytest.raises(BadInput):
            asked(text)


def test_what_is_no_id_letter_by_letter_is_none():
    assert [exact(x) for x in ("doi:10.1038/NATURE1", "DOI:10.1038/x", "pmlr:x", "2601.99999999", "~" + "0" * 20)] == [
        None
    ] * 5


@pytest.mark.parametrize(
    "piece", ["10.1038/a ", "https://a.org/", "https://x.org/10.1000/a.full", "a.org/", "(((", "/full"]
)
def test_its_time_grows_with_the_text(piece):
    assert growth(lambda n: parse(piece * n), 300) < LINEAR


@pytest.mark.parametrize(("link", "title"), [
    ("https://www.researchgate.net/publication/35_Masked_Autoencoders_Are_Scalable",
     "Masked Autoencoders Are Scalable"),
    ("https://paperswithcode.com/paper/masked-autoencoders-are-scalable", "masked autoencoders are scalable"),
    ("https://www.researchgate.net/profile/Ada-Example", ""),
])  # fmt: skip
def test_a_title_that_stands_in_a_link_is_looked_up(link, title):
    assert not parse(link) and slug_title(link) == title
    if title:
        assert asked(link) == title
