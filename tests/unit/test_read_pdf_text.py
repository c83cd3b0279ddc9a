"""What is read of a PDF: columns, headings, captions, references."""

import re

import pytest

from tests.doubles.pages import PROSE, make_pdf, paper_pdf, picture, put, wide_pdf, wrapped
from workers.reading.pdf.read import parse


def titles(text):
    return [s.title for s in text.sections]


def whole(text):
    return " ".join(p.text for _, p in text.paragraphs())


def test_a_chinese_paper_has_sections_and_whole_words():
    said = "我们提出一种图像恢复方法，它从退化图像本身出发，而不是从噪声出发，因此需要的步数很少。"
    body = [(10, said[:30]), (10, said[30:])]
    headed = [line for head in ("摘要", "1 引言", "2 方法") for line in ((13, head), *body)]
    text = parse(wide_pdf((18, "一种图像恢复方法"), *headed, (13, "参考文献"), (10, "[1] 作者。工作。")))
    assert (text.title, titles(text)) == ("一种图像恢复方法", ["1 引言", "2 方法"])
    assert text.abstract == said.replace("，", ",") and "工作" not in whole(text)
    assert text.flags == ("not_english",)


def test_a_long_chinese_text_is_cut_into_paragraphs():
    said = "句话说的是图像恢复方法从退化图像本身出发因此需要的步数很少只要四步而已。"
    text = parse(wide_pdf(*[(9, f"第{n}{said}") for n in range(54)]))
    paragraphs = [p for s in text.sections for p in s.paragraphs]
    assert len(paragraphs) > 1 and all(p.text.endswith("。") for p in paragraphs)


def test_page_numbers_and_running_heads_go_and_pages_are_told():
    text = parse(paper_pdf(pages=5, head="A Paper Written by Hand - Example et al."))
    assert "Example et al" not in whole(text)
    assert not re.search(r"\b[2-5]\b", whole(text))
    assert {p.page for _, p in text.paragraphs() if p.page} == {1, 2, 3, 4, 5}


def test_two_columns_are_read_one_after_the_other():
    left, right = PROSE.replace("We", "Left we"), PROSE.replace("We", "Right we")
    page = put("1 Introduction", x=60, y=740, size=13, font="F2")
    page += put(wrapped(left * 3, 40), x=60, y=720) + put(wrapped(right * 3, 40), x=330, y=740)
    said = whole(parse(make_pdf(page)))
    assert said.rindex("Left we") < said.index("Right we")
    assert " ".join(left.split()) in said and " ".join(right.split()) in said


def test_words_cut_at_the_end_of_a_line_are_joined():
    lines = ["1 Introduction"]
    page = put(lines, y=740, size=13, font="F2")
    page += put(["We study infor-", "mation that is state-of-the-", "art in many ways and go on for some length here.",
        "The model reads it all and keeps the words as they were."], y=720)  # fmt: skip
    said = whole(parse(make_pdf(page)))
    assert "information that is state-of-the-art in many ways" in said


def test_captions_leave_the_sentence_whole():
    page = put("1 Introduction", y=740, size=13, font="F2")
    page += put(
        ["This sentence is interrupted by a", "Figure 1: What a caption says.", "caption and then goes on."], y=720
    )
    page += put("Table 2: Numbers of the result.", y=600) + put(wrapped(PROSE), y=580)
    text = parse(make_pdf(page))
    assert "interrupted by a caption and then goes on." in whole(text)
    assert [(f.id, f.caption) for f in text.figures] == [("p1.F1", "Figure 1: What a caption says.")]
    assert [t.caption for t in text.tables] == ["Table 2: Numbers of the result."]


def test_numbered_list_and_stray_numbers_are_no_headings():
    page = put("1 Introduction", y=740, size=13, font="F2") + put(wrapped(PROSE), y=720)
    page += put(["2 Large apples were bought.", "2. Second thing in a list", "7 Unrelated number"], y=600)
    page += put(wrapped(PROSE), y=500) + put("2 Method", y=400, size=13, font="F2") + put(wrapped(PROSE), y=380)
    assert titles(parse(make_pdf(page))) == ["1 Introduction", "2 Method"]


def test_roman_headings_with_lettered_subsections_and_run_in_abstract():
    page = put("Roman Paper", y=760, size=18) + put(wrapped(f"Abstract-{PROSE}"), y=740)
    page += put("I. INTRODUCTION", y=650) + put(wrapped(PROSE), y=630)
    page += (
        put("II. METHOD", y=560) + put(wrapped(PROSE), y=540) + put("A. The Probe", y=480) + put(wrapped(PROSE), y=460)
    )
    text = parse(make_pdf(page))
    assert titles(text) == ["I. INTRODUCTION", "II. METHOD", "A. The Probe"]
    assert [s.level for s in text.sections] == [1, 1, 2] and not any(s.appendix for s in text.sections)
    assert text.abstract == " ".join(PROSE.split())


def test_appendix_after_the_references_is_read_and_marked():
    page = put("1 Introduction", y=740, size=13, font="F2") + put(wrapped(PROSE), y=720)
    page += put("References", y=600, size=13, font="F2") + put("[1] A. Author. A cited work. 2020.", y=580)
    page += put("A Proofs", y=500, size=13, font="F2") + put(wrapped(PROSE), y=480)
    text = parse(make_pdf(page))
    assert [(s.title, s.appendix) for s in text.sections] == [("1 Introduction", False), ("A Proofs", True)]


def test_sizes_that_stand_in_the_matrix_count():
    def scaled(text, size, y):
        return f"q {size} 0 0 {size} 72 {y} cm {put(text, x=0, y=0, size=1, leading=1.2)} Q\n"

    page = scaled("A Paper of Another Writer", 18, 740) + scaled("1 Introduction", 13, 700)
    page += scaled(wrapped(PROSE), 10, 680) + scaled("2 Large apples were bought.", 10, 600)
    page += scaled("Method of the Paper", 13, 560) + scaled(wrapped(PROSE), 10, 540)
    text = parse(make_pdf(page))
    assert text.title == "A Paper of Another Writer"
    assert titles(text) == ["1 Introduction", "Method of the Paper"] and "Large apples" in whole(text)


def test_a_sentence_that_begins_with_an_article_is_no_lettered_heading():
    page = put("I. INTRODUCTION", y=740) + put(wrapped(PROSE), y=720)
    page += put(["A sensor network is made of sensors", "and of a network. It is not cheap."], y=650)
    page += put("A. The Probe", y=600) + put(wrapped(PROSE), y=580)
    assert titles(parse(make_pdf(page))) == ["I. INTRODUCTION", "A. The Probe"]
    page = "".join(
        put(f"{k} Part", y=760 - 60 * k, size=13, font="F2") + put(wrapped(PROSE)[:2], y=745 - 60 * k)
        for k in (1, 2, 3)
    )
    page += put("A satisfactory model", y=500, size=13, font="F2") + put(wrapped(PROSE), y=480)
    assert not any(s.appendix for s in parse(make_pdf(page)).sections)


def test_a_missed_heading_does_not_lose_the_next_ones():
    page = put("I. INTRODUCTION", y=740) + put(wrapped(PROSE), y=720) + put("III. RESULTS", y=600)
    page += put(wrapped(PROSE), y=580)
    assert titles(parse(make_pdf(page))) == ["I. INTRODUCTION", "III. RESULTS"]


def test_the_table_of_contents_opens_no_sections():
    toc = ["1 Introduction 1", "2 Method 3", "2.1 Probe . . . . . . 4", "3 Results 9", "References 12"]
    page = put("A Long Paper", y=760, size=18) + put("Abstract", y=740, font="F2") + put(wrapped(PROSE), y=720)
    page += put("Contents", y=650, size=13, font="F2") + put(toc, y=630, font="F2")
    page += put("1 Introduction", y=500, size=13, font="F2") + put(wrapped(PROSE), y=480)
    page += put("2 Method", y=400, size=13, font="F2") + put(wrapped(PROSE), y=380)
    text = parse(make_pdf(page))
    assert titles(text) == ["1 Introduction", "2 Method"] and text.abstract == " ".join(PROSE.split())


def test_references_without_a_heading_are_no_text():
    page = put("I. INTRODUCTION", y=740) + put(wrapped(PROSE), y=720)
    page += put(
        ["[1] A. Author, A cited work (2020).", "[2] B. Author, Another (2021).", "[3] C. Author (1999)."], y=600
    )
    text = parse(make_pdf(page))
    assert text.bibliography == 3 and "cited work" not in whole(text)


def test_a_caption_without_a_sign_is_one_where_a_paragraph_ended():
    page = put("1 Introduction", y=740, size=13, font="F2") + put(wrapped(PROSE), y=720)
    page += put("Figure 6 Graph of the requirements", y=600) + put(wrapped(PROSE), y=560)
    page += put(
        ["as it is shown on the left side of", "Figure 6 Graphs are drawn for all that we measured so far."], y=400
    )
    assert [f.caption for f in parse(make_pdf(page)).figures] == ["Figure 6 Graph of the requirements"]


def test_a_small_caption_goes_on_after_its_first_sentence():
    page = put("1 Introduction", y=740, size=13, font="F2") + put(wrapped(PROSE), y=720)
    page += put(["Figure 2: A first sentence.", "A second one in small type."], y=600, size=8)
    page += put(wrapped(PROSE), y=560)
    assert [f.caption for f in parse(make_pdf(page)).figures] == [
        "Figure 2: A first sentence. A second one in small type."
    ]


def test_text_before_the_first_heading_is_kept_where_it_is_more_than_a_front():
    page = put("A Letter", y=770, size=18) + put(wrapped(PROSE * 14), y=750)
    later = put("Results", y=740, size=13, font="F2") + put(wrapped(PROSE), y=720)
    text = parse(make_pdf(page, put(wrapped(PROSE * 12), y=750), later))
    assert titles(text) == ["", "Results"] and whole(text).count("0.71 dB") == 27


def test_a_few_tiny_labels_are_left_out_and_not_told_of():
    text = parse(paper_pdf(put("Label", y=60, size=0.8) + put("Label", y=50, size=0.8)))
    assert text.flags == () and "Label" not in whole(text)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_turned_pages_are_read_alike(degrees):
    turned = f"q 0 1 -1 0 612 0 cm {put('1 Introduction', y=500, size=13, font='F2')}{put(wrapped(PROSE), y=480)} Q\n"
    for page in (paper_pdf(), make_pdf(turned)):
        there = parse(page.replace(b"/MediaBox", b"/Rotate %d /MediaBox" % degrees))
        assert whole(there) == whole(parse(page)) and titles(there) == titles(parse(page)) and "0.71 dB" in whole(there)


def test_a_page_of_no_extent_is_no_fault():
    text = parse(make_pdf(picture() + put(wrapped(PROSE * 2), y=700)).replace(b"[0 0 612 792]", b"[0 0 612 0]"))
    assert text.read_from == "pdf" and "broken" not in text.flags


def test_text_without_any_heading_is_one_section():
    text = parse(make_pdf(put(wrapped(PROSE * 3), y=700)))
    assert len(text.sections) == 1 and "0.71 dB" in whole(text)


def test_scan_without_text_and_scan_with_ocr():
    blank = parse(make_pdf(picture(), picture()))
    assert blank.flags == ("scanned",) and not blank.sections
    ocr = parse(make_pdf(picture() + put(wrapped(PROSE * 4), y=700, mode=3)))
    assert ocr.flags == ("scanned",) and "0.71 dB" in whole(ocr)
    stamped = parse(make_pdf(picture() + put(wrapped(PROSE * 4), y=700, mode=3) + put("Scanned by a library", y=20)))
    assert stamped.flags == ("scanned",) and "0.71 dB" in whole(stamped)


def test_other_language_is_labelled():
    german = "Wir stellen ein Verfahren vor, das Bilder ohne Rauschen wiederherstellt und dabei kaum Zeit braucht. " * 9
    assert "not_english" in parse(make_pdf(put(wrapped(german), y=700))).flags


def _headed(*parts):
    page, y = put("A Method of Restoring Pictures", y=765, size=17), 740
    for size, font, lines in parts:
        page += put(lines, y=y, size=size, font=font, leading=size + 2)
        y -= (size + 2) * (len(lines) if isinstance(lines, list) else 1) + 8
    return parse(make_pdf(page))


def test_an_abstract_without_a_heading_is_found_and_keywords_are_none_of_it():
    lines = [*wrapped(f"{PROSE} {PROSE}"), "Keywords: pictures, probes"]
    text = _headed((10, "F1", "A. AUTHOR, Some University"), (8, "F1", lines), (12, "F2", "1 Introduction"),
                   (10, "F1", wrapped(PROSE)))  # fmt: skip
    assert text.abstract == " ".join(f"{PROSE} {PROSE}".split()) and titles(text) == ["1 Introduction"]


def test_a_large_word_of_a_figure_below_the_title_is_not_the_title():
    text = _headed((10, "F1", "A. Author"), (20, "F1", "Picture Search"), (12, "F2", "Abstract"),
                   (10, "F1", wrapped(PROSE)), (12, "F2", "1 Introduction"), (10, "F1", wrapped(PROSE)))  # fmt: skip
    assert text.title == "A Method of Restoring Pictures"


def test_a_bold_heading_of_two_lines_in_the_size_of_the_body_is_whole():
    two = ["2 How the probe sees the lens of a camera that stands in the", "dark, and why"]
    text = _headed((12, "F2", "1 Introduction"), (10, "F1", wrapped(PROSE)), (10, "F2", two),
                   (10, "F1", wrapped(PROSE)))  # fmt: skip
    assert titles(text) == ["1 Introduction", " ".join(two)]


def test_a_line_of_an_abstract_in_small_type_that_begins_with_a_number_is_no_footnote():
    small = [
        "The model was able to represent the variation of pictures at eight of the",
        "10 cameras that we had at hand.",
    ]
    text = _headed((9, "F1", "Abstract"), (9, "F1", small), (10, "F1", "1 Introduction"),
                   (10, "F1", wrapped(f"{PROSE} {PROSE} {PROSE}")))  # fmt: skip
    assert text.abstract == " ".join(small)
