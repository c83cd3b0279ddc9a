"""(h) A paper read.

HTML to sections beside bare lxml parsing, a PDF beside bare pypdfium2 extraction, in turns.
"""

import gc
import time
from collections.abc import Callable

import pypdfium2
from lxml import etree

from tests.bench.figures import Figure, Report, middle, spread
from tests.bench.paper_pages import html, pdf
from workers.reading.html.read import read_html
from workers.reading.pdf.read import parse, read_pdf

HTML_BYTES, PDF_PAGES = 500_000, 10
"""Size of the page and of the PDF."""

HTML_RATIO, PDF_RATIO = 5.0, 1.3
"""Most times as long as bare parsing, and as bare extraction, that is meant to be kept."""

RUNS = 15
"""Readings of each kind, of which the median counts; the ways take turns, so that other work meets them alike."""

URL = "https://arxiv.org/html/2601.00001v2"


def bare_html(data: bytes) -> object:
    """lxml alone."""
    return etree.fromstring(data, parser=etree.HTMLParser(encoding="utf-8"))


def bare_pdf(data: bytes) -> list[str]:
    """The text of each page as pypdfium2 alone reads it.

    By the call that its own documentation shows for that.
    """
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_bounded() for page in document]


def barest_pdf(data: bytes) -> list[str]:
    """The same by its cheapest call."""
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_range() for page in document]


def turns(ways: dict[str, Callable[[], object]], runs: int) -> dict[str, list[float]]:
    """Milliseconds of processor time of each way, the ways in turns.

    A first round is not counted.
    """
    found: dict[str, list[float]] = {name: [] for name in ways}
    for run in range(runs + 1):
        for name, way in ways.items():
            gc.collect()
            began = time.thread_time()
            way()
            if run:
                found[name].append((time.thread_time() - began) * 1000)
    return found


def measure(runs: int = RUNS) -> Report:
    """Time of reading one HTML page and one PDF."""
    page, paper = html(HTML_BYTES), pdf(PDF_PAGES)
    count = max(runs, RUNS)
    of_html = turns({"ours": lambda: read_html(page, URL), "bare": lambda: bare_html(page)}, count)
    ways = {"ours": lambda: parse(paper), "bare": lambda: bare_pdf(paper), "barest": lambda: barest_pdf(paper)}
    of_pdf = turns(ways, count)
    whole = []
    for _ in range(5):
        began = time.monotonic()
        read_pdf(paper)
        whole.append((time.monotonic() - began) * 1000)
    return Report(
        name="reading", title=f"one paper: HTML of {len(page) / 1000:.0f} kB, PDF of {PDF_PAGES} pages",
        command=f"python -m tests.bench reading --runs {count}",
        floor="bare lxml parsing of the same page; bare pypdfium2 text extraction of the same PDF (get_text_bounded)",
        figures=[
            Figure("HTML to sections", middle(of_html["ours"]), "ms", middle(of_html["bare"]), HTML_RATIO,
                   note=spread(of_html["ours"], "ms")),
            Figure("PDF to sections", middle(of_pdf["ours"]), "ms", middle(of_pdf["bare"]), PDF_RATIO,
                   note=spread(of_pdf["ours"], "ms")),
            Figure("PDF to sections, over get_text_range", middle(of_pdf["ours"]), "ms", middle(of_pdf["barest"])),
            Figure("the PDF with its own process", middle(whole), "ms", note=spread(whole, "ms")),
        ],
        notes=["Processor time of one thread; the last line is time on the clock."],
    )  # fmt: skip
