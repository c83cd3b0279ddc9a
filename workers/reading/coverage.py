"""How much of a paper was read, and what it names that was not found."""

import re
from collections.abc import Iterable, Iterator, Mapping

from workers.reading.text import PaperText

BEYOND = 3
"""Numbers behind the last section found at which a section may be missing; `Section 23` is that of a corpus."""

MOST_MISSING = 12
"""Names told of what is missing."""

LOST_SHARE = 0.5
"""Share of a page's usual characters that must be lost for the page to be named."""

CLOSING = "\"')]}”’»"
"""What may stand behind the stop that ends a sentence."""

_OTHERS = r"(?!\s*,?\s*(?:of|in|from)\s+(?:the\s+|their\s+|that\s+)?(?:\[|\(|[A-Z]|Ref))"
"""Not "Section 3 of [12]": a section of another paper."""
_NAMED = re.compile(
    r"\b(?P<what>Sections?|Secs?\.|Appendix|Appendices|Apps?\.|App\.)\s*~?\s*"
    r"(?P<first>\d{1,2}(?:\.\d{1,2})*|[A-Z](?:\.?\d{1,2})*(?:\.\d{1,2})*)(?![\w-])" + _OTHERS
)
_TITLE_NUMBER = re.compile(
    r"(?:(?:Section|Appendix|Chapter|Appendices|Supplementary)\s+)?(?P<n>\d{1,2}|[A-Z]|[IVX]{1,5})(?:[.\d]*)(?=[\s.:)—–-]|$)"
)


def share(read: int, there: int) -> float:
    """Characters `read` over those that are `there`, 0 to 1; 1 where nothing is there."""
    return round(min(1.0, max(0.0, read / there)), 3) if there > 0 else 1.0


def pages_named(numbers: Iterable[int]) -> tuple[str, ...]:
    """`page 3`, `pages 10-15`: runs of page numbers by name."""
    runs = list[list[int]]()
    for n in sorted(numbers):
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return tuple(f"page {a}" if a == b else f"pages {a}-{b}" for a, b in runs)


def of_pages(text: PaperText, unread: Iterable[int], lost: Mapping[int, int]) -> PaperText:
    """Return the `text` of a PDF with how much of it was read.

    `unread`: pages of which nothing was; `lost`: page -> characters on it that are in no part of `text`.
    A page that cannot be read counts as much as one that was, on the average.
    """
    pages = sorted(set(unread))
    read = sum(len(p.text) for _, p in text.paragraphs())
    good = (text.pages or 0) - len(pages)
    there = read + sum(lost.values()) + (len(pages) * read // good if good > 0 else 0)
    most = {n for n, chars in lost.items() if chars > LOST_SHARE * there / max(1, text.pages or 1)}
    if good <= 0 or not read:
        return text.model_copy(update={"coverage": 0.0, "missing": pages_named(range(1, (text.pages or 0) + 1))})
    missing = (*pages_named({*pages, *most}), *named_only(text))[:MOST_MISSING]
    return text.model_copy(update={"coverage": share(read, there), "missing": missing})


def closed(text: str) -> bool:
    """True where `text` ends with a sentence, or is nothing."""
    text = text.rstrip().rstrip(CLOSING)
    return not text or text[-1] in ".?!:;。！？："


def named_only(text: PaperText) -> tuple[str, ...]:
    """Return sections and appendices that the text names but does not have.

    For example `Section 6`, `Appendix B`; at most MOST_MISSING.
    """
    have = set(_numbers(section.title for section in text.sections))
    numbered = any(n.isdigit() for n in have)
    last = max((int(n) for n in have if n.isdigit()), default=0)
    roman = not numbered and any(re.fullmatch("[IVX]+", n) for n in have)
    lettered = {n for n in have if n.isalpha()}
    appendices = [s for s in text.sections if s.appendix]
    found = dict[str, None]()
    for _, paragraph in text.paragraphs():
        if "ection" not in paragraph.text and "ppendi" not in paragraph.text and "Sec" not in paragraph.text:
            continue
        for m in _NAMED.finditer(paragraph.text):
            top = re.split(r"[.\d]", m["first"], maxsplit=1)[0] or m["first"].split(".")[0]
            letter = top.isalpha()
            if m["what"].startswith("S") and letter and (roman or not lettered):
                continue  # IEEE's Section IV-A, or a section of a book
            if not letter and (not numbered or int(top) > last + BEYOND):
                continue
            if letter and appendices and not lettered:
                continue  # appendices without letters
            if top not in have:
                found[f"{'Appendix' if letter else 'Section'} {top}"] = None
    return tuple(list(found)[:MOST_MISSING])


def _numbers(titles: Iterable[str]) -> Iterator[str]:
    for title in titles:
        if m := _TITLE_NUMBER.match(title):
            yield m["n"]
