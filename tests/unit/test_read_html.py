"""LaTeXML pages to sections, figures, maths and labels.

Failed conversions refused.
"""

import random

import pytest

from tests import ROOT
from tests.doubles.pages import PROSE, make_html, para
from tests.waiting import LINEAR, growth
from workers.reading.html.read import MIN_BODY_CHARS, gate, read_html
from workers.reading.licence import may_show_figure
from workers.reading.text import PaperText

URL = "https://arxiv.org/html/2601.00001v2"
SAMPLE = ROOT / "workers" / "sources" / "sample"


def read(*args, url=URL, **more):
    return read_html(make_html(*args, **more), url, "2601.00001").text


def section(text, id):
    return next(s for s in text.sections if s.id == id)


def paragraphs(text, id="S9"):
    return {p.id: p.text for p in section(text, id).paragraphs}


def test_sections_ids_version_and_bibliography():
    made = read_html(make_html(), URL, "2601.00001")
    text = made.text
    assert (made.reason, text.ref, text.read_from) == ("", "2601.00001v2", "html")
    assert [s.id for s in text.sections] == ["S1", "S2", "S3", "S4"]
    assert section(text, "S1").title == "1 Part 1"
    assert paragraphs(text, "S1")["S1.p1"] == " ".join(PROSE.split())
    assert text.abstract == "We make pages of 31.94 dB for tests." and text.title == "On Making Pages"
    assert text.bibliography == 3 and "A cited work." in text.references
    assert "cited work" not in text.model_copy(update={"references": ""}).model_dump_json(), "it is in no section"
    assert text.flags == ()


def test_furniture_is_not_read():
    text = read(before='<nav class="ltx_page_navbar"><ol><li>Contents</li></ol></nav><header>Back to abstract</header>')
    assert not any(w in text.model_dump_json() for w in ("GitHub", "Contents", "Back to", "Ada Example", "CC BY 4.0"))


def test_nested_sections_lists_footnotes_and_theorems_stay_in_order():
    body = (
        '<section id="S8" class="ltx_section"><h2 class="ltx_title">8 Deep</h2>'
        '<section id="S8.SS1" class="ltx_subsection"><h3 class="ltx_title">8.1 Deeper</h3>'
        '<div id="S8.SS1.p1" class="ltx_para"><p class="ltx_p">Before<span id="footnote1" class="ltx_note '
        'ltx_role_footnote"><sup class="ltx_note_mark">1</sup><span class="ltx_note_outer"><span '
        'class="ltx_note_content"><sup class="ltx_note_mark">1</sup><span class="ltx_tag ltx_tag_note">1</span>A note.'
        '</span></span></span> the list.</p><ul id="S8.I1"><li id="S8.I1.i1" class="ltx_item"><span class="ltx_tag '
        'ltx_tag_item">•</span><div id="S8.I1.i1.p1" class="ltx_para"><p>First item.</p></div></li></ul>'
        '<p class="ltx_p">After the list.</p></div><div class="ltx_theorem"><h6 class="ltx_title">Theorem 1.</h6>'
        '<div id="Thm1.p1" class="ltx_para"><p>All is well.</p></div></div></section></section>'
    )
    text = read(body)
    assert section(text, "S8.SS1").level == 2 and section(text, "S8").paragraphs == ()
    assert paragraphs(text, "S8.SS1") == {
        "S8.SS1.p1": "Before the list.",
        "S8.I1.i1.p1": "First item.",
        "S8.SS1.p1.b2": "After the list.",
        "footnote1": "A note.",
        "Thm1.p1": "Theorem 1. All is well.",
    }


def test_maths_are_tex_and_blocks_do_not_run_together():
    maths = (
        'Let <math alttext="\\alpha_{i}\\leq-0.3"><semantics><mi>α</mi><annotation>junk</annotation></semantics></math>'
        ' hold.</p><table class="ltx_equation"><tr><td><math alttext="E=mc^{2}"><mi>E</mi></math></td><td>(1)</td></tr>'
        '</table><p class="ltx_p">where <math><mi>E</mi></math> is energy.'
    )
    assert paragraphs(read(para(maths)))["S9.p1"] == r"Let $\alpha_{i}\leq-0.3$ hold. $E=mc^{2}$ (1) where E is energy."


def test_appendix_is_marked_with_what_is_under_it():
    body = (
        '<section id="A1" class="ltx_appendix"><h2 class="ltx_title">Appendix A</h2><section id="A1.SS1" '
        'class="ltx_subsection"><h3 class="ltx_title">A.1</h3><div class="ltx_para" id="A1.p1"><p>X y.</p></div>'
        "</section></section>"
    )
    text = read(body)
    assert [s.appendix for s in text.sections if s.id.startswith("A1")] == [True, True]
    assert not section(text, "S1").appendix


FIGURE = (
    '<section id="S9" class="ltx_section"><h2 class="ltx_title">9 Seen</h2><figure id="S9.F1" class="ltx_figure">'
    '<figure id="S9.F1.sf1" class="ltx_figure ltx_figure_panel"><img class="ltx_graphics" src="{src}">'
    "<figcaption>(a) Left</figcaption></figure>"
    "<figcaption class='ltx_caption'>Figure 1: Two views of <math alttext='x'></math>.</figcaption></figure></section>"
)


@pytest.mark.parametrize(
    ("src", "base", "found"),
    [
        ("x1.png", "/html/2601.00001v2/", "https://arxiv.org/html/2601.00001v2/x1.png"),
        ("2601.00001v2/x1.png", "", "https://arxiv.org/html/2601.00001v2/x1.png"),
        ("/static/x1.png", "", "https://arxiv.org/static/x1.png"),
        ("x1.png", "https://evil.example/", None),
        ("https://evil.example/x.png", "", None),
        ("//evil.example/x.png", "", None),
        ("data:image/png;base64,AAAA", "", None),
        ("javascript:alert(1)", "", None),
    ],
)
def test_first_figure_with_caption_and_address_on_the_same_server(src, base, found):
    figure = read(FIGURE.format(src=src), base=base).figures[0]
    assert (figure.id, figure.image, figure.section) == ("S9.F1", found, "S9")
    assert figure.caption == "Figure 1: Two views of $x$. (a) Left"


def test_figure_of_a_file_has_no_address():
    assert read(FIGURE.format(src="x1.png"), url="").figures[0].image is None


def test_tables_give_rows_that_can_be_quoted():
    body = (
        '<section id="S9" class="ltx_section"><h2 class="ltx_title">9 Rows</h2><figure id="S9.T1" class="ltx_table">'
        "<figcaption>Table 1: PSNR.</figcaption><table><tr><th>Model</th><th>dB</th></tr>"
        "<tr><td>Ours</td><td>31.94</td></tr></table></figure></section>"
    )
    table = read(body).tables[0]
    assert (table.caption, [r.text for r in table.rows]) == ("Table 1: PSNR.", ['Table 1, row "Ours": dB 31.94'])
    assert table.rows[0].id == "S9.T1.r2"


@pytest.mark.parametrize(
    ("words", "url", "shown"),
    [
        ("CC BY 4.0", "http://creativecommons.org/licenses/by/4.0/", True),
        ("CC BY-SA 4.0", "http://creativecommons.org/licenses/by-sa/4.0/", True),
        ("CC0 1.0", "http://creativecommons.org/publicdomain/zero/1.0/", True),
        ("CC BY-NC-SA 4.0", "http://creativecommons.org/licenses/by-nc-sa/4.0/", False),
        ("CC BY-NC-ND 4.0", "http://creativecommons.org/licenses/by-nc-nd/4.0/", False),
        ("arXiv.org perpetual non-exclusive license", "http://arxiv.org/licenses/nonexclusive-distrib/1.0/", False),
        ("something else", None, False),
    ],
)
def test_licence_decides_about_figures(words, url, shown):
    text = read(license=words)
    assert (text.license, may_show_figure(text.license)) == (url, shown)


def test_look_alike_licence_is_none():
    assert not may_show_figure("https://creativecommons.org.evil.example/licenses/by/4.0/")
    assert not may_show_figure("https://evil.example/creativecommons.org/licenses/by/4.0/")
    assert not may_show_figure(None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"abstract": ""}, "no abstract"),
        ({"sections": 2, "repeat": 30, "bibliography": 0}, "2 sections and no references"),
        ({"sections": 0, "repeat": 0}, "no sections"),
        ({"repeat": 2}, "only"),
        ({"body": '<span class="ltx_ERROR undefined">\\macro</span>' * 9}, "9 errors"),
    ],
)
def test_gate_refuses_failed_conversions(change, reason):
    assert reason in read_html(make_html(**change), URL).reason


def test_gate_takes_one_long_section_with_a_bibliography():
    assert read_html(make_html(sections=1, repeat=40), URL).reason == ""
    assert gate(read(), MIN_BODY_CHARS // 2000) == ""


@pytest.mark.parametrize("data", [b"", b"   ", b"\x00\xff\xfe", b"<", b"<html></html>", b"\x1f\x8b garbage"])
def test_rubbish_is_refused_and_never_raises(data):
    assert read_html(data, URL).reason


@pytest.mark.parametrize(
    "tag",
    [
        "<div>", "<div class=ltx_para>", "<figure class=ltx_figure>", "<section class=ltx_section>", "<ul><li>",
        "<span class=ltx_note>", "<table><tr><td>", "<b style='color:#fff'>", "<math alttext=x>",
        "<div class=ltx_abstract>",
    ],
)  # fmt: skip
def test_deep_nesting_is_survived_in_time(tag):
    def read(times):
        assert read_html(b"<html><body><article class='ltx_document'>" + tag.encode() * times + b"x", URL).reason

    read(300)
    assert growth(read, 2_500, rounds=1) < LINEAR


def test_damaged_pages_never_raise():
    whole, chance = (SAMPLE / "2601.99901.html").read_bytes(), random.Random(7)
    for _ in range(60):
        page = bytearray(whole)
        for _ in range(chance.randint(1, 40)):
            at = chance.randrange(len(page))
            page[at : at + chance.randint(0, 300)] = chance.randbytes(chance.randint(0, 4))
        read_html(bytes(page), URL, "2601.99901")


def test_no_html_page_is_recognised():
    page = b"<!DOCTYPE html><html lang='en'><body><h1>No HTML for '2106.10595'</h1><p>Not available.</p></body></html>"
    assert read_html(page, URL).missing


def test_recorded_furniture_and_missing_page(real):
    page = read_html((real / "html" / "arxiv_chrome_2026-09_excerpt.html").read_bytes(), URL)
    assert page.text.ref == "2609.01222v2" and may_show_figure(page.text.license)
    assert page.reason and "GitHub" not in page.text.model_dump_json()
    assert read_html((real / "html" / "no_html_404_page.html").read_bytes(), URL).missing


@pytest.mark.parametrize("id", ["2601.99901", "2601.99903"])
def test_sample_papers_pass(id):
    made = read_html((SAMPLE / f"{id}.html").read_bytes(), f"https://arxiv.org/html/{id}v1", id)
    assert made.reason == "" and made.text.ref == f"{id}v1" and made.text.bibliography and made.text.figures
    assert PaperText.model_validate_json(made.text.model_dump_json()) == made.text


def test_other_language_is_labelled():
    german = "Wir stellen ein Verfahren vor, das Bilder ohne Rauschen wiederherstellt und dabei kaum Zeit braucht. " * 9
    chinese = "我们提出一种图像恢复方法，它从退化图像本身出发，而不是从噪声出发，因此需要的步数很少。" * 20
    for words in (german, chinese):
        assert "not_english" in read(para(words), sections=0, abstract=words).flags
    assert "not_english" not in read().flags
