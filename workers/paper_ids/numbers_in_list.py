"""Finds which papers of a list a text names by their numbers. Pure.

As in "#2", "the first one", "第二篇", "二".
"""

import re

LAST = -1
"""Stands for the last of the list."""

MOST = 10
"""Numbers that a list of picks has."""

_DIGITS = re.compile(
    r"(?<![A-Za-z0-9_.:/-])(?<!table )(?<!section )(?<!figure )(?:#|no\.? ?|第)?([1-9]|10)"
    r"(?![A-Za-z0-9_:/-]|\.\d|\s?[年月日天倍层张点%％度维种次个段节表图行])",
    re.IGNORECASE,
)
"""A number, in Chinese text without spaces, too; not that of months, times, tables …"""

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_SIGNS = "一二三四五六七八九十"
_WORDS = "|".join((*_ORDINALS, "last"))
_SPELT = re.compile(
    rf"\b(?:(?P<word>{_WORDS})|(?P<digit>[1-9]|10)(?:st|nd|rd|th)) (?:one|paper|pick|article|title|result)\b"
    rf"|^(?:and |what about |how about )*(?:the )?(?P<only>{_WORDS})\W*$"
    rf"|第(?P<sign>[{_SIGNS}])(?:篇|个|条|番|(?=\W|$))|(?P<turn>[{_SIGNS}])(?:番目|つ目|本目)|^\W*(?P<alone>[{_SIGNS}])\W*$"
    r"|最后一?[篇个]|最後の(?:論文|もの)",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"(?:please |pls |and |what about |how about |tell me (?:more )?about |summari[sz]e |explain |show me )*"
    r"(?:the |no\.? |nr\.? |number |paper |pick |#|第)*\s*\d{1,2}\s*(?:番目?|篇|つ目)?(?: please)?",
    re.IGNORECASE,
)


def numbers_in_list(text: str) -> frozenset[int]:
    """The numbers, from 1 on; LAST for the last one."""
    found = {int(number) for number in _DIGITS.findall(text)}
    for match in _SPELT.finditer(text):
        sign = match["sign"] or match["turn"] or match["alone"]
        if match["digit"]:
            found.add(int(match["digit"]))
        elif sign:
            found.add(_SIGNS.index(sign) + 1)
        else:
            word = (match["word"] or match["only"] or "last").casefold()
            found.add(LAST if word == "last" else _ORDINALS.index(word) + 1)
    return frozenset(found)


def is_number_in_list(text: str) -> bool:
    """True for a text that is no more than a paper's number in a list.

    As "#2", "the first one please", "二".
    """
    said = text.strip(" \n.!?。？！")
    return bool(_ONLY.fullmatch(said)) or bool(_SPELT.search(said) and len(said.split()) <= MOST)
