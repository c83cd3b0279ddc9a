"""Older and odd LaTeXML pages: broken-off pages, other markup, one odd thing."""

import pytest

from tests.doubles.pages import make_html, para
from tests.unit.test_read_html import URL, paragraphs, read
from workers.reading.html.read import read_html


def test_a_formula_that_latexml_folded_is_one_again():
    text = read(para('So <math alttext="\\displaystyle x_{%\nt}+50\\%\n y"><mi>x</mi></math> holds.'))
    assert paragraphs(text)["S9.p1"] == "So $x_{t}+50\\% y$ holds."


def test_a_formula_without_alttext_is_its_annotation():
    maths = '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x^{2}</annotation></semantics></math>'
    assert paragraphs(read(para(f"So {maths} holds.")))["S9.p1"] == "So $x^{2}$ holds."


def test_macros_that_were_not_understood_are_no_text():
    wrong = '<span class="ltx_ERROR undefined">\\toprule</span>'
    assert paragraphs(read(para(f"{wrong}The words.")))["S9.p1"] == "The words."


def test_pages_that_break_off_are_failed_conversions():
    whole = make_html()
    assert read_html(whole, URL).reason == ""
    assert "middle" in read_html(whole[: len(whole) * 9 // 10], URL).reason
    fatal = whole.replace(b"</article>", b"<p>Conversion to HTML had a Fatal error and exited abruptly.</p></article>")
    assert "broke off" in read_html(fatal, URL).reason


def test_older_pages_have_the_paper_in_a_div():
    old = make_html(before='<div class="package-alerts ltx_document" role="status"><p>failed: tikz</p></div>')
    old = old.replace(b"<article", b"<div").replace(b"</article>", b"</div>")
    old = old.replace(b"<section", b"<div").replace(b"</section>", b"</div>")
    made = read_html(old, URL, "2601.00001")
    new = read_html(make_html(), URL, "2601.00001")
    assert made.reason == "" and made.text == new.text and "tikz" not in made.text.model_dump_json()


def test_figures_and_tables_of_older_pages():
    body = (
        '<div id="S1.F1" class="ltx_figure"><img src="x1.png"><div class="ltx_caption">Figure 1: Old.</div></div>'
        '<div id="S1.T1" class="ltx_table"><table><tr><td>A</td><td>1</td></tr></table>'
        '<div class="ltx_caption">Table 1: Older.</div></div>'
    )
    text = read(body)
    assert [(f.id, f.caption) for f in text.figures] == [("S1.F1", "Figure 1: Old.")]
    assert [(t.caption, t.rows[0].text) for t in text.tables] == [("Table 1: Older.", 'Table 1, row "A": 1')]


def test_authors_without_marks_and_addresses():
    name = '<span class="ltx_creator ltx_role_author"><span class="ltx_personname">{}</span></span>'
    boxes = name.format("Ada Example,\nGrace Sample<sup>1</sup><br>{ada}@example.org") + name.format(
        'Li Wei<span class="ltx_note">thanks</span> &amp; J. M. O’Neil'
    )
    assert read(f'<div class="ltx_authors">{boxes}</div>').authors == (
        "Ada Example", "Grace Sample", "Li Wei", "J. M. O’Neil",
    )  # fmt: skip


ODD = {
    "a comment in a name": lambda page: page.replace(
        b"Ada Example", b'<span class="ltx_personname">Ada<!-- x --> Example</span>'
    ),
    "an address that is none": lambda page: page.replace(
        b"</article>", b'<figure class="ltx_figure"><img class="ltx_graphics" src="//[x"></figure></article>'
    ),
    "a base that is none": lambda page: page.replace(b"<head>", b'<head><base href="http://[::1">'),
    "a licence that is nowhere": lambda page: page.replace(b"https://info.arxiv.org/help", b"http://[").replace(
        b"License: CC BY 4.0", b"License: ours"
    ),
    "letters of a name that nobody knows": lambda page: page.replace(b"utf-8", b"klingon-8"),
}


@pytest.mark.parametrize("name", ODD)
def test_one_odd_thing_does_not_cost_the_page(name):
    page = make_html()
    odd = ODD[name](page)
    assert odd != page
    found = read_html(odd, URL)
    assert not found.reason and len(found.text.sections) == 4
    assert not name.startswith("a comment") or found.text.authors == ("Ada Example",)
