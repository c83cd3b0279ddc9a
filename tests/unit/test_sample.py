"""The bundled sample day.

Valid as a Hugging Face list, fictional and marked so, its full texts whole.
"""

import json
import re
from datetime import datetime
from html.parser import HTMLParser

import pytest

from tests import ROOT
from workers.errors import BadInput
from workers.sources import sample_day
from workers.sources.spec import parse_spec, sampled

SAMPLE = ROOT / "workers" / "sources" / "sample"
RECORDED = ROOT.parent / "shared" / "real"
"""Recorded answers of real services; not part of the project, the tests that read them skip without."""

MARK = "(Fictional paper, written for Paperboy's sample day.)"
DAY = "2026-01-23"
FULL_TEXTS = ("2601.99901", "2601.99903", "2601.99921")
SHINGLE_WORDS = 8
VOID = {"br", "hr", "img", "meta", "link", "base", "input", "col", "wbr"}
MIN_BODY_CHARS = 10_000
"""Below this a page counts as broken for the reader."""


def items(name: str = "day.json") -> list[dict]:
    return json.loads((SAMPLE / name).read_text(encoding="utf-8"))


def all_items() -> list[dict]:
    return [item for file in sorted(SAMPLE.glob("*.json")) for item in items(file.name)]


class Page(HTMLParser):
    """Tags balanced, ids, texts by section and alttexts of one LaTeXML page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.counts: dict[str, int] = {}
        self.sections: dict[str, str] = {}
        self.titles: list[str] = []
        self.abstract = self.title = ""
        self.where: list[tuple[int, str]] = []
        self.math = 0
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in VOID:
            return
        self.open.append(tag)
        classes = (given.get("class") or "").split()
        for name in [tag, *classes]:
            self.counts[name] = self.counts.get(name, 0) + 1
        if given.get("id"):
            self.ids.append(given["id"])
        for name in ("ltx_abstract", "ltx_title_document", "ltx_title_section"):
            if name in classes:
                self.where.append((len(self.open), name))
        if tag == "section" and "ltx_section" in classes:
            self.where.append((len(self.open), given["id"]))
            self.sections[given["id"]] = ""
        if tag == "math":
            assert given.get("alttext"), "math without its TeX"
            self.math += 1
            self._text(f"${given['alttext']}$")

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        if self.where and self.where[-1][0] == len(self.open):
            self.where.pop()
        self.open.pop()

    def handle_data(self, data):
        if "math" not in self.open:
            self._text(data)

    def _text(self, data):
        for _, name in self.where:
            if name == "ltx_abstract":
                self.abstract += data
            elif name == "ltx_title_document":
                self.title += data
            elif name == "ltx_title_section":
                self.titles.append(data.strip())
            else:
                self.sections[name] += data


def squeezed(text: str) -> str:
    """Text without what LaTeXML changes in maths.

    Spaces, and braces around single letters.
    """
    return re.sub(r"[\s{}]+", "", text)


def test_fifteen_papers_of_one_day():
    found = items()
    ids = [item["paper"]["id"] for item in found]
    assert sorted(ids) == [f"2601.{number}" for number in range(99901, 99916)]
    for item in found:
        paper = item["paper"]
        assert paper["submittedOnDailyAt"].startswith(DAY)
        submitted = datetime.fromisoformat(paper["submittedOnDailyAt"])
        assert datetime.fromisoformat(item["publishedAt"]) < datetime.fromisoformat(paper["publishedAt"]) < submitted
        assert paper["authors"] and all(author["name"].strip() for author in paper["authors"])
        assert paper["title"] and item["title"] and item["summary"] == paper["summary"]
        assert isinstance(item["numComments"], int)


def test_votes_leave_no_doubt_about_the_order():
    votes = [item["paper"]["upvotes"] for item in items()]
    assert votes == sorted(votes, reverse=True) and len(set(votes)) == len(votes)


def test_six_papers_of_the_second_list_and_no_id_twice():
    assert sorted(item["paper"]["id"] for item in items("q-bio.json")) == [f"2601.{n}" for n in range(99921, 99927)]
    ids = [item["paper"]["id"] for item in all_items()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "sources, lists",
    [
        (["huggingface:15", "arxiv:cs.CV"], ("sample",)),
        (["huggingface:15"], ("sample",)),
        (["arxiv:cs.CL"], ("sample",)),
        ([], ("sample",)),
        (["arxiv:q-bio.BM", "arxiv:q-bio.QM"], ("sample:q-bio",)),
        (["arxiv:q-bio"], ("sample:q-bio",)),
        (["arxiv:q-bio.BM", "arxiv:cs.LG"], ("sample", "sample:q-bio")),
        (["arxiv:q-bio.BM+cs.LG"], ("sample", "sample:q-bio")),
        (["arxiv:q-bio.BM", "biorxiv"], ("sample", "sample:q-bio")),
    ],
)
def test_a_profile_has_the_lists_nearest_to_its_sources(sources, lists):
    assert sampled(sources) == lists


def test_a_list_that_the_sample_day_lacks_is_named():
    with pytest.raises(BadInput, match="sample:q-bio"):
        parse_spec("sample:hep-th")


def test_every_summary_is_marked_and_of_the_right_length():
    for item in all_items():
        summary = item["paper"]["summary"]
        assert summary.endswith(MARK), item["paper"]["id"]
        assert 900 <= len(summary) <= 1600, (item["paper"]["id"], len(summary))


def test_the_traps_of_real_lists_are_there():
    """What the renderers must survive.

    Maths, markup, prices, mentions, a hostile sentence, other scripts.
    """
    everything = json.dumps(items(), ensure_ascii=False)
    for trap in (
        r"$4\\times$",
        r"\\mathcal{L}",
        "$x_t$",
        "&",
        "<",
        "between $5 and $10",
        "@everyone",
        "<!channel>",
        "Ignore previous instructions",
        "https://example.org/",
        "José",
        "李若溪",
        "\\n",
    ):
        assert trap in everything, trap
    assert max(len(item["title"]) for item in items()) > 150
    assert any(item["title"] != item["paper"]["title"] for item in items())
    assert any("ai_keywords" not in item["paper"] for item in items())


@pytest.mark.parametrize("pid", FULL_TEXTS)
def test_full_text_is_whole_and_agrees_with_its_abstract(pid):
    source = (SAMPLE / f"{pid}.html").read_text(encoding="utf-8")
    paper = next(item["paper"] for item in all_items() if item["paper"]["id"] == pid)
    page = Page(source)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert squeezed(page.title) == squeezed(paper["title"])
    assert squeezed(page.abstract.strip().removeprefix("Abstract")) == squeezed(paper["summary"])
    assert MARK in page.abstract and "fictional" in page.sections["Sx1"]
    for part in ("ltx_document", "ltx_abstract", "ltx_bibliography", "ltx_figure", "ltx_tabular"):
        assert page.counts.get(part) == 1, part
    assert page.counts["ltx_bibitem"] >= 5 and page.math >= 20
    assert {"S1", "S1.p1", "S3.F1", "S4.T1", "S5.p1"} <= set(page.ids)
    for wanted in ("Method", "Experiments", "Limitations"):
        assert wanted in page.titles
    words = len(re.findall(r"\w+", re.sub(r"\$[^$]*\$", " ", " ".join(page.sections.values()))))
    assert 1_600 <= words <= 2_500, words
    assert sum(map(len, page.sections.values())) >= MIN_BODY_CHARS


@pytest.mark.parametrize("pid", FULL_TEXTS)
def test_numbers_of_the_abstract_are_in_the_body(pid):
    paper = next(item["paper"] for item in all_items() if item["paper"]["id"] == pid)
    body = " ".join(Page((SAMPLE / f"{pid}.html").read_text(encoding="utf-8")).sections.values())
    numbers = set(re.findall(r"\d+\.\d+", paper["summary"]))
    assert numbers and not {number for number in numbers if number not in body}


@pytest.mark.parametrize("pid", FULL_TEXTS)
def test_full_text_loads_nothing(pid):
    source = (SAMPLE / f"{pid}.html").read_text(encoding="utf-8")
    assert not re.search(r"<(script|img|link|iframe)\b|src=|@import", source)


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {tuple(words[at : at + SHINGLE_WORDS]) for at in range(len(words) - SHINGLE_WORDS + 1)}


def test_no_sentence_comes_from_recorded_papers():
    if not RECORDED.is_dir():
        pytest.skip("no recorded data beside the project")
    ours = set()
    for item in all_items():
        ours |= shingles(item["paper"]["title"] + " . " + item["paper"]["summary"].removesuffix(MARK))
    for pid in FULL_TEXTS:
        ours |= shingles(" ".join(Page((SAMPLE / f"{pid}.html").read_text(encoding="utf-8")).sections.values()))
    theirs = set()
    for path in [*RECORDED.rglob("*.json"), *RECORDED.rglob("*.xml"), *RECORDED.rglob("*.html")]:
        theirs |= shingles(path.read_text(encoding="utf-8"))
    assert theirs and not ours & theirs


def test_a_sample_paper_is_found_by_its_id_and_marked_so():
    found = sample_day.paper("2601.99924")
    assert found and found.fictional and found.title.startswith("Lastpage")
    assert sample_day.paper("2601.99999") is None is sample_day.paper("2601.12345")


def test_a_paper_asked_for_by_id_names_the_list_it_is_of():
    assert sample_day.paper("2601.99924").sources == ("sample:q-bio",)
    assert sample_day.paper("2601.99903").sources == ("sample",)
