"""Reads arXiv's page of one paper (`/abs/<id>`)."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from lxml import etree

from workers.models import Paper
from workers.paper_ids import arxiv_id
from workers.paper_ids.arxiv_id import ArxivId
from workers.sources.listing.paper_list import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE, doi_in, tidy

Element = etree._Element

MAX_NOTE = 2_000
"""Characters of a comment or journal reference; real ones are below 500."""

_CODE = re.compile(r"\(((?:[a-z]+(?:-[a-z]+)?)(?:\.[A-Za-z]{2,}(?:-[a-z]+)?)?)\)")
_STRING = etree.XPath("string()")


def parsed(body: bytes) -> Element | None:
    """The page, or None where it is none."""
    try:
        return etree.fromstring(body, parser=etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True))
    except (etree.XMLSyntaxError, ValueError):
        return None


def words(element: Element | None, limit: int = MAX_TITLE) -> str:
    """All text inside, in one line."""
    return tidy(str(_STRING(element)), limit) if element is not None else ""


def having(root: Element, name: str) -> list[Element]:
    """Elements of that class, in order."""
    return [e for e in root.iter() if isinstance(e.tag, str) and name in e.get("class", "").split()]


def codes(text: str) -> tuple[str, ...]:
    """Categories in arXiv's wording: `Machine Learning (cs.LG); Robotics (cs.RO)`."""
    return tuple(dict.fromkeys(_CODE.findall(text)))


def paper_of(body: bytes, ref: ArxivId) -> Paper | None:
    """The record on the page of `ref`; None where the page is not that paper's."""
    root = parsed(body)
    if root is None:
        return None
    tags: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        tags.setdefault(meta.get("name", ""), []).append(meta.get("content", ""))
    title = tidy("".join(tags.get("citation_title", [])[:1]), MAX_TITLE)
    named = arxiv_id.parse("".join(tags.get("citation_arxiv_id", [])[:1]), date.max)
    if not title or (named and named[0].base != ref.base):
        return None
    table = _table(root)
    links = [a.get("href", "") for box in having(root, "abs-license") for a in box.iter("a")]
    return Paper(
        id=ref.base,
        version=_version(root, ref),
        title=title,
        abstract=tidy("".join(tags.get("citation_abstract", [])[:1]), MAX_ABSTRACT),
        authors=tuple(names(tags.get("citation_author", []))),
        categories=codes(" ".join(words(e) for e in having(root, "subjects"))),
        published=_day("".join(tags.get("citation_date", [])[:1])),
        license=next((link for link in links if link.startswith("http")), None),
        comment=table.get("comments") or _withdrawn(root) or None,
        journal_ref=table.get("journal reference") or None,
        doi=doi_in("".join(tags.get("citation_doi", [])[:1])),
    )


def names(written: Iterable[str]) -> Iterable[str]:
    """`Doe, Jane` as Jane Doe; a name without a comma (a collaboration) as it is."""
    for raw in list(written)[:MAX_AUTHORS]:
        last, _, first = tidy(raw, MAX_TITLE).partition(", ")
        if any(c.isalpha() for c in last):
            yield f"{first} {last}".strip()


def _table(root: Element) -> dict[str, str]:
    """Label -> text of the table of metadata.

    The report number has the class of the journal reference.
    """
    rows = [[words(cell, MAX_NOTE) for cell in row.iter("td")] for row in root.iter("tr")]
    return {cells[0].rstrip(":").lower(): cells[1] for cells in rows if len(cells) == 2}


def _version(root: Element, ref: ArxivId) -> int | None:
    for cell in having(root, "arxividv"):
        for found in arxiv_id.parse(words(cell), date.max):
            if found.base == ref.base and found.version:
                return found.version
    return ref.version


def _withdrawn(root: Element) -> str:
    said = [words(e) for e in having(root, "error")]
    return next((text for text in said if "withdrawn" in text), "")


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), "%Y/%m/%d").replace(tzinfo=UTC)
    except ValueError:
        return None
