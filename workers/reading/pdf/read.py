"""Reads a PDF in a child process that can be killed.

`python -m workers.reading.pdf.read` reads a PDF from standard input and writes PaperText as JSON.
"""

import contextlib
import resource
import subprocess
import sys
from datetime import date
from pathlib import Path

import pypdfium2
from pydantic import ValidationError

from workers.paper_ids.arxiv_id import parse as ids_in
from workers.reading.coverage import of_pages
from workers.reading.injection import addresses_model
from workers.reading.pdf.layout import lay_out
from workers.reading.pdf.original import english_pages
from workers.reading.pdf.page.pages import Page, load
from workers.reading.text import MAX_REFERENCES, PaperText, screened, smuggled, without_collector

TIMEOUT_S = 60.0
"""Seconds for one PDF; a paper of 10 pages takes 0.4 s with the start of the process, a thesis of 150 about 2 s."""

MEMORY_BYTES = 2 * 2**30
"""Address space of the child; reading a 150-page PDF takes a tenth of it."""

MAX_PAGES = 150
"""Pages read; the rest is left out and said so (a deep dive could not pay for more tokens anyway)."""

LONG_PAGES = 100
"""Pages from which a paper is labelled long."""

MAX_CHARS = 2_000_000
"""Characters read: four times a 150-page book."""

HIDDEN_WORDS = 4
"""Different words from which hidden text is told of: figures have labels that are too small to read."""

MIN_CHARS_PER_PAGE = 100
"""Fewer characters per page on the average: there is no text to speak of, the pages are pictures."""


def read_pdf(data: bytes, timeout_s: float = TIMEOUT_S, ref: str = "") -> PaperText:
    """The paper in `data`.

    Never raises for bad PDFs: no sections, and a flag that says why (broken, encrypted, scanned, timed_out).
    """
    if b"%PDF-" not in data[:1024]:
        return _unread(ref, "broken", "The file is not a PDF.")
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "workers.reading.pdf.read"]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=timeout_s, check=False, cwd=root,
            env={"PYTHONPATH": str(root), "PYTHONUTF8": "1", "LD_LIBRARY_PATH": ""},
        )  # fmt: skip
        made = PaperText.model_validate_json(done.stdout)
    except subprocess.TimeoutExpired:
        return _unread(ref, "timed_out", f"Reading the PDF took longer than {timeout_s:.0f} s.")
    except (ValidationError, OSError):
        return _unread(ref, "broken", "The PDF made its reader fail.")
    return made.model_copy(update={"ref": version_of(made, ref)})


def version_of(text: PaperText, ref: str) -> str:
    """The version that arXiv's stamp tells (`text.ref`); else `ref`.

    The stamp counts where it is of the paper and version asked for, or nothing was asked for.
    """
    stamped, asked = ids_in(text.ref, date.max), ids_in(ref, date.max)
    if not stamped or (asked and asked[0].base != stamped[0].base):
        return ref
    return stamped[0].canonical if not asked or asked[0].version in (None, stamped[0].version) else ref


def parse(data: bytes) -> PaperText:
    """As `read_pdf`, in this very process; `ref` is what arXiv's stamp tells."""
    with without_collector():
        return _parse(data)


def _parse(data: bytes) -> PaperText:
    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        return _unread("", "encrypted" if locked else "broken", _LOCKED if locked else "The PDF is damaged.")
    pages = list[Page]()
    try:
        return _labelled(pages, count, *_load(document, count, pages))
    finally:
        for page in pages:
            page.close()
        document.close()


def _load(document: pypdfium2.PdfDocument, count: int, pages: list[Page]) -> tuple[int, int]:
    """Put the pages that can be read into `pages`; (broken ones, characters).

    Of `count` pages, the first MAX_PAGES are tried, up to MAX_CHARS.
    """
    chars = 0
    for number in range(min(count, MAX_PAGES)):
        with contextlib.suppress(pypdfium2.PdfiumError, ArithmeticError):  # a box of no or of endless extent
            pages.append(load(document, number))
            chars += len(pages[-1].text)
        if chars > MAX_CHARS:
            break
    broken = min(count, MAX_PAGES) - len(pages) if chars <= MAX_CHARS else 0
    return broken, chars


def _labelled(pages: list[Page], count: int, broken: int, chars: int) -> PaperText:
    flags, notes = set[str](), []
    if not pages:
        return _unread("", "broken", "The PDF has no page that can be read.")
    if (english := english_pages([p.text for p in pages])) < len(pages):
        count, pages = pages[english].number - 1, pages[:english]
        notes.append("The original in another language, which follows the English version, was not read.")
    scans = sum(p.scan for p in pages)
    if scans * 2 > len(pages) or chars < MIN_CHARS_PER_PAGE * len(pages):
        flags.add("scanned")
        few = f"The {len(pages)} pages hold hardly any text."
        notes.append(f"{scans} of {len(pages)} pages are pictures." if scans else few)
    if len(pages) < count and not broken:
        flags.add("truncated")
        notes.append(f"Read {len(pages)} of {count} pages.")
    if broken:
        flags.add("truncated")
        notes.append(f"{broken} of {count} pages could not be read.")
    if count >= LONG_PAGES:
        flags.add("long")
        notes.append(f"The paper has {count} pages.")
    if any(p.light for p in pages):
        notes.append("White letters on a dark ground were taken as visible.")
    out = lay_out(pages)
    said = sum(len(p.text) for s in out.sections for p in s.paragraphs)
    if "scanned" in flags and said < MIN_CHARS_PER_PAGE * len(pages):
        out.sections.clear()
    found = ids_in(out.stamp, date.max)
    text = PaperText(
        ref=found[0].canonical if found else "", read_from="pdf", title=out.title, abstract=out.abstract, pages=count,
        sections=tuple(out.sections), figures=tuple(out.figures), tables=tuple(out.tables),
        bibliography=out.bibliography, references=out.references[:MAX_REFERENCES],
    )  # fmt: skip
    numbers = {p.number for p in pages if not (p.scan and len(p.text.strip()) < MIN_CHARS_PER_PAGE)}
    text = of_pages(text, set(range(1, count + 1)) - numbers, out.lost)
    pieces = [p.hidden for p in pages if p.hidden]
    told = len({word for piece in pieces for word in piece.split()}) >= HIDDEN_WORDS
    hidden = (pieces if told or addresses_model(" ".join(pieces)) else []) + [
        s for p in pages if (s := smuggled(p.text))
    ]
    return screened(text, hidden, out.apart).labelled(flags, notes)


_LOCKED = "The PDF needs a password."


def _unread(ref: str, flag: str, note: str) -> PaperText:
    return PaperText(ref=ref, read_from="pdf", flags=(flag,), notes=(note,))


def _limit(what: int, soft: int, hard: int) -> None:
    """Limit this process, within what it may have at most.

    macOS takes no limit of memory; there the time must do.
    """
    most = resource.getrlimit(what)[1]
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(what, (soft, hard))


if __name__ == "__main__":
    _limit(resource.RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES)
    _limit(resource.RLIMIT_CPU, int(TIMEOUT_S) + 1, int(TIMEOUT_S) + 2)
    _limit(resource.RLIMIT_CORE, 0, 0)
    sys.stdout.write(parse(sys.stdin.buffer.read()).model_dump_json())
