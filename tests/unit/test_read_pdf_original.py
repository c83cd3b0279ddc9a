"""A PDF that holds a paper in English and then as it was written: read once."""

import pytest

from tests.doubles.pages import PROSE, make_pdf, put
from workers.reading.pdf.original import english_pages
from workers.reading.pdf.read import parse

ENGLISH = f"{PROSE} We compare the method with others and find that it is the best of the four. " * 3
FRENCH = "Nous comparons la méthode à celles des autres et montrons que le gain est net dans tous les cas étudiés. " * 8
CHINESE = "我们比较了该方法与其他方法的结果，并说明其在所有数据集上都有明显提升。" * 12
FIGURE = "Figure 3 PSNR 31.2"


@pytest.mark.parametrize(
    ("pages", "kept"),
    [
        ([ENGLISH, ENGLISH, FIGURE, f"Un titre\nRésumé\n{FRENCH}", FRENCH, FRENCH], 3),
        ([ENGLISH, ENGLISH, f"标题\n摘 要\n{CHINESE}", CHINESE, FIGURE], 2),
        ([ENGLISH, ENGLISH, ENGLISH], 3),
        ([FRENCH, FRENCH, f"Abstract\n{ENGLISH}", ENGLISH], 4),
        ([ENGLISH, ENGLISH, ENGLISH, ENGLISH, f"Appendix: abstract prompts\n{CHINESE}"], 5),
        ([ENGLISH, ENGLISH, f"Appendix A: prompts\n{CHINESE}", CHINESE], 4),
        ([f"Summary\n{ENGLISH}", f"Résumé\n{FRENCH}", FRENCH, FRENCH], 4),
        ([], 0),
    ],
    ids=["french", "chinese", "english", "not English", "a short appendix", "a long one", "a summary", "nothing"],
)
def test_where_the_original_begins(pages, kept):
    assert english_pages(pages) == kept


def test_the_original_is_not_read_and_not_counted_as_missing():
    def page(text, head=""):
        lines = [text[i : i + 90] for i in range(0, len(text), 90)]
        return put([head], y=740, size=14, font="F2") + put(lines)

    bilingual = make_pdf(
        page(ENGLISH, "A Paper in Two Languages"), page(ENGLISH, "2 Method"),
        page(f"Résumé {FRENCH}", "Un article en deux langues"), page(FRENCH, "2 Méthode"),
    )  # fmt: skip
    text = parse(bilingual)
    assert (text.pages, text.coverage) == (2, 1.0) and any("original" in note for note in text.notes)
    assert not any("comparons" in paragraph.text for _, paragraph in text.paragraphs())
