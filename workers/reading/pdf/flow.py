"""How paragraphs of a PDF go on over pages, and which are none: addresses, bare numbers, signs."""

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
    """False for a piece in which nothing is said: addresses alone, a bare number, dots."""
    return (
        sum(c.isalpha() for c in (_ADDRESS.sub("", text) if "://" in text or "@" in text or "www." in text else text))
        > 1
    )


def goes_on(before: str, text: str) -> bool:
    """True where the sentence that is open at the end of `before` goes on with `text`."""
    if before.rstrip("\"')]”’")[-1:] in ".?!:":
        return False
    return text[0].islower() or bool(_LAST_WORD.search(before))


def first_sentence(text: str) -> tuple[str, str]:
    """(the sentence that `text` begins with, the rest); ('', `text`) turned round where it has no end."""
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
