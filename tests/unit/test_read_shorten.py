"""A long paper within a token limit.

What is kept first, and what is said of the rest.
"""

import pytest

from workers.reading.shorten import shortened
from workers.reading.text import Figure, PaperText, Paragraph, Section, Table

SHAPE = (
    ("1 Introduction", 2, False), ("2 Related Work", 4, False), ("3 Flow from the Picture", 8, False),
    ("4 Experiments", 6, False), ("5 Limitations", 1, False), ("6 Conclusion", 1, False),
    ("Acknowledgments", 1, False), ("A Proofs", 9, True),
)  # fmt: skip
WORDS = 10
"""Words, and here tokens, of each paragraph."""


def tokens(text):
    return len(text.split())


def paper(shape=SHAPE, abstract=True, tables=True):
    sections = tuple(
        Section(
            id=f"S{k}", title=title, appendix=late,
            paragraphs=tuple(Paragraph(id=f"S{k}.p{j}", text=f"{title.split()[-1]} {j} " + "x " * (WORDS - 2))
                for j in range(1, n + 1)),
        )
        for k, (title, n, late) in enumerate(shape, 1)
    )  # fmt: skip
    return PaperText(
        ref="2601.00001v1", read_from="html", abstract="a " * WORDS if abstract else "", sections=sections,
        figures=(Figure(id="S1.F1", caption="Figure 1: " + "f " * 8, section="S1"),) if tables else (),
        tables=(
            Table(id="S4.T1", caption="Table 1: " + "t " * 8, section="S4",
                rows=tuple(Paragraph(id=f"S4.T1.r{j}", text="r " * WORDS) for j in range(3))),
        ) if tables else (),
    )  # fmt: skip


def ids(found):
    return [p.id for _, p in found.paragraphs]


def test_a_text_that_fits_is_all_there():
    text = paper()
    found = shortened(text, 1000, tokens)
    assert list(found.paragraphs) == list(text.paragraphs()) and found.whole
    assert (found.sections, found.sections_read, found.left_out, found.cut) == (8, 8, (), ())
    assert found.tokens == sum(tokens(p.text) for _, p in text.paragraphs())


@pytest.mark.parametrize("most", [0, 1, 9, 10, 55, 100, 150, 199, 230, 300, 371])
def test_never_over_the_limit_in_reading_order_and_no_paragraph_twice(most):
    text = paper()
    found = shortened(text, most, tokens)
    assert found.tokens == sum(tokens(p.text) for _, p in found.paragraphs) <= most
    order = [p.id for _, p in text.paragraphs()]
    places = [order.index(id) for id in ids(found)]
    assert places == sorted(set(places))
    assert found.sections_read + len(found.left_out) == found.sections == 8
    assert most < 10 or "abstract" in ids(found)


def test_related_work_goes_before_method_appendix_before_that_and_thanks_first():
    core = 10 * (1 + 2 + 8 + 6 + 1 + 1 + 2 + 3)
    found = shortened(paper(), core, tokens)
    assert found.left_out == ("2 Related Work", "Acknowledgments", "A Proofs") and found.cut == ()
    assert "S4.T1.r2" in ids(found) and "S1.F1" in ids(found)
    more = shortened(paper(), core + 40, tokens)
    assert more.left_out == ("Acknowledgments", "A Proofs")
    more = shortened(paper(), core + 40 + 90, tokens)
    assert more.left_out == ("Acknowledgments",) and not more.whole


def test_a_long_section_is_cut_and_no_short_one_is_lost_for_it():
    found = shortened(paper(), 150, tokens)
    assert {"abstract", "S1.p1", "S1.p2", "S3.p1", "S4.p1", "S5.p1", "S6.p1", "S1.F1", "S4.T1"} <= set(ids(found))
    assert found.cut == ("3 Flow from the Picture", "4 Experiments")


def test_a_cut_section_keeps_the_opening_of_each_subsection():
    def part(k, level):
        rows = tuple(Paragraph(id=f"S{k}.p{j}", text="x " * WORDS) for j in range(1, 5))
        return Section(id=f"S{k}", title=f"Part {k}", level=level, paragraphs=rows)

    text = PaperText(ref="x", read_from="pdf", sections=(part(1, 1), part(2, 2), part(3, 3)))
    found = shortened(text, 40, tokens)
    assert ids(found) == ["S1.p1", "S1.p2", "S2.p1", "S3.p1"]
    assert (found.sections, found.sections_read, found.cut) == (1, 1, ("Part 1",))


def test_a_section_larger_than_the_limit_does_not_starve_the_others():
    text = paper((("Introduction", 1, False), ("Method", 500, False), ("Results", 3, False)), tables=False)
    found = shortened(text, 200, tokens)
    assert found.cut == ("Method",) and found.left_out == ()
    assert {"S3.p1", "S3.p2", "S3.p3"} <= set(ids(found)) and found.tokens == 200


def test_what_is_served_last_is_told_by_title():
    shape = (
        ("II. BACKGROUND AND RELATED WORK", 1, False), ("III. METHOD", 1, False),
        ("VI. CONCLUSION AND FUTURE WORK", 1, False),
        ("Data Availability", 1, False), ("Appendix A", 1, False), ("NeurIPS Paper Checklist", 1, True),
    )  # fmt: skip
    left = [shortened(paper(shape, tables=False), most, tokens).left_out for most in (30, 40, 50)]
    assert left[0] == ("II. BACKGROUND AND RELATED WORK", "Data Availability", "Appendix A", "NeurIPS Paper Checklist")
    assert left[1:] == [
        ("Data Availability", "Appendix A", "NeurIPS Paper Checklist"),
        ("Data Availability", "NeurIPS Paper Checklist"),
    ]


def test_an_untitled_letter_counts_as_one_section_and_nothing_at_all_as_none():
    letter = PaperText(
        ref="x", read_from="html", sections=(Section(id="front", title="", paragraphs=(Paragraph(id="p", text="x"),)),)
    )
    assert (shortened(letter, 5, tokens).sections, shortened(letter, 0, tokens).left_out) == (1, ("",))
    alone = shortened(PaperText(ref="x", read_from="abstract", abstract="a b"), 5, tokens)
    assert (ids(alone), alone.sections, alone.sections_read) == (["abstract"], 0, 0)
