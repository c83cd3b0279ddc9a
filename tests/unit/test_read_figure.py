"""The figure that may be shown.

With its address, caption and credit; else the reason.
"""

import pytest

from tests.doubles.pages import make_html, paper_pdf, put
from workers.reading.figure import first_figure, licence_name
from workers.reading.html.read import read_html
from workers.reading.pdf.read import parse
from workers.reading.text import label_of

HOME = "https://arxiv.org/html"
BY = "http://creativecommons.org/licenses/by/4.0/"


def figure(src="x1.png", id="S1.F1", caption="The path is short.", label="Figure 1: ", alt="Refer to caption", more=""):
    tag = f'<span class="ltx_tag ltx_tag_figure">{label}</span>'
    words = f'<figcaption class="ltx_caption ltx_centering">{tag}{caption}</figcaption>' if caption else ""
    return (
        f'<figure id="{id}" class="ltx_figure"><img src="{src}" alt="{alt}" class="ltx_graphics">{more}{words}</figure>'
    )


def authors(*names):
    boxes = "".join(
        f'<span class="ltx_creator ltx_role_author"><span class="ltx_personname">{name}</span></span>' for name in names
    )
    return f'<div class="ltx_authors">{boxes}</div>'


def read(body, url=f"{HOME}/2601.00001v2", **more):
    return read_html(make_html(body, **more), url, "2601.00001").text


def test_the_first_figure_with_its_credit():
    body = authors("Ada Example<sup>1</sup><br>Institute of Examples", "Grace Sample, Li Wei") + figure(
        alt="A path from noise to the picture"
    )
    shown = first_figure(read(body))
    assert shown.why == "" and shown.figure is not None and shown.credit is not None
    assert (shown.figure.id, shown.figure.label, shown.figure.images) == ("S1.F1", "Figure 1", 1)
    assert shown.figure.caption == "Figure 1: The path is short."
    assert shown.figure.image == f"{HOME}/2601.00001v2/x1.png"
    assert shown.figure.alt == "A path from noise to the picture"
    assert shown.credit.model_dump() == {
        "ref": "2601.00001v2", "title": "On Making Pages", "authors": ("Ada Example", "Grace Sample", "Li Wei"),
        "licence": "CC BY 4.0", "licence_url": BY,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("CC BY 4.0", ""), ("CC BY-SA 4.0", ""), ("CC0 1.0", ""), ("CC Zero", ""),
        ("CC BY-NC-SA 4.0", "licence"), ("CC BY-NC-ND 4.0", "licence"), ("CC BY-ND 4.0", "licence"),
        ("arXiv.org perpetual non-exclusive license", "licence"), ("All rights reserved", "licence_unknown"),
    ],
)  # fmt: skip
def test_only_licences_that_allow_it(said, why):
    shown = first_figure(read(figure(), license=said))
    assert shown.why == why and (shown.figure is None) == (shown.credit is None) == bool(why)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "no_figure"), (figure("x1.svg"), "no_image"), (figure("https://elsewhere.org/x.png"), "no_image"),
        (figure("data:image/png;base64,AAAA"), "no_image"), (figure(caption="", label=""), "no_caption"),
    ],
)  # fmt: skip
def test_the_reason_where_there_is_none(body, why):
    assert first_figure(read(body)).why == why


def test_no_figure_of_a_withdrawn_paper_or_of_a_pdf():
    assert first_figure(read(figure()).labelled(["withdrawn"])).why == "withdrawn"
    text = parse(paper_pdf(before=put("Figure 1: What a caption says.", y=160)))
    assert text.figures[0].label == "Figure 1"
    assert first_figure(text).why == "licence_unknown"
    assert first_figure(text.model_copy(update={"license": BY})).why == "no_image"


def test_a_whole_figure_of_the_body_is_better_than_a_panel_or_an_appendix():
    panels = figure("x1.png", "S1.F1", more='<img src="x2.png">')
    late = figure("x3.png", "A1.F3")
    late = f'<section id="A1" class="ltx_appendix"><h2 class="ltx_title">Appendix A</h2>{late}</section>'
    assert first_figure(read(panels + late)).figure.id == "S1.F1"
    assert first_figure(read(panels + late + figure("x4.png", "S1.F2", label="Figure 2: "))).figure.id == "S1.F2"
    assert first_figure(read(late)).figure.id == "A1.F3"


@pytest.mark.parametrize(
    ("src", "url", "base", "address"),
    [
        ("x1.png", f"{HOME}/2601.00001v2", "", f"{HOME}/2601.00001v2/x1.png"),
        ("x1.png", f"{HOME}/2601.00001", "", f"{HOME}/2601.00001v2/x1.png"),
        ("x1.png", f"{HOME}/2601.00001v2/", "", f"{HOME}/2601.00001v2/x1.png"),
        ("2601.00001v2/x1.png", f"{HOME}/2601.00001v2", "", f"{HOME}/2601.00001v2/x1.png"),
        ("2601.00001v2/x1.png", f"{HOME}/2601.00001v2/", "", f"{HOME}/2601.00001v2/x1.png"),
        ("2601.00001v2/a/x1.png", f"{HOME}/2601.00001", "/html/2601.00001v2/", f"{HOME}/2601.00001v2/a/x1.png"),
        ("extracted/1/f.jpg", f"{HOME}/2601.00001", "/html/2601.00001v2/", f"{HOME}/2601.00001v2/extracted/1/f.jpg"),
        ("/html/2601.00001v2/x1.png", f"{HOME}/2601.00001", "", f"{HOME}/2601.00001v2/x1.png"),
    ],
)
def test_the_address_stands_under_the_version_that_was_read(src, url, base, address):
    assert first_figure(read(figure(src), url, base=base)).figure.image == address


def test_side_by_side_figures_are_two_and_panels_are_one():
    pair = (
        '<figure class="ltx_figure"><div class="ltx_flex_figure"><div class="ltx_flex_cell">'
        + figure("x1.png", "S1.F1") + '</div><div class="ltx_flex_cell">'
        + figure("x2.png", "S1.F2", "Another.", "Figure 2: ") + "</div></div></figure>"
    )  # fmt: skip
    assert [(f.id, f.label, f.caption) for f in read(pair).figures] == [
        ("S1.F1", "Figure 1", "Figure 1: The path is short."), ("S1.F2", "Figure 2", "Figure 2: Another."),
    ]  # fmt: skip
    parts = figure("x1.png", "S1.F3.sf1", "Left.", "(a) ") + figure("x2.png", "S1.F3.sf2", "Right.", "(b) ")
    whole = f'<figure id="S1.F3" class="ltx_figure"><div class="ltx_flex_figure">{parts}</div>'
    whole += '<figcaption class="ltx_caption"><span class="ltx_tag">Figure 3: </span>Both.</figcaption></figure>'
    (one,) = read(whole).figures
    assert (one.id, one.images, one.caption) == ("S1.F3", 2, "Figure 3: Both. (a) Left. (b) Right.")


def test_names_of_licences_and_labels():
    assert licence_name("https://creativecommons.org/licenses/by-nc-sa/3.0/us/") == "CC BY-NC-SA 3.0"
    assert licence_name("http://creativecommons.org/publicdomain/zero/1.0/") == "CC0 1.0"
    assert licence_name("http://arxiv.org/licenses/nonexclusive-distrib/1.0/") == "arXiv licence"
    assert licence_name("https://creativecommons.org.evil.example/licenses/by/4.0/") == licence_name("") == ""
    assert [label_of(c) for c in ("Fig. 2. A path", "Figure A.1: B", "Extended Data Fig. 3 | C", "(a) Left")] == [
        "Fig. 2", "Figure A.1", "Extended Data Fig. 3", "",
    ]  # fmt: skip
