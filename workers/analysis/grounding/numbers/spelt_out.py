"""Reads spelt-out numbers, English and Chinese: two-thirds, threefold, 一半."""

import re
from collections.abc import Iterator
from fractions import Fraction

_SMALL_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL, _TENS = _SMALL_WORDS.split(), _TEN_WORDS.split()
_WORTH = {word: n for n, word in enumerate(_SMALL)} | {word: 20 + 10 * n for n, word in enumerate(_TENS)}
_WORTH |= {"a": 1, "an": 1}
_POWERS = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_PARTS = {
    "half": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5, "fifths": 5,
    "sixth": 6, "sixths": 6, "seventh": 7, "eighth": 8, "eighths": 8, "ninth": 9, "tenth": 10, "tenths": 10,
}  # fmt: skip

_S = rf"(?:(?:{'|'.join(_TENS)})(?:[-\s](?:{'|'.join(_SMALL[1:10])}))?|{'|'.join(reversed(_SMALL))})"
_G = rf"(?:(?:{_S}|an?)[-\s]hundred(?:\s(?:and\s)?{_S})?|{_S})"
_ENGLISH = re.compile(
    rf"\b(?:(?P<top>one|two|three|four|five|seven|nine|an?)(?P<dash>[-\s])(?P<part>{'|'.join(list(_PARTS)[1:])})\b"
    r"(?:(?<=s)|(?<=-third)|(?=\s(?:of|as|less|fewer|more|the|lower|smaller)\b|[.,;:)]|$))"
    r"|(?P<half>hal(?:f|ves(?=\s(?:the|its|their|that)\b)|ved|ving))\b(?!-)"
    r"|(?P<times>twice|thrice|(?:doubl|tripl|quadrupl)(?:e[sd]|ing)|(?:double|triple|quadruple)(?=\s(?:the|its|their|that|"
    r"what)\b))\b"
    rf"|(?P<number>(?:{_G}|an?)(?:[-\s](?:thousand|million|billion))+(?:\s(?:and\s)?{_G})?|(?:(?:{_S}|an?)\s)?dozen|{_G})"
    r"(?:(?P<fold>[-\s]?fold)|(?P<percent>\s(?:percent|per\scent)))?\b)"
)

_DIGITS = "零一二三四五六七八九"
_HAN_WORTH = {c: n for n, c in enumerate(_DIGITS)} | {"〇": 0, "两": 2}
_HAN_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_H = "[零〇一二两三四五六七八九十百千万亿]+"
_COUNTED = (
    "个|种|张|步|层|次(?!样条|方|函数|多项式)|组|篇|条|位|块|类|项|轮|台|名|人|幅|段|帧|天|秒|分钟|小时|毫秒|步骤|阶段|部分|模块|任务|"
    "数据集|基准|模型|方法|尺度|像素|比特"
)
_HAN = re.compile(
    rf"(?:(?P<of>百|千|{_H})分之)(?P<part>{_H})"
    r"|(?P<half>一半|减半|折半|对半|半数)|(?P<times>翻倍|翻番|翻一番|加倍|倍增)"
    rf"|(?<![第几数上\d])(?<!\d\s)(?P<number>{_H}(?:点[零〇一二三四五六七八九]+)?)(?![几多])"
    rf"(?:(?P<tenths>成(?![分员果功为型立长本像对熟]))|(?P<counted>\s?(?:倍|{_COUNTED}|dB|ms|[GM]B|GPU)))?"
)
_HAN_ANY = re.compile("[零〇一二两三四五六七八九十百千万亿半翻加倍折对减]")
_PLAIN = re.compile(r"[一二两三四五六七八九][十百千万亿]|十[一二三四五六七八九]|.+点|[零〇一二三四五六七八九]{4}$")
"""How a Chinese number begins that is no idiom (十分, 万一) even where nothing is counted with it."""


def spelled(text: str) -> Iterator[tuple[str, int, int]]:
    """(value as `numbers` writes it, start, end) of each number in words.

    A share is written as percent where that is exact, else as 1/3. The "times" of 三倍 is left for the reader of units,
    but twice is "2x".
    """
    for m in _ENGLISH.finditer(text.lower() if text.isascii() else "".join(map(_lower, text))):
        if m["part"]:
            yield share(_WORTH[m["top"]], _PARTS[m["part"]]), m.start(), m.end()
        elif m["half"]:
            yield share(1, 2), m.start(), m.end()
        elif m["times"]:
            yield {"tw": "2x", "do": "2x", "qu": "4x"}.get(m["times"][:2], "3x"), m.start(), m.end()
        else:
            value = _english(m["number"])
            yield f"{value}{'%' if m['percent'] else 'x' if m['fold'] else ''}", m.start(), m.end()
    for m in _HAN.finditer(text) if _HAN_ANY.search(text) else ():
        found = _chinese_match(m)
        if found:
            end = m.end() - len(m["counted"] or "")
            yield found, m.start(), end


def share(part: int, whole: int) -> str:
    """A share as it compares: 50%, 1/3."""
    percent = Fraction(100 * part, whole)
    return f"{part}/{whole}" if percent.denominator > 1 else f"{percent.numerator}%"


def _lower(c: str) -> str:
    low = c.lower()
    return low if len(low) == 1 else c


def _english(words: str) -> int:
    total = group = 0
    for word in re.split(r"[-\s]+", words):
        if word == "dozen":
            group = 12 * (group or 1)
        elif word == "hundred":
            group *= 100
        elif word in _POWERS:
            total, group = total + (group or 1) * _POWERS[word], 0
        else:
            group += _WORTH.get(word, 0)
    return total + group


def _chinese_match(m: re.Match[str]) -> str:
    if m["of"]:
        part, whole = _chinese(m["part"]), _chinese(m["of"])
        return "" if part is None or not whole else f"{part}%" if whole == "100" else share(int(part), int(whole))
    if m["half"]:
        return share(1, 2)
    if m["times"]:
        return "2x"
    value = _chinese(m["number"])
    if value is None or not (m["tenths"] or m["counted"] or _PLAIN.match(m["number"])):
        return ""
    return f"{value}0%" if m["tenths"] else value


def _chinese(words: str) -> str | None:
    """三百二十 as 320; None for what is no number (三四, 千方)."""
    whole, _, part = words.partition("点")
    if len(whole) > 1 and not set(whole) & set(_HAN_POWERS):
        digits = "".join(str(_HAN_WORTH[c]) for c in whole)
        return digits if len(digits) > 2 else None
    total = section = digit = 0
    for c in whole:
        if c in _HAN_WORTH:
            digit = _HAN_WORTH[c]
        elif c in "万亿":
            total, section, digit = (total + section + digit or 1) * _HAN_POWERS[c], 0, 0
        else:
            section, digit = section + (digit or 1) * _HAN_POWERS[c], 0
    decimals = "".join(str(_HAN_WORTH[c]) for c in part).rstrip("0")
    return f"{total + section + digit}" + (f".{decimals}" if decimals else "")
