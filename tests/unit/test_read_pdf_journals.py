"""What is read of PDFs as journals print them: feet, notes, captions, headings."""

import pytest

from tests.doubles.pages import PROSE, make_pdf, put, wide_pdf, wrapped
from workers.reading.pdf.page.accents import accented
from workers.reading.pdf.read import parse

LINES = wrapped(PROSE * 3, 60)
OPEN = "and the picture then goes on"


def whole(text):
    return " ".join(p.text for s in text.sections for p in s.paragraphs)


def sections(text):
    return [(s.level, s.title) for s in text.sections]


def page(*below, above="1 Introduction"):
    return put(above, x=200, y=740, size=12, font="F2") + put(LINES[:9], x=200, y=720) + "".join(below)


def test_feet_and_notes_of_the_publisher_beside_the_text_leave_the_sentence_whole():
    def sheet(number, *beside):
        begin, end = "" if number == 1 else "over the page. ", f"It stops here {OPEN}"
        body = [f"On sheet {chr(64 + number)} {line}" for line in LINES]
        text = put([f"{begin}{body[0]}", *body[1:], end], x=200, y=720)
        head = put("1 Introduction", x=200, y=740, size=12, font="F2") if number == 1 else ""
        foot = put(f"JOURNAL | https://doi.org/10.1/x.{number} May 3, 2018 {number} / 4", x=36, y=30, size=8)
        return head + text + foot + "".join(beside)

    note = ["OPEN ACCESS", "Citation: Example A (2018) On", "pictures. Journal 13(6): e01.",
            "Received: April 14, 2018", "Funding: This work was paid", "for by a fund of the town."]  # fmt: skip
    side = put(note, x=36, y=600, size=8, leading=9)
    rest = put(["Competing interests: The authors", "have none to tell of here."], x=36, y=600, size=8, leading=9)
    text = parse(make_pdf(sheet(1, side), sheet(2, rest), sheet(3), sheet(4)))
    said = whole(text)
    assert said.count(f"{OPEN} over the page.") == 3 and "JOURNAL" not in said
    assert "Citation" not in said and "Received" not in said and "OPEN ACCESS" not in said
    ends = [p.text for p in text.sections[0].paragraphs[-2:]]
    assert ends == ["Funding: This work was paid for by a fund of the town.",
                    "Competing interests: The authors have none to tell of here."]  # fmt: skip


def test_a_caption_in_the_flow_goes_with_its_address_and_its_label_may_be_larger():
    caption = put("Fig 4. Loss of yield in dry years of this region.", x=200, y=560, size=8, font="F2")
    caption += put("https://doi.org/10.1371/journal.g004", x=200, y=545, size=8)
    after = put(["goes on below the caption.", *LINES], x=200, y=500)
    more = put("Figure 5:", x=200, y=380) + put("What the second picture shows of the field of", x=248, y=380, size=9)
    more += put(["wheat, and what it does not show.", "The bars are errors."], x=200, y=369, size=9, leading=11)
    open_ = put("This sentence stands open before the caption and", x=200, y=580)
    text = parse(make_pdf(page(open_, caption, after, more, put(LINES, x=200, y=300))))
    assert "before the caption and goes on below the caption." in whole(text) and "doi.org" not in whole(text)
    assert [f.caption for f in text.figures] == [
        "Fig 4. Loss of yield in dry years of this region.",
        "Figure 5: What the second picture shows of the field of wheat, and what it does not show."
        " The bars are errors.",
    ]


def test_a_bold_row_of_headers_and_an_address_are_no_text_and_no_cells():
    rows = [("Factor", "Chlorophyll", "Stability"), ("F Ratio", "F Ratio", "F Ratio"), ("Genotype", "13.7", "3.7"),
            ("Replication", "4.6", "3.4")]  # fmt: skip
    table = put("Table 1. Effects of the heat on the leaves that were seen.", x=200, y=560, size=8, font="F2")
    for k, row in enumerate(rows):
        for x, cell in zip((200, 290, 400), row, strict=True):
            table += put(cell, x=x, y=545 - 12 * k, size=8, font="F2" if k < 2 else "F1")
    table += put("https://doi.org/10.1371/journal.t001", x=200, y=490, size=8)
    text = parse(make_pdf(page(table, put(LINES, x=200, y=440))))
    said = " ".join(row.text for row in text.tables[0].rows)
    assert "13.7" in said and "3.4" in said and "doi.org" not in said
    assert "F Ratio" not in whole(text) and "doi.org" not in whole(text)


def test_an_abstract_ends_before_keywords_copyright_and_addresses():
    first = put("A Paper of Feedback", x=200, y=770, size=18, font="F2")
    first += put("Abstract", x=300, y=740, size=12, font="F2") + put(wrapped(PROSE, 50), x=300, y=725)
    first += put("Author Keywords", x=300, y=610, size=12, font="F2") + put("Feedback; telephones", x=300, y=595)
    first += put("Copyright is held by the author.", x=60, y=100, size=8)
    first += put(["Ada Example", "Some University", "ada@example.org"], x=60, y=700)
    text = parse(make_pdf(first, page()))
    assert text.abstract == " ".join(PROSE.split())
    assert sections(text) == [(1, "1 Introduction")] and "example.org" not in whole(text)


def test_keywords_before_a_text_without_a_heading_do_not_swallow_it():
    first = put("Abstract", y=740, size=12, font="F2") + put(wrapped(PROSE), y=725)
    first += put("Keywords: pictures", y=670) + put(wrapped(PROSE * 3), y=640)
    first += put("2 Method", y=500, size=12, font="F2") + put(wrapped(PROSE * 3), y=480)
    text = parse(make_pdf(first))
    assert text.abstract == " ".join(PROSE.split()) and whole(text).count("On five tasks") == 6
    assert "Keywords" not in whole(text)


def test_title_and_authors_are_no_part_of_an_abstract_without_a_heading():
    first = put("Light dark matter and what it leaves in the background", x=150, y=740, size=14, font="F2")
    first += put("Ivan Example and Tona Example of the Institute of Stars", x=150, y=715)
    first += put("Department of Physics and of Stars and of Advanced Studies in the City", x=72, y=700, size=9)
    first += put(wrapped(PROSE * 2), x=72, y=670, size=9, leading=11)
    text = parse(make_pdf(first + put("I. INTRODUCTION", y=560, font="F2") + put(wrapped(PROSE * 4), y=540)))
    assert text.abstract == " ".join((PROSE * 2).split())


def test_bold_lines_alone_are_headings_also_right_below_another():
    body = wrapped(PROSE)
    full = [*body[:-1], body[0].removesuffix(body[0].split()[-1]) + "ended."]
    first = put("1 Discussion", y=740, size=12, font="F2") + put("Prior and learned structure", y=720, font="F2")
    first += put(full, y=705) + put("Blind restoring", y=630, font="F2") + put(full, y=612)
    first += put("Methods", y=400, size=12, font="F2") + put("Task and stimuli", y=386, size=12, font="F2")
    first += put(wrapped(PROSE * 3), y=365)
    assert sections(parse(make_pdf(first))) == [
        (1, "1 Discussion"), (2, "Prior and learned structure"), (2, "Blind restoring"), (1, "Methods"),
        (1, "Task and stimuli"),
    ]  # fmt: skip


def test_space_parts_paragraphs_whose_last_line_is_full():
    line = "This line of text is as long as all the others and it ends here with a stop, as told."
    first = put("1 Introduction", y=740, size=12, font="F2")
    first += "".join(put([line.replace(" stop", " word").rstrip("."), line], y=720 - 40 * k) for k in range(3))
    assert [len(s.paragraphs) for s in parse(make_pdf(first)).sections] == [3]


def test_letters_of_formulas_do_not_shift_the_type_of_what_follows():
    said = "We find that the value of 𝑥 and of 𝑦 and 𝑧 is large 𝑎𝑏𝑐 in all of the cases."
    text = parse(wide_pdf((18, "A Paper of Letters"), (10, said), (10, said), (13, "1 Introduction"), (10, said * 2),
                          (10, said * 2), (10, said), (13, "2 Method"), (10, said)))  # fmt: skip
    assert sections(text) == [(1, "1 Introduction"), (1, "2 Method")]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("Jiˇr´ı Pas¸ca of M ´ exico", "Jiří Paşca of México"), ("Schr¨ odinger", "Schrödinger"),
        ("the ´Etudes of Lemaˆıtre", "the Études of Lemaître"), ("36/31˚C, 45˚ angle, 3 ˚A", "36/31°C, 45° angle, 3 Å"),
        ("it´s", "it's"), ("nˆ x + S ˜ achieved", "nˆ x + S ˜ achieved"), ("so they can ¨", "so they can "),
    ],
)  # fmt: skip
def test_accents_that_stand_alone_go_on_their_letters(raw, told):
    assert accented(raw) == told


def test_a_sentence_that_a_page_cuts_before_a_name_is_whole():
    first = put("1 Introduction", y=740, size=12, font="F2")
    open_ = "We ask whether one can train a better model for the retrieval of text in open-domain"
    first += put([*wrapped(PROSE), open_], y=720)
    second = put("QA data sets than all of the others have, and with less of what they needed for that.", y=740)
    caption = put("Fig. 5. What the picture at the top of a page shows.", y=760, size=8)
    text = parse(make_pdf(first, caption + second + put(wrapped(PROSE), y=715)))
    assert f"{open_} QA data sets than all" in whole(text) and len(text.figures) == 1


def test_a_formula_in_large_type_is_no_heading():
    first = put("1 Introduction", y=740, size=12, font="F2") + put(wrapped(PROSE), y=720)
    first += put("ID = 2", y=660, size=13) + put(wrapped(PROSE * 2), y=630)
    assert sections(parse(make_pdf(first))) == [(1, "1 Introduction")]
