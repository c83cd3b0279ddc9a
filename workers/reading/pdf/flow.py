"""Joins a PDF's paragraphs over pages; drops addresses and bare numbers."""

import re

TAIL_CHARS = 700
"""Characters of a page's begin among which the sentence ends that began on the page before."""

EARLY = 0.75
"""Share of the longest line of a box up to which a line ended early."""

_ADDRESS = re.compile(r"(?:\d{0,2}\s?|[*†‡§¶]\s?)(?:https?://\S+|www\.\S+|\S+@\S+\.\w+)[.,;]?\s*")
_LETTERS = re.compile(r"[^\W\d_].*?[^\W\d_]", re.S)
_END = re.compile(r"[.?!][\"')\]”’]*\s+(?=[A-Z(\[“\"•\d])")
_LAST_WORD = re.compile(
    r"(?:,|\b(?:a|an|the|of|and|or|our|their|its|we|is|are|was|were|that|which|to|in|on|by|with|as|for|from|than))$"
)


def tells(text: str) -> bool:
    """False for a piece in which nothing is said.

    That is addresses alone, a bare number, dots.
    """
    return (
        sum(c.isalpha() for c in (_ADDRESS.sub("", text) if "://" in text or "@" in text or "www." in text else text))
        > 1
    )


def goes_on(before: str, text: str) -> bool:
    """True where the sentence that is open at the end of `before` goes on with `text`."""
    if before.rstrip("\"')]”’")[-1:] in ".?!:":
        return False
    return text[0].islower() or bool(_LAST_WORD.search(before))


LEAST_ABSTRACT = 300
"""Characters of lines of text that stand between authors and introduction from which they are an abstract."""

LONG = 0.6
"""Share of the usual line length from which a line is text, and no author or affiliation."""

_BEHIND = re.compile(
    r"(?:CCS Concepts|CCS CONCEPTS|Additional Key|Key ?words|Index Terms|KEYWORDS|Categories and Subject|ACM Reference|"
    r"Permission to make|©|Copyright|Corresponding author|PACS|MSC|JEL)\b",
    re.IGNORECASE,
)
"""What follows an abstract on the first page."""


_KEYWORDS = re.compile(
    r"(?<=[.!?])\s(?:Key ?words?(?: and phrases)?\s?[:—–-]|Index Terms\b|CCS Concepts|(?:q )?©|\(c\) (?:19|20)\d\d|"
    r"(?:q )?(?:19|20)\d\d (?:Elsevier|Springer|Wiley)|doi:|PACS\b|关键词)"
    r".*",
    re.IGNORECASE | re.DOTALL,
)


def without_keywords(abstract: str) -> str:
    """An abstract without the keywords and the publisher's lines behind it."""
    return _KEYWORDS.sub("", abstract)


def unheaded_abstract(lines: list[str], width: float) -> str:
    """The longest run of lines of text before the first heading.

    For a paper that has no word for its abstract; '' where none is long enough.
    """
    best, run = list[str](), list[str]()
    for line in [*lines, ""]:
        listed = line.count(",") > len(line.split()) / 4 or "@" in line
        goes = len(line) >= LONG * width or (run and run[-1][-1:] not in ".?!")
        if line and goes and not listed and not _BEHIND.match(line):
            run.append(line)
            continue
        if run and line and run[-1][-1:] in ".?!" and not _BEHIND.match(line):
            run.append(line)  # the last, short line
        best, run = (run if sum(map(len, run)) > sum(map(len, best)) else best), []
        if best and _BEHIND.match(line):
            break
    text = " ".join(best)
    sentences = len(_END.findall(f"{text} A"))
    return text if len(text) >= LEAST_ABSTRACT and sentences >= 2 and text[:1].isupper() else ""


def first_sentence(text: str) -> tuple[str, str]:
    """(the sentence that `text` begins with, the rest).

    (`text`, '') where no end of it is found.
    """
    m = _END.search(text, 0, TAIL_CHARS)
    return (text[: m.end()].rstrip(), text[m.end() :]) if m else (text, "")


def blocks(lines: list[str]) -> list[str]:
    """Lines of a box with text as paragraphs: one ends where a line ends early."""
    longest, made, open_ = max(map(len, lines), default=0), list[str](), ""
    for line in lines:
        open_ = f"{open_} {line}".strip()
        if len(line) < EARLY * longest:
            made.append(open_)
            open_ = ""
    return [*made, open_] if open_ else made
