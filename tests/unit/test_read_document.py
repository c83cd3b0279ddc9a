"""A read paper as a document, a local file, and what withdrawn means."""

import io
import json

import pytest
from rich.console import Console

from tests.doubles.arxiv import LICENSE
from tests.doubles.pages import PROSE, make_html
from workers.console import read as printing
from workers.reading.read import _WITHDRAWN
from workers.reading.text import PaperText


@pytest.mark.parametrize(
    ("comment", "gone"),
    [
        ("Withdrawn", True),
        ("This submission has been withdrawn by arXiv administrators", True),
        ("The authors withdrew it", True),
        ("Withdrawn from ICML; accepted at ECCV", False),
        ("This paper was withdrawn from the workshop and is now at CVPR", False),
        ("10 pages, 3 figures", False),
        ("We study how withdrawn patients respond", False),
    ],
)
def test_what_withdrawn_means(comment, gone):
    assert bool(_WITHDRAWN.search(comment)) is gone


def test_document_is_json_and_says_whether_figures_may_be_shown():
    text = PaperText(ref="2601.00001v1", read_from="pdf", license=LICENSE, flags=("scanned",))
    made = json.loads(json.dumps(printing.document(text)))
    assert made["may_show_figure"] and made["read_from"] == "pdf" and made["chars"] == 0


def test_outline_prints_foreign_text_as_it_is():
    page = make_html(title="[bold]Odd[/bold] \x1b[31mtitle [link=https://evil.example]x[/link]")
    text = read_file_of(page)
    out = io.StringIO()
    printing.show(text, Console(file=out, width=200, force_terminal=True, color_system=None), "https://arxiv.org")
    said = out.getvalue()
    assert "[bold]Odd[/bold]" in said and "[link=https://evil.example]x[/link]" in said and "\x1b[31m" not in said
    assert "Part 1" in said and "read from the HTML page" in said and " ".join(PROSE.split())[:60] in said


def read_file_of(page):
    from workers.reading.html.read import read_html

    return read_html(page, "").text
