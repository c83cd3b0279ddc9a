"""Puts accents on their letters, which old TeX fonts set as two signs."""

import re
import unicodedata

COMBINING = dict(
    zip("´¨ˆ˜ˇ˘˙˚¸˛˝¯", "\u0301\u0308\u0302\u0303\u030c\u0306\u0307\u030a\u0327\u0328\u030b\u0304", strict=True)
)
"""Accent that stands alone -> the one that goes on the letter before it."""

_UNDOTTED = {"ı": "i", "ȷ": "j"}
_FORMULAS = "ˆ˜˙¯"
"""Accents of formulas, too, so that they are put on a letter inside a word only."""

_SIGNS = "".join(COMBINING)
_BELOW = re.compile("([cCsStT])¸")
_BEFORE_LETTER = re.compile(rf"( ?)([{_SIGNS}])( ?)([A-Za-zıȷ])")
_ALONE = re.compile(r"(?:^|(?<=\s))[´¨ˇ˘˚¸˛˝](?=\s|$)")
_DEGREES = re.compile(r"(?<=\d)( ?)˚")


def accented(text: str) -> str:
    """`text` with accents on the letters they stand before: `M´ exico` is México.

    A ring behind a number is the sign of degrees; an accent of a formula stays, one that stands alone goes.
    """
    if not any(map(text.__contains__, COMBINING)):
        return text
    text = _BELOW.sub(lambda m: unicodedata.normalize("NFC", f"{m[1]}\u0327"), text)
    return _DEGREES.sub(r"\1°", _ALONE.sub("", _BEFORE_LETTER.sub(_on_letter, text)))


def _on_letter(m: re.Match[str]) -> str:
    text, (before, sign, after, letter) = m.string, m.groups()
    last, following = text[m.start() - 1 : m.start()], text[m.end() : m.end() + 1]
    made = unicodedata.normalize("NFC", _UNDOTTED.get(letter, letter) + COMBINING[sign])
    inside = (last.isalpha() and last < "\u0250") or last in COMBINING
    goes_on = following.isalpha() or following in COMBINING
    tight = not before and not after
    if sign == "˚" and last.isdigit() and (letter != "A" or after or goes_on):  # 30 ˚C, but 3 ˚A
        return m[0]
    if sign == "´" and inside and tight and (len(made) > 1 or (letter == "s" and not goes_on)):
        return f"'{letter}"  # it´s
    if len(made) > 1 or not (goes_on or text[m.start() - 2 : m.start() - 1].isalpha() or sign == "˚"):
        return m[0]
    if sign in _FORMULAS:
        return made if inside and tight else m[0]
    if letter.islower() and inside and (after if sign in "´¨" else before and not after) and before:
        return made if after or text[: m.start()].rpartition(" ")[2][:1].isupper() else f" {made}"
    return before + made
