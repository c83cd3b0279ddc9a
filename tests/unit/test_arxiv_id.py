"""Identifiers: what people paste, and what only looks like an id."""

import json
from datetime import date
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.waiting import LINEAR, growth
from workers.errors import BadInput
from workers.paper_ids import arxiv_id
from workers.paper_ids.arxiv_id import ArxivId, one, parse

TODAY = date(2026, 11, 22)

ONE = "2601.17058"
OLD = "hep-th/9901001"

NAMES_IT = [
    # bare and prefixed
    "2601.17058", "arXiv:2601.17058", "arxiv: 2601.17058", "ARXIV:2601.17058", "arXiv.2601.17058", "arXiv 2601.17058",
    "arXiv2601.17058", "arXiv/2601.17058", "arXiv_2601.17058", "abs/2601.17058", "arXiv:2601.17058 [cs.CV]",
    "#2601.17058",
    # arxiv.org and its mirrors
    "https://arxiv.org/abs/2601.17058", "http://arxiv.org/abs/2601.17058", "arxiv.org/abs/2601.17058",
    "https://www.arxiv.org/abs/2601.17058", "https://export.arxiv.org/abs/2601.17058",
    "https://browse.arxiv.org/abs/2601.17058", "http://cn.arxiv.org/abs/2601.17058",
    "http://xxx.lanl.gov/abs/2601.17058",
    "https://arxiv.org/pdf/2601.17058", "https://arxiv.org/pdf/2601.17058.pdf",
    "https://arxiv.org/pdf/2601.17058#page=7",
    "https://arxiv.org/html/2601.17058#S3.F2", "https://browse.arxiv.org/html/2601.17058",
    "https://arxiv.org/src/2601.17058", "https://arxiv.org/e-print/2601.17058", "https://arxiv.org/format/2601.17058",
    "https://arxiv.org/ps/2601.17058", "https://arxiv.org/tb/2601.17058", "https://arxiv.org/abs//2601.17058",
    "https://arxiv.org/abs/2601.17058/", "https://arxiv.org/abs/2601.17058?context=cs",
    "https://arxiv.org/abs/2601.17058?utm_source=chatgpt.com", "https://arxiv.org/abs/arXiv:2601.17058",
    "https://arxiv.org/abs/2601%2E17058", "export.arxiv.org/api/query?id_list=2601.17058&max_results=1",
    # other sites
    "https://www.alphaxiv.org/abs/2601.17058", "https://alphaxiv.org/overview/2601.17058",
    "https://alphaxiv.org/pdf/2601.17058", "https://www.alphaxiv.org/resources/2601.17058",
    "https://ar5iv.org/abs/2601.17058", "https://ar5iv.labs.arxiv.org/html/2601.17058",
    "https://huggingface.co/papers/2601.17058", "https://hf.co/papers/2601.17058",
    "https://huggingface.co/papers/2601.17058.md", "https://huggingface.co/papers/2601.17058#community",
    "https://doi.org/10.48550/arXiv.2601.17058", "10.48550/ARXIV.2601.17058", "doi:10.48550/arxiv.2601.17058",
    "https://dx.doi.org/10.48550/arXiv.2601.17058", "https://papers.cool/arxiv/2601.17058",
    "https://scirate.com/arxiv/2601.17058", "https://www.emergentmind.com/papers/2601.17058",
    "https://www.catalyzex.com/paper/arxiv:2601.17058", "https://www.semanticscholar.org/arxiv/2601.17058",
    "https://api.semanticscholar.org/arXiv:2601.17058", "2026arXiv260117058Z", "2026arXiv260117058.",
    "https://ui.adsabs.harvard.edu/abs/2026arXiv260117058Z/abstract",
    "https://inspirehep.net/arxiv/2601.17058",
    # redirectors
    "https://www.google.com/url?q=https://arxiv.org/abs/2601.17058&amp;sa=D",
    "https://www.google.com/url?sa=t&url=https%3A%2F%2Farxiv.org%2Fabs%2F2601.17058&usg=AOvVaw0",
    "https://www.google.com/url?q=https%253A%252F%252Farxiv.org%252Fabs%252F2601.17058%2526x",
    "https://scholar.google.com/scholar_url?url=https://arxiv.org/pdf/2601.17058&hl=en&sa=X&d=1742398112345",
    "https://scholar.google.com/scholar?q=%222601.17058%22",
    "https://slack-redir.net/link?url=https%3A%2F%2Farxiv.org%2Fabs%2F2601.17058",
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Farxiv.org%2Fabs%2F2601.17058&data=05%7C01",
    "https://urldefense.com/v3/__https://arxiv.org/abs/2601.17058__;!!AbC",
    # Slack, Telegram and Markdown
    "<https://arxiv.org/abs/2601.17058|arxiv.org/abs/2601.17058>", "<https://arxiv.org/abs/2601.17058>",
    "[2601.17058](https://arxiv.org/abs/2601.17058)", "**2601.17058**", "`2601.17058`", "_2601.17058_", "(2601.17058)",
    "<https://arxiv.org/abs/2601.17058?a=1&amp;b=2|paper>", "&lt;2601.17058&gt;", "\"2601.17058\"", "$2601.17058$%?",
    # what follows
    "2601.17058.", "2601.17058,", "2601.17058)", "2601.17058**", "2601.17058>", "2601.17058;", "2601.17058!?",
    "2601.17058…", "2601.17058。", "2601.17058，", "2601.17058）", "2601.17058》", "2601.17058、", "「2601.17058」",
    "（2601.17058）", "2601.17058％", "2601.17058:", "2601.17058_v.pdf", "2601.17058-3d-splats.pdf",
    "2601.17058.tar.gz",
    # glued to other scripts, invisible and full-width characters
    "论文2601.17058很好", "この2601.17058は", "논문2601.17058을", "请看arXiv：2601.17058。", "２６０１．１７０５８",
    "ａｒＸｉｖ：２６０１．１７０５８", "26\u200b01.17058", "2601.\u200b17058", "2601\ufeff.17058",
    "\u200b2601.17058\u200b",
    "https://arxiv.org/abs/\u200b2601.17058", "2601.170\u00ad58", "\u20602601.17058\u2069", "2601.17058\n",
    "\t2601.17058 ",
    "2601.17058 and 2601.17058v3", "paper:2601.17058", "\u26052601.17058", "- 2601.17058", "-2601.17058",
    "1) 2601.17058",
]  # fmt: skip

NAMES_OLD = [
    "hep-th/9901001", "arXiv:hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001",
    "http://xxx.lanl.gov/abs/hep-th/9901001",
    "https://arxiv.org/abs//hep-th/9901001", "https://arxiv.org/pdf/hep-th/9901001.pdf",
    "10.48550/arXiv.hep-th/9901001",
    "HEP-TH/9901001", "https://arxiv.org/abs/hep-th%2F9901001", "见hep-th/9901001。", "hep-th/9901001.",
    "https://www.google.com/url?q=https%3A%2F%2Farxiv.org%2Fabs%2Fhep-th%2F9901001",
    "https://hf.co/papers/hep-th/9901001",
]  # fmt: skip

SEVERAL = {
    "2601.17058v2": ["2601.17058v2"],
    "2601.17058V2": ["2601.17058v2"],
    "https://arxiv.org/pdf/2601.17058v12.pdf": ["2601.17058v12"],
    "看2601.17058v3很好": ["2601.17058v3"],
    "2601.17058v2.": ["2601.17058v2"],
    "2601.17058v1, then 2601.17058v2": ["2601.17058v1"],
    "2601.17058, then 2601.17058v2": ["2601.17058"],
    "2601.17060 2601.17058 2601.17059": ["2601.17060", "2601.17058", "2601.17059"],
    "2601.17058,2601.17059;2601.17060": ["2601.17058", "2601.17059", "2601.17060"],
    "2601.17058v1-2601.17060": ["2601.17058v1", "2601.17060"],
    "2601.17058和2601.17059": ["2601.17058", "2601.17059"],
    "2601.17058\u200b2601.17059": ["2601.17058", "2601.17059"],
    "https://arxiv.org/abs/2601.17058\nhttps://arxiv.org/abs/hep-th/9901001v2": ["2601.17058", "hep-th/9901001v2"],
    "math.GT/0309136": ["math/0309136"],
    "math.GT/0309136v1 = math/0309136": ["math/0309136v1"],
    "cond-mat.mtrl-sci/0309136": ["cond-mat/0309136"],
    "physics.flu-dyn/0309136": ["physics/0309136"],
    "cs/0309136": ["cs/0309136"],
    "https://arxiv.org/abs/cs.CL/0309136v3": ["cs/0309136v3"],
    "math-ph/0309136": ["math-ph/0309136"],
    "alg-geom/9202001": ["alg-geom/9202001"],
    "hep-th/9107001": ["hep-th/9107001"],
    "hep-th/0703999": ["hep-th/0703999"],
    "2021arXiv211101154B": ["2111.01154"],
    "2010arXiv1005.1234B": ["1005.1234"],
    "0704.0001": ["0704.0001"],
    "1412.9999": ["1412.9999"],
    "1501.00001": ["1501.00001"],
    "2611.00001": ["2611.00001"],
    "10.1109/CVPR.2024.00123, arXiv:2601.17058": ["2601.17058"],
    "<https://doi.org/10.1109/x|arXiv:2601.17058>": ["2601.17058"],
    "https://example.com/abs/2601.17058": ["2601.17058"],
    "https://www.google.com/url?q=https://arxiv.org/abs/2601.17058 https://arxiv.org/abs/2601.17059":
        ["2601.17058", "2601.17059"],
}  # fmt: skip

NAMES_NOTHING = [
    "", " ", "no paper here", "https://arxiv.org/", "https://arxiv.org/list/cs.CV/recent",
    "https://arxiv.org/list/cs/0309",
    # impossible
    "2600.17058", "2613.17058", "2601.00000", "2601.1705", "2601.170", "1501.1234", "1412.12345", "0703.1234",
    "0700.0001",
    "0704.0000", "0613.1234", "2612.00001", "2701.00001", "9912.12345", "9901.00001", "2601.17058v0", "2601.17058v01",
    "2601.17058v1234", "hep-th/9900001", "hep-th/9913001", "hep-th/9901000", "hep-th/9106001", "hep-th/0704001",
    "hep-th/9901001v0", "hep-th/2601001", "xyz/9901001", "eess/0309136", "2021arXiv221101154B", "2021arXiv210001154B",
    # glued to digits or letters
    "12601.17058", "2601.170589", "2601.1705812345", "x2601.17058", "v2601.17058", "2601.17058abc", "2601.17058v",
    "2601.17058v2x", "2601.17058e5", "2601.170582601.17059", "xhep-th/9901001", "my-math/0309136", "hep-th/99010011",
    "hep-th/9901001.5", "1math/0309136", "foo.cs/0309136",
    # decimals, versions, addresses, dates, phones, money
    "3.1415.9265", "1.2601.17058", "2601.17058.1", "2601.17058.3.4", "10.0.2601.17058", "192.168.2601.17058",
    "20.12.2012",
    "2024-01-15", "2012.10.05", "+2601.17058", "1+2601.17058", "tel:2601.17058", "555-2601.17058", "2601.17058-5551234",
    "$2601.17058", "€2601.17058", "pkg==2601.17058", "pkg>=2601.17058", "0.2601.17058", "−2601.17058", "≈2601.17058",
    # other registrants' DOIs, other sites' numbers
    "10.1109/2601.17058", "https://doi.org/10.1109/2601.17058", "10.1101/2601.17058v2.full", "10.1145/hep-th/9901001",
    "https://doi.org/10.1016/j.cs/0309136", "https://example.com/cs/0101001", "https://www.heise.de/math/0309136",
    "https://openreview.net/forum?id=abcDEF123", "https://paperswithcode.com/paper/attention-is-all-you-need",
]  # fmt: skip


def texts(found):
    return [p.canonical for p in found]


@pytest.mark.parametrize("text", NAMES_IT)
def test_every_way_to_paste_a_paper_names_it_once(text):
    assert texts(parse(text, TODAY)) == [ONE]


@pytest.mark.parametrize("text", NAMES_OLD)
def test_old_ids(text):
    assert texts(parse(text, TODAY)) == [OLD]


@pytest.mark.parametrize(("text", "expected"), SEVERAL.items())
def test_versions_order_and_several(text, expected):
    assert texts(parse(text, TODAY)) == expected


@pytest.mark.parametrize("text", NAMES_NOTHING)
def test_what_only_looks_like_an_id_is_refused(text):
    assert parse(text, TODAY) == []


@pytest.mark.parametrize(
    ("today", "names"),
    [
        (date(2025, 12, 30), False), (date(2025, 12, 31), True), (date(2026, 1, 1), True), (date(2026, 2, 1), True),
        (date.max, True),
    ],
)  # fmt: skip
def test_months_still_to_come_are_refused_with_a_day_of_tolerance(today, names):
    assert bool(parse(ONE, today)) is names


def test_one_paper_or_a_clear_sentence():
    assert one("see arXiv:2601.17058v2", TODAY) == ArxivId("2601.17058", 2)
    with pytest.raises(BadInput, match="No arXiv paper is named there"):
        one("hello", TODAY)
    with pytest.raises(BadInput, match=r"names 2 papers \(2601\.17058, 2601\.17059\)"):
        one("2601.17058 2601.17059", TODAY)


def test_exact_is_letter_by_letter():
    assert [str(arxiv_id.exact(x, TODAY)) for x in ("2601.17058v2", "math/0309136")] == ["2601.17058v2", "math/0309136"]
    assert [arxiv_id.exact(x, TODAY) for x in ("math.GT/0309136", " 2601.17058", "2601.17058.", "")] == [None] * 4


@st.composite
def ids(draw):
    version = draw(st.one_of(st.none(), st.integers(1, 99)))
    if draw(st.booleans()):
        year, month = draw(st.integers(7, 26)), draw(st.integers(1, 12))
        if (year, month) < (7, 4) or (year, month) > (26, 11):
            year, month = 24, 2
        digits = 4 if year <= 14 else 5
        base = f"{year:02}{month:02}.{draw(st.integers(1, 10**digits - 1)):0{digits}}"
    else:
        year = draw(st.sampled_from([92, 99, 0, 6]))
        archive, month, number = (
            draw(st.sampled_from(arxiv_id.ARCHIVES)),
            draw(st.integers(1, 12)),
            draw(st.integers(1, 999)),
        )
        base = f"{archive}/{year:02}{month:02}{number:03}"
    return ArxivId(base, version)


AROUND = st.text(st.sampled_from(" \n\t,;()[]{}<>|*`'\"。，、）（「」《》：看论文はを을\u200b\ufeff!?"), max_size=5)


@given(ids(), AROUND, AROUND)
def test_any_id_is_found_among_any_punctuation(paper, before, after):
    assert parse(f"{before}{paper}{after}", TODAY) == [paper]
    assert parse(f"{before}https://arxiv.org/abs/{paper}{after}", TODAY) == [paper]
    packed = quote(f"https://arxiv.org/abs/{paper}", safe="")
    assert parse(f"https://www.google.com/url?q={packed}&sa=D", TODAY) == [paper]


@given(st.lists(ids(), max_size=6, unique_by=lambda p: p.base))
def test_what_it_wrote_it_reads(papers):
    assert parse(" ".join(map(str, papers)), TODAY) == papers


@given(ids(), st.sampled_from("0123456789abcXYZ"))
def test_glued_letters_and_digits_are_never_cut_off(paper, glued):
    assert paper not in parse(f"{glued}{paper}", TODAY)
    assert paper not in parse(f"{paper}{glued}", TODAY)


@given(st.text())
def test_any_text_can_be_asked(text):
    found = parse(text, TODAY)
    assert len({p.base for p in found}) == len(found)


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "2601.",
        "http://",
        "%25",
        "10.1/",
        "2601.17058 ",
        "math",
        "a/",
        "\u200b",
        "%2f",
        "2601.17058/",
        "hep-th/",
        "&amp;",
        "10.1109/2601.17058,",
    ],
)
def test_long_hostile_text_is_read_in_linear_time(unit):
    assert growth(lambda size: parse("://" + unit * (size // len(unit)), TODAY), 4_000) < LINEAR


def test_recorded_ids_are_all_ids(real):
    for path in sorted((real / "hf_daily").glob("*.json")):
        for item in json.loads(path.read_text()):
            ref = item["paper"]["id"]
            assert texts(parse(f"https://huggingface.co/papers/{ref}。", TODAY)) == [ref]
