"""Tables of HTML pages and PDFs to rows with addressed cells."""

import pytest

from tests.doubles.pages import PROSE, make_html, make_pdf, put, wrapped
from workers.analysis.model.paper_prompt import read_of
from workers.reading.coverage import named_only
from workers.reading.html.read import read_html
from workers.reading.pdf.read import parse
from workers.reading.text import PaperText, Paragraph, Section

URL = "https://arxiv.org/html/2601.00001v2"
FLOAT = '<figure id="S9.T1" class="ltx_table"><figcaption class="ltx_caption">Table 1: C.</figcaption>{}</figure>'


def read(markup, around=FLOAT):
    section = '<section id="S9" class="ltx_section"><h2 class="ltx_title">9 T</h2>{}</section>'
    return read_html(make_html(section.format(around.format(markup))), URL).text


def rows(text):
    return [row.text.removeprefix("Table 1, ") for table in text.tables for row in table.rows]


def table(*lines):
    """Lines of cells parted by `|`; `2>A` spans two columns, `2vA` two rows."""
    made = ""
    for line in lines:
        cells = ""
        for cell in line.split("|"):
            wide, tall = cell.partition(">"), cell.partition("v")
            if wide[1] and wide[0].isdigit():
                cells += f"<td colspan={wide[0]}>{wide[2]}</td>"
            elif tall[1] and tall[0].isdigit():
                cells += f"<td rowspan={tall[0]}>{tall[2]}</td>"
            else:
                cells += f"<td>{cell}</td>"
        made += f"<tr>{cells}</tr>"
    return f"<table>{made}</table>"


SHAPES = {
    "group rows": (
        table("Model|A|B", "3>Zero-shot", "X|1.0|2.0", "3>Few-shot", "X|3.0|4.0"),
        ['row "Zero-shot / X": A 1.0; B 2.0', 'row "Few-shot / X": A 3.0; B 4.0'],
    ),
    "names over several rows": (
        table("Data|Model|F1", "2vCora|GCN|81.5", "GAT|83.0", "2vPubmed|GCN|79.0", "GAT|"),
        [
            'row "Cora / GCN": F1 81.5', 'row "Cora / GAT": F1 83.0', 'row "Pubmed / GCN": F1 79.0',
            'row "Pubmed / GAT": F1 –',
        ],
    ),
    "numbers that words tell apart": (
        table("#enc|#dec|Language|TEDs", "6|6|OTSL|0.955", "6|6|HTML|0.955", "4|4|OTSL|0.927", "4|4|HTML|0.938"),
        [f'row "{n} / {name}": #enc {n}; #dec {n}; Language: {name}; TEDs {v}' for n, name, v in (
            (6, "OTSL", "0.955"), (6, "HTML", "0.955"), (4, "OTSL", "0.927"), (4, "HTML", "0.938"))],
    ),
    "metrics as rows": (table("Metric|Base|Ours", "PPL||4.3"), ['row "PPL": Base –; Ours 4.3']),
    "two header rows": (
        table("2vModel|2>BLEU|2>Cost", "EN-DE|EN-FR|EN-DE|EN-FR", "Ours||40.4|2>1.5"),
        ['row "Ours": EN-DE BLEU –; EN-FR BLEU 40.4; EN-DE Cost 1.5; EN-FR Cost 1.5'],
    ),
    "three header rows": (
        table("3vModel|4>Test", "2>EN|2>DE", "P|R|P|R", "x|1.1|1.2|1.3|1.4"),
        ['row "x": P EN Test 1.1; R EN Test 1.2; P DE Test 1.3; R DE Test 1.4'],
    ),
    "columns for looks": (
        table("Model||2>A||2>B", "||p|r||p|r", "x||1.1|1.2||1.3|"),
        ['row "x": p A 1.1; r A 1.2; p B 1.3; r B –'],
    ),
    "years as headers": (table("Method|2019|2020", "x|1.5|2.5"), ['row "x": 2019 1.5; 2020 2.5']),
    "a name that holds on": (
        table("Model|Shots|Acc", "GPT|0|10.5", "|5|20.5"),
        ['row "GPT": Shots 0; Acc 10.5', 'row "GPT": Shots 5; Acc 20.5'],
    ),
    "a last row without values": (table("Model|A|B", "x|1.5|2", "y||"), ['row "x": A 1.5; B 2', 'row "y": A –; B –']),
    "numbers as names": (
        table("α|Recall", "0.5|0.72", "1.0|0.77"),
        ['row "0.5": α 0.5; Recall 0.72', 'row "1.0": α 1.0; Recall 0.77'],
    ),
    "several in one float": (table("M|A", "x|1.5") + table("M|B", "y|2.5"), ['row "x": A 1.5', 'row "y": B 2.5']),
    "broken lines in cells": (
        table("Model|<table class='ltx_tabular'><tr><td>Train</td></tr><tr><td>time</td></tr></table>",
              "x|3 h", "y|5.5"),
        ['row "x": Train time 3 h', 'row "y": Train time 5.5'],
    ),
    "laid out by a table": (
        f"<table><tr><td>{table('M|A', 'x|1.5')}</td><td>{table('M|B', 'y|2.5')}</td></tr></table>",
        ['row "x": A 1.5', 'row "y": B 2.5'],
    ),
    "headers in bold": (
        table("<b>Name</b>|<b>Meaning</b>", "k|a number"), ['row "k": Meaning: a number'],
    ),
    "formulas": (
        table("Model|F",
              'x|<math alttext="\\mathbf{28.4}\\pm 0.2"></math>', 'y|<math alttext="28.4_{\\pm 0.3}"></math>'),
        ['row "x": F 28.4±0.2', 'row "y": F 28.4±0.3'],
    ),
    "citations behind names": (
        table("Model|F", 'Net <cite class="ltx_cite">[<a>3</a>]</cite>|1.5'), ['row "Net": F 1.5'],
    ),
    "notes": (
        table("M|A", "x|1.5") + '<p class="ltx_p">* below .05</p>', ['row "x": A 1.5', "note: * below .05"],
    ),
    "spans for cells": (
        '<span class="ltx_inline-block ltx_transformed_outer"><span class="ltx_transformed_inner">'
        '<span class="ltx_tabular">'
        '<span class="ltx_tr"><span class="ltx_td ltx_th ltx_th_column ltx_rowspan ltx_rowspan_2">Model</span>'
        '<span class="ltx_td ltx_th ltx_th_column ltx_colspan ltx_colspan_2">COCO</span></span><span class="ltx_tr">'
        '<span class="ltx_td ltx_th ltx_th_column">AP</span><span class="ltx_td ltx_th ltx_th_column">AP50</span>'
        '</span>'
        '<span class="ltx_tr"><span class="ltx_td ltx_th ltx_th_row">DETR</span><span class="ltx_td">42.0</span>'
        '<span class="ltx_td">62.4</span></span></span></span></span>',
        ['row "DETR": AP COCO 42.0; AP50 COCO 62.4'],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_of_html_tables(name):
    markup, wanted = SHAPES[name]
    assert rows(read(markup)) == wanted


def test_cells_have_paths_and_rows_their_labels():
    row = read(SHAPES["two header rows"][0]).tables[0].rows[0]
    assert row.label == "Ours" and row.id == "S9.T1.r3"
    assert [(c.column, c.text) for c in row.cells][:2] == [("BLEU / EN-DE", "–"), ("BLEU / EN-FR", "40.4")]


def test_two_captions_in_one_float_keep_their_tables():
    box = '<div class="ltx_minipage"><figcaption>Table {0}: Cap {0}.</figcaption>{1}</div>'
    made = box.format(1, table("M|A", "x|1.5")) + box.format(2, table("M|B", "y|2.5"))
    text = read(made, around='<figure id="S9.T1" class="ltx_table">{}</figure>')
    assert [(t.label, t.caption, [r.label for r in t.rows]) for t in text.tables] == [
        ("Table 1", "Table 1: Cap 1.", ["x"]),
        ("Table 2", "Table 2: Cap 2.", ["y"]),
    ]


def test_a_table_in_the_text_is_no_paragraph_and_stands_at_its_place():
    text = read(
        table("M|A", "x|1.5"),
        around='<div class="ltx_para" id="S9.p1"><p class="ltx_p">Before it</p>{}'
        '<p class="ltx_p">and after it.</p></div>'
        '<div class="ltx_para" id="S9.p2"><p class="ltx_p">The end.</p></div>',
    )
    said = [p.text for where, p in text.paragraphs() if where == "9 T"]
    assert said == ["Before it and after it.", 'Table, row "x": A 1.5', "The end."]


def test_sections_inside_a_broken_float_are_read():
    lost = '<section id="S8" class="ltx_section"><h2 class="ltx_title">8 Lost</h2>'
    lost += '<div class="ltx_para"><p>Within.</p></div></section>'
    text = read(table("M|A", "x|1.5") + lost)
    assert "Within." in [p.text for _, p in text.paragraphs()] and rows(text) == ['row "x": A 1.5']
    assert text.coverage > 0.98


def grid_page(lines, xs, y=600, size=8):
    return "".join(
        put(cell, x=x, y=y - 11 * k, size=size)
        for k, line in enumerate(lines)
        for x, cell in zip(xs, line, strict=True)
        if cell
    )


@pytest.mark.parametrize("above", [False, True])
def test_a_table_in_a_pdf_without_rules(above):
    lines = [("Method", "Recall", "F1"), ("Base", "0.69", "0.80"), ("Ours big", "", "0.85"), ("Other", "0.38", "")]
    page = put("1 Introduction", y=740, size=13, font="F2") + put(wrapped(PROSE), y=720)
    caption = put("Table 3: Scores of all.", y=630 if above else 550)
    page += (caption if above else "") + grid_page(lines, (80, 180, 250)) + ("" if above else caption)
    page += put(wrapped(PROSE), y=500)
    text = parse(make_pdf(page))
    assert [r.text for t in text.tables for r in t.rows] == [
        'Table 3, row "Base": Recall 0.69; F1 0.80', 'Table 3, row "Ours big": Recall –; F1 0.85',
        'Table 3, row "Other": Recall 0.38; F1 –',
    ]  # fmt: skip
    assert text.tables[0].sure and "0.69" not in "".join(p.text for s in text.sections for p in s.paragraphs)


@pytest.mark.parametrize("head", [True, False])
def test_a_list_of_values_in_a_pdf(head):
    lines = [("Total papers", "81.1M"), ("Papers with PDF", "28.9M (35.6%)"), ("Notes kept", "11 / 44")]
    lines = [("Kind", "Count"), *lines] if head else lines
    page = put("1 Introduction", y=740, size=13, font="F2") + put(wrapped(PROSE), y=720)
    page += put("Table 3: Where papers come from.", y=630) + grid_page(lines, (80, 220)) + put(wrapped(PROSE), y=500)
    table = parse(make_pdf(page)).tables[0]
    column = "Count" if head else ""
    assert table.sure and [(r.label, r.cells[0].column, r.cells[0].text) for r in table.rows] == [
        ("Total papers", column, "81.1M"), ("Papers with PDF", column, "28.9M (35.6%)"),
        ("Notes kept", column, "11 / 44"),
    ]  # fmt: skip


def test_a_guessed_grid_says_so():
    lines = [("Query", "Answer one"), ("What is it", "It is a thing"), ("of", "and more")]
    page = put("1 Introduction", y=740, size=13, font="F2") + put(wrapped(PROSE), y=720)
    page += grid_page([lines[0][:1], lines[1][:1]], (80,)) + put("Table 4: Words.", y=550) + put(wrapped(PROSE), y=500)
    made = parse(make_pdf(page)).tables[0]
    assert not made.sure and made.rows and not any(r.cells for r in made.rows)


def test_a_sentence_with_a_name_and_a_bracket_is_no_heading():
    page = "".join(
        put(f"{k} Part", y=760 - 70 * k, size=13, font="F2") + put(wrapped(PROSE), y=745 - 70 * k) for k in (1, 2, 3)
    )
    page += put(
        ["as the benchmark for the selector (see", "Appendix C for details). We then compared our", "selector."], y=470
    )
    page += put("4 Conclusion", y=400, size=13, font="F2") + put(wrapped(PROSE), y=380)
    assert [s.title for s in parse(make_pdf(page)).sections] == ["1 Part", "2 Part", "3 Part", "4 Conclusion"]


def test_the_sentence_over_a_page_is_whole():
    first = put("1 Introduction", y=740, size=13, font="F2") + put([*wrapped(PROSE), "The gain is not"], y=720)
    text = parse(make_pdf(first, put(["explained by the size. It is", *wrapped(PROSE)], y=720)))
    assert any("The gain is not explained by the size." in p.text for p in text.sections[0].paragraphs)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("line-numbers", "The sampler keeps a small state"), ("type3-ligatures", "defines the final configuration")],
)
def test_cases_of_old_and_reviewed_pdfs(real_only, name, wanted):
    text = parse((real_only.parent / "cases" / f"pdf-{name}.pdf").read_bytes())
    assert text.abstract.startswith(wanted)
    assert [s.title[:1] for s in text.sections] == ["1", "2", "3", "4"]


def test_appendices_and_tables_of_a_real_paper(real_only):
    text = parse((real_only / "pdf" / "2501.10120.pdf").read_bytes())
    assert [s.title for s in text.sections if s.level == 1][-6:] == [
        "6 Conclusion", "A Implementation Details of the Crawler", "B Implementation Details of the Selector",
        "C Selector Test Dataset", "D Dataset Examples", "E Prompt Templates",
    ]  # fmt: skip
    cells = {(r.label, c.column): c.text for t in text.tables if t.label == "Table 6" for r in t.rows for c in r.cells}
    assert cells["PaSa-7b", "Recall@20"] == "0.5798" and cells["ChatGPT", "Precision"] == "0.2280"
    assert not any(p.text.startswith(("[Stop]", "http")) for s in text.sections for p in s.paragraphs)


def test_what_is_named_and_not_there_is_told():
    def paper(*titles):
        said = Paragraph(
            id="p", text="See Section 6 and Appendix B; Section 23 of WSJ and Section 4 of [12] are others."
        )
        sections = [Section(id=str(k), title=t, paragraphs=(said,) * (k == 0)) for k, t in enumerate(titles)]
        return PaperText(ref="x", read_from="html", sections=tuple(sections))

    assert named_only(paper("1 A", "2 B", "3 C")) == ("Section 6", "Appendix B")
    assert named_only(paper("5 A", "6 B", "Appendix B")) == ()


def test_the_prompt_says_what_was_not_read():
    from workers.analysis.grounding.citations import Passage

    passages = [Passage("p", "1 A", "Words.")]
    assert read_of(passages) == "the full text"
    assert "about 62% of the text" in read_of(passages, (), 0.62, ("pages 10-15",)) and "pages 10-15" in read_of(
        passages, (), 0.62, ("pages 10-15",)
    )


def test_texts_kept_by_an_older_version_open():
    old = (
        '{"ref":"x","read_from":"html","tables":[{"id":"T","caption":"Table 1: C.","rows":[{"id":"T.r1","text":"a | 1",'
        '"page":null}],"section":"S1","page":null}]}'
    )
    text = PaperText.model_validate_json(old)
    assert (
        text.coverage == 1.0
        and text.tables[0].rows[0].cells == ()
        and [p.id for _, p in text.paragraphs()] == ["T", "T.r1"]
    )


def test_a_table_beside_the_box_of_its_caption_is_its_own():
    """A wrapped float's caption (captionof) is a figure of its own beside its table."""
    cell = '<div class="ltx_flex_cell">{}</div>'
    caption = (
        '<figure id="S9.T1" class="ltx_table"><figcaption class="ltx_caption">Table 1: Sizes.</figcaption></figure>'
    )
    grid = table("Parameter|Value", "dim|4096", "layers|32")
    around = f'<figure id="S9.fig1" class="ltx_figure">{cell.format("{}")}{cell.format(caption)}</figure>'
    found = read(grid, around)
    assert [t.caption for t in found.tables] == ["Table 1: Sizes."]
    assert rows(found) == ['row "dim": Value 4096', 'row "layers": Value 32']
