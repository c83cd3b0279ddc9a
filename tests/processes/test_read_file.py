"""A local file is read as the paper that it is."""

import pytest

from tests.doubles.pages import make_html, paper_pdf
from workers.errors import BadInput
from workers.reading.read import read_file

SHORT = make_html(repeat=1)


def test_files(tmp_path):
    page, document, note = tmp_path / "a.html", tmp_path / "b.pdf", tmp_path / "c.txt"
    page.write_bytes(make_html())
    document.write_bytes(paper_pdf())
    note.write_text("just words")
    assert read_file(page).ref == "2601.00001v2" and read_file(page).flags == ()
    assert read_file(document).ref == "b.pdf" and read_file(document).sections
    page.write_bytes(SHORT)
    assert read_file(page).flags == ("conversion_failed",) and "only" in read_file(page).notes[0]
    for bad in (note, tmp_path / "none.pdf", tmp_path):
        with pytest.raises(BadInput):
            read_file(bad)
