"""What Telegram makes clickable by itself.

Addresses, mentions, hashtags, cashtags, commands and e-mail.

The rules follow the public server source (tdlib/td, MessageEntity.cpp), which is looser and odder than one expects:
`model.py` is a link (Paraguay), `见arxiv.org` is one link including the CJK character, `（arxiv.org）` is none. Phone
and bank-card numbers are not modelled. The list of top-level domains is a subset: every two-letter code, and the
generic ones that scientific text may contain.
"""

import re
import unicodedata
from typing import Any
from urllib.parse import urlsplit

COUNTRIES = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz ca "
    "cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr "
    "ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm "
    "jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq "
    "mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa "
    "re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn "
    "to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
GENERICS = (
    "aaa abc academy aero agency app art asia bar best bid bio biz black blog blue bot build business cab cafe camera "
    "camp capital care cat center chat city cloud club codes coffee com community company computer cool data date day "
    "dev digital direct do docs dog dot download earth edu education email energy engineer events exchange expert fail "
    "fans farm fit foo forum foundation fun fund fyi game games global gold goog google gov graphics green group guide "
    "guru health help host hot how icu inc info ing ink institute int international java jobs kim land lat law life "
    "like limited link live llc ltd map market media men mil mobi mov museum name net network news ngo now observer "
    "one ong onion online open org page pics pink place plus press pro properties pub red report rest review run "
    "science search services sh shop show site social software solar solutions space store stream studio study style "
    "support systems tab tech technology tel tips today ton tools top total training travel university video vision "
    "watch website wiki win work works world wtf xin xxx xyz yoga you zero zip zone 中国 公司 网络 网站 在线"
)
TLDS = frozenset(f"{COUNTRIES} {GENERICS}".split())
"""Endings that make a bare domain a link."""

_BAD_END = ".:;,('?!`"
_NOT_PATH = '\n<>"«»'
_NOT_USER = "\n/[]{}()'`<>\"@«»"
_EMAIL = re.compile(
    r"(?:[a-z0-9_-]{0,26}[.+]){0,10}[a-z0-9_-]{1,35}@(?:(?:[a-z0-9][a-z0-9_-]{0,28})?[a-z0-9]\.){1,6}[a-z]{2,8}", re.I
)
_WORD = "A-Za-z0-9_"
_MENTION = re.compile(rf"@([{_WORD}]{{2,32}})(?![{_WORD}])")
_COMMAND = re.compile(rf"/[{_WORD}]{{1,64}}(?![{_WORD}])(?:@[{_WORD}]{{3,32}}(?![{_WORD}]))?")
_CASHTAG = re.compile(r"\$(?:1INCH|[A-Z]{1,8}(?![A-Z]))")
_TG_URL = re.compile(r"(?:tg|tonsite|ton)://[A-Za-z0-9_-]{1,253}(?:[/?#][^\s<>«»\"]*)?", re.I)
_SHORT_NAMES = ("gif", "vid", "pic")
MIN_MENTION = 4
"""Shortest @name that becomes a mention (server source; names for sale have four letters)."""

Span = tuple[str, int, int]


def _is_word(char: str) -> bool:
    return char == "_" or unicodedata.category(char)[0] == "L" or unicodedata.category(char) in ("Nd", "No", "Nl")


def _is_tag_letter(char: str) -> bool:
    return char in "_\u200c\u00b7" or unicodedata.category(char)[0] == "L" or unicodedata.category(char) == "Nd"


def _is_symbol(char: str) -> bool:
    if "\u2000" <= char <= "\u206f":
        return char in "\u200c\u200d" or "\u2010" <= char <= "\u2015"
    return unicodedata.category(char)[0] != "Z"


def _in_domain(char: str) -> bool:
    return (char.isascii() and char.isalnum()) or char in "._-~" or (char >= "\u00c0" and _is_symbol(char))


def _in_path(char: str) -> bool:
    return char not in _NOT_PATH and _is_symbol(char)


def _in_user(char: str) -> bool:
    return char not in _NOT_USER and _is_symbol(char)


def _path_end(text: str, at: int) -> int:
    """End of port and path that begin at `at`."""
    port = re.compile(r":0*(\d{1,5})(?!\d)").match(text, at)
    if port and 0 < int(port.group(1)) <= 65535:
        at = port.end()
    if at < len(text) and text[at] in "/?#":
        end = at + 1
        while end < len(text) and _in_path(text[end]):
            end += 1
        while end > at + 1 and text[end - 1] in _BAD_END:
            end -= 1
        if text[at] == "/" or end > at + 1:
            at = end
    return at


def _protocol_start(text: str, low: int, start: int) -> int | None:
    """Where the address begins when `://` stands before it.

    None when the protocol is no link.
    """
    begin = start - 3
    while begin > low and (text[begin - 1].isalnum() or text[begin - 1] in "+-"):
        begin -= 1
    protocol = text[begin : start - 3].lower()
    for known, refused in (("http", ("shttp",)), ("https", ()), ("ftp", ("tftp", "sftp")), ("tonsite", ())):
        if protocol.endswith(known) and protocol not in refused:
            return start - 3 - len(known)
    return None


def _addresses(text: str) -> list[tuple[int, int]]:
    """Candidates around every dot, before `_trimmed` judges them."""
    found: list[tuple[int, int]] = []
    low = 0
    while True:
        dot = text.find(".", low)
        if dot < 0 or dot + 1 == len(text):
            return found
        if text[dot + 1] == " ":
            low = dot + 2
            continue
        start = end = dot
        while start > low and _in_domain(text[start - 1]):
            start -= 1
        has_at = False
        while end < len(text) and (text[end] == "@" or _in_domain(text[end])):
            has_at |= text[end] == "@"
            end += 1
        while has_at and start > low and _in_user(text[start - 1]):
            start -= 1
        end = _path_end(text, end)
        while end > dot + 1 and text[end - 1] == ".":
            end -= 1
        bad = False
        if start > low and text[start - 1] == "@":
            name = start - 1
            while name > low and _in_user(text[name - 1]):
                name -= 1
            bad = has_at or name == start - 1
            start = name
        if start > low and text[low:start].endswith("://") and start - low >= 6:
            begin = _protocol_start(text, low, start)
            bad |= begin is None
            start = start if begin is None else begin
        elif start > low:
            bad |= _is_word(text[start - 1]) or text[start - 1] in "/#@"
        if not bad:
            if end > dot + 1:
                found.append((start, end))
            while end < len(text) and text[end] == ".":
                end += 1
        else:
            while end > dot + 1 and text[end - 1] != ".":
                end -= 1
        low = max(end, dot + 1)


def _trimmed(url: str) -> str:
    """The part of a candidate that is a link, or ""."""
    rest = re.sub(r"^(?:https?|ftp|tonsite)://", "", url, flags=re.I)
    has_protocol = rest != url
    cut = re.search(r"[/?#]", rest)
    domain, path = (rest[: cut.start()], rest[cut.start() :]) if cut else (rest, "")
    depth, end = {")": 0, "]": 0, "}": 0}, 0
    for end, char in enumerate(path + "\0"):  # noqa: B007 - the position is what is wanted
        if char in "([{":
            depth[")]}"["([{".index(char)]] += 1
        elif char in depth:
            depth[char] -= 1
            if depth[char] < 0:
                break
    while end > 0 and path[end - 1] in _BAD_END:
        end -= 1
    url = url[: len(url) - len(path) + end]
    domain = domain.rpartition("@")[2].partition(":")[0]
    parts = domain.split(".")
    if len(parts) < 2 or any(not p or len(p) > 63 or p.endswith("-") for p in parts):
        return ""
    if domain.replace(".", "").isdigit():
        return url if len(parts) == 4 and all(int(p) < 256 and str(int(p)) == p for p in parts) else ""
    ending = parts[-1]
    if len(ending) < 2 or "_" in parts[-2]:
        return ""
    if ending.startswith("xn--"):
        return url if len(ending) > 5 and ending[4:].isalnum() else ""
    if "_" in ending or "-" in ending:
        return ""
    capitalised = ending.lower() != ending and ending[1:].lower() == ending[1:]
    return url if has_protocol or (ending.lower() in TLDS and not capitalised) else ""


def usable_link(url: str) -> bool:
    """Whether Telegram accepts an address for text_link entities and buttons."""
    if re.match(r"(?:tg|ton|tonsite)://", url, re.I):
        return True
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or any(c.isspace() for c in url.strip()):
        return False
    try:
        host = parts.hostname or ""
    except ValueError:
        return False
    return "." in host.strip(".") and not host.endswith("localhost")


def _spans(text: str) -> list[Span]:
    def before(at: int) -> str:
        return text[at - 1] if at else " "

    def after(at: int) -> str:
        return text[at] if at < len(text) else " "

    found: list[Span] = []
    for m in _MENTION.finditer(text):
        name = m.group(1)
        long_enough = len(name) >= MIN_MENTION or name.lower() in _SHORT_NAMES
        if long_enough and not _is_word(before(m.start())) and not _is_word(after(m.end())):
            found.append(("mention", m.start(), m.end()))
    for m in _COMMAND.finditer(text):
        sides = before(m.start()), after(m.end())
        if not any(_is_word(c) or c in "/<>" for c in sides):
            found.append(("bot_command", m.start(), m.end()))
    for m in re.finditer("#", text):
        end = m.end()
        while end < len(text) and _is_tag_letter(text[end]) and end - m.end() < 256:
            end += 1
        has_letter = any(unicodedata.category(c)[0] == "L" for c in text[m.end() : end])
        if has_letter and after(end) != "#" and not _is_tag_letter(before(m.start())):
            found.append(("hashtag", m.start(), end))
    for m in _CASHTAG.finditer(text):
        if not any(c == "$" or _is_tag_letter(c) for c in (before(m.start()), after(m.end()))):
            found.append(("cashtag", m.start(), m.end()))
    found += [("url", m.start(), m.end()) for m in _TG_URL.finditer(text)]
    for start, end in _addresses(text):
        piece = text[start:end]
        if _EMAIL.fullmatch(piece.removeprefix("mailto:")):
            found.append(("email", end - len(piece.removeprefix("mailto:")), end))
        elif link := _trimmed(piece):
            found.append(("url", start, start + len(link)))
    return found


def detect(text: str) -> list[dict[str, Any]]:
    """Entities that Telegram adds to plain text by itself.

    With UTF-16 offsets and the matched `text`.
    """
    last, kept = 0, []
    for kind, start, end in sorted(_spans(text), key=lambda s: (s[1], -s[2])):
        if start >= last:
            last = end
            offset = len(text[:start].encode("utf-16-le")) // 2
            length = len(text[start:end].encode("utf-16-le")) // 2
            kept.append({"type": kind, "offset": offset, "length": length, "text": text[start:end]})
    return kept
