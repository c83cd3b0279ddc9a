"""PDFs to sections and paragraphs by page.

Odd, broken and hostile ones get a label.
"""

import os
import re
import xml.etree.ElementTree as ET

import pytest

from tests.conftest import recorded
from tests.doubles.pages import LOCKED, PROSE, paper_pdf, put
from workers.reading.pdf import read
from workers.reading.pdf.read import LONG_PAGES, MAX_PAGES, parse, read_pdf, version_of

RECALL = 0.92
"""Share of the reference's 5-word sequences that must be found."""


def titles(text):
    return [s.title for s in text.sections]


def whole(text):
    return " ".join(p.text for _, p in text.paragraphs())


def test_title_abstract_sections_and_references():
    text = read_pdf(paper_pdf())
    assert text.title == "A Paper Written by Hand"
    assert text.abstract == " ".join(PROSE.split())
    assert titles(text) == ["1 Introduction", "2 Method", "3 Results"]
    assert text.bibliography == 2 and "cited work" not in whole(text)
    assert (text.read_from, text.pages, text.flags) == ("pdf", 1, ())
    assert all(re.fullmatch(r"p1\.\d+", p.id) and p.page == 1 for s in text.sections for p in s.paragraphs)


def test_stamp_tells_the_version_of_the_paper_that_was_asked_for():
    stamped = paper_pdf(put("arXiv:2601.00001v3  [cs.CV]  22 Jan 2026", x=20, y=300, size=20))
    assert parse(stamped).ref == "2601.00001v3" and "arXiv:" not in whole(parse(stamped))
    assert read_pdf(stamped, ref="2601.00001").ref == "2601.00001v3"
    assert read_pdf(stamped, ref="2601.00009v1").ref == "2601.00009v1"
    assert version_of(parse(stamped), "2601.00001v2") == "2601.00001v2"


def test_long_and_overlong():
    assert "long" not in parse(paper_pdf(pages=LONG_PAGES - 1)).flags
    text = read_pdf(paper_pdf(pages=LONG_PAGES + 10))
    assert text.flags == ("long",) and text.pages == LONG_PAGES + 10
    text = read_pdf(paper_pdf(pages=MAX_PAGES + 5))
    assert text.flags == ("long", "truncated") and f"Read {MAX_PAGES} of {MAX_PAGES + 5} pages." in text.notes


@pytest.mark.parametrize(
    "data", [b"", b"plain text", b"%PDF-1.7\n", b"%PDF-1.4 junk" * 99, b"%PDF-" + os.urandom(20_000)]
)
def test_broken_files_are_labelled(data):
    assert read_pdf(data).flags == ("broken",)


def test_cut_off_file_never_raises():
    whole_file = paper_pdf(pages=4)
    for share in (2, 3, 10):
        assert read_pdf(whole_file[: len(whole_file) // share]).read_from == "pdf"


def test_encrypted():
    text = read_pdf(paper_pdf(encrypt=LOCKED))
    assert text.flags == ("encrypted",) and not text.sections


def test_slow_reader_is_killed():
    """Within 0.05 s no process starts and reads 120 pages."""
    assert read_pdf(paper_pdf(pages=120), timeout_s=0.05).flags == ("timed_out",)


def test_crash_of_the_reader_is_survived(monkeypatch):
    monkeypatch.setattr(read.sys, "executable", "/bin/false")
    assert read_pdf(paper_pdf()).flags == ("broken",)


def test_reader_has_no_secrets(monkeypatch, tmp_path):
    seen = tmp_path / "env"
    script = tmp_path / "python"
    script.write_text(f"#!/bin/sh\nenv > {seen}\n")
    script.chmod(0o755)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "canary-9a7")
    monkeypatch.setattr(read.sys, "executable", str(script))
    read_pdf(paper_pdf())
    assert seen.exists() and "canary" not in seen.read_text()


def _runs(text, n=5):
    words = re.findall(r"[^\W_]+", text.lower())
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]


def test_recall_of_a_real_two_column_paper():
    real = recorded()
    text = read_pdf((real / "pdf" / "N18-3011.pdf").read_bytes())
    tree = ET.parse(real / "pdf" / "N18-3011.tei.xml")
    space = "{http://www.tei-c.org/ns/1.0}"
    reference = [" ".join(p.itertext()) for p in tree.find(f".//{space}body").iter(f"{space}p")]
    there = set(_runs(whole(text)))
    wanted = [run for p in reference for run in _runs(p)]
    recall = sum(run in there for run in wanted) / len(wanted)
    assert recall >= RECALL, recall
    assert [t.split()[0] for t in titles(text)] == [
        "1",
        "2",
        "2.1",
        "2.2",
        "3",
        "4",
        "4.1",
        "4.2",
        "4.3",
        "4.4",
        "5",
        "6",
    ]
    assert text.title == "Construction of the Literature Graph in Semantic Scholar"
    assert text.abstract.startswith(
        "We describe a deployed scalable system for organizing published scientific literature"
    )
    assert "hidden_text" not in text.flags and len(text.tables) == 4
