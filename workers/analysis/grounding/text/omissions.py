"""What a quote may leave out: citations, and TeX's commands."""

import re

_CITATION = re.compile(
    r"\[\d{1,3}[a-z]?(?:\s*[,;–-]\s*\d{1,3}[a-z]?)*\]"
    r"|\((?:see |e\.g\.,? |cf\. )?[^()]{0,160}?"
    r"(?:et al\.?|[A-Z][A-Za-z]+(?:,| and [A-Z][A-Za-z]+,?)\s*(?=(?:19|20)\d\d)|[A-Z]\w+\d{4})[^()]{0,120}\)"
    r"|\[(?:[A-Z][A-Za-z+]{1,8}\d{2}[a-z]?(?:,\s*)?)+\]"
)
_NAMES = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega"
_GREEK = dict(zip(_NAMES.split(), "αβγδεζηθικλμνξπρστφχψω", strict=True))
_COMMAND = re.compile(r"\\([A-Za-z]+)")


def folded(text: str, *, citations: bool = True) -> str:
    """The text with TeX commands and `citations` blank, Greek letters as signs.

    It is as long as before.
    """
    if citations and ("(" in text or "[" in text):
        text = _CITATION.sub(lambda m: " " * len(m[0]), text)
    if "\\" not in text:
        return text
    return _COMMAND.sub(lambda m: _GREEK.get(m[1].removeprefix("var").lower(), "").ljust(len(m[0])), text)
