"""Tells title, abstract, keywords and publisher's notes of a PDF apart."""

import re
from collections.abc import Sequence
from itertools import accumulate

from workers.reading.pdf.flow import sentences
from workers.reading.pdf.footnotes import Footnote, is_small
from workers.reading.pdf.headings import SAME_PT
from workers.reading.pdf.page.lines import APART, TextLine, join

LEAST_ABSTRACT = 300
"""Characters of lines of text that stand between authors and introduction from which they are an abstract."""

LONG = 0.6
"""Share of the usual line length from which a line is text, and no author or affiliation."""

TITLE_AMONG, TITLE_LINES = 25, 5
"""Lines of page 1 among which the title is, and most lines it has."""

TITLE_WORDS = 4
"""Words from which large type is a title, and not a logo or a word in a figure that is larger still."""

ABSTRACT_CHARS = 2_500
"""Length from which the next paragraph is not the abstract's: arXiv allows 1,920 characters."""

LINES = 60
"""Lines before the first heading from which they are text and not only title and authors."""

KEYWORD_LINES = 6
"""Most lines of keywords."""

FIRST_PAGES = 2
"""Pages on which a publisher's notes stand."""

_BEHIND = re.compile(
    r"(?:CCS Concepts|Additional Key|(?:Author )?Key ?words|Index Terms|Categories and Subject|General Terms|"
    r"ACM (?:Reference|Classification)|Permission to make|Copyright|Corresponding author|PACS|MSC|JEL)\b|©",
    re.IGNORECASE,
)
"""What follows an abstract on the first page."""

_NOTICE = re.compile(r"[Aa]ll rights reserved|Corresponding author|E-?mail\b|\w@\w|\bISSN\b|^\d{4}-\d{3}[\dX]/")
_KEYWORDS = re.compile(
    r"(?<=[.!?])\s(?:Key ?words?(?: and phrases)?\s?[:—–-]|Index Terms\b|CCS Concepts|(?:q )?©|\(c\) (?:19|20)\d\d|"
    r"(?:q )?(?:19|20)\d\d (?:Elsevier|Springer|Wiley)|Copyright (?:©|is held|(?:19|20)\d\d)|doi:|PACS\b|关键词)"
    r".*",
    re.IGNORECASE | re.DOTALL,
)

_NOTE = re.compile(
    r"(?P<said>Funding|Competing [Ii]nterests?|Conflicts? of [Ii]nterest|Data [Aa]vailability(?: Statement)?"
    r"|Author [Cc]ontributions|Abbreviations)\s*:"
    r"|(?:Citation|Cite this article|(?:Academic |Handling )?Editor|Edited by|Reviewed by|\*?Correspondence|Copyright"
    r"|Specialty section|Received|Revised|Accepted|Published|Article history)\s*:"
    r"|OPEN ACCESS$|Open Access$|Permission to make digital|Copyright is held|(?:Copyright )?©"
)
"""How a note of a publisher's begins; `said`: of the paper itself."""


def follows_abstract(text: str) -> bool:
    """True for a line that begins what stands behind an abstract, like keywords."""
    return _BEHIND.match(text) is not None


def is_prose(text: str) -> bool:
    """True for a paragraph long enough for an abstract, that is no keywords or notes."""
    notice = follows_abstract(text) or _NOTICE.search(text, 0, LEAST_ABSTRACT)
    return len(text) >= LEAST_ABSTRACT and sentences(text) >= 2 and not notice


def end_of_abstract(texts: Sequence[str]) -> int:
    """How many of the paragraphs `texts` are the abstract.

    The others are an introduction without a heading.
    """
    sizes = accumulate(map(len, texts))
    return next((k for k, size in enumerate(sizes, 1) if size > ABSTRACT_CHARS), len(texts))


def without_keywords(abstract: str) -> str:
    """An abstract without the keywords and the publisher's lines behind it."""
    return _KEYWORDS.sub("", abstract)


def unheaded_abstract(lines: Sequence[TextLine], width: float) -> str:
    """The longest run of lines of text in one type before the first heading.

    For a paper that has no word for its abstract; '' where none is long enough.
    """
    best, run = list[TextLine](), list[TextLine]()
    for line in lines:
        if run and (_parted(run[-1], line) or follows_abstract(line.text)):
            best, run = _longer(best, run), []
        if best and follows_abstract(line.text):
            break
        text, open_ = line.text, bool(run) and run[-1].text[-1:] not in ".?!"
        listed = text.count(",") > len(text.split()) / 4 or "@" in text
        if (len(text) >= LONG * width or open_) and not listed and not follows_abstract(text):
            run.append(line)
            continue
        if run and not open_ and not follows_abstract(text):
            run.append(line)  # the last, short line
        best, run = _longer(best, run), []
    text = join(_longer(best, run))
    return text if is_prose(text) and text[:1].isupper() else ""


def _longer(best: list[TextLine], run: list[TextLine]) -> list[TextLine]:
    return max(best, run, key=lambda lines: sum(len(line.text) for line in lines))


def _parted(before: TextLine, line: TextLine) -> bool:
    """True where `line` is in another type than the last, or apart from it."""
    size = before.page.size(before.at)
    return abs(line.page.size(line.at) - size) > SAME_PT or before.page.drop(before.at, line.at) > APART * size


def publisher_notes(lines: Sequence[TextLine], size: float, taken: set[int]) -> tuple[list[Footnote], set[int]]:
    """(the publisher's notes in small type on the first pages, places of their lines).

    As PLOS and Frontiers print them beside the text. `size`: of the body; `taken`: places of lines that are not text.
    """
    found, gone, open_ = list[Footnote](), set[int](), list[TextLine]()
    for k, line in enumerate(lines):
        if line.page.number > FIRST_PAGES:
            break
        begins = _NOTE.match(line.text)
        goes_on = open_ and open_[-1].page is line.page and 0 < line.page.drop(open_[-1].at, line.at) <= APART * size
        if k in taken or not (begins or goes_on) or not is_small(line, size, lines, k):
            found += _note(open_)
            open_ = []
            continue
        if begins:
            found += _note(open_)
            open_ = []
        open_.append(line)
        gone.add(k)
    return found + _note(open_), gone


def _note(lines: list[TextLine]) -> list[Footnote]:
    if not lines or not (begins := _NOTE.match(lines[0].text)):
        return []
    return [Footnote(lines[0].page.number, join(lines), not begins["said"])]


def title_of(lines: Sequence[TextLine]) -> str:
    """Lines of the largest type; a word or two of it below a whole title is none."""
    styles = [line.page.style(line.at) for line in lines[:TITLE_AMONG]]
    largest = max((size for size, _ in styles), default=0.0)
    first = next((k for k, (size, _) in enumerate(styles) if size >= largest - SAME_PT), 0)
    if first and len(lines[first].text.split()) < TITLE_WORDS:
        above = max((size for size, _ in styles[:first]), default=0.0)
        whole = next((k for k, (size, _) in enumerate(styles[:first]) if size >= above - SAME_PT), first)
        larger = sum(size < above - SAME_PT for size, _ in styles[:first]) * 2 >= first
        first = whole if larger and len(lines[whole].text.split()) >= TITLE_WORDS else first
        largest = styles[first][0]
    last = first + 1
    while last < min(len(styles), first + TITLE_LINES):
        if styles[last][0] < largest - SAME_PT or styles[last][1] != styles[first][1]:
            break
        last += 1
    return join(lines[first:last])
