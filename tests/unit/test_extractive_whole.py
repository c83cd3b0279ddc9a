"""The analyst without a model on a paper read in full.

Only the paper's own words, each found, with its place.
"""

import pytest

from prompts import load_profile
from tests.analyst_papers import PAPER, PARTS, whole
from tests.services.test_statements import posts
from workers.analysis.budget import Meter
from workers.analysis.extractive.analyst import Extractive
from workers.analysis.grounding.evidence.numbered_paper import paper_context
from workers.models import CORE_SECTIONS, LOCAL, Paper
from workers.reading.read import read_file
from workers.words import words as words_of

EN, ZH = load_profile("cv-daily-en"), load_profile("cv-daily-zh")


def write(found, profile=EN):
    return Extractive().analyse(found, profile, Meter())


def all_found(analysis, found):
    """Every statement is a quote of the paper, letter for letter.

    It is where it says that it stands.
    """
    texts = {p.id: (title, p) for title, p in found.text.paragraphs()}
    for s in analysis.statements:
        title, paragraph = texts[s.paragraph]
        assert s.quote and not s.text and s.where == title and s.page == paragraph.page
        assert paragraph.text.startswith(s.quote[:20], paragraph.text.index(s.quote[:20]))
        assert found.index.locate(s.quote, s.paragraph).paragraph == s.paragraph
        assert s.anchor == found.anchors.get(s.paragraph, "")
    g = analysis.grounds
    assert g.quotes == g.quotes_found == len(analysis.statements) and g.numbers == g.numbers_found
    assert "numbers" not in g.failed and ("quotes" in g.failed) == (not analysis.statements)
    assert g.dropped == 0 and not g.repaired
    quotes = [s.quote for s in analysis.statements]
    assert len(set(quotes)) == len(quotes), "no sentence twice"


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_each_sentence_stands_in_its_section_with_its_place(kind):
    found = whole(kind=kind)
    analysis = write(found)
    all_found(analysis, found)
    assert (analysis.by, analysis.read, analysis.error, analysis.grounds.failed) == (LOCAL, kind, None, ())
    of = {name: [s for s in analysis.statements if s.section == name] for name in CORE_SECTIONS}
    assert all(of.values())
    assert any("We propose Sieve" in s.quote for s in of["contribution"])
    assert {s.where for s in of["methodology"]} & {"2.1 The probe", "2.2 The path", "2 Method"}
    assert any("3.2 dB" in s.quote for s in of["takeaway"])
    assert any(s.where == "4 Limitations" and "film grain" in s.quote for s in of["limitations"])


def test_where_limits_are_admitted_the_conclusion_is_not_searched_for_more():
    praise = "A path that begins at the photograph does not have to choose between what is true and what is sharp."
    conclusion = ("S5", "5 Conclusion", 1, (praise,))
    for title, wanted in (("4 Limitations", False), ("4 Discussion and Limitations", False)):
        own = ("S4", title, 1, ("The probe fails on film grain, whose structure it takes for evidence of the scene.",))
        limits = [
            s.quote for s in write(whole(parts=(*PARTS[:5], own, conclusion))).statements if s.section == "limitations"
        ]
        assert (praise in limits) == wanted and limits, title


@pytest.mark.parametrize(
    "leaning",
    ["We therefore ask it for a calibrated number of every pixel of the photograph.",
     "Let y be the degraded photograph and x its clean counterpart with the same size."],
)  # fmt: skip
def test_a_sentence_that_says_nothing_by_itself_is_not_chosen(leaning):
    clear = "The probe is trained first and then frozen, so that the path can rely on what it says."
    parts = tuple((*part[:3], (leaning, clear)) if part[0] == "S2" else part for part in PARTS)
    method = [s.quote for s in write(whole(parts=parts)).statements if s.section == "methodology"]
    assert clear in method and leaning not in method


@pytest.mark.parametrize("profile", [EN, ZH])
def test_it_is_labelled_and_nothing_of_it_is_called_a_reading(profile):
    shown = posts(write(whole(), profile), profile.language)
    for where, words in shown.items():
        w = words_of(profile.language)
        assert w.label_extracted in words and w.our_reading not in words, where


def test_what_a_paper_says_twice_is_quoted_once():
    again = "We propose Sieve, a probe that tells how much of each pixel was lost before any of it is restored."
    parts = [(id, title, level, (*texts, again)) for id, title, level, texts in PARTS]
    found = whole(PAPER, parts)
    all_found(write(found), found)


def test_a_text_without_telling_titles_is_judged_by_place():
    parts = [(id, f"Part {n}", level, texts) for n, (id, _, level, texts) in enumerate(PARTS)]
    found = whole(PAPER, parts)
    analysis = write(found)
    all_found(analysis, found)
    assert analysis.contribution and analysis.limitations


@pytest.mark.parametrize(
    "text", ["", "x", "$$x_1$$ = 2.", "A . B . C .", "word " * 5000, "[1] A. Author. 2020. [2] B. Author.", "。" * 90]
)
def test_odd_texts_give_no_exception_and_at_least_a_title(text):
    found = whole(Paper(id="2601.00001", title="T", abstract=""), [("S1", "", 1, (text, text)), ("S2", "", 1, (text,))])
    analysis = write(found)
    all_found(analysis, found)
    assert analysis.contribution and analysis.limitations


def test_a_recorded_page_of_furniture_alone(real):
    _written(read_file(real / "html" / "arxiv_chrome_2026-09_excerpt.html"))


def _written(text, spread=0):
    paper = Paper(id="2601.00001", title=text.title, abstract=text.abstract)
    found = paper_context(paper, text)
    analysis = write(found)
    all_found(analysis, found)
    assert analysis.contribution and analysis.limitations
    assert len(text.sections) >= spread
    if spread:
        quoted = {name for name in CORE_SECTIONS if any(s.section == name for s in analysis.statements)}
        assert len(quoted) >= spread and analysis.grounds.metrics["section_spread"] >= spread
    posts(analysis.model_copy(update={"id": paper.id}))
