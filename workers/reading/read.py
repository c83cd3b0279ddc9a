"""Reads one paper: its HTML, else its PDF, else the abstract.

It always says which, and which version.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from workers.errors import BadInput, SourceFailed
from workers.models import Paper
from workers.paper_ids import arxiv_id, paper_key
from workers.paper_ids.paper_key import PaperRef
from workers.reading import beyond_arxiv
from workers.reading.html.read import read_html
from workers.reading.pdf.read import read_pdf
from workers.reading.text import PaperText, screened, smuggled
from workers.settings import Settings
from workers.sources.http.client import MAX_TOTAL_S, HttpClient
from workers.sources.one_paper.metadata import find_record
from workers.store.papers.texts import NEWEST_TTL_S, STAND_IN_TTL_S, TEXT_TTL_S, Texts
from workers.store.sources.fetch_state import Fetches

HTML_BYTES = 25 * 2**20
"""Most bytes of an HTML page, decompressed: maths-heavy papers reach 10 MB."""

PDF_BYTES = 60 * 2**20
"""Most bytes of a PDF: arXiv takes submissions up to 50 MB."""

FILE_BYTES = PDF_BYTES
"""Most bytes of a local file."""

AWAY = ("connection", "rate_limited")
"""Classes of failure after which nothing else is asked of arXiv for this paper: it would meet the same."""

_NOT_FROM_ELSEWHERE = r"\b(?!\s+from\s+(?!(?:the )?arxiv))"
_WITHDRAWN = re.compile(
    r"\b(?:this|the) (?:paper|article|submission|manuscript|work|preprint|version)[^.]{0,40} (?:is|has been|was|been) "
    rf"(?:temporarily )?(?:withdrawn|retracted){_NOT_FROM_ELSEWHERE}|^\W*(?:withdrawn|retracted){_NOT_FROM_ELSEWHERE}"
    r"|\bwithdrawn (?:by|due|because)\b|\bauthors? (?:have |has )?withdr[ae]wn?\b",
    re.I,
)
"""A comment or abstract that says so; "withdrawn from the workshop" is something else."""


def read(
    ref: PaperRef, http: HttpClient, fetches: Fetches, settings: Settings, texts: Texts, paper: Paper | None = None
) -> PaperText:
    """Return the text of `ref`, from the store or from where it is published.

    `paper`: its record, where the caller has it. A paper that offers neither HTML nor PDF comes as its abstract.
    BadInput where arXiv knows no such paper, SourceFailed where arXiv cannot be asked and there is no record to fall
    back on.
    """
    kept = _kept(ref, texts)
    if kept is not None:
        return kept
    if paper is None and ref.kind != "arxiv":
        paper = find_record(http, fetches, settings, ref)
    whole = _whole(ref, http, settings, paper)
    if whole.text is not None:
        read_whole = _with_record(whole.text, paper).labelled(whole.flags, whole.notes)
        return _keep(ref, read_whole, texts, whole.failures)
    try:
        record = paper or find_record(http, fetches, settings, ref)
    except SourceFailed as error:
        raise [error, *whole.failures][-1] from None
    return _keep(ref, abstract_only(ref, record).labelled(whole.flags, whole.notes), texts, whole.failures)


def record_of(ref: PaperRef, http: HttpClient, settings: Settings, texts: Texts) -> Paper | None:
    """Make a record of what is read of a paper anyway; None where there is no text.

    For when nobody can be asked for its record.
    """
    text = _kept(ref, texts)
    if text is None:
        whole = _whole(ref, http, settings, None)
        text = whole.text and whole.text.labelled(whole.flags, whole.notes)
        if text is not None:
            _keep(ref, text, texts, whole.failures)
    if text is None or not text.title or text.read_from == "abstract":
        return None
    named = arxiv_id.parse(text.ref, date.max)
    return Paper(
        id=ref.base,
        version=named[0].version if named else ref.version,
        title=text.title,
        abstract=text.abstract,
        authors=text.authors,
        license=text.license,
        found_by=text.read_from,
    )


@dataclass(frozen=True)
class _Whole:
    """What HTML and PDF gave, and what went wrong on the way."""

    text: PaperText | None
    failures: tuple[SourceFailed, ...]
    flags: list[str]
    notes: list[str]


def _whole(ref: PaperRef, http: HttpClient, settings: Settings, paper: Paper | None) -> _Whole:
    """Read the paper's HTML, else its PDF.

    Of a paper that is open only under another of its names, that one's.
    """
    failures, flags, notes = list[SourceFailed](), list[str](), list[str]()
    ways = _attempts(ref, http, settings, paper)
    if not ways:
        ways = [way for twin in beyond_arxiv.open_twins(paper) for way in _attempts(twin, http, settings, paper)]
        flags, notes = (["preprint"], ["Read from its open preprint."]) if ways else (["closed"], [])
    for attempt in ways:
        try:
            text, why = attempt()
        except SourceFailed as error:
            failures.append(error)
            flags.append("too_large" if error.kind == "too_large" else "fetch_failed")
            notes.append(str(error))
            if error.kind in AWAY:
                break
            continue
        if text is not None and text.sections:
            return _Whole(text, tuple(failures), flags, notes)
        flags += [why] if why else [f for f in text.flags if f != "long"] if text else []
        notes += text.notes if text else ()
    return _Whole(None, tuple(failures), [flag for flag in flags if flag != "preprint"], notes)


def _attempts(ref: PaperRef, http: HttpClient, settings: Settings, paper: Paper | None) -> list[beyond_arxiv.Attempt]:
    """Ways to the full text of `ref`, best first."""
    if ref.kind != "arxiv":
        return beyond_arxiv.attempts(ref, http, settings, paper)
    return [lambda: _from_html(ref, http, settings), lambda: _from_pdf(ref, http, settings)]


def read_made_up(ref: PaperRef, paper: Paper, folder: Path) -> PaperText:
    """Read a paper of the bundled sample day. No network.

    Its page in `folder` where it has one, else its abstract.
    """
    try:
        page = read_html((folder / f"{paper.id}.html").read_bytes(), "", paper.ref)
    except OSError:
        return abstract_only(ref, paper)
    return _with_record(page.text, paper) if not page.reason else abstract_only(ref, paper)


def read_file(path: Path) -> PaperText:
    """Read a local HTML or PDF file, labelled like any other.

    BadInput where it cannot be read or is neither.
    """
    try:
        if path.stat().st_size > FILE_BYTES:
            raise BadInput(f"{path.name} is larger than {FILE_BYTES // 2**20} MB.")
        data = path.read_bytes()
        if not data:
            raise BadInput(f"{path.name} is empty.")
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read ({error.strerror}): give a file or an arXiv id.") from None
    if b"%PDF-" in data[:1024]:
        text = read_pdf(data, ref="")
        return text if text.ref else text.model_copy(update={"ref": path.name})
    if not re.search(rb"<(?:!doctype|html|head|body|article)\b", data[:4096], re.I):
        raise BadInput(f"{path.name} is neither HTML nor PDF.")
    page = read_html(data, "", path.name)
    flag = "no_html" if page.missing else "conversion_failed"
    return page.text.labelled([flag], [f"Not a whole paper: {page.reason}."]) if page.reason else page.text


def _from_html(ref: PaperRef, http: HttpClient, settings: Settings) -> tuple[PaperText | None, str]:
    """(text or None, flag that says why not)."""
    url = paper_key.html_url(ref.canonical, settings.arxiv_url)
    reply = http.get(url, name="arXiv", ok=(200, 404), max_bytes=HTML_BYTES, total_s=MAX_TOTAL_S)
    page = read_html(reply.body, reply.url, _landed(ref, reply.url))
    if reply.status == 404 or page.missing:
        return None, "no_html"
    found = arxiv_id.parse(page.text.ref)
    wrong = bool(found and (found[0].base != ref.base or ref.version not in (None, found[0].version)))
    return (None, "conversion_failed") if page.reason or wrong else (page.text, "")


def _from_pdf(ref: PaperRef, http: HttpClient, settings: Settings) -> tuple[PaperText | None, str]:
    url = paper_key.pdf_url(ref.canonical, settings.arxiv_url)
    reply = http.get(url, name="arXiv", ok=(200, 404), max_bytes=PDF_BYTES, total_s=MAX_TOTAL_S)
    if reply.status == 404:
        return None, "no_pdf"
    return read_pdf(reply.body, ref=_landed(ref, reply.url)), ""


def _landed(ref: PaperRef, url: str) -> str:
    """Return id and version, by the address that the request was redirected to.

    As it was asked for where the address does not tell.
    """
    found = arxiv_id.parse(url)
    return found[0].canonical if found and found[0].base == ref.base and found[0].version else ref.canonical


def abstract_only(ref: PaperRef, paper: Paper) -> PaperText:
    """The record's abstract as all that is read of a paper."""
    name = ref.canonical if ref.version else paper.ref
    return _with_record(PaperText(ref=name, read_from="abstract"), paper)


def _with_record(text: PaperText, paper: Paper | None) -> PaperText:
    """Add what the record knows to `text`: authors, licence, withdrawal.

    Title and abstract of a PDF, too.
    """
    if paper is None:
        return text
    same = paper.version is None or text.ref == paper.ref or text.ref == paper.id
    sure = same and text.read_from == "pdf"  # in a PDF, title and abstract are told by their looks
    more = {
        "title": (paper.title if sure else text.title) or paper.title or text.title,
        "abstract": (paper.abstract if sure else text.abstract) or paper.abstract or text.abstract,
        "authors": paper.authors or text.authors,
    }
    licence = text.license or (paper.license if same else None)
    gone = bool(_WITHDRAWN.search(paper.comment or "") or _WITHDRAWN.search(paper.abstract[:300]))
    unseen = smuggled(paper.abstract) if text.read_from == "abstract" else ""
    made = screened(text.model_copy(update={**more, "license": licence}), filter(None, [unseen]))
    return made.labelled(["withdrawn"], ["The record says that it was withdrawn."]) if gone else made


def _kept(ref: PaperRef, texts: Texts) -> PaperText | None:
    name = ref.canonical if ref.version else texts.newest(ref.base)
    raw = texts.get(name) if name else None
    try:
        return PaperText.model_validate_json(raw) if raw else None
    except ValidationError:
        return None


def _keep(ref: PaperRef, text: PaperText, texts: Texts, failures: Sequence[SourceFailed]) -> PaperText:
    """Keep `text`, unless a failure that may pass made it less than it could be."""
    passing = any(error.kind != "too_large" for error in failures)
    if passing:
        return text
    whole = text.read_from != "abstract"
    texts.put(text.ref, text.model_dump_json(), TEXT_TTL_S if whole else STAND_IN_TTL_S)
    if ref.version is None:
        texts.put_newest(ref.base, text.ref, NEWEST_TTL_S if whole else STAND_IN_TTL_S)
    elif text.ref != ref.canonical:
        texts.put(ref.canonical, text.model_dump_json(), TEXT_TTL_S if whole else STAND_IN_TTL_S)
    return text
