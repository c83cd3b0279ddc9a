"""Splits scientific English and Chinese into sentences."""

import re

SENTENCE_MAX = 600
"""Characters; a longer "sentence" is a list or a table that lost its line breaks, and is cut at a word."""

SENTENCE_MIN = 12
"""Characters; shorter ones are fragments."""


def words_of(pattern: str) -> re.Pattern[str]:
    """A pattern written over several lines.

    A space in it is any white space of the text.
    """
    flat = "".join(line.strip() for line in pattern.splitlines())
    return re.compile(flat.replace(" ", r"\s+"), re.IGNORECASE)


_ABBREVIATION = words_of(
    r"""\b(?:e\.g|i\.e|et al|etc|cf|vs|figs?|eqs?|sec|tab|refs?|no|approx|resp|dr|prof|mr|ms|st|dept|viz|w\.r\.t|
    a\.k\.a|(?-i:[A-Z]))\.$"""
)
_HIDE = re.compile(r"\$[^$]*\$|\\\([^)]{0,500}\\\)|(?:https?://|www\.)\S*[^\s.,;:)]", re.DOTALL)
_END = re.compile(r"(?<=[.!?])[\"'”’)\]}*]*\s+(?=[\"'“‘(\[*]*[A-Z0-9\\$\u0000\u4e00-\u9fff])|(?<=[。！？])[”’）]*\s*")


def sentences(text: str) -> list[str]:
    """The sentences of a text, white space collapsed.

    Abbreviations, decimals, maths and URLs do not end one. Shorter ones than SENTENCE_MIN are left out, Chinese ones
    aside.
    """
    text = " ".join(text.split())
    shown = (text[start:end].strip() for start, end in spans(text))
    return [_cut(s) for s in shown if len(s) >= SENTENCE_MIN or re.search(r"[\u4e00-\u9fff]{6}", s)]


def spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence, without the white space behind it."""
    hidden = _HIDE.sub(lambda m: "\x00" * len(m[0]), text.replace("\x00", " "))
    found, start = list[tuple[int, int]](), 0
    for match in _END.finditer(hidden):
        head = hidden[start : match.start()].rstrip("\"'”’)]}* ")
        if match.end() > start and not _ABBREVIATION.search(head):
            found.append((start, match.start() + len(match[0].rstrip())))
            start = match.end()
    return [*found, (start, len(text))]


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= SENTENCE_MAX else sentence[:SENTENCE_MAX].rsplit(" ", 1)[0] + " …"
